/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-devices.h"

#include <gtk/gtk.h>

#define KEY "ui-devices"

/* Widgets alone, in a test, have no application. */
static GObject *
find_owner (void)
{
  GApplication *application = g_application_get_default ();

  return application != NULL ? G_OBJECT (application) : G_OBJECT (gdk_display_get_default ());
}

MediaDevices *
ui_devices_peek (void)
{
  return g_object_get_data (find_owner (), KEY);
}

MediaDevices *
ui_devices_get (void)
{
  MediaDevices *devices = ui_devices_peek ();

  if (devices == NULL) {
    devices = media_devices_new ();
    g_object_set_data_full (find_owner (), KEY, devices, g_object_unref);
  }
  return devices;
}
