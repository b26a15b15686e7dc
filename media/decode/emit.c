/* SPDX-License-Identifier: MIT */
/* Writes the frames of a table in the second reading; see media-table.h for what is in them. */
#include <string.h>

#include "tables.h"

/* Bytes of rows after which a frame is sent. */
#define FRAME (128 * 1024)
/* Room for bytes at the beginning; it grows. */
#define ROOM (16 * 1024)
/* The number of rows in front of them takes so many bytes, whatever it is. */
#define COUNT_BYTES 5

struct Emitter {
  Tables *tables;
  TablePlan *plan;
  uint8_t *bytes; /* the frame that is written, behind its head */
  size_t n, capacity;
  uint64_t row, row_before; /* that is written, 0: none; the last that was */
  uint32_t n_rows;          /* in the frame */
  uint64_t n_sent;
  unsigned column;          /* the next one of the row */
  /* Merged cells that go down from the rows before: what their first cell has, by column. */
  GArray *falling; /* of Falling */
  guint merge;     /* the first of the plan's that may begin in this row or below */
};

typedef struct {
  unsigned column;
  uint64_t last;
  Cell cell; /* with its own text */
} Falling;

static void
clear_falling (gpointer data)
{
  g_free ((char *) ((Falling *) data)->cell.text);
}

Emitter *
emitter_new (Tables *tables)
{
  Emitter *emitter = g_new0 (Emitter, 1);
  emitter->tables = tables;
  emitter->capacity = ROOM;
  emitter->bytes = g_malloc (emitter->capacity);
  emitter->falling = g_array_new (FALSE, FALSE, sizeof (Falling));
  g_array_set_clear_func (emitter->falling, clear_falling);
  return emitter;
}

void
emitter_free (Emitter *emitter)
{
  g_array_unref (emitter->falling);
  g_free (emitter->bytes);
  g_free (emitter);
}

/* ---- bytes ---- */

static void
reserve (Emitter *emitter, size_t more)
{
  if (emitter->n + more <= emitter->capacity)
    return;
  emitter->capacity = (emitter->n + more) * 2;
  emitter->bytes = g_realloc (emitter->bytes, emitter->capacity);
}

static void
put_number (Emitter *emitter, uint64_t value)
{
  reserve (emitter, 10);
  for (; value >= 0x80; value >>= 7)
    emitter->bytes[emitter->n++] = (uint8_t) (value | 0x80);
  emitter->bytes[emitter->n++] = (uint8_t) value;
}

/* A database may call its columns anything. */
static void
put_words (Emitter *emitter, const char *words)
{
  g_autofree char *text = g_utf8_make_valid (words, -1);
  size_t length = strlen (text), cut = MIN (length, MEDIA_TABLE_MAX_WORDS);
  while (cut < length && cut > 0 && ((uint8_t) text[cut] & 0xc0) == 0x80)
    cut--;
  put_number (emitter, cut);
  reserve (emitter, cut);
  memcpy (emitter->bytes + emitter->n, text, cut);
  emitter->n += cut;
}

static void
send_frame (Emitter *emitter, MediaFrameKind kind)
{
  MediaTableFrame frame = { MEDIA_TABLE_MAGIC, kind, (guint32) emitter->n, 0 };

  emitter->tables->write (emitter->tables, &frame, sizeof frame);
  if (emitter->n > 0)
    emitter->tables->write (emitter->tables, emitter->bytes, emitter->n);
  emitter->n = 0;
}

static void
send_rows (Emitter *emitter)
{
  uint32_t n = emitter->n_rows;

  if (n > 0) {
    for (int i = 0; i < COUNT_BYTES; i++)
      emitter->bytes[i] = (uint8_t) ((n >> 7 * i & 0x7f) | (i < COUNT_BYTES - 1 ? 0x80 : 0));
    send_frame (emitter, MEDIA_FRAME_ROWS);
    emitter->n_sent += n;
    tables_tell_progress (emitter->tables, emitter->n_sent, emitter->plan->n_rows);
  }
  emitter->n_rows = 0;
  emitter->n = COUNT_BYTES;
}

void
emitter_format (Emitter *emitter, const char *format)
{
  emitter->n = 0;
  put_words (emitter, format);
  send_frame (emitter, MEDIA_FRAME_FORMAT);
}

void
emitter_stop (Emitter *emitter)
{
  emitter->n = 0;
  send_frame (emitter, MEDIA_FRAME_STOP);
}

/* ---- rows ---- */

static void
put_value (Emitter *emitter, const MediaCell *cell)
{
  reserve (emitter, 16);
  switch (cell->kind) {
  case MEDIA_CELL_NULL:
    emitter->bytes[emitter->n++] = MEDIA_TAG_NULL;
    break;
  case MEDIA_CELL_INTEGER:
    if (cell->integer >= 0 && cell->integer < 64)
      emitter->bytes[emitter->n++] = (uint8_t) (MEDIA_TAG_SMALL | cell->integer);
    else {
      emitter->bytes[emitter->n++] = MEDIA_TAG_INTEGER;
      put_number (emitter, ((uint64_t) cell->integer << 1) ^ (uint64_t) (cell->integer >> 63));
    }
    break;
  case MEDIA_CELL_REAL:
    emitter->bytes[emitter->n++] = MEDIA_TAG_REAL;
    memcpy (emitter->bytes + emitter->n, &cell->real, sizeof (double));
    emitter->n += sizeof (double);
    break;
  case MEDIA_CELL_TEXT:
    if (cell->length < 128)
      emitter->bytes[emitter->n++] = (uint8_t) (MEDIA_TAG_SHORT | cell->length);
    else {
      emitter->bytes[emitter->n++] = MEDIA_TAG_TEXT;
      put_number (emitter, cell->length);
    }
    reserve (emitter, cell->length);
    memcpy (emitter->bytes + emitter->n, cell->text, cell->length);
    emitter->n += cell->length;
    break;
  }
}

/* The first time that something happens: where, and with what. */
static void
find (uint64_t *count, uint64_t *row, char **text, uint64_t at, const Cell *cell)
{
  if ((*count)++ > 0)
    return;
  *row = at;
  if (text != NULL)
    *text = g_strndup (cell->text, MIN (cell->length, 80));
}

/* A date or number that could be read in two ways, beside how it was read. */
static void
keep_sample (char **text, const Cell *cell, const MediaCell *value)
{
  if (value->kind == MEDIA_CELL_TEXT)
    *text = g_strdup_printf ("%.*s → %.*s", (int) MIN (cell->length, 40), cell->text, (int) value->length, value->text);
  else {
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    double real = value->kind == MEDIA_CELL_INTEGER ? (double) value->integer : value->real;
    *text = g_strdup_printf ("%.*s → %s", (int) MIN (cell->length, 40), cell->text, g_ascii_formatd (number, sizeof number, "%.15g", real));
  }
}

static void
put_cell (Emitter *emitter, TableColumn *column, const Cell *cell)
{
  ColumnFinds *finds = &column->finds;
  const ColumnPlan *plan = &column->plan;
  Value value;

  if (cell->kind == CELL_ERROR || cell->kind == CELL_NO_VALUE || cell->kind == CELL_BLOB) {
    if (cell->kind == CELL_ERROR)
      find (&finds->errors, &finds->error_row, &finds->error_text, emitter->row, cell);
    else if (cell->kind == CELL_NO_VALUE)
      find (&finds->no_values, &finds->no_value_row, NULL, emitter->row, cell);
    else
      find (&finds->blobs, &finds->blob_row, NULL, emitter->row, cell);
    value.cell = (MediaCell) { .kind = MEDIA_CELL_NULL };
    put_value (emitter, &value.cell);
    return;
  }
  ValueFate fate = column_read (plan, cell, &value);
  if (fate == VALUE_MISSING)
    find (&finds->missing, &finds->missing_row, &finds->missing_text, emitter->row, cell);
  else if (fate == VALUE_NOT_OF_TYPE)
    find (&finds->misfits, &finds->misfit_row, &finds->misfit_text, emitter->row, cell);
  else if ((plan->order_guessed || plan->short_years) && finds->order_text == NULL && value.cell.kind == MEDIA_CELL_TEXT && plan->type != MEDIA_COLUMN_TEXT)
    keep_sample (&finds->order_text, cell, &value.cell);
  else if (plan->sign_guessed && finds->sign_text == NULL && plan->type != MEDIA_COLUMN_TEXT && (memchr (cell->text, '.', cell->length) != NULL || memchr (cell->text, ',', cell->length) != NULL))
    keep_sample (&finds->sign_text, cell, &value.cell);
  if (cell->kind == CELL_JSON)
    find (&finds->nested, &finds->nested_row, NULL, emitter->row, cell);
  if (value.cell.kind == MEDIA_CELL_TEXT && value.cell.length > MEDIA_TABLE_MAX_CELL) {
    find (&finds->cut, &finds->cut_row, NULL, emitter->row, cell);
    value.cell.length = MEDIA_TABLE_MAX_CELL;
    while (value.cell.length > 0 && ((uint8_t) value.cell.text[value.cell.length] & 0xc0) == 0x80)
      value.cell.length--;
  }
  put_value (emitter, &value.cell);
}

/* Fills the columns before `index` with nothing, or with what merged cells have. */
static void
fill_to (Emitter *emitter, unsigned index)
{
  for (; emitter->column < index; emitter->column++) {
    TableColumn *column = g_ptr_array_index (emitter->plan->columns, emitter->column);
    const Falling *found = NULL;
    for (guint i = 0; i < emitter->falling->len && found == NULL; i++) {
      const Falling *falling = &g_array_index (emitter->falling, Falling, i);
      if (falling->column == column->source && falling->last >= emitter->row)
        found = falling;
    }
    if (found != NULL)
      put_cell (emitter, column, &found->cell);
    else {
      reserve (emitter, 1);
      emitter->bytes[emitter->n++] = MEDIA_TAG_NULL;
    }
  }
}

static void
end_row (Emitter *emitter)
{
  if (emitter->row == 0)
    return;
  fill_to (emitter, emitter->plan->columns->len);
  emitter->row_before = emitter->row;
  emitter->row = 0;
  emitter->n_rows++;
  if (emitter->n >= FRAME)
    send_rows (emitter);
}

static void
begin_row (Emitter *emitter, uint64_t row)
{
  end_row (emitter);
  put_number (emitter, row - emitter->row_before);
  emitter->row = row;
  emitter->column = 0;
  for (guint i = emitter->falling->len; i > 0; i--)
    if (g_array_index (emitter->falling, Falling, i - 1).last < row)
      g_array_remove_index_fast (emitter->falling, i - 1);
}

static bool
is_data (const Emitter *emitter, uint64_t row)
{
  return row >= emitter->plan->first_data && row <= emitter->plan->last_data && row > emitter->row_before;
}

void
emitter_row (Emitter *emitter, uint64_t row)
{
  if (is_data (emitter, row) && row != emitter->row)
    begin_row (emitter, row);
}

/* A cell that goes down over further rows. */
static void
remember_merged (Emitter *emitter, uint64_t row, unsigned source, const Cell *cell)
{
  const GArray *merges = emitter->plan->merges;

  /* They are by row, and rows only grow. */
  while (emitter->merge < merges->len && g_array_index (merges, TableMerge, emitter->merge).row < row)
    emitter->merge++;
  for (guint i = emitter->merge; i < merges->len && g_array_index (merges, TableMerge, i).row == row; i++) {
    const TableMerge *merge = &g_array_index (merges, TableMerge, i);
    if (merge->column == source && merge->rows > 1) {
      Falling falling = { source, row + merge->rows - 1, *cell };
      falling.cell.length = MIN (cell->length, MEDIA_TABLE_MAX_CELL);
      falling.cell.text = g_strndup (cell->text, falling.cell.length);
      g_array_append_val (emitter->falling, falling);
      return;
    }
  }
}

void
emitter_cell (Emitter *emitter, uint64_t row, unsigned source, const Cell *cell)
{
  TablePlan *plan = emitter->plan;

  if (row > plan->last_data) {
    table_plan_add_note (plan, MEDIA_NOTE_BELOW, -1, row, 1, cell->text, cell->length);
    return;
  }
  if (!is_data (emitter, row) || source >= plan->n_sources)
    return;
  if (row != emitter->row)
    begin_row (emitter, row);
  int index = plan->to[source];
  if (index < (int) emitter->column)
    return;
  fill_to (emitter, (unsigned) index);
  put_cell (emitter, g_ptr_array_index (plan->columns, (guint) index), cell);
  emitter->column = (unsigned) index + 1;
  if (plan->merges->len > 0)
    remember_merged (emitter, row, source, cell);
}

/* ---- tables ---- */

void
emitter_begin (Emitter *emitter, TablePlan *plan)
{
  emitter->plan = plan;
  emitter->n = 0;
  emitter->row = emitter->row_before = 0;
  emitter->n_sent = 0;
  emitter->merge = 0;
  put_words (emitter, plan->title);
  put_number (emitter, plan->hidden);
  put_number (emitter, plan->n_header);
  put_number (emitter, plan->n_rows);
  put_number (emitter, plan->columns->len);
  for (guint i = 0; i < plan->columns->len; i++) {
    const TableColumn *column = g_ptr_array_index (plan->columns, i);
    put_words (emitter, column->name);
    put_number (emitter, column->plan.type);
    put_words (emitter, column->plan.unit);
  }
  send_frame (emitter, MEDIA_FRAME_BEGIN);
  send_rows (emitter);
}

static void
note_column (TablePlan *plan, const TableColumn *column, int index)
{
  const ColumnFinds *f = &column->finds;
  const ColumnPlan *p = &column->plan;
  const struct {
    MediaNoteKind kind;
    uint64_t count, row;
    const char *text;
  } notes[] = {
    { MEDIA_NOTE_NOT_OF_TYPE, f->misfits, f->misfit_row, f->misfit_text },
    { MEDIA_NOTE_MISSING, f->missing, f->missing_row, f->missing_text },
    { MEDIA_NOTE_ERRORS, f->errors, f->error_row, f->error_text },
    { MEDIA_NOTE_NO_VALUES, f->no_values, f->no_value_row, "" },
    { MEDIA_NOTE_CELLS_CUT, f->cut, f->cut_row, "" },
    { MEDIA_NOTE_NESTED, f->nested, f->nested_row, "" },
    { MEDIA_NOTE_BLOBS, f->blobs, f->blob_row, "" },
    { MEDIA_NOTE_DATE_ORDER, p->order_guessed && f->order_text != NULL, 0, f->order_text },
    { MEDIA_NOTE_SHORT_YEARS, p->short_years && f->order_text != NULL, 0, f->order_text },
    { MEDIA_NOTE_DECIMAL, p->sign_guessed && f->sign_text != NULL, 0, f->sign_text },
    { MEDIA_NOTE_DIGITS, p->digits, 0, "" },
    { MEDIA_NOTE_MIXED_UNITS, p->mixed_units, 0, column->looks.other_unit },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (notes); i++)
    if (notes[i].count > 0) {
      const char *text = notes[i].text != NULL ? notes[i].text : "";
      table_plan_add_note (plan, notes[i].kind, index, notes[i].row, notes[i].count, text, strlen (text));
    }
}

static int
compare_notes (gconstpointer a, gconstpointer b)
{
  const MediaNote *first = *(const MediaNote *const *) a, *second = *(const MediaNote *const *) b;
  return (int) first->kind - (int) second->kind;
}

void
emitter_end (Emitter *emitter)
{
  TablePlan *plan = emitter->plan;

  end_row (emitter);
  send_rows (emitter);
  emitter->n = 0;
  g_array_set_size (emitter->falling, 0);
  for (guint i = 0; i < plan->columns->len; i++)
    note_column (plan, g_ptr_array_index (plan->columns, i), (int) i);
  if (plan->n_long > 0)
    table_plan_add_note (plan, MEDIA_NOTE_LONG_ROWS, -1, plan->long_row, plan->n_long, "", 0);
  if (plan->n_short > 0)
    table_plan_add_note (plan, MEDIA_NOTE_SHORT_ROWS, -1, plan->short_row, plan->n_short, "", 0);
  g_ptr_array_sort (plan->notes, compare_notes);
  put_number (emitter, plan->notes->len);
  for (guint i = 0; i < plan->notes->len; i++) {
    const MediaNote *note = g_ptr_array_index (plan->notes, i);
    put_number (emitter, note->kind);
    put_number (emitter, (uint64_t) (note->column + 1));
    put_number (emitter, note->row);
    put_number (emitter, note->count);
    put_words (emitter, note->text);
  }
  send_frame (emitter, MEDIA_FRAME_END);
  emitter->plan = NULL;
}
