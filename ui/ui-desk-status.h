/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiDeskStatus: the line that says how a version is: written, failing, not the newest. Nothing stands there of one that is as it should be.
 *
 * Signal: "restore" (): the person wants the older version back. */
#pragma once

#include <gtk/gtk.h>

#include "app-artifact.h"

G_BEGIN_DECLS

#define UI_TYPE_DESK_STATUS (ui_desk_status_get_type ())
G_DECLARE_FINAL_TYPE (UiDeskStatus, ui_desk_status, UI, DESK_STATUS, GtkWidget)

/* Says how it is now; it is not followed. */
void ui_desk_status_show (UiDeskStatus *self, AppVersion *version);
/* Says why it cannot be shown, until the next ui_desk_status_show (). */
void ui_desk_status_show_error (UiDeskStatus *self, const char *sentence);

G_END_DECLS
