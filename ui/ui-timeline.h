/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiTimeline: when something was done within a longer time: a line for the whole, and on it a bar from its beginning to its end. What it says is also in words elsewhere. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_TIMELINE (ui_timeline_get_type ())
G_DECLARE_FINAL_TYPE (UiTimeline, ui_timeline, UI, TIMELINE, GtkWidget)

/* Both from 0 to 1. */
void ui_timeline_set_span (UiTimeline *self, double begin, double end);

G_END_DECLS
