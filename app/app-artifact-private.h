/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How AppArtifacts makes and changes its artifacts. Internal to app/. */
#pragma once

#include "app-artifact.h"
#include "app-store.h"

G_BEGIN_DECLS

/* Takes strings and versions out of `row`. None of the versions is visible yet. (transfer full) */
AppArtifact *app_artifact_new (AppArtifactRow *row);
void app_artifact_set_id (AppArtifact *self, gint64 id);
void app_artifact_set_title (AppArtifact *self, const char *title);
void app_artifact_set_starred (AppArtifact *self, gboolean starred);
/* All of them, by number (AppVersion). (transfer none) */
GPtrArray *app_artifact_get_all (AppArtifact *self);
void app_artifact_add (AppArtifact *self, AppVersion *version); /* behind all others */
void app_artifact_remove (AppArtifact *self, AppVersion *version);
/* Shows those whose message is one of `messages` (gint64 * → anything). Returns whether there are any. */
gboolean app_artifact_show (AppArtifact *self, GHashTable *messages);
/* Without versions. (transfer full) */
AppArtifactRow *app_artifact_dup_row (AppArtifact *self);

/* Takes the strings out of `row`. (transfer full) */
AppVersion *app_version_new (AppArtifact *artifact, AppVersionRow *row);
void app_version_set_stored (AppVersion *self, gint64 id, guint number);
void app_version_set_title (AppVersion *self, const char *title);
void app_version_set_source (AppVersion *self, const char *source);
void app_version_set_data (AppVersion *self, const char *const *data);
void app_version_set_state (AppVersion *self, AppVersionState state, const char *const *findings); /* findings nullable: none */
/* (transfer full) */
AppVersionRow *app_version_dup_row (AppVersion *self);

G_END_DECLS
