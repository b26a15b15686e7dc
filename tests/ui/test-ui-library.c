/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The windows of personas and prompts, the list that "/" brings up, the form of a prompt's variables. */
#include "ui-test.h"

#include <string.h>

#include "app-personas.h"
#include "fixture.h"
#include "ui-composer.h"
#include "ui-conversation-page.h"
#include "ui-library.h"
#include "ui-library-editor.h"
#include "ui-persona-button.h"
#include "ui-prompt-form.h"
#include "ui-prompt-picker.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppModels *models;
  AppLibrary *prompts, *personas;
  UiWindow *window;
  UiComposer *composer;
  UiPromptPicker *picker;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->models = app_models_new (UI_TEST_CATALOGUE, v->app.folder);
  v->prompts = app_history_get_prompts (v->app.history);
  v->personas = app_history_get_personas (v->app.history);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->composer = ui_test_child (ui_test_child (v->window, "page"), "composer");
  gtk_window_set_default_size (GTK_WINDOW (v->window), 800, 600);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 3);
  v->picker = ui_test_find (GTK_WIDGET (v->composer), UI_TYPE_PROMPT_PICKER);
  g_assert_nonnull (v->picker);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->models);
  fixture_tear_down (&v->app, data);
}

static gpointer
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GObject) window = g_list_model_get_item (windows, i);

    if (g_type_is_a (G_OBJECT_TYPE (window), type))
      return window;
  }
  return NULL;
}

static char *
dup_typed (View *v)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (v->composer);

  return g_strdup (app_turn_get_text (turn));
}

#define ASSERT_TYPED(v, expected)             \
  G_STMT_START                                \
  {                                           \
    g_autofree char *typed_ = dup_typed (v);  \
    g_assert_cmpstr (typed_, ==, expected);   \
  }                                           \
  G_STMT_END

/* ---- "/" ---- */

/* Their names, the chosen one in brackets; NULL when there is no list. */
static char *
dup_offered (View *v)
{
  GtkListBox *list = ui_test_child (v->picker, "list");
  GString *offered = g_string_new (NULL);
  GtkListBoxRow *row;

  if (!gtk_widget_get_visible (GTK_WIDGET (v->picker))) {
    g_string_free (offered, TRUE);
    return NULL;
  }
  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++) {
    GtkLabel *name = ui_test_find (GTK_WIDGET (row), GTK_TYPE_LABEL);

    g_string_append_printf (offered, gtk_list_box_row_is_selected (row) ? "[%s]" : "%s ", gtk_label_get_text (name));
  }
  return g_string_free (offered, FALSE);
}

static void
assert_offered (View *v, const char *typed, const char *expected)
{
  g_autofree char *offered = NULL;

  if (typed != NULL)
    ui_composer_set_text (v->composer, typed);
  offered = dup_offered (v);
  g_test_message ("%s", typed != NULL ? typed : "(as it was)");
  g_assert_cmpstr (offered, ==, expected);
}

static void
hide_built_in (View *v)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (v->prompts)); i-- > 0;) {
    g_autoptr (AppLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (v->prompts), i);

    app_library_remove (v->prompts, item);
  }
}

static void
test_picker (View *v, gconstpointer data)
{
  hide_built_in (v);
  app_library_add (v->prompts, "Bear", "Growl");
  app_library_add (v->prompts, "Owl of Ö", "Hoo");
  app_library_add (v->prompts, "Howl", "Oo");
  ui_composer_focus (v->composer);
  assert_offered (v, "", NULL);
  assert_offered (v, "/", "[Bear]Howl Owl of Ö ");
  assert_offered (v, "/OWL", "[Howl]Owl of Ö ");
  assert_offered (v, "/owl of ö", "[Owl of Ö]");
  /* Words that begin with "/" are only words. */
  assert_offered (v, "/usr/bin", NULL);
  g_assert_false (ui_prompt_picker_take_key (v->picker, GDK_KEY_Return, 0));
  assert_offered (v, "a /", NULL);
  assert_offered (v, "/\n", NULL);
  assert_offered (v, "// Howl", NULL);

  assert_offered (v, "/", "[Bear]Howl Owl of Ö ");
  g_assert_true (ui_prompt_picker_take_key (v->picker, GDK_KEY_Down, 0));
  assert_offered (v, NULL, "Bear [Howl]Owl of Ö ");
  g_assert_true (ui_prompt_picker_take_key (v->picker, GDK_KEY_Up, 0));
  g_assert_true (ui_prompt_picker_take_key (v->picker, GDK_KEY_Up, 0));
  assert_offered (v, NULL, "[Bear]Howl Owl of Ö ");
  g_assert_false (ui_prompt_picker_take_key (v->picker, GDK_KEY_Return, GDK_CONTROL_MASK));
  g_assert_false (ui_prompt_picker_take_key (v->picker, GDK_KEY_a, 0));
  /* Put away, it stays away while one types on, and comes back with a new beginning. */
  g_assert_true (ui_prompt_picker_take_key (v->picker, GDK_KEY_Escape, 0));
  assert_offered (v, NULL, NULL);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (ui_test_child (v->composer, "view")), "h", -1);
  assert_offered (v, NULL, NULL);
  assert_offered (v, "", NULL);
  assert_offered (v, "/h", "[Howl]");
  g_assert_true (ui_prompt_picker_take_key (v->picker, GDK_KEY_Return, 0));
  ASSERT_TYPED (v, "Oo");
  assert_offered (v, NULL, NULL);
  app_library_unhide_all (v->prompts);
}

/* ---- the form ---- */

static void
test_form (View *v, gconstpointer data)
{
  AppLibraryItem *prompt = app_library_add (v->prompts, "Reply", "Write a {{tone=friendly}} reply to {{who}} on {{date}}. {{who}}!");
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *expected = g_date_time_format (now, "Write a friendly reply to Ada on %-d %B %Y. Ada!");
  UiPromptForm *form;
  GtkListBox *fields;
  AdwEntryRow *first, *second;
  g_autofree char *nameless = NULL;

  ui_composer_use_prompt (v->composer, prompt);
  form = find_window (UI_TYPE_PROMPT_FORM);
  g_assert_nonnull (form);
  nameless = ui_test_nameless (form);
  g_assert_cmpstr (nameless, ==, "");
  fields = ui_test_child (form, "list");
  first = ADW_ENTRY_ROW (gtk_list_box_get_row_at_index (fields, 0));
  second = ADW_ENTRY_ROW (gtk_list_box_get_row_at_index (fields, 1));
  g_assert_null (gtk_list_box_get_row_at_index (fields, 2));
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (first)), ==, "tone");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (first)), ==, "friendly");
  gtk_editable_set_text (GTK_EDITABLE (second), "Ada");
  g_signal_emit_by_name (second, "entry-activated"); /* Enter in the last field */
  ASSERT_TYPED (v, expected);
  ui_test_drain ();
  g_assert_null (find_window (UI_TYPE_PROMPT_FORM));

  /* Left, it changes nothing. */
  ui_composer_set_text (v->composer, "kept");
  ui_composer_use_prompt (v->composer, prompt);
  gtk_window_close (find_window (UI_TYPE_PROMPT_FORM));
  ui_test_drain ();
  ASSERT_TYPED (v, "kept");
}

static gboolean
has_content (gpointer composer)
{
  return ui_composer_has_content (composer);
}

static void
test_clipboard (View *v, gconstpointer data)
{
  AppLibraryItem *prompt = app_library_add (v->prompts, "Summarise it", "Summarise: {{clipboard}}");

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (v->window)), "  The {{moon}} is far. ");
  ui_composer_use_prompt (v->composer, prompt);
  ui_test_wait (has_content, v->composer);
  ASSERT_TYPED (v, "Summarise: The {{moon}} is far.");
  g_assert_null (find_window (UI_TYPE_PROMPT_FORM)); /* there was nothing to ask */
}

/* ---- the window ---- */

static void
activate (gpointer window, const char *action, const char *key)
{
  g_assert_true (gtk_widget_activate_action_variant (window, action, key != NULL ? g_variant_new_string (key) : NULL));
}

static guint
count (AppLibrary *library)
{
  return g_list_model_get_n_items (G_LIST_MODEL (library));
}

static AppLibraryItem *
row_item_at (GtkListBox *list, int index)
{
  return g_object_get_data (G_OBJECT (gtk_list_box_get_row_at_index (list, index)), "ui-item");
}

static void
test_window (View *v, gconstpointer data)
{
  UiLibrary *window;
  UiLibraryEditor *editor;
  AppLibraryItem *made;
  GtkListBox *list;
  guint before = count (v->prompts);

  activate (v->window, "win.prompts", NULL);
  window = find_window (UI_TYPE_LIBRARY);
  list = ui_test_child (window, "list");
  ui_test_frames (GTK_WIDGET (window), 2);

  /* New: without a name it cannot be saved. */
  activate (window, "library.new", NULL);
  editor = find_window (UI_TYPE_LIBRARY_EDITOR);
  g_assert_false (gtk_widget_get_sensitive (ui_test_child (editor, "save")));
  gtk_editable_set_text (ui_test_child (editor, "name"), " Owl ");
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (ui_test_find (GTK_WIDGET (editor), GTK_TYPE_TEXT_VIEW)), "Hoo {{name}}", -1);
  g_signal_emit_by_name (ui_test_child (editor, "save"), "clicked");
  ui_test_drain ();
  g_assert_cmpuint (count (v->prompts), ==, before + 1);
  made = row_item_at (list, 0);
  g_assert_cmpstr (app_library_item_get_name (made), ==, "Owl");
  g_assert_cmpstr (app_library_item_get_text (made), ==, "Hoo {{name}}");

  /* Edit: the row follows. */
  activate (window, "library.edit", app_library_item_get_key (made));
  editor = find_window (UI_TYPE_LIBRARY_EDITOR);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (ui_test_find (GTK_WIDGET (editor), GTK_TYPE_TEXT_VIEW)), "Hoo", -1);
  g_signal_emit_by_name (ui_test_child (editor, "save"), "clicked");
  ui_test_drain ();
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (gtk_list_box_get_row_at_index (list, 0))), ==, "Hoo");

  /* Remove, and undo. */
  activate (window, "library.remove", app_library_item_get_key (made));
  activate (window, "library.remove", "translate");
  g_assert_cmpuint (count (v->prompts), ==, before - 1);
  ui_test_frames (GTK_WIDGET (window), 2);
  g_signal_emit_by_name (ui_test_toast_button (ui_test_child (window, "toasts")), "clicked");
  g_assert_cmpuint (count (v->prompts), ==, before + 1);

  /* Use. */
  gtk_widget_activate (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 0)));
  ui_test_drain ();
  ASSERT_TYPED (v, "Hoo");
  g_assert_null (find_window (UI_TYPE_LIBRARY));
}

static void
test_import (View *v, gconstpointer data)
{
  g_autofree char *path = g_build_filename (v->app.folder, "p.json", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  UiLibrary *window;
  guint before = count (v->personas);

  activate (v->window, "win.personas", NULL);
  window = find_window (UI_TYPE_LIBRARY);
  ui_test_frames (GTK_WIDGET (window), 2);
  g_assert_true (g_file_set_contents (path, "{\"name\":\"Ada\",\"description\":\"Counts.\"}", -1, NULL));
  ui_library_import_file (window, file);
  while (ui_test_toast_text (ui_test_child (window, "toasts")) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (ui_test_toast_text (ui_test_child (window, "toasts")), ==, "1 added");
  g_assert_cmpuint (count (v->personas), ==, before + 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* ---- personas ---- */

static void
test_persona (View *v, gconstpointer data)
{
  AppConversation *conversation = ui_conversation_page_get_conversation (ui_test_child (v->window, "page"));
  AppConversationSettings *settings = app_conversation_get_settings (conversation);
  UiPersonaButton *button = ui_test_find (ui_test_child (ui_test_child (v->window, "page"), "welcome"), UI_TYPE_PERSONA_BUTTON);
  GtkLabel *label = ui_test_child (button, "label");

  g_assert_cmpstr (gtk_label_get_text (label), ==, "No persona");
  activate (button, "persona.choose", "proof-reader");
  g_assert_cmpstr (gtk_label_get_text (label), ==, "Proof-reader");
  g_assert_nonnull (strstr (app_conversation_settings_get_text (settings, APP_SETTING_INSTRUCTIONS), "spelling"));
  activate (button, "persona.choose", "");
  g_assert_cmpstr (gtk_label_get_text (label), ==, "No persona");
  g_assert_true (app_conversation_settings_is_empty (settings));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-library/picker", test_picker }, { "/ui-library/form", test_form },     { "/ui-library/clipboard", test_clipboard },
    { "/ui-library/window", test_window }, { "/ui-library/import", test_import }, { "/ui-library/persona", test_persona },
  };

  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
