/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the files of datasets to read. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define DATASET_END ".sqlite"

/* An address for SQLite: read-only, and never changed by others, so that no lock is needed. (transfer full) */
char *dataset_file_uri (const char *path);
/* NULL with `error`; sqlite3_close () it. */
sqlite3 *dataset_file_open (const char *path, GError **error);

G_END_DECLS
