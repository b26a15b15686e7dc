/* SPDX-License-Identifier: MIT */
#include "fake-provider.h"

#include <string.h>

typedef GstDevice FakeDevice;
typedef GstDeviceClass FakeDeviceClass;
static GType fake_device_get_type (void);
G_DEFINE_TYPE (FakeDevice, fake_device, GST_TYPE_DEVICE)

static GstElement *
fake_device_create_element (GstDevice *device, const char *name)
{
  GstElement *element = gst_element_factory_make ("audiotestsrc", name);
  g_object_set (element, "is-live", TRUE, NULL);
  return element;
}

static void
fake_device_class_init (FakeDeviceClass *klass)
{
  klass->create_element = fake_device_create_element;
}

static void
fake_device_init (FakeDevice *self)
{
}

typedef GstDeviceProvider FakeProvider;
typedef GstDeviceProviderClass FakeProviderClass;
static GType fake_provider_get_type (void);
G_DEFINE_TYPE (FakeProvider, fake_provider, GST_TYPE_DEVICE_PROVIDER)

GstDeviceProvider *fake_provider;
guint fake_provider_n_starts, fake_provider_n_stops;

GstDevice *
fake_device_new (const char *name, const char *class, const char *device_class, gboolean preferred)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple (strstr (class, "Video") != NULL ? "video/x-raw" : "audio/x-raw");
  g_autoptr (GstStructure) properties = gst_structure_new ("properties", "device.class", G_TYPE_STRING, device_class, "is-default", G_TYPE_BOOLEAN, preferred,
                                                           "node.name", G_TYPE_STRING, "fake-node", NULL);
  return g_object_new (fake_device_get_type (), "display-name", name, "caps", caps, "device-class", class, "properties", properties, NULL);
}

static gboolean
fake_provider_start (GstDeviceProvider *self)
{
  fake_provider = self;
  gst_device_provider_device_add (self, fake_device_new ("Fake microphone", "Audio/Source", "sound", FALSE));
  gst_device_provider_device_add (self, fake_device_new ("Fake preferred microphone", "Audio/Source", "sound", TRUE));
  gst_device_provider_device_add (self, fake_device_new ("Fake monitor", "Audio/Source", "monitor", FALSE));
  gst_device_provider_device_add (self, fake_device_new ("Fake loudspeaker", "Audio/Sink", "sound", FALSE));
  gst_device_provider_device_add (self, fake_device_new ("Fake camera", "Source/Video", "camera", FALSE));
  g_atomic_int_inc (&fake_provider_n_starts);
  return TRUE;
}

static void
fake_provider_stop (GstDeviceProvider *self)
{
  fake_provider = NULL;
  g_atomic_int_inc (&fake_provider_n_stops);
}

static void
fake_provider_class_init (FakeProviderClass *klass)
{
  klass->start = fake_provider_start;
  klass->stop = fake_provider_stop;
  gst_device_provider_class_set_static_metadata (klass, "Fake", "Source/Audio/Video", "Devices of a test", "Melete");
}

static void
fake_provider_init (FakeProvider *self)
{
}

/* Whatever this machine has does not count. (And PulseAudio's provider loses descriptors where no server answers.) */
static void
silence_others (void)
{
  GList *providers = gst_registry_get_feature_list (gst_registry_get (), GST_TYPE_DEVICE_PROVIDER_FACTORY);

  for (GList *at = providers; at != NULL; at = at->next)
    gst_plugin_feature_set_rank (at->data, GST_RANK_NONE);
  gst_plugin_feature_list_free (providers);
}

void
fake_provider_register (void)
{
  silence_others ();
  g_assert_true (gst_device_provider_register (NULL, "fakedevices", GST_RANK_PRIMARY, fake_provider_get_type ()));
}
