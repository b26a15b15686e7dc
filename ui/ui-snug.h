/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSnug: its child is as wide as it likes to be, never wider or narrower.
 *
 * For what is in a popover and has lines to wrap: GTK asks how high it is in the width of the popover with its shadow, where it needs fewer lines, and cuts off what is last; and aligned to an
 * end, it is made as narrow as that height allows. */
#pragma once

#include "ui-bin.h"

G_BEGIN_DECLS

#define UI_TYPE_SNUG (ui_snug_get_type ())
G_DECLARE_FINAL_TYPE (UiSnug, ui_snug, UI, SNUG, UiBin)

G_END_DECLS
