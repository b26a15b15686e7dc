/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads rows of a table of a dataset on a thread of its own, a page at a time, what was wanted last first. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

#define ROW_READER_PAGE 128
/* Bytes of a text that are read; of longer ones the beginning. */
#define ROW_READER_TEXT 512

typedef struct {
  guint number, n;
  gint64 numbers[ROW_READER_PAGE];  /* of its rows in the file */
  MediaCell *cells[ROW_READER_PAGE]; /* of its rows, one piece of memory each: values, then their texts, which end with NUL; whoever takes one sets it to NULL */
} RowPage;
typedef void (*RowReaderFunc) (gpointer data, RowPage *page);

typedef struct _RowReader RowReader;

/* `table` is of the dataset. `func` is called in the thread-default main context of now, until row_reader_stop (). (transfer full) */
RowReader *row_reader_new (AppDataset *dataset, const AppTable *table, RowReaderFunc func, gpointer data);
RowReader *row_reader_ref (RowReader *reader);
/* Any thread. */
void row_reader_unref (RowReader *reader);
/* Does not wait for the thread. */
void row_reader_stop (RowReader *reader);

void row_reader_want (RowReader *reader, guint page);
/* Returns the position of the row, whose number in the file is the task's data (a gint64), or of the next one, as an int. */
void row_reader_find (RowReader *reader, GTask *task);

const AppTable *row_reader_get_table (const RowReader *reader);
AppDataset *row_reader_get_dataset (const RowReader *reader);

G_END_DECLS
