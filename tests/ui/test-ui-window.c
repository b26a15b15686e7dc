/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window as a whole, with all of its parts. Long because each test is a way through it and all of them begin at the same place. */
#include "ui-test.h"

#include <string.h>

#include "app-search.h"
#include "fixture.h"
#include "gpu-fixture.h"
#include "ui-answer.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-model-chip.h"
#include "ui-model-status.h"
#include "ui-results.h"
#include "ui-sidebar.h"
#include "ui-test-input.h"
#include "ui-transcript.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiSidebar *sidebar;
  UiComposer *composer;
} View;

static void
show (View *v)
{
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->sidebar = ui_test_child (v->window, "sidebar");
  v->composer = ui_test_child (v->page, "composer");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 1200, 700);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_object_add_weak_pointer (G_OBJECT (v->window), (gpointer *) &v->window);
}

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->models = app_models_new (NULL, v->app.folder);
  show (v);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_assert_null (v->window);
  g_object_unref (v->models);
  fixture_tear_down (&v->app, data);
}

static void
activate (View *v, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (v->window), action, NULL));
}

static AppConversation *
current (View *v)
{
  return ui_conversation_page_get_conversation (v->page);
}

static gboolean
is_stored (gpointer data)
{
  return app_conversation_get_id (current (data)) != 0;
}

/* Types and sends, and waits for the answer. */
static void
converse (View *v, const char *text, const char *answer)
{
  Script script = { .text = answer };
  AppConversation *conversation = current (v);
  guint before = n_messages (conversation);

  scripted_engine_set_script (v->app.engine, &script);
  ui_composer_set_text (v->composer, text);
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  while (n_messages (conversation) == before)
    g_main_context_iteration (NULL, TRUE);
  wait_idle (conversation);
  ui_test_drain ();
}

static const char *
shown_page (View *v)
{
  return gtk_stack_get_visible_child_name (ui_test_child (v->page, "stack"));
}

static void
test_first_turn (View *v, gconstpointer data)
{
  g_autofree char *left = NULL;
  g_autoptr (AppTurn) turn = NULL;
  GtkRevealer *suggestions = ui_test_child (ui_test_child (v->page, "welcome"), "revealer");

  g_assert_cmpstr (shown_page (v), ==, "welcome");
  /* Nothing is suggested any more where something has been begun. */
  g_assert_true (gtk_revealer_get_reveal_child (suggestions));
  ui_composer_set_text (v->composer, "Hel");
  g_assert_false (gtk_revealer_get_reveal_child (suggestions));
  ui_composer_set_text (v->composer, "");
  g_assert_true (gtk_revealer_get_reveal_child (suggestions));
  converse (v, "Hello there", "Good day.");
  g_assert_true (is_stored (v));
  g_assert_cmpstr (shown_page (v), ==, "transcript");
  turn = ui_composer_dup_turn (v->composer);
  g_assert_true (app_turn_is_empty (turn));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (v->app.history)), ==, 1);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (v->window)), ==, app_conversation_get_title (current (v)));
  activate (v, "win.new");
  g_assert_cmpstr (shown_page (v), ==, "welcome");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (v->window)), ==, "Melete");
}

static void
test_stop (View *v, gconstpointer data)
{
  Script script = { .text = "For ever", .hold = TRUE };
  g_autoptr (AppMessage) answer = NULL;

  scripted_engine_set_script (v->app.engine, &script);
  ui_composer_set_text (v->composer, "Go on");
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  while (n_messages (current (v)) == 0)
    g_main_context_iteration (NULL, TRUE);
  wait_state (current (v), APP_MESSAGE_WRITING);
  g_assert_true (gtk_widget_get_visible (ui_test_child (v->composer, "stop")));
  /* Typing goes on meanwhile. */
  ui_composer_set_text (v->composer, "next");
  activate (v, "win.stop");
  wait_idle (current (v));
  answer = ui_transcript_get_last_answer (ui_test_child (v->page, "transcript"));
  g_assert_cmpuint (app_message_get_state (answer), ==, APP_MESSAGE_STOPPED);
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->composer, "stop")));
}

static gboolean
is_counted (gpointer answer)
{
  return g_str_equal (app_message_get_text (answer), "One, two, ");
}

static gboolean
is_shown (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

/* Continue, pressed with the mouse on an answer that was stopped: the model goes on in the same message, and then there is nothing to continue. */
static void
test_continue (View *v, gconstpointer data)
{
  Script script = { .text = "One, two, ", .hold = TRUE };
  g_autoptr (AppMessage) answer = NULL;
  GtkWidget *shown;
  GtkWidget *go_on;

  scripted_engine_set_script (v->app.engine, &script);
  ui_composer_set_text (v->composer, "Count");
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  while (n_messages (current (v)) == 0)
    g_main_context_iteration (NULL, TRUE);
  answer = ui_transcript_get_last_answer (ui_test_child (v->page, "transcript"));
  ui_test_wait (is_counted, answer);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  shown = ui_test_find (ui_test_child (v->page, "transcript"), UI_TYPE_ANSWER);
  go_on = ui_test_child (shown, "go_on");
  g_assert_false (gtk_widget_get_visible (go_on));
  activate (v, "win.stop");
  wait_idle (current (v));
  ui_test_wait (is_shown, go_on);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  script = (Script){ .text = "three." };
  scripted_engine_set_script (v->app.engine, &script);
  ui_test_click (go_on);
  wait_state (current (v), APP_MESSAGE_DONE);
  wait_idle (current (v));
  ui_test_drain ();
  g_assert_cmpuint (n_messages (current (v)), ==, 2);
  g_assert_cmpstr (app_message_get_text (answer), ==, "One, two, three.");
  g_assert_false (gtk_widget_get_visible (go_on));
  g_assert_false (gtk_widget_get_visible (ui_test_child (shown, "ending")));
}

static void
test_edit (View *v, gconstpointer data)
{
  g_autoptr (AppTurn) turn = NULL;

  converse (v, "First words", "An answer.");
  activate (v, "win.edit");
  turn = ui_composer_dup_turn (v->composer);
  g_assert_cmpstr (app_turn_get_text (turn), ==, "First words");
  g_assert_nonnull (ui_composer_get_edited (v->composer));
  ui_composer_set_text (v->composer, "Better words");
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  while (!app_conversation_get_busy (current (v)))
    g_main_context_iteration (NULL, TRUE);
  wait_idle (current (v));
  g_assert_null (ui_composer_get_edited (v->composer));
  g_assert_cmpuint (n_messages (current (v)), ==, 2);
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 0)), ==, "Better words");
  g_assert_cmpuint (app_message_get_branch_count (message_at (current (v), 0)), ==, 2);
}

static guint
n_conversations (View *v)
{
  return g_list_model_get_n_items (G_LIST_MODEL (v->app.history));
}

/* The toast's button brings the conversation back. */
static void
press_undo (View *v)
{
  GtkWidget *button = ui_test_toast_button (ui_test_child (v->window, "toasts"));

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_delete_undo (View *v, gconstpointer data)
{
  converse (v, "To be deleted", "Yes.");
  g_assert_cmpuint (n_conversations (v), ==, 1);
  activate (v, "win.delete");
  while (n_conversations (v) == 1 || is_stored (v))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (shown_page (v), ==, "welcome");
  press_undo (v);
  while (n_conversations (v) == 0)
    g_main_context_iteration (NULL, TRUE);
  ui_test_drain ();
  g_assert_cmpuint (n_conversations (v), ==, 1);
  /* It was shown, and is again. */
  g_assert_true (is_stored (v));
  g_assert_cmpstr (shown_page (v), ==, "transcript");
}

/* Two deletions within seconds have one toast, whose Undo brings both back; what is shown otherwise by then stays. */
static void
test_delete_two (View *v, gconstpointer data)
{
  GtkWidget *toasts = ui_test_child (v->window, "toasts");
  AppConversation *kept;

  converse (v, "To be kept", "Yes.");
  kept = current (v);
  for (guint i = 0; i < 2; i++) {
    activate (v, "win.new");
    converse (v, "To be deleted", "Yes.");
  }
  for (guint n = 3; n > 1; n--) {
    ui_sidebar_delete (v->sidebar, conversation_at (&v->app, 0));
    while (n_conversations (v) == n)
      g_main_context_iteration (NULL, TRUE);
    ui_test_frames (toasts, 3);
    g_assert_cmpstr (ui_test_toast_text (toasts), ==, n == 3 ? "Conversation deleted" : "2 conversations deleted");
  }
  ui_window_open_conversation (v->window, kept, 0);
  press_undo (v);
  while (n_conversations (v) < 3)
    g_main_context_iteration (NULL, TRUE);
  ui_test_frames (toasts, 3);
  g_assert_true (current (v) == kept);
  g_assert_null (g_object_get_data (G_OBJECT (toasts), "ui-undo-conversations"));
  /* The next one begins anew. */
  ui_sidebar_delete (v->sidebar, conversation_at (&v->app, 0));
  while (n_conversations (v) == 3)
    g_main_context_iteration (NULL, TRUE);
  ui_test_frames (toasts, 3);
  g_assert_cmpstr (ui_test_toast_text (toasts), ==, "Conversation deleted");
}

static gboolean
has_results (gpointer data)
{
  const char *name = gtk_stack_get_visible_child_name (ui_test_child (((View *) data)->sidebar, "stack"));

  return strcmp (name, "results") == 0 || strcmp (name, "nothing") == 0;
}

static void
test_search (View *v, gconstpointer data)
{
  GtkEditable *entry = ui_test_child (v->sidebar, "search_entry");
  GtkStack *stack = ui_test_child (v->sidebar, "stack");
  g_autofree char *tree = NULL;

  converse (v, "Tell me of the ocean", "It is wide & deep.");
  activate (v, "win.new");
  converse (v, "Tell me of the desert", "It is dry.");
  activate (v, "win.search");
  gtk_editable_set_text (entry, "wide");
  ui_test_wait (has_results, v);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "results");
  tree = ui_test_dump (ui_test_child (v->sidebar, "results"));
  g_assert_nonnull (strstr (tree, "<b>wide</b> &amp; deep"));
  g_signal_emit_by_name (entry, "activate");
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 0)), ==, "Tell me of the ocean");
  gtk_editable_set_text (entry, "nowhere to be found");
  while (strcmp (gtk_stack_get_visible_child_name (stack), "nothing") != 0)
    g_main_context_iteration (NULL, TRUE);
  ui_sidebar_end_search (v->sidebar);
  ui_test_drain ();
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "conversations");
}

static char *
describe_results (View *v)
{
  GListModel *results = G_LIST_MODEL (gtk_list_view_get_model (ui_test_child (v->sidebar, "results")));
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (results, i);

    if (APP_IS_CONVERSATION (item))
      g_string_append_printf (out, "[%s]", app_conversation_get_title (APP_CONVERSATION (item)));
    else if (app_search_hit_get_message_id (APP_SEARCH_HIT (item)) == 0)
      g_string_append_printf (out, "[*%s]", app_search_hit_get_snippet (APP_SEARCH_HIT (item)));
    else
      g_string_append_printf (out, " %s;", app_search_hit_get_snippet (APP_SEARCH_HIT (item)));
  }
  return g_string_free (out, FALSE);
}

/* A conversation is listed once, with the places in it below, each of which says what it is. */
static void
test_search_groups (View *v, gconstpointer data)
{
  GtkEditable *entry = ui_test_child (v->sidebar, "search_entry");
  g_autofree char *results = NULL;
  g_autofree char *tree = NULL;

  converse (v, "On herons", "A **heron** stands.");
  converse (v, "More of the heron", "No.");
  activate (v, "win.new");
  converse (v, "On ducks", "They fear the *heron*.");
  activate (v, "win.search");
  gtk_editable_set_text (entry, "heron");
  ui_test_wait (has_results, v);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  results = describe_results (v);
  g_assert_cmpstr (results, ==, "[*On herons] More of the heron; A heron stands.; On herons;[On ducks] They fear the heron.;");
  tree = ui_test_dump (ui_test_child (v->sidebar, "results"));
  g_assert_nonnull (strstr (tree, "Question · Today"));
  g_assert_nonnull (strstr (tree, "Answer · Today"));
  /* Enter goes to the first place, which is in the other conversation. */
  g_signal_emit_by_name (entry, "activate");
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_cmpstr (app_conversation_get_title (current (v)), ==, "On herons");
}

static gboolean
press_escape (View *v)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (v->window));
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (g_strcmp0 (gtk_event_controller_get_name (controller), "ui-window-keys") == 0)
      g_signal_emit_by_name (controller, "key-pressed", GDK_KEY_Escape, 9u, 0, &handled);
  }
  return handled;
}

/* Escape ends the search wherever the focus is. */
static void
test_search_escape (View *v, gconstpointer data)
{
  GtkSearchBar *bar = ui_test_child (v->sidebar, "search_bar");

  g_assert_false (press_escape (v));
  activate (v, "win.search");
  g_assert_true (gtk_search_bar_get_search_mode (bar));
  activate (v, "win.composer");
  ui_test_drain ();
  g_assert_true (gtk_search_bar_get_search_mode (bar));
  g_assert_true (press_escape (v));
  g_assert_false (gtk_search_bar_get_search_mode (bar));
  g_assert_false (press_escape (v));
}

static void
test_engine_states (View *v, gconstpointer data)
{
  g_autoptr (AppModel) other = scripted_model_new ("other", "Other 2B Instruct");
  UiModelStatus *status = ui_test_child (v->window, "status");
  GtkRevealer *revealer = ui_test_child (status, "revealer");
  GtkWidget *send = ui_test_child (v->composer, "send");
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_false (gtk_revealer_get_reveal_child (revealer));
  scripted_engine_hold_load (v->app.engine);
  app_engine_load_async (APP_ENGINE (v->app.engine), other, NULL, keep_result, &result);
  g_assert_true (gtk_revealer_get_reveal_child (revealer));
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (ui_test_child (status, "bar")), ==, 0.5);
  g_assert_true (g_str_has_prefix (gtk_label_get_text (ui_test_child (status, "label")), "Loading Other 2B Instruct"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (send), ==, "Send");
  scripted_engine_finish_load (v->app.engine, "The model file ends early.");
  g_assert_false (app_engine_load_finish (APP_ENGINE (v->app.engine), wait_result (&result), NULL));
  g_assert_true (gtk_widget_get_visible (ui_test_child (status, "retry")));
  g_assert_true (g_str_has_prefix (gtk_label_get_text (ui_test_child (status, "label")), "Other 2B Instruct could not be loaded. The model file ends early."));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (send), !=, "Send");
  app_engine_unload (APP_ENGINE (v->app.engine));
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (ui_test_child (v->window, "chip"), "label")), ==, "No model");
}

/* Nothing forces the window wider than 360 px, in any of its states. */
static void
test_narrow (View *v, gconstpointer data)
{
  g_autofree char *sample = NULL;
  int min;

  g_assert_true (g_file_get_contents (UI_TEST_SAMPLE, &sample, NULL, NULL));
  gtk_widget_measure (GTK_WIDGET (v->window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);
  converse (v, "https://example.org/a/very/long/address/that/has/no/place/to/break/in/it/at/all/and/goes/on", sample);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 360, 640);
  ui_test_frames (GTK_WIDGET (v->window), 8);
  gtk_widget_measure (GTK_WIDGET (v->window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);
  activate (v, "win.sidebar");
  ui_test_frames (GTK_WIDGET (v->window), 8);
  gtk_widget_measure (GTK_WIDGET (v->window), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);
}

static gboolean
has_focus_in (View *v, gpointer widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (v->window));

  return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

/* Over the page, the sidebar has the focus to itself and a button that hides it; beside the page it has neither. */
static void
test_sidebar_over (View *v, gconstpointer data)
{
  AdwFlap *flap = ui_test_child (v->window, "flap");
  GtkWidget *hide = ui_test_child (v->sidebar, "hide");

  converse (v, "Hello", "Hello.");
  g_assert_true (adw_flap_get_reveal_flap (flap));
  g_assert_false (gtk_widget_get_visible (hide));
  activate (v, "win.composer");
  g_assert_true (has_focus_in (v, v->composer));

  gtk_window_set_default_size (GTK_WINDOW (v->window), 360, 640);
  ui_test_frames (GTK_WIDGET (v->window), 8);
  g_assert_true (adw_flap_get_folded (flap));
  g_assert_false (adw_flap_get_reveal_flap (flap));
  g_assert_true (has_focus_in (v, v->composer));
  activate (v, "win.sidebar");
  ui_test_frames (GTK_WIDGET (v->window), 8);
  g_assert_true (gtk_widget_get_mapped (hide));
  g_assert_true (has_focus_in (v, v->sidebar));
  ui_composer_focus (v->composer);
  g_assert_true (has_focus_in (v, v->sidebar));
  g_signal_emit_by_name (hide, "clicked");
  ui_test_frames (GTK_WIDGET (v->window), 8);
  g_assert_false (adw_flap_get_reveal_flap (flap));
  g_assert_true (has_focus_in (v, v->composer));
  /* A shortcut of the page hides it too. */
  activate (v, "win.search");
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_true (has_focus_in (v, ui_test_child (v->sidebar, "search_entry")));
  /* Escape goes one step back at a time: first the search, and the sidebar keeps the focus. */
  g_assert_true (press_escape (v));
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_true (adw_flap_get_reveal_flap (flap));
  g_assert_true (has_focus_in (v, v->sidebar));
  activate (v, "win.composer");
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_false (adw_flap_get_reveal_flap (flap));
  g_assert_true (has_focus_in (v, v->composer));
}

static guint
n_windows (void)
{
  return g_list_model_get_n_items (gtk_window_get_toplevels ());
}

/* It folds at the same width on every page, or it would come and go while one moves between them. */
static void
test_folds (View *v, gconstpointer data)
{
  AdwFlap *flap = ui_test_child (v->window, "flap");

  for (int width = 850; width <= 1150; width += 300) {
    gtk_window_set_default_size (GTK_WINDOW (v->window), width, 640);
    activate (v, "win.new");
    ui_test_frames (GTK_WIDGET (v->window), 6);
    g_assert_cmpint (adw_flap_get_folded (flap), ==, width < 1000);
    ui_window_show_models (v->window, FALSE);
    ui_test_frames (GTK_WIDGET (v->window), 4);
    g_assert_cmpint (adw_flap_get_folded (flap), ==, width < 1000);
    ui_window_close_page (v->window);
    converse (v, "Hello", "A word. Then a very long line that would like to be much wider than the window is, if only it could, but it cannot.");
    ui_test_frames (GTK_WIDGET (v->window), 4);
    g_assert_cmpint (adw_flap_get_folded (flap), ==, width < 1000);
  }
}

static void
test_page (View *v, gconstpointer data)
{
  GtkWidget *page = gtk_label_new ("A page");
  guint before = n_windows ();

  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  ui_window_show_page (v->window, page, "Models");
  g_assert_true (gtk_stack_get_visible_child (ui_test_child (v->window, "pages")) == page);
  /* What is done to a conversation is not offered where none is seen. */
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.rename", NULL);
  g_assert_cmpuint (n_windows (), ==, before);
  g_signal_emit_by_name (ui_test_child (v->window, "back"), "clicked");
  ui_test_drain ();
  g_assert_null (page);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (v->window, "pages")), ==, "conversation");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.rename", NULL);
  g_assert_cmpuint (n_windows (), ==, before + 1);
}

static void
add_hit (GListStore *hits, AppConversation *conversation, gint64 message, const char *attachment)
{
  AppSearchRow *row = app_search_row_new ();
  g_autoptr (AppSearchHit) hit = NULL;

  row->conversation = app_conversation_get_id (conversation);
  row->message = message;
  row->role = APP_ROLE_USER;
  row->snippet = g_strdup ("mallards");
  row->attachment = g_strdup (attachment);
  hit = app_search_hit_new (conversation, row);
  app_search_row_free (row);
  g_list_store_append (hits, hit);
}

static void
count_touched (GListModel *results, guint position, guint removed, guint added, guint *touched)
{
  *touched += removed;
}

/* What is found later gets its place below its conversation, and nothing that is listed already goes for it. */
static void
test_search_grows (View *v, gconstpointer data)
{
  g_autoptr (AppConversation) one = fixture_talk (&v->app, "one", "x"), two = fixture_talk (&v->app, "two", "x");
  g_autoptr (GListStore) hits = g_list_store_new (APP_TYPE_SEARCH_HIT);
  g_autoptr (GListModel) results = NULL;
  g_autoptr (GString) order = g_string_new (NULL);
  guint touched = 0;

  add_hit (hits, one, 1, NULL);
  add_hit (hits, two, 3, NULL);
  results = ui_results_new (G_LIST_MODEL (hits));
  g_signal_connect (results, "items-changed", G_CALLBACK (count_touched), &touched);
  add_hit (hits, one, 1, "a.pdf");
  add_hit (hits, two, 3, "b.pdf");
  for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (results, i);
    const char *attachment = APP_IS_SEARCH_HIT (item) ? app_search_hit_get_attachment (APP_SEARCH_HIT (item)) : NULL;

    g_string_append_printf (order, "%s ", APP_IS_CONVERSATION (item) ? app_conversation_get_title (APP_CONVERSATION (item)) : attachment ? attachment : "note");
  }
  g_assert_cmpstr (order->str, ==, "one note a.pdf two note b.pdf ");
  g_assert_cmpuint (touched, ==, 0);
}

/* Where there is no model yet, there is nothing to go back to. */
static void
test_first_run (View *v, gconstpointer data)
{
  GtkWidget *back = ui_test_child (v->window, "back");

  ui_window_show_models (v->window, TRUE);
  g_assert_false (gtk_widget_get_visible (back));
  ui_window_show_models (v->window, FALSE);
  g_assert_true (gtk_widget_get_visible (back));
}

/* The entry of the menu that has that label and shows, or NULL. */
static GtkWidget *
find_entry (GtkWidget *widget, const char *label)
{
  GtkWidget *found = NULL;

  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkModelButton")) {
    g_autofree char *text = NULL;

    g_object_get (widget, "text", &text, NULL);
    return g_strcmp0 (text, label) == 0 && gtk_widget_get_visible (widget) ? widget : NULL;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_entry (child, label);
  return found;
}

/* The button of the window's own menu, which F10 opens. */
static GtkMenuButton *
find_menu (GtkWidget *widget)
{
  GtkMenuButton *found = NULL;

  if (GTK_IS_MENU_BUTTON (widget) && gtk_menu_button_get_primary (GTK_MENU_BUTTON (widget)))
    return GTK_MENU_BUTTON (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_menu (child);
  return found;
}

/* The menu speaks of a conversation only where one is seen and stored, its submenu too, which opens formats and chooses none by itself. */
static void
test_menu (View *v, gconstpointer data)
{
  GtkMenuButton *button = find_menu (GTK_WIDGET (v->window));
  guint n_windows = g_list_model_get_n_items (gtk_window_get_toplevels ());
  GtkWidget *menu;

  gtk_menu_button_popup (button);
  menu = GTK_WIDGET (gtk_menu_button_get_popover (button));
  ui_test_frames (GTK_WIDGET (v->window), 2);
  g_assert_null (find_entry (menu, "Export conversation"));
  converse (v, "Hello there", "Good day.");
  g_assert_nonnull (find_entry (menu, "Export conversation"));
  g_assert_nonnull (find_entry (menu, "Rename conversation…"));
  g_assert_nonnull (find_entry (menu, "Markdown…"));
  g_signal_emit_by_name (find_entry (menu, "Export conversation"), "clicked");
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_window_get_toplevels ()), ==, n_windows); /* nobody asks for a file */
  ui_window_show_models (v->window, FALSE);
  g_assert_null (find_entry (menu, "Export conversation"));
  g_assert_null (find_entry (menu, "Rename conversation…"));
  g_assert_nonnull (find_entry (menu, "Export all conversations"));
  g_signal_emit_by_name (ui_test_child (v->window, "back"), "clicked");
  g_assert_nonnull (find_entry (menu, "Export conversation"));
  gtk_menu_button_popdown (button);
  ui_test_frames (GTK_WIDGET (v->window), 2);
}

/* Where a page is all of a narrow window, Back is there and the sidebar's button gives its room to the title. */
static void
test_narrow_page (View *v, gconstpointer data)
{
  GtkWidget *button = ui_test_child (v->window, "sidebar_button");

  ui_window_show_models (v->window, FALSE);
  g_assert_true (gtk_widget_get_visible (button));
  gtk_window_set_default_size (GTK_WINDOW (v->window), 370, 700);
  ui_test_frames (GTK_WIDGET (v->window), 10);
  g_assert_false (gtk_widget_get_visible (button));
  g_signal_emit_by_name (ui_test_child (v->window, "back"), "clicked");
  g_assert_true (gtk_widget_get_visible (button));
  ui_window_show_models (v->window, TRUE);
  g_assert_true (gtk_widget_get_visible (button));
}

static AppFolder *
add_folder (View *v, const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_folders_add_async (app_history_get_folders (v->app.history), name, keep_result, &result);
  return app_folders_add_finish (app_history_get_folders (v->app.history), wait_result (&result), NULL);
}

static guint
n_folders (View *v)
{
  return g_list_model_get_n_items (G_LIST_MODEL (app_history_get_folders (v->app.history)));
}

/* Moved by the menu's action, folded, found when it is opened; a removed folder leaves its conversation, and comes back with it. */
static void
test_folders (View *v, gconstpointer data)
{
  GtkWidget *toasts = ui_test_child (v->window, "toasts");
  g_autoptr (AppFolder) folder = add_folder (v, "Garden");
  gint64 id = app_folder_get_id (folder);
  AppConversation *conversation;
  g_autofree char *tree = NULL, *folded = NULL;

  converse (v, "Beans", "Yes.");
  conversation = current (v);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (v->sidebar), "sidebar.move", "(xx)", app_conversation_get_id (conversation), id));
  while (app_conversation_get_folder (conversation) != id)
    g_main_context_iteration (NULL, TRUE);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  tree = ui_test_dump (ui_test_child (v->sidebar, "list"));
  g_assert_nonnull (strstr (tree, "Garden"));
  g_assert_nonnull (strstr (tree, "Beans"));
  gtk_widget_activate_action (GTK_WIDGET (v->sidebar), "sidebar.fold", "x", id);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  folded = ui_test_dump (ui_test_child (v->sidebar, "list"));
  g_assert_null (strstr (folded, "Beans"));
  gtk_widget_activate_action (GTK_WIDGET (v->sidebar), "sidebar.remove-folder", "x", id);
  while (n_folders (v) > 0)
    g_main_context_iteration (NULL, TRUE);
  ui_test_frames (toasts, 3);
  g_assert_cmpstr (ui_test_toast_text (toasts), ==, "Folder “Garden” removed; its conversations stay");
  g_assert_cmpint (app_conversation_get_folder (conversation), ==, 0);
  press_undo (v);
  while (n_folders (v) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (app_conversation_get_folder (conversation), ==, id);
}

/* As at a new start of the program. */
static void
start_again (View *v, AppSettings *settings)
{
  g_autoptr (GAsyncResult) result = NULL;

  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  fixture_close (&v->app);
  app_history_open_async (v->app.path, APP_ENGINE (v->app.engine), settings, NULL, keep_result, &result);
  v->app.history = app_history_open_finish (wait_result (&result), NULL);
  g_assert_nonnull (v->app.history);
  show (v);
}

static void
assert_listed (View *v, const char *title, gboolean listed)
{
  g_autofree char *tree = ui_test_dump (ui_test_child (v->sidebar, "list"));

  g_assert_cmpint (strstr (tree, title) != NULL, ==, listed);
}

/* A folder that was folded is so at the next start, and one that was unfolded is not. */
static void
test_folds_kept (View *v, gconstpointer data)
{
  AppSettings *settings = app_settings_new (NULL);
  g_autoptr (AppFolder) garden = NULL, zoo = NULL;
  g_autoptr (GAsyncResult) moved = NULL;
  gint64 id;

  g_assert_nonnull (settings);
  start_again (v, settings);
  garden = add_folder (v, "Garden");
  zoo = add_folder (v, "Zoo");
  id = app_folder_get_id (garden);
  converse (v, "Beans", "Yes.");
  app_conversation_set_folder_async (current (v), id, keep_result, &moved);
  g_assert_true (app_conversation_set_folder_finish (current (v), wait_result (&moved), NULL));
  gtk_widget_activate_action (GTK_WIDGET (v->sidebar), "sidebar.fold", "x", id);
  gtk_widget_activate_action (GTK_WIDGET (v->sidebar), "sidebar.fold", "x", app_folder_get_id (zoo));
  start_again (v, settings);
  assert_listed (v, "Garden", TRUE);
  assert_listed (v, "Beans", FALSE);
  gtk_widget_activate_action (GTK_WIDGET (v->sidebar), "sidebar.fold", "x", id);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  assert_listed (v, "Beans", TRUE);
  start_again (v, settings);
  assert_listed (v, "Beans", TRUE);
  start_again (v, NULL);
  g_clear_object (&moved); /* it keeps its conversation */
  g_settings_reset (app_settings_get_gsettings (settings), "folded-folders");
  g_assert_finalize_object (settings);
}

/* The line says so, the list stays empty, and what would act on the stored history is not offered; Keep puts it into the list. */
static void
test_temporary (View *v, gconstpointer data)
{
  GtkWidget *line = ui_test_child (v->page, "temporary");
  GtkWidget *keep = ui_test_child (v->page, "keep");
  AppConversation *conversation;

  g_assert_false (gtk_widget_get_visible (line));
  activate (v, "win.new-temporary");
  conversation = current (v);
  g_assert_true (gtk_widget_get_visible (line));
  g_assert_false (gtk_widget_get_visible (keep));
  converse (v, "Hush", "Yes.");
  g_assert_cmpuint (n_conversations (v), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.delete", NULL);
  ui_test_drain ();
  g_assert_true (current (v) == conversation);
  ui_composer_set_text (v->composer, "Half a thou");
  g_signal_emit_by_name (keep, "clicked");
  while (n_conversations (v) == 0)
    g_main_context_iteration (NULL, TRUE);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_false (gtk_widget_get_visible (line));
  g_assert_true (current (v) == conversation_at (&v->app, 0));
  {
    g_autofree char *draft = ui_composer_dup_draft (v->composer);
    g_assert_cmpstr (draft, ==, "Half a thou");
  }
  /* Another one is gone with the next conversation. */
  activate (v, "win.new-temporary");
  conversation = current (v);
  g_object_add_weak_pointer (G_OBJECT (conversation), (gpointer *) &conversation);
  converse (v, "Hush again", "Yes.");
  activate (v, "win.new");
  ui_test_frames (GTK_WIDGET (v->window), 3);
  ui_test_drain ();
  g_assert_null (conversation);
}

static gboolean
is_known (gpointer gpu)
{
  return !app_gpu_get_undecided (gpu);
}

/* An answer says where it ran; a card that fails is told in the answer and over the window, in the same event. */
static void
test_gpu (View *v, gconstpointer data)
{
  static const Script script = { .text = "On the card, ", .moved = "The device was lost.", .text_after = "and on the processor." };
  g_autofree char *tool = g_build_filename (v->app.folder, "melete-engine", NULL), *sentinel = g_build_filename (v->app.folder, "gpu-busy", NULL);
  AppGpu *gpu = app_gpu_new (NULL, sentinel);
  GtkLabel *notice;
  UiAnswer *answer;

  gpu_fixture_set_tool (tool, GPU_GOOD);
  app_gpu_prepare_async (gpu, NULL, NULL, NULL);
  ui_test_wait (is_known, gpu);
  ui_window_watch_gpu (v->window, gpu);
  g_assert_null (ui_test_toast_text (ui_test_child (v->window, "toasts")));
  scripted_engine_set_place (v->app.engine, &(AppPlace) { .n_layers = 28, .gpu_layers = 22, .device = "Wonder Card 3000" });
  converse (v, "Where are you?", "Here.");
  ui_test_frames (GTK_WIDGET (v->window), 3);
  answer = ui_test_find (GTK_WIDGET (v->page), UI_TYPE_ANSWER);
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (ui_test_child (answer, "figures")), "22 of 28 layers on the graphics card (Wonder Card 3000), the rest on the processor"));

  scripted_engine_set_gpu (v->app.engine, gpu);
  scripted_engine_set_script (v->app.engine, &script);
  activate (v, "win.new");
  ui_composer_set_text (v->composer, "And now?");
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  ui_test_wait (is_stored, v);
  while (app_gpu_get_state (gpu) != APP_GPU_FAILED)
    g_main_context_iteration (NULL, TRUE);
  /* Nothing has run since the engine told it. */
  g_assert_cmpstr (app_message_get_notices (message_at (current (v), 1))[0], ==, "the graphics card failed while this was written; the processor went on");
  g_assert_cmpstr (ui_test_toast_text (ui_test_child (v->window, "toasts")), ==, "The graphics card failed");
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  answer = ui_test_find (GTK_WIDGET (v->page), UI_TYPE_ANSWER);
  notice = ui_test_find (ui_test_child (answer, "notices"), GTK_TYPE_LABEL);
  g_assert_cmpstr (gtk_label_get_text (notice), ==, "the graphics card failed while this was written; the processor went on");
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (ui_test_child (answer, "figures")), "on the processor"));
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 1)), ==, "On the card, and on the processor.");
  scripted_engine_set_gpu (v->app.engine, NULL);
  g_object_unref (gpu);
}

/* Once after a crash, and not again at the next start. */
static void
test_gpu_crashed (View *v, gconstpointer data)
{
  g_autofree char *sentinel = g_build_filename (v->app.folder, "gpu-busy", NULL);
  AppGpu *gpu;

  g_assert_true (g_file_set_contents (sentinel, "\0\1", 2, NULL));
  gpu = app_gpu_new (NULL, sentinel);
  ui_window_watch_gpu (v->window, gpu);
  ui_test_frames (GTK_WIDGET (v->window), 2);
  g_assert_cmpstr (ui_test_toast_text (ui_test_child (v->window, "toasts")), ==, "The graphics card is off");
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (ui_test_toast_button (ui_test_child (v->window, "toasts")))), ==, "app.hardware");
  g_object_unref (gpu);
  gpu = app_gpu_new (NULL, sentinel);
  g_assert_cmpint (app_gpu_get_state (gpu), ==, APP_GPU_DISABLED);
  g_assert_false (app_gpu_get_crashed (gpu));
  g_object_unref (gpu);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-window/first-turn", test_first_turn },
    { "/ui-window/stop", test_stop },
    { "/ui-window/continue", test_continue },
    { "/ui-window/edit", test_edit },
    { "/ui-window/delete-undo", test_delete_undo },
    { "/ui-window/search", test_search },
    { "/ui-window/narrow", test_narrow },
    { "/ui-window/engine-states", test_engine_states },
    { "/ui-window/page", test_page },
    { "/ui-window/search-groups", test_search_groups },
    { "/ui-window/search-escape", test_search_escape },
    { "/ui-window/sidebar-over", test_sidebar_over },
    { "/ui-window/first-run", test_first_run },
    { "/ui-window/menu", test_menu },
    { "/ui-window/narrow-page", test_narrow_page },
    { "/ui-window/folds", test_folds },
    { "/ui-window/delete-two", test_delete_two },
    { "/ui-window/folders", test_folders },
    { "/ui-window/folds-kept", test_folds_kept },
    { "/ui-window/search-grows", test_search_grows },
    { "/ui-window/temporary", test_temporary },
    { "/ui-window/gpu", test_gpu },
    { "/ui-window/gpu-crashed", test_gpu_crashed },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
