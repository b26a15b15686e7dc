/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAwake: keeps the machine from suspending by itself while a model is downloaded, and no longer. */
#pragma once

#include <gtk/gtk.h>

#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_AWAKE (ui_awake_get_type ())
G_DECLARE_FINAL_TYPE (UiAwake, ui_awake, UI, AWAKE, GObject)

/* How it is asked of the desktop; gtk_application_inhibit () and gtk_application_uninhibit (), unless a test wants to see it. */
typedef struct {
  guint (*inhibit) (GtkApplication *application, GtkWindow *window, GtkApplicationInhibitFlags flags, const char *reason);
  void (*uninhibit) (GtkApplication *application, guint cookie);
} UiAwakeDesktop;

/* `application` is not kept alive; `desktop`: NULL for the real one. */
UiAwake *ui_awake_new (GtkApplication *application, AppModels *models, const UiAwakeDesktop *desktop);

G_END_DECLS
