/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inlines of a Markdown block (emphasis, code, links…) as Pango markup for a GtkLabel.
 *
 * Everything that the model wrote is escaped; the only tags in the result are the ones made here. Links that
 * ui_link_is_allowed () refuses become plain text, pictures become links with their alternative text
 * (nothing is ever fetched), raw HTML becomes text. References to footnotes become links to "#note-1", the notes' own
 * names to "#reference-1". */
#pragma once

#include <glib.h>

typedef struct cmark_node cmark_node;

G_BEGIN_DECLS

/* Tags deeper than this are left out; the text stays. */
#define UI_MARKDOWN_MAX_INLINE_DEPTH 16
/* And so are tags after so many of them in one label. */
#define UI_MARKDOWN_MAX_TAGS 400
/* The longest text of one label, in bytes; the rest is cut with an ellipsis. */
#define UI_MARKDOWN_MAX_LABEL (16 * 1024)

/* `block`: a paragraph, heading or table cell. `caret`: whether the writing caret follows the text.
 * `formulas` (nullable): takes a UiFormulaLayout for each formula, which stands in the markup as its source in a span that must not be broken; without it,
 * and where a formula cannot be set, its source is code. `words` (out) (nullable) (transfer full): the text with its formulas in words.
 * Returns: (transfer full): valid markup for gtk_label_set_markup () */
char *ui_markdown_inline_markup (cmark_node *block, gboolean caret, GPtrArray *formulas, char **words);

G_END_DECLS
