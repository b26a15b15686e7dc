/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs have in common that show to scripts what the tests of tables see. */
#pragma once

#include <json-glib/json-glib.h>

#include "app-datasets.h"
#include "app-engine.h"

G_BEGIN_DECLS

/* As wait_result (), without the patience of tests: a model may think for minutes on a busy machine. */
GAsyncResult *table_tool_wait (GAsyncResult **result);
/* A file's dataset, which is waited for. (transfer full) (nullable) */
AppDataset *table_tool_import (AppDatasets *datasets, const char *path, GError **error);
/* A member of the object that is open; NULL: null. */
void table_tool_add_string (JsonBuilder *builder, const char *name, const char *value);
/* Takes what was built, and prints it as one line. */
void table_tool_print (JsonBuilder *builder);

/* The engine of this process with the model in this file, for scripts that ask one; it is waited for. (transfer full) (nullable) */
AppEngine *table_tool_load_model (const char *path, int n_threads, int context, GError **error);

G_END_DECLS
