/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The colours of code: schemes of our own, since those that come with GtkSourceView are below 4.5:1 on our card. */
#pragma once

#include <gtksourceview/gtksource.h>

G_BEGIN_DECLS

/* (transfer none) (nullable): NULL only where GtkSourceView has no scheme of its own either */
GtkSourceStyleScheme *ui_code_style_get (gboolean dark, gboolean high_contrast);

/* The buffer has the colours that suit the window, and follows when that becomes light, dark or of high contrast. */
void ui_code_style_follow (GtkSourceBuffer *buffer);

G_END_DECLS
