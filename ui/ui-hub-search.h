/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiHubSearch: looks for models on the hub and lists what it found.
 *
 * It asks only when the person presses Enter: each search is a connection. Signal: "open" (const char *id), the repository of a row. */
#pragma once

#include <gtk/gtk.h>

#include "app-hub.h"

G_BEGIN_DECLS

#define UI_TYPE_HUB_SEARCH (ui_hub_search_get_type ())
G_DECLARE_FINAL_TYPE (UiHubSearch, ui_hub_search, UI, HUB_SEARCH, GtkWidget)

/* Begins with a search for `words`, when there are any. */
GtkWidget *ui_hub_search_new (AppHub *hub, const char *words);

G_END_DECLS
