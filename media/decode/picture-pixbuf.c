/* SPDX-License-Identifier: MIT */
/* GIF, TIFF, BMP and ICO through GdkPixbuf, whose loaders for them are small and well used; the process around them is a sandbox. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "picture.h"

/* One loader of each, made before the sandbox, because a loader is a module that is opened by its path. */
static GdkPixbufLoader *loader_gif, *loader_tiff, *loader_bmp, *loader_ico;

static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  picture_check_size (width > 0 ? (uint64_t) width : 0, height > 0 ? (uint64_t) height : 0);
}

static void
decode_with (GdkPixbufLoader *loader, Job *job, Picture *picture)
{
  const size_t slice = 64 * 1024;
  ImageSink sink;
  size_t at = 0;

  if (loader == NULL)
    job_fail (MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), NULL);
  while (at < job->input_size) {
    size_t n = job->input_size - at < slice ? job->input_size - at : slice;
    if (!gdk_pixbuf_loader_write (loader, job->input + at, n, NULL))
      job_fail (MEDIA_FAULT_DAMAGED, at, job->input_size);
    at += n;
  }
  if (!gdk_pixbuf_loader_close (loader, NULL))
    job_fail (MEDIA_FAULT_DAMAGED, at, job->input_size);
  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL)
    job_fail (MEDIA_FAULT_DAMAGED, at, job->input_size);

  picture->width = (uint32_t) gdk_pixbuf_get_width (pixbuf);
  picture->height = (uint32_t) gdk_pixbuf_get_height (pixbuf);
  picture_check_size (picture->width, picture->height);
  int channels = gdk_pixbuf_get_n_channels (pixbuf);
  size_t stride = (size_t) gdk_pixbuf_get_rowstride (pixbuf);
  const uint8_t *pixels = gdk_pixbuf_read_pixels (pixbuf);
  uint8_t *row = g_malloc ((size_t) picture->width * 4);
  uint32_t width, height;

  image_fit (picture->width, picture->height, picture->max_side, &width, &height);
  image_sink_begin (&sink, picture->width, picture->height, width, height);
  for (uint32_t y = 0; y < picture->height; y++) {
    const uint8_t *from = pixels + y * stride;
    for (uint32_t x = 0; x < picture->width; x++, from += channels) {
      memcpy (row + 4 * (size_t) x, from, 3);
      row[4 * (size_t) x + 3] = channels == 4 ? from[3] : 255;
    }
    image_sink_row (&sink, row);
  }
  g_free (row);
  picture->image = image_sink_end (&sink);
}

static bool
starts (const uint8_t *bytes, size_t size, const char *with, size_t length)
{
  return size > length && memcmp (bytes, with, length) == 0;
}

#define PIXBUF_FORMAT(name, LABEL, test)                          \
  static void                                                     \
  prepare_##name (void)                                           \
  {                                                               \
    loader_##name = gdk_pixbuf_loader_new_with_type (#name, NULL); \
  }                                                               \
  static bool                                                     \
  matches_##name (const uint8_t *bytes, size_t size)              \
  {                                                               \
    return test;                                                  \
  }                                                               \
  static void                                                     \
  decode_##name (Job *job, Picture *picture)                      \
  {                                                               \
    decode_with (loader_##name, job, picture);                    \
  }                                                               \
  const PictureFormat picture_##name = { prepare_##name, matches_##name, decode_##name, LABEL, true }

PIXBUF_FORMAT (gif, "GIF", starts (bytes, size, "GIF87a", 6) || starts (bytes, size, "GIF89a", 6));
PIXBUF_FORMAT (tiff, "TIFF", starts (bytes, size, "II*\0", 4) || starts (bytes, size, "MM\0*", 4));
PIXBUF_FORMAT (bmp, "BMP", starts (bytes, size, "BM", 2));
PIXBUF_FORMAT (ico, "ICO", starts (bytes, size, "\0\0\1\0", 4));
