/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "table-file.h"

typedef struct {
  TableFile file;
  FILE *stream;
  gboolean *booleans; /* columns that have them */
} CsvFile;

static void
write_text (FILE *stream, const char *text, gsize length)
{
  gboolean quoted = memchr (text, '"', length) != NULL || memchr (text, ',', length) != NULL || memchr (text, '\n', length) != NULL || memchr (text, '\r', length) != NULL ||
                    (length > 0 && (text[0] == ' ' || text[length - 1] == ' '));

  if (!quoted) {
    fwrite (text, 1, length, stream);
    return;
  }
  putc ('"', stream);
  for (gsize i = 0; i < length; i++) {
    if (text[i] == '"')
      putc ('"', stream);
    putc (text[i], stream);
  }
  putc ('"', stream);
}

static gboolean
check (CsvFile *self, GError **error)
{
  return ferror (self->stream) ? table_file_fail (&self->file, errno, error) : TRUE;
}

static gboolean
begin (TableFile *file, const char *title, const TableFileColumn *columns, guint n_columns, GError **error)
{
  CsvFile *self = (CsvFile *) file;

  file->n_columns = n_columns;
  self->booleans = g_renew (gboolean, self->booleans, n_columns);
  for (guint i = 0; i < n_columns; i++) {
    self->booleans[i] = columns[i].type == MEDIA_COLUMN_BOOLEAN;
    if (i > 0)
      putc (',', self->stream);
    write_text (self->stream, columns[i].name, strlen (columns[i].name));
  }
  fputs ("\r\n", self->stream);
  return check (self, error);
}

static gboolean
row (TableFile *file, const MediaCell *cells, GError **error)
{
  CsvFile *self = (CsvFile *) file;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint i = 0; i < file->n_columns; i++) {
    if (i > 0)
      putc (',', self->stream);
    if (cells[i].kind == MEDIA_CELL_INTEGER && self->booleans[i] && (cells[i].integer & ~G_GINT64_CONSTANT (1)) == 0)
      fputs (cells[i].integer != 0 ? "true" : "false", self->stream);
    else if (cells[i].kind == MEDIA_CELL_INTEGER)
      fprintf (self->stream, "%" G_GINT64_FORMAT, cells[i].integer);
    else if (cells[i].kind == MEDIA_CELL_REAL)
      fputs (g_ascii_dtostr (buffer, sizeof buffer, cells[i].real), self->stream);
    else if (cells[i].kind == MEDIA_CELL_TEXT)
      write_text (self->stream, cells[i].text, cells[i].length);
  }
  /* A row of one empty cell would be no row. */
  if (file->n_columns == 1 && cells[0].kind == MEDIA_CELL_NULL)
    fputs ("\"\"", self->stream);
  fputs ("\r\n", self->stream);
  return check (self, error);
}

static gboolean
finish (TableFile *file, GError **error)
{
  CsvFile *self = (CsvFile *) file;
  gboolean ok = fflush (self->stream) == 0 && fsync (fileno (self->stream)) == 0;
  int number = errno;

  return ok ? TRUE : table_file_fail (file, number, error);
}

static void
free_file (TableFile *file)
{
  fclose (((CsvFile *) file)->stream);
  g_free (((CsvFile *) file)->booleans);
  g_free (file->path);
  g_free (file);
}

TableFile *
table_file_csv_new (const char *path, GError **error)
{
  CsvFile *self = g_new0 (CsvFile, 1);

  self->file = (TableFile) { begin, row, finish, free_file, g_strdup (path), 0 };
  self->stream = fopen (path, "we");
  if (self->stream != NULL)
    return &self->file;
  table_file_fail (&self->file, errno, error);
  g_free (self->file.path);
  g_free (self);
  return NULL;
}
