/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiMirror: a paintable that shows a texture as a mirror would: who looks at their own face sees what they are used to. The same in every direction of writing. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_MIRROR (ui_mirror_get_type ())
G_DECLARE_FINAL_TYPE (UiMirror, ui_mirror, UI, MIRROR, GObject)

UiMirror *ui_mirror_new (void);
/* (nullable): nothing is shown */
void ui_mirror_set_texture (UiMirror *self, GdkTexture *texture);
/* (transfer none) (nullable) */
GdkTexture *ui_mirror_get_texture (UiMirror *self);

G_END_DECLS
