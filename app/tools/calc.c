/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calc.h"

#include <glib/gi18n.h>
#include <gmp.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app-error.h"

#define MAX_DEPTH 64
/* Of numerator and denominator: some 30,000 digits. */
#define MAX_BITS 100000
#define MAX_DIGITS 40
#define SECONDS_OF_DAY 86400
/* 9999-12-31 as a Julian day of GDate. */
#define LAST_DAY 3652059

/* A number with its dimensions, or a date: then `q` is seconds since the beginning of 0001-01-01. */
typedef struct {
  mpq_t q;
  gint8 dimensions[CALC_N_DIMENSIONS];
  const CalcUnit *unit; /* in which it is told; NULL: base units */
  gboolean rough;       /* not exact */
  gboolean date;
  gboolean percent;     /* as it was written */
} Value;

typedef struct {
  const char *text, *at;
  guint32 today;
  guint depth;
  GError *error; /* the first; NULL: none yet */
} Calc;

static void parse_sum (Calc *calc, Value *value);

static void
value_init (Value *value)
{
  memset (value, 0, sizeof *value);
  mpq_init (value->q);
}

static void
value_clear (Value *value)
{
  mpq_clear (value->q);
}

static void
fail (Calc *calc, const char *sentence)
{
  if (calc->error == NULL)
    calc->error = g_error_new (APP_ERROR, APP_ERROR_INVALID, _("%s (at “%.20s”)"), sentence, *calc->at != '\0' ? calc->at : _("the end"));
}

static void
check_size (Calc *calc, const Value *value)
{
  if (mpz_sizeinbase (mpq_numref (value->q), 2) > MAX_BITS || mpz_sizeinbase (mpq_denref (value->q), 2) > MAX_BITS)
    fail (calc, _("The numbers become too large."));
}

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

static gboolean
is_plain (const Value *value)
{
  static const gint8 none[CALC_N_DIMENSIONS];

  return !value->date && memcmp (value->dimensions, none, sizeof none) == 0;
}

/* Whole and small enough for an int. */
static gboolean
get_int (const Value *value, glong *number)
{
  if (!is_plain (value) || mpz_cmp_ui (mpq_denref (value->q), 1) != 0 || !mpz_fits_slong_p (mpq_numref (value->q)))
    return FALSE;
  *number = mpz_get_si (mpq_numref (value->q));
  return TRUE;
}

static void
set_double (Calc *calc, Value *value, double number)
{
  if (!isfinite (number)) {
    fail (calc, _("This has no value."));
    return;
  }
  mpq_set_d (value->q, number);
  value->rough = TRUE;
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

static void
apply_unit (Value *value, const CalcUnit *unit, gboolean with_offset)
{
  mpq_t factor;

  mpq_init (factor);
  mpq_set_str (factor, unit->factor, 10);
  mpq_canonicalize (factor);
  mpq_mul (value->q, value->q, factor);
  if (unit->offset != NULL && with_offset) {
    mpq_set_str (factor, unit->offset, 10);
    mpq_canonicalize (factor);
    mpq_add (value->q, value->q, factor);
  }
  mpq_clear (factor);
  memcpy (value->dimensions, unit->dimensions, sizeof value->dimensions);
  value->unit = unit;
}

/* In its unit; what is outside of it, in base units, is put back by apply_unit (). */
static void
take_out (Value *value, const CalcUnit *unit)
{
  mpq_t factor;

  mpq_init (factor);
  if (unit->offset != NULL) {
    mpq_set_str (factor, unit->offset, 10);
    mpq_canonicalize (factor);
    mpq_sub (value->q, value->q, factor);
  }
  mpq_set_str (factor, unit->factor, 10);
  mpq_canonicalize (factor);
  mpq_div (value->q, value->q, factor);
  mpq_clear (factor);
}

/* −5 °C is not the opposite of 5 °C in kelvins. */
static void
negate (Calc *calc, Value *value)
{
  if (value->date) {
    fail (calc, _("A date cannot be negative."));
    return;
  }
  if (value->unit != NULL)
    take_out (value, value->unit);
  mpq_neg (value->q, value->q);
  if (value->unit != NULL)
    apply_unit (value, value->unit, TRUE);
}

/* Digits with a point and an exponent; groups of three may stand apart by "_" or "'". */
static void
parse_number (Calc *calc, Value *value)
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
    fail (calc, _("This is no number."));
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

static void
set_date (Value *value, guint32 julian, guint seconds)
{
  mpq_set_si (value->q, (glong) (julian - 1) * SECONDS_OF_DAY + seconds, 1);
  value->date = TRUE;
}

/* "2026-02-28", with "T14:30" behind it or not. FALSE: it is none. */
static gboolean
parse_date (Calc *calc, Value *value)
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
    fail (calc, _("There is no such date."));
    return TRUE;
  }
  g_date_set_dmy (&date, (GDateDay) d, (GDateMonth) m, (GDateYear) y);
  calc->at += n;
  if (*calc->at == 'T' && g_ascii_isdigit (calc->at[1]) && g_ascii_isdigit (calc->at[2]) && calc->at[3] == ':' && g_ascii_isdigit (calc->at[4]) && g_ascii_isdigit (calc->at[5])) {
    hour = (guint) (calc->at[1] - '0') * 10 + (guint) (calc->at[2] - '0');
    minute = (guint) (calc->at[4] - '0') * 10 + (guint) (calc->at[5] - '0');
    if (hour > 23 || minute > 59)
      fail (calc, _("There is no such time."));
    calc->at += 6;
  }
  set_date (value, g_date_get_julian (&date), hour * 3600 + minute * 60);
  return TRUE;
}

/* The day of a date, and what of the day is over. */
static gboolean
split_date (Calc *calc, const Value *value, GDate *date, glong *seconds)
{
  mpz_t whole;
  glong total;

  mpz_init (whole);
  mpz_fdiv_q (whole, mpq_numref (value->q), mpq_denref (value->q));
  total = mpz_fits_slong_p (whole) ? mpz_get_si (whole) : -1;
  mpz_clear (whole);
  if (total < 0 || total / SECONDS_OF_DAY + 1 > LAST_DAY) {
    fail (calc, _("Dates go from 0001-01-01 to 9999-12-31."));
    return FALSE;
  }
  g_date_clear (date, 1);
  g_date_set_julian (date, (guint32) (total / SECONDS_OF_DAY + 1));
  *seconds = total % SECONDS_OF_DAY;
  return TRUE;
}

/* ---- functions ---- */

static void
round_number (Value *value, glong places, int direction)
{
  mpz_t power, quotient, rest;
  gboolean negative = mpq_sgn (value->q) < 0;

  mpz_inits (power, quotient, rest, NULL);
  mpz_ui_pow_ui (power, 10, (gulong) ABS (places));
  if (places >= 0)
    mpz_mul (mpq_numref (value->q), mpq_numref (value->q), power);
  else
    mpz_mul (mpq_denref (value->q), mpq_denref (value->q), power);
  if (direction < 0) {
    mpz_fdiv_q (quotient, mpq_numref (value->q), mpq_denref (value->q));
  } else if (direction > 0) {
    mpz_cdiv_q (quotient, mpq_numref (value->q), mpq_denref (value->q));
  } else {
    /* Halves away from zero, as people round. */
    mpz_abs (mpq_numref (value->q), mpq_numref (value->q));
    mpz_fdiv_qr (quotient, rest, mpq_numref (value->q), mpq_denref (value->q));
    mpz_mul_2exp (rest, rest, 1);
    if (mpz_cmp (rest, mpq_denref (value->q)) >= 0)
      mpz_add_ui (quotient, quotient, 1);
    if (negative)
      mpz_neg (quotient, quotient);
  }
  mpq_set_z (value->q, quotient);
  if (places >= 0)
    mpz_set (mpq_denref (value->q), power);
  else
    mpz_mul (mpq_numref (value->q), mpq_numref (value->q), power);
  mpq_canonicalize (value->q);
  mpz_clears (power, quotient, rest, NULL);
}

/* In the unit in which it is told. */
static void
round_to (Value *value, glong places, int direction)
{
  if (value->unit != NULL)
    take_out (value, value->unit);
  round_number (value, places, direction);
  if (value->unit != NULL)
    apply_unit (value, value->unit, TRUE);
}

static void
do_sqrt (Calc *calc, Value *value)
{
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    if (value->dimensions[i] % 2 != 0)
      fail (calc, _("The root of this unit is none."));
    value->dimensions[i] /= 2;
  }
  value->unit = NULL;
  if (mpq_sgn (value->q) < 0) {
    fail (calc, _("A negative number has no root."));
  } else if (mpz_perfect_square_p (mpq_numref (value->q)) && mpz_perfect_square_p (mpq_denref (value->q))) {
    mpz_sqrt (mpq_numref (value->q), mpq_numref (value->q));
    mpz_sqrt (mpq_denref (value->q), mpq_denref (value->q));
  } else {
    set_double (calc, value, sqrt (mpq_get_d (value->q)));
  }
}

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

static gboolean
same_kind (const Value *a, const Value *b)
{
  return a->date == b->date && memcmp (a->dimensions, b->dimensions, sizeof a->dimensions) == 0;
}

/* Of two arguments, into `value`. */
static void
fold (Calc *calc, Call call, Value *value, const Value *next)
{
  glong places = 0;

  if (call == CALL_ROUND) {
    if (!get_int (next, &places) || ABS (places) > 1000)
      fail (calc, _("How many places is a whole number."));
    else
      round_to (value, places, 0);
    return;
  }
  if (!same_kind (value, next) || (value->date && call != CALL_MIN && call != CALL_MAX)) {
    fail (calc, _("These are not of one kind."));
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
      fail (calc, _("Nothing can be divided by zero."));
    } else {
      Value whole;
      value_init (&whole);
      mpq_div (whole.q, value->q, next->q);
      round_number (&whole, 0, -1);
      mpq_mul (whole.q, whole.q, next->q);
      mpq_sub (value->q, value->q, whole.q);
      value_clear (&whole);
    }
    break;
  case CALL_GCD:
    if (mpz_cmp_ui (mpq_denref (value->q), 1) != 0 || mpz_cmp_ui (mpq_denref (next->q), 1) != 0)
      fail (calc, _("Only whole numbers have a common divisor."));
    else
      mpz_gcd (mpq_numref (value->q), mpq_numref (value->q), mpq_numref (next->q));
    break;
  default:
    fail (calc, _("There are too many values in the brackets."));
  }
}

/* Of the one argument, or of all that were folded. */
static void
conclude (Calc *calc, Call call, Value *value, gulong n)
{
  glong number = 0;

  switch (call) {
  case CALL_SQRT:
    do_sqrt (calc, value);
    break;
  case CALL_ABS:
    mpq_abs (value->q, value->q);
    break;
  case CALL_ROUND:
    if (n == 1)
      round_to (value, 0, 0);
    break;
  case CALL_FLOOR:
  case CALL_CEIL:
    round_to (value, 0, call == CALL_FLOOR ? -1 : 1);
    break;
  case CALL_MEAN: {
    Value count;
    value_init (&count);
    mpq_set_ui (count.q, n, 1);
    mpq_div (value->q, value->q, count.q);
    value_clear (&count);
    break;
  }
  case CALL_FACTORIAL:
    if (!get_int (value, &number) || number < 0 || number > 5000)
      fail (calc, _("A factorial is of a whole number from 0 to 5,000."));
    else
      mpz_fac_ui (mpq_numref (value->q), (gulong) number);
    break;
  default:
    break;
  }
}

static void
parse_call (Calc *calc, Call call, Value *value)
{
  gulong n = 1;

  parse_sum (calc, value);
  while (calc->error == NULL && (take (calc, ",") || take (calc, ";"))) {
    Value next;
    value_init (&next);
    parse_sum (calc, &next);
    if (calc->error == NULL)
      fold (calc, call, value, &next);
    value_clear (&next);
    n++;
  }
  if (!take (calc, ")"))
    fail (calc, _("A bracket is not closed."));
  if (calc->error == NULL)
    conclude (calc, call, value, n);
}

/* A function, a constant or a unit that stands alone. */
static void
parse_word (Calc *calc, Value *value)
{
  gsize n = word_length (calc->at);
  const CalcUnit *unit;

  if (is_word (calc->at, n, "today")) {
    calc->at += n;
    set_date (value, calc->today, 0);
    return;
  }
  if (is_word (calc->at, n, "pi")) {
    calc->at += n;
    set_double (calc, value, G_PI);
    return;
  }
  for (gsize i = 1; i < G_N_ELEMENTS (calls); i++)
    if (is_word (calc->at, n, calls[i])) {
      calc->at += n;
      if (!take (calc, "("))
        fail (calc, _("Behind a function stand its values in brackets."));
      else
        parse_call (calc, (Call) i, value);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rough_functions); i++)
    if (is_word (calc->at, n, rough_functions[i].name)) {
      calc->at += n;
      if (!take (calc, "(")) {
        fail (calc, _("Behind a function stand its values in brackets."));
        return;
      }
      parse_call (calc, CALL_NONE, value);
      if (calc->error == NULL && !is_plain (value))
        fail (calc, _("This is of a number without a unit."));
      else if (calc->error == NULL)
        set_double (calc, value, rough_functions[i].function (mpq_get_d (value->q)));
      return;
    }
  unit = take_unit (calc);
  if (unit == NULL) {
    fail (calc, _("This is no number, unit or function that is known."));
    return;
  }
  mpq_set_ui (value->q, 1, 1);
  apply_unit (value, unit, FALSE);
}

static void
parse_primary (Calc *calc, Value *value)
{
  const CalcUnit *unit;

  if (++calc->depth > MAX_DEPTH) {
    fail (calc, _("The brackets stand too deep in each other."));
    return;
  }
  skip (calc);
  if (take (calc, "(")) {
    parse_call (calc, CALL_NONE, value);
  } else if (take (calc, "-") || take (calc, "−")) {
    parse_primary (calc, value);
    if (calc->error == NULL)
      negate (calc, value);
  } else if (g_ascii_isdigit (*calc->at) || *calc->at == '.') {
    if (!parse_date (calc, value)) {
      parse_number (calc, value);
      if (calc->error == NULL && take (calc, "%")) {
        Value hundred;
        value_init (&hundred);
        mpq_set_ui (hundred.q, 1, 100);
        mpq_mul (value->q, value->q, hundred.q);
        value_clear (&hundred);
        value->percent = TRUE;
      } else if (calc->error == NULL && (unit = take_unit (calc)) != NULL) {
        apply_unit (value, unit, TRUE);
      }
    }
  } else {
    parse_word (calc, value);
  }
  calc->depth--;
}

/* ---- operators ---- */

static void
raise_to (Calc *calc, Value *value, const Value *exponent)
{
  glong n = 0;
  gsize bits = MAX (mpz_sizeinbase (mpq_numref (value->q), 2), mpz_sizeinbase (mpq_denref (value->q), 2));
  gint8 dimensions[CALC_N_DIMENSIONS];

  if (value->date || !get_int (exponent, &n)) {
    fail (calc, _("Exponents are whole numbers; there is sqrt() for roots."));
    return;
  }
  if (ABS (n) > MAX_BITS || bits * (gsize) ABS (n) > MAX_BITS) {
    fail (calc, _("The numbers become too large."));
    return;
  }
  if (n < 0 && mpq_sgn (value->q) == 0) {
    fail (calc, _("Nothing can be divided by zero."));
    return;
  }
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    glong dimension = value->dimensions[i] * n;
    if (ABS (dimension) > 9) {
      fail (calc, _("There is no such unit."));
      return;
    }
    dimensions[i] = (gint8) dimension;
  }
  memcpy (value->dimensions, dimensions, sizeof dimensions);
  mpz_pow_ui (mpq_numref (value->q), mpq_numref (value->q), (gulong) ABS (n));
  mpz_pow_ui (mpq_denref (value->q), mpq_denref (value->q), (gulong) ABS (n));
  if (n < 0)
    mpq_inv (value->q, value->q);
  if (n != 1)
    value->unit = NULL;
}

static void
parse_power (Calc *calc, Value *value)
{
  if (take (calc, "-") || take (calc, "−")) { /* −2² is −4 */
    if (++calc->depth > MAX_DEPTH)
      fail (calc, _("The brackets stand too deep in each other."));
    else
      parse_power (calc, value);
    calc->depth--;
    if (calc->error == NULL)
      negate (calc, value);
    return;
  }
  parse_primary (calc, value);
  while (calc->error == NULL && (take (calc, "^") || take (calc, "**"))) {
    Value exponent;
    value_init (&exponent);
    parse_primary (calc, &exponent);
    if (calc->error == NULL)
      raise_to (calc, value, &exponent);
    value_clear (&exponent);
  }
}

static void
multiply (Calc *calc, Value *value, const Value *other, gboolean divide)
{
  if (value->date || other->date) {
    fail (calc, _("Dates can only be added to, and subtracted."));
    return;
  }
  if (divide && mpq_sgn (other->q) == 0) {
    fail (calc, _("Nothing can be divided by zero."));
    return;
  }
  /* What it is told in: of the one that has a unit. */
  if (is_plain (value) && !divide)
    value->unit = other->unit;
  else if (!is_plain (other))
    value->unit = NULL;
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    int dimension = value->dimensions[i] + (divide ? -other->dimensions[i] : other->dimensions[i]);
    if (ABS (dimension) > 9)
      fail (calc, _("There is no such unit."));
    value->dimensions[i] = (gint8) CLAMP (dimension, -9, 9);
  }
  if (divide)
    mpq_div (value->q, value->q, other->q);
  else
    mpq_mul (value->q, value->q, other->q);
  value->rough |= other->rough;
  value->percent = FALSE;
  check_size (calc, value);
}

static void
parse_product (Calc *calc, Value *value)
{
  parse_power (calc, value);
  while (calc->error == NULL) {
    gboolean divide;
    Value other;

    if (take (calc, "/") || take (calc, "÷") || take (calc, ":"))
      divide = TRUE;
    else if (take (calc, "*") || take (calc, "×") || take (calc, "·"))
      divide = FALSE;
    else
      return;
    value_init (&other);
    parse_power (calc, &other);
    if (calc->error == NULL)
      multiply (calc, value, &other, divide);
    value_clear (&other);
  }
}

/* A date some months on: the same day of the month, or its last one. */
static void
shift_months (Calc *calc, Value *value, const Value *by, gboolean subtract)
{
  GDate date;
  glong months, seconds;

  if (mpz_cmp_ui (mpq_denref (by->q), 1) != 0 || !mpz_fits_slong_p (mpq_numref (by->q)) || (months = mpz_get_si (mpq_numref (by->q))) > 120000 || months < -120000) {
    fail (calc, _("A date can be moved by whole months."));
    return;
  }
  if (!split_date (calc, value, &date, &seconds))
    return;
  months = subtract ? -months : months;
  glong at = (glong) g_date_get_year (&date) * 12 + g_date_get_month (&date) - 1 + months;
  if (at < 12 || at / 12 > 9999) {
    fail (calc, _("Dates go from 0001-01-01 to 9999-12-31."));
    return;
  }
  GDateYear year = (GDateYear) (at / 12);
  GDateMonth month = (GDateMonth) (at % 12 + 1);
  g_date_set_dmy (&date, MIN (g_date_get_day (&date), g_date_get_days_in_month (month, year)), month, year);
  set_date (value, g_date_get_julian (&date), (guint) seconds);
}

static void
add (Calc *calc, Value *value, const Value *other, gboolean subtract)
{
  static const gint8 time[CALC_N_DIMENSIONS] = { [CALC_TIME] = 1 }, months[CALC_N_DIMENSIONS] = { [CALC_MONTHS] = 1 };

  value->rough |= other->rough;
  if (other->percent && !value->date && !value->percent) {
    /* "80 - 15%": of what stands before it. */
    Value part;
    value_init (&part);
    mpq_mul (part.q, value->q, other->q);
    (subtract ? mpq_sub : mpq_add) (value->q, value->q, part.q);
    value_clear (&part);
  } else if (value->date && other->date && subtract) {
    mpq_sub (value->q, value->q, other->q);
    value->date = FALSE;
    memcpy (value->dimensions, time, sizeof time);
    value->unit = calc_unit_find ("days", 4);
  } else if (value->date && !other->date && memcmp (other->dimensions, months, sizeof months) == 0) {
    shift_months (calc, value, other, subtract);
  } else if (value->date && !other->date && memcmp (other->dimensions, time, sizeof time) == 0) {
    GDate date;
    glong seconds;
    (subtract ? mpq_sub : mpq_add) (value->q, value->q, other->q);
    split_date (calc, value, &date, &seconds);
  } else if (!value->date && !other->date && same_kind (value, other)) {
    (subtract ? mpq_sub : mpq_add) (value->q, value->q, other->q);
    value->percent &= other->percent;
    /* A difference of temperatures has no zero. */
    if (value->unit != NULL && value->unit->offset != NULL && other->unit != NULL && other->unit->offset != NULL)
      value->unit = calc_unit_find ("K", 1);
  } else {
    fail (calc, value->date || other->date ? _("A date can be moved by days, weeks, months or years, and subtracted from another.") : _("These have different units, so they cannot be added."));
  }
  check_size (calc, value);
}

static void
parse_sum (Calc *calc, Value *value)
{
  parse_product (calc, value);
  while (calc->error == NULL) {
    gboolean subtract;
    Value other;

    if (take (calc, "+"))
      subtract = FALSE;
    else if (take (calc, "-") || take (calc, "−"))
      subtract = TRUE;
    else
      return;
    value_init (&other);
    parse_product (calc, &other);
    if (calc->error == NULL)
      add (calc, value, &other, subtract);
    value_clear (&other);
  }
}

/* ---- how it is told ---- */

/* A fraction as decimals, when they end within some places. (transfer full) (nullable) */
static char *
dup_decimal (const mpq_t q)
{
  mpz_t rest, scaled;
  guint places = 0;
  char *text = NULL;

  mpz_inits (rest, scaled, NULL);
  mpz_set (rest, mpq_denref (q));
  mpz_set_ui (scaled, 1);
  /* The least power of ten that the denominator divides. */
  while (places <= MAX_DIGITS && !mpz_divisible_p (scaled, rest)) {
    mpz_mul_ui (scaled, scaled, 10);
    places++;
  }
  if (places <= MAX_DIGITS) {
    g_autofree char *digits = NULL;
    gboolean negative = mpq_sgn (q) < 0;

    mpz_divexact (scaled, scaled, rest);
    mpz_mul (scaled, scaled, mpq_numref (q));
    mpz_abs (scaled, scaled);
    digits = g_malloc (mpz_sizeinbase (scaled, 10) + 2);
    mpz_get_str (digits, 10, scaled);
    gsize n = strlen (digits);
    g_autofree char *zeros = g_strnfill (n <= places ? places + 1 - n : 0, '0');
    g_autofree char *padded = g_strconcat (zeros, digits, NULL);
    n = strlen (padded);
    text = places > 0 ? g_strdup_printf ("%s%.*s.%s", negative ? "-" : "", (int) (n - places), padded, padded + n - places) : g_strdup_printf ("%s%s", negative ? "-" : "", padded);
  }
  mpz_clears (rest, scaled, NULL);
  return text;
}

static char *
dup_number (const Value *value)
{
  g_autofree char *decimal = value->rough ? NULL : dup_decimal (value->q);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (decimal != NULL)
    return g_steal_pointer (&decimal);
  g_ascii_formatd (buffer, sizeof buffer, "%.15g", mpq_get_d (value->q));
  if (!value->rough && mpz_sizeinbase (mpq_numref (value->q), 10) + mpz_sizeinbase (mpq_denref (value->q), 10) < 60) {
    g_autofree char *fraction = mpq_get_str (NULL, 10, value->q);
    return g_strdup_printf ("%s ≈ %s", fraction, buffer);
  }
  return g_strdup_printf ("≈ %s", buffer);
}

/* "m²/s". (transfer full) */
static char *
dup_base_unit (const Value *value)
{
  g_autoptr (GString) above = g_string_new (NULL), below = g_string_new (NULL);

  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    int n = value->dimensions[i];
    GString *side = n > 0 ? above : below;
    if (n == 0)
      continue;
    g_string_append_printf (side, "%s%s", side->len > 0 ? "·" : "", calc_base_units[i]);
    if (ABS (n) > 1)
      g_string_append_printf (side, "^%d", ABS (n));
  }
  if (below->len == 0)
    return g_strdup (above->str);
  return g_strdup_printf ("%s/%s", above->len > 0 ? above->str : "1", below->str);
}

static char *
dup_date (Calc *calc, const Value *value)
{
  GDate date;
  glong seconds;
  char day[64], name[64];

  if (!split_date (calc, value, &date, &seconds))
    return NULL;
  g_snprintf (day, sizeof day, "%04d-%02d-%02d", g_date_get_year (&date), g_date_get_month (&date), g_date_get_day (&date));
  static const char *const names[] = { "", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
  g_strlcpy (name, names[g_date_get_weekday (&date)], sizeof name);
  return seconds > 0 ? g_strdup_printf ("%sT%02ld:%02ld (%s)", day, seconds / 3600, seconds / 60 % 60, name) : g_strdup_printf ("%s (%s)", day, name);
}

/* "… in km/h": what stands behind the word is a unit of the same kind. */
static char *
convert (Calc *calc, Value *value)
{
  const char *name;
  g_autofree char *number = NULL, *unit_name = NULL;
  const CalcUnit *unit;
  Value target;

  skip (calc);
  name = calc->at;
  unit = take_unit (calc);
  skip (calc);
  if (unit != NULL && *calc->at == '\0' && !value->date && memcmp (unit->dimensions, value->dimensions, sizeof value->dimensions) == 0) {
    take_out (value, unit);
    number = dup_number (value);
    unit_name = calc_unit_dup_name (unit);
    return g_strdup_printf ("%s %s", number, unit_name);
  }
  calc->at = name;
  value_init (&target);
  parse_product (calc, &target);
  skip (calc);
  if (calc->error == NULL && (*calc->at != '\0' || mpq_sgn (target.q) == 0))
    fail (calc, _("Behind “in” stands a unit."));
  if (calc->error == NULL && !same_kind (value, &target))
    fail (calc, _("This is no unit of that kind."));
  if (calc->error == NULL) {
    mpq_div (value->q, value->q, target.q);
    number = dup_number (value);
  }
  value_clear (&target);
  return number != NULL ? g_strdup_printf ("%s %s", number, name) : NULL;
}

static char *
tell (Calc *calc, Value *value)
{
  g_autofree char *number = NULL, *unit = NULL;

  if (value->date)
    return dup_date (calc, value);
  if (value->unit != NULL && memcmp (value->unit->dimensions, value->dimensions, sizeof value->dimensions) == 0) {
    take_out (value, value->unit);
    unit = calc_unit_dup_name (value->unit);
  } else {
    unit = dup_base_unit (value);
  }
  number = dup_number (value);
  return *unit != '\0' ? g_strdup_printf ("%s %s", number, unit) : g_steal_pointer (&number);
}

char *
calc_evaluate (const char *expression, guint32 today, GError **error)
{
  Calc calc = { .text = expression, .at = expression, .today = today };
  g_autofree char *text = NULL;
  gsize n;
  Value value;

  if (strlen (expression) > CALC_MAX_BYTES || !g_utf8_validate (expression, -1, NULL)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The expression is longer than 2,000 bytes, or no UTF-8."));
    return NULL;
  }
  value_init (&value);
  parse_sum (&calc, &value);
  skip (&calc);
  n = word_length (calc.at);
  if (calc.error == NULL && (is_word (calc.at, n, "in") || is_word (calc.at, n, "to") || is_word (calc.at, n, "as"))) {
    calc.at += n;
    text = convert (&calc, &value);
  } else if (calc.error == NULL && *calc.at != '\0') {
    fail (&calc, _("This was not expected here."));
  } else if (calc.error == NULL) {
    text = tell (&calc, &value);
  }
  value_clear (&value);
  if (calc.error != NULL) {
    g_propagate_error (error, calc.error);
    return NULL;
  }
  return g_steal_pointer (&text);
}
