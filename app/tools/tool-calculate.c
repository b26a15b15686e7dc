/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "calc.h"
#include "tool.h"

static AppToolResult *
calculate (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  GDate today;
  const char *expression = app_tool_get_string (arguments, "expression", "");
  g_autofree char *text = NULL;

  g_date_clear (&today, 1);
  g_date_set_dmy (&today, (GDateDay) g_date_time_get_day_of_month (now), (GDateMonth) g_date_time_get_month (now), (GDateYear) g_date_time_get_year (now));
  text = calc_evaluate (expression, g_date_get_julian (&today), error);
  /* Small models take a bare number for nothing. */
  return text != NULL ? app_tool_result_new (g_strdup_printf ("%s = %s", expression, text), NULL) : NULL;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, calculate, task);
}

const AppTool calculate_tool = {
  .name = "calculate",
  .title = N_("Calculate"),
  .icon_name = "accessories-calculator-symbolic",
  .description = "Computes exactly, with fractions, percents, units and dates: 19.99 * 3 - 15%; 17.5% * 80; 3 km / 20 min in km/h; 2026-01-31 + 1 month; 2026-12-24 - today. "
                 "Functions: round(x, places), min, max, sum, mean, abs, floor, ceil, mod, sqrt, gcd, factorial.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"expression\":{\"type\":\"string\"}},\"required\":[\"expression\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "expression",
  .is_exact = TRUE,
  .run = run,
};
