/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-artifact-private.h"

#include "app-made.h"
#include "artifacts/artifact-kind.h"

struct _AppArtifact {
  GObject parent;
  gint64 id, conversation, created;
  AppStoreSlot *slot; /* of the id */
  const AppArtifactKind *kind;
  char *title;
  gboolean starred;
  GPtrArray *all;       /* AppVersion of every branch, by number */
  GListStore *versions; /* of them those that are visible */
};

enum { ARTIFACT_0, ARTIFACT_TITLE, ARTIFACT_STARRED, ARTIFACT_CURRENT, N_ARTIFACT };
static GParamSpec *artifact_properties[N_ARTIFACT];

G_DEFINE_FINAL_TYPE (AppArtifact, app_artifact, G_TYPE_OBJECT)

AppArtifact *
app_artifact_new (AppArtifactRow *row)
{
  AppArtifact *self = g_object_new (APP_TYPE_ARTIFACT, NULL);

  self->id = row->id;
  self->conversation = row->conversation;
  self->created = row->created;
  self->kind = app_artifact_kind_find (row->kind);
  self->title = g_steal_pointer (&row->title);
  self->starred = row->starred;
  for (guint i = 0; i < row->versions->len; i++)
    g_ptr_array_add (self->all, app_version_new (self, row->versions->pdata[i]));
  return self;
}

gint64
app_artifact_get_id (AppArtifact *self)
{
  return self->id;
}

char *
app_artifact_dup_handle (AppArtifact *self)
{
  return self->id != 0 ? app_made_dup_handle (self->id, self->created) : NULL;
}

void
app_artifact_set_id (AppArtifact *self, gint64 id)
{
  self->id = id;
}

const AppArtifactKind *
app_artifact_get_kind (AppArtifact *self)
{
  return self->kind;
}

const char *
app_artifact_get_title (AppArtifact *self)
{
  return self->title;
}

void
app_artifact_set_title (AppArtifact *self, const char *title)
{
  if (g_strcmp0 (self->title, title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), artifact_properties[ARTIFACT_TITLE]);
}

gboolean
app_artifact_get_starred (AppArtifact *self)
{
  return self->starred;
}

void
app_artifact_set_starred (AppArtifact *self, gboolean starred)
{
  if (self->starred == starred)
    return;
  self->starred = starred;
  g_object_notify_by_pspec (G_OBJECT (self), artifact_properties[ARTIFACT_STARRED]);
}

GListModel *
app_artifact_get_versions (AppArtifact *self)
{
  return G_LIST_MODEL (self->versions);
}

AppVersion *
app_artifact_get_current (AppArtifact *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->versions));
  g_autoptr (AppVersion) current = n > 0 ? g_list_model_get_item (G_LIST_MODEL (self->versions), n - 1) : NULL;

  return current; /* the list keeps it */
}

GPtrArray *
app_artifact_get_all (AppArtifact *self)
{
  return self->all;
}

void
app_artifact_add (AppArtifact *self, AppVersion *version)
{
  g_ptr_array_add (self->all, g_object_ref (version));
}

void
app_artifact_remove (AppArtifact *self, AppVersion *version)
{
  g_ptr_array_remove (self->all, version);
}

gboolean
app_artifact_show (AppArtifact *self, GHashTable *messages)
{
  g_autoptr (GPtrArray) visible = g_ptr_array_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->versions));
  gboolean same;

  for (guint i = 0; i < self->all->len; i++) {
    gint64 message = app_version_get_message_id (self->all->pdata[i]);
    if (g_hash_table_contains (messages, &message))
      g_ptr_array_add (visible, self->all->pdata[i]);
  }
  same = n == visible->len;
  for (guint i = 0; same && i < n; i++) {
    g_autoptr (AppVersion) version = g_list_model_get_item (G_LIST_MODEL (self->versions), i);
    same = version == visible->pdata[i];
  }
  if (!same) {
    g_list_store_splice (self->versions, 0, n, visible->pdata, visible->len);
    g_object_notify_by_pspec (G_OBJECT (self), artifact_properties[ARTIFACT_CURRENT]);
  }
  return visible->len > 0;
}

AppArtifactRow *
app_artifact_dup_row (AppArtifact *self)
{
  AppArtifactRow *row = app_artifact_row_new ();

  row->id = self->id;
  row->slot = g_atomic_rc_box_acquire (self->slot);
  row->conversation = self->conversation;
  row->kind = g_strdup (self->kind->id);
  row->title = g_strdup (self->title);
  row->starred = self->starred;
  row->created = self->created;
  return row;
}

static void
app_artifact_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppArtifact *self = APP_ARTIFACT (object);

  switch (id) {
  case ARTIFACT_TITLE:
    g_value_set_string (value, self->title);
    break;
  case ARTIFACT_STARRED:
    g_value_set_boolean (value, self->starred);
    break;
  case ARTIFACT_CURRENT:
    g_value_set_object (value, app_artifact_get_current (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_artifact_finalize (GObject *object)
{
  AppArtifact *self = APP_ARTIFACT (object);

  g_free (self->title);
  g_atomic_rc_box_release (self->slot);
  g_ptr_array_unref (self->all);
  g_object_unref (self->versions);
  G_OBJECT_CLASS (app_artifact_parent_class)->finalize (object);
}

static void
app_artifact_class_init (AppArtifactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_artifact_get_property;
  object_class->finalize = app_artifact_finalize;
  artifact_properties[ARTIFACT_TITLE] = g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  artifact_properties[ARTIFACT_STARRED] = g_param_spec_boolean ("starred", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  artifact_properties[ARTIFACT_CURRENT] = g_param_spec_object ("current", NULL, NULL, APP_TYPE_VERSION, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_ARTIFACT, artifact_properties);
}

static void
app_artifact_init (AppArtifact *self)
{
  self->slot = g_atomic_rc_box_new0 (AppStoreSlot);
  self->all = g_ptr_array_new_with_free_func (g_object_unref);
  self->versions = g_list_store_new (APP_TYPE_VERSION);
}

/* ---- a version ---- */

struct _AppVersion {
  GObject parent;
  AppArtifact *artifact; /* weak: whose it is */
  gint64 id, message, base, created;
  AppStoreSlot *slot; /* of the id */
  guint number;
  AppOrigin origin;
  AppVersionState state;
  char *title, *source;
  char **data, **findings;
  GDateTime *time; /* made when asked for */
};

enum { VERSION_0, VERSION_NUMBER, VERSION_STATE, VERSION_TITLE, VERSION_SOURCE, VERSION_FINDINGS, N_VERSION };
static GParamSpec *version_properties[N_VERSION];

G_DEFINE_FINAL_TYPE (AppVersion, app_version, G_TYPE_OBJECT)

static char **
split (const char *lines)
{
  return lines != NULL && *lines != '\0' ? g_strsplit (lines, "\n", -1) : g_new0 (char *, 1);
}

AppVersion *
app_version_new (AppArtifact *artifact, AppVersionRow *row)
{
  AppVersion *self = g_object_new (APP_TYPE_VERSION, NULL);

  g_set_weak_pointer (&self->artifact, artifact);
  self->id = row->id;
  self->message = row->message;
  self->base = row->base;
  self->created = row->created;
  self->number = row->number;
  self->origin = row->origin;
  self->state = row->state;
  self->title = row->title != NULL ? g_steal_pointer (&row->title) : g_strdup ("");
  self->source = row->source != NULL ? g_steal_pointer (&row->source) : g_strdup ("");
  self->data = split (row->data);
  self->findings = split (row->findings);
  return self;
}

gint64
app_version_get_id (AppVersion *self)
{
  return self->id;
}

AppArtifact *
app_version_get_artifact (AppVersion *self)
{
  return self->artifact;
}

gint64
app_version_get_message_id (AppVersion *self)
{
  return self->message;
}

guint
app_version_get_number (AppVersion *self)
{
  return self->number;
}

gint64
app_version_get_base_id (AppVersion *self)
{
  return self->base;
}

AppOrigin
app_version_get_origin (AppVersion *self)
{
  return self->origin;
}

GDateTime *
app_version_get_time (AppVersion *self)
{
  if (self->time == NULL)
    self->time = g_date_time_new_from_unix_local (self->created / 1000);
  return self->time;
}

AppVersionState
app_version_get_state (AppVersion *self)
{
  return self->state;
}

const char *
app_version_get_title (AppVersion *self)
{
  return self->title;
}

const char *
app_version_get_source (AppVersion *self)
{
  return self->source;
}

const char *const *
app_version_get_data (AppVersion *self)
{
  return (const char *const *) self->data;
}

const char *const *
app_version_get_findings (AppVersion *self)
{
  return (const char *const *) self->findings;
}

void
app_version_set_stored (AppVersion *self, gint64 id, guint number)
{
  self->id = id;
  self->number = number;
  g_object_notify_by_pspec (G_OBJECT (self), version_properties[VERSION_NUMBER]);
}

void
app_version_set_title (AppVersion *self, const char *title)
{
  if (g_strcmp0 (self->title, title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), version_properties[VERSION_TITLE]);
}

void
app_version_set_source (AppVersion *self, const char *source)
{
  g_return_if_fail (self->state == APP_VERSION_WRITING);
  if (g_strcmp0 (self->source, source) == 0)
    return;
  g_free (self->source);
  self->source = g_strdup (source);
  g_object_notify_by_pspec (G_OBJECT (self), version_properties[VERSION_SOURCE]);
}

void
app_version_set_data (AppVersion *self, const char *const *data)
{
  g_return_if_fail (self->state == APP_VERSION_WRITING);
  g_strfreev (self->data);
  self->data = data != NULL ? g_strdupv ((char **) data) : g_new0 (char *, 1);
}

void
app_version_set_state (AppVersion *self, AppVersionState state, const char *const *findings)
{
  g_return_if_fail (state != APP_VERSION_WRITING);
  g_object_freeze_notify (G_OBJECT (self));
  g_strfreev (self->findings);
  self->findings = findings != NULL ? g_strdupv ((char **) findings) : g_new0 (char *, 1);
  g_object_notify_by_pspec (G_OBJECT (self), version_properties[VERSION_FINDINGS]);
  if (self->state != state) {
    self->state = state;
    g_object_notify_by_pspec (G_OBJECT (self), version_properties[VERSION_STATE]);
  }
  g_object_thaw_notify (G_OBJECT (self));
}

AppVersionRow *
app_version_dup_row (AppVersion *self)
{
  AppVersionRow *row = app_version_row_new ();

  row->id = self->id;
  row->slot = g_atomic_rc_box_acquire (self->slot);
  row->artifact = self->artifact != NULL ? self->artifact->id : 0;
  row->message = self->message;
  row->base = self->base;
  row->number = self->number;
  row->origin = self->origin;
  row->state = self->state;
  row->title = g_strdup (self->title);
  row->source = g_strdup (self->source);
  row->data = g_strjoinv ("\n", self->data);
  row->findings = g_strjoinv ("\n", self->findings);
  row->created = self->created;
  return row;
}

static void
app_version_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppVersion *self = APP_VERSION (object);

  switch (id) {
  case VERSION_NUMBER:
    g_value_set_uint (value, self->number);
    break;
  case VERSION_STATE:
    g_value_set_uint (value, self->state);
    break;
  case VERSION_TITLE:
    g_value_set_string (value, self->title);
    break;
  case VERSION_SOURCE:
    g_value_set_string (value, self->source);
    break;
  case VERSION_FINDINGS:
    g_value_set_boxed (value, self->findings);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_version_finalize (GObject *object)
{
  AppVersion *self = APP_VERSION (object);

  g_clear_weak_pointer (&self->artifact);
  g_free (self->title);
  g_free (self->source);
  g_strfreev (self->data);
  g_strfreev (self->findings);
  g_atomic_rc_box_release (self->slot);
  g_clear_pointer (&self->time, g_date_time_unref);
  G_OBJECT_CLASS (app_version_parent_class)->finalize (object);
}

static void
app_version_class_init (AppVersionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = app_version_get_property;
  object_class->finalize = app_version_finalize;
  version_properties[VERSION_NUMBER] = g_param_spec_uint ("number", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  version_properties[VERSION_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_VERSION_FAILS, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  version_properties[VERSION_TITLE] = g_param_spec_string ("title", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  version_properties[VERSION_SOURCE] = g_param_spec_string ("source", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  version_properties[VERSION_FINDINGS] = g_param_spec_boxed ("findings", NULL, NULL, G_TYPE_STRV, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_VERSION, version_properties);
}

static void
app_version_init (AppVersion *self)
{
  self->slot = g_atomic_rc_box_new0 (AppStoreSlot);
}
