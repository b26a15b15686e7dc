/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPromptForm: asks for the variables of a prompt, those that do not fill themselves. */
#pragma once

#include <adwaita.h>

#include "app-library.h"

G_BEGIN_DECLS

#define UI_TYPE_PROMPT_FORM (ui_prompt_form_get_type ())
G_DECLARE_FINAL_TYPE (UiPromptForm, ui_prompt_form, UI, PROMPT_FORM, AdwWindow)

/* Called with the filled text, at once or after the form and the clipboard; never when the form is left. Not after `owner` is gone. */
typedef void (*UiPromptFunc) (const char *text, gpointer owner);

/* Fills `text` for `owner` (a GtkWidget): with the date, the clipboard, and a form over its window when there is something to ask. */
void ui_prompt_form_fill (const char *title, const char *text, UiPromptFunc done, GtkWidget *owner);

G_END_DECLS
