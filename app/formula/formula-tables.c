/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The environments of a formula, which are all tables: one line each. */
#include "formula-private.h"

#include <string.h>

#define MAX_COLUMNS 60

/* `columns`: the letters of its columns, repeated; NULL: the source says them. */
typedef struct {
  const char *name;
  AppFormulaTable table;
  gunichar left, right;
  const char *columns;
} Environment;

static const Environment environments[] = {
  { "matrix", APP_FORMULA_MATRIX, 0, 0, "c" },
  { "pmatrix", APP_FORMULA_MATRIX, '(', ')', "c" },
  { "bmatrix", APP_FORMULA_MATRIX, '[', ']', "c" },
  { "Bmatrix", APP_FORMULA_MATRIX, '{', '}', "c" },
  { "vmatrix", APP_FORMULA_MATRIX, '|', '|', "c" },
  { "Vmatrix", APP_FORMULA_MATRIX, 0x2016, 0x2016, "c" },
  { "smallmatrix", APP_FORMULA_SMALL, 0, 0, "c" },
  { "array", APP_FORMULA_ARRAY, 0, 0, NULL },
  { "tabular", APP_FORMULA_ARRAY, 0, 0, NULL },
  { "cases", APP_FORMULA_CASES, '{', 0, "l" },
  { "dcases", APP_FORMULA_CASES, '{', 0, "l" },
  { "rcases", APP_FORMULA_CASES, 0, '}', "l" },
  { "aligned", APP_FORMULA_ALIGNED, 0, 0, "rl" },
  { "align", APP_FORMULA_ALIGNED, 0, 0, "rl" },
  { "split", APP_FORMULA_ALIGNED, 0, 0, "rl" },
  { "alignedat", APP_FORMULA_ALIGNED, 0, 0, "rl" },
  { "alignat", APP_FORMULA_ALIGNED, 0, 0, "rl" },
  { "flalign", APP_FORMULA_ALIGNED, 0, 0, "rl" },
  { "eqnarray", APP_FORMULA_ALIGNED, 0, 0, "rcl" },
  { "gathered", APP_FORMULA_ALIGNED, 0, 0, "c" },
  { "gather", APP_FORMULA_ALIGNED, 0, 0, "c" },
  { "multline", APP_FORMULA_ALIGNED, 0, 0, "c" },
  { "equation", APP_FORMULA_ALIGNED, 0, 0, "c" },
  { "displaymath", APP_FORMULA_ALIGNED, 0, 0, "c" },
  { "math", APP_FORMULA_ALIGNED, 0, 0, "c" },
  { "substack", APP_FORMULA_LINES, 0, 0, "c" },
};

/* A star only says that there is no number. */
static const Environment *
find_environment (const char *name)
{
  gsize length = strlen (name) - g_str_has_suffix (name, "*");

  for (guint i = 0; i < G_N_ELEMENTS (environments); i++)
    if (strlen (environments[i].name) == length && strncmp (environments[i].name, name, length) == 0)
      return &environments[i];
  return NULL;
}

/* The letters of "{c|cc@{…}p{…}}", the bars as bits. (transfer full) */
static char *
read_columns (Reader *reader, guint64 *rules)
{
  g_autofree char *source = formula_read_text_argument (reader);
  GString *out = g_string_new (NULL);
  guint depth = 0;

  for (const char *p = source; *p != '\0' && out->len < MAX_COLUMNS; p++) {
    if (*p == '{')
      depth++;
    else if (*p == '}')
      depth -= depth > 0;
    else if (depth == 0 && *p == '|')
      *rules |= (guint64) 1 << out->len;
    else if (depth == 0 && strchr ("lcr", *p) != NULL)
      g_string_append_c (out, *p);
    else if (depth == 0 && strchr ("pmb", *p) != NULL)
      g_string_append_c (out, 'l');
  }
  return g_string_free (out, FALSE);
}

/* What may stand between two rows: \hline, and after \\ a distance in brackets, which is left out. */
static void
read_between_rows (Reader *reader, AppFormulaNode *table, guint row, gboolean after_break)
{
  formula_skip_spaces (reader);
  if (after_break && *reader->at == '*')
    reader->at++;
  if (after_break && *reader->at == '[') {
    const char *end = reader->at + 1;

    /* "[2pt]" but not the bracket of a formula. */
    while (g_ascii_isalnum (*end) || *end == '.' || *end == '-')
      end++;
    if (*end == ']' && end - reader->at < 12 && end > reader->at + 2 && g_ascii_isalpha (end[-1]) && g_ascii_isalpha (end[-2]))
      reader->at = end + 1;
  }
  for (;;) {
    formula_skip_spaces (reader);
    if (formula_take (reader, "\\hline") || formula_take (reader, "\\toprule") || formula_take (reader, "\\midrule") || formula_take (reader, "\\bottomrule"))
      table->row_rules |= row < 64 ? (guint64) 1 << row : 0;
    else if (formula_take (reader, "\\cline") || formula_take (reader, "\\noalign"))
      g_free (formula_read_text_argument (reader));
    else
      break;
  }
}

/* Rows of cells up to `end`; short rows are filled up when all are known. */
static void
read_cells (Reader *reader, AppFormulaNode *table, GPtrArray *rows, gboolean in_braces)
{
  guint columns = 0;

  read_between_rows (reader, table, 0, FALSE);
  while (!reader->failed && *reader->at != '\0' && *reader->at != '}') {
    GPtrArray *cells = g_ptr_array_new ();

    for (;;) {
      g_ptr_array_add (cells, formula_read_row (reader, STOP_CELL | STOP_BRACE | (in_braces ? 0 : STOP_RIGHT)));
      if (*reader->at != '&' || cells->len >= MAX_COLUMNS || reader->failed)
        break;
      reader->at++;
    }
    g_ptr_array_add (rows, cells);
    columns = MAX (columns, cells->len);
    if (!formula_take (reader, "\\\\") && !formula_take (reader, "\\cr")) {
      if (*reader->at == '&')
        reader->at++;
      else
        break;
    }
    read_between_rows (reader, table, rows->len, TRUE);
    if (g_str_has_prefix (reader->at, "\\end"))
      break;
  }
  table->number = columns;
}

static void
fill (Reader *reader, AppFormulaNode *table, GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++) {
    GPtrArray *cells = g_ptr_array_index (rows, i);

    for (int column = 0; column < table->number; column++)
      formula_node_add (table, column < (int) cells->len ? g_ptr_array_index (cells, column) : NULL);
  }
}

static char *
dup_alignment (const char *columns, int n)
{
  GString *out = g_string_new (NULL);
  gsize length = strlen (columns);

  for (int i = 0; i < n; i++)
    g_string_append_c (out, length > 0 ? columns[i % length] : 'c');
  return g_string_free (out, FALSE);
}

AppFormulaNode *
formula_read_environment (Reader *reader, const Command *command)
{
  const char *begin = reader->at - strlen (command->name) - 1;
  gboolean in_braces = command->text != NULL;
  g_autofree char *name = in_braces ? g_strdup (command->text) : formula_read_text_argument (reader);
  g_autofree char *given = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  const Environment *environment = find_environment (name);
  AppFormulaAlphabet alphabet = reader->alphabet;
  AppFormulaNode *table;
  AppFormulaNode *fence;

  if (environment == NULL) {
    AppFormulaNode *source = formula_node_new (reader, APP_FORMULA_SOURCE);

    source->text = g_strndup (begin, reader->at - begin);
    return source;
  }
  table = formula_node_new (reader, APP_FORMULA_TABLE);
  table->table = environment->table;
  formula_skip_spaces (reader);
  if (in_braces)
    reader->at += *reader->at == '{';
  else if (environment->columns == NULL && *reader->at == '[')
    formula_read_option (reader);
  if (environment->columns == NULL)
    given = read_columns (reader, &table->rules);
  else if (strstr (environment->name, "alignat") != NULL || strstr (environment->name, "alignedat") != NULL)
    g_free (formula_read_text_argument (reader));
  read_cells (reader, table, rows, in_braces);
  fill (reader, table, rows);
  table->text = dup_alignment (given != NULL ? given : environment->columns, table->number);
  reader->alphabet = alphabet;
  if (in_braces) {
    reader->at += *reader->at == '}';
  } else if (formula_take (reader, "\\end")) {
    g_autofree char *end = formula_read_text_argument (reader);
  }
  if (environment->left == 0 && environment->right == 0)
    return table;
  fence = formula_node_new (reader, APP_FORMULA_FENCE);
  fence->atom = APP_FORMULA_INNER;
  fence->character = environment->left;
  fence->second = environment->right;
  formula_node_add (fence, table);
  return fence;
}
