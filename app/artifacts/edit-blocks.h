/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small changes to a text, as models write them: blocks of lines that are sought, and of lines that come in their place.
 *
 *     <<<<<<< SEARCH
 *     some lines of the text
 *     =======
 *     what comes in their place
 *     >>>>>>> REPLACE
 *
 * A model of this machine is bound by a grammar in which only lines that are in the text, in their order, can be sought, so that each block fits. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* GBNF. `first`, `last`: of the lines that may be changed, from 0; G_MAXUINT as `last`: to the end. (transfer full) (nullable): NULL when no line of these can be sought. */
char *edit_blocks_dup_grammar (const char *text, guint first, guint last);

/* The text with the changes. Blocks are applied in their order; each must be found. `n_edits`: (out) (optional). Errors: APP_ERROR_INVALID with a sentence. (transfer full) (nullable) */
char *edit_blocks_apply (const char *text, const char *blocks, guint *n_edits, GError **error);

G_END_DECLS
