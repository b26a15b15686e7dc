/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The icon of something that was made, among the icons of applications: a tile with its picture. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_LAUNCHER_ICON_SIZE 256

/* `thumbnail`: a PNG of its page; (nullable): then `icon_name` is drawn instead, a symbolic icon of `widget`'s display. A PNG. (transfer full) */
GBytes *ui_launcher_icon_new (GtkWidget *widget, GBytes *thumbnail, const char *icon_name);

G_END_DECLS
