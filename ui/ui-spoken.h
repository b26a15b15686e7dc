/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the sentences that are read aloud stand in an answer.
 *
 * What is heard is not what stands there: formulas are read in words, code is left out, the cells of a table are joined. So sentences are looked for one after the other
 * by their letters and digits alone, in all labels of the answer; one that is not found, as with a formula in it, is taken for what stands next, if it
 * has a word in common with that. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A part of a label's text, in bytes. */
typedef struct {
  GtkLabel *label; /* owned */
  int start;
  int end;
} UiSpokenRange;

/* An empty array of such ranges. (transfer full) */
GArray *ui_spoken_ranges_new (void);

/* The places of the sentence `index` of `sentences` below `answer`, none where it does not stand there: an array of UiSpokenRange. (transfer full) */
GArray *ui_spoken_find (GtkWidget *answer, const char *const *sentences, guint index);

G_END_DECLS
