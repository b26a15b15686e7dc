/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-markdown-formulas.h"

#include <string.h>

#include "app-formula.h"
#include "app-markdown.h"

/* The characters that stand for formulas, of a plane for private use. One that was in the text already is an entry that stands for itself. */
#define FIRST 0xf0000
#define MAX_ENTRIES 0xfff0

typedef struct {
  char *source; /* with its delimiters */
  char *tex;    /* without; NULL: text that stands for itself */
  gboolean display;
} Entry;

/* The delimiters. `from`…: what is known of the places where they end, so that a text of beginnings alone is not searched again for each of them. */
typedef enum { ROUND, SQUARE, DOLLAR, DOLLARS, ENVIRONMENT, N_DELIMITERS } Delimiter;

struct _AppMarkdownFormulas {
  const char *source;
  const char *end;
  GString *text;
  GArray *lines;      /* gsize: the offset in `source` of each line of `text` */
  GPtrArray *entries; /* Entry */
  const char *scanned[N_DELIMITERS]; /* no end between here and what was searched before */
  const char *found[N_DELIMITERS];   /* (nullable): the next end behind it */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->source);
  g_free (entry->tex);
  g_free (entry);
}

/* Whether a line has nothing but the marks of quotes. */
static gboolean
is_blank_line (const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t' || *p == '>' || *p == '\r'))
    p++;
  return p == end || *p == '\n';
}

static gboolean
is_empty (const char *p, const char *end)
{
  while (p < end && (g_ascii_isspace (*p) || *p == '>'))
    p++;
  return p == end;
}

static gboolean
starts (const char *p, const char *end, const char *word)
{
  gsize length = strlen (word);

  return (gsize) (end - p) >= length && memcmp (p, word, length) == 0;
}

/* An end for a dollar follows something and is not the beginning of a price or a variable. */
static gboolean
is_dollar_end (const char *p, const char *end)
{
  return !g_ascii_isspace (p[-1]) && (p + 1 == end || (!g_ascii_isdigit (p[1]) && !g_ascii_isupper (p[1]) && p[1] != '$'));
}

/* Where a formula that begins before `from` ends, or NULL. */
static const char *
find_end (AppMarkdownFormulas *self, Delimiter delimiter, const char *from)
{
  static const char *const ends[] = { "\\)", "\\]", "$", "$$", "\\end{" };
  const char *p = from;

  if (self->found[delimiter] != NULL && self->found[delimiter] >= from)
    return self->found[delimiter] - from <= APP_FORMULA_MAX_BYTES ? self->found[delimiter] : NULL;
  if (self->scanned[delimiter] != NULL && self->scanned[delimiter] > p)
    p = self->scanned[delimiter];
  self->found[delimiter] = NULL;
  while (p < self->end && p - from <= APP_FORMULA_MAX_BYTES) {
    if (starts (p, self->end, ends[delimiter]) && (delimiter != DOLLAR || is_dollar_end (p, self->end))) {
      self->found[delimiter] = p;
      break;
    }
    if (*p == '\n' && is_blank_line (p + 1, self->end))
      break;
    if (delimiter == DOLLAR && (*p == '`' || starts (p, self->end, "$$")))
      break;
    p += *p == '\\' && p + 1 < self->end && p[1] != '\n' ? 2 : 1;
  }
  self->scanned[delimiter] = p;
  return self->found[delimiter];
}

/* The marks of quotes before the lines of a formula are not of the formula. */
static char *
dup_tex (const char *begin, const char *end)
{
  GString *out = g_string_new (NULL);

  for (const char *p = begin; p < end; p++) {
    g_string_append_c (out, *p);
    if (*p == '\n') {
      const char *mark = p + 1;

      while (mark < end && (*mark == ' ' || *mark == '\t'))
        mark++;
      while (mark < end && *mark == '>') {
        mark++;
        while (mark < end && *mark == ' ')
          mark++;
        p = mark - 1;
      }
    }
  }
  return g_strstrip (g_string_free (out, FALSE));
}

static void
put_entry (AppMarkdownFormulas *self, Entry *entry)
{
  g_string_append_unichar (self->text, FIRST + self->entries->len);
  g_ptr_array_add (self->entries, entry);
}

/* Prices are no formulas: "5 and the other". */
static gboolean
is_mathematics (const char *begin, const char *end)
{
  gboolean words = FALSE;

  if (!g_ascii_isdigit (*begin))
    return TRUE;
  for (const char *p = begin; p < end; p++) {
    if (strchr ("\\^_=+*/<>{}|", *p) != NULL)
      return TRUE;
    words = words || *p == ' ';
  }
  return !words;
}

/* Escaped brackets are an old custom too: in a line, \[1\] is a reference. */
static gboolean
is_display (const char *begin, const char *end, gboolean at_line_start)
{
  if (at_line_start)
    return TRUE;
  for (const char *p = begin; p < end; p++)
    if (strchr ("\\^_=+<>\n", *p) != NULL)
      return TRUE;
  return FALSE;
}

/* A formula that still is being written is its source up to the end, with all its signs. A dollar may be a price, and is left to the parser. */
static const char *
take_unfinished (AppMarkdownFormulas *self, Delimiter delimiter, const char *p, gboolean at_line_start)
{
  Entry *entry;

  if (delimiter == DOLLAR || !is_empty (self->scanned[delimiter], self->end) || (delimiter == SQUARE && !is_display (p + 2, self->end, at_line_start)))
    return NULL;
  entry = g_new0 (Entry, 1);
  entry->source = g_strchomp (g_strndup (p, self->end - p));
  put_entry (self, entry);
  return self->end;
}

/* A formula at `p`: then it is put into the text, and what follows it is returned; else NULL. */
static const char *
take_formula (AppMarkdownFormulas *self, const char *p, gboolean at_line_start)
{
  Delimiter delimiter;
  const char *begin;
  const char *end;
  const char *after;
  Entry *entry;

  if (starts (p, self->end, "\\("))
    delimiter = ROUND, begin = p + 2;
  else if (starts (p, self->end, "\\["))
    delimiter = SQUARE, begin = p + 2;
  else if (starts (p, self->end, "$$"))
    delimiter = DOLLARS, begin = p + 2;
  else if (*p == '$')
    delimiter = DOLLAR, begin = p + 1;
  else if (at_line_start && starts (p, self->end, "\\begin{"))
    delimiter = ENVIRONMENT, begin = p;
  else
    return NULL;
  if (self->entries->len >= MAX_ENTRIES || begin >= self->end)
    return NULL;
  if (delimiter == DOLLAR && (g_ascii_isspace (*begin) || (p > self->source && g_ascii_isalnum (p[-1]))))
    return NULL;
  end = find_end (self, delimiter, delimiter == ENVIRONMENT || delimiter == DOLLARS ? begin : begin + (delimiter == DOLLAR));
  if (end == NULL)
    return take_unfinished (self, delimiter, p, at_line_start);
  after = end + (delimiter == DOLLAR ? 1 : 2);
  if (delimiter == ENVIRONMENT) {
    const char *name = begin + strlen ("\\begin{");
    const char *close = memchr (name, '}', self->end - name);
    gsize length = close != NULL ? close + 1 - name : 0;

    /* The end of the same name: others may lie in it. */
    while (length > 0 && !(self->end - end >= (gssize) (5 + length) && memcmp (end + 5, name, length) == 0)) {
      end = find_end (self, delimiter, end + 5);
      if (end == NULL)
        return take_unfinished (self, delimiter, p, TRUE);
    }
    if (length == 0)
      return NULL;
    after = end = end + 5 + length;
  }
  if (end - begin > APP_FORMULA_MAX_BYTES || is_empty (begin, end) ||
      (delimiter == DOLLAR && !is_mathematics (begin, end)) || (delimiter == SQUARE && !is_display (begin, end, at_line_start)))
    return NULL;
  entry = g_new0 (Entry, 1);
  entry->source = g_strndup (p, after - p);
  entry->tex = dup_tex (begin, end);
  entry->display = delimiter != ROUND && delimiter != DOLLAR;
  put_entry (self, entry);
  return after;
}

/* Behind the code that begins at `p` with a run of back ticks, or behind the run when it does not end. */
static const char *
skip_code (AppMarkdownFormulas *self, const char *p)
{
  gsize run = 0;
  const char *begin;

  while (p + run < self->end && p[run] == '`')
    run++;
  begin = p + run;
  for (p = begin; p < self->end && p - begin < APP_FORMULA_MAX_BYTES; p++) {
    gsize n = 0;

    if (*p == '\n' && is_blank_line (p + 1, self->end))
      break;
    while (p + n < self->end && p[n] == '`')
      n++;
    if (n == run)
      return p + n;
    p += n > 0 ? n - 1 : 0;
  }
  return begin;
}

/* The marks of quotes and lists before a line. */
static const char *
skip_marks (const char *p, const char *end)
{
  for (;;) {
    const char *digits = p;

    while (p < end && (*p == ' ' || *p == '\t' || *p == '>'))
      p++;
    digits = p;
    while (digits < end && g_ascii_isdigit (*digits))
      digits++;
    if (p + 1 < end && strchr ("-+*", *p) != NULL && p[1] == ' ')
      p += 2;
    else if (digits > p && digits + 1 < end && (*digits == '.' || *digits == ')') && digits[1] == ' ')
      p = digits + 2;
    else
      return p;
  }
}

/* The run of back ticks or tildes that opens or closes code at `p`, or 0. */
static gsize
fence_at (const char *p, const char *end)
{
  gsize run = 0;

  if (p == end || (*p != '`' && *p != '~'))
    return 0;
  while (p + run < end && p[run] == *p)
    run++;
  return run >= 3 ? run : 0;
}

static const char *
copy_character (AppMarkdownFormulas *self, const char *p)
{
  gunichar c = (guchar) *p < 0xf0 ? 0 : g_utf8_get_char_validated (p, self->end - p);

  if (c >= FIRST && c < FIRST + MAX_ENTRIES) {
    Entry *entry = g_new0 (Entry, 1);

    entry->source = g_strndup (p, 4);
    if (self->entries->len < MAX_ENTRIES) {
      put_entry (self, entry);
    } else {
      g_string_append (self->text, "\357\277\275");
      entry_free (entry);
    }
    return p + 4;
  }
  g_string_append_c (self->text, *p);
  if (*p == '\n') {
    gsize offset = p + 1 - self->source;

    g_array_append_val (self->lines, offset);
  }
  return p + 1;
}

static void
copy_to (AppMarkdownFormulas *self, const char *p, const char *end)
{
  while (p < end)
    p = copy_character (self, p);
}

static void
scan (AppMarkdownFormulas *self)
{
  const char *p = self->source;
  const char *line_start = NULL; /* where the words of this line begin */
  char fence = '\0';
  gsize fence_length = 0;

  while (p < self->end) {
    if (p == self->source || p[-1] == '\n') {
      const char *words = skip_marks (p, self->end);
      gsize run = fence_at (words, self->end);
      const char *line_end = memchr (p, '\n', self->end - p);

      line_start = words;
      line_end = line_end != NULL ? line_end + 1 : self->end;
      if (fence != '\0' || run > 0) {
        if (fence == '\0')
          fence = *words, fence_length = run;
        else if (run >= fence_length && *words == fence && is_blank_line (words + run, self->end))
          fence = '\0';
        copy_to (self, p, line_end);
        p = line_end;
        continue;
      }
    }
    if (*p == '`') {
      const char *after = skip_code (self, p);

      copy_to (self, p, after);
      p = after;
      continue;
    }
    if (*p == '$' || *p == '\\') {
      const char *after = take_formula (self, p, p == line_start);

      if (after == NULL) {
        after = p + (p + 1 < self->end && p[1] != '\n' && (*p == '\\' || p[1] == '$') ? 2 : 1);
        if (after - p == 2 && (guchar) p[1] >= 0x80)
          after = p + 1;
        copy_to (self, p, after);
      }
      p = after;
      continue;
    }
    p = copy_character (self, p);
  }
}

AppMarkdownFormulas *
app_markdown_formulas_new (const char *text, gsize length)
{
  AppMarkdownFormulas *self = g_new0 (AppMarkdownFormulas, 1);
  gsize first = 0;

  self->source = text;
  self->end = text + length;
  self->text = g_string_sized_new (length + 1);
  self->lines = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  g_array_append_val (self->lines, first);
  scan (self);
  return self;
}

void
app_markdown_formulas_free (AppMarkdownFormulas *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->lines);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

const char *
app_markdown_formulas_get_text (AppMarkdownFormulas *self, gsize *length)
{
  *length = self->text->len;
  return self->text->str;
}

static gsize
offset_of_line (AppMarkdownFormulas *self, int line)
{
  return g_array_index (self->lines, gsize, CLAMP (line - 1, 0, (int) self->lines->len - 1));
}

static Entry *
entry_of (AppMarkdownFormulas *self, const char *p)
{
  gunichar c = (guchar) *p < 0xf0 ? 0 : g_utf8_get_char (p);

  return c >= FIRST && c - FIRST < self->entries->len ? g_ptr_array_index (self->entries, c - FIRST) : NULL;
}

/* `text` with the sources of its formulas; NULL when it has none. */
static char *
restore (AppMarkdownFormulas *self, const char *text)
{
  GString *out = NULL;

  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p)) {
    Entry *entry = entry_of (self, p);

    if (entry != NULL && out == NULL)
      out = g_string_new_len (text, p - text);
    if (entry != NULL)
      g_string_append (out, entry->source);
    else if (out != NULL)
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
  }
  return out != NULL ? g_string_free (out, FALSE) : NULL;
}

static void
restore_node (AppMarkdownFormulas *self, cmark_node *node)
{
  static const struct {
    const char *(*get) (cmark_node *);
    int (*set) (cmark_node *, const char *);
  } fields[] = {
    { cmark_node_get_literal, cmark_node_set_literal }, { cmark_node_get_url, cmark_node_set_url }, { cmark_node_get_title, cmark_node_set_title },
    { cmark_node_get_fence_info, cmark_node_set_fence_info },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *restored = restore (self, fields[i].get (node));

    if (restored != NULL)
      fields[i].set (node, restored);
  }
}

/* What this program knows of a node beyond the parser. */
typedef struct {
  gsize offset; /* of a block at the top */
  char *tex;    /* (nullable) */
} Note;

static void
note_free (cmark_mem *mem, void *data)
{
  Note *note = data;

  g_free (note->tex);
  g_free (note);
}

static void
set_note (cmark_node *node, gsize offset, const char *tex)
{
  Note *note = g_new0 (Note, 1);

  note->offset = offset;
  note->tex = g_strdup (tex);
  cmark_node_set_user_data (node, note);
  cmark_node_set_user_data_free_func (node, note_free);
}

gsize
app_markdown_get_offset (cmark_node *node)
{
  Note *note = cmark_node_get_user_data (node);

  return note != NULL ? note->offset : APP_MARKDOWN_NO_OFFSET;
}

const char *
app_markdown_get_formula (cmark_node *node)
{
  Note *note = cmark_node_get_user_data (node);

  return note != NULL ? note->tex : NULL;
}

gboolean
app_markdown_is_display (cmark_node *node)
{
  const char *source = cmark_node_get_literal (node);

  return !g_str_has_prefix (source, "\\(") && (*source != '$' || source[1] == '$');
}

/* Where a formula can stand raw HTML can stand too; to whom does not know of formulas its literal is its source. */
static cmark_node *
formula_node (cmark_node_type type, const char *tex, const char *source)
{
  cmark_node *node = cmark_node_new (type);

  cmark_node_set_literal (node, source);
  set_note (node, APP_MARKDOWN_NO_OFFSET, tex);
  return node;
}

static cmark_node *
text_node (AppMarkdownFormulas *self, const char *text, gsize length)
{
  cmark_node *node = cmark_node_new (CMARK_NODE_TEXT);
  g_autofree char *copy = g_strndup (text, length);

  cmark_node_set_literal (node, copy);
  restore_node (self, node);
  return node;
}

/* A text becomes texts and formulas. */
static void
split_text (AppMarkdownFormulas *self, cmark_node *node)
{
  g_autofree char *text = g_strdup (cmark_node_get_literal (node));
  const char *begin = text;
  gboolean changed = FALSE;

  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p)) {
    Entry *entry = entry_of (self, p);

    if (entry == NULL || entry->tex == NULL)
      continue;
    if (p > begin)
      cmark_node_insert_before (node, text_node (self, begin, p - begin));
    cmark_node_insert_before (node, formula_node (CMARK_NODE_HTML_INLINE, entry->tex, entry->source));
    begin = p + strlen ("\360\220\200\200");
    changed = TRUE;
  }
  if (!changed) {
    restore_node (self, node);
    return;
  }
  if (*begin != '\0')
    cmark_node_insert_before (node, text_node (self, begin, strlen (begin)));
  cmark_node_free (node);
}

static gboolean
is_display_node (cmark_node *node)
{
  return cmark_node_get_type (node) == CMARK_NODE_HTML_INLINE && app_markdown_get_formula (node) != NULL && app_markdown_is_display (node);
}

static gboolean
is_break (cmark_node *node)
{
  cmark_node_type type = cmark_node_get_type (node);

  return type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK ||
         (type == CMARK_NODE_TEXT && strspn (cmark_node_get_literal (node), " ") == strlen (cmark_node_get_literal (node)));
}

static void
strip_text (cmark_node *node)
{
  g_autofree char *text = NULL;

  if (node == NULL || cmark_node_get_type (node) != CMARK_NODE_TEXT)
    return;
  text = g_strdup (cmark_node_get_literal (node));
  if (cmark_node_previous (node) == NULL)
    g_strchug (text);
  if (cmark_node_next (node) == NULL)
    g_strchomp (text);
  cmark_node_set_literal (node, text);
}

static void
trim (cmark_node *paragraph)
{
  cmark_node *node;

  while ((node = cmark_node_first_child (paragraph)) != NULL && is_break (node))
    cmark_node_free (node);
  while ((node = cmark_node_last_child (paragraph)) != NULL && is_break (node))
    cmark_node_free (node);
  strip_text (cmark_node_first_child (paragraph));
  strip_text (cmark_node_last_child (paragraph));
}

/* Formulas on lines of their own are blocks between the paragraphs before and after them. The first of these has the place of the paragraph. */
static void
split_paragraph (cmark_node *paragraph)
{
  gsize offset = app_markdown_get_offset (paragraph);
  cmark_node *child = cmark_node_first_child (paragraph);
  gboolean split = FALSE;

  while (child != NULL) {
    cmark_node *next = cmark_node_next (child);

    if (is_display_node (child)) {
      cmark_node *block = formula_node (CMARK_NODE_HTML_BLOCK, app_markdown_get_formula (child), cmark_node_get_literal (child));
      cmark_node *before = cmark_node_new (CMARK_NODE_PARAGRAPH);

      if (!cmark_node_insert_before (paragraph, before) || !cmark_node_insert_before (paragraph, block)) {
        cmark_node_free (before);
        cmark_node_free (block);
        return;
      }
      while (cmark_node_first_child (paragraph) != child)
        cmark_node_append_child (before, cmark_node_first_child (paragraph));
      cmark_node_free (child);
      trim (before);
      if (cmark_node_first_child (before) == NULL)
        g_clear_pointer (&before, cmark_node_free);
      if (!split) {
        g_autofree char *tex = before == NULL ? g_strdup (app_markdown_get_formula (block)) : NULL;

        if (before == NULL)
          note_free (NULL, cmark_node_get_user_data (block));
        set_note (before != NULL ? before : block, offset, tex);
      }
      split = TRUE;
    }
    child = next;
  }
  if (!split)
    return;
  if (cmark_node_get_user_data (paragraph) != NULL)
    note_free (NULL, cmark_node_get_user_data (paragraph));
  cmark_node_set_user_data (paragraph, NULL);
  trim (paragraph);
  if (cmark_node_first_child (paragraph) == NULL)
    cmark_node_free (paragraph);
}

/* ```math, and a formula that four spaces made code. */
static void
replace_code (AppMarkdownFormulas *self, cmark_node *node)
{
  const char *literal = cmark_node_get_literal (node);
  const char *info = cmark_node_get_fence_info (node);
  Entry *entry = literal != NULL ? entry_of (self, literal) : NULL;
  g_autofree char *tex = NULL;
  g_autofree char *source = NULL;
  cmark_node *block;

  if (info != NULL && strcmp (info, "math") == 0 && literal != NULL) {
    tex = restore (self, literal);
    tex = g_strstrip (tex != NULL ? tex : g_strdup (literal));
    source = g_strdup_printf ("```math\n%s\n```", tex);
  } else if ((info == NULL || *info == '\0') && entry != NULL && entry->tex != NULL && entry->display && strcspn (literal, "\n") == 4 && literal[4 + 1] == '\0') {
    tex = g_strdup (entry->tex);
    source = g_strdup (entry->source);
  }
  if (tex == NULL || *tex == '\0') {
    restore_node (self, node);
    return;
  }
  block = formula_node (CMARK_NODE_HTML_BLOCK, tex, source);
  note_free (NULL, cmark_node_get_user_data (block));
  set_note (block, app_markdown_get_offset (node), tex);
  if (cmark_node_insert_before (node, block))
    cmark_node_free (node);
  else
    cmark_node_free (block);
}

static void
note_offsets (AppMarkdownFormulas *self, cmark_node *document)
{
  for (cmark_node *node = cmark_node_first_child (document); node != NULL; node = cmark_node_next (node))
    set_note (node, offset_of_line (self, cmark_node_get_start_line (node)), NULL);
}

char *
app_markdown_formulas_restore (AppMarkdownFormulas *self, const char *text, char *(*replace) (const char *tex, gboolean display))
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    Entry *entry = entry_of (self, p);

    if (entry != NULL && entry->tex != NULL) {
      g_autofree char *replaced = replace (entry->tex, entry->display);

      g_string_append (out, replaced);
    } else if (entry != NULL) {
      g_string_append (out, entry->source);
    } else {
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
    }
  }
  return g_string_free (out, FALSE);
}

void
app_markdown_formulas_put_back_sources (AppMarkdownFormulas *self, cmark_node *document)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    if (event == CMARK_EVENT_ENTER && cmark_node_get_type (cmark_iter_get_node (iter)) != CMARK_NODE_TEXT)
      restore_node (self, cmark_iter_get_node (iter));
  cmark_iter_free (iter);
}

void
app_markdown_formulas_put_back (AppMarkdownFormulas *self, cmark_node *document)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  note_offsets (self, document);
  /* Nodes change while they are visited: first they are only noted. Leaves come before the paragraphs that hold them. */
  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);
    gboolean leaf = cmark_node_first_child (node) == NULL;

    if (leaf ? event == CMARK_EVENT_ENTER : event == CMARK_EVENT_EXIT)
      g_ptr_array_add (nodes, node);
  }
  cmark_iter_free (iter);
  for (guint i = 0; i < nodes->len; i++) {
    cmark_node *node = g_ptr_array_index (nodes, i);

    if (cmark_node_get_type (node) == CMARK_NODE_TEXT)
      split_text (self, node);
    else if (cmark_node_get_type (node) == CMARK_NODE_CODE_BLOCK)
      replace_code (self, node);
    else if (cmark_node_get_type (node) == CMARK_NODE_PARAGRAPH)
      split_paragraph (node);
    else
      restore_node (self, node);
  }
}
