/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPane: the part of the window beside the sidebar. It asks for 700 px, whatever the page in it would like, so that the sidebar
 * folds away below 1000 px on every page. */
#pragma once

#include "ui-bin.h"

G_BEGIN_DECLS

#define UI_TYPE_PANE (ui_pane_get_type ())
G_DECLARE_FINAL_TYPE (UiPane, ui_pane, UI, PANE, UiBin)

G_END_DECLS
