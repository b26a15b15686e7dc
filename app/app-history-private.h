/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other files of app/ need of the history. Internal to app/. */
#pragma once

#include "app-database.h"
#include "app-history.h"
#include "app-store.h"

G_BEGIN_DECLS

AppDatabase *app_history_get_database (AppHistory *self); /* (transfer none) */

G_END_DECLS
