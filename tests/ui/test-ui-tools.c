/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer calls, in the transcript: a line for each call, and a question that a person answers with the pointer or the keyboard. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-consent-row.h"
#include "ui-tool-log.h"
#include "ui-tool-row.h"
#include "ui-transcript.h"

typedef struct {
  Fixture app;
  AppConversation *conversation;
  UiTranscript *transcript;
  GtkWidget *window;
} View;

static const Script done = { .text = "It is in your folder of downloads." };

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->conversation = app_history_new_conversation (v->app.history);
  app_conversation_settings_set_text (app_conversation_get_settings (v->conversation), APP_SETTING_TOOLS, "on");
  app_toolbox_set_outside (app_conversation_get_toolbox (v->conversation), v->app.folder);
  v->transcript = g_object_new (UI_TYPE_TRANSCRIPT, NULL);
  ui_transcript_set_conversation (v->transcript, v->conversation);
  v->window = ui_test_window (GTK_WIDGET (v->transcript), GPOINTER_TO_INT (data), 640);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->conversation);
  fixture_tear_down (&v->app, data);
}

/* A picture of the window, for whoever wants to look: in the folder that MELETE_TEST_PICTURES names. */
static void
take_picture (View *v, const char *name)
{
  const char *folder = g_getenv ("MELETE_TEST_PICTURES");
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GtkSnapshot) snapshot = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = NULL;

  ui_test_frames (v->window, 20);
  if (folder == NULL)
    return;
  paintable = gtk_widget_paintable_new (v->window);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (v->window), gtk_widget_get_height (v->window));
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (v->window)), node, NULL);
  path = g_strdup_printf ("%s/%s-%d.png", folder, name, gtk_widget_get_width (v->window));
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static AppToolCall *
call_at (View *v, guint index)
{
  AppToolCall *call = g_list_model_get_item (app_message_get_calls (message_at (v->conversation, n_messages (v->conversation) - 1)), index);

  if (call != NULL)
    g_object_unref (call);
  return call;
}

static void
wait_call (View *v, guint index, AppCallState state)
{
  WAIT_UNTIL (call_at (v, index) != NULL && app_tool_call_get_state (call_at (v, index)) == state);
}

/* The button of this label under `root`. */
static GtkWidget *
find_button (GtkWidget *root, const char *label)
{
  if (GTK_IS_BUTTON (root) && gtk_button_get_label (GTK_BUTTON (root)) != NULL && g_str_equal (gtk_button_get_label (GTK_BUTTON (root)), label))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_button (child, label);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static gssize
place_of (const char *tree, const char *text)
{
  const char *found = strstr (tree, text);

  g_assert_nonnull (found);
  g_assert_true (found == g_strrstr (tree, text)); /* once */
  return found - tree;
}

static void
test_consent (View *v, gconstpointer data)
{
  static const Script save = { .text = "Now I give it to you.", .calls = "save_file {\"path\": \"lists/food.txt\"}", .then = &done };
  static const Script script = { .text = "I write the list.", .calls = "write_file {\"path\": \"lists/food.txt\", \"content\": \"milk\\nbread\\neggs\"}\nread_file {\"path\": \"lists/drinks.txt\"}", .then = &save };
  g_autofree char *arguments = NULL, *path = NULL, *tree = NULL;
  GtkWidget *row;

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "I need milk, bread and eggs. Write that down, and give it to me.");
  wait_call (v, 2, APP_CALL_ASKING);
  ui_test_frames (v->window, 4);
  g_assert_cmpuint (ui_test_count (v->window, UI_TYPE_TOOL_ROW), ==, 3);
  row = ui_test_find (v->window, UI_TYPE_CONSENT_ROW);
  while (row != NULL && !gtk_widget_get_visible (row))
    row = gtk_widget_get_next_sibling (row);
  g_assert_nonnull (row);
  g_assert_true (gtk_widget_get_mapped (row));
  g_object_get (gtk_text_view_get_buffer (ui_test_child (row, "arguments")), "text", &arguments, NULL);
  g_assert_cmpstr (arguments, ==, "{\n  \"path\" : \"lists/food.txt\"\n}");
  g_assert_false (gtk_widget_get_visible (ui_test_child (row, "entry")));
  /* Where it goes, and what becomes of what is there. */
  path = g_build_filename (v->app.folder, "food.txt", NULL);
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "reason")), path));
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (row, "reason")), "Nothing is overwritten"));
  /* It takes no focus: who types goes on typing. */
  g_assert_false (gtk_widget_get_focus_child (row) != NULL);
  take_picture (v, "consent");

  /* The keyboard gets to the buttons one after the other. */
  g_assert_true (gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD));
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (v->window));
  for (guint i = 0; i < 8 && !(GTK_IS_BUTTON (focus) && g_str_equal (gtk_button_get_label (GTK_BUTTON (focus)), "_Once")); i++) {
    gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
    focus = gtk_root_get_focus (GTK_ROOT (v->window));
  }
  g_assert_true (focus == find_button (row, "_Once"));
  gtk_widget_activate (focus);
  WAIT_UNTIL (app_tool_call_get_state (call_at (v, 2)) == APP_CALL_DONE);
  wait_idle (v->conversation);
  ui_test_frames (v->window, 4);
  g_assert_false (gtk_widget_get_visible (row));
  gtk_toggle_button_set_active (ui_test_child (ui_test_find (v->window, UI_TYPE_TOOL_ROW), "line"), TRUE);
  /* Each call stands where it was made: behind the words before it. */
  tree = ui_test_dump (v->window);
  g_assert_cmpint (place_of (tree, "I write the list."), <, place_of (tree, "Write a file"));
  g_assert_cmpint (place_of (tree, "Write a file"), <, place_of (tree, "Now I give it to you."));
  g_assert_cmpint (place_of (tree, "Now I give it to you."), <, place_of (tree, "Save a file for you"));
  g_assert_cmpint (place_of (tree, "Save a file for you"), <, place_of (tree, "It is in your folder"));
  take_picture (v, "done");
}

static void
test_question (View *v, gconstpointer data)
{
  static const Script script = { .calls = "ask_person {\"question\": \"For how many people is the budget?\", \"choices\": [\"For me alone\", \"For two\", \"For a family\"]}", .then = &done };
  GtkWidget *row;

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "Plan a budget.");
  WAIT_UNTIL (call_at (v, 0) != NULL && app_tool_call_get_question (call_at (v, 0)) != NULL);
  ui_test_frames (v->window, 4);
  row = ui_test_find (v->window, UI_TYPE_CONSENT_ROW);
  g_assert_true (gtk_widget_get_visible (row));
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (row, "title")), ==, "For how many people is the budget?");
  take_picture (v, "question");
  gtk_widget_activate (find_button (row, "For two"));
  wait_idle (v->conversation);
  g_assert_cmpstr (app_tool_call_get_result (call_at (v, 0)), ==, "For two");
}

/* The page of the preferences: what was allowed can be taken back there. */
static void
test_log (View *v, gconstpointer data)
{
  static const Script script = { .calls = "write_file {\"path\": \"a.txt\", \"content\": \"x\"}\nsave_file {\"path\": \"a.txt\"}", .then = &done };
  UiToolLog *log;
  GtkWidget *window, *take_back;

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "Save it.");
  wait_call (v, 1, APP_CALL_ASKING);
  app_tool_call_answer (call_at (v, 1), APP_CONSENT_ALWAYS);
  wait_idle (v->conversation);
  log = ui_tool_log_new (v->app.history);
  window = ui_test_window (GTK_WIDGET (log), GPOINTER_TO_INT (data), 900);
  WAIT_UNTIL ((take_back = find_button (window, "Take back")) != NULL);
  ui_test_frames (window, 10);
  g_assert_cmpuint (ui_test_count (ui_test_child (log, "log"), ADW_TYPE_ACTION_ROW), ==, 2);
  GtkWidget *kept = v->window;
  v->window = window;
  take_picture (v, "log");
  v->window = kept;
  /* A search that finds nothing says so. */
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child (log, "search")), "no such words");
  WAIT_UNTIL (gtk_widget_get_visible (ui_test_child (log, "no_log")));
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (log, "no_log")), "No call has these words"));
  g_assert_true (gtk_widget_get_visible (ui_test_child (log, "search")));
  v->window = window;
  take_picture (v, "log-nothing");
  v->window = kept;
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child (log, "search")), "");
  gtk_widget_activate (take_back);
  WAIT_UNTIL (find_button (window, "Take back") == NULL);
  g_assert_true (gtk_widget_get_visible (ui_test_child (log, "no_grants")));
  gtk_window_destroy (GTK_WINDOW (window));
  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "Save it.");
  wait_call (v, 1, APP_CALL_ASKING);
  app_conversation_stop (v->conversation);
  wait_idle (v->conversation);
}

#define ADD(path, width, test) g_test_add ("/ui/tools/" path, View, GINT_TO_POINTER (width), set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  ADD ("consent", 800, test_consent);
  ADD ("consent/narrow", 360, test_consent);
  ADD ("question", 800, test_question);
  ADD ("question/narrow", 360, test_question);
  ADD ("log", 640, test_log);
  return g_test_run ();
}
