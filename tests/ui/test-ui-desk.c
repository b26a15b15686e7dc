/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk, in the window, with real pages: it opens when something is made, which is tried first; editing, versions, closing, little room. The engine plays a script. */
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "app-artifacts.h"
#include "fixture.h"
#include "ui-answer.h"
#include "ui-artifact-card.h"
#include "ui-conversation-page.h"
#include "ui-desk-split.h"
#include "ui-desk.h"
#include "ui-made-window.h"
#include "ui-preview.h"
#include "ui-test.h"
#include "ui-window.h"

#define PAGE "<!DOCTYPE html>\n<html>\n<head><title>A page</title></head>\n<body>\n<p>The words of the page.</p>\n<button>Press</button>\n</body>\n</html>\n"

typedef struct {
  Fixture app;
  AppModels *models;
  AppLaunchers *launchers;
  UiWindow *window;
  UiConversationPage *page;
  UiDeskSplit *split;
  UiDesk *desk;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->launchers = app_launchers_new (NULL, v->app.folder, "melete");
  app_history_set_launchers (v->app.history, v->launchers);
  v->models = app_models_new (NULL, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->page = ui_test_child (v->window, "page");
  v->split = ui_test_child (v->window, "split");
  v->desk = ui_test_child (v->window, "desk");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 1300, 800);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  g_object_unref (v->launchers);
  fixture_tear_down (&v->app, data);
}

static AppConversation *
current (View *v)
{
  return ui_conversation_page_get_conversation (v->page);
}

static void
make (View *v, const char *text)
{
  Script script = { .text = text, .piece = 20 };
  g_autoptr (AppTurn) said = app_turn_new ("Make it, in HTML", NULL), turn = app_turn_new_wish (said, "page", NULL);

  scripted_engine_set_script (v->app.engine, &script);
  g_assert_true (try_send (current (v), turn, NULL));
  wait_idle (current (v));
}

/* The page is there, or has failed. */
static gboolean
is_shown (gpointer data)
{
  UiPreview *preview = ui_test_find (GTK_WIDGET (((View *) data)->desk), UI_TYPE_PREVIEW);

  return preview != NULL && !ui_preview_get_loading (preview);
}

static GtkTextBuffer *
code_of (View *v)
{
  return gtk_text_view_get_buffer (ui_test_child (ui_test_child (v->desk, "code"), "view"));
}

static char *
dup_code (View *v)
{
  char *text;

  g_object_get (code_of (v), "text", &text, NULL);
  return text;
}

static GtkWidget *
edited_of (View *v)
{
  return ui_test_child (ui_test_child (v->desk, "code"), "edited");
}

static void
show_tab (View *v, const char *name)
{
  gtk_stack_set_visible_child_name (ui_test_child (v->desk, "stack"), name);
  ui_test_frames (GTK_WIDGET (v->window), 2);
}

static const char *
status_of (View *v)
{
  return gtk_label_get_text (ui_test_child (ui_test_child (v->desk, "status"), "label"));
}

static void
test_made (View *v, gconstpointer data)
{
  UiPreview *preview;
  AppVersion *version;
  GtkWidget *card;
  g_autofree char *code = NULL;

  g_assert_false (ui_desk_split_get_open (v->split));
  g_assert_null (ui_test_find (GTK_WIDGET (v->desk), UI_TYPE_PREVIEW));
  make (v, PAGE);
  g_assert_true (ui_desk_split_get_open (v->split));
  g_assert_false (ui_desk_split_get_covered (v->split));
  version = ui_desk_get_version (v->desk);
  g_assert_true (version == app_message_get_version (message_at (current (v), 1)));
  /* It was tried. */
  g_assert_cmpint (app_version_get_state (version), ==, APP_VERSION_WORKS);
  g_assert_cmpstr (app_message_get_text (message_at (current (v), 1)), ==, "“A page” is ready.");
  ui_test_wait_long (is_shown, v, 60);
  preview = ui_test_find (GTK_WIDGET (v->desk), UI_TYPE_PREVIEW);
  g_assert_cmpstr (ui_preview_get_failed (preview), ==, NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (v->desk, "stack")), ==, "preview");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->desk, "title")), ==, "A page");
  code = dup_code (v);
  g_assert_cmpstr (code, ==, PAGE);

  card = ui_test_find (GTK_WIDGET (v->page), UI_TYPE_ARTIFACT_CARD);
  g_assert_true (gtk_widget_get_visible (card));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.desk", NULL);
  g_assert_false (ui_desk_split_get_open (v->split));
  g_assert_null (ui_desk_get_version (v->desk));
  gtk_widget_activate_action (card, "answer.open-artifact", NULL);
  g_assert_true (ui_desk_split_get_open (v->split));
  g_assert_true (ui_desk_get_version (v->desk) == version);
  ui_test_wait_long (is_shown, v, 60);
}

/* What somebody edits is seen at once, is a version when it is saved, and older ones come back. */
static void
test_edited (View *v, gconstpointer data)
{
  AppVersion *first, *edited, *back;
  GtkTextIter start, end;

  make (v, PAGE);
  first = ui_desk_get_version (v->desk);
  show_tab (v, "code");
  g_assert_false (gtk_revealer_get_reveal_child (GTK_REVEALER (edited_of (v))));
  gtk_text_buffer_get_bounds (code_of (v), &start, &end);
  gtk_text_buffer_insert (code_of (v), &end, "<!-- mine -->\n", -1);
  g_assert_true (gtk_revealer_get_reveal_child (GTK_REVEALER (edited_of (v))));
  g_signal_emit_by_name (ui_test_find (edited_of (v), GTK_TYPE_BUTTON), "clicked"); /* Discard */
  g_assert_false (gtk_revealer_get_reveal_child (GTK_REVEALER (edited_of (v))));
  g_autofree char *code = dup_code (v);
  g_assert_cmpstr (code, ==, PAGE);

  gtk_text_buffer_set_text (code_of (v), "<p>By hand", -1);
  g_signal_emit_by_name (gtk_widget_get_last_child (gtk_revealer_get_child (GTK_REVEALER (edited_of (v)))), "clicked"); /* Save */
  edited = ui_desk_get_version (v->desk);
  g_assert_true (edited != first);
  g_assert_cmpstr (app_version_get_source (edited), ==, "<p>By hand");
  g_assert_cmpint (app_version_get_origin (edited), ==, APP_ORIGIN_PERSON);

  show_tab (v, "versions");
  ui_desk_show (v->desk, first);
  g_assert_nonnull (strstr (status_of (v), "There is a newer one."));
  g_assert_true (gtk_widget_get_visible (ui_test_child (ui_test_child (v->desk, "status"), "restore")));
  g_signal_emit_by_name (ui_test_child (ui_test_child (v->desk, "status"), "restore"), "clicked");
  back = ui_desk_get_version (v->desk);
  g_assert_cmpint (app_version_get_origin (back), ==, APP_ORIGIN_RESTORED);
  g_assert_cmpstr (app_version_get_source (back), ==, PAGE);
  g_assert_cmpuint (g_list_model_get_n_items (app_artifact_get_versions (app_version_get_artifact (back))), ==, 3);
  g_assert_false (gtk_widget_get_visible (ui_test_child (ui_test_child (v->desk, "status"), "restore")));
}

static gboolean
is_covered (gpointer data)
{
  return ui_desk_split_get_covered (((View *) data)->split);
}

/* Where there is no room for both it covers the conversation; and it fits a telephone. */
static void
test_narrow (View *v, gconstpointer data)
{
  static const char *const tabs[] = { "preview", "code", "console", "versions" };
  g_autofree char *nameless = NULL;
  g_auto (GStrv) lines = NULL;
  int least;

  make (v, PAGE);
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++) {
    show_tab (v, tabs[i]);
    gtk_widget_measure (GTK_WIDGET (v->desk), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    g_assert_cmpint (least, <=, 360);
  }
  nameless = ui_test_nameless (v->desk);
  /* But for a part of WebKit's own that nobody sees. */
  lines = g_strsplit (nameless, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && strstr (lines[i], "GtkTextView < WebKitWebView") == NULL)
      g_error ("no name: %s", lines[i]);
  g_object_set (v->split, "full", TRUE, NULL);
  ui_test_wait (is_covered, v);
  g_object_set (v->split, "full", FALSE, NULL);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  ui_test_drain ();
  g_assert_false (ui_desk_split_get_covered (v->split));
}

/* What comes to nothing leaves no desk behind, and no card. */
static void
test_nothing (View *v, gconstpointer data)
{
  static const Script failing = { .text = "", .error = "The model fell over." };
  g_autoptr (AppTurn) said = app_turn_new ("Make it, in HTML", NULL), turn = app_turn_new_wish (said, "page", NULL);

  scripted_engine_set_script (v->app.engine, &failing);
  g_assert_true (try_send (current (v), turn, NULL));
  wait_idle (current (v));
  ui_test_drain ();
  g_assert_false (ui_desk_split_get_open (v->split));
  g_assert_null (ui_desk_get_version (v->desk));
  g_assert_null (app_message_get_version (message_at (current (v), 1)));
  g_assert_cmpint (app_message_get_state (message_at (current (v), 1)), ==, APP_MESSAGE_FAILED);
}

/* Another conversation has another desk; a mistake that nobody mends is told. */
static void
test_fails (View *v, gconstpointer data)
{
  make (v, "<!DOCTYPE html>\n<html>\n<body>\n<p>Words.</p>\n<script>nothing.at.all ();</script>\n</body>\n</html>\n");
  AppVersion *version = ui_desk_get_version (v->desk);
  g_assert_cmpint (app_version_get_state (version), ==, APP_VERSION_FAILS);
  g_assert_nonnull (strstr (status_of (v), "A script fails"));
  gtk_widget_activate_action (GTK_WIDGET (v->window), "win.new", NULL);
  ui_test_drain ();
  g_assert_false (ui_desk_split_get_open (v->split));
  g_assert_null (ui_desk_get_version (v->desk));
}

/* ---- by itself ---- */

/* GTK tells it a button alone. */
static gboolean
can (View *v, const char *action)
{
  g_autofree char *detailed = g_strconcat ("desk.", action, NULL);
  GtkWidget *probe = g_object_new (GTK_TYPE_BUTTON, "action-name", detailed, NULL);
  gboolean enabled;

  gtk_widget_set_parent (probe, GTK_WIDGET (v->desk));
  enabled = gtk_widget_get_sensitive (probe);
  gtk_widget_unparent (probe);
  return enabled;
}

static gboolean
has_entry (gpointer data)
{
  g_auto (GStrv) handles = app_launchers_dup_handles (((View *) data)->launchers);

  return handles[0] != NULL;
}

static gboolean
has_no_entry (gpointer data)
{
  return !has_entry (data);
}

static gboolean
is_page_shown (gpointer data)
{
  UiPreview *preview = ui_test_find (data, UI_TYPE_PREVIEW);

  return preview != NULL && !ui_preview_get_loading (preview) && g_strcmp0 (gtk_stack_get_visible_child_name (ui_test_child (data, "stack")), "page") == 0;
}

static gboolean
is_gone (gpointer data)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (ui_test_child (data, "stack")), "gone") == 0;
}

/* It is added to the applications, opens alone, keeps what it kept, and says so when it is gone. */
static void
test_alone (View *v, gconstpointer data)
{
  g_autofree char *handle = NULL;
  GtkWidget *window, *dialog;
  GListModel *toplevels = gtk_window_get_toplevels ();

  g_assert_false (can (v, "launcher-add"));
  make (v, PAGE);
  fixture_settle (&v->app);
  ui_test_drain ();
  g_assert_true (can (v, "launcher-add"));
  g_assert_false (can (v, "launcher-remove"));
  handle = app_artifact_dup_handle (app_version_get_artifact (ui_desk_get_version (v->desk)));
  gtk_widget_activate_action (GTK_WIDGET (v->desk), "desk.launcher-add", NULL);
  for (dialog = NULL; dialog == NULL; ui_test_frames (GTK_WIDGET (v->window), 1))
    for (guint i = 0; i < g_list_model_get_n_items (toplevels) && dialog == NULL; i++) {
      g_autoptr (GtkWidget) each = g_list_model_get_item (toplevels, i);
      dialog = ADW_IS_MESSAGE_DIALOG (each) ? each : NULL;
    }
  g_assert_cmpstr (gtk_editable_get_text (ui_test_find (dialog, GTK_TYPE_ENTRY)), ==, "A page");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "add");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ui_test_wait (has_entry, v);
  g_assert_true (app_launchers_has (v->launchers, handle));
  g_assert_false (can (v, "launcher-add"));
  g_assert_true (can (v, "launcher-remove"));

  window = GTK_WIDGET (ui_made_window_new (NULL, v->app.history, handle));
  gtk_window_present (GTK_WINDOW (window));
  ui_test_wait_long (is_page_shown, window, 60);
  g_assert_cmpstr (ui_preview_get_failed (ui_test_find (window, UI_TYPE_PREVIEW)), ==, NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "A page");
  gtk_widget_activate_action (window, "made.remove", NULL);
  ui_test_wait (has_no_entry, v);
  g_assert_true (can (v, "launcher-add"));
  g_assert_false (can (v, "launcher-remove"));
  fixture_change (&v->app, app_history_delete_async, current (v));
  gtk_widget_activate_action (window, "made.reload", NULL);
  ui_test_wait (is_gone, window);
  g_assert_nonnull (strstr (adw_status_page_get_description (ui_test_child (window, "gone")), "not in the history any more"));
  g_assert_false (gtk_widget_get_visible (ui_test_child (window, "remove")));
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(name, function) g_test_add ("/ui/desk/" name, View, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  ADD ("made", test_made);
  ADD ("edited", test_edited);
  ADD ("narrow", test_narrow);
  ADD ("fails", test_fails);
  ADD ("nothing", test_nothing);
  ADD ("alone", test_alone);
  return g_test_run ();
}
