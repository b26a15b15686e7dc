/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The about window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void ui_about_show (GtkWindow *parent);

G_END_DECLS
