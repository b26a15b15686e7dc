/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-hub-repository.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-groups.h"
#include "ui-hub-variant-row.h"
#include "ui-link.h"
#include "ui-toast.h"

struct _UiHubRepository {
  GtkWidget parent_instance;

  GtkWidget *scroller;
  GtkLabel *title;
  GtkStack *stack;
  GtkLabel *error;
  GtkWidget *token_group;
  GtkEditable *token;
  AdwActionRow *licence;
  GtkCheckButton *accept;
  GtkWidget *parts;
  AdwActionRow *projector_row;
  GtkSwitch *projector;
  AdwActionRow *draft_row;
  GtkSwitch *draft;
  GtkLabel *estimate;
  GtkListBox *variants;

  AppModels *models;
  char *id;
  AppHubRepository *repository; /* NULL until the hub has answered */
  GCancellable *cancellable;
};

enum { BEGUN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiHubRepository, ui_hub_repository, GTK_TYPE_WIDGET)

/* Sizes */

/* What one model does on this machine tells what others will: an answer reads all weights once for each token, so that speed times size is the same for
 * all, as far as they are built alike. 0: nothing was measured yet. */
static double
bytes_per_second (AppModels *models)
{
  double best = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (models)); i++) {
    g_autoptr (AppModel) model = g_list_model_get_item (G_LIST_MODEL (models), i);

    best = MAX (best, app_model_get_speed (model) * (double) app_model_get_size (model));
  }
  return best;
}

static gboolean
is_here (UiHubRepository *self, const AppHubVariant *variant)
{
  AppModel *model = app_models_find (self->models, variant->id);

  return model != NULL && app_model_get_state (model) != APP_MODEL_ABSENT;
}

static void
fill_variants (UiHubRepository *self)
{
  const AppHubVariant *suggested = app_hub_repository_suggest (self->repository);
  double bandwidth = bytes_per_second (self->models);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->variants))) != NULL)
    gtk_list_box_remove (self->variants, row);
  for (guint i = 0; i < self->repository->variants->len; i++) {
    const AppHubVariant *variant = g_ptr_array_index (self->repository->variants, i);

    gtk_list_box_append (self->variants, ui_hub_variant_row_new (self->repository, variant, variant == suggested, bandwidth / (double) variant->bytes, is_here (self, variant)));
  }
  gtk_label_set_text (self->estimate, self->repository->cache_bytes > 0 ? _("Memory as the engine works it out from the file’s beginning.")
                                                                         : _("Memory as it usually is for models of this size."));
}

/* The page */

/* "812 MB", of a file that is there. */
static void
fill_part (AdwActionRow *row, const AppHubFile *file)
{
  g_autofree char *size = file != NULL ? app_size_dup_text (file->bytes) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (row), file != NULL);
  if (file != NULL)
    adw_action_row_set_subtitle (row, size);
}

static void
update_download (UiHubRepository *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "hub.download", self->repository != NULL && gtk_check_button_get_active (self->accept));
}

static void
fill (UiHubRepository *self)
{
  AppHubRepository *repository = self->repository;
  g_autofree char *licence = *repository->licence != '\0' ? g_markup_escape_text (repository->licence, -1) : g_strdup (_("Not named; see the model’s page"));

  adw_action_row_set_subtitle (self->licence, licence);
  gtk_widget_set_visible (self->token_group, repository->gated);
  fill_part (self->projector_row, repository->projector);
  fill_part (self->draft_row, repository->draft);
  gtk_widget_set_visible (self->parts, repository->projector != NULL || repository->draft != NULL);
  fill_variants (self);
  update_download (self);
  gtk_stack_set_visible_child_name (self->stack, repository->variants->len > 0 ? "repository" : "empty");
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiHubRepository) self = data;
  g_autoptr (GError) error = NULL;
  guint64 cache_bytes = 0;

  if (!app_hub_look_finish (APP_HUB (source), result, &cache_bytes, &error)) {
    g_debug ("%s", error->message); /* the usual estimate stays, and says so */
  } else if (self->repository != NULL && cache_bytes > 0) {
    GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->variants));

    self->repository->cache_bytes = cache_bytes;
    fill_variants (self);
    if (focus != NULL)
      gtk_widget_child_focus (GTK_WIDGET (self->variants), GTK_DIR_TAB_FORWARD);
  }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiHubRepository) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppHubRepository) repository = app_hub_open_finish (APP_HUB (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->models == NULL)
    return;
  if (repository == NULL) {
    gtk_label_set_text (self->error, error->message);
    gtk_widget_set_visible (self->token_group, TRUE); /* it may be what is missing */
    gtk_stack_set_visible_child_name (self->stack, "error");
    return;
  }
  self->repository = g_steal_pointer (&repository);
  fill (self);
  if (self->repository->variants->len > 0)
    app_hub_look_async (APP_HUB (source), self->repository, self->cancellable, on_looked, g_object_ref (self));
}

static void
ask (UiHubRepository *self)
{
  gtk_stack_set_visible_child_name (self->stack, "busy");
  gtk_widget_set_visible (self->token_group, FALSE);
  g_clear_pointer (&self->repository, app_hub_repository_unref);
  app_hub_open_async (app_models_get_hub (self->models), self->id, self->cancellable, on_opened, g_object_ref (self));
}

/* What the person does */

static void
on_token_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiHubRepository) self = data;
  g_autofree char *notice = NULL;

  app_keys_store_finish (APP_KEYS (source), result, &notice);
  if (self->models == NULL)
    return;
  ui_toast (GTK_WIDGET (self), notice ? notice : *gtk_editable_get_text (self->token) != '\0' ? _("The access token is in the keyring") : _("The access token was taken out of the keyring"));
  gtk_editable_set_text (self->token, "");
  ask (self);
}

static void
on_token (UiHubRepository *self)
{
  g_autofree char *token = g_strstrip (g_strdup (gtk_editable_get_text (self->token)));
  AppHub *hub = app_models_get_hub (self->models);

  app_keys_store_async (app_hub_get_keys (hub), app_hub_get_address (hub), token, on_token_kept, g_object_ref (self));
}

static void
action_page (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiHubRepository *self = UI_HUB_REPOSITORY (widget);
  g_autofree char *url = app_hub_dup_page (app_models_get_hub (self->models), self->id);

  ui_link_open (widget, url);
}

static void
action_licence (GtkWidget *widget, const char *action, GVariant *parameter)
{
  UiHubRepository *self = UI_HUB_REPOSITORY (widget);

  /* Where no text is named, the page says which it is. */
  if (self->repository != NULL && *self->repository->licence_link != '\0')
    ui_link_open (widget, self->repository->licence_link);
  else
    action_page (widget, action, parameter);
}

static void
action_download (GtkWidget *widget, const char *action, GVariant *id)
{
  UiHubRepository *self = UI_HUB_REPOSITORY (widget);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; self->repository != NULL && i < self->repository->variants->len; i++) {
    const AppHubVariant *variant = g_ptr_array_index (self->repository->variants, i);

    if (!g_str_equal (variant->id, g_variant_get_string (id, NULL)))
      continue;
    if (app_models_download_variant (self->models, self->repository, variant, gtk_switch_get_active (self->projector), gtk_switch_get_active (self->draft), &error) != NULL)
      g_signal_emit (self, signals[BEGUN], 0);
    else
      ui_toast_error (widget, error);
    return;
  }
}

GtkWidget *
ui_hub_repository_new (AppModels *models, const char *id)
{
  UiHubRepository *self = g_object_new (UI_TYPE_HUB_REPOSITORY, NULL);

  self->models = g_object_ref (models);
  self->id = g_strdup (id);
  gtk_label_set_text (self->title, id);
  ask (self);
  return GTK_WIDGET (self);
}

static void
ui_hub_repository_dispose (GObject *object)
{
  UiHubRepository *self = UI_HUB_REPOSITORY (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_pointer (&self->repository, app_hub_repository_unref);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_hub_repository_parent_class)->dispose (object);
}

static void
ui_hub_repository_finalize (GObject *object)
{
  g_clear_object (&UI_HUB_REPOSITORY (object)->cancellable);
  g_free (UI_HUB_REPOSITORY (object)->id);
  G_OBJECT_CLASS (ui_hub_repository_parent_class)->finalize (object);
}

static void
ui_hub_repository_class_init (UiHubRepositoryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_hub_repository_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_hub_repository_finalize;
  signals[BEGUN] = g_signal_new ("begun", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-hub-repository.ui");
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, title);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, stack);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, error);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, token_group);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, token);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, licence);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, accept);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, parts);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, projector_row);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, projector);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, draft_row);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, draft);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, estimate);
  gtk_widget_class_bind_template_child (widget_class, UiHubRepository, variants);
  gtk_widget_class_bind_template_callback (widget_class, ask);
  gtk_widget_class_bind_template_callback (widget_class, on_token);
  gtk_widget_class_bind_template_callback (widget_class, update_download);
  gtk_widget_class_install_action (widget_class, "hub.page", NULL, action_page);
  gtk_widget_class_install_action (widget_class, "hub.licence", NULL, action_licence);
  gtk_widget_class_install_action (widget_class, "hub.download", "s", action_download);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/* libadwaita 1.2 gives the buttons in a row for passwords no name for a screen reader. */
static void
name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget)) {
    const char *tooltip = gtk_widget_get_tooltip_text (widget);

    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip != NULL ? tooltip : _("Apply"), -1);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_buttons (child);
}

static void
ui_hub_repository_init (UiHubRepository *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_groups_wrap (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  name_buttons (GTK_WIDGET (self->token));
  update_download (self);
}
