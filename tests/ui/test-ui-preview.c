/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages in WebKit, as the window shows them. */
#include "ui-test-pages.h"
#include "ui-test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui-preview.h"

/* Seconds: WebKit's processes start, and others work on this machine as well. */
#define LONG 60

typedef struct {
  UiPreview *preview;
  GtkWidget *window;
  GPtrArray *reports; /* "name value" */
  guint n_loaded;
} Fixture;

static void
on_report (UiPreview *preview, const char *name, const char *value, Fixture *fixture)
{
  g_ptr_array_add (fixture->reports, g_strdup_printf ("%s %s", name, value));
}

static void
on_loaded (UiPreview *preview, Fixture *fixture)
{
  fixture->n_loaded++;
}

static void
setup (Fixture *fixture, gconstpointer data)
{
  fixture->preview = ui_preview_new ();
  fixture->reports = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->preview, "report", G_CALLBACK (on_report), fixture);
  g_signal_connect (fixture->preview, "loaded", G_CALLBACK (on_loaded), fixture);
  fixture->window = ui_test_window (GTK_WIDGET (fixture->preview), 800, 600);
}

static void
teardown (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  ui_test_drain ();
  g_ptr_array_unref (fixture->reports);
}

static void
show (Fixture *fixture, const char *html)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();

  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, html);
  ui_preview_show (fixture->preview, bundle);
}

static gboolean
was_reported (gpointer data)
{
  Fixture *fixture = data;

  return fixture->reports->len > 0;
}

static char *
dup_entries (Fixture *fixture)
{
  GListModel *model = ui_preview_get_entries (fixture->preview);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UiPreviewEntry) entry = g_list_model_get_item (model, i);
    const char *source = ui_preview_entry_get_source (entry);

    g_string_append_printf (out, "%d %s [%s:%u] ×%u\n", ui_preview_entry_get_level (entry), ui_preview_entry_get_text (entry), source != NULL ? source : "", ui_preview_entry_get_line (entry),
                            ui_preview_entry_get_count (entry));
  }
  return g_string_free (out, FALSE);
}

static UiPreviewEntry *
find_entry (Fixture *fixture, const char *words)
{
  GListModel *model = ui_preview_get_entries (fixture->preview);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (UiPreviewEntry) entry = g_list_model_get_item (model, i);

    if (strstr (ui_preview_entry_get_text (entry), words) != NULL)
      return entry;
  }
  return NULL;
}

static void
assert_entry (Fixture *fixture, UiPreviewLevel level, const char *text, guint line, guint count)
{
  UiPreviewEntry *entry = find_entry (fixture, text);
  g_autofree char *all = dup_entries (fixture);

  if (entry == NULL)
    g_error ("no entry says \"%s\":\n%s", text, all);
  g_assert_cmpint (ui_preview_entry_get_level (entry), ==, level);
  g_assert_cmpuint (ui_preview_entry_get_line (entry), ==, line);
  g_assert_cmpuint (ui_preview_entry_get_count (entry), ==, count);
}

static gboolean
has_failed (gpointer data)
{
  return ui_preview_get_failed (((Fixture *) data)->preview) != NULL;
}

static gboolean
on_late (gpointer data)
{
  g_autofree char *entries = dup_entries (data);

  g_printerr ("nothing is reported; the console says:\n%s", entries);
  return G_SOURCE_REMOVE;
}

static void
wait_report (Fixture *fixture, const char *expected)
{
  guint late = g_timeout_add_seconds (LONG - 5, on_late, fixture);

  ui_test_wait_long (was_reported, fixture, LONG);
  if (g_main_context_find_source_by_id (NULL, late) != NULL)
    g_source_remove (late);
  g_assert_cmpstr (g_ptr_array_index (fixture->reports, 0), ==, expected);
  g_ptr_array_set_size (fixture->reports, 0);
}

/* A page is shown, and what it prints, fails at and is denied is read. */
static void
test_console (Fixture *fixture, gconstpointer data)
{
  show (fixture, "<!doctype html><title>x</title><h1>Hello</h1><script>\n"
                 "console.log ('one', 2, {a: [1, null, 'x']}, new Map ([['k', 1]]));\n"
                 "console.warn ('%s is %d', 'it', 7.9);\n"
                 "console.error (new TypeError ('bad'));\n"
                 "console.info ('same'); console.info ('same');\n"
                 "Promise.reject (new RangeError ('far'));\n"
                 "fetch ('http://203.0.113.5/x').catch (() => {});\n"
                 "fetch ('missing.json').catch (() => {});\n"
                 "window.addEventListener ('load', () => setTimeout (() => melete.report ('done', {n: 1}), 300));\n"
                 "nothing.here ();\n"
                 "</script><img src='http://203.0.113.5/y.png'><img src='data:image/png;base64,AAAA'>");
  g_assert_true (ui_preview_get_loading (fixture->preview));
  wait_report (fixture, "done {\"n\":1}");
  g_assert_false (ui_preview_get_loading (fixture->preview));
  assert_entry (fixture, UI_PREVIEW_LOG, "one 2 {a: [1, null, \"x\"]} Map(1) [[\"k\", 1]]", 2, 1);
  assert_entry (fixture, UI_PREVIEW_WARNING, "it is 7", 3, 1);
  assert_entry (fixture, UI_PREVIEW_ERROR, "TypeError: bad", 4, 1);
  assert_entry (fixture, UI_PREVIEW_INFO, "same", 5, 2);
  assert_entry (fixture, UI_PREVIEW_REJECTION, "RangeError: far", 6, 1);
  assert_entry (fixture, UI_PREVIEW_BLOCKED, "http://203.0.113.5/x", 7, 1);
  assert_entry (fixture, UI_PREVIEW_BLOCKED, "missing.json", 0, 1);
  assert_entry (fixture, UI_PREVIEW_EXCEPTION, "nothing", 10, 1);
  assert_entry (fixture, UI_PREVIEW_BLOCKED, "http://203.0.113.5/y.png", 0, 1);
  assert_entry (fixture, UI_PREVIEW_BLOCKED, "data:image/png", 0, 1);
}

/* Files of the page in folders, modules, fetched data, styles and workers are its own to load; another version of it is loaded in its place. */
static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();

  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, "<!doctype html><link rel=stylesheet href=css/a.css><p id=p>\303\251</p><script type=module src=js/main.js></script>");
  app_bundle_add_text (bundle, "css/a.css", "#p { color: rgb(1, 2, 3) }");
  app_bundle_add_text (bundle, "js/main.js", "import { two } from './two.js'; const d = await (await fetch ('data/d.json')).json ();\n"
                                             "const w = new Worker ('js/worker.js'); w.onmessage = (e) => melete.report ('got', [two, d.n, e.data, getComputedStyle (p).color, isSecureContext, eval ('1 + 1'), p.innerText]);");
  app_bundle_add_text (bundle, "js/two.js", "export const two = 2;");
  app_bundle_add_text (bundle, "js/worker.js", "postMessage ('w');");
  app_bundle_add_text (bundle, "data/d.json", "{\"n\": 5}");
  ui_preview_show (fixture->preview, bundle);
  wait_report (fixture, "got [2,5,\"w\",\"rgb(1, 2, 3)\",true,2,\"\303\251\"]");
  show (fixture, "<script>melete.report ('second', document.styleSheets.length)</script>");
  wait_report (fixture, "second 0");
  ui_preview_reload (fixture->preview);
  wait_report (fixture, "second 0");
  ui_preview_stop (fixture->preview);
  g_assert_false (ui_preview_get_loading (fixture->preview));
}

/* ---- what a page keeps ---- */

static void
on_stored (UiPreview *preview, const char *key, const char *value, guint *n)
{
  (*n)++;
}

static gboolean
has_stored (gpointer data)
{
  return *(guint *) data > 0;
}

/* It is kept by the owner, is there at the next load, and is bounded. */
static void
test_storage (Fixture *fixture, gconstpointer data)
{
  GHashTable *storage = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint n = 0;

  g_hash_table_insert (storage, g_strdup ("score"), g_strdup ("[1,\"</script>\\u2028\"]"));
  ui_preview_set_storage (fixture->preview, storage);
  g_signal_connect (fixture->preview, "storage-changed", G_CALLBACK (on_stored), &n);
  show (fixture, "<script>(async () => { const s = melete.storage, before = await s.get ('score'); for (let i = 0; i < 500; i++) await s.set ('score', {i}); await s.set ('x', 'y'); await s.remove ('x');\n"
                 "let failed = ''; try { await s.set ('big', 'x'.repeat (1100000)); } catch (e) { failed = e.name; }\n"
                 "melete.report ('kept', [before[0], before[1].length, await s.keys (), await s.get ('none'), failed, Object.isFrozen (melete)]); }) ();</script>");
  wait_report (fixture, "kept [1,10,[\"score\"],null,\"QuotaExceededError\",true]");
  ui_test_wait_long (has_stored, &n, LONG);
  /* Newest values only: not five hundred messages. */
  g_assert_cmpuint (n, <, 20);
  g_assert_cmpstr (g_hash_table_lookup (storage, "score"), ==, "{\"i\":499}");
  g_assert_null (g_hash_table_lookup (storage, "big"));
  show (fixture, "<script>melete.storage.get ('score').then ((v) => melete.report ('again', v))</script>");
  wait_report (fixture, "again {\"i\":499}");
  g_hash_table_unref (storage);
}

/* What a page says by the channel's back door is bounded by us. */
static void
test_storage_forged (Fixture *fixture, gconstpointer data)
{
  show (fixture, "<script>let name; const d = EventTarget.prototype.dispatchEvent; visualViewport.dispatchEvent = d;\n"
                 "const O = CustomEvent; melete.storage.set ('a', 1);\n"
                 "for (const key of ['melete']) for (let i = 0; i < 3000; i++) visualViewport.dispatchEvent (new O (key + '-out', {detail: '{\"type\":\"store\",\"key\":\"k' + i + '\",\"value\":\"nonsense {\"}'}));\n"
                 "setTimeout (() => melete.report ('done', 0), 500);</script>");
  wait_report (fixture, "done 0");
  g_assert_cmpuint (g_hash_table_size (ui_preview_get_storage (fixture->preview)), ==, 1);
}

/* ---- pages that misbehave ---- */

static void
expect_failure (Fixture *fixture, const char *html, const char *words)
{
  g_autofree char *entries = NULL;

  show (fixture, html);
  ui_test_wait_long (has_failed, fixture, LONG);
  entries = dup_entries (fixture);
  g_test_message ("%s\n%s", ui_preview_get_failed (fixture->preview), entries);
  g_assert_nonnull (strstr (ui_preview_get_failed (fixture->preview), words));
  g_assert_false (ui_preview_get_loading (fixture->preview));
  /* And it can be shown again. */
  show (fixture, "<script>melete.report ('well', 1)</script>");
  g_assert_null (ui_preview_get_failed (fixture->preview));
  wait_report (fixture, "well 1");
}

static gboolean
on_beat (gpointer data)
{
  (*(guint *) data)++;
  return G_SOURCE_CONTINUE;
}

/* A loop is found and ended; the window goes on meanwhile. */
static void
test_loop (Fixture *fixture, gconstpointer data)
{
  guint beats = 0, source = g_timeout_add (50, on_beat, &beats);

  expect_failure (fixture, "<p>Hello<script>setTimeout (() => { for (;;); }, 200);</script>", "computes without end");
  g_assert_cmpuint (beats, >, 50);
  g_source_remove (source);
}

static void
test_memory (Fixture *fixture, gconstpointer data)
{
  expect_failure (fixture, "<p>Hello<script>const a = []; setInterval (() => { for (let i = 0; i < 4; i++) a.push (new Uint8Array (8e6).fill (a.length)); }, 10);</script>", "more memory");
}

static gboolean
has_flood (gpointer data)
{
  return find_entry (data, "left out") != NULL;
}

/* A flood is bounded and said once, and the page still answers. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  show (fixture, "<script>for (let i = 0; i < 50000; i++) console.log ('line ' + i); const w = new Worker (URL.createObjectURL (new Blob (['setInterval (() => { for (let i = 0; i < 100; i++) postMessage (0); }, 10)'])));\n"
                 "w.onmessage = () => console.log (Math.random ()); setTimeout (() => melete.report ('alive', 1), 1000);\n"
                 "for (let i = 0; i < 20; i++) console.log ('x'.repeat (100000));</script>");
  ui_test_wait_long (has_flood, fixture, LONG);
  g_assert_cmpuint (ui_preview_entry_get_count (find_entry (fixture, "left out")), >, 40000);
  g_assert_cmpuint (g_list_model_get_n_items (ui_preview_get_entries (fixture->preview)), <=, 500);
  g_assert_null (ui_preview_get_failed (fixture->preview));
}

/* Dialogs without end are dismissed after some. */
static void
test_dialogs (Fixture *fixture, gconstpointer data)
{
  ui_preview_set_quiet (fixture->preview, TRUE);
  show (fixture, "<script>for (let i = 0; i < 30; i++) alert ('again'); const c = confirm ('?'), p = prompt ('?');\n"
                 "onbeforeunload = () => 'stay'; melete.report ('past', [c, p]);</script>");
  wait_report (fixture, "past [false,null]");
  g_assert_nonnull (find_entry (fixture, "again"));
  show (fixture, "<script>melete.report ('next', 0)</script>");
  wait_report (fixture, "next 0");
}

/* ---- picture, PDF ---- */

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

static GAsyncResult *
wait_result (GAsyncResult **result)
{
  ui_test_wait_long (has_result, result, LONG);
  return g_steal_pointer (result);
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) visible = NULL, whole = NULL, pdf = NULL;
  GAsyncResult *result = NULL;
  g_autoptr (GdkTexture) texture = NULL, long_texture = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("page-XXXXXX.pdf", &stream, NULL);
  g_autofree char *path = g_file_get_path (file), *contents = NULL;
  g_autofree guchar *pixels = NULL;
  gsize length = 0;

  show (fixture, "<body style='margin: 0; background: rgb(10, 200, 30)'><p>Words<div style='height: 2000px'></div><script>onload = () => requestAnimationFrame (() => requestAnimationFrame (() => melete.report ('drawn', 1)))</script>");
  wait_report (fixture, "drawn 1");
  ui_preview_snapshot_async (fixture->preview, FALSE, NULL, on_result, &result);
  visible = wait_result (&result);
  texture = ui_preview_snapshot_finish (fixture->preview, visible, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_width (texture), ==, gtk_widget_get_width (GTK_WIDGET (fixture->preview)));
  pixels = g_malloc ((gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture) * 4);
  gdk_texture_download (texture, pixels, (gsize) gdk_texture_get_width (texture) * 4);
  /* BGRA: the last pixel of the first row. */
  g_assert_cmpuint (pixels[(gdk_texture_get_width (texture) - 30) * 4 + 1], ==, 200);
  ui_preview_snapshot_async (fixture->preview, TRUE, NULL, on_result, &result);
  whole = wait_result (&result);
  long_texture = ui_preview_snapshot_finish (fixture->preview, whole, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_texture_get_height (long_texture), >, 2000);
  ui_preview_export_pdf_async (fixture->preview, file, NULL, on_result, &result);
  pdf = wait_result (&result);
  g_assert_true (ui_preview_export_pdf_finish (fixture->preview, pdf, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_true (length > 500 && g_str_has_prefix (contents, "%PDF-"));
  g_file_delete (file, NULL, NULL);
}

/* ---- the look ---- */

static void
test_theme (Fixture *fixture, gconstpointer data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  show (fixture, "<script>const says = () => [melete.theme.dark, matchMedia ('(prefers-color-scheme: dark)').matches, /^#[0-9a-f]{6}$/.test (melete.theme.accent)];\n"
                 "melete.theme.addEventListener ('change', () => setTimeout (() => melete.report ('changed', says ()), 100)); melete.report ('first', says ());</script>");
  wait_report (fixture, "first [false,false,true]");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  ui_test_wait_long (was_reported, fixture, LONG);
  g_test_message ("%s", (char *) g_ptr_array_index (fixture->reports, 0));
  wait_report (fixture, "changed [true,true,true]");
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
}

/* ---- pointing ---- */

typedef struct {
  char *selector, *part, *text;
  int width;
} Picked;

static void
on_picked (UiPreview *preview, const UiPreviewPick *pick, Picked *picked)
{
  picked->selector = g_strdup (pick->selector);
  picked->part = g_strdup (pick->part);
  picked->text = g_strdup (pick->text);
  picked->width = pick->width;
}

static gboolean
was_picked (gpointer data)
{
  return ((Picked *) data)->selector != NULL;
}

static gboolean
left_picking (gpointer data)
{
  gboolean picking;

  g_object_get (data, "picking", &picking, NULL);
  return !picking;
}

static void
run (Fixture *fixture, const char *body)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;

  ui_preview_run_async (fixture->preview, body, NULL, NULL, on_result, &result);
  done = wait_result (&result);
  json = ui_preview_run_finish (fixture->preview, done, &error);
  g_assert_no_error (error);
}

static void
test_pick (Fixture *fixture, gconstpointer data)
{
  Picked picked = { 0 };

  g_signal_connect (fixture->preview, "picked", G_CALLBACK (on_picked), &picked);
  show (fixture, "<body><section data-part='/charts/0'><h2>One</h2><p style='width: 200px; margin: 0'>Two</p><p>Three</p></section><script>onload = () => melete.report ('there', 1); addEventListener ('click', () => melete.report ('clicked', 1))</script>");
  wait_report (fixture, "there 1");
  ui_preview_pick (fixture->preview, TRUE);
  run (fixture, "const r = document.querySelector ('p').getBoundingClientRect (); document.querySelector ('p').dispatchEvent (new MouseEvent ('click', {clientX: r.x + 5, clientY: r.y + 5, bubbles: true, cancelable: true}));");
  ui_test_wait_long (was_picked, &picked, LONG);
  g_assert_cmpstr (picked.selector, ==, "html > body > section > p:nth-of-type(1)");
  g_assert_cmpstr (picked.part, ==, "/charts/0");
  g_assert_cmpstr (picked.text, ==, "Two");
  g_assert_cmpint (picked.width, ==, 200);
  /* The page had no click of it. */
  g_assert_cmpuint (fixture->reports->len, ==, 0);
  g_clear_pointer (&picked.selector, g_free);
  g_free (picked.part);
  g_free (picked.text);
  /* With the keys: the section, its heading, the next, back. */
  ui_preview_pick (fixture->preview, TRUE);
  run (fixture, "for (const key of ['ArrowDown', 'Tab', 'Tab', 'ArrowLeft', 'Enter']) document.body.dispatchEvent (new KeyboardEvent ('keydown', {key, bubbles: true, cancelable: true}));");
  ui_test_wait_long (was_picked, &picked, LONG);
  g_assert_cmpstr (picked.text, ==, "Two");
  g_clear_pointer (&picked.selector, g_free);
  g_free (picked.part);
  g_free (picked.text);
  ui_preview_pick (fixture->preview, TRUE);
  run (fixture, "document.body.dispatchEvent (new KeyboardEvent ('keydown', {key: 'Escape', bubbles: true, cancelable: true}));");
  ui_test_wait (left_picking, fixture->preview);
  g_assert_null (picked.selector);
}

/* ---- what has to be true before ---- */

static gboolean
has_webkit (void)
{
  g_autofree char *maps = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));
  return strstr (maps, "libwebkitgtk") != NULL;
}

/* The first of all: nothing of WebKit is there before a page is, nor when the module is not found. */
static void
test_lazy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_strdup (g_getenv ("PATH")), *module = g_strdup (g_getenv ("MELETE_PREVIEW"));

  g_assert_false (has_webkit ());
  g_setenv ("MELETE_PREVIEW", "/nonexistent/libmelete-preview.so", TRUE);
  show (fixture, "<p>Hello");
  ui_test_wait_long (has_failed, fixture, LONG);
  g_assert_nonnull (strstr (ui_preview_get_failed (fixture->preview), "WebKitGTK 6.0"));
  g_assert_false (has_webkit ());
  g_setenv ("MELETE_PREVIEW", module, TRUE);
  /* No sandbox, no page. */
  g_setenv ("PATH", "/nonexistent", TRUE);
  ui_preview_reload (fixture->preview);
  g_assert_null (ui_preview_get_failed (fixture->preview));
  ui_test_wait_long (has_failed, fixture, LONG);
  g_assert_nonnull (strstr (ui_preview_get_failed (fixture->preview), "xdg-dbus-proxy"));
  g_setenv ("PATH", path, TRUE);
  g_assert_true (has_webkit ());
}

static void
test_sandbox_off (Fixture *fixture, gconstpointer data)
{
  g_setenv ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1", TRUE);
  show (fixture, "<p>Hello");
  ui_test_wait_long (has_failed, fixture, LONG);
  g_assert_nonnull (strstr (ui_preview_get_failed (fixture->preview), "WEBKIT_DISABLE_SANDBOX"));
  g_unsetenv ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS");
  show (fixture, "<script>melete.report ('well', 1)</script>");
  wait_report (fixture, "well 1");
}

/* WebKit itself starts a page without its sandbox: it gets nothing. In a program of its own, since WebKit remembers it. */
static void
test_sandbox_late (Fixture *fixture, gconstpointer data)
{
  if (!g_test_subprocess ()) {
    g_test_trap_subprocess (NULL, 0, 0);
    g_test_trap_assert_passed ();
    return;
  }
  show (fixture, "<script>melete.report ('ran', 1)</script>");
  /* Behind the look at the variable, and before the process. */
  g_setenv ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1", TRUE);
  ui_test_wait_long (has_failed, fixture, LONG);
  g_assert_nonnull (strstr (ui_preview_get_failed (fixture->preview), "outside of its sandbox"));
  g_assert_cmpuint (fixture->reports->len, ==, 0);
}

/* ---- the processes of pages ---- */

/* They have no network of their own, a filter of calls and no way to more rights. */
static void
test_sandbox (Fixture *fixture, gconstpointer data)
{
  g_autofree char *own = g_file_read_link ("/proc/self/ns/net", NULL);
  g_autoptr (GArray) pids = NULL;

  show (fixture, "<script>melete.report ('well', 1)</script>");
  wait_report (fixture, "well 1");
  pids = ui_test_find_pages ();
  g_assert_cmpuint (pids->len, >, 0);
  for (guint i = 0; i < pids->len; i++) {
    int pid = g_array_index (pids, int, i);
    g_autofree char *link = g_strdup_printf ("/proc/%d/ns/net", pid), *net = g_file_read_link (link, NULL), *status = ui_test_read_process (pid, "status");

    /* One that ends meanwhile has neither. */
    if (net == NULL || status == NULL)
      continue;
    g_assert_cmpstr (net, !=, own);
    g_assert_nonnull (strstr (status, "Seccomp:\t2"));
    g_assert_nonnull (strstr (status, "NoNewPrivs:\t1"));
  }
}

static gboolean
has_no_pages (gpointer data)
{
  g_autoptr (GArray) pids = ui_test_find_pages ();

  return pids->len == 0;
}

/* A page that does not listen ends all the same, and at once. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  guint beats = 0, source = g_timeout_add (50, on_beat, &beats);

  show (fixture, "<p>Hello<script>melete.report ('there', 1); setTimeout (() => { for (;;); }, 50);</script>");
  wait_report (fixture, "there 1");
  ui_preview_stop (fixture->preview);
  ui_test_wait (has_no_pages, NULL);
  g_source_remove (source);
}

static void
test_crash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) pids = NULL;

  show (fixture, "<p>Hello<script>onload = () => melete.report ('there', 1)</script>");
  wait_report (fixture, "there 1");
  pids = ui_test_find_pages ();
  g_assert_cmpuint (pids->len, >, 0);
  for (guint i = 0; i < pids->len; i++)
    kill (g_array_index (pids, int, i), SIGKILL);
  ui_test_wait_long (has_failed, fixture, LONG);
  g_assert_nonnull (strstr (ui_preview_get_failed (fixture->preview), "unexpectedly"));
  /* The button that stands there. */
  g_signal_emit_by_name (ui_test_child (fixture->preview, "reload"), "clicked");
  wait_report (fixture, "there 1");
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "lazy", test_lazy },
    { "sandbox-off", test_sandbox_off },
    { "sandbox-late", test_sandbox_late },
    { "console", test_console },
    { "files", test_files },
    { "storage", test_storage },
    { "storage-forged", test_storage_forged },
    { "flood", test_flood },
    { "dialogs", test_dialogs },
    { "picture", test_picture },
    { "theme", test_theme },
    { "pick", test_pick },
    { "sandbox", test_sandbox },
    { "crash", test_crash },
    { "stop", test_stop },
    { "loop", test_loop },
    { "memory", test_memory },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/ui/preview/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, setup, tests[i].test, teardown);
  }
  return g_test_run ();
}
