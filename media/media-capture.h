/* SPDX-License-Identifier: MIT */
/* Inside the capture library: one use of a device, from opening to release.
 *
 * Opening a device and letting it go may take long, so neither happens on the owner's thread: each use has a thread that builds a pipeline, starts it, listens to it,
 * and takes it down. What streams is put by GStreamer's own threads into a `feed`, which the owner looks into when it is woken.
 *
 *   owner's context            thread of the capture           GStreamer's threads
 *   media_capture_start ()  →  build (), playing
 *                                                              feed is filled, media_capture_wake ()
 *   ready ()                ←                               ←
 *   media_capture_stop ()   →  NULL: the device is free
 *   released ()             ←
 *
 * A new use waits for the one before it, so that a device is never opened twice. */
#pragma once

#include <gst/gst.h>

#include "media-device-private.h"

G_BEGIN_DECLS

typedef struct _MediaCapture MediaCapture;

typedef struct {
  /* On the thread of the capture: the pipeline with `source` in it, of which it takes the floating reference. Returns: (transfer floating) (nullable) */
  GstElement *(*build) (MediaCapture *capture, gpointer feed, GstElement *source, GError **error);
  /* In the owner's context. Never after media_capture_forget (). */
  void (*ready) (gpointer owner);
  /* The same: the device is free. `error`: why it ended by itself, NULL after media_capture_stop () and when a file has played to its end. Comes once. */
  void (*released) (gpointer owner, const GError *error);
  void (*free_feed) (gpointer feed);
} MediaCaptureInfo;

/* Uses `device`; callbacks come in the thread-default context of now. `feed` is taken over. `before`: the last use by this owner (nullable). Returns: (transfer full) */
MediaCapture *media_capture_start (const MediaCaptureInfo *info, MediaDevice *device, gpointer owner, gpointer feed, MediaCapture *before);
/* Does not wait. */
void media_capture_stop (MediaCapture *self);
/* Stops, and calls back no more: the owner goes away. */
void media_capture_forget (MediaCapture *self);
gpointer media_capture_get_feed (MediaCapture *self);
/* (transfer none) */
MediaDevice *media_capture_get_device (MediaCapture *self);
void media_capture_unref (MediaCapture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaCapture, media_capture_unref)

/* From any thread: there is something in the feed. Calls that come before ready () are one. */
void media_capture_wake (MediaCapture *self);

G_END_DECLS
