/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units for programs: which columns of a table have them, and the helper convert (value, from, to) with what the calculator knows of them (tools/calc-units.c). Any thread. */
#pragma once

#include "script-facts.h"

G_BEGIN_DECLS

/* Whether the cells of a column are names of units of one kind, two different ones or more: "mm", "ft". */
gboolean script_units_are (const ScriptTable *table, guint column);
/* How a program says such a unit, for an example: "mm". (transfer full) */
char *script_units_dup_first (const ScriptTable *table, guint column);
/* The table of units, for library.js. */
void script_units_append (GString *code);

G_END_DECLS
