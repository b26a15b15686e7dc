/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiShare: a child that takes at most 80 % of the width, at the end side, and no more than it needs. */
#pragma once

#include "ui-bin.h"

G_BEGIN_DECLS

#define UI_TYPE_SHARE (ui_share_get_type ())
G_DECLARE_FINAL_TYPE (UiShare, ui_share, UI, SHARE, UiBin)

G_END_DECLS
