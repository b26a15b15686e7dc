/* SPDX-License-Identifier: MIT */
#include "media-device-private.h"

struct _MediaDevice {
  GObject parent_instance;

  MediaDeviceKind kind;
  char *id, *name;
  MediaSourceMaker make;
  gpointer data;
  GDestroyNotify free_data;
};

G_DEFINE_FINAL_TYPE (MediaDevice, media_device, G_TYPE_OBJECT)

enum { PROP_ID = 1, PROP_NAME, N_PROPS };
static GParamSpec *props[N_PROPS];

MediaDevice *
media_device_new (MediaDeviceKind kind, const char *id, const char *name, MediaSourceMaker make, gpointer data, GDestroyNotify free_data)
{
  MediaDevice *self = g_object_new (MEDIA_TYPE_DEVICE, NULL);

  self->kind = kind;
  self->id = g_strdup (id);
  self->name = g_utf8_make_valid (name, -1);
  self->make = make;
  self->data = data;
  self->free_data = free_data;
  return self;
}

GstElement *
media_device_make_source (MediaDevice *self, GCancellable *cancellable, GError **error)
{
  return self->make (self, self->data, cancellable, error);
}

gboolean
media_source_is_gst (MediaDevice *self, GstDevice *device)
{
  return self->data == device;
}

const char *
media_device_get_id (MediaDevice *self)
{
  return self->id;
}

const char *
media_device_get_name (MediaDevice *self)
{
  return self->name;
}

MediaDeviceKind
media_device_get_kind (MediaDevice *self)
{
  return self->kind;
}

MediaDevice *
media_device_get_default (MediaDeviceKind kind)
{
  MediaDevice *device = media_source_from_environment (kind);

  return device != NULL ? device : media_source_preferred (kind);
}

static void
media_device_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MediaDevice *self = MEDIA_DEVICE (object);

  g_value_set_string (value, id == PROP_ID ? self->id : self->name);
}

static void
media_device_finalize (GObject *object)
{
  MediaDevice *self = MEDIA_DEVICE (object);

  g_free (self->id);
  g_free (self->name);
  if (self->free_data != NULL)
    self->free_data (self->data);
  G_OBJECT_CLASS (media_device_parent_class)->finalize (object);
}

static void
media_device_class_init (MediaDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = media_device_finalize;
  object_class->get_property = media_device_get_property;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
media_device_init (MediaDevice *self)
{
}
