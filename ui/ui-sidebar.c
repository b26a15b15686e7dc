/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-sidebar-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-conversation-row.h"
#include "ui-folders.h"
#include "ui-results.h"
#include "ui-rows.h"
#include "ui-sections.h"
#include "ui-toast.h"
#include "ui-transfer.h"

#define MAX_HITS 100

/* The key of the settings. */
#define FOLDED "folded-folders"

struct _UiSidebar {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *header;
  GtkWidget *hide;
  GtkWidget *models;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  GtkStack *stack;
  UiRows *rows;
  GtkListView *list;
  GtkListView *results;

  AppHistory *history;
  UiSections *sections;
  GtkSingleSelection *selection;
  AppConversation *current;
  GCancellable *search;  /* the search under way */
  gboolean models_shown; /* in the place of the conversation */
  gboolean selecting;    /* the selection follows, and opens nothing */
};

enum { OPEN, DELETED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiSidebar, ui_sidebar, GTK_TYPE_WIDGET)

/* Rows */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, UiSidebar *self)
{
  gtk_list_item_set_child (item, ui_conversation_row_new (FALSE, self->history != NULL ? app_history_get_folders (self->history) : NULL));
}

static void
on_setup_found (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, ui_conversation_row_new (TRUE, NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GObject *object = gtk_list_item_get_item (item);

  gtk_list_item_set_selectable (item, !UI_IS_SECTION (object));
  gtk_list_item_set_activatable (item, !UI_IS_SECTION (object));
  ui_conversation_row_set_item (UI_CONVERSATION_ROW (gtk_list_item_get_child (item)), object);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  ui_conversation_row_set_item (UI_CONVERSATION_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
set_factory (GtkListView *list, GCallback setup, UiSidebar *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", setup, self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (list, factory);
}

/* The list */

static void
update_stack (UiSidebar *self)
{
  gboolean searching = gtk_search_bar_get_search_mode (self->search_bar) && *gtk_editable_get_text (self->search_entry) != '\0';

  if (!searching)
    gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (G_LIST_MODEL (self->history)) > 0 ? "conversations" : "empty");
}

static guint
find_position (UiSidebar *self, gpointer conversation)
{
  for (guint i = 0; conversation != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->sections)); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sections), i);

    if (item == conversation)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static void
select_current (UiSidebar *self)
{
  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, self->models_shown ? GTK_INVALID_LIST_POSITION : find_position (self, self->current));
  self->selecting = FALSE;
}

static void
on_selected (UiSidebar *self)
{
  gpointer item = gtk_single_selection_get_selected_item (self->selection);

  if (!self->selecting && APP_IS_CONVERSATION (item) && (item != self->current || self->models_shown))
    g_signal_emit (self, signals[OPEN], 0, item, (gint64) 0);
}

/* Runs after the sections have followed the history. */
static void
on_history_changed (UiSidebar *self)
{
  select_current (self);
  update_stack (self);
}

static void
on_list_activate (GtkListView *list, guint position, UiSidebar *self)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sections), position);

  if (APP_IS_CONVERSATION (item))
    g_signal_emit (self, signals[OPEN], 0, item, (gint64) 0);
}

AppHistory *
ui_sidebar_get_history (UiSidebar *self)
{
  return self->history;
}

AppConversation *
ui_sidebar_get_current (UiSidebar *self)
{
  return self->current;
}

void
ui_sidebar_set_current (UiSidebar *self, AppConversation *conversation)
{
  g_set_object (&self->current, conversation);
  if (conversation != NULL)
    ui_sections_unfold (self->sections, conversation);
  select_current (self);
}

/* Which folders are folded is kept with what else the window looked like. (nullable) */
static GSettings *
window_state (UiSidebar *self)
{
  AppSettings *settings = app_history_get_settings (self->history);

  return settings != NULL ? app_settings_get_gsettings (settings) : NULL;
}

static void
on_folded (UiSidebar *self)
{
  g_autoptr (GArray) folded = ui_sections_get_folded (self->sections);

  if (window_state (self) != NULL)
    g_settings_set_value (window_state (self), FOLDED, g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, folded->data, folded->len, sizeof (gint64)));
}

static void
restore_folded (UiSidebar *self)
{
  g_autoptr (GVariant) folded = window_state (self) != NULL ? g_settings_get_value (window_state (self), FOLDED) : NULL;
  gsize n = 0;
  const gint64 *ids = folded != NULL ? g_variant_get_fixed_array (folded, &n, sizeof (gint64)) : NULL;

  ui_sections_fold (self->sections, ids, n);
}

void
ui_sidebar_set_history (UiSidebar *self, AppHistory *history)
{
  g_return_if_fail (self->history == NULL);
  self->history = g_object_ref (history);
  self->sections = ui_sections_new (G_LIST_MODEL (history), app_history_get_folders (history));
  restore_folded (self);
  g_signal_connect_object (self->sections, "folded", G_CALLBACK (on_folded), self, G_CONNECT_SWAPPED);
  self->selection = g_object_new (GTK_TYPE_SINGLE_SELECTION, "autoselect", FALSE, "can-unselect", TRUE, "model", self->sections, NULL);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (history, "items-changed", G_CALLBACK (on_history_changed), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  update_stack (self);
}

GtkWidget *
ui_sidebar_get_header (UiSidebar *self)
{
  return self->header;
}

void
ui_sidebar_set_models_shown (UiSidebar *self, gboolean shown)
{
  self->models_shown = shown;
  if (shown)
    gtk_widget_add_css_class (self->models, "shown");
  else
    gtk_widget_remove_css_class (self->models, "shown");
  if (self->selection != NULL)
    select_current (self);
}

void
ui_sidebar_set_over (UiSidebar *self, gboolean over, gboolean whole)
{
  gtk_widget_set_visible (self->hide, over);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (self->header), whole);
  gtk_widget_set_hexpand (GTK_WIDGET (self), whole);
}

/* No override of grab_focus (): GTK asks that when Tab finds nothing further within, and would never get out. */
void
ui_sidebar_focus (UiSidebar *self)
{
  if (gtk_search_bar_get_search_mode (self->search_bar))
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  else if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "conversations") != 0 || !ui_rows_focus (self->rows))
    gtk_widget_grab_focus (self->hide);
}

/* Search */

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSidebar) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) hits = app_history_search_finish (APP_HISTORY (source), result, &error);
  g_autoptr (GtkNoSelection) selection = NULL;

  if (self->box == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (hits == NULL) {
    ui_toast_error (GTK_WIDGET (self), error);
    return;
  }
  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (hits) > 0 ? "results" : "nothing");
  selection = gtk_no_selection_new (ui_results_new (hits));
  gtk_list_view_set_model (self->results, GTK_SELECTION_MODEL (selection));
}

static void
on_search_changed (UiSidebar *self)
{
  const char *query = gtk_editable_get_text (self->search_entry);

  g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  if (*query == '\0' || !gtk_search_bar_get_search_mode (self->search_bar)) {
    update_stack (self);
    return;
  }
  self->search = g_cancellable_new ();
  app_history_search_async (self->history, query, MAX_HITS, self->search, on_found, g_object_ref (self));
}

static void
on_result_activate (UiSidebar *self, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->results)), position);

  if (APP_IS_SEARCH_HIT (item))
    g_signal_emit (self, signals[OPEN], 0, app_search_hit_get_conversation (APP_SEARCH_HIT (item)), app_search_hit_get_message_id (APP_SEARCH_HIT (item)));
  else if (item != NULL)
    g_signal_emit (self, signals[OPEN], 0, item, (gint64) 0);
}

/* Enter opens the first place. */
static void
on_search_activate (UiSidebar *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "results") == 0)
    on_result_activate (self, ui_results_first_hit (G_LIST_MODEL (gtk_list_view_get_model (self->results))));
}

void
ui_sidebar_begin_search (UiSidebar *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

gboolean
ui_sidebar_end_search (UiSidebar *self)
{
  gboolean searching = gtk_search_bar_get_search_mode (self->search_bar);

  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  return searching;
}

/* Folders */

static UiSection *
section_of (UiSidebar *self, gpointer folder)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->sections)); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->sections), i);

    if (UI_IS_SECTION (item) && ui_section_get_folder (UI_SECTION (item)) == folder)
      return UI_SECTION (item);
  }
  return NULL;
}

static void
fold (UiSidebar *self, AppFolder *folder)
{
  UiSection *section = section_of (self, folder);

  if (section == NULL)
    return;
  ui_sections_set_folded (self->sections, section, !ui_section_get_folded (section));
  select_current (self);
}

/* The folder whose heading has the focus, or NULL. */
static AppFolder *
focused_folder (UiSidebar *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (!UI_IS_CONVERSATION_ROW (focus) || !gtk_widget_has_css_class (focus, "folder"))
    return NULL;
  return app_folders_find (app_history_get_folders (self->history), ui_conversation_row_get_folder (UI_CONVERSATION_ROW (focus)));
}

/* What a key does to the folder that has the focus. */
static gboolean
folder_key (UiSidebar *self, AppFolder *folder, guint keyval)
{
  UiSection *section = section_of (self, folder);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  AppFolders *folders = app_history_get_folders (self->history);

  if (section == NULL)
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter || keyval == GDK_KEY_space)
    fold (self, folder);
  else if (keyval == GDK_KEY_Left || keyval == GDK_KEY_Right)
    ui_sections_set_folded (self->sections, section, (keyval == GDK_KEY_Left) != mirrored);
  else if (keyval == GDK_KEY_F2)
    ui_folders_rename (GTK_WIDGET (self), folders, folder);
  else if (keyval == GDK_KEY_Delete)
    ui_folders_remove (GTK_WIDGET (self), folders, folder);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* Actions */

static void
action_conversation (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSidebar *self = UI_SIDEBAR (widget);
  AppConversation *conversation = app_history_find (self->history, g_variant_get_int64 (parameter));

  if (conversation == NULL)
    return;
  if (g_str_equal (name, "sidebar.rename"))
    ui_sidebar_rename (self, conversation);
  else if (g_str_equal (name, "sidebar.delete"))
    ui_sidebar_delete (self, conversation);
  else
    app_conversation_set_pinned_async (conversation, !app_conversation_get_pinned (conversation), ui_toast_on_done,
                                       ui_toast_done_new (self, (UiToastFinish) app_conversation_set_pinned_finish));
}

static void
action_folder (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSidebar *self = UI_SIDEBAR (widget);
  AppFolders *folders = app_history_get_folders (self->history);
  AppFolder *folder = app_folders_find (folders, g_variant_get_int64 (parameter));

  if (folder == NULL)
    return;
  if (g_str_equal (name, "sidebar.rename-folder"))
    ui_folders_rename (widget, folders, folder);
  else if (g_str_equal (name, "sidebar.remove-folder"))
    ui_folders_remove (widget, folders, folder);
  else
    fold (self, folder);
}

static void
action_new_folder (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSidebar *self = UI_SIDEBAR (widget);

  ui_folders_new (widget, app_history_get_folders (self->history), app_history_find (self->history, g_variant_get_int64 (parameter)));
}

static void
action_move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSidebar *self = UI_SIDEBAR (widget);
  gint64 id;
  gint64 folder;
  AppConversation *conversation;

  g_variant_get (parameter, "(xx)", &id, &folder);
  conversation = app_history_find (self->history, id);
  if (conversation != NULL && app_conversation_get_folder (conversation) != folder)
    app_conversation_set_folder_async (conversation, folder, ui_toast_on_done,
                                       ui_toast_done_new (self, (UiToastFinish)app_conversation_set_folder_finish));
}

static void
action_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSidebar *self = UI_SIDEBAR (widget);
  gint64 id;
  const char *format;
  AppConversation *conversation;

  g_variant_get (parameter, "(x&s)", &id, &format);
  conversation = app_history_find (self->history, id);
  if (conversation != NULL)
    ui_transfer_export (widget, self->history, conversation, format);
}

/* Files that are dropped on the list are conversations to import. */
static gboolean
on_drop_files (GtkDropTarget *target, const GValue *value, double x, double y, UiSidebar *self)
{
  for (GSList *l = self->history != NULL ? g_value_get_boxed (value) : NULL; l != NULL; l = l->next)
    ui_transfer_import_file (GTK_WIDGET (self), self->history, l->data);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, UiSidebar *self)
{
  gpointer item = self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
  AppFolder *folder = self->history != NULL ? focused_folder (self) : NULL;

  if (folder != NULL)
    return folder_key (self, folder, keyval);
  if (!APP_IS_CONVERSATION (item))
    return GDK_EVENT_PROPAGATE;
  if (keyval == GDK_KEY_F2)
    ui_sidebar_rename (self, item);
  else if (keyval == GDK_KEY_Delete)
    ui_sidebar_delete (self, item);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* Object */

static void
ui_sidebar_dispose (GObject *object)
{
  UiSidebar *self = UI_SIDEBAR (object);

  g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->sections);
  g_clear_object (&self->current);
  g_clear_object (&self->history);
  G_OBJECT_CLASS (ui_sidebar_parent_class)->dispose (object);
}

static void
ui_sidebar_class_init (UiSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_sidebar_dispose;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, APP_TYPE_CONVERSATION, G_TYPE_INT64);
  signals[DELETED] = g_signal_new ("deleted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_CONVERSATION);
  g_type_ensure (UI_TYPE_ROWS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, box);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, header);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, hide);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, models);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, search_button);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, search_bar);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, search_entry);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, stack);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, rows);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, UiSidebar, results);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_result_activate);
  gtk_widget_class_install_action (widget_class, "sidebar.rename", "x", action_conversation);
  gtk_widget_class_install_action (widget_class, "sidebar.pin", "x", action_conversation);
  gtk_widget_class_install_action (widget_class, "sidebar.delete", "x", action_conversation);
  gtk_widget_class_install_action (widget_class, "sidebar.fold", "x", action_folder);
  gtk_widget_class_install_action (widget_class, "sidebar.rename-folder", "x", action_folder);
  gtk_widget_class_install_action (widget_class, "sidebar.remove-folder", "x", action_folder);
  gtk_widget_class_install_action (widget_class, "sidebar.new-folder", "x", action_new_folder);
  gtk_widget_class_install_action (widget_class, "sidebar.move", "(xx)", action_move);
  gtk_widget_class_install_action (widget_class, "sidebar.export", "(xs)", action_export);
  gtk_widget_class_set_css_name (widget_class, "sidebar");
}

static void
ui_sidebar_init (UiSidebar *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkDropTarget *files = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  g_signal_connect_object (self->search_bar, "notify::search-mode-enabled", G_CALLBACK (on_search_changed), self, G_CONNECT_SWAPPED);
  set_factory (self->list, G_CALLBACK (on_setup), self);
  set_factory (self->results, G_CALLBACK (on_setup_found), self);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_list_activate), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), key);
  g_signal_connect (files, "drop", G_CALLBACK (on_drop_files), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (files));
}
