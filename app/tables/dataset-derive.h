/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer to a statement over datasets, as a dataset of its own that says what it was made of. On a thread; waits. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

gboolean dataset_derive (GPtrArray *sources, const char *sql, const char *name, const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
