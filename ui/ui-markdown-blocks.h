/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the parser's blocks to widgets: private to UiMarkdown. */
#pragma once

#include <gtk/gtk.h>
#include <cmark-gfm.h>

G_BEGIN_DECLS

/* One rendering. */
typedef struct {
  guint n_blocks;        /* widgets so far, for the limit */
  guint n_code_blocks;
  guint depth;           /* of containers */
  guint list_depth;      /* of lists among them */
  GtkTextDirection direction;
  cmark_node *caret;     /* (nullable): the block that carries the writing caret */
} UiMarkdownPass;

/* Makes the children of `box` show the siblings `node`…, keeping the widgets that already show the right kind of block. The first child that
 * is looked at is `child` (nullable: append); children after the last block are removed. */
void ui_markdown_blocks_update (UiMarkdownPass *pass, GtkWidget *box, GtkWidget *child, cmark_node *node);

/* Shows `text` as it is, in labels of bounded size, after `child` as above. */
void ui_markdown_blocks_update_plain (UiMarkdownPass *pass, GtkWidget *box, GtkWidget *child, const char *text);

/* The last block that can carry a caret, or NULL. */
cmark_node *ui_markdown_blocks_find_caret (cmark_node *document);

G_END_DECLS
