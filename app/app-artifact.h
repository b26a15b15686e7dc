/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppArtifact: something that was made beside the chat, a dashboard, a page, a game, and AppVersion: one state of it.
 *
 * A version never changes once it is written, and belongs to the message that made it; an artifact shows those whose messages lie on the visible path of its
 * conversation (AppArtifacts). What somebody saw of a version may come later: whether it works, and what is wrong with it. Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  APP_ORIGIN_MODEL,
  APP_ORIGIN_REPAIR,   /* the model mended what was found wrong with the one before */
  APP_ORIGIN_PERSON,   /* edited by hand */
  APP_ORIGIN_RESTORED, /* an older one, brought back */
} AppOrigin;

typedef enum {
  APP_VERSION_WRITING,
  APP_VERSION_UNSEEN, /* whole, and nothing has looked at it */
  APP_VERSION_WORKS,
  APP_VERSION_FAILS,  /* findings say why */
} AppVersionState;

#define APP_TYPE_ARTIFACT (app_artifact_get_type ())
G_DECLARE_FINAL_TYPE (AppArtifact, app_artifact, APP, ARTIFACT, GObject)
#define APP_TYPE_VERSION (app_version_get_type ())
G_DECLARE_FINAL_TYPE (AppVersion, app_version, APP, VERSION, GObject)

/* What kinds there are: artifacts/kinds.def. */
typedef struct _AppArtifactKind AppArtifactKind;

gint64 app_artifact_get_id (AppArtifact *self); /* 0 until it is stored */
/* As a window of its own is asked for it (app-made.h); NULL until it is stored. (transfer full) */
char *app_artifact_dup_handle (AppArtifact *self);
const AppArtifactKind *app_artifact_get_kind (AppArtifact *self);
const char *app_artifact_get_title (AppArtifact *self); /* "title" */
gboolean app_artifact_get_starred (AppArtifact *self);  /* "starred" */
/* Those on the visible path (AppVersion), the oldest first; never empty while the artifact is in a list. (transfer none) the same always */
GListModel *app_artifact_get_versions (AppArtifact *self);
/* "current": the newest of them. (transfer none) (nullable) */
AppVersion *app_artifact_get_current (AppArtifact *self);

gint64 app_version_get_id (AppVersion *self); /* 0 until it is stored */
/* NULL when that has gone, since nothing came of it. (transfer none) (nullable) */
AppArtifact *app_version_get_artifact (AppVersion *self);
gint64 app_version_get_message_id (AppVersion *self);
guint app_version_get_number (AppVersion *self);              /* "number": from 1; 0 until it is stored */
gint64 app_version_get_base_id (AppVersion *self);            /* of the version that it was made of; 0: none */
AppOrigin app_version_get_origin (AppVersion *self);
GDateTime *app_version_get_time (AppVersion *self);           /* local; (transfer none) */
AppVersionState app_version_get_state (AppVersion *self);     /* "state" (uint) */
const char *app_version_get_title (AppVersion *self);         /* "title" */
const char *app_version_get_source (AppVersion *self);        /* "source": grows while it is WRITING; valid until the next change */
const char *const *app_version_get_data (AppVersion *self);   /* the ids of the datasets that it speaks of; never NULL */
const char *const *app_version_get_findings (AppVersion *self); /* "findings": what is wrong, a sentence each; never NULL */

G_END_DECLS
