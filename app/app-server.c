/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-server-private.h"

#include <string.h>

#include "app-server-address.h"

/* ---- AppServerModel ---- */

G_DEFINE_BOXED_TYPE (AppServerModel, app_server_model, app_server_model_ref, app_server_model_unref)

AppServerModel *
app_server_model_new (const char *id, const char *owner)
{
  AppServerModel *model = g_atomic_rc_box_new0 (AppServerModel);

  model->id = g_strdup (id);
  model->owner = g_strdup (owner ? owner : "");
  return model;
}

AppServerModel *
app_server_model_copy (const AppServerModel *model)
{
  AppServerModel *copy = app_server_model_new (model->id, model->owner);

  copy->context = model->context;
  copy->sight = model->sight;
  copy->pictures = model->pictures;
  return copy;
}

AppServerModel *
app_server_model_ref (AppServerModel *model)
{
  return g_atomic_rc_box_acquire (model);
}

static void
clear_model (gpointer data)
{
  AppServerModel *model = data;

  g_free (model->id);
  g_free (model->owner);
}

void
app_server_model_unref (AppServerModel *model)
{
  g_atomic_rc_box_release_full (model, clear_model);
}

char *
app_server_model_dup_name (const AppServerModel *model)
{
  const char *slash = strrchr (model->id, '/');
  const char *name = slash && slash[1] ? slash + 1 : model->id;
  gsize length = strlen (name);

  if (length > 5 && g_str_has_suffix (name, ".gguf"))
    length -= 5;
  return g_strndup (name, length);
}

/* ---- AppServer ---- */

struct _AppServer {
  GObject parent;
  gint64 id;
  char *name, *address, *host;
  GPtrArray *models; /* AppServerModel */
  AppClient *client;
};

enum { PROP_0, PROP_NAME, PROP_ADDRESS, PROP_MODELS, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppServer, app_server, G_TYPE_OBJECT)

gint64
app_server_get_id (AppServer *self)
{
  return self->id;
}

const char *
app_server_get_name (AppServer *self)
{
  return *self->name ? self->name : self->host;
}

const char *
app_server_get_given_name (AppServer *self)
{
  return self->name;
}

const char *
app_server_get_address (AppServer *self)
{
  return self->address;
}

const char *
app_server_get_host (AppServer *self)
{
  return self->host;
}

GPtrArray *
app_server_get_models (AppServer *self)
{
  return self->models;
}

AppClient *
app_server_get_client (AppServer *self)
{
  return self->client;
}

static void
set_all (AppServer *self, const char *name, const char *address, GPtrArray *models)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self->host);
  self->name = g_strdup (name);
  self->address = g_strdup (address);
  self->host = app_server_address_dup_host (address);
  g_ptr_array_ref (models);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  self->models = models;
}

void
app_server_change (AppServer *self, const char *name, const char *address, GPtrArray *models)
{
  set_all (self, name, address, models);
  for (guint i = PROP_NAME; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
app_server_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppServer *self = APP_SERVER (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, app_server_get_name (self));
    break;
  case PROP_ADDRESS:
    g_value_set_string (value, self->address);
    break;
  case PROP_MODELS:
    g_value_set_boxed (value, self->models);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_server_finalize (GObject *object)
{
  AppServer *self = APP_SERVER (object);

  g_free (self->name);
  g_free (self->address);
  g_free (self->host);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (app_server_parent_class)->finalize (object);
}

static void
app_server_class_init (AppServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_server_finalize;
  object_class->get_property = app_server_get_property;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, "", flags);
  properties[PROP_MODELS] = g_param_spec_boxed ("models", NULL, NULL, G_TYPE_PTR_ARRAY, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_server_init (AppServer *self)
{
}

AppServer *
app_server_new (gint64 id, const char *name, const char *address, GPtrArray *models, AppClient *client)
{
  AppServer *self = g_object_new (APP_TYPE_SERVER, NULL);

  self->id = id;
  self->client = g_object_ref (client);
  set_all (self, name, address, models);
  return self;
}
