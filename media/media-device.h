/* SPDX-License-Identifier: MIT */
/* MediaDevice: a camera or a microphone that there is. Immutable; any thread. MediaDevices (media-devices.h) lists them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  MEDIA_DEVICE_CAMERA,
  MEDIA_DEVICE_MICROPHONE,
  MEDIA_DEVICE_N,
} MediaDeviceKind;

#define MEDIA_TYPE_DEVICE (media_device_get_type ())
G_DECLARE_FINAL_TYPE (MediaDevice, media_device, MEDIA, DEVICE, GObject)

/* Properties, so that lists can show them: "id", "name" (strings). */

/* The same for the same device after a restart, as far as the system knows it: to be kept in settings. (transfer none) */
const char *media_device_get_id (MediaDevice *self);
/* For the person, translated where it is ours. A source for tests says that it is one. (transfer none) */
const char *media_device_get_name (MediaDevice *self);
MediaDeviceKind media_device_get_kind (MediaDevice *self);

/* What is used when nobody chose: what the environment's MELETE_CAMERA or MELETE_MICROPHONE says, else what the system prefers. In a sandbox the camera is the
 * portal's, which asks the person. Opens nothing. Returns: (transfer full) */
MediaDevice *media_device_get_default (MediaDeviceKind kind);

/* What a camera or a microphone is doing, for their property "state". */
typedef enum {
  MEDIA_CAPTURE_OFF,      /* the device is released: its light is off, others can have it */
  MEDIA_CAPTURE_STARTING, /* it is opened, or the person is asked */
  MEDIA_CAPTURE_ON,       /* pictures or sound have come */
  MEDIA_CAPTURE_STOPPING, /* nothing more comes; the device is being released */
  MEDIA_CAPTURE_FAILED,   /* released; the error says why */
} MediaCaptureState;

G_END_DECLS
