/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-connections-private.h"

#include <glib/gi18n.h>

#include "app-store.h"

/* How often a growing count is stored, in microseconds: each time costs a sync of the disk. */
#define STORE_INTERVAL (2 * G_USEC_PER_SEC)

/* ---- a connection ---- */

struct _AppConnection {
  GObject parent;
  gint64 id;
  GDateTime *time;
  char *purpose, *peer;
  guint64 bytes;
  gint64 stored; /* when the count was stored last; 0: never */
  AppConnectionOutcome outcome;
  char *error;
};

enum { CONNECTION_PROP_0, CONNECTION_BYTES, CONNECTION_OUTCOME, CONNECTION_ERROR, N_CONNECTION_PROPS };
static GParamSpec *connection_properties[N_CONNECTION_PROPS];

G_DEFINE_FINAL_TYPE (AppConnection, app_connection, G_TYPE_OBJECT)

GDateTime *
app_connection_get_time (AppConnection *self)
{
  return self->time;
}

const char *
app_connection_get_purpose (AppConnection *self)
{
  return self->purpose;
}

const char *
app_connection_get_peer (AppConnection *self)
{
  return self->peer;
}

guint64
app_connection_get_bytes (AppConnection *self)
{
  return self->bytes;
}

AppConnectionOutcome
app_connection_get_outcome (AppConnection *self)
{
  return self->outcome;
}

const char *
app_connection_get_error (AppConnection *self)
{
  return self->error;
}

static AppConnection *
app_connection_new (const AppConnectionRow *row)
{
  AppConnection *self = g_object_new (APP_TYPE_CONNECTION, NULL);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (row->began / 1000);

  self->id = row->id;
  self->time = utc ? g_date_time_to_local (utc) : g_date_time_new_from_unix_local (0); /* one that no calendar has: a damaged file */
  self->purpose = g_strdup (row->purpose);
  self->peer = g_strdup (row->peer);
  self->bytes = row->bytes;
  self->outcome = row->outcome;
  self->error = g_strdup (row->error);
  return self;
}

static void
app_connection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppConnection *self = APP_CONNECTION (object);

  switch (id) {
  case CONNECTION_BYTES:
    g_value_set_uint64 (value, self->bytes);
    break;
  case CONNECTION_OUTCOME:
    g_value_set_uint (value, self->outcome);
    break;
  case CONNECTION_ERROR:
    g_value_set_string (value, self->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_connection_finalize (GObject *object)
{
  AppConnection *self = APP_CONNECTION (object);

  g_date_time_unref (self->time);
  g_free (self->purpose);
  g_free (self->peer);
  g_free (self->error);
  G_OBJECT_CLASS (app_connection_parent_class)->finalize (object);
}

static void
app_connection_class_init (AppConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = app_connection_get_property;
  object_class->finalize = app_connection_finalize;
  connection_properties[CONNECTION_BYTES] = g_param_spec_uint64 ("bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  connection_properties[CONNECTION_OUTCOME] = g_param_spec_uint ("outcome", NULL, NULL, 0, APP_CONNECTION_INTERRUPTED, APP_CONNECTION_UNDER_WAY, flags);
  connection_properties[CONNECTION_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_CONNECTION_PROPS, connection_properties);
}

static void
app_connection_init (AppConnection *self)
{
}

/* ---- all of them ---- */

struct _AppConnections {
  GObject parent;
  AppDatabase *database;
  GListStore *list; /* AppConnection, the newest first */
  char *notice;
};

enum { PROP_0, PROP_NOTICE, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppConnections, app_connections, G_TYPE_OBJECT)

static void
set_notice (AppConnections *self, const char *notice)
{
  if (g_strcmp0 (self->notice, notice) == 0)
    return;
  g_free (self->notice);
  self->notice = g_strdup (notice);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOTICE]);
}

GListModel *
app_connections_get_list (AppConnections *self)
{
  return G_LIST_MODEL (self->list);
}

const char *
app_connections_get_notice (AppConnections *self)
{
  return self->notice;
}

/* ---- one after the other ---- */

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConnections *self = g_task_get_source_object (task);
  AppConnectionRow *row = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *id = app_database_run_finish (APP_DATABASE (source), result, &error);
  g_autoptr (AppConnection) connection = NULL;

  if (!id) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  row->id = *id;
  connection = app_connection_new (row);
  g_list_store_insert (self->list, 0, connection);
  g_task_return_pointer (task, g_steal_pointer (&connection), g_object_unref);
}

void
app_connections_begin_async (AppConnections *self, const char *purpose, const char *peer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AppConnectionRow *row = app_connection_row_new ();

  row->began = g_get_real_time () / 1000;
  row->purpose = g_strdup (purpose);
  row->peer = g_strdup (peer);
  g_task_set_source_tag (task, app_connections_begin_async);
  g_task_set_task_data (task, row, (GDestroyNotify) app_connection_row_free); /* the job only reads it, and the task outlives the job */
  app_database_run_async (self->database, app_store_connection_begin, row, NULL, g_free, NULL, on_begun, task);
}

AppConnection *
app_connections_begin_finish (AppConnections *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppConnections) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!app_database_run_finish (APP_DATABASE (source), result, &error))
    set_notice (self, error->message); /* the entry is there since it began; the next start calls it interrupted */
}

static void
store (AppConnections *self, AppConnection *connection)
{
  AppConnectionRow *row = app_connection_row_new ();

  connection->stored = g_get_monotonic_time ();
  row->id = connection->id;
  row->bytes = connection->bytes;
  row->outcome = connection->outcome;
  row->error = g_strdup (connection->error);
  app_database_run_async (self->database, app_store_connection_update, row, (GDestroyNotify) app_connection_row_free, NULL, NULL, on_stored, g_object_ref (self));
}

void
app_connections_received (AppConnections *self, AppConnection *connection, guint64 bytes)
{
  if (connection->outcome != APP_CONNECTION_UNDER_WAY || bytes == 0)
    return;
  connection->bytes += bytes;
  g_object_notify_by_pspec (G_OBJECT (connection), connection_properties[CONNECTION_BYTES]);
  if (connection->stored == 0 || g_get_monotonic_time () - connection->stored >= STORE_INTERVAL)
    store (self, connection);
}

void
app_connections_end (AppConnections *self, AppConnection *connection, AppConnectionOutcome outcome, const char *error)
{
  g_return_if_fail (outcome != APP_CONNECTION_UNDER_WAY);

  if (connection->outcome != APP_CONNECTION_UNDER_WAY)
    return;
  connection->outcome = outcome;
  connection->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (connection), connection_properties[CONNECTION_OUTCOME]);
  if (error)
    g_object_notify_by_pspec (G_OBJECT (connection), connection_properties[CONNECTION_ERROR]);
  store (self, connection);
}

void
app_connections_close (AppConnections *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (AppConnection) connection = g_list_model_get_item (G_LIST_MODEL (self->list), i);
    app_connections_end (self, connection, APP_CONNECTION_INTERRUPTED, NULL);
  }
}

/* ---- object ---- */

static void
app_connections_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_NOTICE:
    g_value_set_string (value, APP_CONNECTIONS (object)->notice);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_connections_finalize (GObject *object)
{
  AppConnections *self = APP_CONNECTIONS (object);

  g_clear_object (&self->list);
  g_clear_object (&self->database);
  g_free (self->notice);
  G_OBJECT_CLASS (app_connections_parent_class)->finalize (object);
}

static void
app_connections_class_init (AppConnectionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = app_connections_finalize;
  object_class->get_property = app_connections_get_property;
  properties[PROP_NOTICE] = g_param_spec_string ("notice", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_connections_init (AppConnections *self)
{
  self->list = g_list_store_new (APP_TYPE_CONNECTION);
}

AppConnections *
app_connections_new (AppDatabase *database, GPtrArray *rows)
{
  AppConnections *self = g_object_new (APP_TYPE_CONNECTIONS, NULL);
  g_autoptr (GPtrArray) stored = g_ptr_array_new_with_free_func (g_object_unref);

  self->database = g_object_ref (database);
  if (g_str_equal (app_database_get_path (database), ":memory:"))
    self->notice = g_strdup (_("The history could not be opened, so this list is gone when Melete ends."));
  for (guint i = 0; rows && i < rows->len; i++)
    g_ptr_array_add (stored, app_connection_new (rows->pdata[i]));
  g_list_store_splice (self->list, 0, 0, stored->pdata, stored->len);
  return self;
}
