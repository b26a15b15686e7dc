/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-servers.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui-row-menu.h"
#include "ui-server-dialog.h"
#include "ui-toast.h"
#include "ui-undo.h"

/* A server with more models than this begins folded. */
#define MOST_UNFOLDED 8

struct _UiServers {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkListBox *list;

  AppModels *models;
  AppServers *servers;
  AppEngine *engine;
  gboolean refilling; /* an idle is pending */
};

G_DEFINE_FINAL_TYPE (UiServers, ui_servers, GTK_TYPE_WIDGET)

/* Rows */

static char *
facts_text (AppModel *model)
{
  GString *facts = g_string_new (NULL);
  guint context = app_model_get_context (model);

  if (context > 0)
    g_string_append_printf (facts, ngettext ("reads %'u token at once", "reads %'u tokens at once", context), context);
  if (app_model_get_sees (model))
    g_string_append_printf (facts, "%s%s", facts->len > 0 ? " · " : "", _("sees pictures"));
  return g_string_free (facts, FALSE);
}

static GtkWidget *
create_model_row (UiServers *self, AppModel *model)
{
  g_autofree char *facts = facts_text (model);
  g_autofree char *title = g_markup_escape_text (app_model_get_name (model), -1);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", facts, "title-lines", 2, NULL);

  if (app_engine_get_model (self->engine) == model && app_engine_get_state (self->engine) == APP_ENGINE_READY) {
    GtkWidget *label = gtk_label_new (_("In use"));

    gtk_widget_add_css_class (label, "success");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  } else {
    GtkWidget *button = gtk_button_new_with_label (_("Use"));
    g_autofree char *name = g_strdup_printf (_("Use %s on %s"), app_model_get_name (model), app_model_get_host (model));

    gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", app_model_get_id (model));
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "models.use");
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  }
  return row;
}

static GtkWidget *
create_menu_button (AppServer *server)
{
  static const UiRowMenuItem items[] = { { N_("_Edit…"), "servers.edit" }, { N_("_Look for models again"), "servers.refresh" }, { N_("_Remove"), "servers.remove" } };

  return ui_row_menu_new (items, G_N_ELEMENTS (items), app_server_get_name (server), app_server_get_id (server));
}

static GtkWidget *
create_server_row (UiServers *self, AppServer *server)
{
  g_autofree char *title = g_markup_escape_text (app_server_get_name (server), -1);
  g_autofree char *subtitle = g_markup_escape_text (app_server_get_address (server), -1);
  GtkWidget *row = g_object_new (ADW_TYPE_EXPANDER_ROW, "title", title, "subtitle", subtitle, NULL);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", "network-server-symbolic", "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  guint n = 0;

  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), icon);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), create_menu_button (server));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (self->models), i);

    if (app_model_get_server (model) != server)
      continue;
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row), create_model_row (self, model));
    n++;
  }
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), n <= MOST_UNFOLDED);
  ui_row_menu_name_lists (row, app_server_get_name (server));
  return row;
}

/* There are few, and they change only by the person's hand. */
static gboolean
refill (gpointer data)
{
  UiServers *self = data;
  GtkWidget *row;
  guint n;

  self->refilling = FALSE;
  if (self->models == NULL)
    return G_SOURCE_REMOVE;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->servers));
  for (guint i = 0; i < n; i++) {
    g_autoptr (AppServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);

    gtk_list_box_append (self->list, create_server_row (self, server));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  return G_SOURCE_REMOVE;
}

/* Not at once: a button of the row that goes may be what changed it. */
static void
refill_soon (UiServers *self)
{
  if (self->refilling)
    return;
  self->refilling = TRUE;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, refill, g_object_ref (self), g_object_unref);
}

static void
on_servers_changed (GListModel *servers, guint position, guint removed, guint added, UiServers *self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppServer) server = g_list_model_get_item (servers, i);

    g_signal_handlers_disconnect_by_func (server, refill_soon, self);
    g_signal_connect_object (server, "notify::models", G_CALLBACK (refill_soon), self, G_CONNECT_SWAPPED);
  }
  refill_soon (self);
}

/* Actions */

static AppServer *
find (UiServers *self, GVariant *id)
{
  return app_servers_find (self->servers, g_variant_get_int64 (id));
}

static void
action_add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiServers *self = UI_SERVERS (widget);

  gtk_window_present (GTK_WINDOW (ui_server_dialog_new (widget, self->servers, NULL)));
}

static void
action_edit (GtkWidget *widget, const char *action, GVariant *id)
{
  UiServers *self = UI_SERVERS (widget);
  AppServer *server = find (self, id);

  if (server != NULL)
    gtk_window_present (GTK_WINDOW (ui_server_dialog_new (widget, self->servers, server)));
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiServers) self = data;
  g_autoptr (GError) error = NULL;

  if (app_servers_refresh_finish (APP_SERVERS (source), result, &error))
    ui_toast (GTK_WIDGET (self), _("The list of models is up to date"));
  else
    ui_toast_error (GTK_WIDGET (self), error);
}

static void
action_refresh (GtkWidget *widget, const char *action, GVariant *id)
{
  UiServers *self = UI_SERVERS (widget);
  AppServer *server = find (self, id);

  if (server != NULL)
    app_servers_refresh_async (self->servers, server, NULL, on_refreshed, g_object_ref (self));
}

/* Removing, with undo */

/* One removal: from the click until its toast is gone, which may be after the page. */
typedef struct {
  GtkWidget *toasts; /* where it is told */
  AppServers *servers;
  AppServer *server;
  AppEngine *engine;
  AppModel *used; /* that was chosen there, or NULL */
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_object_unref (removal->toasts);
  g_object_unref (removal->servers);
  g_object_unref (removal->server);
  g_object_unref (removal->engine);
  g_clear_object (&removal->used);
  g_free (removal);
}

static Removal *
removal_new (GtkWidget *toasts, AppServers *servers, AppServer *server, AppEngine *engine, AppModel *used)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->toasts = g_object_ref (toasts);
  removal->servers = g_object_ref (servers);
  removal->server = g_object_ref (server);
  removal->engine = g_object_ref (engine);
  g_set_object (&removal->used, used);
  return removal;
}

static void
on_brought_back (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  g_autoptr (GError) error = NULL;

  if (!app_servers_undo_remove_finish (APP_SERVERS (source), result, &error))
    ui_toast_error (removal->toasts, error);
  else if (removal->used != NULL && app_engine_get_model (removal->engine) == NULL)
    app_engine_load_async (removal->engine, removal->used, NULL, NULL, NULL);
  removal_free (removal);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;

  app_servers_undo_remove_async (removal->servers, removal->server, on_brought_back,
                                 removal_new (removal->toasts, removal->servers, removal->server, removal->engine, removal->used));
}

static void
keep_removal (gpointer data)
{
  Removal *removal = data;

  app_servers_purge (removal->servers, removal->server);
}

static char *
removal_sentence (guint n, gpointer newest)
{
  if (n == 1)
    return g_strdup_printf (_("%s removed"), app_server_get_name (((Removal *) newest)->server));
  return g_strdup_printf (ngettext ("%u server removed", "%u servers removed", n), n);
}

static const UiUndoKind removals = { "ui-undo-servers", removal_sentence, undo_removal, keep_removal, removal_free };

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  Removal *removal = data;
  g_autoptr (GError) error = NULL;

  if (app_servers_remove_finish (APP_SERVERS (source), result, &error)) {
    ui_undo_offer (removal->toasts, &removals, removal);
  } else {
    ui_toast_error (removal->toasts, error);
    removal_free (removal);
  }
}

static void
action_remove (GtkWidget *widget, const char *action, GVariant *id)
{
  UiServers *self = UI_SERVERS (widget);
  AppServer *server = find (self, id);
  AppModel *model = app_engine_get_model (self->engine);
  GtkWidget *toasts = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  Removal *removal;

  if (server == NULL)
    return;
  if (model != NULL && app_model_get_server (model) != server)
    model = NULL;
  removal = removal_new (toasts != NULL ? toasts : widget, self->servers, server, self->engine, model);
  if (model != NULL)
    app_engine_unload (self->engine);
  app_servers_remove_async (self->servers, server, on_removed, removal);
}

/* Life */

void
ui_servers_set_models (UiServers *self, AppModels *models, AppEngine *engine)
{
  AppServers *servers = app_models_get_servers (models);

  g_return_if_fail (self->models == NULL);
  if (servers == NULL)
    return;
  self->models = g_object_ref (models);
  self->servers = g_object_ref (servers);
  self->engine = g_object_ref (engine);
  g_signal_connect_object (servers, "items-changed", G_CALLBACK (on_servers_changed), self, 0);
  g_signal_connect_object (engine, "notify::model", G_CALLBACK (refill_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (refill_soon), self, G_CONNECT_SWAPPED);
  on_servers_changed (G_LIST_MODEL (servers), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (servers)), self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
ui_servers_dispose (GObject *object)
{
  UiServers *self = UI_SERVERS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->models);
  g_clear_object (&self->servers);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_servers_parent_class)->dispose (object);
}

static void
ui_servers_class_init (UiServersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_servers_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-servers.ui");
  gtk_widget_class_bind_template_child (widget_class, UiServers, box);
  gtk_widget_class_bind_template_child (widget_class, UiServers, list);
  gtk_widget_class_install_action (widget_class, "servers.add", NULL, action_add);
  gtk_widget_class_install_action (widget_class, "servers.edit", "x", action_edit);
  gtk_widget_class_install_action (widget_class, "servers.refresh", "x", action_refresh);
  gtk_widget_class_install_action (widget_class, "servers.remove", "x", action_remove);
}

static void
ui_servers_init (UiServers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
