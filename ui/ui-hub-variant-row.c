/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-hub-variant-row.h"

#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-beside-layout.h"
#include "ui-direction.h"

struct _UiHubVariantRow {
  GtkListBoxRow parent_instance;

  GtkLabel *name;
  GtkWidget *suggested;
  GtkLabel *facts;
  GtkLabel *here;
  GtkButton *download;
  GtkLabel *fit;
  GtkProgressBar *fit_bar;
};

G_DEFINE_FINAL_TYPE (UiHubVariantRow, ui_hub_variant_row, GTK_TYPE_LIST_BOX_ROW)

/* "1.1 GB · 3 files · about 12 tokens/s" */
static char *
facts_text (const AppHubVariant *variant, double speed)
{
  g_autofree char *size = app_size_dup_text (variant->bytes);
  GString *text = g_string_new (size);

  if (variant->files->len > 1)
    g_string_append_printf (text, ngettext (" · %u file", " · %u files", variant->files->len), variant->files->len);
  if (speed >= 10)
    g_string_append_printf (text, _(" · about %.0f tokens/s"), speed);
  else if (speed > 0)
    g_string_append_printf (text, _(" · about %.1f tokens/s"), speed);
  return g_string_free (text, FALSE);
}

GtkWidget *
ui_hub_variant_row_new (AppHubRepository *repository, const AppHubVariant *variant, gboolean suggested, double speed, gboolean installed)
{
  static const char *const classes[] = { NULL, "fits", "slow", "none" };
  UiHubVariantRow *self = g_object_new (UI_TYPE_HUB_VARIANT_ROW, NULL);
  g_autoptr (AppModel) model = app_hub_repository_judge (repository, variant);
  g_autofree char *facts = facts_text (variant, speed);
  g_autofree char *label = g_strdup_printf (_("Download %s"), variant->label);
  AppFit fit = app_model_get_fit (model);

  gtk_label_set_text (self->name, variant->label);
  ui_direction_show_facts (self->facts, facts);
  gtk_label_set_text (self->fit, app_model_get_fit_text (model));
  gtk_widget_set_visible (self->suggested, suggested);
  gtk_progress_bar_set_fraction (self->fit_bar, CLAMP (app_model_get_fit_fraction (model), 0.0, 1.0));
  gtk_widget_set_visible (GTK_WIDGET (self->fit_bar), fit != APP_FIT_UNKNOWN);
  if (classes[fit] != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->fit_bar), classes[fit]);
  gtk_widget_set_visible (GTK_WIDGET (self->here), installed);
  /* What would not run here is no use here. */
  gtk_widget_set_visible (GTK_WIDGET (self->download), !installed && fit != APP_FIT_NONE);
  if (suggested)
    gtk_widget_add_css_class (GTK_WIDGET (self->download), "suggested-action");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->download), "s", variant->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->download), "hub.download");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->download), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, variant->label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, facts, -1);
  return GTK_WIDGET (self);
}

static void
ui_hub_variant_row_class_init (UiHubVariantRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-hub-variant-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, name);
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, suggested);
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, facts);
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, here);
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, download);
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, fit);
  gtk_widget_class_bind_template_child (widget_class, UiHubVariantRow, fit_bar);
}

static void
ui_hub_variant_row_init (UiHubVariantRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
