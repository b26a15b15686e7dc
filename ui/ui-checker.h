/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiChecker: tries what the model made before a person sees it (AppChecker), in a window of nobody's notice (UiPreviewCheck). One page after the other. */
#pragma once

#include <gtk/gtk.h>

#include "app-checker.h"

G_BEGIN_DECLS

#define UI_TYPE_CHECKER (ui_checker_get_type ())
G_DECLARE_FINAL_TYPE (UiChecker, ui_checker, UI, CHECKER, GObject)

/* `overlay`: in the window that is shown; what is tried lies in it, below everything. Not kept alive. */
UiChecker *ui_checker_new (GtkOverlay *overlay);

G_END_DECLS
