/* SPDX-License-Identifier: MIT */
/* The client of `melete-decode`: decodes the bytes of others in a sandboxed process.
 *
 * One call = one helper process = one job. The helper gets a file descriptor with the input, a block of shared memory of a size
 * that this side chose, and a control socket; it drops files, network and new processes before it looks at the first byte. What it
 * answers is checked as if it were hostile. A job that is cancelled, takes too long or dies costs that one job.
 *
 * Threads: every function may be called on any thread; callbacks run in the thread-default main context of the caller.
 * Errors: MEDIA_ERROR with a sentence for the person, or G_IO_ERROR_CANCELLED. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MEDIA_ERROR (media_error_quark ())
GQuark media_error_quark (void);

typedef enum {
  MEDIA_ERROR_DAMAGED,     /* the bytes are broken */
  MEDIA_ERROR_UNSUPPORTED, /* a format that is not read, or a locked PDF */
  MEDIA_ERROR_TOO_LARGE,   /* more pixels, pages or bytes than are taken, or more memory than allowed */
  MEDIA_ERROR_TOO_SLOW,    /* longer than the time limit */
  MEDIA_ERROR_HELPER,      /* the helper is missing, died or lied */
  MEDIA_ERROR_SANDBOX,     /* this kernel gives no sandbox, so nothing is decoded */
} MediaErrorCode;

/* A picture in memory: R, G, B, A bytes, straight (not premultiplied) alpha, rows from top to bottom. Immutable. */
typedef struct {
  GBytes *pixels; /* stride × height bytes */
  guint width, height;
  gsize stride; /* bytes from one row to the next = 4 × width */
} MediaPicture;

#define MEDIA_TYPE_PICTURE (media_picture_get_type ())
GType media_picture_get_type (void);
/* Takes its own reference to `pixels`, which must hold stride × height bytes. Returns: (transfer full) */
MediaPicture *media_picture_new (GBytes *pixels, guint width, guint height, gsize stride);
MediaPicture *media_picture_ref (MediaPicture *picture);
void media_picture_unref (MediaPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaPicture, media_picture_unref)

G_END_DECLS
