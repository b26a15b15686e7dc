/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPromptPicker: the list of prompts, the person's and those that servers of tools have ready, that comes up when "/" is typed at the beginning of an empty text, and narrows while one types on. The focus stays in
 * the text: arrows choose, Enter takes, Escape puts the list away until the text begins anew. Where nothing matches there is no list, so that words that
 * begin with "/" are written and sent as all others. */
#pragma once

#include <gtk/gtk.h>

#include "app-library.h"
#include "mcp/mcp-servers.h"

G_BEGIN_DECLS

#define UI_TYPE_PROMPT_PICKER (ui_prompt_picker_get_type ())
G_DECLARE_FINAL_TYPE (UiPromptPicker, ui_prompt_picker, UI, PROMPT_PICKER, GtkPopover)

/* For the text of `view`; it comes up over `parent`, whose child it becomes: unparent it when that goes. Signals: "use" (AppLibraryItem *item), "use-server" (AppMcpServer *server, AppMcpPrompt *prompt). */
UiPromptPicker *ui_prompt_picker_new (GtkTextView *view, GtkWidget *parent);
void ui_prompt_picker_set_prompts (UiPromptPicker *self, AppLibrary *prompts);
/* Whose prompts come behind those of the person. (nullable) */
void ui_prompt_picker_set_servers (UiPromptPicker *self, AppMcpServers *servers);
/* A key that the text is about to get: TRUE when it was for the list. */
gboolean ui_prompt_picker_take_key (UiPromptPicker *self, guint keyval, GdkModifierType state);

G_END_DECLS
