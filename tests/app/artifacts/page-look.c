/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Not a test: a page as WebKit shows it. Prints a line of JSON for each width: what the page wrote to its console, what a script in it answers; and saves a picture.
 *
 *   page-look PAGE… [--width N]… [--dark] [--any] [--script FILE] [--keys KEYS]… [--then FILE] [--picture PREFIX] [--print PREFIX]
 *
 * Of several pages, all at one width and then the next; "page" says which. The script is the body of a function; what it returns is printed as "answer". Then the keys, as xdotool names them, with spaces
 * between them, are pressed (the first --keys in the first page, and so on) on the X server; and what the second script says is "then". With --print there
 * is a PDF as a printer would get it, too. --any: it is not a page of ours and reports nothing. Needs a screen. */
#include <gdk/x11/gdkx.h>
#include <gtk/gtk.h>
#include <stdlib.h>
#include <string.h>
#include <webkit/webkit.h>

#include <json-glib/json-glib.h>

/* Before the page: what it complains of, and what it reports, and when first (lookTime, ms after the page was asked for). */
static const char listener[] =
    "window.lookLog = [];\n"
    "for (const level of ['error', 'warn']) { const old = console[level]; console[level] = (...all) => { lookLog.push(level + ': ' + all.map(String).join(' ')); old.apply(console, all); }; }\n"
    "addEventListener('error', event => lookLog.push('error: ' + event.message + ' ' + event.filename.slice(-40) + ':' + event.lineno + ':' + event.colno));\n"
    "addEventListener('unhandledrejection', event => lookLog.push('rejection: ' + event.reason));\n"
    "window.melete = { report: (name, value) => { (window.lookReports = window.lookReports || []).push([name, value === undefined ? null : value]); window.lookTime = window.lookTime || performance.now(); } };\n";

/* What is asked of every page. */
static const char question[] =
    "for (let i = 0; i < %u && !(window.lookReports || []).some(one => one[0] === 'ready'); i++) await new Promise(done => setTimeout(done, 20));\n"
    "await new Promise(done => setTimeout(done, 500));\n"
    "const own = await (async () => { %s })();\n"
    "const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;\n"
    "return JSON.stringify({ log: window.lookLog || [], reports: window.lookReports || [], overflow: wide, height: document.documentElement.scrollHeight, answer: own === undefined ? null : own });\n";

/* --keys, those of the first page first, and the script of --then; NULL: none. */
static GPtrArray *look_keys;
static char *look_then;
/* --any: nothing is waited for. */
static gboolean look_any;

typedef struct {
  GMainLoop *loop;
  WebKitWebView *view;
  char *answer;
  gboolean loaded, pictured;
  const char *picture;
} Look;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Look *look = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JSCValue) value = webkit_web_view_call_async_javascript_function_finish (WEBKIT_WEB_VIEW (source), result, &error);

  look->answer = value != NULL ? jsc_value_to_string (value) : g_strdup_printf ("{\"log\": [\"look: %s\"]}", error->message);
  g_main_loop_quit (look->loop);
}

static void
on_picture (GObject *source, GAsyncResult *result, gpointer data)
{
  Look *look = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = webkit_web_view_get_snapshot_finish (WEBKIT_WEB_VIEW (source), result, &error);

  if (texture == NULL || !gdk_texture_save_to_png (texture, look->picture))
    g_printerr ("%s: %s\n", look->picture, error != NULL ? error->message : "not saved");
  g_main_loop_quit (look->loop);
}

static void
on_printed (WebKitPrintOperation *operation, gpointer loop)
{
  g_main_loop_quit (loop);
}

static void
on_print_failed (WebKitPrintOperation *operation, GError *error, gpointer data)
{
  g_printerr ("not printed: %s\n", error->message);
}

static void
print (Look *look, const char *path)
{
  g_autoptr (WebKitPrintOperation) operation = webkit_print_operation_new (look->view);
  g_autoptr (GtkPrintSettings) settings = gtk_print_settings_new ();
  g_autoptr (GtkPageSetup) setup = gtk_page_setup_new ();
  g_autoptr (GtkPaperSize) paper = gtk_paper_size_new (GTK_PAPER_NAME_A4);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *uri = g_file_get_uri (file);

  gtk_page_setup_set_paper_size_and_default_margins (setup, paper);
  gtk_print_settings_set_printer (settings, "Print to File");
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_FILE_FORMAT, "pdf");
  gtk_print_settings_set (settings, GTK_PRINT_SETTINGS_OUTPUT_URI, uri);
  webkit_print_operation_set_print_settings (operation, settings);
  webkit_print_operation_set_page_setup (operation, setup);
  g_signal_connect (operation, "finished", G_CALLBACK (on_printed), look->loop);
  g_signal_connect (operation, "failed", G_CALLBACK (on_print_failed), NULL);
  webkit_print_operation_print (operation);
  g_main_loop_run (look->loop);
}

static void
on_load (WebKitWebView *view, WebKitLoadEvent event, gpointer data)
{
  Look *look = data;

  if (event == WEBKIT_LOAD_FINISHED && !look->loaded) {
    look->loaded = TRUE;
    g_main_loop_quit (look->loop);
  }
}

/* On a machine that is very busy. It is said at once, for whoever waits to try again. */
static void
on_ended (WebKitWebView *view, WebKitWebProcessTerminationReason reason, gpointer data)
{
  g_printerr ("page-look: WebKit's process ended, for reason %d.\n", (int) reason);
  exit (3);
}

static gboolean
on_late (gpointer data)
{
  g_printerr ("page-look: nothing came of it in minutes.\n");
  exit (1);
}

static void
on_pressed (GPid pid, int status, gpointer loop)
{
  g_spawn_close_pid (pid);
  g_main_loop_quit (loop);
}

/* Real keys, which come through the X server: without a window manager they go where its focus is. A late one is a moment apart, as a person's. */
static void
press (GtkWindow *window, const char *keys)
{
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *line = g_strdup_printf ("sh -c 'xdotool windowfocus %lu; sleep 0.2; for key in %s; do xdotool key $key; sleep 0.08; done; sleep 0.4'",
                                           gdk_x11_surface_get_xid (gtk_native_get_surface (GTK_NATIVE (window))), keys);
  g_auto (GStrv) words = NULL;
  GPid pid;

  if (!g_shell_parse_argv (line, NULL, &words, NULL) || !g_spawn_async (NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL)) {
    g_printerr ("page-look: no xdotool\n");
    exit (1);
  }
  g_child_watch_add (pid, on_pressed, loop);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
}

static gboolean
on_pause (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* Now and then WebKit answers that the type of a result is not supported, of a script that gives text; it does not when it is asked again, a moment later. */
static void
ask (Look *look, const char *script)
{
  for (guint tries = 0; tries < 10; tries++) {
    g_clear_pointer (&look->answer, g_free);
    webkit_web_view_call_async_javascript_function (look->view, script, -1, NULL, NULL, NULL, NULL, on_answer, look);
    g_main_loop_run (look->loop);
    if (strstr (look->answer, "look: Unsupported result type") == NULL)
      return;
    g_timeout_add (400, on_pause, look->loop);
    g_main_loop_run (look->loop);
  }
}

static void
look_at (const char *uri, guint page, int width, const char *script, const char *picture, const char *paper)
{
  GtkWidget *window = gtk_window_new ();
  WebKitUserContentManager *manager = webkit_user_content_manager_new ();
  WebKitUserScript *before = webkit_user_script_new (listener, WEBKIT_USER_CONTENT_INJECT_TOP_FRAME, WEBKIT_USER_SCRIPT_INJECT_AT_DOCUMENT_START, NULL, NULL);
  Look look = { .loop = g_main_loop_new (NULL, FALSE), .picture = picture };
  GString *body = g_string_new (question);
  guint late = g_timeout_add_seconds (280, on_late, NULL);

  webkit_user_content_manager_add_script (manager, before);
  look.view = WEBKIT_WEB_VIEW (g_object_new (WEBKIT_TYPE_WEB_VIEW, "user-content-manager", manager, NULL));
  webkit_settings_set_hardware_acceleration_policy (webkit_web_view_get_settings (look.view), WEBKIT_HARDWARE_ACCELERATION_POLICY_NEVER);
  gtk_widget_set_size_request (GTK_WIDGET (look.view), width, 800);
  gtk_window_set_default_size (GTK_WINDOW (window), width, 800);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (look.view));
  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (look.view, "load-changed", G_CALLBACK (on_load), &look);
  g_signal_connect (look.view, "web-process-terminated", G_CALLBACK (on_ended), NULL);
  webkit_web_view_load_uri (look.view, uri);
  g_main_loop_run (look.loop);
  g_string_replace (body, "%u", look_any ? "0" : "6000", 1);
  g_string_replace (body, "%s", script, 1);
  ask (&look, body->str);
  g_autofree char *first = g_steal_pointer (&look.answer);
  if (look_keys != NULL && page < look_keys->len) {
    g_autofree char *then = g_strdup_printf ("return JSON.stringify({ then: (() => { %s })(), late: window.lookLog || [] });", look_then != NULL ? look_then : "return null;");
    gtk_widget_grab_focus (GTK_WIDGET (look.view));
    press (GTK_WINDOW (window), look_keys->pdata[page]);
    ask (&look, then);
  }
  if (picture != NULL) {
    webkit_web_view_get_snapshot (look.view, WEBKIT_SNAPSHOT_REGION_FULL_DOCUMENT, WEBKIT_SNAPSHOT_OPTIONS_NONE, NULL, on_picture, &look);
    g_main_loop_run (look.loop);
  }
  if (paper != NULL)
    print (&look, paper);
  g_print ("{\"page\": %u, \"width\": %d, %.*s%s%s\n", page, width, (int) strlen (first) - 2, first + 1, look.answer != NULL ? ", " : "", look.answer != NULL ? look.answer + 1 : "}");
  g_source_remove (late);
  g_free (look.answer);
  g_string_free (body, TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
  webkit_user_script_unref (before);
  g_object_unref (manager);
  g_main_loop_unref (look.loop);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GArray) widths = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *script = g_strdup ("");
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  const char *picture = NULL, *paper = NULL;
  gboolean dark = FALSE;

  if (argc < 2)
    return 2;
  for (int i = 1; i < argc; i++) {
    if (strcmp (argv[i], "--dark") == 0) {
      dark = TRUE;
    } else if (strcmp (argv[i], "--any") == 0) {
      look_any = TRUE;
    } else if (!g_str_has_prefix (argv[i], "--")) {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (argv[i]);
      g_ptr_array_add (uris, g_file_get_uri (file));
    } else if (i + 1 == argc)
      return 2;
    else if (strcmp (argv[i], "--width") == 0) {
      int width = atoi (argv[++i]);
      g_array_append_val (widths, width);
    } else if (strcmp (argv[i], "--script") == 0) {
      g_clear_pointer (&script, g_free);
      if (!g_file_get_contents (argv[++i], &script, NULL, NULL))
        return 2;
    } else if (strcmp (argv[i], "--keys") == 0) {
      if (look_keys == NULL)
        look_keys = g_ptr_array_new ();
      g_ptr_array_add (look_keys, argv[++i]);
    } else if (strcmp (argv[i], "--then") == 0) {
      if (!g_file_get_contents (argv[++i], &look_then, NULL, NULL))
        return 2;
    } else if (strcmp (argv[i], "--picture") == 0)
      picture = argv[++i];
    else if (strcmp (argv[i], "--print") == 0)
      paper = argv[++i];
  }
  /* WebKit's processes warn when the accessibility bus is slow to come; tests would end them for that. This program keeps what it was told. */
  g_unsetenv ("G_DEBUG");
  gtk_init ();
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", dark, NULL);
  for (guint i = 0; i < widths->len; i++) {
    int width = g_array_index (widths, int, i);
    for (guint page = 0; page < uris->len; page++) {
      g_autofree char *number = uris->len > 1 ? g_strdup_printf ("-%u", page) : g_strdup ("");
      g_autofree char *path = picture != NULL ? g_strdup_printf ("%s%s-%d%s.png", picture, number, width, dark ? "-dark" : "") : NULL;
      g_autofree char *pdf = paper != NULL ? g_strdup_printf ("%s%s-%d.pdf", paper, number, width) : NULL;
      look_at (uris->pdata[page], page, width, script, path, pdf);
    }
  }
  return 0;
}
