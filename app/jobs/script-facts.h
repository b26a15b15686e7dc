/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table surely is, found by code in its rows: whoever writes a program for it needs not guess. Any thread. */
#pragma once

#include "app-query.h"

G_BEGIN_DECLS

typedef struct {
  char *name;          /* in programs */
  AppResult *result;   /* all of its rows */
  GPtrArray *distinct; /* GUINT_TO_POINTER: of different rows, without regard to spaces and capitals, the first of each */
  guint date;          /* the only column of dates, whose month is given as a member, too; G_MAXUINT: none */
  gboolean months;     /* whether it has months, of dates or as they stand */
} ScriptTable;

/* Takes `result`. */
ScriptTable *script_table_new (const char *name, AppResult *result);
void script_table_free (ScriptTable *table);

/* How tables belong together, which examples fit, too (script-examples.h). */
typedef struct {
  guint n_tables, n_texts;
  guint n_records;   /* texts that are given as tables (script-records.h) */
  gboolean repeats;  /* rows stand in one of them twice */
  gboolean joined;   /* a column of one names rows of another */
  gboolean versions; /* two have the same columns */
  gboolean units;    /* a column has names of units */
  gboolean names;    /* the request lists names, of which a column has some */
  guint n_repeating; /* columns of the only table of which few rows have a word of their own */
  guint n_choices;   /* columns of the only table that have few different words, if half of its columns or more are such */
  guint n_months;    /* tables with months */
} ScriptShape;

/* `tables`: ScriptTable. Lines of comments about several of them are added to `words`. */
void script_facts_find (const GPtrArray *tables, GString *words, ScriptShape *shape);
/* Every list of names in a request, "Kim, Lou and Max". (transfer full) (element-type GStrv) */
GPtrArray *script_facts_find_lists (const char *request);
/* The list of names in a request ("Kim, Lou and Max") of which a column of text has some but not all. `table`, `column`: (out) which. (transfer full) (nullable) */
GStrv script_facts_find_names (const char *request, const GPtrArray *tables, const ScriptTable **table, guint *column);

G_END_DECLS
