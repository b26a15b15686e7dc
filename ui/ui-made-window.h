/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiMadeWindow: one thing that was made in a window of its own, as an application: its page, and nothing else of this program.
 *
 * Actions: "made.full" (boolean state), "made.reload", "made.remove": out of the applications; "made.open": in its conversation, by "app.show-made". */
#pragma once

#include <adwaita.h>

#include "app-history.h"

G_BEGIN_DECLS

#define UI_TYPE_MADE_WINDOW (ui_made_window_get_type ())
G_DECLARE_FINAL_TYPE (UiMadeWindow, ui_made_window, UI, MADE_WINDOW, AdwApplicationWindow)

/* `application`: (nullable). `handle`: of app-made.h, or anything: of what is not there a sentence says so. */
UiMadeWindow *ui_made_window_new (GtkApplication *application, AppHistory *history, const char *handle);
const char *ui_made_window_get_handle (UiMadeWindow *self);

G_END_DECLS
