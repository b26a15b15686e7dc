/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiServerDialog: adds a server, or changes one: address, name and key; then Connect asks it for its models, and Add keeps it. Nothing is sent anywhere
 * before Connect. */
#pragma once

#include <adwaita.h>

#include "app-servers.h"

G_BEGIN_DECLS

#define UI_TYPE_SERVER_DIALOG (ui_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiServerDialog, ui_server_dialog, UI, SERVER_DIALOG, AdwWindow)

/* `owner`: a widget of the window over which it stands, whose toasts tell what there is to be told afterwards. `server`: NULL to add one. */
GtkWidget *ui_server_dialog_new (GtkWidget *owner, AppServers *servers, AppServer *server);

G_END_DECLS
