/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-search.h"

#include <string.h>

#include "app-markdown.h"

/* Characters of the surroundings before and after a match. */
#define CONTEXT_BEFORE 24
#define CONTEXT_AFTER 72

AppSearchRow *
app_search_row_new (void)
{
  AppSearchRow *row = g_new0 (AppSearchRow, 1);

  row->ranges = g_array_new (FALSE, FALSE, sizeof (AppRange));
  return row;
}

void
app_search_row_free (AppSearchRow *row)
{
  if (!row)
    return;
  g_free (row->snippet);
  g_free (row->attachment);
  g_array_unref (row->ranges);
  g_free (row);
}

/* ---- queries ---- */

char **
app_search_words (const char *query)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *valid = g_utf8_make_valid (query, -1);
  const char *start = NULL;

  for (const char *p = valid;; p = g_utf8_next_char (p)) {
    gboolean inside = *p && !g_unichar_isspace (g_utf8_get_char (p)) && !g_unichar_iscntrl (g_utf8_get_char (p));
    if (inside && !start) {
      start = p;
    } else if (!inside && start) {
      g_ptr_array_add (words, g_strndup (start, p - start));
      start = NULL;
    }
    if (!*p)
      break;
  }
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

static gboolean
writes_without_spaces (gunichar c)
{
  switch (g_unichar_get_script (c)) {
  case G_UNICODE_SCRIPT_HAN:
  case G_UNICODE_SCRIPT_HIRAGANA:
  case G_UNICODE_SCRIPT_KATAKANA:
  case G_UNICODE_SCRIPT_BOPOMOFO:
  case G_UNICODE_SCRIPT_THAI:
  case G_UNICODE_SCRIPT_LAO:
  case G_UNICODE_SCRIPT_KHMER:
  case G_UNICODE_SCRIPT_MYANMAR:
  case G_UNICODE_SCRIPT_TIBETAN:
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
app_search_is_plain (char **words)
{
  for (guint i = 0; words[i]; i++) {
    gboolean has_token = FALSE;
    for (const char *p = words[i]; *p; p = g_utf8_next_char (p)) {
      gunichar c = g_utf8_get_char (p);
      if (writes_without_spaces (c))
        return TRUE;
      has_token |= g_unichar_isalnum (c);
    }
    if (!has_token)
      return TRUE;
  }
  return FALSE;
}

char *
app_search_fts_expression (char **words)
{
  GString *expression = g_string_new (NULL);

  for (guint i = 0; words[i]; i++) {
    if (i)
      g_string_append_c (expression, ' ');
    g_string_append_c (expression, '"');
    for (const char *p = words[i]; *p; p++) {
      if (*p == '"')
        g_string_append_c (expression, '"');
      g_string_append_c (expression, *p);
    }
    g_string_append_c (expression, '"');
    if (!words[i + 1])
      g_string_append_c (expression, '*');
  }
  return g_string_free (expression, FALSE);
}

char *
app_search_like_pattern (const char *word)
{
  GString *pattern = g_string_new ("%");

  for (const char *p = word; *p; p++) {
    if (*p == '%' || *p == '_' || *p == '\\')
      g_string_append_c (pattern, '\\');
    g_string_append_c (pattern, *p);
  }
  g_string_append_c (pattern, '%');
  return g_string_free (pattern, FALSE);
}

/* ---- snippets ---- */

char *
app_search_parse_marks (const char *marked, GArray *ranges)
{
  g_autofree char *text = app_markdown_squeeze (marked);
  GString *line = g_string_new (NULL);
  AppRange range = { 0, 0 };
  gboolean inside = FALSE;

  for (const char *p = text, *next; *p; p = next) {
    gboolean start = g_str_has_prefix (p, APP_SEARCH_MARK_START), end = g_str_has_prefix (p, APP_SEARCH_MARK_END);
    next = g_utf8_next_char (p);
    if (start && !inside) {
      inside = TRUE;
      range.start = line->len;
    } else if (end && inside) {
      inside = FALSE;
      range.length = line->len - range.start;
      if (range.length)
        g_array_append_val (ranges, range);
    } else if (!start && !end) {
      g_string_append_len (line, p, next - p);
    }
  }
  return g_string_free (line, FALSE);
}

/* As LIKE compares: ASCII letters in any case, everything else exactly. */
static const char *
find_word (const char *text, const char *word, gsize word_length)
{
  for (; *text; text = g_utf8_next_char (text))
    if (g_ascii_strncasecmp (text, word, word_length) == 0)
      return text;
  return NULL;
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  const AppRange *first = a, *second = b;

  return first->start < second->start ? -1 : first->start > second->start;
}

char *
app_search_find_words (const char *text, char **words, GArray *ranges)
{
  g_autofree char *line = app_markdown_squeeze (text);
  guint n = 0;

  for (guint i = 0; words[i]; i++) {
    gsize length = strlen (words[i]);
    for (const char *p = line; (p = find_word (p, words[i], length)); p += length) {
      AppRange range = { p - line, length };
      g_array_append_val (ranges, range);
    }
  }
  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++) { /* words may overlap */
    AppRange *before = &g_array_index (ranges, AppRange, MAX (n, 1) - 1), *here = &g_array_index (ranges, AppRange, i);
    if (n > 0 && here->start < before->start + before->length)
      before->length = MAX (before->length, here->start + here->length - before->start);
    else
      g_array_index (ranges, AppRange, n++) = *here;
  }
  g_array_set_size (ranges, n);
  return g_steal_pointer (&line);
}

/* The first of those ranges that have the most others within the length of a snippet after them. */
static guint
densest (GArray *ranges)
{
  guint best = 0, most = 0;

  for (guint i = 0, end = 0; i < ranges->len; i++) {
    while (end < ranges->len && g_array_index (ranges, AppRange, end).start < g_array_index (ranges, AppRange, i).start + CONTEXT_AFTER)
      end++;
    if (end - i > most) {
      most = end - i;
      best = i;
    }
  }
  return best;
}

char *
app_search_cut (char *line, GArray *ranges)
{
  g_autofree char *all = line;
  const char *match = ranges->len ? all + g_array_index (ranges, AppRange, densest (ranges)).start : all;
  const char *start = match, *end = match;
  GString *out = g_string_new (NULL);
  guint n = 0;

  for (int i = 0; i < CONTEXT_BEFORE && start > all; i++)
    start = g_utf8_prev_char (start);
  for (int i = 0; i < CONTEXT_AFTER && *end; i++)
    end = g_utf8_next_char (end);
  if (start > all)
    g_string_append (out, "…");
  for (guint i = 0; i < ranges->len; i++) {
    AppRange range = g_array_index (ranges, AppRange, i);
    /* A match that is cut in the middle still counts with what is left of it. */
    gsize from = MAX (range.start, (gsize) (start - all)), to = MIN (range.start + range.length, (gsize) (end - all));
    if (from >= to)
      continue;
    range.start = from - (start - all) + out->len;
    range.length = to - from;
    g_array_index (ranges, AppRange, n++) = range;
  }
  g_array_set_size (ranges, n);
  g_string_append_len (out, start, end - start);
  if (*end)
    g_string_append (out, "…");
  return g_string_free (out, FALSE);
}

/* ---- AppSearchHit ---- */

struct _AppSearchHit {
  GObject parent;
  AppConversation *conversation;
  gint64 message_id;
  AppRole role;
  GDateTime *time;
  char *snippet;
  GArray *ranges;
  char *attachment; /* nullable */
};

G_DEFINE_FINAL_TYPE (AppSearchHit, app_search_hit, G_TYPE_OBJECT)

static void
app_search_hit_finalize (GObject *object)
{
  AppSearchHit *self = APP_SEARCH_HIT (object);

  g_clear_object (&self->conversation);
  g_clear_pointer (&self->time, g_date_time_unref);
  g_free (self->snippet);
  g_free (self->attachment);
  g_clear_pointer (&self->ranges, g_array_unref);
  G_OBJECT_CLASS (app_search_hit_parent_class)->finalize (object);
}

static void
app_search_hit_class_init (AppSearchHitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_search_hit_finalize;
}

static void
app_search_hit_init (AppSearchHit *self)
{
}

AppSearchHit *
app_search_hit_new (AppConversation *conversation, const AppSearchRow *row)
{
  AppSearchHit *self = g_object_new (APP_TYPE_SEARCH_HIT, NULL);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (row->time / 1000);

  self->conversation = g_object_ref (conversation);
  self->message_id = row->message;
  self->role = row->role;
  self->time = g_date_time_to_local (time);
  self->snippet = g_strdup (row->snippet);
  self->attachment = g_strdup (row->attachment);
  self->ranges = g_array_ref (row->ranges);
  return self;
}

AppConversation *
app_search_hit_get_conversation (AppSearchHit *self)
{
  return self->conversation;
}

gint64
app_search_hit_get_message_id (AppSearchHit *self)
{
  return self->message_id;
}

AppRole
app_search_hit_get_role (AppSearchHit *self)
{
  return self->role;
}

GDateTime *
app_search_hit_get_time (AppSearchHit *self)
{
  return self->time;
}

const char *
app_search_hit_get_attachment (AppSearchHit *self)
{
  return self->attachment;
}

const char *
app_search_hit_get_snippet (AppSearchHit *self)
{
  return self->snippet;
}

const AppRange *
app_search_hit_get_ranges (AppSearchHit *self, guint *n_ranges)
{
  *n_ranges = self->ranges->len;
  return (const AppRange *) self->ranges->data;
}

char *
app_search_hit_dup_markup (AppSearchHit *self)
{
  GString *markup = g_string_new (NULL);
  gsize at = 0;

  for (guint i = 0; i < self->ranges->len; i++) {
    const AppRange *range = &g_array_index (self->ranges, AppRange, i);
    g_autofree char *before = g_markup_escape_text (self->snippet + at, range->start - at);
    g_autofree char *match = g_markup_escape_text (self->snippet + range->start, range->length);
    g_string_append_printf (markup, "%s<b>%s</b>", before, match);
    at = range->start + range->length;
  }
  g_autofree char *rest = g_markup_escape_text (self->snippet + at, -1);
  g_string_append (markup, rest);
  return g_string_free (markup, FALSE);
}
