/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppArtifacts: what was made in a conversation, and lies on its visible path: a GListModel of AppArtifact, the oldest first.
 *
 * It follows the conversation's list of messages: on another branch it shows what was made there, each as it was. A version is stored from its first word on, and again every
 * quarter of a second while it grows. Main thread only; the conversation owns it. */
#pragma once

#include "app-artifact.h"
#include "app-bundle.h"
#include "app-checker.h"

G_BEGIN_DECLS

#define APP_TYPE_ARTIFACTS (app_artifacts_get_type ())
G_DECLARE_FINAL_TYPE (AppArtifacts, app_artifacts, APP, ARTIFACTS, GObject)

/* Who looks at what the model made before it is called done; NULL, as at first: nobody. */
void app_artifacts_set_checker (AppArtifacts *self, AppChecker *checker);
AppChecker *app_artifacts_get_checker (AppArtifacts *self); /* (transfer none) (nullable) */

/* The artifact that was changed last; NULL when there is none. (transfer none) */
AppArtifact *app_artifacts_get_latest (AppArtifacts *self);
/* The newest version that this message made. (transfer none) (nullable) */
AppVersion *app_artifacts_find (AppArtifacts *self, gint64 message);
/* A version of `artifact` by its id, on whichever branch it is. (transfer none) (nullable) */
AppVersion *app_artifacts_find_version (AppArtifacts *self, gint64 id);

/* ---- writing one ---- */

/* A version that is WRITING, of `base`'s artifact, or of a new one of this kind when that is NULL, made by `message`. It is shown and stored at once. (transfer none) */
AppVersion *app_artifacts_begin (AppArtifacts *self, AppVersion *base, const AppArtifactKind *kind, const char *title, gint64 message, AppOrigin origin);
/* Grows it. `data`: the ids of datasets, NULL: as they were. */
void app_artifacts_write (AppArtifacts *self, AppVersion *version, const char *source, const char *const *data);
/* It is whole. The artifact takes its title, unless that is empty. */
void app_artifacts_end (AppArtifacts *self, AppVersion *version, const char *title);
/* It came to nothing: there is no such version, and no artifact of it alone. */
void app_artifacts_discard (AppArtifacts *self, AppVersion *version);
/* What was seen of it. `thumbnail`: a PNG; (nullable). `findings`: (nullable) */
void app_artifacts_set_seen (AppArtifacts *self, AppVersion *version, AppVersionState state, const char *const *findings, GBytes *thumbnail);

/* Another version beside `base`, whole: edited by hand, or an older one brought back. (transfer none) */
AppVersion *app_artifacts_edit (AppArtifacts *self, AppVersion *base, const char *source, AppOrigin origin);
/* A new artifact with the source of `version`. (transfer none) */
AppVersion *app_artifacts_duplicate (AppArtifacts *self, AppVersion *version, const char *title);

void app_artifacts_rename (AppArtifacts *self, AppArtifact *artifact, const char *title);
void app_artifacts_set_starred (AppArtifacts *self, AppArtifact *artifact, gboolean starred);

/* ---- showing one ---- */

/* The tables that its source speaks of, as many as are there. (transfer full): of AppDataset */
GPtrArray *app_artifacts_open_datasets (AppArtifacts *self, AppVersion *version);
/* The files of its page, or of what its page would be with another `source` (nullable). Errors: APP_ERROR_INVALID with a sentence that says what is wrong with the source. */
void app_artifacts_make_bundle_async (AppArtifacts *self, AppVersion *version, const char *source, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppBundle *app_artifacts_make_bundle_finish (AppArtifacts *self, GAsyncResult *result, GError **error);

/* What its page keeps for itself, strings. finish returns: (transfer full) */
void app_artifacts_read_storage_async (AppArtifacts *self, AppArtifact *artifact, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GHashTable *app_artifacts_read_storage_finish (AppArtifacts *self, GAsyncResult *result, GError **error);
void app_artifacts_store_value (AppArtifacts *self, AppArtifact *artifact, const char *key, const char *value); /* value NULL: none */

/* Signals: "version" (AppVersion *version): the newest that a message made is another one, or is whole, or was seen: its row shows it;
 * "save-failed" (const char *sentence): as of AppConversation. */

G_END_DECLS
