/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-speech.h"

#include <cmark-gfm-core-extensions.h>
#include <glib/gi18n.h>
#include <string.h>

#include "app-formula.h"
#include "app-markdown.h"

/* Guessing a language looks at so many letters. */
#define MAX_LETTERS 400

static gboolean
is_full_stop (gunichar c)
{
  return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x61f || c == 0x6d4 || c == 0x964;
}

/* Scripts without spaces have signs that end nothing else. */
static gboolean
is_wide_stop (gunichar c)
{
  return c == 0x3002 || c == 0xff01 || c == 0xff1f;
}

static gboolean
is_closing (gunichar c)
{
  return c == ')' || c == ']' || c == '"' || c == '\'' || c == 0x201d || c == 0x2019 || c == 0xbb;
}

/* "e.g." and "1." end no sentence, nor does a single letter, as in a name. */
static gboolean
is_abbreviation (const char *begin, const char *dot)
{
  static const char *const known[] = { "e.g", "i.e", "etc", "cf", "vs", "Dr", "Mr", "Mrs", "Ms", "Prof", "No", "Fig", "z.B", "d.h", "bzw", "usw", "ca", "Nr", "St", "approx" };
  const char *word = dot;

  while (word > begin && !g_ascii_isspace (word[-1]) && word[-1] != '(')
    word--;
  if (dot - word <= 1)
    return dot > word && g_ascii_isalnum (*word);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strlen (known[i]) == (gsize) (dot - word) && strncmp (known[i], word, dot - word) == 0)
      return TRUE;
  return strspn (word, "0123456789") == (gsize) (dot - word);
}

gboolean
app_speech_ends_sentence (const char *begin, const char *p, gboolean final)
{
  const char *stop = p;
  gunichar c = 0;

  while (stop > begin) {
    stop = g_utf8_prev_char (stop);
    c = g_utf8_get_char (stop);
    if (!is_closing (c))
      break;
  }
  if (is_wide_stop (c))
    return TRUE;
  if (!is_full_stop (c))
    return FALSE;
  if (*p == '\0')
    return final;
  if (!g_unichar_isspace (g_utf8_get_char (p)))
    return FALSE;
  /* What goes on with a small letter was no end. */
  for (const char *next = p; *next != '\0'; next = g_utf8_next_char (next)) {
    gunichar n = g_utf8_get_char (next);

    if (!g_unichar_isspace (n))
      return !g_unichar_islower (n) && !(c == '.' && is_abbreviation (begin, stop));
  }
  return final;
}

/* What is collected of the block that is read. */
typedef struct {
  GStrvBuilder *sentences;
  GString *text;
} Reading;

static void
take_sentence (Reading *reading, const char *begin, const char *end)
{
  g_autofree char *copy = g_strndup (begin, end - begin);
  g_autofree char *sentence = app_markdown_squeeze (g_strstrip (copy));

  if (*sentence != '\0')
    g_strv_builder_add (reading->sentences, sentence);
}

static void
end_block (Reading *reading)
{
  const char *begin = reading->text->str;

  for (const char *p = begin; *p != '\0';) {
    p = g_utf8_next_char (p);
    if (app_speech_ends_sentence (begin, p, TRUE)) {
      take_sentence (reading, begin, p);
      begin = p;
    }
  }
  take_sentence (reading, begin, begin + strlen (begin));
  g_string_truncate (reading->text, 0);
}

static void
read_formula (Reading *reading, const char *tex)
{
  g_autoptr (AppFormula) formula = app_formula_new (tex);
  g_autofree char *words = formula != NULL ? app_formula_dup_words (formula) : g_strdup (_("formula left out"));

  g_string_append (reading->text, words);
}

static void
read_leaf (Reading *reading, cmark_node *node)
{
  const char *tex = app_markdown_get_formula (node);

  switch (cmark_node_get_type (node)) {
  case CMARK_NODE_SOFTBREAK:
  case CMARK_NODE_LINEBREAK:
    g_string_append_c (reading->text, ' ');
    return;
  case CMARK_NODE_CODE_BLOCK:
    end_block (reading);
    g_string_append (reading->text, _("Code left out."));
    end_block (reading);
    return;
  case CMARK_NODE_HTML_INLINE:
  case CMARK_NODE_HTML_BLOCK:
    /* Marks for a browser are not for the ear. */
    if (tex == NULL)
      return;
    if (cmark_node_get_type (node) == CMARK_NODE_HTML_BLOCK)
      end_block (reading);
    read_formula (reading, tex);
    if (cmark_node_get_type (node) == CMARK_NODE_HTML_BLOCK)
      end_block (reading);
    return;
  case CMARK_NODE_FOOTNOTE_REFERENCE:
    return;
  default:
    if (cmark_node_get_literal (node) != NULL)
      g_string_append (reading->text, cmark_node_get_literal (node));
  }
}

static void
enter (Reading *reading, cmark_node *node)
{
  if (cmark_node_get_type (node) == CMARK_NODE_IMAGE)
    g_string_append (reading->text, _("Picture: "));
  else if (g_str_equal (cmark_node_get_type_string (node), "tasklist"))
    g_string_append (reading->text, cmark_gfm_extensions_get_tasklist_item_checked (node) ? _("Done: ") : _("To do: "));
}

static void
leave (Reading *reading, cmark_node *node)
{
  cmark_node_type type = cmark_node_get_type (node);
  const char *kind = cmark_node_get_type_string (node);

  if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)
    end_block (reading);
  else if (g_str_equal (kind, "table_row") || g_str_equal (kind, "table_header"))
    end_block (reading);
  else if (g_str_equal (kind, "table_cell") && cmark_node_next (node) != NULL)
    g_string_append (reading->text, ", ");
}

char **
app_speech_dup_sentences (const char *markdown)
{
  Reading reading = { g_strv_builder_new (), g_string_new (NULL) };
  char **sentences;

  if (app_markdown_is_parseable (markdown)) {
    cmark_node *document = app_markdown_parse (markdown, strlen (markdown));
    cmark_iter *iter = cmark_iter_new (document);
    cmark_event_type event;

    while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
      cmark_node *node = cmark_iter_get_node (iter);

      if (event == CMARK_EVENT_EXIT)
        leave (&reading, node);
      else if (cmark_node_first_child (node) == NULL)
        read_leaf (&reading, node);
      else
        enter (&reading, node);
    }
    cmark_iter_free (iter);
    cmark_node_free (document);
  } else {
    g_string_append (reading.text, markdown);
  }
  end_block (&reading);
  sentences = g_strv_builder_end (reading.sentences);
  g_strv_builder_unref (reading.sentences);
  g_string_free (reading.text, TRUE);
  return sentences;
}

const char *
app_speech_guess_language (const char *text, const char *locale)
{
  static const struct {
    GUnicodeScript script;
    const char *language; /* espeak-ng's name */
    const char *locales;  /* that write with it too, between spaces: then theirs */
  } scripts[] = {
    { G_UNICODE_SCRIPT_HIRAGANA, "ja", "" }, { G_UNICODE_SCRIPT_KATAKANA, "ja", "" }, { G_UNICODE_SCRIPT_HANGUL, "ko", "" }, { G_UNICODE_SCRIPT_HAN, "cmn", " ja " },
    { G_UNICODE_SCRIPT_CYRILLIC, "ru", " uk be bg sr mk kk ky tt " }, { G_UNICODE_SCRIPT_GREEK, "el", "" }, { G_UNICODE_SCRIPT_ARABIC, "ar", " fa ur ug " },
    { G_UNICODE_SCRIPT_HEBREW, "he", "" }, { G_UNICODE_SCRIPT_DEVANAGARI, "hi", " mr ne kok " }, { G_UNICODE_SCRIPT_BENGALI, "bn", " as " },
    { G_UNICODE_SCRIPT_TAMIL, "ta", "" }, { G_UNICODE_SCRIPT_TELUGU, "te", "" }, { G_UNICODE_SCRIPT_KANNADA, "kn", "" }, { G_UNICODE_SCRIPT_MALAYALAM, "ml", "" },
    { G_UNICODE_SCRIPT_GUJARATI, "gu", "" }, { G_UNICODE_SCRIPT_GURMUKHI, "pa", "" }, { G_UNICODE_SCRIPT_THAI, "th", "" }, { G_UNICODE_SCRIPT_GEORGIAN, "ka", "" },
    { G_UNICODE_SCRIPT_ARMENIAN, "hy", "" }, { G_UNICODE_SCRIPT_ETHIOPIC, "am", "" }, { G_UNICODE_SCRIPT_SINHALA, "si", "" },
    { G_UNICODE_SCRIPT_LATIN, "en", " af an az bs ca cs cy da de eo es et eu fi fr ga gd hr hu id is it ku lt lv ms mt nb nl nn pl pt ro sk sl sq sv sw tr uz vi " },
  };
  guint counts[G_N_ELEMENTS (scripts)] = { 0 };
  g_autofree char *code = g_strndup (locale, strcspn (locale, "_.@"));
  g_autofree char *among = g_strdup_printf (" %s ", code);
  guint best = G_N_ELEMENTS (scripts) - 1;
  guint letters = 0;

  for (const char *p = text; *p != '\0' && letters < MAX_LETTERS; p = g_utf8_next_char (p)) {
    GUnicodeScript script = g_unichar_get_script (g_utf8_get_char (p));

    for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
      if (scripts[i].script == script) {
        counts[i]++;
        letters++;
      }
  }
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (counts[i] > counts[best])
      best = i;
  /* Japanese has more signs of Chinese than of its own. */
  if (scripts[best].script == G_UNICODE_SCRIPT_HAN && counts[0] + counts[1] > counts[best] / 10)
    best = 0;
  if (strcmp (code, scripts[best].language) == 0 || strstr (scripts[best].locales, among) == NULL)
    return scripts[best].language;
  return g_intern_string (code);
}

/* Whether no code and no formula of several lines is open at the end of a text. */
static gboolean
is_closed (const char *begin, const char *end)
{
  guint fences = 0;
  guint dollars = 0;
  int brackets = 0;

  for (const char *p = begin; p + 1 < end; p++) {
    if (strncmp (p, "```", MIN (3, end - p)) == 0 && end - p >= 3 && (p == begin || p[-1] == '\n' || p[-1] == ' '))
      fences++;
    else if (p[0] == '$' && p[1] == '$')
      dollars++, p++;
    else if (p[0] == '\\' && (p[1] == '[' || p[1] == '('))
      brackets++, p++;
    else if (p[0] == '\\' && (p[1] == ']' || p[1] == ')'))
      brackets--, p++;
  }
  return fences % 2 == 0 && (fences > 0 || (dollars % 2 == 0 && brackets <= 0));
}

/* Whether a new item or heading begins at `p`, which ends what is before it. */
static gboolean
begins_block (const char *begin, const char *p)
{
  const char *digits;

  if (p == begin || p[-1] != '\n')
    return FALSE;
  if (p - begin >= 2 && p[-2] == '\n')
    return TRUE;
  p += strspn (p, " ");
  digits = p + strspn (p, "0123456789");
  return *p == '#' || (*p != '\0' && strchr ("-+*", *p) != NULL && p[1] == ' ') || (digits > p && (*digits == '.' || *digits == ')') && digits[1] == ' ');
}

char **
app_speech_dup_next (const char *markdown, gsize *said, gboolean final)
{
  const char *begin = markdown + *said;
  const char *end = begin;
  g_autofree char *chunk = NULL;

  if (final)
    end = begin + strlen (begin);
  /* The last end of a sentence, or of a block, behind which something new has begun. */
  for (const char *p = begin + strlen (begin); !final && p > begin; p = g_utf8_prev_char (p)) {
    if ((begins_block (begin, p) || (*p != '\0' && app_speech_ends_sentence (begin, p, FALSE))) && is_closed (begin, p)) {
      end = p;
      break;
    }
  }
  *said += end - begin;
  chunk = g_strndup (begin, end - begin);
  return app_speech_dup_sentences (chunk);
}
