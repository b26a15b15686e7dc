/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short answer at the end of a text, and whether two are the same. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands behind the last "Answer:" that begins a line, without marks of Markdown; NULL where there is none, or it is longer than a line of its kind. (transfer full) (nullable) */
char *final_answer_find (const char *text);

/* What two short answers have in common that mean the same: letters are small, numbers are written one way ("1,200.0" and "1200"), what stands around them ("$", "km", a full
 * stop) is left away where a number is all that is left to compare. "" for nothing. (transfer full) */
char *final_answer_normalise (const char *answer);

G_END_DECLS
