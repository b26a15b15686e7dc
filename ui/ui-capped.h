/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiCapped: around a scrolled window, which is as high as what is in it at that width, up to a limit, and scrolls beyond. (GtkScrolledWindow by itself would
 * take the height that its child has where it is narrowest.) */
#pragma once

#include "ui-bin.h"

G_BEGIN_DECLS

#define UI_TYPE_CAPPED (ui_capped_get_type ())
G_DECLARE_FINAL_TYPE (UiCapped, ui_capped, UI, CAPPED, UiBin)

G_END_DECLS
