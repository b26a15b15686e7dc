/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences for what the helper noted of a table. */
#pragma once

#include "app-dataset.h"

G_BEGIN_DECLS

/* For the person, in their language. (transfer full) */
char *table_note_dup_sentence (const AppTable *table, const MediaNote *note);
/* For a model, in English; NULL for what is of no use to it. (transfer full) */
char *table_note_dup_for_model (const AppTable *table, const MediaNote *note);

G_END_DECLS
