/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's tables into a dataset's file. On a thread; waits. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* `name`: of the file; `hint`: for the helper; `choices`: "" if there are none; `path`: of the dataset. `progress`: in thousandths, on this thread. */
gboolean dataset_import (GBytes *bytes, const char *name, const char *hint, const char *choices, const char *path, GCancellable *cancellable, MediaProgress progress,
                         gpointer progress_data, GError **error);

G_END_DECLS
