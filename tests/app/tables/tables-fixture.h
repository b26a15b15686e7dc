/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of tables share: a folder of datasets, and calls that wait. */
#pragma once

#include "app-datasets.h"
#include "app-query.h"

G_BEGIN_DECLS

typedef struct {
  char *folder;
  AppDatasets *datasets;
} TablesFixture;

void tables_set_up (TablesFixture *fixture, gconstpointer data);
void tables_tear_down (TablesFixture *fixture, gconstpointer data);

/* `choices`: nullable. (transfer full) */
AppDataset *tables_import (TablesFixture *fixture, const char *name, const char *text, const char *choices, GError **error);
/* …which must work. */
AppDataset *tables_add (TablesFixture *fixture, const char *name, const char *text);
AppDataset *tables_derive (TablesFixture *fixture, GPtrArray *sources, const char *sql, const char *name, GError **error);
/* Of datasets, which it takes; ended by NULL. */
GPtrArray *tables_list (AppDataset *first, ...) G_GNUC_NULL_TERMINATED;
/* The answer, cells with '|' and rows with ';' between them; it must be one. (transfer full) */
char *tables_ask (GPtrArray *datasets, const char *sql);
/* How many files of the folder end so. */
guint tables_count_files (TablesFixture *fixture, const char *end);

G_END_DECLS
