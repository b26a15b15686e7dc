/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the history, as migrations. Internal to app/.
 *
 * Never change a migration that was released: add one, and a golden file of the version before it to tests/app/. */
#pragma once

#include "app-database.h"

extern const AppDatabaseSchema app_schema;
