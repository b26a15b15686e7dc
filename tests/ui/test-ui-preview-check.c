/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Good and bad pages, and what is found. */
#include "ui-test.h"

#include <signal.h>
#include <string.h>

#include "preview/ui-preview-check.h"
#include "ui-preview.h"
#include "ui-test-pages.h"

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_checked (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

typedef struct {
  UiPreview *preview;
  GAsyncResult **result;
  guint kills; /* that are left */
  int last;    /* the process that was ended last: it stays in the list for a moment */
} Killing;

/* Ends the page's process as soon as the page is there, as often as is left. (While it begins, WebKit itself gives up and ends this program.) */
static gboolean
is_checked_killing (gpointer data)
{
  Killing *killing = data;
  g_autoptr (GArray) pids = killing->kills > 0 && !ui_preview_get_loading (killing->preview) ? ui_test_find_pages () : NULL;

  for (guint i = 0; pids != NULL && i < pids->len && killing->kills > 0; i++) {
    int pid = g_array_index (pids, int, i);

    if (pid == killing->last)
      continue;
    killing->last = pid;
    killing->kills--;
    kill (pid, SIGKILL);
  }
  return is_checked (killing->result);
}

/* Checks a page in a window where it takes no room; its process is ended `kills` times meanwhile. */
static AppCheck *
check_killed_page (const char *html, guint kills)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *label = gtk_label_new ("The window's own");
  UiPreviewCheck *check = ui_preview_check_new ();
  GtkWidget *window;
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Killing killing = { ui_test_find (GTK_WIDGET (check), UI_TYPE_PREVIEW), &result, kills, 0 };
  AppCheck *found;
  g_autofree char *report = NULL;

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (check));
  gtk_box_append (GTK_BOX (box), label);
  window = ui_test_window (box, 400, 300);
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, html);
  ui_preview_check_run_async (check, bundle, NULL, on_checked, &result);
  ui_test_wait_long (is_checked_killing, &killing, 90);
  g_assert_cmpuint (killing.kills, ==, 0);
  found = ui_preview_check_run_finish (check, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (check)), <=, gtk_widget_get_width (window));
  report = app_check_dup_report (found);
  g_test_message ("%s", report);
  if (g_getenv ("MELETE_TEST_PICTURES") != NULL) {
    g_autofree char *path = g_strdup_printf ("%s/check-%08x-1200.png", g_getenv ("MELETE_TEST_PICTURES"), g_str_hash (html));

    if (app_check_get_picture (found, 1200) != NULL)
      g_file_set_contents (path, g_bytes_get_data (app_check_get_picture (found, 1200), NULL), (gssize) g_bytes_get_size (app_check_get_picture (found, 1200)), NULL);
  }
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
  return found;
}

static AppCheck *
check_page (const char *html)
{
  return check_killed_page (html, 0);
}

static const AppCheckFinding *
find (AppCheck *check, AppCheckKind kind)
{
  for (guint i = 0; i < app_check_get_n_findings (check); i++)
    if (app_check_get_finding (check, i)->kind == kind)
      return app_check_get_finding (check, i);
  return NULL;
}

static void
assert_found (AppCheck *check, AppCheckKind kind, guint width, const char *words)
{
  const AppCheckFinding *finding = find (check, kind);

  g_assert_nonnull (finding);
  g_assert_cmpuint (finding->width, ==, width);
  if (strstr (finding->detail, words) == NULL)
    g_error ("\"%s\" does not say \"%s\"", finding->detail, words);
  g_assert_true (g_utf8_validate (finding->sentence, -1, NULL));
}

static int
width_of (GBytes *png)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, &error);

  g_assert_no_error (error);
  return gdk_texture_get_width (texture);
}

/* Nothing is found on good pages: one that says when it is ready, a game that draws all the time, one with what bad pages have, but by intent. */
static void
test_good (void)
{
  static const char *const pages[] = {
    "<!doctype html><h1>Sales</h1><p>All is well.</p><script>onload = () => melete.report ('ready')</script>",
    "<!doctype html><style>body { margin: 0 }</style><canvas id=c width=300 height=200></canvas><script>const x = c.getContext ('2d'); let t = 0; (function draw () { x.fillStyle = `hsl(${t++} 80% 50%)`; x.fillRect (t % 300, 50, 20, 20); requestAnimationFrame (draw); }) ();</script>",
    "<!doctype html><div style='overflow-x: auto'><table style='width: 3000px'><tr><td>wide, but it scrolls</td></tr></table></div><p style='width: 90px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis'>a long line that says that it goes on</p>"
    "<div style='position: relative'><p style='margin: 0'>below</p><p style='position: absolute; top: 0; margin: 0; background: white'>above, on a ground</p></div><div id=clock></div><script>setInterval (() => clock.textContent = Date.now (), 50)</script>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autoptr (AppCheck) check = check_page (pages[i]);

    g_autofree char *report = app_check_dup_report (check);

    g_assert_cmpstr (report, ==, "");
    g_assert_cmpint (width_of (app_check_get_picture (check, 360)), ==, 360);
    g_assert_cmpint (width_of (app_check_get_picture (check, 1200)), ==, 1200);
  }
}

static void
test_errors (void)
{
  g_autoptr (AppCheck) check = check_page ("<!doctype html><h1>Sales</h1>\n<script>console.error ('no data'); Promise.reject (new Error ('late')); fetch ('https://api.example.org/x').catch (() => 0);\n"
                                           "melete.report ('missing', {table: 'sales'}); onload = () => setTimeout (() => { melete.report ('ready'); undefined_thing (); }, 100);</script>");

  assert_found (check, APP_CHECK_ERROR, 0, "index.html, line 2: no data");
  assert_found (check, APP_CHECK_REJECTION, 0, "Error: late");
  assert_found (check, APP_CHECK_EXCEPTION, 0, "line 3: ReferenceError");
  assert_found (check, APP_CHECK_BLOCKED, 0, "api.example.org");
  assert_found (check, APP_CHECK_MISSING, 0, "sales");
  g_assert_null (find (check, APP_CHECK_BLANK));
}

static void
test_layout (void)
{
  g_autoptr (AppCheck) check = check_page ("<!doctype html><body style='margin: 0'><section><div class=wide style='width: 800px; height: 20px; background: teal'></div></section>"
                                           "<p id=cut data-part='/cards/0' style='width: 100px; overflow: hidden; white-space: nowrap'>a long line of which the end is missing</p>"
                                           "<div style='position: relative; height: 60px'><p id=under style='position: absolute; margin: 0; top: 0'>What is below</p><p id=over style='position: absolute; margin: 0; top: 2px'>What is above</p></div>"
                                           "<script>onload = () => melete.report ('ready')</script>");

  assert_found (check, APP_CHECK_OVERFLOW, 360, "div.wide reaches 440 px");
  assert_found (check, APP_CHECK_CUT_OFF, 0, "#cut (part /cards/0)");
  assert_found (check, APP_CHECK_OVERLAP, 0, "#under");
}

static void
test_blank (void)
{
  g_autoptr (AppCheck) empty = check_page ("<!doctype html><div id=root></div><script>onload = () => melete.report ('ready')</script>");
  g_autoptr (AppCheck) white = check_page ("<!doctype html><canvas width=200 height=200></canvas><script>onload = () => melete.report ('ready')</script>");

  assert_found (empty, APP_CHECK_BLANK, 0, "no visible text");
  assert_found (white, APP_CHECK_BLANK, 0, "one colour");
}

static void
test_slow (void)
{
  g_autoptr (AppCheck) check = check_page ("<!doctype html><p>Slow<script>(function draw () { const end = performance.now () + 150; while (performance.now () < end); requestAnimationFrame (draw); }) (); melete.report ('ready')</script>");

  assert_found (check, APP_CHECK_SLOW, 0, "frames");
}

/* Found in both windows, one after the other. */
static void
test_loop (void)
{
  g_autoptr (AppCheck) check = check_page ("<!doctype html><p>Hello<script>setTimeout (() => { for (;;); }, 100)</script>");

  assert_found (check, APP_CHECK_STOPPED, 0, "without end");
}

/* A process that ends once is WebKit's own affair; one that ends again is the page's. */
static void
test_crash (void)
{
  static const char page[] = "<!doctype html><h1>Sales</h1><script>onload = () => melete.report ('ready')</script>";
  g_autoptr (AppCheck) once = check_killed_page (page, 1);
  g_autoptr (AppCheck) twice = check_killed_page (page, 2);

  g_assert_cmpuint (app_check_get_n_findings (once), ==, 0);
  assert_found (twice, APP_CHECK_STOPPED, UI_PREVIEW_CHECK_NARROW, "unexpectedly");
}

static void
test_cancel (void)
{
  UiPreviewCheck *check = ui_preview_check_new ();
  GtkWidget *window = ui_test_window (GTK_WIDGET (check), 400, 300);
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, "<p>x");
  ui_preview_check_run_async (check, bundle, cancellable, on_checked, &result);
  ui_test_frames (window, 5);
  g_cancellable_cancel (cancellable);
  ui_test_wait_long (is_checked, &result, 60);
  g_assert_null (ui_preview_check_run_finish (check, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (result);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui/preview-check/good", test_good);
  g_test_add_func ("/ui/preview-check/errors", test_errors);
  g_test_add_func ("/ui/preview-check/layout", test_layout);
  g_test_add_func ("/ui/preview-check/blank", test_blank);
  g_test_add_func ("/ui/preview-check/slow", test_slow);
  g_test_add_func ("/ui/preview-check/crash", test_crash);
  g_test_add_func ("/ui/preview-check/cancel", test_cancel);
  g_test_add_func ("/ui/preview-check/loop", test_loop);
  return g_test_run ();
}
