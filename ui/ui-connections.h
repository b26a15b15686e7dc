/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiConnections: the page of the preferences that lists every connection this program made, the newest first. */
#pragma once

#include <adwaita.h>

#include "app-connections.h"

G_BEGIN_DECLS

#define UI_TYPE_CONNECTIONS (ui_connections_get_type ())
G_DECLARE_FINAL_TYPE (UiConnections, ui_connections, UI, CONNECTIONS, AdwPreferencesPage)

UiConnections *ui_connections_new (AppConnections *connections);

G_END_DECLS
