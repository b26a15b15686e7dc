/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of calc.c: numbers with units, and dates; what is done with them, and how they are told. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app-error.h"
#include "calc-private.h"

/* Of numerator and denominator: some 30,000 digits. */
#define MAX_BITS 100000
#define MAX_DIGITS 40
#define SECONDS_OF_DAY 86400
/* 9999-12-31 as a Julian day of GDate. */
#define LAST_DAY 3652059

void
calc_value_init (CalcValue *value)
{
  memset (value, 0, sizeof *value);
  mpq_init (value->q);
}

void
calc_value_clear (CalcValue *value)
{
  mpq_clear (value->q);
}

void
calc_fail (Calc *calc, const char *sentence)
{
  if (calc->error == NULL)
    calc->error = g_error_new (APP_ERROR, APP_ERROR_INVALID, _("%s (at “%.20s”)"), sentence, *calc->at != '\0' ? calc->at : _("the end"));
}

static void
check_size (Calc *calc, const CalcValue *value)
{
  if (mpz_sizeinbase (mpq_numref (value->q), 2) > MAX_BITS || mpz_sizeinbase (mpq_denref (value->q), 2) > MAX_BITS)
    calc_fail (calc, _("The numbers become too large."));
}

gboolean
calc_is_plain (const CalcValue *value)
{
  static const gint8 none[CALC_N_DIMENSIONS];

  return !value->date && memcmp (value->dimensions, none, sizeof none) == 0;
}

/* Whole and small enough for an int. */
gboolean
calc_get_int (const CalcValue *value, glong *number)
{
  if (!calc_is_plain (value) || mpz_cmp_ui (mpq_denref (value->q), 1) != 0 || !mpz_fits_slong_p (mpq_numref (value->q)))
    return FALSE;
  *number = mpz_get_si (mpq_numref (value->q));
  return TRUE;
}

void
calc_set_double (Calc *calc, CalcValue *value, double number)
{
  if (!isfinite (number)) {
    calc_fail (calc, _("This has no value."));
    return;
  }
  mpq_set_d (value->q, number);
  value->rough = TRUE;
}

void
calc_apply_unit (CalcValue *value, const CalcUnit *unit, gboolean with_offset)
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

/* In its unit; what is outside of it, in base units, is put back by calc_apply_unit (). */
void
calc_take_out (CalcValue *value, const CalcUnit *unit)
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
void
calc_negate (Calc *calc, CalcValue *value)
{
  if (value->date) {
    calc_fail (calc, _("A date cannot be negative."));
    return;
  }
  if (value->unit != NULL)
    calc_take_out (value, value->unit);
  mpq_neg (value->q, value->q);
  if (value->unit != NULL)
    calc_apply_unit (value, value->unit, TRUE);
}

/* ---- dates ---- */

void
calc_set_date (CalcValue *value, guint32 julian, guint seconds)
{
  mpq_set_si (value->q, (glong) (julian - 1) * SECONDS_OF_DAY + seconds, 1);
  value->date = TRUE;
}

/* The day of a date, and what of the day is over. */
static gboolean
split_date (Calc *calc, const CalcValue *value, GDate *date, glong *seconds)
{
  mpz_t whole;
  glong total;

  mpz_init (whole);
  mpz_fdiv_q (whole, mpq_numref (value->q), mpq_denref (value->q));
  total = mpz_fits_slong_p (whole) ? mpz_get_si (whole) : -1;
  mpz_clear (whole);
  if (total < 0 || total / SECONDS_OF_DAY + 1 > LAST_DAY) {
    calc_fail (calc, _("Dates go from 0001-01-01 to 9999-12-31."));
    return FALSE;
  }
  g_date_clear (date, 1);
  g_date_set_julian (date, (guint32) (total / SECONDS_OF_DAY + 1));
  *seconds = total % SECONDS_OF_DAY;
  return TRUE;
}

/* ---- rounding and roots ---- */

void
calc_round_number (CalcValue *value, glong places, int direction)
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
void
calc_round (CalcValue *value, glong places, int direction)
{
  if (value->unit != NULL)
    calc_take_out (value, value->unit);
  calc_round_number (value, places, direction);
  if (value->unit != NULL)
    calc_apply_unit (value, value->unit, TRUE);
}

void
calc_sqrt (Calc *calc, CalcValue *value)
{
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    if (value->dimensions[i] % 2 != 0)
      calc_fail (calc, _("The root of this unit is none."));
    value->dimensions[i] /= 2;
  }
  value->unit = NULL;
  if (mpq_sgn (value->q) < 0) {
    calc_fail (calc, _("A negative number has no root."));
  } else if (mpz_perfect_square_p (mpq_numref (value->q)) && mpz_perfect_square_p (mpq_denref (value->q))) {
    mpz_sqrt (mpq_numref (value->q), mpq_numref (value->q));
    mpz_sqrt (mpq_denref (value->q), mpq_denref (value->q));
  } else {
    calc_set_double (calc, value, sqrt (mpq_get_d (value->q)));
  }
}

/* ---- operators ---- */

gboolean
calc_same_kind (const CalcValue *a, const CalcValue *b)
{
  return a->date == b->date && memcmp (a->dimensions, b->dimensions, sizeof a->dimensions) == 0;
}

void
calc_raise (Calc *calc, CalcValue *value, const CalcValue *exponent)
{
  glong n = 0;
  gsize bits = MAX (mpz_sizeinbase (mpq_numref (value->q), 2), mpz_sizeinbase (mpq_denref (value->q), 2));
  gint8 dimensions[CALC_N_DIMENSIONS];

  if (value->date || !calc_get_int (exponent, &n)) {
    calc_fail (calc, _("Exponents are whole numbers; there is sqrt() for roots."));
    return;
  }
  if (ABS (n) > MAX_BITS || bits * (gsize) ABS (n) > MAX_BITS) {
    calc_fail (calc, _("The numbers become too large."));
    return;
  }
  if (n < 0 && mpq_sgn (value->q) == 0) {
    calc_fail (calc, _("Nothing can be divided by zero."));
    return;
  }
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    glong dimension = value->dimensions[i] * n;
    if (ABS (dimension) > 9) {
      calc_fail (calc, _("There is no such unit."));
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

void
calc_multiply (Calc *calc, CalcValue *value, const CalcValue *other, gboolean divide)
{
  if (value->date || other->date) {
    calc_fail (calc, _("Dates can only be added to, and subtracted."));
    return;
  }
  if (divide && mpq_sgn (other->q) == 0) {
    calc_fail (calc, _("Nothing can be divided by zero."));
    return;
  }
  /* What it is told in: of the one that has a unit. */
  if (calc_is_plain (value) && !divide)
    value->unit = other->unit;
  else if (!calc_is_plain (other))
    value->unit = NULL;
  for (guint i = 0; i < CALC_N_DIMENSIONS; i++) {
    int dimension = value->dimensions[i] + (divide ? -other->dimensions[i] : other->dimensions[i]);
    if (ABS (dimension) > 9)
      calc_fail (calc, _("There is no such unit."));
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

/* A date some months on: the same day of the month, or its last one. */
static void
shift_months (Calc *calc, CalcValue *value, const CalcValue *by, gboolean subtract)
{
  GDate date;
  glong months, seconds;

  if (mpz_cmp_ui (mpq_denref (by->q), 1) != 0 || !mpz_fits_slong_p (mpq_numref (by->q)) || (months = mpz_get_si (mpq_numref (by->q))) > 120000 || months < -120000) {
    calc_fail (calc, _("A date can be moved by whole months."));
    return;
  }
  if (!split_date (calc, value, &date, &seconds))
    return;
  months = subtract ? -months : months;
  glong at = (glong) g_date_get_year (&date) * 12 + g_date_get_month (&date) - 1 + months;
  if (at < 12 || at / 12 > 9999) {
    calc_fail (calc, _("Dates go from 0001-01-01 to 9999-12-31."));
    return;
  }
  GDateYear year = (GDateYear) (at / 12);
  GDateMonth month = (GDateMonth) (at % 12 + 1);
  g_date_set_dmy (&date, MIN (g_date_get_day (&date), g_date_get_days_in_month (month, year)), month, year);
  calc_set_date (value, g_date_get_julian (&date), (guint) seconds);
}

void
calc_add (Calc *calc, CalcValue *value, const CalcValue *other, gboolean subtract)
{
  static const gint8 time[CALC_N_DIMENSIONS] = { [CALC_TIME] = 1 }, months[CALC_N_DIMENSIONS] = { [CALC_MONTHS] = 1 };

  value->rough |= other->rough;
  if (other->percent && !value->date && !value->percent) {
    /* "80 - 15%": of what stands before it. */
    CalcValue part;
    calc_value_init (&part);
    mpq_mul (part.q, value->q, other->q);
    (subtract ? mpq_sub : mpq_add) (value->q, value->q, part.q);
    calc_value_clear (&part);
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
  } else if (!value->date && !other->date && calc_same_kind (value, other)) {
    (subtract ? mpq_sub : mpq_add) (value->q, value->q, other->q);
    value->percent &= other->percent;
    /* A difference of temperatures has no zero. */
    if (value->unit != NULL && value->unit->offset != NULL && other->unit != NULL && other->unit->offset != NULL)
      value->unit = calc_unit_find ("K", 1);
  } else {
    calc_fail (calc, value->date || other->date ? _("A date can be moved by days, weeks, months or years, and subtracted from another.") : _("These have different units, so they cannot be added."));
  }
  check_size (calc, value);
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

char *
calc_dup_number (const CalcValue *value)
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
dup_base_unit (const CalcValue *value)
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
dup_date (Calc *calc, const CalcValue *value)
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

char *
calc_tell (Calc *calc, CalcValue *value)
{
  g_autofree char *number = NULL, *unit = NULL;

  if (value->date)
    return dup_date (calc, value);
  if (value->unit != NULL && memcmp (value->unit->dimensions, value->dimensions, sizeof value->dimensions) == 0) {
    calc_take_out (value, value->unit);
    unit = calc_unit_dup_name (value->unit);
  } else {
    unit = dup_base_unit (value);
  }
  number = calc_dup_number (value);
  return *unit != '\0' ? g_strdup_printf ("%s %s", number, unit) : g_steal_pointer (&number);
}

