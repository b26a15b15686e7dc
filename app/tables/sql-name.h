/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names for SQL of names that people gave: "Umsatz (€) 2024" becomes umsatz_2024. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An identifier that needs no quotes and is not in `taken` (a set of names), to which it is added. `fallback`: for names without letters. (transfer full) */
char *sql_name_make (const char *name, const char *fallback, GHashTable *taken);
/* Quoted for SQL, with its quotes. (transfer full) */
char *sql_name_quote (const char *name);
/* Whether SQLite takes it without quotes. */
gboolean sql_name_is_plain (const char *name);
/* With quotes only where SQLite needs them. (transfer full) */
char *sql_name_write (const char *name);
/* A text as a statement has it, in its quotes. (transfer full) */
char *sql_text_quote (const char *text);

G_END_DECLS
