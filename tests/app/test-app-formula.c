/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "app-formula.h"

static char *
words_of (const char *tex)
{
  g_autoptr (AppFormula) formula = app_formula_new (tex);

  g_assert_nonnull (formula);
  return app_formula_dup_words (formula);
}

static void
test_words (void)
{
  static const struct { const char *tex, *words; } cases[] = {
    { "", "" },
    { "x^2 + y^{2} = z^2", "x squared plus y squared equals z squared" },
    { "\\frac12", "1 over 2" },
    { "\\frac{a+b}{c}", "fraction a plus b over c, end of fraction" },
    { "\\sqrt{2}", "square root of 2" },
    { "\\sqrt[3]{x+1}", "cube root of x plus 1, end of root" },
    { "\\sum_{k=1}^{n} k", "sum from k equals 1 to n of k" },
    { "\\int_0^1 f(x)\\,dx", "integral from 0 to 1 of f open parenthesis x close parenthesis d x" },
    { "\\lim_{x \\to 0} x", "limit for x to 0 of x" },
    { "x_i", "x sub i" },
    { "3.14 \\approx \\pi", "3.14 is approximately pi" },
    { "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "matrix of 2 rows; row 1: 1, 2; row 2: 3, 4 ; end of matrix" },
    { "\\binom{n}{k}", "n choose k" },
    { "n \\choose k", "n choose k" },
    { "\\left| x \\right|", "absolute value of x, end of absolute value" },
    { "\\mathrm{Var}(X)", "Var open parenthesis capital X close parenthesis" },
    { "a \\not= b", "a is not equal to b" },
    { "f'(x)", "f prime open parenthesis x close parenthesis" },
    { "50\\%", "50 percent" },
    { "x \\text{ if } y", "x if y" },
    { "\\unknown{x}", "\\unknown x" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *words = words_of (cases[i].tex);

    g_assert_cmpstr (words, ==, cases[i].words);
  }
}

static void
test_mathml (void)
{
  static const struct { const char *tex, *inner; } cases[] = {
    { "x^2", "<msup><mi>x</mi><mrow><mn>2</mn></mrow></msup>" },
    { "12.5", "<mrow><mn>12.5</mn></mrow>" },
    { "\\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" },
    { "\\text{a<b}", "<mtext>a&lt;b</mtext>" },
    { "\\mathbb{R}", "<mi>\342\204\235</mi>" },
    { "\\sum_{i} i", "<munder><mo>\342\210\221</mo><mrow><mi>i</mi></mrow></munder>" },
    { "\\begin{matrix}a&b\\end{matrix}", "<mtd style=\"text-align: center\"><mrow><mi>a</mi></mrow></mtd>" },
    { "\\<script>", "<mtext>\\&lt;</mtext>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppFormula) formula = app_formula_new (cases[i].tex);
    g_autofree char *mathml = app_formula_dup_mathml (formula, cases[i].tex, FALSE);

    if (strstr (mathml, cases[i].inner) == NULL)
      g_error ("\"%s\" is not in \"%s\"", cases[i].inner, mathml);
    g_assert_null (strstr (mathml, "<script"));
  }
}

/* The shape of the tree for what is written carelessly: nothing is lost and nothing fails. */
static void
test_careless (void)
{
  static const char *const cases[] = { "{a", "a}", "\\frac{1", "\\frac", "x^", "_", "^^", "\\left( x", "\\right)", "\\begin{matrix} a & b", "\\end{matrix}",
                                       "a & b \\\\ c", "\\sqrt[3", "\\", "\\begin", "\\begin{", "\\text{", "x'^2_3'", "a_1_2", "\\not", "\\over", "&&", "\\limits", "{}" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (AppFormula) formula = app_formula_new (cases[i]);
    g_autofree char *words = NULL;
    g_autofree char *mathml = NULL;

    g_assert_nonnull (formula);
    words = app_formula_dup_words (formula);
    mathml = app_formula_dup_mathml (formula, cases[i], TRUE);
    g_assert_true (g_utf8_validate (words, -1, NULL));
  }
}

static char *
repeat (const char *unit, guint n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (out, unit);
  return g_string_free (out, FALSE);
}

static void
test_limits (void)
{
  g_autofree char *deep = repeat ("{", APP_FORMULA_MAX_DEPTH + 1);
  g_autofree char *deep_roots = repeat ("\\sqrt", APP_FORMULA_MAX_DEPTH + 1);
  g_autofree char *many = repeat ("x ", APP_FORMULA_MAX_NODES);
  g_autofree char *longest = repeat ("x", APP_FORMULA_MAX_BYTES + 1);
  g_autofree char *fine = repeat ("{", APP_FORMULA_MAX_DEPTH - 2);
  g_autoptr (AppFormula) formula = app_formula_new (fine);

  g_assert_nonnull (formula);
  g_assert_null (app_formula_new (deep));
  g_assert_null (app_formula_new (deep_roots));
  g_assert_null (app_formula_new (many));
  g_assert_null (app_formula_new (longest));
}

static void
test_letters (void)
{
  static const struct { gunichar c; AppFormulaAlphabet alphabet; gunichar mapped; } cases[] = {
    { 'x', APP_FORMULA_MATH, 0x1d465 }, { 'h', APP_FORMULA_MATH, 0x210e }, { '1', APP_FORMULA_MATH, '1' }, { 'x', APP_FORMULA_ROMAN, 'x' },
    { 'R', APP_FORMULA_DOUBLE, 0x211d }, { 'L', APP_FORMULA_SCRIPT, 0x2112 }, { 'g', APP_FORMULA_FRAKTUR, 0x1d524 }, { 0x3b1, APP_FORMULA_MATH, 0x1d6fc },
    { 0x393, APP_FORMULA_MATH, 0x393 }, { 0x3d5, APP_FORMULA_MATH, 0x1d719 }, { 0x3b2, APP_FORMULA_BOLD_ITALIC, 0x1d737 }, { '+', APP_FORMULA_BOLD, '+' },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (app_formula_map_letter (cases[i].c, cases[i].alphabet), ==, cases[i].mapped);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/formula/words", test_words);
  g_test_add_func ("/app/formula/mathml", test_mathml);
  g_test_add_func ("/app/formula/careless", test_careless);
  g_test_add_func ("/app/formula/limits", test_limits);
  g_test_add_func ("/app/formula/letters", test_letters);
  return g_test_run ();
}
