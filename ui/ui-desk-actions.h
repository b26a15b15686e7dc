/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person does with what lies on the desk, from its menu: another name, a star, a copy, an entry among the applications. Internal to the desk. */
#pragma once

#include "ui-desk.h"

G_BEGIN_DECLS

/* "desk.rename", "desk.star", "desk.duplicate", "desk.launcher-add", "desk.launcher-remove". */
void ui_desk_install_actions (GtkWidgetClass *widget_class);
/* Whether it is an entry among the applications, or can be one, may be something else now. */
void ui_desk_update_launcher (UiDesk *self);

/* Of the desk. (transfer none) (nullable) */
AppArtifacts *ui_desk_get_artifacts (UiDesk *self);
AppHistory *ui_desk_get_history (UiDesk *self);
/* What lies there is nowhere on the disk. */
gboolean ui_desk_is_temporary (UiDesk *self);

G_END_DECLS
