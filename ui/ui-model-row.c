/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-model-row.h"

#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-beside-layout.h"
#include "ui-direction.h"
#include "ui-place.h"

struct _UiModelRow {
  GtkListBoxRow parent_instance;

  GtkLabel *name;
  GtkLabel *facts;
  GtkLabel *description;
  GtkWidget *fit_box;
  GtkProgressBar *fit_bar;
  GtkLabel *fit;
  GtkWidget *transfer;
  GtkProgressBar *transfer_bar;
  GtkLabel *transfer_text;
  GtkLabel *in_use;
  GtkButton *download;
  GtkButton *pause;
  GtkButton *resume;
  GtkButton *cancel;
  GtkButton *use;
  GtkButton *update;
  GtkMenuButton *more;

  AppModel *model;
  AppEngine *engine;
  AppDownload *watched; /* the download whose notifications are connected */
};

G_DEFINE_FINAL_TYPE (UiModelRow, ui_model_row, GTK_TYPE_LIST_BOX_ROW)

static char *
duration_text (gint64 seconds)
{
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d second left", "%d seconds left", (gulong) seconds), (int) seconds);
  seconds = (seconds + 30) / 60;
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%d minute left", "%d minutes left", (gulong) seconds), (int) seconds);
  return g_strdup_printf (_("%d\302\240h %d\302\240min left"), (int) (seconds / 60), (int) (seconds % 60));
}

/* "48 MB of 1.1 GB · 12 MB/s · 2 minutes left", as much of it as is known. Packages are smaller than what is in them: the row has one size, that of the
 * model, and of it the share that is here. */
static char *
progress_text (AppModel *model, AppDownload *download)
{
  guint64 size = app_model_get_size (model) > 0 ? app_model_get_size (model) : app_download_get_total (download);
  g_autofree char *done = app_size_dup_text ((guint64) (app_download_get_fraction (download) * (double) size));
  g_autofree char *total = app_size_dup_text (size);
  g_autofree char *speed = app_size_dup_text ((guint64) app_download_get_speed (download));
  gint64 left = app_download_get_seconds_left (download);
  GString *text = g_string_new (NULL);

  if (app_download_get_state (download) == APP_DOWNLOAD_VERIFYING) {
    g_string_append (text, app_model_get_is_made (model) ? _("Preparing it for this program") : _("Checking the file"));
    return g_string_free (text, FALSE);
  }
  g_string_append_printf (text, _("%s of %s"), done, total);
  if (app_download_get_state (download) == APP_DOWNLOAD_PAUSED) {
    g_string_append_printf (text, " · %s", _("paused"));
  } else if (app_download_get_speed (download) > 0) {
    g_string_append_printf (text, " · %s/s", speed);
    if (left >= 0) {
      g_autofree char *duration = duration_text (left);

      g_string_append_printf (text, " · %s", duration);
    }
  }
  return g_string_free (text, FALSE);
}

static void
update_transfer (UiModelRow *self)
{
  AppDownload *download = app_model_get_download (self->model);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->transfer, download != NULL);
  /* Beside the progress, the share of the memory would look like another one. */
  gtk_widget_set_visible (self->fit_box, download == NULL && !app_model_get_adapts (self->model));
  if (download == NULL)
    return;
  text = app_download_get_state (download) == APP_DOWNLOAD_FAILED && app_download_get_error (download) != NULL
    ? g_strdup (app_download_get_error (download)) : progress_text (self->model, download);
  ui_direction_show_facts (self->transfer_text, text);
  gtk_progress_bar_set_fraction (self->transfer_bar, app_download_get_fraction (download));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->transfer_bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
watch_download (UiModelRow *self)
{
  AppDownload *download = app_model_get_download (self->model);

  if (self->watched == download)
    return;
  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_data (self->watched, self);
  g_set_object (&self->watched, download);
  if (download != NULL)
    g_signal_connect_object (download, "notify", G_CALLBACK (update_transfer), self, G_CONNECT_SWAPPED);
}

static void
update_fit (UiModelRow *self)
{
  static const char *const classes[] = { "", "fits", "slow", "none" };
  AppFit fit = app_model_get_fit (self->model);

  for (guint i = 1; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->fit_bar), classes[i]);
  if (fit != APP_FIT_UNKNOWN)
    gtk_widget_add_css_class (GTK_WIDGET (self->fit_bar), classes[fit]);
  gtk_progress_bar_set_fraction (self->fit_bar, CLAMP (app_model_get_fit_fraction (self->model), 0.0, 1.0));
  gtk_label_set_text (self->fit, app_model_get_fit_text (self->model));
  gtk_widget_set_visible (GTK_WIDGET (self->fit_bar), fit != APP_FIT_UNKNOWN);
  gtk_widget_set_visible (GTK_WIDGET (self->fit), *app_model_get_fit_text (self->model) != '\0');
}

static void
update_state (UiModelRow *self)
{
  AppModelState state = app_model_get_state (self->model);
  gboolean used = app_engine_get_model (self->engine) == self->model &&
                  (app_engine_get_state (self->engine) == APP_ENGINE_READY || app_engine_get_state (self->engine) == APP_ENGINE_LOADING);

  /* What would not run here is no use here. */
  gtk_widget_set_visible (GTK_WIDGET (self->download), state == APP_MODEL_ABSENT && app_model_get_fit (self->model) != APP_FIT_NONE);
  gtk_widget_set_visible (GTK_WIDGET (self->pause), state == APP_MODEL_DOWNLOADING);
  gtk_widget_set_visible (GTK_WIDGET (self->resume), state == APP_MODEL_PAUSED || state == APP_MODEL_FAILED);
  gtk_button_set_label (self->resume, state == APP_MODEL_FAILED ? _("Retry") : _("Resume"));
  gtk_widget_set_visible (GTK_WIDGET (self->cancel), state == APP_MODEL_DOWNLOADING || state == APP_MODEL_PAUSED || state == APP_MODEL_FAILED);
  gtk_widget_set_visible (GTK_WIDGET (self->use), state == APP_MODEL_INSTALLED && !used && app_model_get_answers (self->model));
  gtk_widget_set_visible (GTK_WIDGET (self->in_use), state == APP_MODEL_INSTALLED && used);
  gtk_label_set_text (self->in_use, app_engine_get_state (self->engine) == APP_ENGINE_LOADING ? _("Loading") : _("In use"));
  gtk_widget_set_visible (GTK_WIDGET (self->update), state == APP_MODEL_INSTALLED && app_model_get_outdated (self->model) && app_model_get_download (self->model) == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->more), state == APP_MODEL_INSTALLED);
  watch_download (self);
  update_transfer (self);
}

static char *
speed_text (double speed)
{
  return g_strdup_printf (speed >= 10 ? _("%.0f tokens/s") : _("%.1f tokens/s"), speed);
}

/* "Sees · writes code · 1.1 GB · Apache-2.0 · 12 tokens/s" */
static char *
facts_text (AppModel *model)
{
  g_autofree char *size = app_size_dup_text (app_model_get_size (model));
  g_autofree char *speed = NULL;
  g_autofree char *kind = NULL;
  g_autofree char *base = NULL;
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  /* Before it is looked into, what lies beside a model is taken to be eyes. */
  if (app_model_get_sees (model) || (app_model_get_has_projector (model) && !app_model_get_hears (model)))
    g_ptr_array_add (parts, _("sees"));
  if (app_model_get_hears (model))
    g_ptr_array_add (parts, _("hears"));
  if (app_model_get_embeds (model))
    g_ptr_array_add (parts, _("finds passages of documents by their meaning"));
  if (app_model_get_transcribes (model))
    g_ptr_array_add (parts, _("writes down what is spoken"));
  if (app_model_get_adapts (model)) /* Translators: an adapter is for models of an architecture, such as "llama". */
    g_ptr_array_add (parts, kind = g_strdup_printf (_("for models of the kind “%s”"), app_model_get_architecture (model)));
  if (*app_model_get_base (model) != '\0')
    g_ptr_array_add (parts, base = g_strdup_printf (_("trained on %s"), app_model_get_base (model)));
  if (app_model_get_thinks (model))
    g_ptr_array_add (parts, _("thinks"));
  if (app_model_get_codes (model))
    g_ptr_array_add (parts, _("writes code"));
  if (app_model_get_has_draft (model))
    g_ptr_array_add (parts, _("with a small model for speed"));
  g_ptr_array_add (parts, size);
  if (*app_model_get_quantisation (model) != '\0')
    g_ptr_array_add (parts, (gpointer) app_model_get_quantisation (model));
  if (*app_model_get_licence (model) != '\0')
    g_ptr_array_add (parts, (gpointer) app_model_get_licence (model));
  if (app_model_get_speed (model) > 0)
    g_ptr_array_add (parts, speed = speed_text (app_model_get_speed (model)));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

/* …and of the one that is loaded, where it runs. */
static void
update_facts (UiModelRow *self)
{
  AppPlace place = app_engine_get_model (self->engine) == self->model ? app_engine_get_place (self->engine) : (AppPlace) { 0 };
  g_autofree char *where = ui_place_dup_short_text (&place);
  g_autofree char *known = facts_text (self->model);
  g_autofree char *facts = g_strconcat (known, *where != '\0' ? " · " : "", where, NULL);

  ui_direction_show_facts (self->facts, facts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, facts, -1);
}

/* What is wanted more seldom: in a narrow window there is room for one button and this beside the name. What answers can be measured, and what came from the
 * hub may be newer there. */
static void
fill_menu (UiModelRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) end = g_menu_new ();
  g_autoptr (GMenuItem) measure = g_menu_item_new (_("_Measure the speed"), NULL);
  g_autoptr (GMenuItem) check = g_menu_item_new (_("Look for a _newer version"), NULL);
  g_autoptr (GMenuItem) remove = g_menu_item_new (_ ("_Remove"), NULL);
  g_autofree char *name = g_strdup_printf (_("More about %s"), app_model_get_name (self->model));

  g_menu_item_set_action_and_target (measure, "models.measure", "s", app_model_get_id (self->model));
  g_menu_item_set_action_and_target (check, "models.check", "s", app_model_get_id (self->model));
  g_menu_item_set_action_and_target (remove, "models.remove", "s", app_model_get_id (self->model));
  if (app_model_get_answers (self->model))
    g_menu_append_item (menu, measure);
  if (*app_model_get_repository (self->model) != '\0')
    g_menu_append_item (menu, check);
  g_menu_append_item (end, remove);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (end));
  gtk_menu_button_set_menu_model (self->more, G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Takes `label`. */
static void
name_button (GtkButton *button, const char *action, char *label, AppModel *model)
{
  g_autofree char *name = label;

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", app_model_get_id (model));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
fill (UiModelRow *self)
{
  AppModel *model = self->model;
  const char *name = app_model_get_name (model);

  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->description, app_model_get_description (model));
  gtk_widget_set_visible (GTK_WIDGET (self->description), *app_model_get_description (model) != '\0');
  name_button (self->download, "models.download", g_strdup_printf (_("Download %s"), name), model);
  name_button (self->pause, "models.pause", g_strdup_printf (_("Pause the download of %s"), name), model);
  name_button (self->resume, "models.resume", g_strdup_printf (_("Resume the download of %s"), name), model);
  name_button (self->cancel, "models.cancel", g_strdup_printf (_("Cancel the download of %s"), name), model);
  name_button (self->use, "models.use", g_strdup_printf (_("Use %s"), name), model);
  name_button (self->update, "models.update", g_strdup_printf (_ ("Update %s"), name), model);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, app_model_get_name (model), -1);
  update_facts (self);
  fill_menu (self);
}

UiModelRow *
ui_model_row_new (AppModel *model, AppEngine *engine, gboolean offer)
{
  UiModelRow *self = g_object_new (UI_TYPE_MODEL_ROW, NULL);

  self->model = g_object_ref (model);
  self->engine = g_object_ref (engine);
  fill (self);
  if (offer)
    gtk_widget_add_css_class (GTK_WIDGET (self->download), "suggested-action");
  g_signal_connect_object (model, "notify::state", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::download", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::outdated", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::speed", G_CALLBACK (update_facts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::fit", G_CALLBACK (update_fit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::fit", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "notify::fit-text", G_CALLBACK (update_fit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::place", G_CALLBACK (update_facts), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::state", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::model", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  update_fit (self);
  update_state (self);
  return self;
}

AppModel *
ui_model_row_get_model (UiModelRow *self)
{
  return self->model;
}

static void
ui_model_row_dispose (GObject *object)
{
  UiModelRow *self = UI_MODEL_ROW (object);

  g_clear_object (&self->watched);
  g_clear_object (&self->engine);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (ui_model_row_parent_class)->dispose (object);
}

static void
ui_model_row_class_init (UiModelRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_model_row_dispose;
  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-model-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, name);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, facts);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, description);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, fit_box);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, fit_bar);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, fit);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, transfer);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, transfer_bar);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, transfer_text);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, in_use);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, download);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, pause);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, resume);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, cancel);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, use);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, update);
  gtk_widget_class_bind_template_child (widget_class, UiModelRow, more);
}

static void
ui_model_row_init (UiModelRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
