/* SPDX-License-Identifier: MIT */
/* What is known of a table after the first reading, and what is decided then. */
#include <string.h>

#include "tables.h"

static void
free_head (gpointer data)
{
  HeadRow *row = data;
  for (guint i = 0; i < row->cells->len; i++)
    g_free ((char *) g_array_index (row->cells, HeadCell, i).cell.text);
  g_array_unref (row->cells);
  g_free (row);
}

static void
free_column (gpointer data)
{
  TableColumn *column = data;
  g_free (column->name);
  g_free (column->finds.missing_text);
  g_free (column->finds.misfit_text);
  g_free (column->finds.error_text);
  g_free (column->finds.order_text);
  g_free (column->finds.sign_text);
  g_free (column);
}

static void
free_note (gpointer data)
{
  g_free (((MediaNote *) data)->text);
  g_free (data);
}

TablePlan *
table_plan_new (const char *title, bool hidden)
{
  TablePlan *plan = g_new0 (TablePlan, 1);

  plan->title = g_strdup (title);
  plan->hidden = hidden;
  plan->head = g_ptr_array_new_with_free_func (free_head);
  plan->merges = g_array_new (FALSE, FALSE, sizeof (TableMerge));
  plan->columns = g_ptr_array_new_with_free_func (free_column);
  plan->widths = g_array_new (FALSE, TRUE, sizeof (guint64));
  plan->notes = g_ptr_array_new_with_free_func (free_note);
  return plan;
}

void
table_plan_free (TablePlan *plan)
{
  g_free (plan->title);
  g_free (plan->total);
  g_free (plan->to);
  g_strfreev (plan->names);
  g_clear_pointer (&plan->head, g_ptr_array_unref);
  g_array_unref (plan->merges);
  g_ptr_array_unref (plan->columns);
  g_array_unref (plan->widths);
  g_ptr_array_unref (plan->notes);
  g_free (plan);
}

TableColumn *
table_plan_column (TablePlan *plan, unsigned source)
{
  while (plan->columns->len <= source) {
    TableColumn *column = g_new0 (TableColumn, 1);
    column->source = plan->columns->len;
    g_ptr_array_add (plan->columns, column);
  }
  return g_ptr_array_index (plan->columns, source);
}

void
table_plan_add_note (TablePlan *plan, MediaNoteKind kind, int column, uint64_t row, uint64_t count, const char *text, size_t length)
{
  if (plan->notes->len >= MEDIA_TABLE_MAX_NOTES)
    return;
  MediaNote *note = g_new0 (MediaNote, 1);
  size_t cut = MIN (length, 200);
  while (cut < length && cut > 0 && ((guint8) text[cut] & 0xc0) == 0x80)
    cut--;
  *note = (MediaNote) { kind, column, row, count, g_strndup (text, cut) };
  g_ptr_array_add (plan->notes, note);
}

/* ---- deciding ---- */

/* The kept rows that are data count like the others. */
static void
look_at_head (TablePlan *plan)
{
  for (guint i = 0; i < plan->head->len; i++) {
    const HeadRow *row = g_ptr_array_index (plan->head, i);
    if (row->row < plan->first_data || row->row > plan->last_data)
      continue;
    for (guint k = 0; k < row->cells->len; k++) {
      const HeadCell *cell = &g_array_index (row->cells, HeadCell, k);
      column_look (&table_plan_column (plan, cell->column)->looks, &cell->cell);
    }
  }
}

/* "Price (€)": a unit in brackets behind a name. */
static void
take_unit_of_name (TableColumn *column)
{
  size_t length = strlen (column->name);
  const char *open = strrchr (column->name, '('), *square = strrchr (column->name, '[');

  if (square != NULL && (open == NULL || square > open))
    open = square;
  bool numeric = column->plan.type == MEDIA_COLUMN_INTEGER || column->plan.type == MEDIA_COLUMN_REAL;
  if (!numeric || column->plan.unit[0] != '\0' || open == NULL || length < 3 || column->name[length - 1] != (*open == '(' ? ')' : ']'))
    return;
  const char *unit = look_find_unit (open + 1, (size_t) (column->name + length - 1 - (open + 1)));
  if (unit != NULL)
    g_strlcpy (column->plan.unit, unit, sizeof column->plan.unit);
}

static unsigned
find_sign (const char *value)
{
  return value == NULL ? 0 : *value == ',' ? LOOK_COMMA : LOOK_POINT;
}

static unsigned
find_order (const char *value)
{
  return value == NULL ? 0 : strcmp (value, "mdy") == 0 ? LOOK_MDY : strcmp (value, "ymd") == 0 ? LOOK_YMD : LOOK_DMY;
}

static void
decide_column (TableColumn *column, Tables *tables, int table, int index)
{
  const char *type = tables_choice (tables, "type", table, index), *sign = tables_choice (tables, "decimal", table, index), *order = tables_choice (tables, "order", table, index);

  column_decide (&column->looks, &tables->file, column->name, &column->plan);
  if (type != NULL || sign != NULL || order != NULL) {
    MediaColumnType chosen = type != NULL ? media_column_type_find (type) : column->plan.type;
    column_force (&column->looks, &column->plan, chosen < MEDIA_COLUMN_N ? chosen : column->plan.type, find_sign (sign), find_order (order));
  }
  take_unit_of_name (column);
}

/* Which columns are sent: those with a name or a cell. */
static void
map_columns (TablePlan *plan)
{
  unsigned n = plan->columns->len, sent = 0;
  g_autoptr (GPtrArray) all = g_steal_pointer (&plan->columns);

  plan->columns = g_ptr_array_new_with_free_func (free_column);
  plan->to = g_new (int, n + 1);
  plan->n_sources = n;
  g_ptr_array_set_free_func (all, NULL);
  for (unsigned i = 0; i < n; i++) {
    TableColumn *column = g_ptr_array_index (all, i);
    bool used = column->looks.n > 0 || column->name[0] != '\0';
    plan->to[i] = used ? (int) sent++ : -1;
    if (used)
      g_ptr_array_add (plan->columns, column);
    else
      free_column (column);
  }
}

/* How many cells a row should have: as most have. */
static void
find_width (TablePlan *plan)
{
  for (guint i = 1; i < plan->widths->len; i++)
    if (g_array_index (plan->widths, guint64, i) > g_array_index (plan->widths, guint64, plan->width))
      plan->width = i;
}

/* Rows with one cell behind the last with more are remarks below the table. */
static void
find_end (TablePlan *plan)
{
  plan->last_data = plan->row;
  if (plan->columns->len >= 3 && plan->names == NULL && plan->last_full > plan->first_data && plan->last_full < plan->row && plan->row - plan->last_full <= 20)
    plan->last_data = plan->last_full;
}

static void
add_notes (TablePlan *plan)
{
  const char *total = plan->total;

  if (plan->hidden)
    table_plan_add_note (plan, MEDIA_NOTE_HIDDEN, -1, 0, 1, "", 0);
  if (plan->n_header == 0 && plan->names == NULL)
    table_plan_add_note (plan, MEDIA_NOTE_NO_NAMES, -1, plan->first_data, 1, "", 0);
  if (plan->n_header > 1)
    table_plan_add_note (plan, MEDIA_NOTE_NAME_ROWS, -1, plan->first_data, plan->n_header, "", 0);
  if (total != NULL && plan->total_row <= plan->last_data && plan->total_row > plan->first_data && plan->total_row + 3 >= plan->last_data)
    table_plan_add_note (plan, MEDIA_NOTE_TOTAL, -1, plan->total_row, 1, total, strlen (total));
  if (plan->n_merges > 0) {
    const TableMerge *merge = &g_array_index (plan->merges, TableMerge, 0);
    g_autofree char *place = g_strdup_printf ("%u × %" G_GUINT64_FORMAT, merge->columns, merge->rows);
    table_plan_add_note (plan, MEDIA_NOTE_MERGED, -1, merge->row, plan->n_merges, place, strlen (place));
  }
  if (plan->n_blank > 0 && plan->blank_row > plan->first_data && plan->blank_row < plan->last_data)
    table_plan_add_note (plan, MEDIA_NOTE_BLANK_ROWS, -1, plan->blank_row, plan->n_blank, "", 0);
}

static int
compare_merges (gconstpointer a, gconstpointer b)
{
  const TableMerge *first = a, *second = b;
  return (first->row > second->row) - (first->row < second->row);
}

bool
table_plan_decide (TablePlan *plan, Tables *tables, int index)
{
  const char *skip = tables_choice (tables, "skip", index, -1), *header = tables_choice (tables, "header", index, -1);

  if (plan->n_rows == 0 && plan->columns->len == 0)
    return false;
  if (plan->columns->len == 0 || plan->columns->len > MEDIA_TABLE_MAX_COLUMNS)
    return false;
  g_array_sort (plan->merges, compare_merges);
  find_width (plan);
  if (plan->names == NULL)
    table_plan_find_head (plan);
  if (skip != NULL)
    plan->n_above = (unsigned) g_ascii_strtoull (skip, NULL, 10);
  if (header != NULL)
    plan->n_header = (unsigned) MIN (g_ascii_strtoull (header, NULL, 10), 10);
  /* The rows that were kept are counted, not the numbers that they have. */
  unsigned n_first = plan->n_above + plan->n_header;
  if (n_first > plan->head->len && plan->names == NULL)
    return false;
  const HeadRow *before = n_first > 0 && n_first <= plan->head->len ? g_ptr_array_index (plan->head, n_first - 1) : NULL;
  plan->first_data = before != NULL ? before->row + 1 : 1;
  find_end (plan);
  table_plan_name_columns (plan);
  look_at_head (plan);
  add_notes (plan);
  map_columns (plan);
  g_ptr_array_set_size (plan->head, 0);
  if (plan->columns->len == 0) {
    g_clear_pointer (&plan->to, g_free);
    return false;
  }
  for (guint i = 0; i < plan->columns->len; i++)
    file_look (&tables->file, &((TableColumn *) g_ptr_array_index (plan->columns, i))->looks);
  for (guint i = 0; i < plan->columns->len; i++)
    decide_column (g_ptr_array_index (plan->columns, i), tables, index, (int) i);
  return true;
}
