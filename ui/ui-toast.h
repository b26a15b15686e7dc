/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Short messages over the window. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Once for each AdwToastOverlay: libadwaita 1.2 gives the button that closes a toast no name for a screen reader. */
void ui_toast_name_buttons (GtkWidget *overlay);

/* Shows `sentence` in the toast overlay around `widget`; without one it is only logged. */
void ui_toast (GtkWidget *widget, const char *sentence);

/* …with a button for that action, and so longer. Short: where the window is narrow, not much has room beside it. `label`: with its mnemonic. */
void ui_toast_with_action (GtkWidget *widget, const char *sentence, const char *label, const char *action);

/* Shows the error of a call, unless it was cancelled. */
void ui_toast_error (GtkWidget *widget, const GError *error);

/* The other half of an app_…_async () call whose success shows by itself: pass ui_toast_on_done with ui_toast_done_new () as its data, and its failure is
 * shown at `widget`. `finish`: the call's app_…_finish (). */
typedef gboolean (*UiToastFinish) (gpointer source, GAsyncResult *result, GError **error);
gpointer ui_toast_done_new (gpointer widget, UiToastFinish finish);
void ui_toast_on_done (GObject *source, GAsyncResult *result, gpointer done);

G_END_DECLS
