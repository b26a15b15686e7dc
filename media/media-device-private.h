/* SPDX-License-Identifier: MIT */
/* Inside the capture library: where a device's pictures or sound come from.
 *
 * A kind of device is one function that makes its source, an element with one pad of raw sound (audio/x-raw), or of raw or JPEG pictures (video/x-raw,
 * image/jpeg). For the environment it is also one line in the table of media-source.c. */
#pragma once

#include <gst/gst.h>

#include "media-device.h"

G_BEGIN_DECLS

/* On the thread of a capture, so it may wait. Returns: (transfer floating) (nullable) */
typedef GstElement *(*MediaSourceMaker) (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error);

/* Takes `data` over. */
MediaDevice *media_device_new (MediaDeviceKind kind, const char *id, const char *name, MediaSourceMaker make, gpointer data, GDestroyNotify free_data);
GstElement *media_device_make_source (MediaDevice *self, GCancellable *cancellable, GError **error);

/* The device that the environment puts in the place of all others of its kind. Returns: (transfer full) (nullable) */
MediaDevice *media_source_from_environment (MediaDeviceKind kind);
/* One that GStreamer found. Returns: (transfer full) */
MediaDevice *media_source_from_gst (MediaDeviceKind kind, GstDevice *device);
/* Whether it is `device`. */
gboolean media_source_is_gst (MediaDevice *self, GstDevice *device);
/* The id of what the system prefers. */
#define MEDIA_DEVICE_DEFAULT "default"
/* What the system prefers, without looking for devices. Returns: (transfer full) */
MediaDevice *media_source_preferred (MediaDeviceKind kind);

/* gst_init (), once. The first time may take seconds. */
void media_source_init (void);

G_END_DECLS
