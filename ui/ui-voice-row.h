/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of the preferences that chooses the voice for reading aloud: by the language of the text, or always the same. */
#pragma once

#include <gio/gio.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Returns: (transfer floating): bound to the key "speech-voice" */
GtkWidget *ui_voice_row_new (GSettings *settings);

G_END_DECLS
