/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "query-functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const aggregates[] = {
  "avg", "count", "group_concat", "max", "min", "sum", "total", "json_group_array", "json_group_object", "median", "quantile", "stddev", "variance", "correlation", "slope", "intercept", NULL,
};

/* They compute and do nothing else. Chance is not among them: the same question has the same answer. */
static const char *const plain[] = {
  "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "char", "coalesce", "cos", "cosh", "cume_dist", "date", "datetime", "degrees", "dense_rank",
  "exp", "first_value", "floor", "format", "glob", "hex", "ifnull", "iif", "instr", "json", "json_array", "json_array_length", "json_extract", "json_object", "json_quote", "json_type",
  "json_valid", "->", "->>", "julianday", "lag", "last_value", "lead", "length", "like", "likelihood", "likely", "ln", "log", "log10", "log2", "lower", "ltrim", "mod", "nth_value", "ntile", "nullif",
  "percent_rank", "pi", "pow", "power", "printf", "quote", "radians", "rank", "replace", "round", "row_number", "rtrim", "sign", "sin", "sinh", "sqrt", "strftime", "substr",
  "substring", "tan", "tanh", "time", "trim", "trunc", "typeof", "unicode", "unixepoch", "unlikely", "upper", NULL,
};

static gboolean
is_one_of (const char *name, const char *const *names)
{
  for (; *names != NULL; names++)
    if (g_ascii_strcasecmp (name, *names) == 0)
      return TRUE;
  return FALSE;
}

gboolean
query_function_is_aggregate (const char *name)
{
  return is_one_of (name, aggregates);
}

gboolean
query_function_is_allowed (const char *name)
{
  return is_one_of (name, plain) || is_one_of (name, aggregates);
}

/* ---- sums over pairs of numbers, by Welford's way: nothing large is taken from anything large ---- */

typedef struct {
  gint64 n;
  double mean_x, mean_y, xx, yy, xy; /* the last three: sums of products of distances from the means */
} Moments;

/* One argument: y alone; two: y, x. Rows in which one is missing do not count. */
static void
moments_step (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  Moments *m = sqlite3_aggregate_context (context, sizeof *m);

  for (int i = 0; i < n_args; i++)
    if (sqlite3_value_numeric_type (args[i]) != SQLITE_INTEGER && sqlite3_value_numeric_type (args[i]) != SQLITE_FLOAT)
      return;
  if (m == NULL)
    return;
  double y = sqlite3_value_double (args[0]), x = n_args > 1 ? sqlite3_value_double (args[1]) : 0;
  m->n++;
  double dx = x - m->mean_x, dy = y - m->mean_y;
  m->mean_x += dx / (double) m->n;
  m->mean_y += dy / (double) m->n;
  m->xx += dx * (x - m->mean_x);
  m->yy += dy * (y - m->mean_y);
  m->xy += dx * (y - m->mean_y);
}

typedef enum { VARIANCE, STDDEV, CORRELATION, SLOPE, INTERCEPT } Moment;

static void
moments_final (sqlite3_context *context)
{
  const Moments *m = sqlite3_aggregate_context (context, 0);
  double value = NAN;

  if (m != NULL && m->n > 1)
    switch ((Moment) GPOINTER_TO_INT (sqlite3_user_data (context))) {
    case VARIANCE:
      value = m->yy / (double) (m->n - 1);
      break;
    case STDDEV:
      value = sqrt (m->yy / (double) (m->n - 1));
      break;
    case CORRELATION:
      value = m->xx > 0 && m->yy > 0 ? m->xy / sqrt (m->xx * m->yy) : NAN;
      break;
    case SLOPE:
      value = m->xx > 0 ? m->xy / m->xx : NAN;
      break;
    case INTERCEPT:
      value = m->xx > 0 ? m->mean_y - m->xy / m->xx * m->mean_x : NAN;
      break;
    }
  if (isfinite (value))
    sqlite3_result_double (context, value);
  else
    sqlite3_result_null (context);
}

/* ---- what stands at a place in the order ---- */

/* Values that are kept; more is an error, not a wrong answer. */
#define MAX_VALUES (16 * 1024 * 1024)

typedef struct {
  GArray *values; /* of double */
  double share;
  gboolean overflow;
} Order;

static void
order_step (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  Order *order = sqlite3_aggregate_context (context, sizeof *order);
  int type = sqlite3_value_numeric_type (args[0]);

  if (order == NULL || (type != SQLITE_INTEGER && type != SQLITE_FLOAT))
    return;
  if (order->values == NULL)
    order->values = g_array_new (FALSE, FALSE, sizeof (double));
  double value = sqlite3_value_double (args[0]);
  order->share = n_args > 1 ? sqlite3_value_double (args[1]) : 0.5;
  if (order->values->len < MAX_VALUES)
    g_array_append_val (order->values, value);
  else
    order->overflow = TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;
  return (first > second) - (first < second);
}

static void
order_final (sqlite3_context *context)
{
  Order *order = sqlite3_aggregate_context (context, 0);

  if (order == NULL || order->values == NULL)
    sqlite3_result_null (context);
  else if (order->overflow)
    sqlite3_result_error_toobig (context);
  else if (!(order->share >= 0 && order->share <= 1))
    sqlite3_result_error (context, "the share of a quantile is from 0 to 1", -1);
  else {
    /* Between two values in proportion, as NumPy and pandas do. */
    g_array_sort (order->values, compare);
    double place = order->share * (order->values->len - 1);
    guint low = (guint) floor (place), high = MIN (low + 1, order->values->len - 1);
    double below = g_array_index (order->values, double, low), above = g_array_index (order->values, double, high);
    sqlite3_result_double (context, below + (above - below) * (place - low));
  }
  if (order != NULL)
    g_clear_pointer (&order->values, g_array_unref);
}

void
query_functions_add (sqlite3 *db)
{
  static const struct {
    const char *name;
    int n_args;
    int moment; /* -1: by the order */
  } own[] = {
    { "variance", 1, VARIANCE }, { "stddev", 1, STDDEV }, { "correlation", 2, CORRELATION }, { "slope", 2, SLOPE }, { "intercept", 2, INTERCEPT }, { "median", 1, -1 }, { "quantile", 2, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    sqlite3_create_function_v2 (db, own[i].name, own[i].n_args, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, GINT_TO_POINTER (own[i].moment), NULL,
                                own[i].moment < 0 ? order_step : moments_step, own[i].moment < 0 ? order_final : moments_final, NULL);
  query_functions_add_text (db);
}
