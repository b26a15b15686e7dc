/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-server-dialog.h"

#include <glib/gi18n.h>

#include "app-keys.h"
#include "app-server-address.h"
#include "ui-groups.h"
#include "ui-toast.h"

struct _UiServerDialog {
  AdwWindow parent_instance;

  GtkButton *go;
  GtkEditable *address;
  GtkEditable *name;
  GtkEditable *key;
  GtkWidget *messages;
  GtkWidget *exposed;
  GtkWidget *waiting;
  GtkSpinner *spinner;
  GtkLabel *waiting_label;
  GtkLabel *error;
  AdwPreferencesGroup *models_group;
  GtkListBox *models;

  GtkWidget *owner; /* where toasts are shown */
  AppServers *servers;
  AppServer *server;        /* NULL: a new one */
  GPtrArray *found;         /* AppServerModel, the dialog's own; NULL before the server was asked */
  char *asked;              /* the address that it was asked at */
  char *key_origin;         /* where the key in the entry was kept for, or NULL */
  GCancellable *cancellable; /* of what is under way, or NULL */
};

G_DEFINE_FINAL_TYPE (UiServerDialog, ui_server_dialog, ADW_TYPE_WINDOW)

/* What is shown */

/* The address in the entry, as it is kept; NULL while it is none. (transfer full) */
static char *
dup_address (UiServerDialog *self)
{
  return app_server_address_parse (gtk_editable_get_text (self->address), NULL);
}

/* Whether the models that are shown are those of this address. */
static gboolean
is_found (UiServerDialog *self)
{
  g_autofree char *address = dup_address (self);

  return self->found != NULL && g_strcmp0 (address, self->asked) == 0;
}

static void
update (UiServerDialog *self)
{
  g_autofree char *address = dup_address (self);
  gboolean exposed = address != NULL && app_server_address_is_exposed (address);
  gboolean failed = *gtk_label_get_text (self->error) != '\0';

  gtk_button_set_label (self->go, !is_found (self) ? _("C_onnect") : self->server != NULL ? _("_Save") : _("_Add"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->go), self->cancellable == NULL && *gtk_editable_get_text (self->address) != '\0');
  gtk_widget_set_visible (self->exposed, exposed);
  gtk_widget_set_visible (self->waiting, self->cancellable != NULL);
  gtk_spinner_set_spinning (self->spinner, self->cancellable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->error), failed);
  gtk_widget_set_visible (self->messages, exposed || failed || self->cancellable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->models_group), is_found (self));
}

static void
show_error (UiServerDialog *self, const char *sentence)
{
  gtk_label_set_text (self->error, sentence);
  update (self);
}

static void
on_pictures (GtkSwitch *widget, GParamSpec *pspec, AppServerModel *model)
{
  model->pictures = gtk_switch_get_active (widget);
}

static GtkWidget *
create_row (AppServerModel *model)
{
  static const char *const words[] = { N_("This model can see pictures"), N_("Cannot see pictures, says the server"), N_("Can see pictures, says the server") };
  g_autofree char *name = app_server_model_dup_name (model);
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *label = g_strdup_printf (_("%s can see pictures"), name);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", _(words[model->sight]), "title-lines", 2, NULL);
  GtkWidget *pictures;

  if (model->sight != APP_SIGHT_UNKNOWN)
    return row;
  pictures = gtk_switch_new ();
  gtk_switch_set_active (GTK_SWITCH (pictures), model->pictures);
  gtk_widget_set_valign (pictures, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (pictures), "ui-model", app_server_model_ref (model), (GDestroyNotify) app_server_model_unref);
  g_signal_connect (pictures, "notify::active", G_CALLBACK (on_pictures), model);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pictures), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), pictures);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), pictures);
  return row;
}

/* Copies: what is switched here counts when it is saved. */
static void
set_found (UiServerDialog *self, GPtrArray *models, const char *address)
{
  GtkWidget *row;

  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found = g_ptr_array_new_with_free_func ((GDestroyNotify) app_server_model_unref);
  g_free (self->asked);
  self->asked = g_strdup (address);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->models))) != NULL)
    gtk_list_box_remove (self->models, row);
  for (guint i = 0; i < models->len; i++) {
    AppServerModel *model = app_server_model_copy (models->pdata[i]);

    g_ptr_array_add (self->found, model);
    gtk_list_box_append (self->models, create_row (model));
  }
  update (self);
}

/* Entries */

/* A key that was kept for one place is not to be sent to another by mistake. */
static void
on_address (UiServerDialog *self)
{
  g_autofree char *address = dup_address (self);
  g_autofree char *origin = address != NULL ? app_server_address_dup_origin (address) : NULL;

  if (self->key_origin != NULL && origin != NULL && !g_str_equal (origin, self->key_origin))
    gtk_editable_set_text (self->key, "");
  show_error (self, "");
}

/* From now on it is the person's. */
static void
on_key_changed (UiServerDialog *self)
{
  g_clear_pointer (&self->key_origin, g_free);
  show_error (self, "");
}

/* Connecting and saving */

static void
end (UiServerDialog *self)
{
  g_clear_object (&self->cancellable);
  update (self);
}

static void
begin (UiServerDialog *self, const char *sentence)
{
  gtk_label_set_text (self->error, "");
  gtk_label_set_text (self->waiting_label, sentence);
  self->cancellable = g_cancellable_new ();
  update (self);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiServerDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_servers_ask_finish (APP_SERVERS (source), result, &error);
  g_autofree char *address = NULL;

  if (self->servers == NULL)
    return; /* the dialog was closed */
  end (self);
  address = dup_address (self);
  if (models != NULL)
    set_found (self, models, address);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, error->message);
}

static void
ask (UiServerDialog *self)
{
  g_autofree char *address = dup_address (self);
  g_autofree char *host = address != NULL ? app_server_address_dup_host (address) : g_strdup ("");
  g_autofree char *sentence = g_strdup_printf (_("Asking %s for its models…"), host);

  begin (self, sentence);
  app_servers_ask_async (self->servers, gtk_editable_get_text (self->address), gtk_editable_get_text (self->key), self->cancellable, on_asked, g_object_ref (self));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiServerDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autoptr (AppServer) server = app_servers_save_finish (APP_SERVERS (source), result, &notice, &error);

  if (self->servers == NULL)
    return;
  end (self);
  if (server == NULL) {
    show_error (self, error->message);
    return;
  }
  if (notice != NULL)
    ui_toast (self->owner, notice);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_go (UiServerDialog *self)
{
  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->go)))
    return;
  if (!is_found (self)) {
    ask (self);
    return;
  }
  begin (self, _("Keeping the server…"));
  app_servers_save_async (self->servers, self->server, gtk_editable_get_text (self->name), gtk_editable_get_text (self->address), gtk_editable_get_text (self->key),
                          self->found, on_saved, g_object_ref (self));
}

/* Life */

static void
on_key (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiServerDialog) self = data;
  char *key = app_servers_lookup_key_finish (APP_SERVERS (source), result);

  /* What the person has written meanwhile counts. */
  if (key != NULL && self->servers != NULL && *gtk_editable_get_text (self->key) == '\0') {
    gtk_editable_set_text (self->key, key);
    self->key_origin = app_server_address_dup_origin (app_server_get_address (self->server));
  }
  app_keys_free (key);
}

GtkWidget *
ui_server_dialog_new (GtkWidget *owner, AppServers *servers, AppServer *server)
{
  UiServerDialog *self = g_object_new (UI_TYPE_SERVER_DIALOG, NULL);

  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_WINDOW (gtk_widget_get_root (owner)));
  self->owner = g_object_ref (owner);
  self->servers = g_object_ref (servers);
  if (server != NULL) {
    self->server = g_object_ref (server);
    gtk_window_set_title (GTK_WINDOW (self), _("Edit the server"));
    gtk_editable_set_text (self->address, app_server_get_address (server));
    gtk_editable_set_text (self->name, app_server_get_given_name (server));
    set_found (self, app_server_get_models (server), app_server_get_address (server));
    app_servers_lookup_key_async (servers, app_server_get_address (server), NULL, on_key, g_object_ref (self));
  }
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->address));
  return GTK_WIDGET (self);
}

static void
ui_server_dialog_dispose (GObject *object)
{
  UiServerDialog *self = UI_SERVER_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->owner);
  g_clear_object (&self->servers);
  g_clear_object (&self->server);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->key_origin, g_free);
  G_OBJECT_CLASS (ui_server_dialog_parent_class)->dispose (object);
}

static void
ui_server_dialog_class_init (UiServerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_server_dialog_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-server-dialog.ui");
  gtk_widget_class_bind_template_child_full (widget_class, "title", FALSE, 0);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, go);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, address);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, name);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, key);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, messages);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, exposed);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, waiting);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, error);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, models_group);
  gtk_widget_class_bind_template_child (widget_class, UiServerDialog, models);
  gtk_widget_class_bind_template_callback (widget_class, on_go);
  gtk_widget_class_bind_template_callback (widget_class, on_address);
  gtk_widget_class_bind_template_callback (widget_class, on_key_changed);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
}

/* The button that shows the password bears only a picture. */
static void
name_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Show or hide the key"), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_button (child);
}

static void
ui_server_dialog_init (UiServerDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_button (GTK_WIDGET (self->key));
  ui_groups_wrap (GTK_WIDGET (self));
}
