/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-query-viewer.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app-attached-tables.h"
#include "app-query.h"
#include "tables/answer-text.h"
#include "ui-markdown.h"
#include "ui-table-save.h"
#include "ui-toast.h"

/* Rows of what the statement gives, and of what it was computed of. */
#define MAX_ANSWER 50
#define MAX_ROWS 100

/* One statement on its way to the window. */
typedef struct {
  GtkWidget *widget;
  char *sql;
  char *tables; /* the ids of those that were asked; NULL: the ones that are attached now */
  AppDatasets *store;
  GPtrArray *datasets; /* AppDataset */
  AppResult *answer;
} View;

static void
view_free (View *view)
{
  g_object_unref (view->widget);
  g_free (view->sql);
  g_free (view->tables);
  g_clear_object (&view->store);
  g_clear_pointer (&view->datasets, g_ptr_array_unref);
  g_clear_pointer (&view->answer, app_result_unref);
  g_free (view);
}

static void
add_part (GtkBox *box, const char *title, const char *markdown)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0, NULL), *text = GTK_WIDGET (ui_markdown_new ());

  gtk_widget_add_css_class (label, "heading");
  ui_markdown_set_text (UI_MARKDOWN (text), markdown, FALSE);
  gtk_box_append (box, label);
  gtk_box_append (box, text);
}

/* ---- into a file ---- */

typedef struct {
  GPtrArray *datasets;
  char *sql;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_ptr_array_unref (kept->datasets);
  g_free (kept->sql);
  g_free (kept);
}

static void
on_export (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const Kept *kept = g_object_get_data (window, "kept");

  ui_table_save (adw_window_get_content (window), kept->datasets, kept->sql, _("Answer"), g_variant_get_string (parameter, NULL));
}

/* A button whose menu writes what the statement gives, all of it. */
static GtkWidget *
make_export_button (GtkWidget *window, const View *view)
{
  static const GActionEntry entries[] = { { "export", on_export, "s", NULL, NULL, { 0 } } };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();
  Kept *kept = g_new0 (Kept, 1);

  *kept = (Kept) { g_ptr_array_ref (view->datasets), g_strdup (view->sql) };
  g_object_set_data_full (G_OBJECT (window), "kept", kept, kept_free);
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), window);
  gtk_widget_insert_action_group (window, "answer", G_ACTION_GROUP (actions));
  g_menu_append (menu, _("As a _table (XLSX)…"), "answer.export::xlsx");
  g_menu_append (menu, _("As a table (_CSV)…"), "answer.export::csv");
  g_object_set (button, "icon-name", "document-save-symbolic", "menu-model", menu, "tooltip-text", _("Export what it gives"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Export what it gives"), -1);
  return button;
}

/* ---- the window ---- */

static void
present (View *view, const AppResult *rows, const char *why_not)
{
  GtkRoot *root = gtk_widget_get_root (view->widget);
  GtkWidget *window = adw_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10), *scroller = gtk_scrolled_window_new (),
            *clamp = adw_clamp_new (), *toasts = adw_toast_overlay_new (), *bar = adw_header_bar_new ();
  g_autofree char *sql = g_strdup_printf ("```sql\n%s\n```", view->sql), *answer = answer_text_new_table (view->answer, MAX_ANSWER);
  g_autofree char *of = rows != NULL ? answer_text_new_table (rows, MAX_ROWS) : g_strdup (why_not);
  GtkEventController *keys = gtk_shortcut_controller_new ();

  add_part (GTK_BOX (content), _("The statement"), sql);
  add_part (GTK_BOX (content), _("What it gives"), answer);
  add_part (GTK_BOX (content), _("The rows that it was computed of"), of);
  g_object_set (content, "margin-top", 12, "margin-bottom", 24, "margin-start", 16, "margin-end", 16, NULL);
  adw_clamp_set_child (ADW_CLAMP (clamp), content);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 860);
  g_object_set (scroller, "hscrollbar-policy", GTK_POLICY_NEVER, "vexpand", TRUE, "child", clamp, NULL);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), make_export_button (window, view));
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), scroller);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (toasts), box);
  ui_toast_name_buttons (toasts);
  adw_window_set_content (ADW_WINDOW (window), toasts);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  g_object_set (window, "title", _("Where this comes from"), "modal", TRUE, "transient-for", GTK_IS_WINDOW (root) ? root : NULL, "default-width", 760, "default-height", 620, NULL);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  View *view = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppResult) rows = app_query_run_finish (result, &error);

  present (view, rows, error != NULL ? error->message : NULL);
  view_free (view);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  View *view = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *origin = NULL;
  AppQueryLimits limits;

  view->answer = app_query_run_finish (result, &error);
  if (view->answer == NULL) {
    ui_toast_error (view->widget, error);
    view_free (view);
    return;
  }
  /* Of a single row it can be told which rows it was computed of. */
  if (app_result_get_n_rows (view->answer) == 1)
    origin = app_query_dup_origin (view->datasets, view->answer, 0, &error);
  if (origin == NULL) {
    present (view, NULL, error != NULL ? error->message : _("Each row above stands for rows of the file."));
    view_free (view);
    return;
  }
  app_query_limits_init (&limits);
  limits.max_rows = MAX_ROWS + 1;
  app_query_run_async (view->datasets, origin, &limits, NULL, on_rows, view);
}

/* Those that were asked, as they were read then: the person may have corrected how the file is read. FALSE: they are not all there. */
static gboolean
open_asked (View *view)
{
  g_auto (GStrv) ids = g_strsplit (view->tables != NULL ? view->tables : "", "\n", -1);

  view->datasets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; ids[i] != NULL && view->store != NULL; i++) {
    AppDataset *dataset = app_datasets_open (view->store, ids[i]);
    if (dataset != NULL)
      g_ptr_array_add (view->datasets, dataset);
  }
  if (view->datasets->len > 0 && view->datasets->len == g_strv_length (ids))
    return TRUE;
  g_clear_pointer (&view->datasets, g_ptr_array_unref);
  return FALSE;
}

static void
on_tables (GObject *source, GAsyncResult *result, gpointer data)
{
  View *view = data;
  g_autoptr (GPtrArray) tables = app_attached_tables_finish (result, NULL);

  if (tables == NULL || tables->len == 0) {
    ui_toast (view->widget, _("The table that this comes from is not there any more."));
    view_free (view);
    return;
  }
  view->datasets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tables->len; i++)
    g_ptr_array_add (view->datasets, g_object_ref (((AppAttachedTable *) tables->pdata[i])->dataset));
  app_query_run_async (view->datasets, view->sql, NULL, NULL, on_answer, view);
}

void
ui_query_viewer_present (GtkWidget *widget, AppConversation *conversation, const char *sql, const char *tables)
{
  GListModel *messages = app_conversation_get_messages (conversation);
  View *view = g_new0 (View, 1);

  view->widget = g_object_ref (widget);
  view->sql = g_strdup (sql);
  view->tables = g_strdup (tables);
  g_set_object (&view->store, app_conversation_get_datasets (conversation));
  if (open_asked (view)) {
    app_query_run_async (view->datasets, view->sql, NULL, NULL, on_answer, view);
    return;
  }
  app_attached_tables_async (messages, g_list_model_get_n_items (messages), app_conversation_get_datasets (conversation), NULL, on_tables, view);
}
