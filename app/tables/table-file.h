/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that tables are written into, whatever its format. Any thread. */
#pragma once

#include "app-table-export.h"

G_BEGIN_DECLS

/* What a column is, for the file. */
typedef struct {
  const char *name;
  MediaColumnType type;
} TableFileColumn;

typedef struct _TableFile TableFile;
struct _TableFile {
  gboolean (*begin) (TableFile *file, const char *title, const TableFileColumn *columns, guint n_columns, GError **error);
  gboolean (*row) (TableFile *file, const MediaCell *cells, GError **error);
  /* Ends the file; it is whole then. */
  gboolean (*finish) (TableFile *file, GError **error);
  void (*free) (TableFile *file);
  char *path;
  guint n_columns;
};

TableFile *table_file_csv_new (const char *path, GError **error);
TableFile *table_file_xlsx_new (const char *path, GError **error);

/* The sentence for an errno. FALSE */
gboolean table_file_fail (const TableFile *file, int number, GError **error);

G_END_DECLS
