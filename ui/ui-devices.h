/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cameras and microphones of the program, in one list for all of its windows: each look for devices keeps some descriptors open for ever
 * (GStreamer's provider for PulseAudio), so there is one. */
#pragma once

#include "media-devices.h"

G_BEGIN_DECLS

/* Begins to look at the first call, which is therefore not made at the start: GStreamer takes a while to begin, on a thread of its own. The list belongs to the
 * application, and goes with it. Main thread. (transfer none) */
MediaDevices *ui_devices_get (void);
/* NULL as long as nobody wanted it. (transfer none) (nullable) */
MediaDevices *ui_devices_peek (void);

G_END_DECLS
