/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lanes as the history keeps them. Internal to app/. */
#pragma once

#include "app-lane.h"
#include "app-store.h"

G_BEGIN_DECLS

/* Those of an answer, when all have ended. (transfer full) */
AppLanesRow *app_lanes_save (GListModel *lanes, gint64 message);
/* (transfer full) */
GListModel *app_lanes_restore (const AppLanesRow *row);

G_END_DECLS
