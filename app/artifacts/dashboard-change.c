/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard-change.h"

#include <string.h>

#include "dashboard-rules.h"
#include "dashboard-wish.h"

typedef enum { CHANGE, REMOVE, ADD } Verb;
static const char *const verbs[] = { "change", "remove", "add" };

static const char *const remove_words[] = { "remove", "delete", "drop", "hide", "without", "out", "rid", "away", "unnecessary", NULL };
static const char *const add_words[] = { "add", "another", "additional", "new", "include", "append", NULL };
static const char *const title_words[] = { "title", "headline", "heading", "call", "rename", "name", "named", NULL };
static const char *const page_words[] = { "dashboard", "page", "report", "whole", NULL };
static const char *const series_words[] = { "split", "color", "colour", "stack", "stacked", "series", "broken", "break", "divide", "divided", NULL };
static const char *const down_words[] = { "largest", "biggest", "highest", "top", "descending", "most", NULL };
static const char *const up_words[] = { "smallest", "lowest", "ascending", "least", NULL };
static const char *const name_words[] = { "alphabetical", "alphabetically", "alphabet", NULL };

/* Words for the lists. */
static const struct {
  const char *list;
  const char *const words[8];
} nouns[] = {
  { "/charts/", { "chart", "graph", "plot", "diagram", NULL } },
  { "/tables/", { "table", "list", NULL } },
  { "/kpis/", { "figure", "kpi", "card", "number", "tile", NULL } },
  { "/filters/", { "filter", NULL } },
};

static gboolean
has_word (const GPtrArray *list, const char *const *any)
{
  for (guint i = 0; i < list->len; i++)
    if (g_strv_contains (any, g_ptr_array_index (list, i)))
      return TRUE;
  return FALSE;
}

/* The text in quotes. (transfer full) (nullable) */
static char *
dup_quoted (const char *wish)
{
  static const struct {
    const char *open, *close;
  } quotes[] = { { "\"", "\"" }, { "“", "”" }, { "„", "“" }, { "«", "»" }, { " '", "'" } };

  for (guint i = 0; i < G_N_ELEMENTS (quotes); i++) {
    const char *begin = strstr (wish, quotes[i].open), *text = begin != NULL ? begin + strlen (quotes[i].open) : NULL, *end = text != NULL ? strstr (text, quotes[i].close) : NULL;
    if (end != NULL && end > text)
      return g_strndup (text, (gsize) MIN (end - text, DASHBOARD_MAX_WORDS));
  }
  return NULL;
}

/* Kinds of charts in the order in which they are named. */
static GPtrArray *
list_kinds (const GPtrArray *list)
{
  GPtrArray *kinds = g_ptr_array_new ();

  for (guint i = 0; i < list->len; i++) {
    const DashboardKind *kind = dashboard_wish_find_kind (g_ptr_array_index (list, i));
    if (kind != NULL && !g_ptr_array_find (kinds, kind, NULL))
      g_ptr_array_add (kinds, (gpointer) kind);
  }
  return kinds;
}

/* ---- which part ---- */

/* Whether the part speaks of the column, as it is written. */
static gboolean
names_column (const char *json, const AppColumn *column)
{
  const char *at = column != NULL ? strstr (json, column->sql_name) : NULL;

  for (; at != NULL; at = strstr (at + 1, column->sql_name)) {
    char before = at > json ? at[-1] : ' ', after = at[strlen (column->sql_name)];
    if ((before == '"' || before == '(') && (after == '"' || after == ')'))
      return TRUE;
  }
  return FALSE;
}

static int
score_part (const char *pointer, JsonNode *node, const GPtrArray *list, const GPtrArray *kinds, const GArray *wishes, const char *small)
{
  g_autofree char *json = json_to_string (node, FALSE);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *title = object != NULL ? json_object_get_string_member_with_default (object, "title", json_object_get_string_member_with_default (object, "label", "")) : "";
  const char *kind = object != NULL ? json_object_get_string_member_with_default (object, "kind", "") : "";
  g_autofree char *small_title = g_utf8_strdown (title, -1);
  int score = 0;

  for (guint i = 0; i < G_N_ELEMENTS (nouns); i++)
    if (g_str_has_prefix (pointer, nouns[i].list))
      score += has_word (list, nouns[i].words) ? 4 : 0;
  for (guint i = 0; i < kinds->len; i++)
    if (strcmp (((const DashboardKind *) g_ptr_array_index (kinds, i))->name, kind) == 0)
      score += i == 0 ? 8 : 3;
  for (guint i = 0; i < wishes->len; i++) {
    const DashboardWish *wish = &g_array_index (wishes, DashboardWish, i);
    score += 2 * names_column (json, wish->value.column) + 2 * names_column (json, wish->x.column) + names_column (json, wish->y.column);
  }
  return score + (small_title[0] != '\0' && strstr (small, small_title) != NULL ? 10 : 0);
}

/* Where something new goes. */
static const char *
find_list (const GPtrArray *list, const GPtrArray *kinds, const GArray *wishes)
{
  const DashboardWish *wish = wishes->len > 0 ? &g_array_index (wishes, DashboardWish, 0) : NULL;

  if (kinds->len > 0)
    return "/charts/";
  for (guint i = G_N_ELEMENTS (nouns); i-- > 0;)
    if (has_word (list, nouns[i].words))
      return nouns[i].list;
  return wish == NULL || wish->x.column != NULL ? "/charts/" : "/kpis/";
}

GStrv
dashboard_change_list (const AppDashboard *self, const char *wish)
{
  g_autoptr (GPtrArray) words = dashboard_wish_split (wish), kinds = list_kinds (words);
  g_autoptr (GArray) wishes = dashboard_wish_read (&self->source, wish);
  g_auto (GStrv) parts = app_dashboard_dup_parts (self);
  g_autofree char *small = g_utf8_strdown (wish, -1);
  static const char *const not_words[] = { "not", "t", "no", NULL }, *const need_words[] = { "need", "want", "like", NULL };
  gboolean unwanted = has_word (words, not_words) && has_word (words, need_words);
  Verb verb = has_word (words, remove_words) || unwanted ? REMOVE : has_word (words, add_words) ? ADD : CHANGE;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  int best = 0;

  if (verb == ADD) {
    g_ptr_array_add (found, g_strdup_printf ("add %s-", find_list (words, kinds, wishes)));
  } else if (verb == CHANGE && has_word (words, title_words) && (has_word (words, page_words) || (kinds->len == 0 && wishes->len == 0))) {
    g_ptr_array_add (found, g_strdup ("change /title"));
  } else {
    for (guint i = 0; parts[i] != NULL; i++) {
      g_autoptr (JsonNode) node = dashboard_dup_part (self, parts[i]);
      int score = score_part (parts[i], node, words, kinds, wishes, small);
      if (score > best)
        g_ptr_array_set_size (found, 0);
      best = MAX (best, score);
      if (score == best)
        g_ptr_array_add (found, g_strdup_printf ("%s %s", verbs[verb], parts[i]));
    }
    if (found->len == 0)
      g_ptr_array_add (found, g_strdup ("change /title"));
  }
  g_ptr_array_add (found, NULL);
  return g_strdupv ((GStrv) found->pdata);
}

/* ---- what of it ---- */

static JsonObject *
parse_object (const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_object_ref (json_node_get_object (node)) : NULL;
}

/* "the 5 largest", "only the first 8"; 0 for none. */
static guint
find_limit (const GPtrArray *words)
{
  static const char *const few[] = { "only", "just", "top", "first", "largest", "biggest", "smallest", "limit", "most", NULL };

  for (guint i = 0; i < words->len; i++) {
    const char *word = g_ptr_array_index (words, i);
    guint64 number = g_ascii_isdigit (word[0]) ? g_ascii_strtoull (word, NULL, 10) : 0;
    if (number >= 1 && number <= 100 && has_word (words, few))
      return (guint) number;
  }
  return 0;
}

static void
copy_member (JsonObject *to, JsonObject *from, const char *name)
{
  JsonNode *node = json_object_get_member (from, name);

  if (node != NULL)
    json_object_set_member (to, name, json_node_copy (node));
  else
    json_object_remove_member (to, name);
}

static void
set_group (JsonObject *object, const char *name, const DashboardGroup *group)
{
  g_autofree char *text = dashboard_group_dup_text (group);

  json_object_set_string_member (object, name, text);
}

/* Members in the order of the specification do not matter to who reads it. What is named: the value, what it is shown for, the kind, the order, how many, the title. */
static void
correct_chart (const AppDashboard *self, JsonObject *part, JsonObject *before, const char *wish_text)
{
  g_autoptr (GPtrArray) words = dashboard_wish_split (wish_text), kinds = list_kinds (words);
  g_autoptr (GArray) wishes = dashboard_wish_read (&self->source, wish_text);
  const DashboardWish *wish = wishes->len > 0 ? &g_array_index (wishes, DashboardWish, 0) : NULL;
  const DashboardKind *kind = kinds->len > 0 ? g_ptr_array_index (kinds, kinds->len - 1) : NULL;
  g_autofree char *quoted = dup_quoted (wish_text);
  gboolean sorts = has_word (words, down_words) || has_word (words, up_words) || has_word (words, name_words), ordered = sorts && (wish == NULL || wish->bare);
  gboolean titled = quoted != NULL && has_word (words, title_words);
  guint limit = find_limit (words);

  if (wish == NULL && kind == NULL && !ordered && limit == 0 && !titled)
    return;
  /* What is not named is as it was. */
  static const char *const members[] = { "kind", "value", "x", "y", "series", "sort", "limit", "wide" };
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    copy_member (part, before, members[i]);
  if (titled || (kind == NULL && (wish == NULL || (wish->bare && ordered))))
    copy_member (part, before, "title");
  if (titled)
    json_object_set_string_member (part, "title", quoted);
  if (wish != NULL && !titled && !(wish->bare && ordered)) {
    DashboardValue value = wish->value, old;
    const char *text = json_object_get_string_member_with_default (part, "value", NULL);
    gboolean has_value = wish->has_value && text != NULL;
    if (wish->bare && text != NULL && dashboard_value_read (&self->source, text, "", &old, NULL) && old.column != NULL)
      value.column = old.column;
    else if (wish->bare)
      has_value = FALSE;
    if (has_value) {
      g_autofree char *word = dashboard_value_dup_text (&value);
      json_object_set_string_member (part, "value", word);
    }
    if (wish->x.column != NULL && has_word (words, series_words) && wish->y.column == NULL) {
      set_group (part, "series", &wish->x);
      if (kind == NULL && strcmp (json_object_get_string_member_with_default (part, "kind", ""), "pie") == 0)
        json_object_set_string_member (part, "kind", "stacked");
    } else if (wish->x.column != NULL && json_object_has_member (part, "value")) {
      set_group (part, "x", &wish->x);
    }
  }
  if (kind != NULL && !titled)
    json_object_set_string_member (part, "kind", kind->name);
  if (limit > 0)
    json_object_set_int_member (part, "limit", limit);
  if (ordered)
    json_object_set_string_member (part, "sort", dashboard_sorts[has_word (words, name_words) ? DASHBOARD_BY_NAME : has_word (words, up_words) ? DASHBOARD_BY_VALUE_UP : DASHBOARD_BY_VALUE]);
}

/* Of a kpi the value is what can be named. */
static void
correct_kpi (const AppDashboard *self, JsonObject *part, JsonObject *before, const char *wish_text)
{
  g_autoptr (GPtrArray) words = dashboard_wish_split (wish_text);
  g_autoptr (GArray) wishes = dashboard_wish_read (&self->source, wish_text);
  const DashboardWish *wish = wishes->len > 0 ? &g_array_index (wishes, DashboardWish, 0) : NULL;
  g_autofree char *quoted = dup_quoted (wish_text);
  DashboardValue value, old;

  if (quoted != NULL && has_word (words, title_words)) {
    if (before != NULL)
      copy_member (part, before, "value");
    json_object_set_string_member (part, "label", quoted);
  } else if (wish != NULL && wish->has_value && wish->x.column == NULL) {
    value = wish->value;
    if (wish->bare && before != NULL && dashboard_value_read (&self->source, json_object_get_string_member_with_default (before, "value", "count"), "", &old, NULL))
      value.column = old.column;
    if (!wish->bare || value.column != NULL) {
      g_autofree char *word = dashboard_value_dup_text (&value);
      json_object_set_string_member (part, "value", word);
    }
  }
  if (before != NULL)
    copy_member (part, before, "over");
}

/* A new chart has what is named of it. */
static void
correct_new_chart (const AppDashboard *self, JsonObject *part, const char *wish_text)
{
  g_autoptr (GArray) wishes = dashboard_wish_read (&self->source, wish_text);
  const DashboardWish *wish = wishes->len > 0 ? &g_array_index (wishes, DashboardWish, 0) : NULL;

  if (wish == NULL || !wish->sure || wish->wanted != DASHBOARD_WANTS_CHART || (wish->kind != NULL && wish->kind->shape >= DASHBOARD_BINS) || wish->y.column != NULL ||
      !json_object_has_member (part, "value"))
    return;
  g_autofree char *value = dashboard_value_dup_text (&wish->value);
  json_object_set_string_member (part, "value", value);
  set_group (part, "x", &wish->x);
  if (wish->kind != NULL)
    json_object_set_string_member (part, "kind", wish->kind->name);
}

char *
dashboard_change_correct (const AppDashboard *self, const char *pointer, const char *wish, const char *json)
{
  g_autoptr (JsonNode) old = dashboard_dup_part (self, pointer);
  g_autoptr (JsonObject) part = parse_object (json);
  JsonObject *before = old != NULL && JSON_NODE_HOLDS_OBJECT (old) ? json_node_get_object (old) : NULL;
  g_autofree char *quoted = dup_quoted (wish);
  g_autoptr (AppDashboard) can = NULL;

  if (strcmp (pointer, "/title") == 0 || strcmp (pointer, "/summary") == 0) {
    g_autoptr (JsonNode) text = quoted != NULL ? json_node_init_string (json_node_alloc (), quoted) : NULL;
    return text != NULL ? json_to_string (text, FALSE) : g_strdup (json);
  }
  if (g_str_has_prefix (pointer, "/filters/")) {
    g_autoptr (GArray) wishes = dashboard_wish_read (&self->source, wish);
    const AppColumn *column = wishes->len > 0 ? g_array_index (wishes, DashboardWish, 0).x.column : NULL;
    return column != NULL ? g_strdup_printf ("\"%s\"", column->sql_name) : g_strdup (json);
  }
  if (part == NULL)
    return g_strdup (json);
  if (g_str_has_prefix (pointer, "/charts/") && before != NULL)
    correct_chart (self, part, before, wish);
  else if (g_str_has_prefix (pointer, "/charts/"))
    correct_new_chart (self, part, wish);
  else if (g_str_has_prefix (pointer, "/kpis/"))
    correct_kpi (self, part, before, wish);
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), part);
  char *corrected = json_to_string (node, FALSE);
  /* What the words say may not go together: a pie has no series. Then it is as the model has it. */
  can = app_dashboard_change ((AppDashboard *) self, pointer, corrected, NULL);
  if (can == NULL) {
    g_free (corrected);
    return g_strdup (json);
  }
  return corrected;
}
