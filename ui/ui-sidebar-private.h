/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ui-sidebar.c tells ui-sidebar-edit.c. */
#pragma once

#include "ui-sidebar.h"

G_BEGIN_DECLS

AppHistory *ui_sidebar_get_history (UiSidebar *self);      /* (transfer none) (nullable): also once the sidebar is gone */
AppConversation *ui_sidebar_get_current (UiSidebar *self); /* the one that the window shows (transfer none) (nullable) */

G_END_DECLS
