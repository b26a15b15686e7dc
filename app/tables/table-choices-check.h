/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether what a person chose fits the file. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* FALSE with a sentence for the person: a table is gone, or nothing in a column is what it was said to be. `before`: (nullable) the tables without the newest choices. */
gboolean table_choices_check (AppDataset *dataset, AppDataset *before, GError **error);

G_END_DECLS
