/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiBranches: "‹ 2/3 ›", which walks the versions of a message. Hidden while there is one only. Uses the action "transcript.branch". */
#pragma once

#include <gtk/gtk.h>

#include "app-message.h"

G_BEGIN_DECLS

#define UI_TYPE_BRANCHES (ui_branches_get_type ())
G_DECLARE_FINAL_TYPE (UiBranches, ui_branches, UI, BRANCHES, GtkWidget)

/* (nullable) */
void ui_branches_set_message (UiBranches *self, AppMessage *message);

G_END_DECLS
