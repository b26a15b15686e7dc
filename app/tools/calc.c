/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calc-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app-error.h"

#define MAX_DEPTH 64

static void parse_sum (Calc *calc, CalcValue *value);

static void
skip (Calc *calc)
{
  while (g_ascii_isspace (*calc->at))
    calc->at++;
}

static gboolean
take (Calc *calc, const char *sign)
{
  skip (calc);
  if (!g_str_has_prefix (calc->at, sign))
    return FALSE;
  calc->at += strlen (sign);
  return TRUE;
}

/* ---- words ---- */

static gsize
word_length (const char *at)
{
  static const char *const signs[] = { "×", "÷", "·", "−" };
  const char *p = at;

  while (g_ascii_isalpha (*p) || (guchar) *p >= 0x80) {
    for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
      if (g_str_has_prefix (p, signs[i]))
        return (gsize) (p - at);
    p++;
  }
  /* m2, ft2 */
  if (p > at && (*p == '2' || *p == '3') && !g_ascii_isalnum (p[1]) && p[1] != '.')
    p++;
  return (gsize) (p - at);
}

static gboolean
is_word (const char *at, gsize n, const char *word)
{
  return n == strlen (word) && g_ascii_strncasecmp (at, word, n) == 0;
}

/* A unit at this place; not "in" and "to", which turn a value into another unit. */
static const CalcUnit *
take_unit (Calc *calc)
{
  const CalcUnit *unit;
  gsize n;

  skip (calc);
  n = word_length (calc->at);
  unit = n > 0 ? calc_unit_find (calc->at, n) : NULL;
  if (unit != NULL)
    calc->at += n;
  return unit;
}

/* ---- numbers, units, dates ---- */

/* Digits with a point and an exponent; groups of three may stand apart by "_" or "'". */
static void
parse_number (Calc *calc, CalcValue *value)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  gint64 places = 0, exponent = 0;
  gboolean point = FALSE;
  mpz_t power;

  for (; g_ascii_isdigit (*calc->at) || (*calc->at == '.' && !point) || ((*calc->at == '_' || *calc->at == '\'') && g_ascii_isdigit (calc->at[1])); calc->at++) {
    if (*calc->at == '.') {
      point = TRUE;
    } else if (g_ascii_isdigit (*calc->at)) {
      g_string_append_c (digits, *calc->at);
      places += point;
    }
  }
  if ((*calc->at == 'e' || *calc->at == 'E') && (g_ascii_isdigit (calc->at[1]) || ((calc->at[1] == '-' || calc->at[1] == '+') && g_ascii_isdigit (calc->at[2])))) {
    char *end;
    exponent = g_ascii_strtoll (calc->at + 1, &end, 10);
    calc->at = end;
  }
  if (digits->len == 0 || ABS (exponent) > 5000) {
    calc_fail (calc, _("This is no number."));
    return;
  }
  mpz_set_str (mpq_numref (value->q), digits->str, 10);
  exponent -= places;
  mpz_init (power);
  mpz_ui_pow_ui (power, 10, (gulong) ABS (exponent));
  if (exponent >= 0)
    mpz_mul (mpq_numref (value->q), mpq_numref (value->q), power);
  else
    mpz_set (mpq_denref (value->q), power);
  mpz_clear (power);
  mpq_canonicalize (value->q);
}

/* "2026-02-28", with "T14:30" behind it or not. FALSE: it is none. */
static gboolean
parse_date (Calc *calc, CalcValue *value)
{
  const char *p = calc->at;
  guint hour = 0, minute = 0;
  GDate date;
  int n = 0, y, m, d;

  if (!(g_ascii_isdigit (p[0]) && g_ascii_isdigit (p[1]) && g_ascii_isdigit (p[2]) && g_ascii_isdigit (p[3]) && p[4] == '-' && g_ascii_isdigit (p[5]) && g_ascii_isdigit (p[6]) && p[7] == '-' &&
        g_ascii_isdigit (p[8]) && g_ascii_isdigit (p[9]) && !g_ascii_isdigit (p[10])) ||
      sscanf (p, "%4d-%2d-%2d%n", &y, &m, &d, &n) != 3)
    return FALSE;
  if (!g_date_valid_dmy ((GDateDay) d, (GDateMonth) m, (GDateYear) y)) {
    calc_fail (calc, _("There is no such date."));
    return TRUE;
  }
  g_date_set_dmy (&date, (GDateDay) d, (GDateMonth) m, (GDateYear) y);
  calc->at += n;
  if (*calc->at == 'T' && g_ascii_isdigit (calc->at[1]) && g_ascii_isdigit (calc->at[2]) && calc->at[3] == ':' && g_ascii_isdigit (calc->at[4]) && g_ascii_isdigit (calc->at[5])) {
    hour = (guint) (calc->at[1] - '0') * 10 + (guint) (calc->at[2] - '0');
    minute = (guint) (calc->at[4] - '0') * 10 + (guint) (calc->at[5] - '0');
    if (hour > 23 || minute > 59)
      calc_fail (calc, _("There is no such time."));
    calc->at += 6;
  }
  calc_set_date (value, g_date_get_julian (&date), hour * 3600 + minute * 60);
  return TRUE;
}

/* ---- functions ---- */

static double
log_10 (double x)
{
  return log10 (x);
}

/* What is computed with 15 digits. */
static const struct {
  const char *name;
  double (*function) (double);
} rough_functions[] = { { "sin", sin }, { "cos", cos }, { "tan", tan }, { "asin", asin }, { "acos", acos }, { "atan", atan }, { "exp", exp }, { "ln", log }, { "log", log_10 } };

typedef enum { CALL_NONE, CALL_SQRT, CALL_ABS, CALL_ROUND, CALL_FLOOR, CALL_CEIL, CALL_MIN, CALL_MAX, CALL_SUM, CALL_MEAN, CALL_MOD, CALL_GCD, CALL_FACTORIAL, CALL_WEEKDAY } Call;
static const char *const calls[] = { "", "sqrt", "abs", "round", "floor", "ceil", "min", "max", "sum", "mean", "mod", "gcd", "factorial", "weekday" };

/* Of two arguments, into `value`. */
static void
fold (Calc *calc, Call call, CalcValue *value, const CalcValue *next)
{
  glong places = 0;

  if (call == CALL_ROUND) {
    if (!calc_get_int (next, &places) || ABS (places) > 1000)
      calc_fail (calc, _("How many places is a whole number."));
    else
      calc_round (value, places, 0);
    return;
  }
  if (!calc_same_kind (value, next) || (value->date && call != CALL_MIN && call != CALL_MAX)) {
    calc_fail (calc, _("These are not of one kind."));
    return;
  }
  value->rough |= next->rough;
  switch (call) {
  case CALL_MIN:
  case CALL_MAX:
    if ((mpq_cmp (next->q, value->q) < 0) == (call == CALL_MIN))
      mpq_set (value->q, next->q);
    break;
  case CALL_SUM:
  case CALL_MEAN:
    mpq_add (value->q, value->q, next->q);
    break;
  case CALL_MOD:
    if (mpq_sgn (next->q) == 0) {
      calc_fail (calc, _("Nothing can be divided by zero."));
    } else {
      CalcValue whole;
      calc_value_init (&whole);
      mpq_div (whole.q, value->q, next->q);
      calc_round_number (&whole, 0, -1);
      mpq_mul (whole.q, whole.q, next->q);
      mpq_sub (value->q, value->q, whole.q);
      calc_value_clear (&whole);
    }
    break;
  case CALL_GCD:
    if (mpz_cmp_ui (mpq_denref (value->q), 1) != 0 || mpz_cmp_ui (mpq_denref (next->q), 1) != 0)
      calc_fail (calc, _("Only whole numbers have a common divisor."));
    else
      mpz_gcd (mpq_numref (value->q), mpq_numref (value->q), mpq_numref (next->q));
    break;
  default:
    calc_fail (calc, _("There are too many values in the brackets."));
  }
}

/* Of the one argument, or of all that were folded. */
static void
conclude (Calc *calc, Call call, CalcValue *value, gulong n)
{
  glong number = 0;

  switch (call) {
  case CALL_SQRT:
    calc_sqrt (calc, value);
    break;
  case CALL_ABS:
    mpq_abs (value->q, value->q);
    break;
  case CALL_ROUND:
    if (n == 1)
      calc_round (value, 0, 0);
    break;
  case CALL_FLOOR:
  case CALL_CEIL:
    calc_round (value, 0, call == CALL_FLOOR ? -1 : 1);
    break;
  case CALL_MEAN: {
    CalcValue count;
    calc_value_init (&count);
    mpq_set_ui (count.q, n, 1);
    mpq_div (value->q, value->q, count.q);
    calc_value_clear (&count);
    break;
  }
  case CALL_FACTORIAL:
    if (!calc_get_int (value, &number) || number < 0 || number > 5000)
      calc_fail (calc, _("A factorial is of a whole number from 0 to 5,000."));
    else
      mpz_fac_ui (mpq_numref (value->q), (gulong) number);
    break;
  default:
    break;
  }
}

static void
parse_call (Calc *calc, Call call, CalcValue *value)
{
  gulong n = 1;

  parse_sum (calc, value);
  while (calc->error == NULL && (take (calc, ",") || take (calc, ";"))) {
    CalcValue next;
    calc_value_init (&next);
    parse_sum (calc, &next);
    if (calc->error == NULL)
      fold (calc, call, value, &next);
    calc_value_clear (&next);
    n++;
  }
  if (!take (calc, ")"))
    calc_fail (calc, _("A bracket is not closed."));
  if (calc->error == NULL)
    conclude (calc, call, value, n);
}

/* A function, a constant or a unit that stands alone. */
static void
parse_word (Calc *calc, CalcValue *value)
{
  gsize n = word_length (calc->at);
  const CalcUnit *unit;

  if (is_word (calc->at, n, "today")) {
    calc->at += n;
    calc_set_date (value, calc->today, 0);
    return;
  }
  if (is_word (calc->at, n, "pi")) {
    calc->at += n;
    calc_set_double (calc, value, G_PI);
    return;
  }
  for (gsize i = 1; i < G_N_ELEMENTS (calls); i++)
    if (is_word (calc->at, n, calls[i])) {
      calc->at += n;
      if (!take (calc, "("))
        calc_fail (calc, _("Behind a function stand its values in brackets."));
      else
        parse_call (calc, (Call) i, value);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rough_functions); i++)
    if (is_word (calc->at, n, rough_functions[i].name)) {
      calc->at += n;
      if (!take (calc, "(")) {
        calc_fail (calc, _("Behind a function stand its values in brackets."));
        return;
      }
      parse_call (calc, CALL_NONE, value);
      if (calc->error == NULL && !calc_is_plain (value))
        calc_fail (calc, _("This is of a number without a unit."));
      else if (calc->error == NULL)
        calc_set_double (calc, value, rough_functions[i].function (mpq_get_d (value->q)));
      return;
    }
  unit = take_unit (calc);
  if (unit == NULL) {
    calc_fail (calc, _("This is no number, unit or function that is known."));
    return;
  }
  mpq_set_ui (value->q, 1, 1);
  calc_apply_unit (value, unit, FALSE);
}

static void
parse_primary (Calc *calc, CalcValue *value)
{
  const CalcUnit *unit;

  if (++calc->depth > MAX_DEPTH) {
    calc_fail (calc, _("The brackets stand too deep in each other."));
    return;
  }
  skip (calc);
  if (take (calc, "(")) {
    parse_call (calc, CALL_NONE, value);
  } else if (take (calc, "-") || take (calc, "−")) {
    parse_primary (calc, value);
    if (calc->error == NULL)
      calc_negate (calc, value);
  } else if (g_ascii_isdigit (*calc->at) || *calc->at == '.') {
    if (!parse_date (calc, value)) {
      parse_number (calc, value);
      if (calc->error == NULL && take (calc, "%")) {
        CalcValue hundred;
        calc_value_init (&hundred);
        mpq_set_ui (hundred.q, 1, 100);
        mpq_mul (value->q, value->q, hundred.q);
        calc_value_clear (&hundred);
        value->percent = TRUE;
      } else if (calc->error == NULL && (unit = take_unit (calc)) != NULL) {
        calc_apply_unit (value, unit, TRUE);
      }
    }
  } else {
    parse_word (calc, value);
  }
  calc->depth--;
}

/* ---- operators ---- */

static void
parse_power (Calc *calc, CalcValue *value)
{
  if (take (calc, "-") || take (calc, "−")) { /* −2² is −4 */
    if (++calc->depth > MAX_DEPTH)
      calc_fail (calc, _("The brackets stand too deep in each other."));
    else
      parse_power (calc, value);
    calc->depth--;
    if (calc->error == NULL)
      calc_negate (calc, value);
    return;
  }
  parse_primary (calc, value);
  if (calc->error == NULL && (take (calc, "^") || take (calc, "**"))) {
    CalcValue exponent;
    calc_value_init (&exponent);
    if (++calc->depth > MAX_DEPTH)
      calc_fail (calc, _("The brackets stand too deep in each other."));
    else
      parse_power (calc, &exponent); /* 2^3^2 is 2^9 */
    calc->depth--;
    if (calc->error == NULL)
      calc_raise (calc, value, &exponent);
    calc_value_clear (&exponent);
  }
}

static void
parse_product (Calc *calc, CalcValue *value)
{
  parse_power (calc, value);
  while (calc->error == NULL) {
    gboolean divide;
    CalcValue other;

    if (take (calc, "/") || take (calc, "÷") || take (calc, ":"))
      divide = TRUE;
    else if (take (calc, "*") || take (calc, "×") || take (calc, "·"))
      divide = FALSE;
    else
      return;
    calc_value_init (&other);
    parse_power (calc, &other);
    if (calc->error == NULL)
      calc_multiply (calc, value, &other, divide);
    calc_value_clear (&other);
  }
}

static void
parse_sum (Calc *calc, CalcValue *value)
{
  parse_product (calc, value);
  while (calc->error == NULL) {
    gboolean subtract;
    CalcValue other;

    if (take (calc, "+"))
      subtract = FALSE;
    else if (take (calc, "-") || take (calc, "−"))
      subtract = TRUE;
    else
      return;
    calc_value_init (&other);
    parse_product (calc, &other);
    if (calc->error == NULL)
      calc_add (calc, value, &other, subtract);
    calc_value_clear (&other);
  }
}

/* ---- how it is told ---- */

/* "… in km/h": what stands behind the word is a unit of the same kind. */
static char *
convert (Calc *calc, CalcValue *value)
{
  const char *name;
  g_autofree char *number = NULL, *unit_name = NULL;
  const CalcUnit *unit;
  CalcValue target;

  skip (calc);
  name = calc->at;
  unit = take_unit (calc);
  skip (calc);
  if (unit != NULL && *calc->at == '\0' && !value->date && memcmp (unit->dimensions, value->dimensions, sizeof value->dimensions) == 0) {
    calc_take_out (value, unit);
    number = calc_dup_number (value);
    unit_name = calc_unit_dup_name (unit);
    return g_strdup_printf ("%s %s", number, unit_name);
  }
  calc->at = name;
  calc_value_init (&target);
  parse_product (calc, &target);
  skip (calc);
  if (calc->error == NULL && (*calc->at != '\0' || mpq_sgn (target.q) == 0))
    calc_fail (calc, _("Behind “in” stands a unit."));
  if (calc->error == NULL && !calc_same_kind (value, &target))
    calc_fail (calc, _("This is no unit of that kind."));
  if (calc->error == NULL) {
    mpq_div (value->q, value->q, target.q);
    number = calc_dup_number (value);
  }
  calc_value_clear (&target);
  return number != NULL ? g_strdup_printf ("%s %s", number, name) : NULL;
}

char *
calc_evaluate (const char *expression, guint32 today, GError **error)
{
  Calc calc = { .text = expression, .at = expression, .today = today };
  g_autofree char *text = NULL;
  gsize n;
  CalcValue value;

  if (strlen (expression) > CALC_MAX_BYTES || !g_utf8_validate (expression, -1, NULL)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The expression is longer than 2,000 bytes, or no UTF-8."));
    return NULL;
  }
  calc_value_init (&value);
  parse_sum (&calc, &value);
  skip (&calc);
  n = word_length (calc.at);
  if (calc.error == NULL && (is_word (calc.at, n, "in") || is_word (calc.at, n, "to") || is_word (calc.at, n, "as"))) {
    calc.at += n;
    text = convert (&calc, &value);
  } else if (calc.error == NULL && *calc.at != '\0') {
    calc_fail (&calc, _("This was not expected here."));
  } else if (calc.error == NULL) {
    text = calc_tell (&calc, &value);
  }
  calc_value_clear (&value);
  if (calc.error != NULL) {
    g_propagate_error (error, calc.error);
    return NULL;
  }
  return g_steal_pointer (&text);
}
