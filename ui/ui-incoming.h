/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other programs hand over, by the clipboard or by a drop: files, and pictures without a file. It becomes attachments; the bytes of a picture stay as
 * they are, and are decoded where those of files are. Nothing is fetched: an address on the network is refused with a sentence. */
#pragma once

#include "app-attachment.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Called for each, later, while `owner` lives. */
typedef void (*UiIncomingFunc) (AppAttachment *attachment, gpointer owner);

/* If the clipboard of `view` holds files, or a picture and no text, takes them, and returns TRUE; trouble is told in a toast around `view`. Else FALSE:
 * the text is pasted as ever. */
gboolean ui_incoming_paste (GtkTextView *view, UiIncomingFunc add, GObject *owner);

/* What a drop target takes: files, addresses (to refuse them) and pictures. (transfer full) */
GdkContentFormats *ui_incoming_formats (void);
/* Takes what was dropped, and finishes the drop. */
void ui_incoming_drop (GtkWidget *widget, GdkDrop *drop, UiIncomingFunc add, GObject *owner);

G_END_DECLS
