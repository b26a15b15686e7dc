/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A page and its view, and the table by which the program calls the module. */
#include "web-private.h"

static GQuark page_quark;

char *
web_dup_prefix (PreviewWeb *web)
{
  return g_strdup_printf (PREVIEW_WEB_SCHEME "://%s/", web->host);
}

PreviewWeb *
web_of_view (WebKitWebView *view)
{
  return g_object_get_qdata (G_OBJECT (view), page_quark);
}

/* ---- what happens to the page ---- */

static void
on_message (WebKitUserContentManager *content, JSCValue *value, PreviewWeb *web)
{
  g_autofree char *text = NULL;

  /* Our scripts post nothing else. */
  if (!jsc_value_is_string (value))
    return;
  text = jsc_value_to_string (value);
  web->events->message (text, web->data);
}

static void
on_load_changed (WebKitWebView *view, WebKitLoadEvent event, PreviewWeb *web)
{
  if (event != WEBKIT_LOAD_FINISHED || web->finished)
    return;
  web->finished = TRUE;
  web->events->loaded (web->whole, web->data);
}

static gboolean
on_load_failed (WebKitWebView *view, WebKitLoadEvent event, const char *address, GError *error, PreviewWeb *web)
{
  /* A navigation that the policy refused ends so too, and the page stays. */
  if (event == WEBKIT_LOAD_STARTED && !g_error_matches (error, WEBKIT_POLICY_ERROR, WEBKIT_POLICY_ERROR_FRAME_LOAD_INTERRUPTED_BY_POLICY_CHANGE) &&
      !g_error_matches (error, WEBKIT_NETWORK_ERROR, WEBKIT_NETWORK_ERROR_CANCELLED))
    web->whole = FALSE;
  /* WebKit would show a page of its own. */
  return TRUE;
}

static void
on_terminated (WebKitWebView *view, WebKitWebProcessTerminationReason reason, PreviewWeb *web)
{
  switch (reason) {
  case WEBKIT_WEB_PROCESS_CRASHED:
    web->events->ended (PREVIEW_END_CRASH, web->data);
    break;
  case WEBKIT_WEB_PROCESS_EXCEEDED_MEMORY_LIMIT:
    web->events->ended (PREVIEW_END_MEMORY, web->data);
    break;
  case WEBKIT_WEB_PROCESS_TERMINATED_BY_API:
    web->events->ended (PREVIEW_END_TERMINATED, web->data);
    break;
  }
}

/* ---- making and ending ---- */

static PreviewWeb *
create (const char *host, const PreviewWebEvents *events, gpointer data)
{
  WebSession *session = web_session_get ();
  PreviewWeb *web;
  g_autoptr (WebKitSettings) settings = NULL;
  g_autoptr (WebKitWebsitePolicies) policies = NULL;

  g_return_val_if_fail (session != NULL, NULL);
  page_quark = g_quark_from_static_string ("melete-preview-web");
  web = g_new0 (PreviewWeb, 1);
  web->host = g_strdup (host);
  web->events = events;
  web->data = data;
  settings = web_policy_create_settings ();
  policies = webkit_website_policies_new_with_policies ("autoplay", WEBKIT_AUTOPLAY_ALLOW_WITHOUT_SOUND, NULL);
  web->content = webkit_user_content_manager_new ();
  webkit_user_content_manager_add_filter (web->content, session->filter);
  g_signal_connect (web->content, "script-message-received::" WEB_CHANNEL, G_CALLBACK (on_message), web);
  webkit_user_content_manager_register_script_message_handler (web->content, WEB_CHANNEL, WEB_WORLD);
  web->view = g_object_ref_sink (g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", session->context, "network-session", session->network, "user-content-manager", web->content,
                                               "settings", settings, "website-policies", policies, NULL));
  g_object_set_qdata (G_OBJECT (web->view), page_quark, web);
  g_signal_connect (web->view, "load-changed", G_CALLBACK (on_load_changed), web);
  g_signal_connect (web->view, "load-failed", G_CALLBACK (on_load_failed), web);
  g_signal_connect (web->view, "web-process-terminated", G_CALLBACK (on_terminated), web);
  web_policy_connect (web);
  return web;
}

static void
let_go (gpointer view)
{
  /* One that computes without end would not hear that it is to go. */
  webkit_web_view_terminate_web_process (view);
  g_object_unref (view);
}

/* The view goes a little later: this may be called while WebKit tells of its page, and it does not expect to be gone then. */
static void
destroy (PreviewWeb *web)
{
  g_object_set_qdata (G_OBJECT (web->view), page_quark, NULL);
  g_signal_handlers_disconnect_by_data (web->view, web);
  g_signal_handlers_disconnect_by_data (web->content, web);
  g_idle_add_once (let_go, web->view);
  g_object_unref (web->content);
  g_free (web->host);
  g_free (web);
}

static GtkWidget *
get_widget (PreviewWeb *web)
{
  return GTK_WIDGET (web->view);
}

/* ---- acting on it ---- */

static void
add_script (PreviewWeb *web, const char *source, const char *world)
{
  WebKitUserScript *script = world != NULL ? webkit_user_script_new_for_world (source, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME, WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_START, world, NULL, NULL)
                                           : webkit_user_script_new (source, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME, WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_START, NULL, NULL);

  webkit_user_content_manager_add_script (web->content, script);
  webkit_user_script_unref (script);
}

static void
load (PreviewWeb *web, const char *page_script, const char *own_script)
{
  g_autofree char *prefix = web_dup_prefix (web);
  g_autofree char *address = g_strconcat (prefix, "index.html", NULL);

  webkit_user_content_manager_remove_all_scripts (web->content);
  /* First who listens, then who speaks. */
  add_script (web, own_script, WEB_WORLD);
  add_script (web, page_script, NULL);
  web->whole = TRUE;
  web->finished = FALSE;
  webkit_web_view_load_uri (web->view, address);
}

static void
terminate (PreviewWeb *web)
{
  webkit_web_view_terminate_web_process (web->view);
}

static void
on_run (GObject *view, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (WEBKIT_WEB_VIEW (view), result, &error);
  char *json = value != NULL ? jsc_value_to_json (value, 0) : NULL;

  if (value != NULL)
    g_task_return_pointer (task, json != NULL ? json : g_strdup ("null"), g_free);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, PREVIEW_ERROR, PREVIEW_ERROR_SCRIPT, "%s", error->message);
}

static void
run_async (PreviewWeb *web, const char *body, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (web->view, cancellable, callback, data);

  webkit_web_view_call_async_javascript_function (web->view, body, -1, arguments, WEB_WORLD, NULL, cancellable, on_run, task);
}

static char *
run_finish (PreviewWeb *web, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
set_zoom (PreviewWeb *web, double zoom)
{
  webkit_web_view_set_zoom_level (web->view, zoom);
}

static void
set_background (PreviewWeb *web, const GdkRGBA *colour)
{
  webkit_web_view_set_background_color (web->view, colour);
}

static const PreviewWebApi api = {
  .version = PREVIEW_WEB_VERSION,
  .prepare_async = web_session_prepare_async,
  .prepare_finish = web_session_prepare_finish,
  .create = create,
  .get_widget = get_widget,
  .destroy = destroy,
  .load = load,
  .terminate = terminate,
  .run_async = run_async,
  .run_finish = run_finish,
  .set_zoom = set_zoom,
  .set_background = set_background,
  .snapshot_async = web_snapshot_async,
  .snapshot_finish = web_snapshot_finish,
  .print_async = web_print_async,
  .print_finish = web_print_finish,
};

G_MODULE_EXPORT const PreviewWebApi *preview_web_get_api (void);

const PreviewWebApi *
preview_web_get_api (void)
{
  return &api;
}
