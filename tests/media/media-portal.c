/* SPDX-License-Identifier: MIT */
/* The portal of cameras, played by the test on a bus of its own: it answers in time, too early, not at all, and with a refusal. */
#include "media-portal.h"

#include <gio/gunixfdlist.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "capturing.h"
#include "media.h"

#define PORTAL_PATH "/org/freedesktop/portal/desktop"

static const char interface_xml[] =
    "<node><interface name='org.freedesktop.portal.Camera'>"
    "<method name='AccessCamera'><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>"
    "<method name='OpenPipeWireRemote'><arg type='a{sv}' direction='in'/><arg type='h' direction='out'/></method>"
    "<property name='IsCameraPresent' type='b' access='read'/>"
    "</interface></node>";

/* How the portal behaves. */
typedef struct {
  guint32 response;
  gboolean early;   /* the answer comes before the call returns */
  gboolean silent;  /* the person thinks for ever */
  gboolean no_fd;   /* and then there is no connection after all */
  int closed;       /* atomic: the question was taken back */
  int n_remotes;    /* atomic */
  gboolean present;
} Behaviour;

typedef struct {
  GTestDBus *bus;
  GThread *thread;
  GMainLoop *loop;
  GMainContext *context;
  Behaviour behaviour;
  gboolean ready;
  GMutex lock;
  GCond changed;
} Test;

static void
respond (GDBusConnection *bus, const char *sender, const char *path, guint32 response)
{
  g_dbus_connection_emit_signal (bus, sender, path, "org.freedesktop.portal.Request", "Response", g_variant_new ("(u@a{sv})", response, g_variant_new ("a{sv}", NULL)), NULL);
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Behaviour *behaviour = data;

  if (strcmp (method, "AccessCamera") == 0) {
    g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 0);
    const char *token = NULL;
    g_assert_true (g_variant_lookup (options, "handle_token", "&s", &token));
    g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
    g_autofree char *request = g_strdup_printf (PORTAL_PATH "/request/%s/%s", name, token);
    if (behaviour->early)
      respond (bus, sender, request, behaviour->response);
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", request));
    if (!behaviour->early && !behaviour->silent)
      respond (bus, sender, request, behaviour->response);
    return;
  }
  g_atomic_int_inc (&behaviour->n_remotes);
  if (behaviour->no_fd) {
    g_dbus_method_invocation_return_error_literal (invocation, G_IO_ERROR, G_IO_ERROR_FAILED, "PipeWire is not there");
    return;
  }
  int ends[2];
  g_assert_cmpint (pipe (ends), ==, 0);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_assert_cmpint (g_unix_fd_list_append (list, ends[0], NULL), ==, 0);
  /* So that who reads from it knows that it is this one. */
  g_assert_cmpint ((int) write (ends[1], "remote", 6), ==, 6);
  close (ends[0]);
  close (ends[1]);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0), list);
}

static GVariant *
on_get (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *property, GError **error, gpointer data)
{
  return g_variant_new_boolean (((Behaviour *) data)->present);
}

static const GDBusInterfaceVTable vtable = { on_call, on_get, NULL };

/* Requests have paths that nobody knows before, so what is sent to them is seen on its way. */
static GDBusMessage *
on_message (GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer data)
{
  if (incoming && g_strcmp0 (g_dbus_message_get_interface (message), "org.freedesktop.portal.Request") == 0 && g_strcmp0 (g_dbus_message_get_member (message), "Close") == 0)
    g_atomic_int_set (&((Behaviour *) data)->closed, TRUE);
  return message;
}

static gpointer
portal (gpointer data)
{
  Test *test = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (test->context);
  g_autoptr (GDBusConnection) bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (test->bus), G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (interface_xml, &error);
  g_assert_no_error (error);
  guint filter = g_dbus_connection_add_filter (bus, on_message, &test->behaviour, NULL);
  guint object = g_dbus_connection_register_object (bus, PORTAL_PATH, node->interfaces[0], &vtable, &test->behaviour, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName", g_variant_new ("(su)", "org.freedesktop.portal.Desktop", 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_mutex_lock (&test->lock);
  test->ready = TRUE;
  g_cond_signal (&test->changed);
  g_mutex_unlock (&test->lock);
  g_main_loop_run (test->loop);
  g_dbus_connection_unregister_object (bus, object);
  g_dbus_connection_remove_filter (bus, filter);
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_main_context_pop_thread_default (test->context);
  return NULL;
}

static void
set_up (Test *test, gconstpointer data)
{
  test->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test->bus);
  test->context = g_main_context_new ();
  test->loop = g_main_loop_new (test->context, FALSE);
  g_mutex_init (&test->lock);
  g_cond_init (&test->changed);
  test->thread = g_thread_new ("portal", portal, test);
  g_mutex_lock (&test->lock);
  while (!test->ready)
    g_cond_wait (&test->changed, &test->lock);
  g_mutex_unlock (&test->lock);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_main_loop_quit (test->loop);
  g_thread_join (test->thread);
  g_main_loop_unref (test->loop);
  g_main_context_unref (test->context);
  g_mutex_clear (&test->lock);
  g_cond_clear (&test->changed);
  g_test_dbus_stop (test->bus);
  g_object_unref (test->bus);
}

static GDBusConnection *
connect_to (Test *test)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (test->bus), G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static void
test_allowed (Test *test, gconstpointer data)
{
  g_autoptr (GDBusConnection) bus = connect_to (test);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint descriptors = 0;

  for (guint i = 0; i < 6; i++) {
    g_autoptr (GError) error = NULL;
    char words[8] = "";

    test->behaviour.early = i % 2 != 0;
    int fd = media_portal_open (bus, cancellable, &error);
    g_assert_no_error (error);
    g_assert_cmpint (fd, >=, 0);
    g_assert_cmpint ((int) read (fd, words, sizeof words), ==, 6);
    g_assert_cmpstr (words, ==, "remote");
    close (fd);
    if (i == 1)
      descriptors = count_descriptors ();
  }
  g_assert_cmpint (g_atomic_int_get (&test->behaviour.n_remotes), ==, 6);
  /* The portal, which is a thread of this process, may not have closed its own end of the last one yet. */
  for (guint i = 0; i < 5000 && count_descriptors () > descriptors; i++)
    g_usleep (1000);
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
}

static void
test_refused (Test *test, gconstpointer data)
{
  g_autoptr (GDBusConnection) bus = connect_to (test);
  g_autoptr (GError) error = NULL;

  test->behaviour.response = 1;
  g_assert_cmpint (media_portal_open (bus, NULL, &error), ==, -1);
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_DENIED);
  g_clear_error (&error);
  test->behaviour.response = 2;
  g_assert_cmpint (media_portal_open (bus, NULL, &error), ==, -1);
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  g_clear_error (&error);
  /* Nobody asked for the pictures without being allowed to. */
  g_assert_cmpint (g_atomic_int_get (&test->behaviour.n_remotes), ==, 0);
  test->behaviour.response = 0;
  test->behaviour.no_fd = TRUE;
  g_assert_cmpint (media_portal_open (bus, NULL, &error), ==, -1);
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "PipeWire is not there"));
}

static gpointer
cancel_later (gpointer data)
{
  g_usleep (50000);
  g_cancellable_cancel (data);
  return NULL;
}

/* The person switches the camera off again before they answered. */
static void
test_taken_back (Test *test, gconstpointer data)
{
  g_autoptr (GDBusConnection) bus = connect_to (test);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  test->behaviour.silent = TRUE;
  GThread *thread = g_thread_new ("cancel", cancel_later, cancellable);
  g_assert_cmpint (media_portal_open (bus, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  while (!g_atomic_int_get (&test->behaviour.closed))
    g_usleep (1000);
}

static void
test_present (Test *test, gconstpointer data)
{
  g_autoptr (GDBusConnection) bus = connect_to (test);

  g_assert_false (media_portal_has_camera (bus));
  test->behaviour.present = TRUE;
  g_assert_true (media_portal_has_camera (bus));
}

/* No portal at all. */
static void
test_missing (void)
{
  g_autoptr (GTestDBus) test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GError) error = NULL;

  g_test_dbus_up (test_bus);
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (test_bus), G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (media_portal_has_camera (bus));
  g_assert_cmpint (media_portal_open (bus, NULL, &error), ==, -1);
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "xdg-desktop-portal"));
  g_dbus_connection_close_sync (bus, NULL, NULL);
  g_object_unref (bus);
  g_test_dbus_down (test_bus);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/media/portal/allowed", Test, NULL, set_up, test_allowed, tear_down);
  g_test_add ("/media/portal/refused", Test, NULL, set_up, test_refused, tear_down);
  g_test_add ("/media/portal/taken-back", Test, NULL, set_up, test_taken_back, tear_down);
  g_test_add ("/media/portal/present", Test, NULL, set_up, test_present, tear_down);
  g_test_add_func ("/media/portal/missing", test_missing);
  return g_test_run ();
}
