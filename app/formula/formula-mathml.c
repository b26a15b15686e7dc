/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula as MathML Core, for the clipboard. What is foreign is escaped; no element and no attribute comes from the source. */
#include "app-formula.h"

#include <string.h>

static void write_node (GString *out, const AppFormulaNode *node);

static void
write_child (GString *out, const AppFormulaNode *node, guint index)
{
  const AppFormulaNode *child = app_formula_child (node, index);

  if (child != NULL)
    write_node (out, child);
  else
    g_string_append (out, "<mrow></mrow>");
}

static void
write_characters (GString *out, const char *element, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  g_string_append_printf (out, "<%s>%s</%.*s>", element, escaped, (int) strcspn (element, " "), element);
}

static void
write_operator (GString *out, gunichar c, const char *element)
{
  char text[8] = "";

  if (c != 0)
    text[g_unichar_to_utf8 (c, text)] = '\0';
  write_characters (out, element, text);
}

static void
write_children (GString *out, const AppFormulaNode *node)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    if (app_formula_child (node, i) != NULL)
      write_node (out, app_formula_child (node, i));
}

static void
write_row (GString *out, const AppFormulaNode *node)
{
  g_string_append (out, "<mrow>");
  /* Digits that follow one another are one number. */
  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    const AppFormulaNode *child = app_formula_child (node, i);
    GString *digits = NULL;

    while (child != NULL && child->kind == APP_FORMULA_SYMBOL && child->character < 128 &&
           (g_ascii_isdigit (child->character) || (digits != NULL && child->character == '.'))) {
      digits = digits != NULL ? digits : g_string_new (NULL);
      g_string_append_unichar (digits, app_formula_map_letter (child->character, child->alphabet));
      child = app_formula_child (node, ++i);
    }
    if (digits != NULL) {
      write_characters (out, "mn", digits->str);
      g_string_free (digits, TRUE);
    }
    if (child != NULL)
      write_node (out, child);
  }
  g_string_append (out, "</mrow>");
}

static void
write_symbol (GString *out, const AppFormulaNode *node)
{
  gunichar c = node->character;
  /* MathML makes a lone letter italic by itself; the other alphabets have their own characters. */
  gunichar shown = node->alphabet == APP_FORMULA_MATH ? c : app_formula_map_letter (c, node->alphabet);
  const char *element = g_unichar_isdigit (c) ? "mn" : !g_unichar_isalpha (c) || node->atom != APP_FORMULA_ORD ? "mo" : "mi";

  if (node->alphabet == APP_FORMULA_ROMAN && g_str_equal (element, "mi"))
    element = "mi mathvariant=\"normal\"";
  write_operator (out, shown, element);
}

static void
write_name (GString *out, const AppFormulaNode *node)
{
  write_characters (out, "mi", node->text);
}

static void
write_text (GString *out, const AppFormulaNode *node)
{
  write_characters (out, "mtext", node->text);
}

static void
write_space (GString *out, const AppFormulaNode *node)
{
  int thousandths = node->number * 1000 / 18;

  g_string_append_printf (out, "<mspace width=\"%s%d.%03dem\"/>", thousandths < 0 ? "-" : "", ABS (thousandths) / 1000, ABS (thousandths) % 1000);
}

static void
write_fraction (GString *out, const AppFormulaNode *node)
{
  g_string_append (out, node->bare ? "<mfrac linethickness=\"0\">" : "<mfrac>");
  write_child (out, node, 0);
  write_child (out, node, 1);
  g_string_append (out, "</mfrac>");
}

static void
write_radical (GString *out, const AppFormulaNode *node)
{
  gboolean index = app_formula_child (node, 1) != NULL;

  g_string_append (out, index ? "<mroot>" : "<msqrt>");
  write_child (out, node, 0);
  if (index)
    write_child (out, node, 1);
  g_string_append (out, index ? "</mroot>" : "</msqrt>");
}

static void
write_three (GString *out, const AppFormulaNode *node, guint low, guint high, const char *low_name, const char *high_name, const char *both_name)
{
  gboolean has_low = app_formula_child (node, low) != NULL;
  gboolean has_high = app_formula_child (node, high) != NULL;
  const char *name = has_low && has_high ? both_name : has_low ? low_name : high_name;

  g_string_append_printf (out, "<%s>", name);
  write_child (out, node, 0);
  if (has_low)
    write_child (out, node, low);
  if (has_high)
    write_child (out, node, high);
  g_string_append_printf (out, "</%s>", name);
}

static void
write_scripts (GString *out, const AppFormulaNode *node)
{
  const AppFormulaNode *base = app_formula_child (node, 0);

  if (base != NULL && base->limits && node->number != 0)
    write_three (out, node, 1, 2, "munder", "mover", "munderover");
  else
    write_three (out, node, 1, 2, "msub", "msup", "msubsup");
}

static void
write_stack (GString *out, const AppFormulaNode *node)
{
  write_three (out, node, 2, 1, "munder", "mover", "munderover");
}

static void
write_fence (GString *out, const AppFormulaNode *node)
{
  g_string_append (out, "<mrow>");
  if (node->character != 0)
    write_operator (out, node->character, "mo fence=\"true\" stretchy=\"true\"");
  write_child (out, node, 0);
  if (node->second != 0)
    write_operator (out, node->second, "mo fence=\"true\" stretchy=\"true\"");
  g_string_append (out, "</mrow>");
}

static void
write_delimiter (GString *out, const AppFormulaNode *node)
{
  write_operator (out, node->character, "mo");
}

static void
write_over (GString *out, const AppFormulaNode *node, gunichar c)
{
  g_string_append (out, node->under ? "<munder>" : "<mover>");
  write_child (out, node, 0);
  write_operator (out, c, "mo");
  g_string_append (out, node->under ? "</munder>" : "</mover>");
}

static void
write_accent (GString *out, const AppFormulaNode *node)
{
  write_over (out, node, node->character);
}

static void
write_line (GString *out, const AppFormulaNode *node)
{
  write_over (out, node, node->under ? '_' : 0xaf);
}

static void
write_arrow (GString *out, const AppFormulaNode *node)
{
  g_string_append (out, "<munderover>");
  write_operator (out, node->character, "mo stretchy=\"true\"");
  write_child (out, node, 1);
  write_child (out, node, 0);
  g_string_append (out, "</munderover>");
}

static void
write_table (GString *out, const AppFormulaNode *node)
{
  static const char *const sides[] = { "left", "center", "right" };

  g_string_append (out, "<mtable>");
  for (guint i = 0; node->children != NULL && node->number > 0 && i < node->children->len; i++) {
    char letter = node->text[i % node->number];

    if (i % node->number == 0)
      g_string_append (out, i > 0 ? "</mtr><mtr>" : "<mtr>");
    g_string_append_printf (out, "<mtd style=\"text-align: %s\">", sides[letter == 'l' ? 0 : letter == 'r' ? 2 : 1]);
    write_child (out, node, i);
    g_string_append (out, "</mtd>");
  }
  if (node->children != NULL && node->children->len > 0)
    g_string_append (out, "</mtr>");
  g_string_append (out, "</mtable>");
}

static void
write_style (GString *out, const AppFormulaNode *node)
{
  g_string_append_printf (out, "<mstyle displaystyle=\"%s\">", node->number == 0 ? "true" : "false");
  write_children (out, node);
  g_string_append (out, "</mstyle>");
}

static void
write_phantom (GString *out, const AppFormulaNode *node)
{
  g_string_append (out, "<mphantom>");
  write_children (out, node);
  g_string_append (out, "</mphantom>");
}

static void
write_box (GString *out, const AppFormulaNode *node)
{
  g_string_append (out, "<mrow style=\"border: 1px solid; padding: 0.2em\">");
  write_children (out, node);
  g_string_append (out, "</mrow>");
}

typedef void (*Write) (GString *out, const AppFormulaNode *node);

static const Write writers[APP_FORMULA_N_KINDS] = {
  [APP_FORMULA_ROW] = write_row, [APP_FORMULA_SYMBOL] = write_symbol, [APP_FORMULA_NAME] = write_name, [APP_FORMULA_TEXT] = write_text,
  [APP_FORMULA_SOURCE] = write_text, [APP_FORMULA_SPACE] = write_space, [APP_FORMULA_FRACTION] = write_fraction, [APP_FORMULA_RADICAL] = write_radical,
  [APP_FORMULA_SCRIPTS] = write_scripts, [APP_FORMULA_FENCE] = write_fence, [APP_FORMULA_DELIMITER] = write_delimiter, [APP_FORMULA_ACCENT] = write_accent,
  [APP_FORMULA_LINE] = write_line, [APP_FORMULA_BRACE] = write_accent, [APP_FORMULA_ARROW] = write_arrow, [APP_FORMULA_STACK] = write_stack,
  [APP_FORMULA_TABLE] = write_table, [APP_FORMULA_STYLE] = write_style, [APP_FORMULA_PHANTOM] = write_phantom, [APP_FORMULA_BOX] = write_box,
};

static void
write_node (GString *out, const AppFormulaNode *node)
{
  writers[node->kind] (out, node);
}

char *
app_formula_dup_mathml (AppFormula *self, const char *tex, gboolean display)
{
  GString *out = g_string_new (display ? "<math display=\"block\"><semantics>" : "<math><semantics>");
  g_autofree char *source = g_markup_escape_text (tex, -1);

  write_node (out, app_formula_get_root (self));
  g_string_append_printf (out, "<annotation encoding=\"application/x-tex\">%s</annotation></semantics></math>", source);
  return g_string_free (out, FALSE);
}
