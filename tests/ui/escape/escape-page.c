/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the pages of a folder for a while each, a few at a time, and says on the standard output what their consoles say: one JSON object a line. Started by escape.py.
 *
 *   escape-page bare|guarded FOLDER AT-LEAST AT-MOST
 *
 * A page stays until its name comes on the standard input, but at least and at most so many milliseconds.
 *
 * "guarded": in a UiPreview. "bare": in a view of WebKit as it comes, with everything on that a page could use to get out; so that it is seen that the pages do try. */
#include "ui-test.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>
#include <webkit/webkit.h>

#include "ui-preview.h"

#define AT_ONCE 6

typedef struct {
  const char *folder;
  gboolean bare;
  guint at_least, at_most; /* ms */
  char **names;
  GHashTable *told; /* set of names that came on the standard input */
  GPtrArray *open;  /* of Page */
  guint n_names, next, n_open;
  GtkWidget *grid;
} Run;

typedef struct {
  Run *run;
  char *name;
  GtkWidget *widget;
  gint64 since; /* when it was there; 0: not yet */
} Page;

static void open_next (Run *run);

static void
say (const char *page, const char *what, const char *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "page");
  json_builder_add_string_value (builder, page);
  json_builder_set_member_name (builder, "what");
  json_builder_add_string_value (builder, what);
  json_builder_set_member_name (builder, "text");
  json_builder_add_string_value (builder, text);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  printf ("%s\n", line);
  fflush (stdout);
}

static char *
read_page (Run *run, const char *name)
{
  g_autofree char *path = g_build_filename (run->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  char *html = NULL;

  if (!g_file_get_contents (path, &html, NULL, &error))
    g_error ("%s", error->message);
  return html;
}

static void
end (Page *page)
{
  Run *run = page->run;
  const char *failed = UI_IS_PREVIEW (page->widget) ? ui_preview_get_failed (UI_PREVIEW (page->widget)) : NULL;

  say (page->name, "end", failed != NULL ? failed : "");
  gtk_box_remove (GTK_BOX (run->grid), page->widget);
  g_ptr_array_remove (run->open, page);
  g_free (page->name);
  g_free (page);
  run->n_open--;
}

static gboolean
on_tick (gpointer data)
{
  Run *run = data;

  for (guint i = run->open->len; i > 0; i--) {
    Page *page = run->open->pdata[i - 1];
    gint64 stayed = page->since != 0 ? (g_get_monotonic_time () - page->since) / 1000 : 0;

    if (stayed >= run->at_most || (stayed >= run->at_least && g_hash_table_contains (run->told, page->name)))
      end (page);
  }
  open_next (run);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  Run *run = data;
  char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;
  g_hash_table_add (run->told, g_strstrip (line));
  return G_SOURCE_CONTINUE;
}

/* ---- guarded ---- */

static void
on_entry (UiPreview *preview, UiPreviewEntry *entry, Page *page)
{
  say (page->name, "entry", ui_preview_entry_get_text (entry));
}

static void
on_report (UiPreview *preview, const char *name, const char *value, Page *page)
{
  say (page->name, name, value);
}

static void
on_loaded (UiPreview *preview, Page *page)
{
  g_signal_handlers_disconnect_by_func (preview, on_loaded, page);
  page->since = g_get_monotonic_time ();
}

static GtkWidget *
open_guarded (Page *page)
{
  g_autofree char *html = read_page (page->run, page->name);
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  UiPreview *preview = ui_preview_new ();

  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, html);
  g_signal_connect (preview, "entry", G_CALLBACK (on_entry), page);
  g_signal_connect (preview, "report", G_CALLBACK (on_report), page);
  g_signal_connect (preview, "loaded", G_CALLBACK (on_loaded), page);
  ui_preview_set_quiet (preview, TRUE);
  ui_preview_show (preview, bundle);
  return GTK_WIDGET (preview);
}

/* ---- bare ---- */

static void
on_request (WebKitURISchemeRequest *request, gpointer data)
{
  g_autofree char *html = read_page (data, webkit_uri_scheme_request_get_path (request) + 1);
  gsize n = strlen (html);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (g_steal_pointer (&html), (gssize) n, g_free);

  webkit_uri_scheme_request_finish (request, stream, (gint64) n, "text/html");
}

static void
on_bare_load (WebKitWebView *view, WebKitLoadEvent event, Page *page)
{
  if (event != WEBKIT_LOAD_COMMITTED)
    return;
  g_signal_handlers_disconnect_by_func (view, on_bare_load, page);
  page->since = g_get_monotonic_time ();
}

static GtkWidget *
on_bare_create (WebKitWebView *view, WebKitNavigationAction *action, Page *page)
{
  GtkWidget *other = g_object_new (WEBKIT_TYPE_WEB_VIEW, "related-view", view, NULL);

  gtk_box_append (GTK_BOX (page->run->grid), other);
  return other;
}

static GtkWidget *
open_bare (Page *page)
{
  static WebKitWebContext *context;
  static const char *const on[] = { "DNSPrefetching", "LinkPrefetch", "LinkPreconnect", "LinkDNSPrefetch", "HyperlinkAuditing", "PeerConnection", "WebRTC", "WebTransport", "BeaconAPI", "PushAPI", "BackgroundFetchAPI", NULL };
  g_autofree char *address = g_strdup_printf ("bare-page://page/%s", page->name);
  g_autoptr (WebKitSettings) settings = webkit_settings_new_with_settings ("javascript-can-open-windows-automatically", TRUE, "enable-webrtc", TRUE, "enable-media-stream", TRUE,
                                                                            "media-playback-requires-user-gesture", FALSE, NULL);
  WebKitFeatureList *features = webkit_settings_get_all_features ();
  g_autoptr (WebKitNetworkSession) session = webkit_network_session_new_ephemeral ();
  g_autoptr (WebKitWebsitePolicies) policies = webkit_website_policies_new_with_policies ("autoplay", WEBKIT_AUTOPLAY_ALLOW, NULL);
  GtkWidget *view;

  for (gsize i = 0; i < webkit_feature_list_get_length (features); i++) {
    WebKitFeature *feature = webkit_feature_list_get (features, i);

    if (g_strv_contains (on, webkit_feature_get_identifier (feature)))
      webkit_settings_set_feature_enabled (settings, feature, TRUE);
  }
  webkit_feature_list_unref (features);
  if (context == NULL) {
    context = webkit_web_context_new ();
    webkit_security_manager_register_uri_scheme_as_secure (webkit_web_context_get_security_manager (context), "bare-page");
    webkit_web_context_register_uri_scheme (context, "bare-page", on_request, page->run, NULL);
  }
  webkit_network_session_set_proxy_settings (session, WEBKIT_NETWORK_PROXY_MODE_NO_PROXY, NULL);
  view = g_object_new (WEBKIT_TYPE_WEB_VIEW, "web-context", context, "network-session", session, "settings", settings, "website-policies", policies, NULL);
  g_signal_connect (view, "load-changed", G_CALLBACK (on_bare_load), page);
  g_signal_connect (view, "create", G_CALLBACK (on_bare_create), page);
  webkit_web_view_load_uri (WEBKIT_WEB_VIEW (view), address);
  return view;
}

/* ---- one after the other ---- */

static void
open_next (Run *run)
{
  while (run->n_open < AT_ONCE && run->next < run->n_names) {
    Page *page = g_new0 (Page, 1);

    page->run = run;
    page->name = g_strdup (run->names[run->next++]);
    page->widget = run->bare ? open_bare (page) : open_guarded (page);
    gtk_widget_set_size_request (page->widget, 300, 300);
    gtk_box_append (GTK_BOX (run->grid), page->widget);
    g_ptr_array_add (run->open, page);
    run->n_open++;
  }
}

static gboolean
is_done (gpointer data)
{
  Run *run = data;

  return run->n_open == 0 && run->next == run->n_names;
}

int
main (int argc, char *argv[])
{
  Run run = { 0 };
  GDir *dir;
  GPtrArray *names = g_ptr_array_new ();
  const char *name;
  GIOChannel *channel;

  ui_test_init (&argc, &argv);
  if (argc != 5)
    g_error ("escape-page bare|guarded FOLDER AT-LEAST AT-MOST");
  run.bare = g_str_equal (argv[1], "bare");
  run.folder = argv[2];
  run.at_least = (guint) atoi (argv[3]);
  run.at_most = (guint) atoi (argv[4]);
  run.told = g_hash_table_new (g_str_hash, g_str_equal);
  run.open = g_ptr_array_new ();
  g_timeout_add (50, on_tick, &run);
  channel = g_io_channel_unix_new (0);
  g_io_channel_set_flags (channel, G_IO_FLAG_NONBLOCK, NULL);
  g_io_add_watch (channel, G_IO_IN, on_input, &run);
  dir = g_dir_open (run.folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_dir_close (dir);
  run.names = (char **) names->pdata;
  run.n_names = names->len;
  run.grid = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  ui_test_window (run.grid, 1240, 400);
  open_next (&run);
  while (!is_done (&run))
    g_main_context_iteration (NULL, TRUE);
  return 0;
}
