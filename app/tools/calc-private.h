/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the calculator share. */
#pragma once

#include <gmp.h>

#include "calc.h"

G_BEGIN_DECLS

/* A number with its dimensions, or a date: then `q` is seconds since the beginning of 0001-01-01. */
typedef struct {
  mpq_t q;
  gint8 dimensions[CALC_N_DIMENSIONS];
  const CalcUnit *unit; /* in which it is told; NULL: base units */
  gboolean rough;       /* not exact */
  gboolean date;
  gboolean percent;     /* as it was written */
} CalcValue;

/* An expression that is read. */
typedef struct {
  const char *text, *at;
  guint32 today;
  guint depth;
  GError *error; /* the first; NULL: none yet */
} Calc;

/* Keeps the first; the sentence gets the place. */
void calc_fail (Calc *calc, const char *sentence);

void calc_value_init (CalcValue *value);
void calc_value_clear (CalcValue *value);
gboolean calc_is_plain (const CalcValue *value); /* no date, and without a unit */
gboolean calc_get_int (const CalcValue *value, glong *number); /* whole, plain and small */
gboolean calc_same_kind (const CalcValue *a, const CalcValue *b);
void calc_set_double (Calc *calc, CalcValue *value, double number);
void calc_set_date (CalcValue *value, guint32 julian, guint seconds);

/* From a number in `unit` to base units, and back. `with_offset`: degrees, and not differences of them. */
void calc_apply_unit (CalcValue *value, const CalcUnit *unit, gboolean with_offset);
void calc_take_out (CalcValue *value, const CalcUnit *unit);

void calc_negate (Calc *calc, CalcValue *value);
void calc_add (Calc *calc, CalcValue *value, const CalcValue *other, gboolean subtract);
void calc_multiply (Calc *calc, CalcValue *value, const CalcValue *other, gboolean divide);
void calc_raise (Calc *calc, CalcValue *value, const CalcValue *exponent);
void calc_sqrt (Calc *calc, CalcValue *value);
/* direction: -1 down, 1 up, 0 to the nearest. _round: in the unit in which it is told. */
void calc_round_number (CalcValue *value, glong places, int direction);
void calc_round (CalcValue *value, glong places, int direction);

char *calc_dup_number (const CalcValue *value);          /* (transfer full) */
char *calc_tell (Calc *calc, CalcValue *value);          /* with its unit; (transfer full) (nullable) */

G_END_DECLS
