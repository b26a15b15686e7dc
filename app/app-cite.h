/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which passage each sentence of an answer was taken from. Small models cite badly, or spoil their answer when they are asked to: so they are not asked, and the sentence
 * is compared with the passages that the model was given. A citation then says no more and no less than it seems to: the words of this sentence stand there.
 *
 * A sentence is cited when the words that it shares with a passage weigh at least half of all its words; a word weighs the more, the fewer of
 * the passages have it, and most if none has it. Headings, tables and code are not cited; of sentences of one paragraph in a row from one passage, the last is.
 * Any thread. */
#pragma once

#include "app-source.h"

G_BEGIN_DECLS

/* `passages`: NULL-terminated, number 1 first. Returns: (transfer full): an array of AppCitation by position */
GArray *app_cite (const char *answer, const char *const *passages);

G_END_DECLS
