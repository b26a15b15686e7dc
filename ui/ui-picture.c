/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-picture.h"

GdkTexture *
ui_picture_to_texture (MediaPicture *picture)
{
  return gdk_memory_texture_new (picture->width, picture->height, GDK_MEMORY_R8G8B8A8, picture->pixels, picture->stride);
}

GdkTexture *
ui_picture_to_square_texture (MediaPicture *picture)
{
  guint side = MIN (picture->width, picture->height);
  gsize x = (picture->width - side) / 2;
  gsize y = (picture->height - side) / 8;
  gsize start = y * picture->stride + x * 4;
  gsize length = (side - 1) * picture->stride + side * 4;
  g_autoptr (GBytes) pixels = g_bytes_new_from_bytes (picture->pixels, start, length);

  return gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8A8, pixels, picture->stride);
}
