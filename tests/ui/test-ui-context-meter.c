/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring that shows how full the context would be, its sentences, and when it counts. */
#include "ui-test.h"

#include "fixture.h"
#include "ui-composer.h"
#include "ui-context-meter.h"
#include "ui-conversation-page.h"
#include "ui-window.h"

static void
assert_sentences (const AppMeasure *measure, gboolean local, gboolean tight, const char *expected)
{
  g_auto (GStrv) sentences = ui_context_meter_dup_sentences (measure, local);
  g_autofree char *joined = g_strjoinv ("|", sentences);

  g_assert_cmpstr (joined, ==, expected);
  g_assert_cmpint (ui_context_meter_is_tight (measure), ==, tight);
}

static void
test_sentences (void)
{
  const AppMeasure none = { .attached_share = 1 }, some = { .context = 32768, .total = 3100, .attached_share = 1 };
  const AppMeasure nearly = { .context = 1000, .total = 750, .attached_share = 1 }, dropped = { .context = 1000, .total = 500, .attached_share = 1, .dropped_messages = 4 };
  const AppMeasure cut = { .context = 1000, .total = 700, .attached_share = 0.4 }, over = { .context = 1000, .total = 1000, .attached_share = 1 };

  assert_sentences (&none, TRUE, FALSE, "Context: not counted yet|It is counted as soon as the model is loaded.");
  assert_sentences (&none, FALSE, FALSE, "Context: not known|The model runs elsewhere, and how much it can read at once is not known here.");
  /* The locale of the tests groups no digits. */
  assert_sentences (&some, TRUE, FALSE, "About 3100 of 32768 tokens|There is room for an answer of about 29668 tokens.");
  assert_sentences (&nearly, TRUE, TRUE, "About 750 of 1000 tokens|Soon the oldest messages will be left out.|There is room for an answer of about 250 tokens.");
  assert_sentences (&dropped, TRUE, TRUE, "About 500 of 1000 tokens|The oldest 4 messages will be left out.|There is room for an answer of about 500 tokens.");
  assert_sentences (&cut, TRUE, TRUE,
                    "About 700 of 1000 tokens|What is attached is too long to be read whole: the model gets the passages that fit the question, about 40\302\240% of it.|There is room for an answer of about 300 tokens.");
  assert_sentences (&over, TRUE, TRUE, "About 1000 of 1000 tokens|The message is too long for the context. Shorten it, or set a larger context.");
}

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiComposer *composer;
  UiContextMeter *meter;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->composer = ui_test_child (ui_test_child (v->window, "page"), "composer");
  v->meter = ui_composer_get_meter (v->composer);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  fixture_tear_down (&v->app, data);
}

static const char *
headline (View *v)
{
  return gtk_label_get_text (ui_test_child (v->meter, "headline"));
}

static void
count (UiContextMeter *meter, guint *n)
{
  ++*n;
}

/* It counts at the pause, once for all that was typed, and shows what the engine says. */
static void
test_counts (View *v, gconstpointer data)
{
  const AppMeasure some = { .context = 1000, .total = 100, .typed = 60, .form = 40, .attached_share = 1 };
  const AppMeasure tight = { .context = 1000, .total = 500, .typed = 60, .earlier = 440, .attached_share = 1, .dropped_messages = 2 };
  guint n = 0;

  WAIT_UNTIL (g_str_equal (headline (v), "Context: not known"));
  g_signal_connect (v->meter, "measure", G_CALLBACK (count), &n);
  scripted_engine_set_measure (v->app.engine, &some);
  for (guint i = 0; i < 20; i++)
    ui_composer_set_text (v->composer, i % 2 ? "Hello" : "Hello there");
  WAIT_UNTIL (g_str_equal (headline (v), "About 100 of 1000 tokens"));
  g_assert_cmpuint (n, ==, 1);
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (v->meter), "tight"));
  g_assert_nonnull (gtk_grid_get_child_at (ui_test_child (v->meter, "parts"), 0, 3));
  g_assert_null (gtk_grid_get_child_at (ui_test_child (v->meter, "parts"), 0, 1)); /* nothing earlier */
  scripted_engine_set_measure (v->app.engine, &tight);
  ui_composer_set_text (v->composer, "Hello again");
  WAIT_UNTIL (g_str_equal (headline (v), "About 500 of 1000 tokens"));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (v->meter), "tight"));
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-context-meter/sentences", test_sentences);
  g_test_add ("/ui-context-meter/counts", View, NULL, set_up, test_counts, tear_down);
  return g_test_run ();
}
