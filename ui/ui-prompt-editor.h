/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPromptEditor: the page in which the text of a prompt is written. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UI_TYPE_PROMPT_EDITOR (ui_prompt_editor_get_type ())
G_DECLARE_FINAL_TYPE (UiPromptEditor, ui_prompt_editor, UI, PROMPT_EDITOR, AdwPreferencesPage)

GtkWidget *ui_prompt_editor_new (const char *text);
/* NULL when there is nothing. (transfer full) */
char *ui_prompt_editor_dup_text (UiPromptEditor *self);

G_END_DECLS
