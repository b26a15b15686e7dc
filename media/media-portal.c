/* SPDX-License-Identifier: MIT */
#include "media-portal.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "media.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define CAMERA "org.freedesktop.portal.Camera"
#define REQUEST "org.freedesktop.portal.Request"

/* What the person may answer, as the portal numbers it; anything else is a failure. */
enum { ALLOWED, REFUSED };

typedef struct {
  GMainContext *context;
  gboolean answered;
  guint32 response;
} Question;

gboolean
media_portal_is_needed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

gboolean
media_portal_has_camera (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (bus, PORTAL, PORTAL_PATH, "org.freedesktop.DBus.Properties", "Get", g_variant_new ("(ss)", CAMERA, "IsCameraPresent"),
                                                            G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  if (reply == NULL)
    return FALSE;
  g_autoptr (GVariant) value = NULL;
  g_variant_get (reply, "(v)", &value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN) && g_variant_get_boolean (value);
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer data)
{
  Question *question = data;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get_child (parameters, 0, "u", &question->response);
  question->answered = TRUE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  g_main_context_wakeup (((Question *) data)->context);
}

/* The path that the portal gives to a request with this token, which must be known before the request is made: its answer may come at once. */
static char *
request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');

  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

/* The bus puts the name of its error before the words. */
static gboolean
fail_by_bus (GError **error, GError *trouble)
{
  g_dbus_error_strip_remote_error (trouble);
  if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_error_copy (trouble));
  else
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The system gives no camera to this program (%s). Install xdg-desktop-portal with PipeWire, or start the program outside of its sandbox."), trouble->message);
  return FALSE;
}

/* Asks, and waits for the answer as long as the person thinks. */
static gboolean
ask (GDBusConnection *bus, Question *question, GCancellable *cancellable, GError **error)
{
  g_autofree char *token = g_strdup_printf ("melete%u", g_random_int ());
  g_autofree char *path = request_path (bus, token);
  g_autoptr (GError) trouble = NULL;
  GVariantBuilder options;

  guint subscription = g_dbus_connection_signal_subscribe (bus, PORTAL, REQUEST, "Response", path, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_response, question, NULL);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (bus, PORTAL, PORTAL_PATH, CAMERA, "AccessCamera", g_variant_new ("(a{sv})", &options), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, cancellable, &trouble);
  if (reply != NULL) {
    gulong handler = cancellable != NULL ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), question, NULL) : 0;
    while (!question->answered && !g_cancellable_is_cancelled (cancellable))
      g_main_context_iteration (question->context, TRUE);
    g_cancellable_disconnect (cancellable, handler);
    if (!question->answered) {
      /* The question is taken away from the person. */
      g_dbus_connection_call (bus, PORTAL, path, REQUEST, "Close", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
      g_cancellable_set_error_if_cancelled (cancellable, &trouble);
    }
  }
  g_dbus_connection_signal_unsubscribe (bus, subscription);
  return trouble == NULL ? TRUE : fail_by_bus (error, trouble);
}

static int
open_remote (GDBusConnection *bus, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GError) trouble = NULL;
  gint32 handle = -1;
  int fd = -1;

  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_sync (bus, PORTAL, PORTAL_PATH, CAMERA, "OpenPipeWireRemote", g_variant_new ("(a{sv})", NULL), G_VARIANT_TYPE ("(h)"),
                                                                              G_DBUS_CALL_FLAGS_NONE, -1, NULL, &list, cancellable, &trouble);
  if (reply != NULL) {
    g_variant_get (reply, "(h)", &handle);
    fd = list != NULL ? g_unix_fd_list_get (list, handle, &trouble) : -1;
  }
  if (fd < 0 && trouble == NULL)
    trouble = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, _ ("no connection to PipeWire came"));
  if (fd < 0)
    fail_by_bus (error, trouble);
  return fd;
}

int
media_portal_open (GDBusConnection *bus, GCancellable *cancellable, GError **error)
{
  Question question = { g_main_context_new (), FALSE, ALLOWED };
  int fd = -1;

  g_main_context_push_thread_default (question.context);
  if (ask (bus, &question, cancellable, error)) {
    if (question.response == ALLOWED)
      fd = open_remote (bus, cancellable, error);
    else if (question.response == REFUSED)
      g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_DENIED, _ ("The camera is not allowed for this program. Allow it in the system's settings, under Apps, and try again."));
    else
      g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The system could not ask whether the camera may be used. Try again."));
  }
  /* What the unsubscribing left. */
  while (g_main_context_iteration (question.context, FALSE))
    ;
  g_main_context_pop_thread_default (question.context);
  g_main_context_unref (question.context);
  return fd;
}

static void
close_remote (gpointer data)
{
  close (GPOINTER_TO_INT (data) - 1);
}

static GstElement *
make_source (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);
  GstElement *source = gst_element_factory_make ("pipewiresrc", NULL);
  int fd = bus != NULL && source != NULL ? media_portal_open (bus, cancellable, error) : -1;

  if (source == NULL && bus != NULL)
    g_set_error_literal (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The part “pipewiresrc” of GStreamer is missing. Install GStreamer's plugin for PipeWire."));
  if (fd < 0) {
    if (source != NULL)
      gst_object_unref (gst_object_ref_sink (source));
    return NULL;
  }
  g_object_set (source, "fd", fd, NULL);
  /* PipeWire takes a copy of it when it opens. */
  g_object_set_data_full (G_OBJECT (source), "melete-remote", GINT_TO_POINTER (fd + 1), close_remote);
  return source;
}

MediaDevice *
media_portal_camera (void)
{
  return media_device_new (MEDIA_DEVICE_CAMERA, "portal", _ ("Camera"), make_source, NULL, NULL);
}
