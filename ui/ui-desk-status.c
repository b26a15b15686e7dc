/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-status.h"

#include <glib/gi18n.h>

#include "artifacts/artifact-kind.h"
#include "ui-versions.h"

struct _UiDeskStatus {
  GtkWidget parent_instance;
  GtkRevealer *revealer;
  GtkWidget *box, *icon, *restore;
  GtkSpinner *spinner;
  GtkLabel *label;
};

enum { RESTORE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiDeskStatus, ui_desk_status, GTK_TYPE_WIDGET)

static gboolean
is_newest (AppVersion *version)
{
  return app_artifact_get_current (app_version_get_artifact (version)) == version;
}

static char *
dup_sentence (AppVersion *version)
{
  AppOrigin origin = app_version_get_origin (version);

  switch (app_version_get_state (version)) {
  case APP_VERSION_WRITING:
    return g_strdup (origin == APP_ORIGIN_REPAIR ? _("Mending it…") : _("Writing it…"));
  case APP_VERSION_FAILS: {
    g_autofree char *all = g_strjoinv ("\n", (char **) app_version_get_findings (version));
    return g_strdup (*all != '\0' ? all : _("This version does not work."));
  }
  default:
    if (!is_newest (version)) {
      g_autofree char *name = ui_versions_dup_name (version);
      return g_strdup_printf (_("You see %s. There is a newer one."), name);
    }
    if (app_version_get_state (version) == APP_VERSION_UNSEEN && origin == APP_ORIGIN_MODEL && app_artifact_get_kind (app_version_get_artifact (version))->is_page)
      return g_strdup (_("Nothing has tried this version yet."));
    return NULL;
  }
}

void
ui_desk_status_show (UiDeskStatus *self, AppVersion *version)
{
  AppVersionState state = app_version_get_state (version);
  g_autofree char *sentence = dup_sentence (version);

  gtk_spinner_set_spinning (self->spinner, state == APP_VERSION_WRITING);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), state == APP_VERSION_WRITING);
  gtk_widget_set_visible (self->icon, state == APP_VERSION_FAILS);
  gtk_widget_set_visible (self->restore, state != APP_VERSION_WRITING && !is_newest (version));
  gtk_label_set_text (self->label, sentence != NULL ? sentence : "");
  gtk_widget_set_tooltip_text (self->box, sentence);
  if (state == APP_VERSION_FAILS)
    gtk_widget_add_css_class (self->box, "failed");
  else
    gtk_widget_remove_css_class (self->box, "failed");
  gtk_revealer_set_reveal_child (self->revealer, sentence != NULL);
}

void
ui_desk_status_show_error (UiDeskStatus *self, const char *sentence)
{
  gtk_label_set_text (self->label, sentence);
  gtk_widget_set_tooltip_text (self->box, sentence);
  gtk_widget_set_visible (self->icon, TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

static void
on_restore (UiDeskStatus *self)
{
  g_signal_emit (self, signals[RESTORE], 0);
}

static void
dispose (GObject *object)
{
  UiDeskStatus *self = UI_DESK_STATUS (object);

  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;
  G_OBJECT_CLASS (ui_desk_status_parent_class)->dispose (object);
}

static void
ui_desk_status_class_init (UiDeskStatusClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-desk-status.ui");
  gtk_widget_class_bind_template_child (widget_class, UiDeskStatus, revealer);
  gtk_widget_class_bind_template_child (widget_class, UiDeskStatus, box);
  gtk_widget_class_bind_template_child (widget_class, UiDeskStatus, icon);
  gtk_widget_class_bind_template_child (widget_class, UiDeskStatus, restore);
  gtk_widget_class_bind_template_child (widget_class, UiDeskStatus, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiDeskStatus, label);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  signals[RESTORE] = g_signal_new ("restore", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_desk_status_init (UiDeskStatus *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
