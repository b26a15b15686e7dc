/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact arithmetic, beside what is known to be right. */
#include <string.h>

#include "app-error.h"
#include "tools/calc.h"

/* 2026-11-30 */
static guint32
today (void)
{
  g_autoptr (GDate) date = g_date_new_dmy (30, 11, 2026);

  return g_date_get_julian (date);
}

static const struct {
  const char *expression, *result; /* result NULL: an error */
} cases[] = {
  { "1 + 2 * 3", "7" },
  { "(1 + 2) * 3", "9" },
  { "0.1 + 0.2", "0.3" },
  { "1/3 + 1/6", "0.5" },
  { "1/3", "1/3 ≈ 0.333333333333333" },
  { "-2^2", "-4" },
  { "2^-3", "0.125" },
  { "2^100", "1267650600228229401496703205376" },
  { "19.99 * 3 - 15%", "50.9745" },
  { "200 + 10%", "220" },
  { "10% + 5%", "0.15" },
  { "50 * 20%", "10" },
  { "1_000_000 / 8", "125000" },
  { "1'234.5 + 0.5", "1235" },
  { "1e3 + 2.5e-1", "1000.25" },
  { "sqrt(2.25)", "1.5" },
  { "sqrt(2)", "≈ 1.4142135623731" },
  { "round(2/3, 2)", "0.67" },
  { "round(2.5)", "3" },
  { "round(-2.5)", "-3" },
  { "floor(-1.5)", "-2" },
  { "ceil(1.2)", "2" },
  { "min(3, 1, 2)", "1" },
  { "mean(1, 2, 4)", "7/3 ≈ 2.33333333333333" },
  { "mod(-7, 3)", "2" },
  { "gcd(84, 36)", "12" },
  { "factorial(20)", "2432902008176640000" },
  { "3 km + 200 m", "3.2 km" },
  { "3 km / 20 min in km/h", "9 km/h" },
  { "100 km/h in m/s", "250/9 ≈ 27.7777777777778 m/s" },
  { "5 ft + 11 inch in cm", "180.34 cm" },
  { "20 °C in °F", "68 °F" },
  { "-40 °C in °F", "-40 °F" },
  { "20 °C - 5 °C", "15 K" },
  { "20 °C + 5 K", "25 °C" },
  { "2 kWh * 0.30", "0.6 kWh" },
  { "100 W * 24 h in kWh", "2.4 kWh" },
  { "1 GiB in MB", "1073.741824 MB" },
  { "12 m * 3 m", "36 m^2" },
  { "12 m * 3 m in m²", "36 m²" },
  { "round(10 km / 3, 1)", "3.3 km" },
  { "2026-01-31 + 1 month", "2026-02-28 (Saturday)" },
  { "2024-01-31 + 1 month", "2024-02-29 (Thursday)" },
  { "2026-12-24 - today", "24 days" },
  { "2024-03-01 - 2024-02-01", "29 days" },
  { "2000-02-29 + 1 year", "2001-02-28 (Wednesday)" },
  { "2026-11-30 + 2 weeks - 1 day", "2026-12-13 (Sunday)" },
  { "2026-11-30T22:30 + 3 h", "2026-12-01T01:30 (Tuesday)" },
  { "2026-12-24 - 2026-11-30 in weeks", "24/7 ≈ 3.42857142857143 weeks" },
  { "3 years in months", "36 months" },
  { "", NULL },
  { "1 +", NULL },
  { "1 / 0", NULL },
  { "mod(1, 0)", NULL },
  { "0^-1", NULL },
  { "1 m + 1 s", NULL },
  { "1 month in days", NULL },
  { "2026-02-30", NULL },
  { "today + today", NULL },
  { "today * 2", NULL },
  { "9999-12-31 + 1 day", NULL },
  { "0001-01-01 - 1 day", NULL },
  { "9^9^9^9", NULL },
  { "10^100000", NULL },
  { "factorial(6000)", NULL },
  { "1e99999999999999999999", NULL },
  { "sqrt(-1)", NULL },
  { "ln(0)", NULL },
  { "2^0.5", NULL },
  { "1 parsec", NULL },
  { "(1", NULL },
  { "1)", NULL },
  { "system(1)", NULL },
  { "1 in m", NULL },
};

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *result = calc_evaluate (cases[i].expression, today (), &error);

    if (cases[i].result == NULL) {
      if (result != NULL)
        g_error ("%s gave %s", cases[i].expression, result);
      g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
      continue;
    }
    if (g_strcmp0 (result, cases[i].result) != 0)
      g_error ("%s gave %s (%s), and not %s", cases[i].expression, result, error != NULL ? error->message : "", cases[i].result);
  }
}

/* Nested as deeply as can be written. */
static void
test_deep (void)
{
  static const char *const pieces[] = { "(", "-", "sqrt(", "2^", "1+(", "--" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++) {
    g_autoptr (GString) text = g_string_new (NULL);
    g_autofree char *result = NULL;
    while (text->len + strlen (pieces[i]) < CALC_MAX_BYTES)
      g_string_append (text, pieces[i]);
    result = calc_evaluate (text->str, today (), NULL);
    g_assert_null (result);
    g_string_append_printf (text, "%*s", CALC_MAX_BYTES, "");
    g_assert_null (calc_evaluate (text->str, today (), NULL));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tools/calc/cases", test_cases);
  g_test_add_func ("/app/tools/calc/deep", test_deep);
  return g_test_run ();
}
