/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiCameraDialog: a window in which the person sees themselves as in a mirror, takes a picture, looks at it as others would see it, and adds it or takes another.
 *
 * The camera is on only while the live picture shows, and a red dot says so: it is released when a picture is taken and when the window closes. Cameras that are
 * connected or taken away meanwhile come and go in the menu. */
#pragma once

#include <adwaita.h>

#include "app-attachment.h"

G_BEGIN_DECLS

#define UI_TYPE_CAMERA_DIALOG (ui_camera_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiCameraDialog, ui_camera_dialog, UI, CAMERA_DIALOG, AdwWindow)

/* What is added: a PNG file that nothing has read yet. */
typedef void (*UiCameraFunc) (AppAttachment *attachment, gpointer owner);

/* Opens it over the window of `widget`. `add` is called at most once, while `owner` lives. */
void ui_camera_dialog_present (GtkWidget *widget, UiCameraFunc add, GObject *owner);

G_END_DECLS
