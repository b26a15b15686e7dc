/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether something stands in a text: what a model has taken out of a document is compared with it, letter for letter, number by number, day by day. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Letters and digits in small letters, anything between them one space; a space at both ends. (transfer full) */
char *job_ground_dup_plain (const char *text);
/* Whether `cell` stands in `text` as whole words, or as a number of the same value ("12.5" in "12.50 euros"), or as the same day ("2026-03-05" in "5 March 2026"). What is empty stands anywhere. */
gboolean job_ground_has (const char *text, const char *cell);

/* The day that a text begins with: "2026-03-05", "5 March 2026", "March 5, 2026", "5.3.2026"; not what may be two days ("5/3/2026"). Months in English, German and the locale's language.
 * `length` (optional): of its letters. FALSE: it begins with none. */
gboolean job_ground_read_day (const char *text, GDate *day, gsize *length);
/* Every day that stands in a text, in their order. (transfer full) (element-type guint): Julian days */
GArray *job_ground_find_days (const char *text);
/* The number that the whole of a text is. */
gboolean job_ground_read_number (const char *text, double *number);

/* Whether texts are sentences, which only a reader understands, and no lists, forms or records, whose lines a program takes apart. */
gboolean job_ground_is_prose (const char *text);

G_END_DECLS
