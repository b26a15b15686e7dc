/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages in WebKit, as the window shows them. */
#include "ui-test.h"

#include <string.h>

#include "ui-preview.h"

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

/* A page is shown, and what it prints and fails at is read. */
static void
test_console (Fixture *fixture, gconstpointer data)
{
  g_autofree char *entries = NULL;

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
  ui_test_wait (was_reported, fixture);
  entries = dup_entries (fixture);
  g_test_message ("%s", entries);
  g_assert_cmpstr (g_ptr_array_index (fixture->reports, 0), ==, "done {\"n\":1}");
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/preview/console", Fixture, NULL, setup, test_console, teardown);
  return g_test_run ();
}
