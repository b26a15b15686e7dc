/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and the clipboard of the composer: private to UiComposer. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether a key press sends: Enter without Shift (`enter_sends`), or Ctrl+Enter. */
gboolean ui_composer_input_sends (guint keyval, GdkModifierType state, gboolean enter_sends);

/* If the clipboard of `widget` holds files, or a picture and no text, calls `add` with one new AppAttachment for each (later, and only while
 * `owner` lives; trouble is told in a toast) and returns TRUE; else returns FALSE, and the text is pasted as ever. */
gboolean ui_composer_input_paste (GtkWidget *widget, void (*add) (GObject *attachment, gpointer owner), GObject *owner);

G_END_DECLS
