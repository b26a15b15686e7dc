/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other files of app/ need of the history. Internal to app/. */
#pragma once

#include "app-database.h"
#include "app-datasets.h"
#include "app-history.h"
#include "app-store.h"

G_BEGIN_DECLS

AppDatabase *app_history_get_database (AppHistory *self); /* (transfer none) */
/* Closing waits for its answer. */
void app_history_watch_busy (AppHistory *self, AppConversation *conversation);
/* Ends the search under way; what it returns ends the next one. (transfer none) */
GCancellable *app_history_begin_search (AppHistory *self);
/* Conversations that came into the database by another way, all at once: the list changes one time. `folders`: (nullable) all that the table holds by now. */
void app_history_add_rows (AppHistory *self, GPtrArray *rows, GPtrArray *folders);

/* Where the tables of its attachments are. (transfer none) (nullable): a history in memory may have no place for them */
AppDatasets *app_history_datasets_of (AppDatabase *database);
/* How files' tables are to be read, as the table says (AppStoreChoices). */
void app_history_adopt_choices (AppDatabase *database, GPtrArray *rows);
/* …what came into it by another way, in the background. */
void app_history_read_choices (AppHistory *self);
/* Deletes those that nobody needs, in the background. */
void app_history_tidy_datasets (AppHistory *self);
/* The same of folders of conversations. */
void app_history_tidy_workspaces (AppHistory *self);

G_END_DECLS
