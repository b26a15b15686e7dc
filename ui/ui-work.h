/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is at work, in whatever conversation: the main menu holds, lets go and stops it at once. */
#pragma once

#include <gtk/gtk.h>

#include "app-history.h"

G_BEGIN_DECLS

/* Of agents that can be held: whether some are, or go on. */
typedef struct {
  guint n_busy;             /* conversations */
  gboolean goes, is_paused; /* some agent of them */
} UiWork;

UiWork ui_work_look (AppHistory *history);
void ui_work_pause (AppHistory *history, gboolean pause);
void ui_work_stop (AppHistory *history);

/* Adds "win.pause-all", "win.go-on-all" and "win.stop-all" to a window, which are on where they would do something; looks anew each time that `button` opens its menu. */
void ui_work_add_actions (GActionMap *window, AppHistory *history, GtkMenuButton *button);

G_END_DECLS
