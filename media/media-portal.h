/* SPDX-License-Identifier: MIT */
/* Inside the capture library: the camera of a sandboxed application, by org.freedesktop.portal.Camera.
 *
 * A sandbox has no /dev/video0. The portal asks the person, once, and then gives a connection to PipeWire that sees cameras and nothing else. */
#pragma once

#include "media-device-private.h"

G_BEGIN_DECLS

/* Whether this is a Flatpak. */
gboolean media_portal_is_needed (void);
/* Returns: (transfer full) */
MediaDevice *media_portal_camera (void);
/* Whether the system behind the portal has a camera; asks the bus, so it may take some milliseconds, and longer when nobody answers. */
gboolean media_portal_has_camera (GDBusConnection *bus);

/* Asks the person if need be, and waits for that, until `cancellable` (nullable). Returns a descriptor for PipeWire that the caller closes, or -1 with MEDIA_ERROR_DENIED or MEDIA_ERROR_DEVICE,
 * or G_IO_ERROR_CANCELLED. Iterates a context of its own. */
int media_portal_open (GDBusConnection *bus, GCancellable *cancellable, GError **error);

G_END_DECLS
