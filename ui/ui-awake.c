/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-awake.h"

#include <glib/gi18n.h>

struct _UiAwake {
  GObject parent_instance;

  GtkApplication *application; /* not owned */
  AppModels *models;
  UiAwakeDesktop desktop;
  guint cookie; /* 0: the machine may suspend */
};

G_DEFINE_FINAL_TYPE (UiAwake, ui_awake, G_TYPE_OBJECT)

static void
let_go (UiAwake *self)
{
  if (self->cookie != 0)
    self->desktop.uninhibit (self->application, self->cookie);
  self->cookie = 0;
}

static void
update (UiAwake *self)
{
  if (!app_models_get_downloading (self->models))
    let_go (self);
  else if (self->cookie == 0)
    self->cookie = self->desktop.inhibit (self->application, gtk_application_get_active_window (self->application), GTK_APPLICATION_INHIBIT_SUSPEND,
                                          _("A model is being downloaded"));
}

static void
ui_awake_dispose (GObject *object)
{
  let_go (UI_AWAKE (object));
  g_clear_object (&UI_AWAKE (object)->models);
  G_OBJECT_CLASS (ui_awake_parent_class)->dispose (object);
}

static void
ui_awake_class_init (UiAwakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_awake_dispose;
}

static void
ui_awake_init (UiAwake *self)
{
}

UiAwake *
ui_awake_new (GtkApplication *application, AppModels *models, const UiAwakeDesktop *desktop)
{
  static const UiAwakeDesktop real = { gtk_application_inhibit, gtk_application_uninhibit };
  UiAwake *self = g_object_new (UI_TYPE_AWAKE, NULL);

  self->application = application;
  self->models = g_object_ref (models);
  self->desktop = desktop != NULL ? *desktop : real;
  g_signal_connect_object (models, "notify::downloading", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
