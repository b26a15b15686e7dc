/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matrices, cases and aligned lines. */
#include "formula-box.h"

#define LINE 0.045 /* em, of the lines between columns and rows */

/* How the kinds of tables are set; lengths in em of the cells. */
typedef struct {
  int level;          /* the style of the cells; -1: as the table, but not larger than text */
  double side;        /* left and right of all */
  double between;     /* columns */
  double pair;        /* ALIGNED: before each second pair of columns */
  double height, depth; /* the least of a row */
  double gap;         /* the least between the ink of two rows */
} Manner;

static const Manner manners[] = {
  [APP_FORMULA_MATRIX] = { -1, 0.1, 0.9, 0, 0.78, 0.32, 0.1 },
  [APP_FORMULA_ARRAY] = { -1, 0.1, 0.9, 0, 0.78, 0.32, 0.1 },
  [APP_FORMULA_CASES] = { -1, 0.05, 1.0, 0, 0.84, 0.36, 0.1 },
  [APP_FORMULA_ALIGNED] = { 0, 0, 0, 2.0, 0.84, 0.36, 0.3 },
  [APP_FORMULA_SMALL] = { 2, 0.1, 0.5, 0, 0.7, 0.25, 0.05 },
  [APP_FORMULA_LINES] = { 2, 0, 0, 0, 0.6, 0.2, 0.08 },
};

static double
before_column (const Manner *manner, const AppFormulaNode *node, int column)
{
  if (column == 0)
    return 0;
  if (manner->pair > 0)
    return node->text[column] == 'r' || (node->text[column] == 'c' && node->text[column - 1] == 'c') ? manner->pair : 0;
  return manner->between;
}

static Box *
set_cell (const Setter *setter, const AppFormulaNode *node, int index, Style style)
{
  const AppFormulaNode *cell = app_formula_child (node, index);
  int column = index % node->number;

  if (cell == NULL)
    return box_new ();
  if (node->table == APP_FORMULA_ALIGNED && column > 0 && node->text[column] != 'r')
    return set_row_after (setter, cell, style);
  return set_row (setter, cell, style);
}

Box *
set_table (const Setter *setter, const AppFormulaNode *node, Style style)
{
  const Manner *manner = &manners[node->table];
  Style inner = { manner->level >= 0 ? MAX (manner->level, node->table == APP_FORMULA_ALIGNED ? style.level : 0) : MAX (style.level, 1), style.cramped };
  double unit = style_size (setter, inner);
  int columns = node->number;
  guint n = node->children != NULL && columns > 0 ? node->children->len : 0;
  guint rows = columns > 0 ? n / columns : 0;
  g_autofree Box **cells = g_new0 (Box *, n + 1);
  g_autofree double *widths = g_new0 (double, MAX (columns, 0) + 1);
  g_autofree double *lefts = g_new0 (double, MAX (columns, 0) + 1);
  g_autofree double *baselines = g_new0 (double, rows + 1);
  g_autofree double *bottoms = g_new0 (double, rows + 1);
  Box *box = box_new ();
  double y = 0;
  double x = 0;
  double axis = style_axis (setter, style);
  gboolean framed = node->table == APP_FORMULA_ARRAY;

  for (guint i = 0; i < n; i++) {
    cells[i] = set_cell (setter, node, i, inner);
    widths[i % columns] = MAX (widths[i % columns], cells[i]->width + cells[i]->italic);
  }
  for (guint row = 0; row < rows; row++) {
    double height = manner->height * unit;
    double depth = manner->depth * unit;

    for (int column = 0; column < columns; column++) {
      height = MAX (height, cells[row * columns + column]->height + manner->gap * unit / 2);
      depth = MAX (depth, cells[row * columns + column]->depth + manner->gap * unit / 2);
    }
    baselines[row] = y + height;
    y += height + depth;
    bottoms[row] = y;
  }
  x = (framed && node->rules & 1 ? manner->between / 2 : manner->side) * unit;
  for (int column = 0; column < columns; column++) {
    x += before_column (manner, node, column) * unit;
    lefts[column] = x;
    x += widths[column];
  }
  box->width = x + (framed && node->rules >> columns & 1 ? manner->between / 2 : manner->side) * unit;
  /* Around the axis. */
  box->height = y / 2 + axis;
  box->depth = y / 2 - axis;
  for (guint i = 0; i < n; i++) {
    int column = i % columns;
    double room = widths[column] - cells[i]->width - cells[i]->italic;
    double shift = node->text[column] == 'l' ? 0 : node->text[column] == 'r' ? room : room / 2;

    box_put (box, cells[i], lefts[column] + shift, box->height - baselines[i / columns]);
  }
  for (int column = 0; column <= columns && framed; column++)
    if (node->rules >> column & 1) {
      double at = column == 0 ? 0 : column == columns ? box->width - LINE : lefts[column] - manner->between * unit / 2;

      box_put_rule (box, at, y / 2 + axis - y, LINE, y);
    }
  for (guint row = 0; row <= rows && row < 64; row++)
    if (node->row_rules >> row & 1)
      box_put_rule (box, 0, y / 2 + axis - (row == 0 ? 0 : bottoms[row - 1]) - (row == rows ? 0 : LINE), box->width, LINE);
  box->accent = box->width / 2;
  return box;
}
