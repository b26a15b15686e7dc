/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-hub-repository.h"
#include "ui-hub-search.h"
#include "ui-model-removal.h"
#include "ui-model-row.h"
#include "ui-model-upkeep.h"
#include "ui-servers.h"
#include "ui-toast.h"

struct _UiModelPage {
  GtkWidget parent_instance;

  GtkStack *pages; /* the list, and what of the hub is over it */
  GtkWidget *greeting;
  GtkLabel *warning;
  GtkWidget *installed_group;
  GtkListBox *installed;
  GtkWidget *adapters_group;
  GtkListBox *adapters;
  GtkLabel *available_title;
  GtkListBox *available;
  GtkWidget *show_all;
  UiServers *servers;
  GtkWidget *hub_group;
  GtkEditable *find;
  GtkLabel *disk;

  AppModels *models;
  AppEngine *engine;
  gboolean first_run; /* greets; the first model that is there is loaded, and the page is done */
  gboolean all;       /* shows every model, not only the one to begin with */
  gboolean refilling; /* an idle is pending */
  gboolean filled;    /* it was, at least once */
  GCancellable *cancellable;
};

enum { READY, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiModelPage, ui_model_page, GTK_TYPE_WIDGET)

/* The list */

static void
clear_list (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
}

static gboolean
is_shown (UiModelPage *self, AppModel *model)
{
  if (app_model_get_server (model) != NULL)
    return FALSE; /* they stand with their server */
  return self->all || model == app_models_get_offer (self->models) || app_model_get_state (model) != APP_MODEL_ABSENT;
}

/* The model whose row has the focus. (nullable) */
static AppModel *
focused_model (UiModelPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *row = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? gtk_widget_get_ancestor (focus, UI_TYPE_MODEL_ROW) : NULL;

  return row != NULL ? ui_model_row_get_model (UI_MODEL_ROW (row)) : NULL;
}

static gboolean
focus_row (GtkListBox *list, AppModel *model)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (list)); row != NULL; row = gtk_widget_get_next_sibling (row))
    if (ui_model_row_get_model (UI_MODEL_ROW (row)) == model)
      return gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
  return FALSE;
}

static void
update_disk (UiModelPage *self)
{
  guint64 bytes = app_models_get_disk_bytes (self->models);
  g_autofree char *size = app_size_dup_text (bytes);
  g_autofree char *text = g_strdup_printf (_("The models use %s of the disk"), size);

  gtk_label_set_text (self->disk, text);
  gtk_widget_set_visible (GTK_WIDGET (self->disk), bytes > 0);
}

/* A dozen rows at most, and it happens only when a model comes, goes or is installed. */
static gboolean
refill (gpointer data)
{
  UiModelPage *self = data;
  guint n_installed = 0, n_adapters = 0, n_available = 0;
  const char *warning;
  AppModel *offer, *focused;

  self->refilling = FALSE;
  if (self->models == NULL)
    return G_SOURCE_REMOVE;
  focused = focused_model (self);
  offer = self->first_run ? app_models_get_offer (self->models) : NULL;
  warning = app_models_get_warning (self->models);
  clear_list (self->installed);
  clear_list (self->adapters);
  clear_list (self->available);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (self->models), i);
    gboolean is_installed = app_model_get_state (model) == APP_MODEL_INSTALLED;
    gboolean adapts = app_model_get_adapts (model);

    if (!is_shown (self, model))
      continue;
    gtk_list_box_append (!is_installed ? self->available : adapts ? self->adapters : self->installed,
                         GTK_WIDGET (ui_model_row_new (model, self->engine, model == offer)));
    n_installed += is_installed && !adapts;
    n_adapters += is_installed && adapts;
    n_available += !is_installed;
  }
  gtk_widget_set_visible (self->greeting, !self->all);
  gtk_widget_set_valign (gtk_widget_get_parent (self->greeting), !self->all ? GTK_ALIGN_CENTER : GTK_ALIGN_FILL);
  gtk_widget_set_visible (self->installed_group, n_installed > 0);
  gtk_widget_set_visible (self->adapters_group, n_adapters > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->available_title), n_available > 0 && self->all);
  gtk_widget_set_visible (GTK_WIDGET (self->available), n_available > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->servers), self->all && app_models_get_servers (self->models) != NULL);
  gtk_widget_set_visible (self->show_all, !self->all);
  gtk_widget_set_visible (self->hub_group, self->all);
  update_disk (self);
  gtk_label_set_text (self->warning, warning != NULL ? warning : "");
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warning != NULL);
  /* The focus stays with its model; at first it comes to what the page offers. */
  if (focused != NULL && !focus_row (self->installed, focused) && !focus_row (self->adapters, focused) && !focus_row (self->available, focused))
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  else if (!self->filled && gtk_widget_get_mapped (GTK_WIDGET (self)) && !(offer != NULL && focus_row (self->available, offer)))
    gtk_widget_child_focus (GTK_WIDGET (n_installed > 0 ? self->installed : self->available), GTK_DIR_TAB_FORWARD);
  self->filled = self->filled || n_installed + n_adapters + n_available > 0;
  return G_SOURCE_REMOVE;
}

/* Not at once: a button of the row that goes may be what changed the state. */
static void
refill_soon (UiModelPage *self)
{
  if (self->refilling)
    return;
  self->refilling = TRUE;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, refill, g_object_ref (self), g_object_unref);
}

/* On a machine that had no model, the first one is loaded, and the person can write. */
static void
begin_with (UiModelPage *self, AppModel *model)
{
  if (!self->first_run || !app_model_get_answers (model))
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "app.model", "s", app_model_get_id (model));
  g_signal_emit (self, signals[READY], 0);
}

static void
on_model_state (AppModel *model, GParamSpec *pspec, UiModelPage *self)
{
  if (app_model_get_state (model) == APP_MODEL_INSTALLED)
    begin_with (self, model);
  /* Between downloading, paused and failed the row changes by itself. */
  if (app_model_get_state (model) == APP_MODEL_INSTALLED || app_model_get_state (model) == APP_MODEL_ABSENT)
    refill_soon (self);
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, UiModelPage *self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (list, i);

    g_signal_handlers_disconnect_by_func (model, on_model_state, self);
    g_signal_connect_object (model, "notify::state", G_CALLBACK (on_model_state), self, 0);
  }
  refill_soon (self);
}

/* Actions */

static AppModel *
find_model (UiModelPage *self, GVariant *id)
{
  return app_models_find (self->models, g_variant_get_string (id, NULL));
}

static void
action_download (GtkWidget *widget, const char *action, GVariant *id)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  AppModel *model = find_model (self, id);
  g_autoptr (GError) error = NULL;

  if (model != NULL && app_models_download (self->models, model, &error) == NULL)
    ui_toast_error (widget, error);
}

static void
action_transfer (GtkWidget *widget, const char *action, GVariant *id)
{
  AppModel *model = find_model (UI_MODEL_PAGE (widget), id);
  AppDownload *download = model != NULL ? app_model_get_download (model) : NULL;

  if (download == NULL) {
    if (strcmp (action, "models.resume") == 0)
      action_download (widget, action, id);
    return;
  }
  if (strcmp (action, "models.pause") == 0)
    app_download_pause (download);
  else if (strcmp (action, "models.resume") == 0)
    app_download_resume (download);
  else
    app_download_cancel (download);
}

static void
action_use (GtkWidget *widget, const char *action, GVariant *id)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  AppModel *model = find_model (self, id);

  if (self->first_run && model != NULL)
    begin_with (self, model);
  else
    gtk_widget_activate_action_variant (widget, "app.model", id);
}

static void
action_remove (GtkWidget *widget, const char *action, GVariant *id)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  AppModel *model = find_model (self, id);

  if (model != NULL)
    ui_model_removal_begin (widget, self->models, self->engine, model);
}

/* What else can be done with an installed one */

static void
action_measure (GtkWidget *widget, const char *action, GVariant *id)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  AppModel *model = find_model (self, id);

  if (model != NULL)
    ui_model_upkeep_measure (widget, self->engine, model, self->cancellable);
}

static void
action_check (GtkWidget *widget, const char *action, GVariant *id)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  AppModel *model = find_model (self, id);

  if (model != NULL)
    ui_model_upkeep_check (widget, self->models, model, self->cancellable);
}

static void
action_update (GtkWidget *widget, const char *action, GVariant *id)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  AppModel *model = find_model (self, id);

  if (model != NULL)
    ui_model_upkeep_update (widget, self->models, model, self->cancellable);
}

/* The hub: pages over the list, one after the other */

static void
push (UiModelPage *self, GtkWidget *page)
{
  gtk_stack_add_child (self->pages, page);
  gtk_stack_set_visible_child (self->pages, page);
  gtk_widget_grab_focus (page);
}

gboolean
ui_model_page_go_back (UiModelPage *self)
{
  GtkWidget *page = gtk_stack_get_visible_child (self->pages);
  GtkWidget *before = gtk_widget_get_prev_sibling (page);

  if (before == NULL)
    return FALSE;
  gtk_stack_set_visible_child (self->pages, before);
  gtk_stack_remove (self->pages, page);
  if (!gtk_widget_grab_focus (before))
    gtk_widget_child_focus (before, GTK_DIR_TAB_FORWARD);
  return TRUE;
}

/* Its progress is on the list. */
static void
on_begun (UiModelPage *self)
{
  while (ui_model_page_go_back (self))
    ;
}

static void
on_open (UiModelPage *self, const char *id)
{
  GtkWidget *page = ui_hub_repository_new (self->models, id);

  g_signal_connect_object (page, "begun", G_CALLBACK (on_begun), self, G_CONNECT_SWAPPED);
  push (self, page);
}

static void
on_find (UiModelPage *self)
{
  GtkWidget *page = ui_hub_search_new (app_models_get_hub (self->models), gtk_editable_get_text (self->find));

  g_signal_connect_object (page, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
  gtk_editable_set_text (self->find, ""); /* it goes on over there */
  push (self, page);
}

/* Adding a file */

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiModelPage) self = data;
  GtkWidget *page = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppModel) model = app_models_add_file_finish (APP_MODELS (source), result, &error);
  g_autofree char *sentence = NULL;

  if (model == NULL) {
    ui_toast_error (page, error);
    return;
  }
  sentence = g_strdup_printf (_("%s added"), app_model_get_name (model));
  ui_toast (page, sentence);
  begin_with (self, model);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, UiModelPage *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    const char *copy = gtk_file_chooser_get_choice (GTK_FILE_CHOOSER (dialog), "copy");

    app_models_add_file_async (self->models, file, g_strcmp0 (copy, "true") == 0, self->cancellable, on_added, g_object_ref (self));
  }
  gtk_native_dialog_destroy (dialog);
}

static void
action_add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Add a model file"), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Add"), NULL);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Models and adapters (GGUF)"));
  gtk_file_filter_add_suffix (filter, "gguf");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_file_chooser_add_choice (GTK_FILE_CHOOSER (dialog), "copy", _("Copy into the models folder"), NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  /* The dialog keeps itself alive until it is destroyed. */
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (g_object_unref), NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Files that are dropped stay where they lie, as those that are chosen do unless the person wants a copy. */
static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, UiModelPage *self)
{
  for (GSList *l = self->models != NULL ? g_value_get_boxed (value) : NULL; l != NULL; l = l->next)
    app_models_add_file_async (self->models, l->data, FALSE, self->cancellable, on_added, g_object_ref (self));
  return TRUE;
}

static void
action_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiModelPage *self = UI_MODEL_PAGE (widget);

  self->all = TRUE;
  refill_soon (self);
}

/* Life */

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiModelPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_models_refresh_finish (APP_MODELS (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
  if (self->models != NULL)
    refill_soon (self);
}

GtkWidget *
ui_model_page_new (AppModels *models, AppEngine *engine, gboolean first_run)
{
  UiModelPage *self = g_object_new (UI_TYPE_MODEL_PAGE, NULL);

  self->models = g_object_ref (models);
  self->engine = g_object_ref (engine);
  self->first_run = first_run;
  self->all = !first_run;
  ui_servers_set_models (self->servers, models, engine);
  g_signal_connect_object (models, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  on_items_changed (G_LIST_MODEL (models), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (models)), self);
  /* Files and free memory may have changed since the last look. */
  app_models_refresh_async (models, self->cancellable, on_refreshed, g_object_ref (self));
  return GTK_WIDGET (self);
}

static void
ui_model_page_dispose (GObject *object)
{
  UiModelPage *self = UI_MODEL_PAGE (object);

  if (self->pages != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->pages));
  self->pages = NULL;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_model_page_parent_class)->dispose (object);
}

static void
ui_model_page_class_init (UiModelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_model_page_dispose;
  signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (UI_TYPE_SERVERS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-model-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, pages);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, hub_group);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, find);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, disk);
  gtk_widget_class_bind_template_callback (widget_class, on_find);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, greeting);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, warning);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, installed_group);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, installed);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, adapters_group);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, adapters);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, available_title);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, available);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, show_all);
  gtk_widget_class_bind_template_child (widget_class, UiModelPage, servers);
  gtk_widget_class_install_action (widget_class, "models.download", "s", action_download);
  gtk_widget_class_install_action (widget_class, "models.pause", "s", action_transfer);
  gtk_widget_class_install_action (widget_class, "models.resume", "s", action_transfer);
  gtk_widget_class_install_action (widget_class, "models.cancel", "s", action_transfer);
  gtk_widget_class_install_action (widget_class, "models.use", "s", action_use);
  gtk_widget_class_install_action (widget_class, "models.remove", "s", action_remove);
  gtk_widget_class_install_action (widget_class, "models.measure", "s", action_measure);
  gtk_widget_class_install_action (widget_class, "models.check", "s", action_check);
  gtk_widget_class_install_action (widget_class, "models.update", "s", action_update);
  gtk_widget_class_install_action (widget_class, "models.add", NULL, action_add);
  gtk_widget_class_install_action (widget_class, "models.all", NULL, action_all);
  gtk_widget_class_set_css_name (widget_class, "modelpage");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ui_model_page_init (UiModelPage *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}
