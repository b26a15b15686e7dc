/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a conversation makes its list of artifacts, and how that is stored. Internal to app/. */
#pragma once

#include "app-artifacts.h"
#include "app-database.h"

G_BEGIN_DECLS

struct _AppArtifacts {
  GObject parent;
  AppDatabase *database;
  GListModel *messages;  /* whose owner owns this */
  gint64 conversation;
  gboolean loaded;
  GPtrArray *all;        /* AppArtifact of every branch */
  GListStore *visible;
  GHashTable *saves;     /* AppVersion → Save, of those that are not stored as they are */
  gboolean trouble;      /* the last save failed */
  AppChecker *checker;   /* nullable */
};

/* `messages`: AppMessage, of the visible path; not kept alive by it. (transfer full) */
AppArtifacts *app_artifacts_new (AppDatabase *database, GListModel *messages);
/* Reads what the history has of `conversation`; done once. */
void app_artifacts_load (AppArtifacts *self, gint64 conversation);
/* The conversation has an id now, which is that of its artifacts. */
void app_artifacts_set_conversation (AppArtifacts *self, gint64 conversation);

/* ---- app-artifacts-save.c ---- */

/* Has what is there now stored, in the order in which it was asked for: nothing waits for an id. */
void app_artifacts_save (AppArtifacts *self, AppVersion *version);
/* Within a quarter of a second. */
void app_artifacts_save_later (AppArtifacts *self, AppVersion *version);
/* With what was seen of it; (nullable) */
void app_artifacts_save_seen (AppArtifacts *self, AppVersion *version, GBytes *thumbnail);
/* For AppArtifacts.saves. */
GHashTable *app_artifacts_saves_new (void);
/* Says so. */
void app_artifacts_save_failed (AppArtifacts *self, const char *sentence);

G_END_DECLS
