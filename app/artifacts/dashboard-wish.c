/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dashboard-wish.h"

#include <string.h>

#include "dashboard-rules.h"

/* Words that say what is meant, in small letters and without the ends that words get. English and some German ones: in other languages a model has the names of the columns alone. */
typedef enum {
  WORD_NONE, WORD_SUM, WORD_AVERAGE, WORD_MEDIAN, WORD_MIN, WORD_MAX, WORD_COUNT, WORD_DISTINCT, WORD_BY, WORD_AND, WORD_FILTER, WORD_TABLE, WORD_INSTEAD, WORD_SERIES, WORD_WHICH, WORD_TIME,
  WORD_DAY, WORD_WEEK, WORD_MONTH, WORD_QUARTER, WORD_YEAR, WORD_WEEKDAY, WORD_HOUR,
  WORD_BAR, WORD_LINE, WORD_AREA, WORD_STACKED, WORD_PIE, WORD_TREEMAP, WORD_HEATMAP, WORD_HISTOGRAM, WORD_SCATTER,
} Word;

static const struct {
  const char *text;
  Word word;
} words[] = {
  { "total", WORD_SUM }, { "sum", WORD_SUM }, { "overall", WORD_SUM }, { "average", WORD_AVERAGE }, { "mean", WORD_AVERAGE }, { "avg", WORD_AVERAGE }, { "typical", WORD_AVERAGE },
  { "median", WORD_MEDIAN }, { "lowest", WORD_MIN }, { "smallest", WORD_MIN }, { "minimum", WORD_MIN }, { "highest", WORD_MAX }, { "largest", WORD_MAX }, { "maximum", WORD_MAX },
  { "biggest", WORD_MAX }, { "count", WORD_COUNT }, { "many", WORD_COUNT }, { "number", WORD_COUNT }, { "different", WORD_DISTINCT }, { "distinct", WORD_DISTINCT }, { "unique", WORD_DISTINCT },
  { "by", WORD_BY }, { "per", WORD_BY }, { "each", WORD_BY }, { "every", WORD_BY }, { "across", WORD_BY }, { "for", WORD_BY }, { "among", WORD_BY }, { "between", WORD_BY },
  { "split", WORD_SERIES }, { "color", WORD_SERIES }, { "colour", WORD_SERIES }, { "colored", WORD_SERIES }, { "coloured", WORD_SERIES }, { "divided", WORD_SERIES },
   { "and", WORD_AND }, { "plu", WORD_AND }, { "also", WORD_AND }, { "filter", WORD_FILTER }, { "table", WORD_TABLE }, { "list", WORD_TABLE },
  { "which", WORD_WHICH }, { "where", WORD_WHICH }, { "when", WORD_WHICH }, { "who", WORD_WHICH }, { "instead", WORD_INSTEAD }, { "rather", WORD_INSTEAD }, { "trend", WORD_TIME }, { "time", WORD_TIME }, { "develop", WORD_TIME }, { "developed", WORD_TIME }, { "evolution", WORD_TIME },
  { "day", WORD_DAY }, { "daily", WORD_DAY }, { "week", WORD_WEEK }, { "weekly", WORD_WEEK }, { "month", WORD_MONTH }, { "monthly", WORD_MONTH }, { "quarter", WORD_QUARTER },
  { "quarterly", WORD_QUARTER }, { "year", WORD_YEAR }, { "yearly", WORD_YEAR }, { "annual", WORD_YEAR }, { "weekday", WORD_WEEKDAY }, { "hour", WORD_HOUR }, { "hourly", WORD_HOUR },
  { "bar", WORD_BAR }, { "line", WORD_LINE }, { "curve", WORD_LINE }, { "area", WORD_AREA }, { "stacked", WORD_STACKED }, { "pie", WORD_PIE }, { "donut", WORD_PIE }, { "share", WORD_PIE },
  { "treemap", WORD_TREEMAP }, { "heatmap", WORD_HEATMAP }, { "histogram", WORD_HISTOGRAM }, { "distribution", WORD_HISTOGRAM }, { "distributed", WORD_HISTOGRAM },
  { "nach", WORD_BY }, { "pro", WORD_BY }, { "je", WORD_BY }, { "jede", WORD_BY }, { "und", WORD_AND }, { "sowie", WORD_AND }, { "summe", WORD_SUM }, { "gesamt", WORD_SUM },
  { "durchschnitt", WORD_AVERAGE }, { "durchschnittliche", WORD_AVERAGE }, { "mittelwert", WORD_AVERAGE }, { "anzahl", WORD_COUNT }, { "viele", WORD_COUNT }, { "verlauf", WORD_TIME }, { "entwicklung", WORD_TIME }, { "development", WORD_TIME },
  { "tag", WORD_DAY }, { "woche", WORD_WEEK }, { "monat", WORD_MONTH }, { "monatlich", WORD_MONTH }, { "quartal", WORD_QUARTER }, { "jahr", WORD_YEAR }, { "wochentag", WORD_WEEKDAY },
  { "stunde", WORD_HOUR }, { "balken", WORD_BAR }, { "linie", WORD_LINE }, { "kreisdiagramm", WORD_PIE }, { "anteil", WORD_PIE }, { "tabelle", WORD_TABLE }, { "verteilung", WORD_HISTOGRAM },
  { "scatter", WORD_SCATTER }, { "against", WORD_SCATTER }, { "versu", WORD_SCATTER }, { "vs", WORD_SCATTER }, { "correlation", WORD_SCATTER }, { "relation", WORD_SCATTER },
};

/* Words that name nothing new: "another one by region" is of the same value as what stands before. */
static const char *const fillers[] = {
  "the", "a", "an", "another", "one", "then", "also", "it", "that", "thi", "breakdown", "view", "of", "in", "on", "with", "to", "its", "them", "same", "again", "chart", "graph", "plot", "show", "me", "please",
  "finally", "i", "we", "want", "need", "see", "let", "over", "start", "give", "second", "third", "die", "der", "da", "den", "dem", "ein", "eine", "dazu", "course", "axi", "x", NULL,
};

/* Words of columns' names that say nothing alone. */
static const char *const empty_words[] = { "the", "of", "a", "an", "in", "on", "is", "are", "you", "how", "what", "with", "to", "no", "nr", "type", "name", "value", "total", "number", NULL };

/* ---- words ---- */

static char *
dup_stem (const char *word)
{
  gsize length = strlen (word);

  if (length > 4 && g_str_has_suffix (word, "ies"))
    return g_strdup_printf ("%.*sy", (int) length - 3, word);
  if (length > 3 && word[length - 1] == 's' && word[length - 2] != 's')
    return g_strndup (word, length - 1);
  return g_strdup (word);
}

GPtrArray *
dashboard_wish_split (const char *text)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *valid = g_utf8_make_valid (text, -1), *small = g_utf8_strdown (valid, -1);
  g_autoptr (GString) word = g_string_new (NULL);

  for (const char *at = small;; at = g_utf8_next_char (at)) {
    if (*at != '\0' && g_unichar_isalnum (g_utf8_get_char (at))) {
      g_string_append_len (word, at, g_utf8_next_char (at) - at);
      continue;
    }
    if (word->len > 0)
      g_ptr_array_add (list, dup_stem (word->str));
    g_string_truncate (word, 0);
    if (*at == '\0')
      return list;
    if (strchr (",;.?!:\n", *at) != NULL)
      g_ptr_array_add (list, g_strdup (","));
  }
}

static Word
find_word (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].text, text) == 0)
      return words[i].word;
  return WORD_NONE;
}

const DashboardKind *
dashboard_wish_find_kind (const char *word)
{
  static const char *const kinds[] = { "bar", "line", "area", "stacked", "pie", "treemap", "heatmap", "histogram", "scatter" };
  Word found = find_word (word);

  return found >= WORD_BAR ? dashboard_kind_find (kinds[found - WORD_BAR]) : NULL;
}

/* ---- columns ---- */

/* The names of the columns as words; of those that have one word alone, which column that is. */
typedef struct {
  const AppTable *table;
  GPtrArray *names;    /* of GPtrArray, of char */
  GHashTable *alone;   /* word → place of the column + 1, G_MAXUINT for words of several */
} Names;

static void
names_init (Names *names, const AppTable *table)
{
  names->table = table;
  names->names = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  names->alone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < table->columns->len; i++) {
    g_autofree char *label = dashboard_column_dup_label (g_ptr_array_index (table->columns, i));
    GPtrArray *list = dashboard_wish_split (label);
    for (guint k = 0; k < list->len; k++) {
      const char *word = g_ptr_array_index (list, k);
      guint before = GPOINTER_TO_UINT (g_hash_table_lookup (names->alone, word));
      if (strlen (word) > 2 && !g_strv_contains (empty_words, word))
        g_hash_table_replace (names->alone, g_strdup (word), GUINT_TO_POINTER (before == 0 || before == i + 1 ? i + 1 : G_MAXUINT));
    }
    g_ptr_array_add (names->names, list);
  }
}

static void
names_clear (Names *names)
{
  g_ptr_array_unref (names->names);
  g_hash_table_unref (names->alone);
}

/* The column whose name begins at a word, the longest; *length: its words. NULL for none. */
static const AppColumn *
find_column (const Names *names, const GPtrArray *list, guint at, guint *length)
{
  const AppColumn *found = NULL;

  *length = 0;
  for (guint i = 0; i < names->names->len; i++) {
    const GPtrArray *name = g_ptr_array_index (names->names, i);
    guint k = 0;
    while (k < name->len && at + k < list->len && strcmp (g_ptr_array_index (name, k), g_ptr_array_index (list, at + k)) == 0)
      k++;
    if (k == name->len && k > *length) {
      found = g_ptr_array_index (names->table->columns, i);
      *length = k;
    }
  }
  if (found == NULL && find_word (g_ptr_array_index (list, at)) == WORD_NONE) {
    guint place = GPOINTER_TO_UINT (g_hash_table_lookup (names->alone, g_ptr_array_index (list, at)));
    if (place > 0 && place != G_MAXUINT) {
      found = g_ptr_array_index (names->table->columns, place - 1);
      *length = 1;
    }
  }
  return found;
}

/* ---- clauses ---- */

/* What has been found of one clause. */
typedef struct {
  gboolean filter, table, by, counted, series, asks, unknown;
  Word aggregate;
  const DashboardKind *kind;
  const AppColumn *numbers[2];
  guint n_numbers;
  DashboardGroup groups[2];
  guint n_groups;
  DashboardValue values[4]; /* of a table, those before "and" */
  guint n_values;
} Clause;

static const AppColumn *
find_date (const AppTable *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    if (dashboard_is_date (g_ptr_array_index (table->columns, i)))
      return g_ptr_array_index (table->columns, i);
  return NULL;
}

static void
add_group (Clause *clause, DashboardBucket bucket, const AppColumn *column)
{
  if (column == NULL || clause->n_groups == G_N_ELEMENTS (clause->groups))
    return;
  for (guint i = 0; i < clause->n_groups; i++)
    if (clause->groups[i].column == column) {
      /* "by order date, month by month" */
      if (clause->groups[i].bucket == DASHBOARD_AS_IT_IS)
        clause->groups[i].bucket = bucket;
      return;
    }
  clause->groups[clause->n_groups++] = (DashboardGroup) { bucket, column };
}

static DashboardValue
value_of (const DashboardSource *source, const Clause *clause)
{
  static const DashboardAggregate aggregates[] = {
    [WORD_SUM] = DASHBOARD_SUM, [WORD_AVERAGE] = DASHBOARD_AVERAGE, [WORD_MEDIAN] = DASHBOARD_MEDIAN, [WORD_MIN] = DASHBOARD_MIN, [WORD_MAX] = DASHBOARD_MAX,
  };

  if (clause->n_numbers == 0)
    return (DashboardValue) { DASHBOARD_COUNT, NULL };
  /* "In which month is the revenue highest" asks for a month, and not for the largest single revenue. */
  if (clause->asks && clause->n_groups > 0 && (clause->aggregate == WORD_MIN || clause->aggregate == WORD_MAX))
    return dashboard_choose_value (source, clause->numbers[0]);
  if (clause->aggregate >= WORD_SUM && clause->aggregate <= WORD_MAX)
    return (DashboardValue) { aggregates[clause->aggregate], clause->numbers[0] };
  return dashboard_choose_value (source, clause->numbers[0]);
}

static void
end_clause (const DashboardSource *source, Clause *clause, GArray *wishes)
{
  gboolean inherits = clause->n_groups > 0 && clause->n_numbers == 0 && !clause->counted && clause->aggregate == WORD_NONE && !clause->filter && !clause->unknown && wishes->len > 0;
  const DashboardWish *before = inherits ? &g_array_index (wishes, DashboardWish, wishes->len - 1) : NULL;

  DashboardWish wish = { .kind = clause->kind, .value = value_of (source, clause), .has_value = clause->n_numbers > 0 || clause->counted };
  DashboardShape shape = clause->kind != NULL ? clause->kind->shape : DASHBOARD_GROUPS;
  gboolean named = clause->n_numbers > 0 || clause->counted;
  DashboardWish *last = wishes->len > 0 ? &g_array_index (wishes, DashboardWish, wishes->len - 1) : NULL;

  if ((clause->series || (clause->kind != NULL && strcmp (clause->kind->name, "stacked") == 0)) && !named && clause->n_groups == 1 && last != NULL && last->wanted == DASHBOARD_WANTS_CHART &&
      last->x.column != NULL && last->y.column == NULL) {
    /* "…, split by region" belongs to what stands before. */
    last->y = clause->groups[0];
    last->kind = clause->kind != NULL ? clause->kind : last->kind;
  } else if (clause->filter) {
    for (guint i = 0; i < clause->n_groups; i++) {
      wish = (DashboardWish) { .wanted = DASHBOARD_WANTS_FILTER, .x = { DASHBOARD_AS_IT_IS, clause->groups[i].column }, .sure = TRUE };
      g_array_append_val (wishes, wish);
    }
  } else if (shape == DASHBOARD_BINS && clause->n_numbers > 0 && clause->n_groups == 0) {
    wish.wanted = DASHBOARD_WANTS_CHART;
    wish.x.column = clause->numbers[0];
    wish.sure = TRUE;
    g_array_append_val (wishes, wish);
  } else if (shape == DASHBOARD_POINTS && clause->n_numbers == 2) {
    wish.wanted = DASHBOARD_WANTS_CHART;
    wish.x.column = clause->numbers[1];
    wish.y.column = clause->numbers[0];
    wish.sure = TRUE;
    g_array_append_val (wishes, wish);
  } else if (clause->n_groups > 0) {
    if (before != NULL && before->has_value && !before->bare && before->wanted != DASHBOARD_WANTS_FILTER && (before->kind == NULL || before->kind->shape <= DASHBOARD_GRID)) {
      wish.value = before->value;
      wish.has_value = named = TRUE;
    }
    for (guint i = 0; i < clause->n_values; i++) {
      DashboardWish one = { .wanted = DASHBOARD_WANTS_TABLE, .value = clause->values[i], .x = clause->groups[0], .has_value = TRUE, .sure = TRUE };
      g_array_append_val (wishes, one);
    }
    wish.wanted = clause->table ? DASHBOARD_WANTS_TABLE : DASHBOARD_WANTS_CHART;
    if (shape >= DASHBOARD_BINS)
      wish.kind = NULL;
    wish.x = clause->groups[0];
    wish.y = clause->groups[1];
    /* Time goes from left to right. */
    if (wish.y.column != NULL && dashboard_is_date (wish.y.column)) {
      wish.x = clause->groups[1];
      wish.y = clause->groups[0];
    }
    if (dashboard_is_date (wish.x.column) && wish.x.bucket == DASHBOARD_AS_IT_IS)
      wish.x.bucket = dashboard_choose_bucket (wish.x.column, 60);
    wish.sure = named || (clause->kind != NULL && clause->n_groups > 0);
    g_array_append_val (wishes, wish);
  } else if (named) {
    wish.wanted = DASHBOARD_WANTS_KPI;
    wish.sure = clause->aggregate != WORD_NONE || clause->counted;
    g_array_append_val (wishes, wish);
  } else if (clause->aggregate != WORD_NONE) {
    static const DashboardAggregate aggregates[] = { [WORD_SUM] = DASHBOARD_SUM, [WORD_AVERAGE] = DASHBOARD_AVERAGE, [WORD_MEDIAN] = DASHBOARD_MEDIAN, [WORD_MIN] = DASHBOARD_MIN, [WORD_MAX] = DASHBOARD_MAX };
    wish = (DashboardWish) { .wanted = DASHBOARD_WANTS_KPI, .value = { aggregates[clause->aggregate], NULL }, .has_value = TRUE, .bare = TRUE };
    g_array_append_val (wishes, wish);
  }
  /* "Stacked bars: …" says of what kind the next is. */
  const DashboardKind *kind = clause->kind != NULL && clause->n_groups == 0 && !named && !clause->filter && clause->aggregate == WORD_NONE ? clause->kind : NULL;
  *clause = (Clause) { .kind = kind };
}

/* Whether what follows "and" is something new, and no second group: up to the next "and" or sign it has a number or a word for one. */
static gboolean
begins_anew (const Names *names, const GPtrArray *list, guint at)
{
  for (guint i = at; i < list->len; i++) {
    const char *text = g_ptr_array_index (list, i);
    Word word = find_word (text);
    guint length;
    const AppColumn *column = find_column (names, list, i, &length);
    if (strcmp (text, ",") == 0 || word == WORD_AND)
      return FALSE;
    if ((word >= WORD_SUM && word <= WORD_DISTINCT) || word >= WORD_BAR || word == WORD_FILTER || word == WORD_TABLE || word == WORD_TIME)
      return TRUE;
    if (column != NULL && dashboard_is_measure (names->table, column))
      return TRUE;
  }
  return FALSE;
}

static void
take_column (const Names *names, Clause *clause, const AppColumn *column)
{
  gboolean measure = dashboard_is_measure (names->table, column), category = dashboard_is_category (names->table, column);

  /* Behind "by" a column of few numbers is what rows are put together by. */
  if (measure && !(category && clause->by) && clause->n_numbers < 2 && !clause->filter)
    clause->numbers[clause->n_numbers++] = column;
  else if (category || dashboard_is_date (column))
    add_group (clause, DASHBOARD_AS_IT_IS, column);
}

GArray *
dashboard_wish_read (const DashboardSource *source, const char *text)
{
  GArray *wishes = g_array_new (FALSE, FALSE, sizeof (DashboardWish));
  g_autoptr (GPtrArray) list = dashboard_wish_split (text);
  const AppColumn *date = find_date (source->table);
  Clause clause = { .filter = FALSE };
  Names names;

  names_init (&names, source->table);
  for (guint i = 0; i < list->len; i++) {
    const char *word_text = g_ptr_array_index (list, i);
    Word word = find_word (word_text);
    guint length;
    /* "day of the week" */
    if (word == WORD_DAY && date != NULL && i + 2 < list->len && strcmp (g_ptr_array_index (list, i + 1), "of") == 0 &&
        (strcmp (g_ptr_array_index (list, i + 2), "week") == 0 || (i + 3 < list->len && strcmp (g_ptr_array_index (list, i + 3), "week") == 0))) {
      i += strcmp (g_ptr_array_index (list, i + 2), "week") == 0 ? 2 : 3;
      add_group (&clause, DASHBOARD_WEEKDAY, date);
      continue;
    }
    const AppColumn *column = strcmp (word_text, ",") != 0 ? find_column (&names, list, i, &length) : NULL;
    if (strcmp (word_text, ",") == 0) {
      end_clause (source, &clause, wishes);
    } else if (column != NULL) {
      take_column (&names, &clause, column);
      i += length - 1;
    } else if (word == WORD_AND) {
      if (clause.table && clause.n_groups == 0 && (clause.n_numbers > 0 || clause.counted) && clause.n_values < G_N_ELEMENTS (clause.values)) {
        clause.values[clause.n_values++] = value_of (source, &clause);
        clause.n_numbers = 0;
        clause.counted = FALSE;
        clause.aggregate = WORD_NONE;
      } else if (begins_anew (&names, list, i + 1) && (clause.n_numbers > 0 || clause.counted || clause.n_groups > 0))
        end_clause (source, &clause, wishes);
    } else if (word >= WORD_SUM && word <= WORD_MAX) {
      clause.aggregate = word;
    } else if (word == WORD_COUNT) {
      clause.counted = TRUE;
    } else if (word == WORD_WHICH) {
      clause.asks = TRUE;
    } else if (word == WORD_INSTEAD && i + 1 < list->len && (strcmp (g_ptr_array_index (list, i + 1), "of") == 0 || strcmp (g_ptr_array_index (list, i + 1), "than") == 0)) {
      /* What was is no part of the wish. */
      while (i + 1 < list->len && strcmp (g_ptr_array_index (list, i + 1), ",") != 0)
        i++;
    } else if (word == WORD_BY || word == WORD_SERIES) {
      clause.by = TRUE;
      clause.series |= word == WORD_SERIES;
    } else if (word == WORD_FILTER) {
      /* "sales by month with filters for …" */
      if (clause.n_numbers > 0 || clause.counted || clause.n_groups > 0)
        end_clause (source, &clause, wishes);
      clause.filter = TRUE;
    } else if (word == WORD_TABLE) {
      clause.table = TRUE;
    } else if (word == WORD_TIME && date != NULL) {
      add_group (&clause, DASHBOARD_AS_IT_IS, date);
    } else if (word >= WORD_DAY && word <= WORD_HOUR && date != NULL) {
      add_group (&clause, (DashboardBucket) (DASHBOARD_DAY + (word - WORD_DAY)), date);
    } else if (word >= WORD_BAR && clause.kind == NULL) {
      clause.kind = dashboard_wish_find_kind (word_text);
    } else if (word == WORD_NONE && !g_strv_contains (fillers, word_text)) {
      clause.unknown = TRUE;
    }
  }
  end_clause (source, &clause, wishes);
  names_clear (&names);
  return wishes;
}

gboolean
dashboard_wish_contradicts (const DashboardSource *source, const char *title, const DashboardValue *value, const DashboardGroup *groups, guint n_groups)
{
  g_autoptr (GArray) wishes = dashboard_wish_read (source, title);

  for (guint i = 0; i < wishes->len; i++) {
    const DashboardWish *wish = &g_array_index (wishes, DashboardWish, i);
    const DashboardGroup *const named[] = { &wish->x, &wish->y };
    gboolean numbers = wish->kind != NULL && wish->kind->shape >= DASHBOARD_BINS;
    /* "Order count" over a sum. */
    if (value != NULL && !numbers && wish->has_value && !wish->bare && wish->value.column == NULL && value->aggregate != DASHBOARD_COUNT && value->aggregate != DASHBOARD_DISTINCT)
      return TRUE;
    if (value != NULL && !numbers && wish->value.column != NULL && (wish->value.column != value->column || (wish->sure && wish->value.aggregate != value->aggregate)))
      return TRUE;
    for (guint k = 0; k < G_N_ELEMENTS (named); k++) {
      gboolean there = named[k]->column == NULL || named[k]->column == (value != NULL ? value->column : NULL);
      for (guint g = 0; g < n_groups && !there; g++)
        there = groups[g].column == named[k]->column && (named[k]->bucket == DASHBOARD_AS_IT_IS || (named[k]->bucket == DASHBOARD_HOUR && groups[g].bucket == DASHBOARD_HOURS) ||
                                                         groups[g].bucket == DASHBOARD_AS_IT_IS || groups[g].bucket == named[k]->bucket ||
                                                         !dashboard_is_date (named[k]->column));
      if (!there)
        return TRUE;
    }
  }
  return FALSE;
}

/* ---- as words, and as parts ---- */

char *
dashboard_wish_dup_text (const GArray *wishes)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < wishes->len && i < 12; i++) {
    const DashboardWish *wish = &g_array_index (wishes, DashboardWish, i);
    if (wish->bare)
      continue;
    g_autofree char *value = dashboard_value_dup_text (&wish->value), *x = dashboard_group_dup_text (&wish->x), *y = dashboard_group_dup_text (&wish->y);
    gboolean numbers = wish->kind != NULL && wish->kind->shape >= DASHBOARD_BINS;
    g_string_append (text, text->len > 0 ? "; " : "");
    if (wish->wanted == DASHBOARD_WANTS_FILTER)
      g_string_append_printf (text, "filter %s", x);
    else if (wish->wanted == DASHBOARD_WANTS_KPI)
      g_string_append_printf (text, "kpi %s", value);
    else if (numbers)
      g_string_append_printf (text, "%s of %s%s%s", wish->kind->name, x, y[0] != '\0' ? " and " : "", y);
    else
      g_string_append_printf (text, "%s %s by %s%s%s", wish->wanted == DASHBOARD_WANTS_TABLE ? "table" : wish->kind != NULL ? wish->kind->name : "chart", value, x, y[0] != '\0' ? " and " : "", y);
  }
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static gboolean
same_value (const DashboardValue *one, const DashboardValue *other)
{
  return one->aggregate == other->aggregate && one->column == other->column;
}

static gboolean
has_chart (const AppDashboard *self, const DashboardWish *wish)
{
  for (guint i = 0; i < self->charts->len; i++) {
    const DashboardChart *chart = g_ptr_array_index (self->charts, i);
    const DashboardGroup *second = chart->y.column != NULL ? &chart->y : &chart->series;
    gboolean numbers = wish->kind != NULL && wish->kind->shape >= DASHBOARD_BINS;
    if (wish->wanted == DASHBOARD_WANTS_TABLE)
      break;
    gboolean there = dashboard_group_equal (&chart->x, &wish->x) && dashboard_group_equal (second, &wish->y);
    gboolean turned = wish->y.column != NULL && dashboard_group_equal (&chart->x, &wish->y) && dashboard_group_equal (second, &wish->x);
    if ((there || turned) && (numbers ? chart->kind == wish->kind : chart->kind->shape <= DASHBOARD_GRID && same_value (&chart->value, &wish->value)))
      return TRUE;
  }
  /* A table tells it, too. */
  for (guint i = 0; i < self->tables->len && wish->y.column == NULL; i++) {
    const DashboardTable *table = g_ptr_array_index (self->tables, i);
    for (guint k = 0; k < table->values->len && wish->wanted == DASHBOARD_WANTS_TABLE; k++)
      if (dashboard_group_equal (&table->rows, &wish->x) && same_value (&g_array_index (table->values, DashboardValue, k), &wish->value))
        return TRUE;
  }
  return FALSE;
}

static void
add_chart (AppDashboard *self, const DashboardWish *wish)
{
  DashboardChart *chart = dashboard_chart_new ();
  const DashboardKind *kind = wish->kind;

  if (kind == NULL)
    kind = dashboard_kind_find (dashboard_is_date (wish->x.column) ? "line" : wish->y.column != NULL ? "stacked" : "bar");
  /* A kind for one group cannot show two. */
  if (kind->shape == DASHBOARD_PARTS && wish->y.column != NULL)
    kind = dashboard_kind_find ("stacked");
  if (kind->shape == DASHBOARD_GRID && wish->y.column == NULL)
    kind = dashboard_kind_find ("bar");
  chart->kind = kind;
  chart->value = wish->value;
  chart->x = wish->x;
  if (kind->shape == DASHBOARD_GROUPS)
    chart->series = wish->y;
  else
    chart->y = wish->y;
  chart->title = dashboard_suggest_chart_title (chart);
  g_ptr_array_add (self->charts, chart);
}

/* To the table of the same rows, or to a new one. */
static void
add_to_table (AppDashboard *self, const DashboardWish *wish)
{
  for (guint i = 0; i < self->tables->len; i++) {
    DashboardTable *table = g_ptr_array_index (self->tables, i);
    if (dashboard_group_equal (&table->rows, &wish->x)) {
      if (table->values->len < 8)
        g_array_append_val (table->values, wish->value);
      return;
    }
  }
  if (self->tables->len == DASHBOARD_MAX_TABLES)
    return;
  DashboardTable *table = dashboard_table_new ();
  table->title = g_strdup ("");
  table->rows = wish->x;
  g_array_append_val (table->values, wish->value);
  g_ptr_array_add (self->tables, table);
}

void
dashboard_wish_complete (AppDashboard *self, const GArray *wishes)
{
  for (guint i = 0; i < wishes->len; i++) {
    const DashboardWish *wish = &g_array_index (wishes, DashboardWish, i);
    gboolean there = !wish->sure || wish->bare;
    if (wish->wanted == DASHBOARD_WANTS_FILTER) {
      for (guint k = 0; k < self->filters->len; k++)
        there |= g_array_index (self->filters, DashboardGroup, k).column == wish->x.column;
      if (!there && self->filters->len < DASHBOARD_MAX_FILTERS)
        g_array_append_val (self->filters, wish->x);
    } else if (wish->wanted == DASHBOARD_WANTS_KPI) {
      for (guint k = 0; k < self->kpis->len; k++)
        there |= same_value (&((const DashboardKpi *) g_ptr_array_index (self->kpis, k))->value, &wish->value);
      if (!there && self->kpis->len < DASHBOARD_MAX_KPIS) {
        DashboardKpi *kpi = dashboard_kpi_new ();
        kpi->value = wish->value;
        kpi->label = dashboard_value_dup_label (&wish->value);
        g_ptr_array_add (self->kpis, kpi);
      }
    } else if (!there && !has_chart (self, wish)) {
      if (wish->wanted == DASHBOARD_WANTS_CHART && self->charts->len < DASHBOARD_MAX_CHARTS) {
        add_chart (self, wish);
      } else if (wish->wanted == DASHBOARD_WANTS_TABLE) {
        add_to_table (self, wish);
      }
    }
  }
}
