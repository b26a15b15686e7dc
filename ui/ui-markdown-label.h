/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Labels that show the inlines of Markdown, with the formulas in them set on the line.
 *
 * A formula stays in the label's text as its source, so that it is selected and copied as what it is; on the screen its first character is replaced by a
 * shape of the formula's size, and the others take no room. */
#pragma once

#include <gtk/gtk.h>

typedef struct cmark_node cmark_node;

G_BEGIN_DECLS

/* Links within an answer, behind their "#" and before the number of a footnote: to the note, and to the first reference to it. */
#define UI_MARKDOWN_NOTE "note-"
#define UI_MARKDOWN_REFERENCE "reference-"

/* A selectable, wrapping label whose links ask first; those to footnotes and back move the focus. Returns: (transfer floating) */
GtkWidget *ui_markdown_label_new (GtkAccessibleRole role);

/* Shows the inlines of `block`, with the writing caret behind them where `caret`. */
void ui_markdown_label_show (GtkLabel *label, cmark_node *block, gboolean caret);

/* Formulas that are shown at another size than that of the label's font get that size: after the style changed. */
void ui_markdown_label_refresh (GtkLabel *label);

/* How large an em of formulas is beside the words of `widget`, in pixels. */
double ui_markdown_label_get_em (GtkWidget *widget);

G_END_DECLS
