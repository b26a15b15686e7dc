/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiWindow: the sidebar beside the page of a conversation; the sidebar folds away below 1000 px.
 *
 * Actions: "win.new", "win.search", "win.composer", "win.stop", "win.regenerate", "win.edit", "win.copy", "win.attach", "win.sidebar",
 * "win.rename", "win.delete", "win.models", "win.shortcuts". Other pages are shown with ui_window_show_page (). */
#pragma once

#include <adwaita.h>

#include "app-history.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_WINDOW (ui_window_get_type ())
G_DECLARE_FINAL_TYPE (UiWindow, ui_window, UI, WINDOW, AdwApplicationWindow)

UiWindow *ui_window_new (GtkApplication *application, AppHistory *history, AppModels *models);

/* Shows `page` in the place of the conversation, under `title`, with a Back button; pages are made when they are needed and go when the person
 * goes back. */
void ui_window_show_page (UiWindow *self, GtkWidget *page, const char *title);
void ui_window_close_page (UiWindow *self);
/* The page of the models; `first_run`: as the greeting of a machine without one. */
void ui_window_show_models (UiWindow *self, gboolean first_run);

/* Opens files in a new conversation. `files`: GFile */
void ui_window_open_files (UiWindow *self, GListModel *files);

/* Shows a conversation (NULL: a new one). */
void ui_window_open_conversation (UiWindow *self, AppConversation *conversation, gint64 message_id);

/* …and on the desk what this message of it made. */
void ui_window_show_made (UiWindow *self, gint64 conversation, gint64 message);

void ui_window_toast (UiWindow *self, const char *sentence);
/* Tells when the graphics card fails, and at once when it is off since a crash. */
void ui_window_watch_gpu (UiWindow *self, AppGpu *gpu);
/* A sentence that stays, on every page: what is wrong with this whole run of the program. NULL for nothing. */
void ui_window_set_trouble (UiWindow *self, const char *sentence);

AppHistory *ui_window_get_history (UiWindow *self); /* (transfer none) */
AppModels *ui_window_get_models (UiWindow *self);   /* (transfer none) */

G_END_DECLS
