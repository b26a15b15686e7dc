/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula of any bytes: it is read within the limits or not at all, its words are UTF-8, its MathML is well formed, and what is set has a finite size. */
#include "app-formula.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formula/formula-layout.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_mathml (AppFormula *formula, const char *tex)
{
  static const GMarkupParser parser = { 0 };
  g_autofree char *mathml = app_formula_dup_mathml (formula, tex, TRUE);
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, NULL, NULL);

  if (!g_markup_parse_context_parse (context, mathml, -1, NULL) || !g_markup_parse_context_end_parse (context, NULL))
    abort ();
  g_markup_parse_context_free (context);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *bytes = g_strndup ((const char *) data, size);
  g_autofree char *tex = g_utf8_make_valid (bytes, -1);
  g_autoptr (AppFormula) formula = app_formula_new (tex);

  if (formula == NULL)
    return 0;
  {
    g_autofree char *words = app_formula_dup_words (formula);

    if (!g_utf8_validate (words, -1, NULL))
      abort ();
  }
  check_mathml (formula, tex);
  for (int display = 0; display < 2; display++) {
    g_autoptr (UiFormulaLayout) layout = ui_formula_layout_new (formula, display);
    double lengths[3];

    if (layout == NULL)
      continue;
    ui_formula_layout_get_size (layout, &lengths[0], &lengths[1], &lengths[2]);
    for (int i = 0; i < 3; i++)
      if (!isfinite (lengths[i]) || lengths[i] < 0 || lengths[i] > 1e5)
        abort ();
  }
  return 0;
}
