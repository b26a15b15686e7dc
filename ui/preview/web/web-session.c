/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all pages share, and what has to be true before there is one: the sandbox works, and the filter that blocks every load but our own is there. */
#include "web-private.h"


#define FILTER "melete-1" /* a new number with each change of the rules */
/* Of a page's process, in MiB; it is ended above. Large tables and charts need some hundred. */
#define MEMORY_LIMIT 640

/* A name that leads nowhere is still looked up, and a link that is clicked is connected to before anybody asks for a policy: both end at a proxy that is not there. */
#define DEAD_PROXY "http://127.0.0.1:1"

static const char rules[] = "[{\"trigger\":{\"url-filter\":\".*\"},\"action\":{\"type\":\"block\"}},"
                            "{\"trigger\":{\"url-filter\":\"^" PREVIEW_WEB_SCHEME ":\"},\"action\":{\"type\":\"ignore-previous-rules\"}},"
                            "{\"trigger\":{\"url-filter\":\"^blob:\"},\"action\":{\"type\":\"ignore-previous-rules\"}},"
                            "{\"trigger\":{\"url-filter\":\"^data:\"},\"action\":{\"type\":\"ignore-previous-rules\"}},"
                            "{\"trigger\":{\"url-filter\":\"^about:\"},\"action\":{\"type\":\"ignore-previous-rules\"}}]";

static WebSession session;
static gboolean ready;

WebSession *
web_session_get (void)
{
  return ready ? &session : NULL;
}

static void
on_download (WebKitNetworkSession *network, WebKitDownload *download)
{
  /* The policy lets none begin; this is the second lock. */
  webkit_download_cancel (download);
}

static void
create_session (void)
{
  WebKitMemoryPressureSettings *memory = webkit_memory_pressure_settings_new ();
  WebKitNetworkProxySettings *proxy = webkit_network_proxy_settings_new (DEAD_PROXY, NULL);

  webkit_memory_pressure_settings_set_memory_limit (memory, MEMORY_LIMIT);
  webkit_memory_pressure_settings_set_kill_threshold (memory, 1.0);
  webkit_memory_pressure_settings_set_poll_interval (memory, 1.0);
  session.context = g_object_new (WEBKIT_TYPE_WEB_CONTEXT, "memory-pressure-settings", memory, NULL);
  webkit_memory_pressure_settings_free (memory);
  webkit_web_context_set_cache_model (session.context, WEBKIT_CACHE_MODEL_DOCUMENT_VIEWER);
  web_scheme_register (session.context);

  session.network = webkit_network_session_new_ephemeral ();
  webkit_network_session_set_proxy_settings (session.network, WEBKIT_NETWORK_PROXY_MODE_CUSTOM, proxy);
  webkit_network_proxy_settings_free (proxy);
  webkit_network_session_set_persistent_credential_storage_enabled (session.network, FALSE);
  webkit_cookie_manager_set_accept_policy (webkit_network_session_get_cookie_manager (session.network), WEBKIT_COOKIE_POLICY_ACCEPT_NEVER);
  g_signal_connect (session.network, "download-started", G_CALLBACK (on_download), NULL);
}

/* ---- preparing ---- */

static void
on_filter (GObject *store, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  WebKitUserContentFilter *filter = webkit_user_content_filter_store_save_finish (WEBKIT_USER_CONTENT_FILTER_STORE (store), result, &error);

  if (filter == NULL) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_task_return_error (task, g_steal_pointer (&error));
    else
      g_task_return_new_error (task, PREVIEW_ERROR, PREVIEW_ERROR_FILTER, "%s", error->message);
    return;
  }
  /* Two may prepare at the same time. */
  if (ready) {
    webkit_user_content_filter_unref (filter);
  } else {
    session.filter = filter;
    create_session ();
    ready = TRUE;
  }
  g_task_return_boolean (task, TRUE);
}

/* Rules are made anew each time: they take a few milliseconds, and what lies in a folder may have been changed. */
static void
make_filter (GTask *task)
{
  g_autoptr (WebKitUserContentFilterStore) store = webkit_user_content_filter_store_new (g_task_get_task_data (task));
  g_autoptr (GBytes) bytes = g_bytes_new_static (rules, sizeof rules - 1);

  webkit_user_content_filter_store_save (store, FILTER, bytes, g_task_get_cancellable (task), on_filter, task);
}

static void
on_trial (GObject *process, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (process), result, &error)) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      g_subprocess_force_exit (G_SUBPROCESS (process));
      g_task_return_error (task, g_steal_pointer (&error));
    } else {
      g_task_return_new_error (task, PREVIEW_ERROR, PREVIEW_ERROR_NO_SANDBOX, "%s", error->message);
    }
    return;
  }
  make_filter (g_steal_pointer (&task));
}

/* Where the sandbox does not work, WebKit ends the whole program or goes on without. So the same namespaces are tried first, with a program that does nothing. */
static void
try_sandbox (GTask *task)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *proxy = g_find_program_in_path ("xdg-dbus-proxy");

  if (proxy == NULL) {
    g_task_return_new_error (task, PREVIEW_ERROR, PREVIEW_ERROR_NO_SANDBOX, "xdg-dbus-proxy");
    g_object_unref (task);
    return;
  }
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "bwrap", "--die-with-parent", "--unshare-pid", "--unshare-net",
                              "--unshare-uts", "--unshare-ipc", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true", NULL);
  if (process == NULL) {
    g_task_return_new_error (task, PREVIEW_ERROR, PREVIEW_ERROR_NO_SANDBOX, "%s", error->message);
    g_object_unref (task);
    return;
  }
  g_subprocess_wait_check_async (process, g_task_get_cancellable (task), on_trial, task);
}

void
web_session_prepare_async (const char *folder, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, data);

  g_task_set_task_data (task, g_strdup (folder), g_free);
  if (g_getenv ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS") != NULL) {
    g_task_return_new_error (task, PREVIEW_ERROR, PREVIEW_ERROR_SANDBOX_OFF, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS");
    g_object_unref (task);
  } else if (ready) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
  } else if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS)) {
    /* There WebKit asks the portal for its sandboxes. */
    make_filter (task);
  } else {
    try_sandbox (task);
  }
}

gboolean
web_session_prepare_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
