/* SPDX-License-Identifier: MIT */
/* Devices that come and go as a program likes, by a provider as GStreamer's plugins have them. */
#pragma once

#include <gst/gst.h>

/* After gst_init (): no other provider counts from now on. */
void fake_provider_register (void);

/* While it is started, else NULL; and how often it was started and stopped (atomic). It begins with some devices. */
extern GstDeviceProvider *fake_provider;
extern guint fake_provider_n_starts, fake_provider_n_stops;

/* For gst_device_provider_device_add (). `class`: "Source/Video", "Audio/Source". Returns: (transfer floating) */
GstDevice *fake_device_new (const char *name, const char *class, const char *device_class, gboolean preferred);
