/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two answers beside each other, in the window: which model is asked, what is shown while it writes, and what is kept. */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "ui-answer.h"
#include "ui-compare-column.h"
#include "ui-compare-view.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-model-chooser.h"
#include "ui-model-page.h"
#include "ui-transcript.h"
#include "ui-window.h"

typedef struct {
  Fixture app; /* its model, "Scripted 1B", is loaded */
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiComposer *composer;
  UiCompareView *view;
  UiCompareColumn *left, *right;
} View;

/* `data`: whether there is no model but the one that is loaded. */
static void
set_up (View *v, gconstpointer data)
{
  const char *models = g_getenv ("MELETE_MODELS");
  g_autofree char *source = g_build_filename (models ? models : "", "smollm2-135m-instruct.gguf", NULL);
  g_autofree char *folder = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  fixture_set_up (&v->app, NULL);
  folder = g_build_filename (v->app.folder, "models", NULL);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  for (guint i = 0; data == NULL && i < 2; i++) {
    g_autoptr (GFile) file = g_file_new_build_filename (folder, i ? "third.gguf" : "other.gguf", NULL);
    g_assert_true (g_file_make_symbolic_link (file, source, NULL, NULL));
  }
  v->models = app_models_new ("/nonexistent.json", folder);
  app_models_refresh_async (v->models, NULL, keep_result, &result);
  app_models_refresh_finish (v->models, wait_result (&result), NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (v->models)), ==, data == NULL ? 2 : 0);
  app_engine_set_models (APP_ENGINE (v->app.engine), v->models);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->composer = ui_test_child (v->page, "composer");
  v->view = ui_test_child (v->page, "compare");
  v->left = ui_test_child (v->view, "left");
  v->right = ui_test_child (v->view, "right");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 1200, 700);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_object_add_weak_pointer (G_OBJECT (v->window), (gpointer *) &v->window);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_assert_null (v->window);
  app_engine_set_models (APP_ENGINE (v->app.engine), NULL);
  app_engine_unload (APP_ENGINE (v->app.engine));
  g_object_unref (v->models);
  fixture_tear_down (&v->app, NULL);
}

static AppConversation *
current (View *v)
{
  return ui_conversation_page_get_conversation (v->page);
}

static void
activate (View *v, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (v->window), action, NULL));
}

static void
press (gpointer widget, const char *button)
{
  g_signal_emit_by_name (ui_test_child (widget, button), "clicked");
}

/* Types and sends, and waits for the answer. */
static void
converse (View *v, const char *text, const char *answer)
{
  Script script = { .text = answer, .piece = 1000 };
  guint before = n_messages (current (v));

  scripted_engine_set_script (v->app.engine, &script);
  ui_composer_set_text (v->composer, text);
  press (v->composer, "send");
  WAIT_UNTIL (n_messages (current (v)) == before + 2);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static const char *
shown_page (View *v)
{
  return gtk_stack_get_visible_child_name (ui_test_child (v->page, "stack"));
}

static const char *
words_of (UiCompareColumn *column)
{
  AppMessage *message = ui_compare_column_get_message (column);

  return message != NULL ? app_message_get_text (message) : NULL;
}

static gboolean
can_keep (UiCompareColumn *column)
{
  return gtk_widget_get_sensitive (ui_test_child (column, "keep"));
}

/* The window that asks for a model, or NULL. */
static UiModelChooser *
find_chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GObject) window = g_list_model_get_item (windows, i);

    if (UI_IS_MODEL_CHOOSER (window))
      return UI_MODEL_CHOOSER (window);
  }
  return NULL;
}

/* Asks for another model's answer, which is `script`, and waits until both are seen. */
static void
compare (View *v, const Script *script)
{
  UiModelChooser *chooser;

  activate (v, "win.compare");
  chooser = find_chooser ();
  g_assert_nonnull (chooser);
  scripted_engine_set_script (v->app.engine, script);
  g_signal_emit_by_name (ui_test_find (GTK_WIDGET (chooser), ADW_TYPE_ACTION_ROW), "activated");
  WAIT_UNTIL (ui_compare_view_get_active (v->view));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_null (find_chooser ());
}

static const Script held = { .text = "From the other.", .piece = 1000, .hold = TRUE };

/* The other model's answer grows beside the first one; Stop stops it; kept, it becomes the conversation's, and the first one its other version. */
static void
test_keep_right (View *v, gconstpointer data)
{
  AppMessage *answer;

  converse (v, "Say", "The first.");
  compare (v, &held);
  g_assert_cmpstr (shown_page (v), ==, "compare");
  g_assert_cmpstr (words_of (v->left), ==, "The first.");
  WAIT_UNTIL (strcmp (words_of (v->right), "From the other.") == 0);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_cmpuint (n_messages (current (v)), ==, 2);
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->view, "question")), ==, "Say");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->left, "model")), ==, "Scripted 1B");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->left, "place")), ==, "Version 1 of 2, current · on this machine");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->right, "place")), ==, "Version 2 of 2 · on this machine");
  g_assert_true (can_keep (v->left));
  g_assert_false (can_keep (v->right));
  g_assert_true (gtk_widget_get_visible (ui_test_child (v->composer, "stop")));
  activate (v, "win.stop");
  wait_idle (current (v));
  g_assert_cmpuint (app_message_get_state (ui_compare_column_get_message (v->right)), ==, APP_MESSAGE_STOPPED);
  g_assert_true (app_engine_get_model (APP_ENGINE (v->app.engine)) == v->app.model);
  g_assert_true (can_keep (v->right));
  press (v->right, "keep");
  WAIT_UNTIL (!ui_compare_view_get_active (v->view));
  g_assert_cmpstr (shown_page (v), ==, "transcript");
  answer = message_at (current (v), 1);
  g_assert_cmpstr (app_message_get_text (answer), ==, "From the other.");
  g_assert_cmpuint (app_message_get_branch_count (answer), ==, 2);
  wait_idle (current (v));
}

/* Who keeps the first answer early needs no more of the second, of which what there is stays. */
static void
test_keep_left (View *v, gconstpointer data)
{
  g_autoptr (AppMessage) second = NULL;

  converse (v, "Say", "The first.");
  compare (v, &held);
  second = g_object_ref (ui_compare_column_get_message (v->right));
  WAIT_UNTIL (strcmp (app_message_get_text (second), "From the other.") == 0);
  press (v->left, "keep");
  g_assert_false (ui_compare_view_get_active (v->view));
  wait_idle (current (v));
  g_assert_cmpuint (app_message_get_state (second), ==, APP_MESSAGE_STOPPED);
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 1)), ==, "The first.");
  g_assert_cmpuint (app_message_get_branch_count (message_at (current (v), 1)), ==, 2);
}

/* A question further keeps the left one. */
static void
test_further (View *v, gconstpointer data)
{
  const Script script = { .text = "The second." };

  converse (v, "Say", "The first.");
  compare (v, &script);
  wait_idle (current (v));
  converse (v, "More", "Then this.");
  g_assert_false (ui_compare_view_get_active (v->view));
  g_assert_cmpstr (shown_page (v), ==, "transcript");
  g_assert_cmpuint (n_messages (current (v)), ==, 4);
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 1)), ==, "The first.");
}

/* Escape leaves what is written alone; "Compare answers" shows it again, and as it grows. So does another conversation. */
static void
test_close (View *v, gconstpointer data)
{
  GtkWidget *toasts = ui_test_child (v->window, "toasts");
  UiAnswer *row;
  AppMessage *second;

  converse (v, "Say", "The first.");
  compare (v, &held);
  second = ui_compare_column_get_message (v->right);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (v->view), "page.close-comparison", NULL));
  g_assert_cmpstr (shown_page (v), ==, "transcript");
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (v->window)), GTK_WIDGET (v->composer)));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_nonnull (strstr (ui_test_toast_text (toasts), "goes on writing"));
  g_assert_true (app_conversation_get_busy (current (v)));
  /* A second comparison has to wait. */
  activate (v, "win.compare");
  g_assert_null (find_chooser ());

  row = ui_test_find (ui_test_child (v->page, "transcript"), UI_TYPE_ANSWER);
  gtk_widget_activate_action (GTK_WIDGET (row), "answer.compare-versions", NULL);
  WAIT_UNTIL (ui_compare_view_get_active (v->view));
  g_assert_true (ui_compare_column_get_message (v->right) == second);
  activate (v, "win.stop");
  wait_idle (current (v));
  activate (v, "win.new");
  g_assert_false (ui_compare_view_get_active (v->view));
  g_assert_cmpstr (shown_page (v), ==, "welcome");
}

/* The versions of "Answer again" stand beside each other too; with more than two, the right column goes from one to the next. */
static void
test_versions (View *v, gconstpointer data)
{
  static const char *const texts[] = { "The second.", "The third." };
  UiAnswer *row;

  converse (v, "Say", "The first.");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    Script script = { .text = texts[i], .piece = 1000 };

    scripted_engine_set_script (v->app.engine, &script);
    activate (v, "win.regenerate");
    WAIT_UNTIL (app_message_get_branch_count (message_at (current (v), 1)) == i + 2);
    wait_idle (current (v));
  }
  ui_test_frames (GTK_WIDGET (v->window), 3);
  row = ui_test_find (ui_test_child (v->page, "transcript"), UI_TYPE_ANSWER);
  gtk_widget_activate_action (GTK_WIDGET (row), "answer.compare-versions", NULL);
  WAIT_UNTIL (ui_compare_view_get_active (v->view));
  g_assert_cmpstr (words_of (v->left), ==, "The third.");
  g_assert_cmpstr (words_of (v->right), ==, "The second.");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->view, "left_name")), ==, "Scripted 1B (3)");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->view, "right_name")), ==, "Scripted 1B (2)");
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->left, "steps")));
  g_assert_false (gtk_widget_get_sensitive (ui_test_child (v->right, "next"))); /* that is the left one */
  press (v->right, "previous");
  g_assert_cmpstr (words_of (v->right), ==, "The first.");
  g_assert_false (gtk_widget_get_sensitive (ui_test_child (v->right, "previous")));
  press (v->right, "next");
  press (v->right, "previous");
  press (v->right, "keep");
  WAIT_UNTIL (!ui_compare_view_get_active (v->view));
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 1)), ==, "The first.");
  wait_idle (current (v));
}

/* Of one version there is nothing to compare, and its menu does not offer it. */
static void
test_one_version (View *v, gconstpointer data)
{
  UiAnswer *row;

  converse (v, "Say", "The first.");
  row = ui_test_find (ui_test_child (v->page, "transcript"), UI_TYPE_ANSWER);
  g_assert_false (gtk_widget_activate_action (GTK_WIDGET (row), "answer.compare-versions", NULL) && ui_compare_view_get_active (v->view));
  ui_compare_view_show (v->view, current (v), message_at (current (v), 1));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_false (ui_compare_view_get_active (v->view));
  g_assert_cmpstr (shown_page (v), ==, "transcript");
}

/* Where there is only one model, a sentence says so, and a button leads to the others. */
static void
test_one_model (View *v, gconstpointer data)
{
  UiModelChooser *chooser;

  converse (v, "Say", "The first.");
  activate (v, "win.compare");
  chooser = find_chooser ();
  g_assert_nonnull (chooser);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (chooser, "stack")), ==, "none");
  g_assert_nonnull (strstr (adw_status_page_get_description (ui_test_child (chooser, "none")), "only one model"));
  press (chooser, "more");
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_null (find_chooser ());
  g_assert_nonnull (ui_test_find (GTK_WIDGET (v->window), UI_TYPE_MODEL_PAGE));
}

/* What wrote the answer is not offered; the search leaves those with its words. */
static void
test_chooser (View *v, gconstpointer data)
{
  UiModelChooser *chooser;
  GtkEditable *search;

  converse (v, "Say", "The first.");
  activate (v, "win.compare");
  chooser = find_chooser ();
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (chooser), ADW_TYPE_ACTION_ROW), ==, 2);
  g_assert_true (ADW_IS_ACTION_ROW (gtk_window_get_focus (GTK_WINDOW (chooser))));
  search = ui_test_child (chooser, "search");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (search))); /* two are seen at a glance */
  gtk_editable_set_text (search, "no such model");
  g_signal_emit_by_name (search, "search-changed");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (chooser, "stack")), ==, "none");
  g_assert_false (gtk_widget_get_visible (ui_test_child (chooser, "more")));
  gtk_editable_set_text (search, "");
  g_signal_emit_by_name (search, "search-changed");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (chooser, "stack")), ==, "models");
  gtk_window_close (GTK_WINDOW (chooser));
  ui_test_drain ();
  g_assert_false (ui_compare_view_get_active (v->view));
}

/* Side by side and equally wide where there is room; else one at a time, behind two buttons with the models' names. */
static void
test_widths (View *v, gconstpointer data)
{
  AdwLeaflet *leaflet = ui_test_child (v->view, "leaflet");
  const Script script = { .text = "The second, which is a good deal longer than the first one was, so that it would like to have more room." };

  converse (v, "Say", "The first.");
  compare (v, &script);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_false (adw_leaflet_get_folded (leaflet));
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->view, "switcher")));
  g_assert_true (gtk_widget_get_visible (ui_test_child (v->left, "model")));
  g_assert_cmpint (ABS (gtk_widget_get_width (GTK_WIDGET (v->left)) - gtk_widget_get_width (GTK_WIDGET (v->right))), <=, 1);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (v->left)), >, 350);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 370, 700);
  WAIT_UNTIL (adw_leaflet_get_folded (leaflet));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->view, "switcher")));
  /* Which names the models. */
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->left, "model")));
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->right, "model")));
  /* What was written just now is what one wants to read. */
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == GTK_WIDGET (v->right));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (v->right)), <=, 370);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (v->window)), <=, 370);
  gtk_toggle_button_set_active (ui_test_child (v->view, "show_left"), TRUE);
  g_assert_true (adw_leaflet_get_visible_child (leaflet) == GTK_WIDGET (v->left));
}

/* Where the words over one answer take two lines and those over the other one, the answers still begin beside each other. */
static void
test_heads (View *v, gconstpointer data)
{
  const Script script = { .text = "The second." };
  guint n_different = 0;

  converse (v, "Say", "The first.");
  compare (v, &script);
  wait_idle (current (v));
  for (int width = 1200; width >= 700; width -= 20) {
    int heights[2];
    graphene_point_t left;
    graphene_point_t right;

    gtk_window_set_default_size (GTK_WINDOW (v->window), width, 700);
    ui_test_frames (GTK_WIDGET (v->window), 4);
    if (adw_leaflet_get_folded (ui_test_child (v->view, "leaflet")))
      break;
    for (guint i = 0; i < 2; i++)
      heights[i] = gtk_widget_get_height (ui_test_child (i == 0 ? v->left : v->right, "place"));
    n_different += heights[0] != heights[1];
    g_assert_true (gtk_widget_compute_point (ui_test_child (v->left, "answer"), GTK_WIDGET (v->view), &GRAPHENE_POINT_INIT (0, 0), &left));
    g_assert_true (gtk_widget_compute_point (ui_test_child (v->right, "answer"), GTK_WIDGET (v->view), &GRAPHENE_POINT_INIT (0, 0), &right));
    g_assert_cmpfloat (left.y, ==, right.y);
  }
  g_assert_cmpuint (n_different, >, 0);
}

/* A version that failed says why, and offers nothing that does not work here. */
static void
test_failed (View *v, gconstpointer data)
{
  const Script script = { .error = "The engine fell over." };
  UiAnswer *row;

  converse (v, "Say", "The first.");
  compare (v, &script);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  row = ui_test_child (v->right, "answer");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (row, "error")), ==, "The engine fell over.");
  g_assert_false (gtk_widget_get_mapped (ui_test_child (row, "retry")));
  g_assert_false (can_keep (v->right));
  g_assert_true (can_keep (v->left));
  row = ui_test_child (v->left, "answer");
  g_assert_true (gtk_widget_get_mapped (ui_test_child (row, "copy")));
  g_assert_false (gtk_widget_get_mapped (ui_test_child (row, "regenerate")));
  g_assert_false (gtk_widget_get_mapped (ui_test_child (row, "again_menu")));
  g_assert_false (gtk_widget_get_mapped (ui_test_child (row, "branches")));
}

/* What a screen reader says. */
static void
test_names (View *v, gconstpointer data)
{
  const Script script = { .text = "The second." };
  g_autofree char *nameless = NULL;
  g_autofree char *in_chooser = NULL;

  converse (v, "Say", "The first.");
  activate (v, "win.compare");
  in_chooser = ui_test_nameless (find_chooser ());
  g_assert_cmpstr (in_chooser, ==, "");
  gtk_window_close (GTK_WINDOW (find_chooser ()));
  ui_test_drain ();
  compare (v, &script);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  nameless = ui_test_nameless (v->window);
  g_assert_cmpstr (nameless, ==, "");
  gtk_test_accessible_assert_property (ui_test_child (v->left, "keep"), GTK_ACCESSIBLE_PROPERTY_LABEL, "Keep the answer of Scripted 1B, version 1 of 2");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (v->left), GTK_ACCESSIBLE_PROPERTY_LABEL, "Scripted 1B, Version 1 of 2, current · on this machine");
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (v->left), GTK_ACCESSIBLE_ROLE_GROUP);
  /* The focus is where the comparison begins, and Tab leads on. */
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (v->window)), GTK_WIDGET (v->view)));
}

#define ADD(path, data, test) g_test_add ("/ui-compare-view/" path, View, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  ADD ("keep-right", NULL, test_keep_right);
  ADD ("keep-left", NULL, test_keep_left);
  ADD ("further", NULL, test_further);
  ADD ("close", NULL, test_close);
  ADD ("versions", NULL, test_versions);
  ADD ("one-version", NULL, test_one_version);
  ADD ("one-model", "one", test_one_model);
  ADD ("chooser", NULL, test_chooser);
  ADD ("widths", NULL, test_widths);
  ADD ("heads", NULL, test_heads);
  ADD ("failed", NULL, test_failed);
  ADD ("names", NULL, test_names);
  return g_test_run ();
}
