/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-client.h"

struct _AppClient {
  GObject parent;
  AppConnections *connections;
  AppKeys *keys;
  SoupSession *session;
  guint patience;
};

G_DEFINE_FINAL_TYPE (AppClient, app_client, G_TYPE_OBJECT)

AppConnections *
app_client_get_connections (AppClient *self)
{
  return self->connections;
}

AppKeys *
app_client_get_keys (AppClient *self)
{
  return self->keys;
}

SoupSession *
app_client_get_session (AppClient *self)
{
  return self->session;
}

guint
app_client_get_patience (AppClient *self, guint usual)
{
  return self->patience ? self->patience : usual;
}

void
app_client_set_patience (AppClient *self, guint ms)
{
  self->patience = ms;
}

static void
app_client_finalize (GObject *object)
{
  AppClient *self = APP_CLIENT (object);

  soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->connections);
  g_clear_object (&self->keys);
  G_OBJECT_CLASS (app_client_parent_class)->finalize (object);
}

static void
app_client_class_init (AppClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_client_finalize;
}

static void
app_client_init (AppClient *self)
{
  /* Silence is measured by each exchange. */
  self->session = soup_session_new_with_options ("user-agent", "Melete", "timeout", 0, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
}

AppClient *
app_client_new (AppConnections *connections, AppKeys *keys)
{
  AppClient *self = g_object_new (APP_TYPE_CLIENT, NULL);

  g_set_object (&self->connections, connections);
  g_set_object (&self->keys, keys);
  return self;
}
