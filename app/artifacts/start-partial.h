/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A specification of a starting point while a model writes it: JSON that has no end yet. */
#pragma once

#include <glib.h>

#include "start-spec.h"

G_BEGIN_DECLS

/* As it will be stored, as far as it is written: with the name of its start, and a line for each member. What stands before the object is left out. (transfer full) */
char *start_partial_dup_source (const Start *start, const char *text);

/* What is known of such a source already: its start, and its title, (transfer full); NULL: not yet. */
const Start *start_partial_find_start (const char *source);
char *start_partial_dup_title (const char *source);

G_END_DECLS
