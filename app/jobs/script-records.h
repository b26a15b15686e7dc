/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as tables: a file whose lines begin with a day and, perhaps, a time, as those that machines write, is taken apart by code, so that a program counts rows and searches no text. Any thread. */
#pragma once

#include "script-facts.h"

G_BEGIN_DECLS

/* Lines of more than so many are left a text. */
#define SCRIPT_MAX_RECORDS 5000

/* Adds the table to the code, and the same to the words for the model, where the text is such records; FALSE where it is none. `file`: its name. */
gboolean script_records_append (const char *file, const char *text, GString *code, GString *words);

G_END_DECLS
