/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula as one would read it to somebody: what is short is said shortly, what is long has a beginning and an end that can be heard. */
#include "app-formula.h"

#include <glib/gi18n.h>
#include <string.h>

/* Longer readings are cut: every node is written once, but a translation may repeat nothing and still be long. */
#define MAX_WORDS (32 * 1024)

static void write_node (GString *out, const AppFormulaNode *node);

static void
say (GString *out, const char *words)
{
  if (words == NULL || *words == '\0' || out->len > MAX_WORDS)
    return;
  if (out->len > 0 && out->str[out->len - 1] != ' ')
    g_string_append_c (out, ' ');
  g_string_append (out, words);
}

static char *
dup_words (const AppFormulaNode *node)
{
  GString *out = g_string_new (NULL);

  if (node != NULL)
    write_node (out, node);
  return g_string_free (out, FALSE);
}

/* A node that is one word, and what is in a row of one. */
static const AppFormulaNode *
strip (const AppFormulaNode *node)
{
  while (node != NULL && (node->kind == APP_FORMULA_ROW || node->kind == APP_FORMULA_STYLE) && node->children != NULL && node->children->len == 1)
    node = app_formula_child (node, 0);
  return node;
}

static gboolean
is_short (const AppFormulaNode *node)
{
  node = strip (node);
  if (node == NULL)
    return TRUE;
  if (node->kind == APP_FORMULA_ROW) {
    for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
      const AppFormulaNode *child = app_formula_child (node, i);

      if (child == NULL || child->kind != APP_FORMULA_SYMBOL || !g_unichar_isdigit (child->character))
        return node->children->len <= 2 && child != NULL && child->kind == APP_FORMULA_SYMBOL;
    }
    return TRUE;
  }
  return node->kind == APP_FORMULA_SYMBOL || node->kind == APP_FORMULA_TEXT || node->kind == APP_FORMULA_NAME;
}

static gboolean
is_character (const AppFormulaNode *node, gunichar c)
{
  node = strip (node);
  return node != NULL && node->kind == APP_FORMULA_SYMBOL && node->character == c;
}

/* Upright letters that follow one another are one word. */
static gboolean
is_roman_letter (const AppFormulaNode *node)
{
  return node != NULL && node->kind == APP_FORMULA_SYMBOL && node->symbol == NULL && g_unichar_isalpha (node->character) &&
         (node->alphabet == APP_FORMULA_ROMAN || node->alphabet == APP_FORMULA_SANS || node->alphabet == APP_FORMULA_MONO);
}

/* And digits are one number. */
static void
write_row (GString *out, const AppFormulaNode *node)
{
  gboolean in_number = FALSE;

  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    const AppFormulaNode *child = app_formula_child (node, i);
    gboolean digit = child != NULL && child->kind == APP_FORMULA_SYMBOL && g_unichar_isdigit (child->character);
    gboolean point = child != NULL && child->kind == APP_FORMULA_SYMBOL && in_number && (child->character == '.' || child->character == ',');

    if (point) {
      const AppFormulaNode *next = app_formula_child (node, i + 1);

      point = next != NULL && next->kind == APP_FORMULA_SYMBOL && g_unichar_isdigit (next->character);
    }
    if (child == NULL)
      continue;
    if (is_roman_letter (child) && is_roman_letter (app_formula_child (node, i + 1))) {
      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
      for (; is_roman_letter (app_formula_child (node, i)); i++)
        g_string_append_unichar (out, app_formula_child (node, i)->character);
      i--;
    } else if (in_number && (digit || point)) {
      g_string_append_unichar (out, child->character);
    } else {
      write_node (out, child);
    }
    in_number = digit || point;
  }
}

static void
write_symbol (GString *out, const AppFormulaNode *node)
{
  char letter[8] = "";

  if (node->symbol != NULL && node->symbol->words != NULL) {
    say (out, _(node->symbol->words));
    return;
  }
  letter[g_unichar_to_utf8 (node->character, letter)] = '\0';
  /* A comma belongs to what is before it. */
  if (node->character == ',' || node->character == ';' || node->character == '.')
    g_string_append (out, letter);
  else if (g_unichar_isupper (node->character)) {
    /* Translators: a capital letter in a formula, read aloud. */
    g_autofree char *words = g_strdup_printf (_("capital %s"), letter);

    say (out, words);
  } else {
    say (out, letter);
  }
}

static void
write_name (GString *out, const AppFormulaNode *node)
{
  static const struct {
    const char *name, *words;
  } names[] = {
    { "sin", N_("sine of") }, { "cos", N_("cosine of") }, { "tan", N_("tangent of") }, { "cot", N_("cotangent of") },
    { "log", N_("log of") }, { "ln", N_("natural log of") }, { "exp", N_("exponential of") }, { "lim", N_("limit") },
    { "max", N_("maximum") }, { "min", N_("minimum") }, { "det", N_("determinant of") }, { "mod", N_("modulo") },
    { "gcd", N_("greatest common divisor of") }, { "sup", N_("supremum") }, { "inf", N_("infimum") }, { "dim", N_("dimension of") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, node->text) == 0) {
      say (out, _(names[i].words));
      return;
    }
  say (out, node->text);
}

static void
write_text (GString *out, const AppFormulaNode *node)
{
  g_autofree char *text = g_strstrip (g_strdup (node->text));

  say (out, text);
}

static void
write_nothing (GString *out, const AppFormulaNode *node)
{
}

static void
write_fraction (GString *out, const AppFormulaNode *node)
{
  const AppFormulaNode *above = app_formula_child (node, 0);
  const AppFormulaNode *below = app_formula_child (node, 1);
  g_autofree char *a = dup_words (above);
  g_autofree char *b = dup_words (below);
  g_autofree char *words = NULL;

  if (node->bare)
    /* Translators: a binomial coefficient, read aloud: "n choose k". */
    words = g_strdup_printf (_("%s choose %s"), a, b);
  else if (is_short (above) && is_short (below))
    /* Translators: a short fraction, read aloud: "a over b". */
    words = g_strdup_printf (_("%s over %s"), a, b);
  else
    /* Translators: a long fraction, read aloud. */
    words = g_strdup_printf (_("fraction %s over %s, end of fraction"), a, b);
  say (out, words);
}

static void
write_radical (GString *out, const AppFormulaNode *node)
{
  const AppFormulaNode *body = app_formula_child (node, 0);
  const AppFormulaNode *index = app_formula_child (node, 1);
  g_autofree char *a = dup_words (body);
  g_autofree char *n = dup_words (index);
  g_autofree char *words = NULL;

  if (index == NULL || is_character (index, '2'))
    words = g_strdup_printf (is_short (body) ? _("square root of %s") : _("square root of %s, end of root"), a);
  else if (is_character (index, '3'))
    words = g_strdup_printf (is_short (body) ? _("cube root of %s") : _("cube root of %s, end of root"), a);
  else
    /* Translators: first the index of a root, then what is under it, read aloud. */
    words = g_strdup_printf (_("root of order %s of %s, end of root"), n, a);
  say (out, words);
}

/* Sums, integrals and limits say where they run. */
static gboolean
is_large (const AppFormulaNode *base)
{
  return base != NULL && (base->limits || (base->kind == APP_FORMULA_SYMBOL && base->atom == APP_FORMULA_OP));
}

static void
write_limits (GString *out, const AppFormulaNode *base, const AppFormulaNode *sub, const AppFormulaNode *sup)
{
  g_autofree char *b = dup_words (base);
  g_autofree char *from = dup_words (sub);
  g_autofree char *to = dup_words (sup);
  g_autofree char *words = NULL;

  if (base->kind == APP_FORMULA_NAME)
    /* Translators: "limit as x to 0 of", "maximum over x of" and the like, read aloud. */
    words = sup == NULL ? g_strdup_printf (_("%s for %s of"), b, from) : g_strdup_printf (_("%s for %s up to %s of"), b, from, to);
  else if (sub != NULL && sup != NULL)
    /* Translators: "sum from k equals 1 to n of", "integral from 0 to 1 of", read aloud. */
    words = g_strdup_printf (_("%s from %s to %s of"), b, from, to);
  else if (sub != NULL)
    words = g_strdup_printf (_("%s over %s of"), b, from);
  else
    words = g_strdup_printf (_("%s up to %s of"), b, to);
  say (out, words);
}

static void
write_power (GString *out, const AppFormulaNode *sup)
{
  static const struct {
    gunichar c;
    const char *words;
  } powers[] = { { '2', N_("squared") }, { '3', N_("cubed") }, { 0x2032, N_("prime") }, { 0x2217, N_("star") }, { 0x22a4, N_("transposed") },
                 { 0x2020, N_("dagger") }, { 0x2218, N_("degrees") } };
  g_autofree char *n = dup_words (sup);
  g_autofree char *words = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (powers); i++)
    if (is_character (sup, powers[i].c)) {
      say (out, _(powers[i].words));
      return;
    }
  words = g_strdup_printf (is_short (sup) ? _("to the power %s") : _("to the power %s, end of power"), n);
  say (out, words);
}

static void
write_scripts (GString *out, const AppFormulaNode *node)
{
  const AppFormulaNode *base = app_formula_child (node, 0);
  const AppFormulaNode *sub = app_formula_child (node, 1);
  const AppFormulaNode *sup = app_formula_child (node, 2);

  if (base != NULL && base->kind == APP_FORMULA_BRACE) {
    g_autofree char *a = dup_words (base);
    g_autofree char *b = dup_words (sub != NULL ? sub : sup);
    /* Translators: a part of a formula with a brace, and what is written at the brace, read aloud. */
    g_autofree char *words = g_strdup_printf (_("%s, marked %s,"), a, b);

    say (out, words);
    return;
  }
  if (is_large (base)) {
    write_limits (out, base, sub, sup);
    return;
  }
  if (base != NULL)
    write_node (out, base);
  if (sub != NULL) {
    g_autofree char *n = dup_words (sub);
    /* Translators: a subscript, read aloud: "x sub i". */
    g_autofree char *words = g_strdup_printf (is_short (sub) ? _("sub %s") : _("sub %s, end of subscript"), n);

    say (out, words);
  }
  if (sup != NULL)
    write_power (out, sup);
}

static void
write_table (GString *out, const AppFormulaNode *node)
{
  guint rows = node->number > 0 && node->children != NULL ? node->children->len / node->number : 0;
  gboolean matrix = node->table == APP_FORMULA_MATRIX || node->table == APP_FORMULA_SMALL || node->table == APP_FORMULA_ARRAY;

  if (matrix) {
    g_autofree char *size = g_strdup_printf (ngettext ("matrix of %u row", "matrix of %u rows", rows), rows);

    say (out, size);
  }
  for (guint row = 0; row < rows; row++) {
    g_autofree char *number = matrix ? g_strdup_printf (_("; row %u:"), row + 1) : g_strdup (row > 0 ? ";" : "");

    g_string_append (out, number);
    for (int column = 0; column < node->number; column++) {
      const AppFormulaNode *cell = app_formula_child (node, row * node->number + column);

      if (matrix && column > 0)
        g_string_append_c (out, ',');
      if (cell != NULL)
        write_node (out, cell);
    }
  }
  if (matrix)
    say (out, _("; end of matrix"));
}

static void
say_delimiter (GString *out, gunichar c)
{
  const AppFormulaSymbol *symbol = c != 0 ? app_formula_find_character (c) : NULL;

  if (symbol != NULL && symbol->words != NULL)
    say (out, _(symbol->words));
}

static void
write_fence (GString *out, const AppFormulaNode *node)
{
  const AppFormulaNode *inside = strip (app_formula_child (node, 0));

  if (inside == NULL)
    return;
  if (inside->kind == APP_FORMULA_TABLE) {
    say (out, inside->table == APP_FORMULA_CASES                   ? _("cases:")
              : node->character == '|' && node->second == '|'      ? _("determinant of")
                                                                   : "");
    write_table (out, inside);
    return;
  }
  if (inside->kind == APP_FORMULA_FRACTION && inside->bare) {
    write_fraction (out, inside);
    return;
  }
  if (node->character == '|' && node->second == '|') {
    g_autofree char *a = dup_words (inside);
    g_autofree char *words = g_strdup_printf (_("absolute value of %s, end of absolute value"), a);

    say (out, words);
    return;
  }
  say_delimiter (out, node->character);
  write_node (out, inside);
  say_delimiter (out, node->second);
}

static void
write_delimiter (GString *out, const AppFormulaNode *node)
{
  say_delimiter (out, node->character);
}

static void
write_accent (GString *out, const AppFormulaNode *node)
{
  static const struct {
    gunichar c;
    const char *words;
  } accents[] = { { 0x302, N_("hat") }, { 0x303, N_("tilde") }, { 0x304, N_("bar") }, { 0x20d7, N_("vector") }, { 0x307, N_("dot") }, { 0x308, N_("double dot") },
                  { 0x338, N_("negated") } };

  write_row (out, node);
  for (guint i = 0; i < G_N_ELEMENTS (accents); i++)
    if (accents[i].c == node->character)
      say (out, _(accents[i].words));
}

static void
write_line (GString *out, const AppFormulaNode *node)
{
  write_row (out, node);
  say (out, node->under ? _("underlined") : _("bar"));
}

static void
write_arrow (GString *out, const AppFormulaNode *node)
{
  say_delimiter (out, node->character);
  write_row (out, node);
}

typedef void (*Write) (GString *out, const AppFormulaNode *node);

static const Write writers[APP_FORMULA_N_KINDS] = {
  [APP_FORMULA_ROW] = write_row, [APP_FORMULA_SYMBOL] = write_symbol, [APP_FORMULA_NAME] = write_name, [APP_FORMULA_TEXT] = write_text,
  [APP_FORMULA_SOURCE] = write_text, [APP_FORMULA_SPACE] = write_nothing, [APP_FORMULA_FRACTION] = write_fraction, [APP_FORMULA_RADICAL] = write_radical,
  [APP_FORMULA_SCRIPTS] = write_scripts, [APP_FORMULA_FENCE] = write_fence, [APP_FORMULA_DELIMITER] = write_delimiter, [APP_FORMULA_ACCENT] = write_accent,
  [APP_FORMULA_LINE] = write_line, [APP_FORMULA_BRACE] = write_row, [APP_FORMULA_ARROW] = write_arrow, [APP_FORMULA_STACK] = write_row,
  [APP_FORMULA_TABLE] = write_table, [APP_FORMULA_STYLE] = write_row, [APP_FORMULA_PHANTOM] = write_nothing, [APP_FORMULA_BOX] = write_row,
};

static void
write_node (GString *out, const AppFormulaNode *node)
{
  if (out->len <= MAX_WORDS)
    writers[node->kind] (out, node);
}

char *
app_formula_dup_words (AppFormula *self)
{
  g_autofree char *words = dup_words (app_formula_get_root (self));

  return g_strdup (g_strstrip (words));
}
