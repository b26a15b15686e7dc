/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiScriptRunner: the AppScriptRunner of a window. Each script has a page of its own, which nobody sees, in WebKit's sandbox (UiPreview). */
#pragma once

#include <gtk/gtk.h>

#include "app-script-runner.h"

G_BEGIN_DECLS

#define UI_TYPE_SCRIPT_RUNNER (ui_script_runner_get_type ())
G_DECLARE_FINAL_TYPE (UiScriptRunner, ui_script_runner, UI, SCRIPT_RUNNER, GObject)

/* `overlay`: over which the pages are laid, as those of UiChecker. Not owned. */
UiScriptRunner *ui_script_runner_new (GtkOverlay *overlay);

G_END_DECLS
