/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDataset: one SQLite file with the tables of a file of the person, or with a table that was made of others. Immutable: a correction makes another one.
 *
 * The rowid of a table's row is the number of its row in the file that it comes from, so that what is computed leads back there. Dates and times are ISO text, what is
 * no value of its column's type is kept as text, and a note says so. In the file are also the tables melete_info, melete_tables, melete_columns and
 * melete_notes, of which an AppDataset is made. */
#pragma once

#include <gio/gio.h>

#include "media-table.h"

G_BEGIN_DECLS

typedef struct {
  char *name;            /* as it is written in the file; may be "" */
  char *sql_name;        /* a plain identifier, one of its kind in the table */
  MediaColumnType type;
  char *unit;            /* "" if it has none */
  guint64 n_nulls;
  guint64 n_distinct;    /* of different values; an estimate above a few thousand */
  char *min, *max;       /* as text; NULL when all is empty */
  gboolean has_sum;
  double sum;            /* of the numbers in it */
  GStrv samples;         /* some of its values, different ones */
} AppColumn;
void app_column_free (AppColumn *column);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppColumn, app_column_free)

typedef struct {
  char *title;           /* of the sheet; "" for a file that is one table */
  char *sql_name;        /* one of its kind in the dataset */
  gboolean hidden;       /* the sheet is */
  guint64 n_rows;
  guint64 header_rows;
  GPtrArray *columns;    /* of AppColumn */
  GPtrArray *notes;      /* of MediaNote */
} AppTable;
void app_table_free (AppTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppTable, app_table_free)

#define APP_TYPE_DATASET (app_dataset_get_type ())
G_DECLARE_FINAL_TYPE (AppDataset, app_dataset, APP, DATASET, GObject)

/* Reads what the file at `path` says of itself; quick. Any thread. Returns: (transfer full) (nullable) */
AppDataset *app_dataset_open (const char *path, GError **error);

const char *app_dataset_get_path (AppDataset *self);
const char *app_dataset_get_id (AppDataset *self);     /* the name of the file without its end */
const char *app_dataset_get_name (AppDataset *self);   /* of the file that it comes from, "sales.csv" */
const char *app_dataset_get_format (AppDataset *self); /* "CSV"; "SQL" for one that was made of others */
const char *app_dataset_get_choices (AppDataset *self); /* what was not guessed, as AppTableChoices writes it; "" if all was */
const char *app_dataset_get_sql (AppDataset *self);    /* how it was made of others; NULL if it was not */
const char *const *app_dataset_get_sources (AppDataset *self); /* the ids of those; never NULL */
GPtrArray *app_dataset_get_tables (AppDataset *self);  /* of AppTable; (transfer none) */
const AppTable *app_dataset_find_table (AppDataset *self, const char *sql_name);

/* "3 tables, 1,204 rows" for the person. (transfer full) */
char *app_dataset_dup_summary (AppDataset *self);
/* What a person should know of how it was read, a sentence each, the most important first. (transfer full) */
GStrv app_dataset_dup_notes (AppDataset *self);

/* The tables as a model reads them: names, types, ranges, some values, in at most about `budget` characters: what is less needed is left out first.
 * (transfer full) */
char *app_dataset_dup_schema (AppDataset *self, gsize budget);

/* ---- what a person corrects ---- */

/* What is not to be guessed when a file is read. Opaque text; the same choices are the same text. */
typedef struct _AppTableChoices AppTableChoices;
AppTableChoices *app_table_choices_new (const char *text); /* (nullable) */
void app_table_choices_free (AppTableChoices *choices);
void app_table_choices_set_encoding (AppTableChoices *choices, const char *encoding); /* "windows-1251"; NULL: guess it */
void app_table_choices_set_delimiter (AppTableChoices *choices, char delimiter);      /* 0: guess it */
/* Of the table by its place in the dataset. Rows above the names; rows of names. -1: guess it. */
void app_table_choices_set_skip (AppTableChoices *choices, guint table, int rows);
void app_table_choices_set_header (AppTableChoices *choices, guint table, int rows);
/* MEDIA_COLUMN_N: guess it. */
void app_table_choices_set_type (AppTableChoices *choices, guint table, guint column, MediaColumnType type);
/* "dmy", "mdy", "ymd"; NULL: guess it. */
void app_table_choices_set_order (AppTableChoices *choices, guint table, guint column, const char *order);
/* '.' or ','; 0: guess it. */
void app_table_choices_set_decimal (AppTableChoices *choices, guint table, guint column, char sign);
/* What the column is called; NULL or "": as in the file. */
void app_table_choices_set_name (AppTableChoices *choices, guint table, guint column, const char *name);

/* What was chosen; what "guess it" is where nothing was. Strings: until the choices change. */
const char *app_table_choices_get_encoding (AppTableChoices *choices);
char app_table_choices_get_delimiter (AppTableChoices *choices);
int app_table_choices_get_skip (AppTableChoices *choices, guint table);
int app_table_choices_get_header (AppTableChoices *choices, guint table);
MediaColumnType app_table_choices_get_type (AppTableChoices *choices, guint table, guint column);
const char *app_table_choices_get_order (AppTableChoices *choices, guint table, guint column);
char app_table_choices_get_decimal (AppTableChoices *choices, guint table, guint column);
char *app_table_choices_dup_name (AppTableChoices *choices, guint table, guint column); /* (transfer full) (nullable) */
gboolean app_table_choices_has_column (AppTableChoices *choices, guint table, guint column);

/* Everything of a column, or of all columns: where other cells are columns now, what was said of them means others. */
void app_table_choices_forget_column (AppTableChoices *choices, guint table, guint column);
void app_table_choices_forget_columns (AppTableChoices *choices);
/* (transfer full) */
char *app_table_choices_dup_text (AppTableChoices *choices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppTableChoices, app_table_choices_free)

G_END_DECLS
