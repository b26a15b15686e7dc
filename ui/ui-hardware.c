/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-hardware.h"

#include <glib/gi18n.h>

#include "ui-place.h"
#include "ui-sampling-rows.h"

struct _UiHardware {
  AdwPreferencesGroup parent_instance;

  AdwComboRow *backend;
  AdwActionRow *card;
  GtkSpinner *spinner;
  GtkButton *again;
  AdwActionRow *place;

  GSettings *settings;
  AppGpu *gpu;
  AppEngine *engine;
};

G_DEFINE_FINAL_TYPE (UiHardware, ui_hardware, ADW_TYPE_PREFERENCES_GROUP)

/* A model that was meant for the card and has no layer there found no room. */
static void
update_place (UiHardware *self)
{
  AppModel *model = app_engine_get_model (self->engine);
  AppPlace place = app_engine_get_place (self->engine);
  gboolean no_room = place.gpu_layers == 0 && app_gpu_get_chosen (self->gpu) && !app_engine_is_misplaced (self->engine);
  g_autofree char *text = ui_place_dup_text (&place);

  gtk_widget_set_visible (GTK_WIDGET (self->place), model != NULL && place.n_layers > 0);
  if (model == NULL || place.n_layers == 0)
    return;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->place), app_model_get_name (model));
  adw_action_row_set_subtitle (self->place, no_room ? _("on the processor: the graphics card had no room for it, or failed while it was loaded") : text);
}

static void
update (UiHardware *self)
{
  AppGpuState state = app_gpu_get_state (self->gpu);
  const char *device = app_gpu_get_device (self->gpu);
  g_autofree char *status = app_gpu_dup_status (self->gpu);
  gboolean trying = state == APP_GPU_TRYING && app_gpu_get_backend (self->gpu) != APP_BACKEND_CPU;

  adw_combo_row_set_selected (self->backend, app_gpu_get_backend (self->gpu));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->card), *device != '\0' ? device : _("Graphics card"));
  adw_action_row_set_subtitle (self->card, status);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), trying);
  gtk_spinner_set_spinning (self->spinner, trying);
  /* GTK 4.8 would say a mnemonic to a screen reader, too. */
  gtk_button_set_label (self->again, state == APP_GPU_DISABLED ? _("Turn on again") : _("Try again"));
  /* Who chose the processor has no use for it. */
  gtk_widget_set_visible (GTK_WIDGET (self->again), app_gpu_can_try_again (self->gpu) && app_gpu_get_backend (self->gpu) != APP_BACKEND_CPU);
  update_place (self);
}

/* The row shows what came out. */
static void
try_if_wanted (UiHardware *self)
{
  if (app_gpu_get_undecided (self->gpu))
    app_gpu_prepare_async (self->gpu, NULL, NULL, NULL);
}

static void
on_selected (UiHardware *self)
{
  if (self->settings == NULL) /* while it is built */
    return;
  g_settings_set_enum (self->settings, "backend", (int) adw_combo_row_get_selected (self->backend));
  try_if_wanted (self);
}

static void
on_again (UiHardware *self)
{
  app_gpu_try_again (self->gpu);
}

void
ui_hardware_focus (UiHardware *self)
{
  gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->again)) ? GTK_WIDGET (self->again) : GTK_WIDGET (self->backend));
}

UiHardware *
ui_hardware_new (AppSettings *settings, AppGpu *gpu, AppEngine *engine)
{
  UiHardware *self = g_object_new (UI_TYPE_HARDWARE, NULL);

  self->gpu = g_object_ref (gpu);
  self->engine = g_object_ref (engine);
  update (self);
  self->settings = g_object_ref (app_settings_get_gsettings (settings));
  g_signal_connect_object (gpu, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::place", G_CALLBACK (update_place), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "notify::model", G_CALLBACK (update_place), self, G_CONNECT_SWAPPED);
  try_if_wanted (self);
  return self;
}

static void
forget (UiHardware *self)
{
  if (self->gpu != NULL)
    g_signal_handlers_disconnect_by_data (self->gpu, self);
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->gpu);
  g_clear_object (&self->engine);
}

/* The window has gone; libadwaita 1.2 keeps its groups all the same. */
static void
ui_hardware_unroot (GtkWidget *widget)
{
  forget (UI_HARDWARE (widget));
  GTK_WIDGET_CLASS (ui_hardware_parent_class)->unroot (widget);
}

static void
ui_hardware_dispose (GObject *object)
{
  forget (UI_HARDWARE (object));
  G_OBJECT_CLASS (ui_hardware_parent_class)->dispose (object);
}

static void
ui_hardware_class_init (UiHardwareClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_hardware_dispose;
  widget_class->unroot = ui_hardware_unroot;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-hardware.ui");
  gtk_widget_class_bind_template_child (widget_class, UiHardware, backend);
  gtk_widget_class_bind_template_child (widget_class, UiHardware, card);
  gtk_widget_class_bind_template_child (widget_class, UiHardware, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiHardware, again);
  gtk_widget_class_bind_template_child (widget_class, UiHardware, place);
  gtk_widget_class_bind_template_callback (widget_class, on_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
}

static void
ui_hardware_init (UiHardware *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_sampling_rows_name_lists (GTK_WIDGET (self->backend), _("Models run on"));
}
