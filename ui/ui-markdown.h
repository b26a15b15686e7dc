/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiMarkdown: an answer in Markdown (CommonMark with GitHub's tables, task lists, strikethrough and autolinks) as native widgets.
 *
 * Every block is a widget. A new text is compared with what is shown: blocks that did not change keep their widgets, and a
 * text that only grew (an answer being written) is parsed again from its last block alone.
 *
 * The text is foreign. Limits (below, and those of app-markdown.h) bound time, memory and stack for any input; beyond them text is shown as it is, without
 * formatting, never dropped in silence. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Quotes and lists nested deeper are shown as plain text. */
#define UI_MARKDOWN_MAX_DEPTH 10
/* Blocks beyond this number are shown as plain text. */
#define UI_MARKDOWN_MAX_BLOCKS 1000
/* Of them, so many may be code, which is dear. */
#define UI_MARKDOWN_MAX_CODE_BLOCKS 150
/* At most so much plain text is laid out; the rest is named and can be copied. */
#define UI_MARKDOWN_MAX_PLAIN (256 * 1024)

#define UI_TYPE_MARKDOWN (ui_markdown_get_type ())
G_DECLARE_FINAL_TYPE (UiMarkdown, ui_markdown, UI, MARKDOWN, GtkWidget)

GtkWidget *ui_markdown_new (void);

/* `text`: UTF-8. `writing`: whether more will come; then a caret stands at the end. */
void ui_markdown_set_text (UiMarkdown *self, const char *text, gboolean writing);

/* `text` as it is, without formatting, in as many labels as it needs. */
void ui_markdown_set_plain (UiMarkdown *self, const char *text);

/* (transfer full, nullable): marks these parts, an array of UiSpokenRange of labels within, until another text is set. */
void ui_markdown_set_marks (UiMarkdown *self, GArray *marks);

/* The direction of the first block that is not code, which runs from left to right everywhere; GTK_TEXT_DIR_NONE while there is none. */
GtkTextDirection ui_markdown_get_text_direction (UiMarkdown *self);

/* How many parts are marked: for tests. */
guint ui_markdown_get_n_marks (UiMarkdown *self);

/* How many bytes the last ui_markdown_set_text () parsed: for tests of the incremental way. */
gsize ui_markdown_get_parsed_bytes (UiMarkdown *self);

G_END_DECLS
