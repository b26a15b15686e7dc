/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of conversations, with real keys and a real mouse. */
#include "ui-test.h"

#include "fixture.h"
#include "ui-conversation-row.h"
#include "ui-sidebar.h"
#include "ui-test-input.h"
#include "ui-window.h"

typedef struct {
  Fixture app;
  AppModels *models;
  UiWindow *window;
  UiSidebar *sidebar;
  GtkWidget *list;
  AppConversation *beans;
  AppConversation *roses;
  AppFolder *garden;
} View;

static void
set_up (View *v, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  fixture_set_up (&v->app, data);
  v->models = app_models_new (NULL, v->app.folder);
  v->window = ui_window_new (NULL, v->app.history, v->models);
  v->sidebar = ui_test_child (v->window, "sidebar");
  v->list = ui_test_child (v->sidebar, "list");
  v->beans = fixture_talk (&v->app, "Beans", "Yes.");
  v->roses = fixture_talk (&v->app, "Roses", "No.");
  app_folders_add_async (app_history_get_folders (v->app.history), "Garden", keep_result, &result);
  v->garden = app_folders_add_finish (app_history_get_folders (v->app.history), wait_result (&result), NULL);
  ui_window_open_conversation (v->window, v->roses, 0);
  gtk_window_set_default_size (GTK_WINDOW (v->window), 1200, 700);
  gtk_window_present (GTK_WINDOW (v->window));
  ui_test_frames (GTK_WIDGET (v->window), 4);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->garden);
  g_object_unref (v->beans);
  g_object_unref (v->roses);
  g_object_unref (v->models);
  fixture_tear_down (&v->app, data);
}

/* The row below `root` whose title is that. */
static GtkWidget *
find_row (GtkWidget *root, const char *title)
{
  if (UI_IS_CONVERSATION_ROW (root))
    return g_str_equal (gtk_label_get_text (ui_test_child (root, "title")), title) ? root : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_row (child, title);

    if (found != NULL)
      return found;
  }
  return NULL;
}

static GtkWidget *
row (View *v, const char *title)
{
  GtkWidget *found;

  ui_test_frames (GTK_WIDGET (v->window), 3);
  found = find_row (v->list, title);
  g_assert_nonnull (found);
  return found;
}

static gboolean
is_in_garden (gpointer data)
{
  View *v = data;

  return app_conversation_get_folder (v->beans) == app_folder_get_id (v->garden);
}

static gboolean
is_in_no_folder (gpointer data)
{
  View *v = data;

  return app_conversation_get_folder (v->beans) == 0;
}

typedef struct {
  gpointer object;
  guint n_refs;
} Kept;

static gboolean
is_let_go (gpointer data)
{
  Kept *kept = data;

  return G_OBJECT (kept->object)->ref_count <= kept->n_refs;
}

/* Into a folder by its heading, out of it by a row that is in none. */
static void
test_drag (View *v, gconstpointer data)
{
  Kept kept = { v->beans, G_OBJECT (v->beans)->ref_count };

  ui_test_drag (row (v, "Beans"), row (v, "Garden"));
  ui_test_wait (is_in_garden, v);
  ui_test_drag (row (v, "Beans"), row (v, "Roses"));
  ui_test_wait (is_in_no_folder, v);
  /* Let go elsewhere, it stays where it is. GTK keeps what was dropped until another drag leaves the window: then nobody has it any more. */
  ui_test_drag (row (v, "Beans"), NULL);
  ui_test_wait (is_let_go, &kept);
  g_assert_true (is_in_no_folder (v));
}

/* Gives the focus to the selected row: that of what is shown. */
static void
focus_row (View *v, AppConversation *conversation)
{
  ui_window_open_conversation (v->window, conversation, 0);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  ui_sidebar_focus (v->sidebar);
}

static gboolean
is_peas (gpointer conversation)
{
  return g_str_equal (app_conversation_get_title (conversation), "Peas");
}

static void
test_rename (View *v, gconstpointer data)
{
  GtkWindow *dialog;

  focus_row (v, v->beans);
  ui_test_key (v->window, "F2");
  dialog = ui_test_wait_dialog (v->window);
  ui_test_key (dialog, "ctrl+a");
  ui_test_type (dialog, "Peas");
  ui_test_key (dialog, "Return");
  ui_test_wait (is_peas, v->beans);
  g_assert_nonnull (row (v, "Peas"));
}

static gboolean
is_one (gpointer model)
{
  return g_list_model_get_n_items (model) == 1;
}

static void
test_delete (View *v, gconstpointer data)
{
  focus_row (v, v->beans);
  ui_test_key (v->window, "Delete");
  ui_test_wait (is_one, v->app.history);
  ui_test_frames (GTK_WIDGET (v->window), 3);
  g_assert_null (find_row (v->list, "Beans"));
  g_assert_nonnull (find_row (v->list, "Roses"));
  g_assert_nonnull (ui_test_toast_button (ui_test_child (v->window, "toasts")));
}

/* From the row to its menu by Tab, and in it by arrows. */
static void
open_menu (View *v, const char *title)
{
  GtkWidget *menu = ui_test_child (row (v, title), "menu");

  ui_test_key (v->window, "Tab");
  while (!gtk_widget_is_ancestor (gtk_root_get_focus (GTK_ROOT (v->window)), menu))
    g_main_context_iteration (NULL, TRUE);
  ui_test_key (v->window, "Return");
}

static gboolean
is_pinned (gpointer conversation)
{
  return app_conversation_get_pinned (conversation);
}

static void
test_pin (View *v, gconstpointer data)
{
  focus_row (v, v->beans);
  open_menu (v, "Beans");
  ui_test_find_item (v->window, "Pin");
  ui_test_key (v->window, "Return");
  ui_test_wait (is_pinned, v->beans);
}

static void
test_move (View *v, gconstpointer data)
{
  focus_row (v, v->beans);
  open_menu (v, "Beans");
  ui_test_find_item (v->window, "Move to");
  ui_test_key (v->window, "Return");
  ui_test_find_item (v->window, "Garden");
  ui_test_key (v->window, "Return");
  ui_test_wait (is_in_garden, v);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-sidebar/drag", test_drag }, { "/ui-sidebar/rename", test_rename }, { "/ui-sidebar/delete", test_delete },
    { "/ui-sidebar/pin", test_pin },   { "/ui-sidebar/move", test_move },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
