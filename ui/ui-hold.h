/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A button that knows how long it is held: by the pointer, or by Space or Enter on it. What its own click would do is for those alone who press it by other means. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* `time`: of the event, milliseconds. */
typedef void (*UiHoldFunc) (gpointer owner, guint32 time);
typedef void (*UiHoldLostFunc) (gpointer owner);

/* `holder`: the parent of `button`, which would take a press for itself. `lost`: the focus went away while a key was down. All of them while `owner`, a widget that both are in, lives. */
void ui_hold_watch (GtkWidget *holder, GtkWidget *button, UiHoldFunc press, UiHoldFunc let_go, UiHoldLostFunc lost, gpointer owner);

G_END_DECLS
