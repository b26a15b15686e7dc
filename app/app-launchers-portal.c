/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-launchers-portal.h"

#include <glib/gi18n.h>

#include "app-error.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PATH "/org/freedesktop/portal/desktop"
#define LAUNCHER "org.freedesktop.portal.DynamicLauncher"
#define REQUEST "org.freedesktop.portal.Request"
/* A launcher of an application, as the portal numbers them. */
#define APPLICATION 1

/* What the person may answer, likewise; anything else is a failure. */
enum { ALLOWED, REFUSED };

/* An installation: data of its task. */
typedef struct {
  GDBusConnection *bus;
  char *id, *entry;
  char *request;      /* the path of the question */
  guint subscription; /* to its answer; 0: it came */
} Installing;

static void
unsubscribe (Installing *installing)
{
  if (installing->subscription != 0)
    g_dbus_connection_signal_unsubscribe (installing->bus, installing->subscription);
  installing->subscription = 0;
}

static void
installing_free (gpointer data)
{
  Installing *installing = data;

  unsubscribe (installing);
  g_object_unref (installing->bus);
  g_free (installing->id);
  g_free (installing->entry);
  g_free (installing->request);
  g_free (installing);
}

/* The bus puts the name of its error before the words. Takes `trouble`. */
static void
fail_by_bus (GTask *task, GError *trouble)
{
  if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, trouble);
    return;
  }
  g_dbus_error_strip_remote_error (trouble);
  g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("The system adds no applications for this program (%s). Install a newer xdg-desktop-portal, or start Melete outside of its sandbox."),
                           trouble->message);
  g_error_free (trouble);
}

static void
on_installed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    fail_by_bus (task, error);
}

/* The person has answered, or has gone away. */
static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal, GVariant *parameters, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Installing *installing = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  const char *token = NULL;
  guint32 response;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  unsubscribe (installing);
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  if (response == REFUSED)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Refused");
  else if (response != ALLOWED || !g_variant_lookup (results, "token", "&s", &token))
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The system could not ask whether it may add the application. Try again."));
  else
    g_dbus_connection_call (bus, PORTAL, PATH, LAUNCHER, "Install", g_variant_new ("(sssa{sv})", token, installing->id, installing->entry, NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                            g_task_get_cancellable (task), on_installed, g_object_ref (task));
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Installing *installing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL) {
    unsubscribe (installing);
    fail_by_bus (task, error);
  }
}

void
launcher_portal_install_async (GDBusConnection *bus, const char *parent, const char *title, GBytes *icon, const char *id, const char *entry, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Installing *installing = g_new0 (Installing, 1);
  g_autofree char *token = g_strdup_printf ("melete%u", g_random_int ());
  g_autofree char *sender = g_strdelimit (g_strdup (g_dbus_connection_get_unique_name (bus) + 1), ".", '_');
  g_autoptr (GIcon) bytes = g_bytes_icon_new (icon);
  g_autoptr (GVariant) serialized = g_icon_serialize (bytes);
  GVariantBuilder options;

  installing->bus = g_object_ref (bus);
  installing->id = g_strdup (id);
  installing->entry = g_strdup (entry);
  /* Its path must be known before the question is asked: the answer may come at once. */
  installing->request = g_strdup_printf (PATH "/request/%s/%s", sender, token);
  g_task_set_task_data (task, installing, installing_free);
  installing->subscription = g_dbus_connection_signal_subscribe (bus, PORTAL, REQUEST, "Response", installing->request, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_response,
                                                                 g_object_ref (task), g_object_unref);
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  g_variant_builder_add (&options, "{sv}", "launcher_type", g_variant_new_uint32 (APPLICATION));
  g_variant_builder_add (&options, "{sv}", "editable_name", g_variant_new_boolean (TRUE));
  g_dbus_connection_call (bus, PORTAL, PATH, LAUNCHER, "PrepareInstall", g_variant_new ("(ssva{sv})", parent, title, serialized, &options), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1,
                          cancellable, on_prepared, task);
}

gboolean
launcher_portal_install_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_uninstalled (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* Somebody else has removed it. */
  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
    g_clear_error (&error);
    g_task_return_boolean (task, TRUE);
  } else {
    fail_by_bus (task, error);
  }
}

void
launcher_portal_uninstall_async (GDBusConnection *bus, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_dbus_connection_call (bus, PORTAL, PATH, LAUNCHER, "Uninstall", g_variant_new ("(sa{sv})", id, NULL), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_uninstalled, task);
}

gboolean
launcher_portal_uninstall_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
