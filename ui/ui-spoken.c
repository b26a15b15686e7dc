/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-spoken.h"

#include <string.h>

#include "app-speech.h"
#include "ui-code-block.h"
#include "ui-tool-row.h"

/* A letter or digit of the answer. */
typedef struct {
  gunichar c;
  gboolean begins; /* a word */
  guint label;
  int start;       /* bytes of the label's text */
  int end;
} Letter;

/* An answer as letters. The sentences before `n_read` letters were found; those up to `n_marked` were found or taken for what stands there. */
typedef struct {
  GPtrArray *labels;
  GArray *letters; /* Letter */
  guint n_read;
  guint n_marked;
} Reading;

/* The numbers of notes and of sources are letters too, so that only signs are left out. */
static gboolean
is_letter (gunichar c)
{
  return g_unichar_isalpha (c) || g_unichar_isdigit (c);
}

static void
add_letters (GArray *letters, const char *text, guint label)
{
  gboolean begins = TRUE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    Letter letter = { g_utf8_get_char (p), begins, label, (int) (p - text), (int) (g_utf8_next_char (p) - text) };

    begins = !is_letter (letter.c);
    if (!begins)
      g_array_append_val (letters, letter);
  }
}

static void
collect (Reading *reading, GtkWidget *widget)
{
  /* What was called between the words is no word of the answer. */
  if (UI_IS_TOOL_ROW (widget) || UI_IS_CODE_BLOCK (widget) || gtk_widget_has_css_class (widget, "marker"))
    return;
  if (GTK_IS_LABEL (widget)) {
    add_letters (reading->letters, gtk_label_get_text (GTK_LABEL (widget)), reading->labels->len);
    g_ptr_array_add (reading->labels, widget);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (reading, child);
}

static const Letter *
letter_at (GArray *letters, guint i)
{
  return &g_array_index (letters, Letter, i);
}

static GArray *
letters_of (const char *sentence)
{
  GArray *letters = g_array_new (FALSE, FALSE, sizeof (Letter));

  add_letters (letters, sentence, 0);
  return letters;
}

static gboolean
stands_at (GArray *letters, guint at, GArray *sentence)
{
  if (sentence->len == 0 || at + sentence->len > letters->len)
    return FALSE;
  for (guint i = 0; i < sentence->len; i++)
    if (letter_at (letters, at + i)->c != letter_at (sentence, i)->c)
      return FALSE;
  return letter_at (letters, at)->begins && (at + sentence->len == letters->len || letter_at (letters, at + sentence->len)->begins);
}

/* What belongs to the last letter of a sentence: signs up to the next space or letter. */
static int
end_of_signs (const char *text, int end)
{
  for (const char *p = text + end; *p != '\0' && !g_unichar_isspace (g_utf8_get_char (p)) && !is_letter (g_utf8_get_char (p)); p = g_utf8_next_char (p))
    end = (int) (g_utf8_next_char (p) - text);
  return end;
}

static int
begin_of_signs (const char *text, int start)
{
  while (start > 0) {
    const char *before = g_utf8_prev_char (text + start);

    if (g_unichar_isspace (g_utf8_get_char (before)) || is_letter (g_utf8_get_char (before)))
      break;
    start = (int) (before - text);
  }
  return start;
}

static void
add_range (Reading *reading, GArray *ranges, guint label, int start, int end)
{
  UiSpokenRange range = { g_object_ref (g_ptr_array_index (reading->labels, label)), start, end };

  g_array_append_val (ranges, range);
}

/* The letters [first, last], in each label that they are in. */
static void
add_letters_of (Reading *reading, GArray *ranges, guint first, guint last)
{
  for (guint i = first; i <= last; i++) {
    const Letter *begin = letter_at (reading->letters, i);
    const char *text = gtk_label_get_text (g_ptr_array_index (reading->labels, begin->label));

    while (i < last && letter_at (reading->letters, i + 1)->label == begin->label)
      i++;
    add_range (reading, ranges, begin->label, begin_of_signs (text, begin->start), end_of_signs (text, letter_at (reading->letters, i)->end));
  }
}

/* Whether one of the words of a sentence, of two letters or more, stands in [begin, end). */
static gboolean
has_word (const char *sentence, const char *begin, const char *end)
{
  g_auto (GStrv) words = g_str_tokenize_and_fold (sentence, NULL, NULL);
  g_autofree char *part = g_strndup (begin, end - begin);
  g_auto (GStrv) there = g_str_tokenize_and_fold (part, NULL, NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_utf8_strlen (words[i], -1) >= 2 && g_strv_contains ((const char *const *) there, words[i]))
      return TRUE;
  return FALSE;
}

/* Takes the sentence for what stands next, up to where a sentence ends there. */
static void
take_next (Reading *reading, const char *sentence, GArray *ranges)
{
  guint at = reading->n_marked;
  const Letter *next = letter_at (reading->letters, at);
  const char *text = gtk_label_get_text (g_ptr_array_index (reading->labels, next->label));
  const char *begin = text;
  const char *end;

  /* Behind the sentence before, or at the beginning of the label: a formula may begin with signs. */
  if (at > 0 && letter_at (reading->letters, at - 1)->label == next->label)
    for (begin = text + end_of_signs (text, letter_at (reading->letters, at - 1)->end); g_unichar_isspace (g_utf8_get_char (begin));)
      begin = g_utf8_next_char (begin);
  for (end = begin; *end != '\0';) {
    end = g_utf8_next_char (end);
    if (app_speech_ends_sentence (begin, end, TRUE))
      break;
  }
  if (!has_word (sentence, begin, end))
    return;
  add_range (reading, ranges, next->label, (int) (begin - text), (int) (end - text));
  while (reading->n_marked < reading->letters->len && letter_at (reading->letters, reading->n_marked)->label == next->label &&
         letter_at (reading->letters, reading->n_marked)->start < end - text)
    reading->n_marked++;
}

/* Adds the places of `sentence`, which comes next, to `ranges`; `after` (nullable) comes behind it. */
static void
read_sentence (Reading *reading, const char *sentence, const char *after, GArray *ranges)
{
  g_autoptr (GArray) letters = letters_of (sentence);

  for (guint i = reading->n_read; i < reading->letters->len; i++) {
    if (!stands_at (reading->letters, i, letters))
      continue;
    add_letters_of (reading, ranges, i, i + letters->len - 1);
    reading->n_read = reading->n_marked = i + letters->len;
    return;
  }
  if (reading->n_marked < reading->letters->len) {
    g_autoptr (GArray) next = letters_of (after != NULL ? after : "");

    /* What stands next is the one after it: it stands nowhere itself, as a formula on a line of its own. */
    if (!stands_at (reading->letters, reading->n_marked, next))
      take_next (reading, sentence, ranges);
  }
}

static void
range_clear (gpointer data)
{
  g_clear_object (&((UiSpokenRange *) data)->label);
}

GArray *
ui_spoken_ranges_new (void)
{
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (UiSpokenRange));

  g_array_set_clear_func (ranges, range_clear);
  return ranges;
}

GArray *
ui_spoken_find (GtkWidget *answer, const char *const *sentences, guint index)
{
  Reading reading = { g_ptr_array_new (), g_array_new (FALSE, FALSE, sizeof (Letter)), 0, 0 };
  GArray *ranges = ui_spoken_ranges_new ();

  collect (&reading, answer);
  for (guint i = 0; i <= index && sentences[i] != NULL; i++) {
    g_array_set_size (ranges, 0);
    read_sentence (&reading, sentences[i], sentences[i + 1], ranges);
  }
  g_array_unref (reading.letters);
  g_ptr_array_unref (reading.labels);
  return ranges;
}
