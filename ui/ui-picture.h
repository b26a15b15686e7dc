/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoded pictures of media/ as textures of GTK. */
#pragma once

#include <gtk/gtk.h>

#include "media.h"

G_BEGIN_DECLS

/* All of the picture. Returns: (transfer full) */
GdkTexture *ui_picture_to_texture (MediaPicture *picture);

/* The square in its middle, without copying a pixel; of tall pictures (pages) the upper part. Returns: (transfer full) */
GdkTexture *ui_picture_to_square_texture (MediaPicture *picture);

G_END_DECLS
