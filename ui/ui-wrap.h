/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a label breaks its lines, chosen by its text.
 *
 * To find its least width GtkLabel lays its text out with one line for each place where it may break. With PANGO_WRAP_WORD_CHAR that is every
 * character, and the time grows with the square: 2 KB of words take 10 ms, 16 KB of brackets a minute. Breaking between words only
 * is ten times as fast, but a long address would then force the window wide. So: between words when no word is long; anywhere in
 * short texts with a long word; and in the others, places to break are put into the long words. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Words up to this many characters fit into the narrowest window. */
#define UI_WRAP_MAX_WORD 28
/* Up to this many bytes, and for words up to UI_WRAP_MAX_EXACT characters, a text is shown exactly as it is. */
#define UI_WRAP_MAX_TEXT 4096
#define UI_WRAP_MAX_EXACT 300

/* Sets the label's markup (if it differs) and how it wraps. */
void ui_wrap_set_markup (GtkLabel *label, const char *markup);

G_END_DECLS
