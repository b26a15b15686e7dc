/* SPDX-License-Identifier: MIT */
/* MediaDevices: the cameras and microphones that there are now.
 *
 * The lists fill soon after the object is made, and follow what is connected and taken away. Nothing is opened, and no light goes on. In a sandbox there is at most one
 * camera, the portal's. With the environment's MELETE_CAMERA or MELETE_MICROPHONE that list has the one test source from the start.
 *
 * Threads: one, whose thread-default main context changes come in; looking for devices happens elsewhere. */
#pragma once

#include "media-device.h"

G_BEGIN_DECLS

#define MEDIA_TYPE_DEVICES (media_devices_get_type ())
G_DECLARE_FINAL_TYPE (MediaDevices, media_devices, MEDIA, DEVICES, GObject)

/* Properties: "ready" (boolean): the first look is over, so an empty list means that there is none. */
MediaDevices *media_devices_new (void);
/* Of MediaDevice; what the system prefers comes first. (transfer none) */
GListModel *media_devices_get_list (MediaDevices *self, MediaDeviceKind kind);
gboolean media_devices_get_ready (MediaDevices *self);
/* The one with this id; when it is not there, or `id` is NULL, the first; NULL when there is none. Returns: (transfer full) (nullable) */
MediaDevice *media_devices_find (MediaDevices *self, MediaDeviceKind kind, const char *id);

G_END_DECLS
