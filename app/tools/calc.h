/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact arithmetic on fractions, with units and dates: "1/3 + 1/6", "3 km / 20 min in km/h", "2026-01-31 + 1 month", "19.99 * 3 - 15%".
 *
 * Numbers are fractions of whole numbers without limit (GMP: C and small, kept since 1991, and a package of Debian; libqalculate would bring C++, libmpdec rounds). What cannot be a fraction (roots, sines) is
 * computed with 15 digits, and the answer begins with "≈". A month is no number of days, so months and years are a dimension of their own that only dates can be moved by. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of an expression, in bytes. */
#define CALC_MAX_BYTES 2000

/* "1/2 = 0.5", "9 km/h", "2026-02-28 (Saturday)". `today`: days since 0001-01-01 (g_date_get_julian ()), for the word. Errors: APP_ERROR_INVALID with a sentence that says what and where. (transfer full) (nullable) */
char *calc_evaluate (const char *expression, guint32 today, GError **error);

/* ---- calc-units.c ---- */

typedef enum { CALC_LENGTH, CALC_MASS, CALC_TIME, CALC_MONTHS, CALC_TEMPERATURE, CALC_DATA, CALC_CURRENT, CALC_N_DIMENSIONS } CalcDimension;

typedef struct {
  const char *names;  /* "km kilometre kilometres": the first is how it is written */
  const char *factor; /* in base units, "1000" or "5/9" */
  const char *offset; /* added after the factor, where zero is elsewhere; NULL: none */
  gint8 dimensions[CALC_N_DIMENSIONS];
} CalcUnit;

/* `n_bytes` of `name`. (nullable) */
const CalcUnit *calc_unit_find (const char *name, gsize n_bytes);
/* The number `index`; NULL behind the last. */
const CalcUnit *calc_unit_get (guint index);
/* "km". (transfer full) */
char *calc_unit_dup_name (const CalcUnit *unit);
/* Of base units: "m", "kg" … */
extern const char *const calc_base_units[CALC_N_DIMENSIONS];

G_END_DECLS
