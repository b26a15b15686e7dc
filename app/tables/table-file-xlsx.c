/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <xlsxwriter.h>

#include "app-error.h"
#include "table-file.h"

/* What a sheet and a cell can hold (ECMA-376 as Excel has it). */
#define MAX_ROWS 1048576
#define MAX_COLUMNS 16384
#define MAX_TEXT 32767
/* Whole numbers that a cell, which is a fraction of 64 bits, has exactly. */
#define MAX_EXACT (G_GINT64_CONSTANT (1) << 53)

typedef struct {
  TableFile file;
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *bold, *date, *time, *datetime;
  GArray *types; /* of MediaColumnType */
  GHashTable *titles; /* that sheets have, folded */
  guint n_rows;
} XlsxFile;

/* A name that a sheet may have, and that no other has. */
static char *
make_title (XlsxFile *self, const char *title)
{
  for (guint n = 1;; n++) {
    g_autofree char *number = n > 1 ? g_strdup_printf (" %u", n) : g_strdup ("");
    g_autoptr (GString) name = g_string_new (NULL);
    glong room = 31 - (glong) strlen (number);
    for (const char *at = title; *at != '\0' && g_utf8_strlen (name->str, -1) < room; at = g_utf8_next_char (at))
      g_string_append_unichar (name, strchr ("[]:*?/\\'", *at) != NULL || g_ascii_iscntrl (*at) ? '_' : g_utf8_get_char (at));
    if (name->len == 0)
      g_string_assign (name, "Table");
    g_string_append (name, number);
    char *folded = g_utf8_casefold (name->str, -1);
    if (g_hash_table_add (self->titles, folded))
      return g_strdup (name->str);
  }
}

static gboolean
begin (TableFile *file, const char *title, const TableFileColumn *columns, guint n_columns, GError **error)
{
  XlsxFile *self = (XlsxFile *) file;
  g_autofree char *name = make_title (self, title);

  if (n_columns > MAX_COLUMNS) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("A sheet has room for %'d columns, and the table has more. Export it as CSV."), MAX_COLUMNS);
    return FALSE;
  }
  file->n_columns = n_columns;
  self->n_rows = 1;
  g_array_set_size (self->types, 0);
  self->sheet = workbook_add_worksheet (self->book, name);
  if (self->sheet == NULL)
    return table_file_fail (file, EIO, error);
  for (guint i = 0; i < n_columns; i++) {
    g_array_append_val (self->types, columns[i].type);
    worksheet_write_string (self->sheet, 0, (lxw_col_t) i, columns[i].name, self->bold);
  }
  worksheet_freeze_panes (self->sheet, 1, 0);
  return TRUE;
}

/* "2024-05-17 14:03:22", or a part of it. FALSE where it is no such text, or a day that a sheet cannot count. */
static gboolean
read_moment (const MediaCell *cell, MediaColumnType type, lxw_datetime *moment)
{
  g_autofree char *text = g_strndup (cell->text, MIN (cell->length, 40));
  int n = 0;

  *moment = (lxw_datetime) { 0 };
  if (type == MEDIA_COLUMN_DATE)
    return sscanf (text, "%4d-%2d-%2d%n", &moment->year, &moment->month, &moment->day, &n) == 3 && n == (int) cell->length && moment->year >= 1900;
  if (type == MEDIA_COLUMN_TIME)
    return sscanf (text, "%2d:%2d:%lf%n", &moment->hour, &moment->min, &moment->sec, &n) == 3 && n == (int) cell->length && moment->hour < 24;
  return sscanf (text, "%4d-%2d-%2d %2d:%2d:%lf%n", &moment->year, &moment->month, &moment->day, &moment->hour, &moment->min, &moment->sec, &n) == 6 && n == (int) cell->length && moment->year >= 1900;
}

/* As text, which a program does not compute, whatever it begins with. */
static void
write_text (XlsxFile *self, lxw_row_t row, lxw_col_t column, const MediaCell *cell)
{
  gsize length = MIN (cell->length, MAX_TEXT);

  while (length < cell->length && length > 0 && ((guint8) cell->text[length] & 0xc0) == 0x80)
    length--;
  g_autofree char *text = g_strndup (cell->text, length);
  worksheet_write_string (self->sheet, row, column, text, NULL);
}

static void
write_cell (XlsxFile *self, lxw_col_t column, const MediaCell *cell)
{
  lxw_row_t row = self->n_rows;
  MediaColumnType type = g_array_index (self->types, MediaColumnType, column);
  lxw_datetime moment;
  char buffer[32];

  switch (cell->kind) {
  case MEDIA_CELL_INTEGER:
    if (type == MEDIA_COLUMN_BOOLEAN)
      worksheet_write_boolean (self->sheet, row, column, cell->integer != 0, NULL);
    else if (cell->integer <= MAX_EXACT && cell->integer >= -MAX_EXACT)
      worksheet_write_number (self->sheet, row, column, (double) cell->integer, NULL);
    else {
      g_snprintf (buffer, sizeof buffer, "%" G_GINT64_FORMAT, cell->integer);
      worksheet_write_string (self->sheet, row, column, buffer, NULL);
    }
    break;
  case MEDIA_CELL_REAL:
    worksheet_write_number (self->sheet, row, column, cell->real, NULL);
    break;
  case MEDIA_CELL_TEXT:
    if ((type == MEDIA_COLUMN_DATE || type == MEDIA_COLUMN_TIME || type == MEDIA_COLUMN_DATETIME) && read_moment (cell, type, &moment))
      worksheet_write_datetime (self->sheet, row, column, &moment, type == MEDIA_COLUMN_DATE ? self->date : type == MEDIA_COLUMN_TIME ? self->time : self->datetime);
    else
      write_text (self, row, column, cell);
    break;
  default:
    break;
  }
}

static gboolean
row (TableFile *file, const MediaCell *cells, GError **error)
{
  XlsxFile *self = (XlsxFile *) file;

  if (self->n_rows >= MAX_ROWS) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("A sheet has room for %'d rows, and the table has more. Export it as CSV."), MAX_ROWS);
    return FALSE;
  }
  for (guint i = 0; i < file->n_columns; i++)
    write_cell (self, (lxw_col_t) i, &cells[i]);
  self->n_rows++;
  return TRUE;
}

static gboolean
finish (TableFile *file, GError **error)
{
  XlsxFile *self = (XlsxFile *) file;

  errno = 0;
  lxw_error code = workbook_close (self->book);
  self->book = NULL;
  return code == LXW_NO_ERROR ? TRUE : table_file_fail (file, errno != 0 ? errno : EIO, error);
}

static void
free_file (TableFile *file)
{
  XlsxFile *self = (XlsxFile *) file;

  if (self->book != NULL)
    lxw_workbook_free (self->book);
  g_array_unref (self->types);
  g_hash_table_unref (self->titles);
  g_free (file->path);
  g_free (file);
}

TableFile *
table_file_xlsx_new (const char *path, GError **error)
{
  XlsxFile *self = g_new0 (XlsxFile, 1);
  /* Rows go into a file as they come, and no text is looked up whether it was there before. */
  lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = NULL, .use_zip64 = LXW_FALSE };
  g_autofree char *folder = g_path_get_dirname (path);

  /* The library would tell of a file that cannot be made only at the end, and not why. */
  FILE *probe = fopen (path, "we");
  if (probe == NULL) {
    table_file_fail (&(TableFile) { .path = (char *) path }, errno, error);
    g_free (self);
    return NULL;
  }
  fclose (probe);
  options.tmpdir = folder;
  self->file = (TableFile) { begin, row, finish, free_file, g_strdup (path), 0 };
  self->types = g_array_new (FALSE, FALSE, sizeof (MediaColumnType));
  self->titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->book = workbook_new_opt (path, &options);
  if (self->book == NULL) {
    table_file_fail (&self->file, EIO, error);
    free_file (&self->file);
    return NULL;
  }
  self->bold = workbook_add_format (self->book);
  format_set_bold (self->bold);
  self->date = workbook_add_format (self->book);
  format_set_num_format (self->date, "yyyy-mm-dd");
  self->time = workbook_add_format (self->book);
  format_set_num_format (self->time, "hh:mm:ss");
  self->datetime = workbook_add_format (self->book);
  format_set_num_format (self->datetime, "yyyy-mm-dd hh:mm:ss");
  return &self->file;
}
