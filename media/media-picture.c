/* SPDX-License-Identifier: MIT */
#include "media-clip.h"
#include "media-private.h"

G_DEFINE_BOXED_TYPE (MediaPicture, media_picture, media_picture_ref, media_picture_unref)
G_DEFINE_BOXED_TYPE (MediaResult, media_result, media_result_ref, media_result_unref)

MediaPicture *
media_picture_new (GBytes *pixels, guint width, guint height, gsize stride)
{
  g_return_val_if_fail (width > 0 && height > 0 && stride / 4 >= width, NULL);
  g_return_val_if_fail (g_bytes_get_size (pixels) / height >= stride, NULL);

  MediaPicture *picture = g_atomic_rc_box_new0 (MediaPicture);
  picture->pixels = g_bytes_ref (pixels);
  picture->width = width;
  picture->height = height;
  picture->stride = stride;
  return picture;
}

MediaPicture *
media_picture_ref (MediaPicture *picture)
{
  return g_atomic_rc_box_acquire (picture);
}

static void
clear_picture (gpointer data)
{
  g_bytes_unref (((MediaPicture *) data)->pixels);
}

void
media_picture_unref (MediaPicture *picture)
{
  g_atomic_rc_box_release_full (picture, clear_picture);
}

static void
free_code (gpointer data)
{
  MediaCode *code = data;
  g_free (code->kind);
  g_free (code->text);
  g_free (code);
}

static void
free_page (gpointer data)
{
  MediaPage *page = data;
  g_free (page->text);
  g_free (page);
}

MediaResult *
media_result_new (void)
{
  MediaResult *result = g_atomic_rc_box_new0 (MediaResult);
  result->codes = g_ptr_array_new_with_free_func (free_code);
  result->pages = g_ptr_array_new_with_free_func (free_page);
  result->frames = g_ptr_array_new_with_free_func (media_clip_frame_free);
  return result;
}

MediaResult *
media_result_ref (MediaResult *result)
{
  return g_atomic_rc_box_acquire (result);
}

static void
clear_result (gpointer data)
{
  MediaResult *result = data;
  g_free (result->format);
  g_clear_pointer (&result->picture, media_picture_unref);
  g_free (result->text);
  g_ptr_array_unref (result->codes);
  g_free (result->date);
  g_free (result->title);
  g_free (result->sender);
  g_ptr_array_unref (result->pages);
  g_ptr_array_unref (result->frames);
  g_clear_pointer (&result->sound, media_sound_unref);
}

void
media_result_unref (MediaResult *result)
{
  g_atomic_rc_box_release_full (result, clear_result);
}
