/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short messages over the window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows `sentence` in the toast overlay around `widget`; without one it is only logged. */
void ui_toast (GtkWidget *widget, const char *sentence);

/* Shows the error of a call, unless it was cancelled. */
void ui_toast_error (GtkWidget *widget, const GError *error);

G_END_DECLS
