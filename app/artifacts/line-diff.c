/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line-diff.h"

#include <string.h>

/* Products of numbers of lines: above that all of it counts as different. */
#define MAX_CELLS (4u << 20)

static void
line_free (gpointer data)
{
  LineDiffLine *line = data;

  g_free (line->text);
  g_free (line);
}

static void
add (GPtrArray *lines, LineDiffKind kind, const char *text)
{
  LineDiffLine *line = g_new0 (LineDiffLine, 1);

  line->kind = kind;
  line->text = g_strdup (text);
  g_ptr_array_add (lines, line);
}

/* The longest common subsequence of what is between the lines that both begin and end with. */
static void
add_middle (GPtrArray *lines, char **before, guint n, char **after, guint m)
{
  g_autofree guint32 *table = (gsize) (n + 1) * (m + 1) <= MAX_CELLS ? g_new0 (guint32, (gsize) (n + 1) * (m + 1)) : NULL;
  guint i = 0, j = 0;

  /* table[i][j]: its length for the lines from i and from j on. */
#define CELL(row, column) table[(gsize) (row) * (m + 1) + (column)]
  for (guint row = n; table != NULL && row-- > 0;)
    for (guint column = m; column-- > 0;)
      CELL (row, column) = strcmp (before[row], after[column]) == 0 ? CELL (row + 1, column + 1) + 1 : MAX (CELL (row + 1, column), CELL (row, column + 1));
  while (i < n && j < m && table != NULL) {
    if (strcmp (before[i], after[j]) == 0) {
      add (lines, LINE_DIFF_SAME, before[i]);
      i++;
      j++;
    } else if (CELL (i + 1, j) >= CELL (i, j + 1)) {
      add (lines, LINE_DIFF_GONE, before[i++]);
    } else {
      add (lines, LINE_DIFF_NEW, after[j++]);
    }
  }
#undef CELL
  while (i < n)
    add (lines, LINE_DIFF_GONE, before[i++]);
  while (j < m)
    add (lines, LINE_DIFF_NEW, after[j++]);
}

GPtrArray *
line_diff_new (const char *before, const char *after)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (line_free);
  g_auto (GStrv) a = g_strsplit (before, "\n", -1), b = g_strsplit (after, "\n", -1);
  guint n = g_strv_length (a), m = g_strv_length (b), head = 0, tail = 0;

  while (head < n && head < m && strcmp (a[head], b[head]) == 0)
    add (lines, LINE_DIFF_SAME, a[head++]);
  while (tail < n - head && tail < m - head && strcmp (a[n - 1 - tail], b[m - 1 - tail]) == 0)
    tail++;
  add_middle (lines, a + head, n - head - tail, b + head, m - head - tail);
  for (guint i = n - tail; i < n; i++)
    add (lines, LINE_DIFF_SAME, a[i]);
  return lines;
}
