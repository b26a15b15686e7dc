/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A formula as plain text on one line: "2348 × 0.175", "(a + b)/2", "x^2". */
#include "app-formula.h"

#include <string.h>

/* Longer texts are cut: they are for one line. */
#define MAX_BYTES 4096

static void write_node (GString *out, const AppFormulaNode *node);

static char *
dup_plain (const AppFormulaNode *node)
{
  GString *out = g_string_new (NULL);

  if (node != NULL)
    write_node (out, node);
  return g_strstrip (g_string_free (out, FALSE));
}

/* In brackets, unless it is one number or one word. */
static void
write_part (GString *out, const AppFormulaNode *node)
{
  g_autofree char *text = dup_plain (node);
  gboolean simple = TRUE;

  for (const char *c = text; *c != '\0' && simple; c = g_utf8_next_char (c))
    simple = g_unichar_isalnum (g_utf8_get_char (c)) || *c == '.' || *c == ',';
  g_string_append_printf (out, simple ? "%s" : "(%s)", text);
}

static void
write_spaced (GString *out, const char *text)
{
  if (out->len > 0 && out->str[out->len - 1] != ' ')
    g_string_append_c (out, ' ');
  g_string_append_printf (out, "%s ", text);
}

static void
write_symbol (GString *out, const AppFormulaNode *node)
{
  char letter[8] = "";

  if (node->character == 0)
    return;
  letter[g_unichar_to_utf8 (node->character, letter)] = '\0';
  if (node->atom == APP_FORMULA_REL || (node->atom == APP_FORMULA_BIN && out->len > 0))
    write_spaced (out, letter);
  else
    g_string_append (out, letter);
}

static void
write_children (GString *out, const AppFormulaNode *node)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    if (app_formula_child (node, i) != NULL)
      write_node (out, app_formula_child (node, i));
}

static void
write_script (GString *out, const char *sign, const AppFormulaNode *script)
{
  if (script == NULL)
    return;
  g_string_append (out, sign);
  write_part (out, script);
}

static void
write_node (GString *out, const AppFormulaNode *node)
{
  if (out->len > MAX_BYTES)
    return;
  switch (node->kind) {
  case APP_FORMULA_SYMBOL:
  case APP_FORMULA_DELIMITER:
    write_symbol (out, node);
    break;
  case APP_FORMULA_NAME:
    write_spaced (out, node->text != NULL ? node->text : "");
    break;
  case APP_FORMULA_TEXT:
  case APP_FORMULA_SOURCE:
    g_string_append (out, node->text != NULL ? node->text : "");
    break;
  case APP_FORMULA_SPACE:
    if (node->number > 4 && out->len > 0 && out->str[out->len - 1] != ' ')
      g_string_append_c (out, ' ');
    break;
  case APP_FORMULA_FRACTION:
    write_part (out, app_formula_child (node, 0));
    g_string_append_c (out, '/');
    write_part (out, app_formula_child (node, 1));
    break;
  case APP_FORMULA_RADICAL:
    g_string_append (out, "√");
    write_part (out, app_formula_child (node, 0));
    break;
  case APP_FORMULA_SCRIPTS:
    if (app_formula_child (node, 0) != NULL)
      write_node (out, app_formula_child (node, 0));
    write_script (out, "_", app_formula_child (node, 1));
    write_script (out, "^", app_formula_child (node, 2));
    break;
  case APP_FORMULA_FENCE:
    if (node->character != 0)
      g_string_append_unichar (out, node->character);
    write_children (out, node);
    while (out->len > 0 && out->str[out->len - 1] == ' ')
      g_string_truncate (out, out->len - 1);
    if (node->second != 0)
      g_string_append_unichar (out, node->second);
    break;
  case APP_FORMULA_PHANTOM:
    break;
  default:
    write_children (out, node);
    break;
  }
}

char *
app_formula_dup_plain (AppFormula *self)
{
  return dup_plain (app_formula_get_root (self));
}

/* ---- within a text ---- */

static const struct {
  const char *open, *close;
} delimiters[] = { { "\\(", "\\)" }, { "\\[", "\\]" }, { "$$", "$$" } };

static void
append_formula (GString *out, const char *tex, gsize length)
{
  g_autofree char *copy = g_strndup (tex, length);
  g_autoptr (AppFormula) formula = app_formula_new (copy);
  g_autofree char *plain = formula != NULL ? app_formula_dup_plain (formula) : g_strdup (copy);

  g_string_append (out, plain);
}

char *
app_formula_dup_plain_text (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0') {
    guint kind = 0;
    const char *end;
    gsize length;

    while (kind < G_N_ELEMENTS (delimiters) && !g_str_has_prefix (text, delimiters[kind].open))
      kind++;
    if (kind == G_N_ELEMENTS (delimiters)) {
      g_string_append_c (out, *text++);
      continue;
    }
    text += strlen (delimiters[kind].open);
    end = strstr (text, delimiters[kind].close);
    length = end != NULL ? (gsize) (end - text) : strlen (text);
    append_formula (out, text, length);
    text = end != NULL ? end + strlen (delimiters[kind].close) : text + length;
  }
  return g_string_free (out, FALSE);
}
