/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiBesideLayout: two children, words and what can be done with them. The second stands beside the first, at the end side, while that leaves the
 * first at least half of the width (or the part of it that "least" says), and what it needs; else below it, so that nothing is cut in a narrow window or with
 * large text. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_BESIDE_LAYOUT (ui_beside_layout_get_type ())
G_DECLARE_FINAL_TYPE (UiBesideLayout, ui_beside_layout, UI, BESIDE_LAYOUT, GtkLayoutManager)

G_END_DECLS
