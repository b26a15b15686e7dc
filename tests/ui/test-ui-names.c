/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that can be used has a name for a screen reader, in the states that the walk with Tab does not come to. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-transcript.h"
#include "ui-window.h"

static void
assert_named (gpointer root, const char *what)
{
  g_autofree char *nameless = ui_test_nameless (root);

  if (*nameless != '\0')
    g_error ("%s: without a name.%s", what, nameless);
}

/* ---- the rule itself ---- */

static gboolean
is_nameless (GtkWidget *widget)
{
  g_autoptr (GtkWidget) keep = g_object_ref_sink (widget);
  g_autofree char *nameless = ui_test_nameless (widget);

  return strstr (nameless, G_OBJECT_TYPE_NAME (widget)) != NULL;
}

static GtkWidget *
name (GtkWidget *widget)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, "A name", -1);
  return widget;
}

static void
test_rule (void)
{
  GtkWidget *tooltip = gtk_button_new_from_icon_name ("edit-symbolic");
  GtkWidget *empty = gtk_button_new_from_icon_name ("edit-symbolic");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_tooltip_text (tooltip, "Only described");
  gtk_accessible_update_property (GTK_ACCESSIBLE (empty), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  gtk_box_append (GTK_BOX (box), gtk_button_new ());
  g_assert_true (is_nameless (gtk_button_new_from_icon_name ("edit-symbolic")));
  g_assert_true (is_nameless (tooltip));
  g_assert_true (is_nameless (empty));
  g_assert_true (is_nameless (box)); /* by what is in it */
  g_assert_true (is_nameless (gtk_entry_new ()));
  g_assert_true (is_nameless (gtk_text_view_new ()));
  g_assert_true (is_nameless (gtk_menu_button_new ()));
  g_assert_true (is_nameless (gtk_switch_new ()));
  g_assert_false (is_nameless (gtk_button_new_with_label ("Words")));
  g_assert_false (is_nameless (name (gtk_button_new_from_icon_name ("edit-symbolic"))));
  g_assert_false (is_nameless (name (gtk_entry_new ())));
  g_assert_false (is_nameless (name (gtk_menu_button_new ())));
  g_assert_false (is_nameless (gtk_label_new ("")));
}

/* ---- the window ---- */

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiConversationPage *page;
  UiComposer *composer;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->composer = ui_test_child (v->page, "composer");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 1200, 700);
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

static AppConversation *
current (View *v)
{
  return ui_conversation_page_get_conversation (v->page);
}

static void
send (View *v, const char *text, const Script *script)
{
  AppConversation *conversation = current (v);
  guint before = n_messages (conversation);

  scripted_engine_set_script (v->app.engine, script);
  ui_composer_set_text (v->composer, text);
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  while (n_messages (conversation) == before)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_answers (View *v, gconstpointer data)
{
  const Script held = { .text = "For ever", .hold = TRUE }, good = { .text = "```c\nint x;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n" };
  const Script bad = { .text = "Half", .error = "The model gave up." };

  send (v, "Hold", &held);
  wait_state (current (v), APP_MESSAGE_WRITING);
  ui_test_frames (GTK_WIDGET (v->window), 4);
  assert_named (v->window, "writing");
  ui_composer_set_text (v->composer, "And then?");
  g_signal_emit_by_name (ui_test_child (v->composer, "send"), "clicked");
  ui_composer_set_text (v->composer, "And la");
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_true (gtk_widget_get_mapped (ui_test_child (v->page, "queue")));
  assert_named (v->window, "waiting");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.stop", NULL);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 4);
  assert_named (v->window, "stopped, and what waited is held");
  scripted_engine_set_script (v->app.engine, &good);
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.regenerate", NULL);
  while (!app_conversation_get_busy (current (v)))
    g_main_context_iteration (NULL, TRUE);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_cmpuint (app_message_get_branch_count (message_at (current (v), 1)), ==, 2);
  assert_named (v->window, "two versions, code and a table");
  send (v, "Fail", &bad);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_cmpuint (app_message_get_state (message_at (current (v), 3)), ==, APP_MESSAGE_FAILED);
  assert_named (v->window, "failed");
}

static void
test_files (View *v, gconstpointer data)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  const Script script = { .text = "Read." };

  for (guint i = 0; i < 2; i++) { /* one that can be read, one that cannot */
    g_autofree char *path = g_build_filename (v->app.folder, i == 0 ? "notes.txt" : "absent.txt", NULL);
    g_autoptr (GFile) file = g_file_new_for_path (path);

    if (i == 0)
      g_assert_true (g_file_set_contents (path, "The word is sesame.", -1, NULL));
    g_list_store_append (files, file);
  }
  ui_window_open_files (v->window, G_LIST_MODEL (files));
  ui_test_frames (GTK_WIDGET (v->window), 8);
  assert_named (v->window, "attachments");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.new", NULL);
  ui_composer_clear (v->composer);
  g_list_store_remove (files, 1);
  ui_composer_add_files (v->composer, G_LIST_MODEL (files));
  send (v, "Read", &script);
  wait_idle (current (v));
  ui_test_frames (GTK_WIDGET (v->window), 4);
  assert_named (v->window, "attachments of a note");
}

static GtkMenuButton *
find_main_menu (GtkWidget *root)
{
  GtkMenuButton *found = GTK_IS_MENU_BUTTON (root) && gtk_menu_button_get_primary (GTK_MENU_BUTTON (root)) ? GTK_MENU_BUTTON (root) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_main_menu (child);
  return found;
}

/* Menus, the toast with Undo, the dialog, the states of the engine. */
static void
test_around (View *v, gconstpointer data)
{
  g_autoptr (AppModel) other = scripted_model_new ("other", "Other 2B Instruct");
  const Script script = { .text = "Good day." };
  GtkMenuButton *menu = find_main_menu (GTK_WIDGET (v->window));
  GListModel *windows = gtk_window_get_toplevels ();

  send (v, "Hello", &script);
  wait_idle (current (v));
  gtk_menu_button_popup (menu);
  ui_test_frames (GTK_WIDGET (v->window), 4);
  assert_named (gtk_menu_button_get_popover (menu), "main menu");
  gtk_menu_button_popdown (menu);
  ui_window_set_trouble (v->window, "The history is damaged.");
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.rename", NULL);
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_cmpuint (g_list_model_get_n_items (windows), ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    assert_named (window, "renaming");
  }
  for (guint i = 2; i-- > 0;) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (window != GTK_WINDOW (v->window))
      gtk_window_destroy (window);
  }
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.delete", NULL);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (v->app.history)) == 0);
  ui_test_frames (GTK_WIDGET (v->window), 4);
  g_assert_nonnull (ui_test_toast_button (ui_test_child (v->window, "toasts")));
  assert_named (v->window, "toast");
  scripted_engine_hold_load (v->app.engine);
  app_engine_load_async (APP_ENGINE (v->app.engine), other, NULL, NULL, NULL);
  ui_test_frames (GTK_WIDGET (v->window), 4);
  assert_named (v->window, "loading");
  scripted_engine_finish_load (v->app.engine, "The model file ends early.");
  ui_test_frames (GTK_WIDGET (v->window), 4);
  assert_named (v->window, "not loaded");
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-names/rule", test_rule);
  g_test_add ("/ui-names/answers", View, NULL, set_up, test_answers, tear_down);
  g_test_add ("/ui-names/files", View, NULL, set_up, test_files, tear_down);
  g_test_add ("/ui-names/around", View, NULL, set_up, test_around, tear_down);
  return g_test_run ();
}
