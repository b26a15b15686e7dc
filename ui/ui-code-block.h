/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiCodeBlock: source code in an answer: its language, a Copy button and a read-only GtkSourceView. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* More code than this is shown without highlighting and scrolls inside the block. */
#define UI_CODE_BLOCK_MAX_HIGHLIGHT (128 * 1024)

#define UI_TYPE_CODE_BLOCK (ui_code_block_get_type ())
G_DECLARE_FINAL_TYPE (UiCodeBlock, ui_code_block, UI, CODE_BLOCK, GtkWidget)

GtkWidget *ui_code_block_new (void);

/* `info`: the word after the fence ("python", "c++"), may be empty. `code` without its last line break. Text that only grew is
 * appended, so that streaming costs what is new. */
void ui_code_block_set (UiCodeBlock *self, const char *info, const char *code);

/* Returns: (transfer none): the name of the language as shown */
const char *ui_code_block_get_language (UiCodeBlock *self);

/* Returns: (transfer full): all of the code */
char *ui_code_block_dup_code (UiCodeBlock *self);

G_END_DECLS
