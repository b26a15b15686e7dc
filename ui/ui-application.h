/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiApplication: one process, one window. It opens the history, chooses and loads the model, and hands files from the command line to the window.
 *
 * With --artifact HANDLE it shows only what was made, in a window of its own (UiMadeWindow), and loads no model until its other window is asked for.
 *
 * Actions: "app.show-window", "app.show-artifact" (s: handle; in a window of its own), "app.show-made" (s: handle; in its conversation), "app.quit", "app.model" (s: id of an installed model), "app.retry-model", "app.hardware". Accelerators are set here, from the table of UiShortcuts. */
#pragma once

#include <adwaita.h>

#include "app-history.h"
#include "app-models.h"

G_BEGIN_DECLS

#define UI_TYPE_APPLICATION (ui_application_get_type ())
G_DECLARE_FINAL_TYPE (UiApplication, ui_application, UI, APPLICATION, AdwApplication)

UiApplication *ui_application_new (void);

/* (transfer none), NULL before startup */
AppEngine *ui_application_get_engine (UiApplication *self);
AppModels *ui_application_get_models (UiApplication *self);
/* (nullable): without an installed schema there are no preferences */
AppSettings *ui_application_get_settings (UiApplication *self);

/* Loads an installed model and remembers the choice. */
void ui_application_load_model (UiApplication *self, AppModel *model);

G_END_DECLS
