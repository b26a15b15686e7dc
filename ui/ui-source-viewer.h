/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the passage that an answer cites, in its attachment: the page itself, and the words marked. */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

/* Opens the viewer over the window of `widget` as soon as the attachment has been read from the history. `note`: the message that source->note names. */
void ui_source_viewer_present (GtkWidget *widget, AppMessage *note, const AppSource *source);

G_END_DECLS
