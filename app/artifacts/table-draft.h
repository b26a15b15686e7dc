/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables that code writes better than a model: of a wish in words, by its words and by what the tables have. A pivot has a column for each month, which are many; a cleaned copy names
 * all columns; a forecast is a small computation. Each is one file, table-<name>.c, and one line in `drafts` of table-draft.c. */
#pragma once

#include "app-query.h"
#include "dashboard-spec.h"

G_BEGIN_DECLS

typedef struct {
  char *sql;
  char *title;
  char *said; /* Markdown: what it did, and what to know of it; "" */
} TableDraft;
void table_draft_free (TableDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TableDraft, table_draft_free)

/* `base`: the statement of the table that is to be changed; NULL: a new one. NULL without an error where a model has to write it. Asks the tables: not on the main thread. (transfer full) */
TableDraft *table_draft_new (GPtrArray *datasets, const char *base, const char *wish, GCancellable *cancellable, GError **error);

/* Whether the wish is surely for a table that is kept, by its words: "pivot", "add a column". `changes`: (out) (optional) it may as well be one of a table that is there. */
gboolean table_wish_is_sure (const char *wish, gboolean *changes);
/* Whether it is surely for another form of a table that is there: "only 2025", "sorted by price". */
gboolean table_wish_changes (const char *wish);
/* Whether it is for more columns beside all that are there. */
gboolean table_wish_adds (const char *wish);
/* …where a table is there already, to which something is added. */
gboolean table_wish_adds_to (const char *wish);

/* ---- for the files of drafts ---- */

typedef struct {
  GPtrArray *datasets;
  const char *text;              /* the wish as it was written */
  GPtrArray *words;              /* of char: dashboard_wish_split () */
  const DashboardSource *source; /* the table that it speaks of; of `base`, when there is one */
  const char *base, *base_name;  /* NULL */
  gboolean lifted;               /* the last column was computed for the wish: a price times how many, which may be added up whatever its name says */
  GCancellable *cancellable;
} TableWish;

/* A statement over `source`, whatever that is. (transfer full) */
AppResult *table_wish_run (const TableWish *wish, const char *sql, guint max_rows, GError **error);
/* Whether one of these words, with spaces between them, is in it; as they stand in `words`. */
gboolean table_wish_has (const TableWish *wish, const char *words);
/* Whether it says no more than the names of these tables and of their columns, and `fillers`: otherwise there is more in it than code understands. `tables`: of AppTable */
gboolean table_wish_is_all (const TableWish *wish, const GPtrArray *tables, const char *fillers);
/* A value that the words named, as it is meant. */
DashboardValue table_wish_mean_value (const TableWish *wish, DashboardValue value);
/* The table's name for people: "Orders". (transfer full) */
char *table_dup_label (const AppTable *table);
char *table_wish_dup_name (const TableWish *wish);
/* What stands in a statement for a group, a column and a value. (transfer full) */
char *table_sql_group (const DashboardGroup *group);
char *table_sql_name (const AppColumn *column);
/* A value of the rows for which `condition` holds; NULL: of all. (transfer full) */
char *table_sql_value (const TableWish *wish, const DashboardValue *value, const char *condition);

typedef TableDraft *(*TableDraftFunc) (const TableWish *wish, GError **error);
TableDraft *table_draft_pivot (const TableWish *wish, GError **error);
TableDraft *table_draft_clean (const TableWish *wish, GError **error);
TableDraft *table_draft_join (const TableWish *wish, GError **error);
TableDraft *table_draft_forecast (const TableWish *wish, GError **error);
TableDraft *table_draft_columns (const TableWish *wish, GError **error);
TableDraft *table_draft_rename (const TableWish *wish, GError **error);

G_END_DECLS
