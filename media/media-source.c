/* SPDX-License-Identifier: MIT */
/* The sources of pictures and sound: devices that GStreamer found, what the system prefers, and what the environment puts in their place. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "media-device-private.h"
#include "media-portal.h"
#include "media.h"

void
media_source_init (void)
{
  static gsize begun;

  /* gst_is_initialized () says so while the plugins are still looked for: a second thread would find none. */
  if (g_once_init_enter (&begun)) {
    gst_init (NULL, NULL);
    g_once_init_leave (&begun, 1);
  }
}

static GstElement *
make_element (const char *factory, GError **error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (element == NULL)
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The part “%s” of GStreamer is missing. Install GStreamer's “good” plugins."), factory);
  return element;
}

/* ---- test sources: "test" or "test:KEY=VALUE KEY=VALUE…" ---- */

/* What is said of the pictures, not to the element. */
static const struct {
  const char *key, *field, *usual;
  GType type;
} picture_keys[] = {
  { "width", "width", "640", 0 },
  { "height", "height", "480", 0 },
  { "fps", "framerate", "30/1", 1 },
};

static gboolean
set_test_property (GstElement *element, GstCaps *caps, const char *pair, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (pair, "=", 2);

  if (parts[0] != NULL && parts[1] != NULL) {
    for (gsize i = 0; caps != NULL && i < G_N_ELEMENTS (picture_keys); i++)
      if (strcmp (parts[0], picture_keys[i].key) == 0) {
        g_auto (GValue) value = G_VALUE_INIT;
        g_value_init (&value, picture_keys[i].type == 0 ? G_TYPE_INT : GST_TYPE_FRACTION);
        if (gst_value_deserialize (&value, parts[1])) {
          gst_caps_set_value (caps, picture_keys[i].field, &value);
          return TRUE;
        }
      }
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), parts[0]) != NULL) {
      gst_util_set_object_arg (G_OBJECT (element), parts[0], parts[1]);
      return TRUE;
    }
  }
  g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The test source does not know “%s”. Correct MELETE_CAMERA or MELETE_MICROPHONE, or unset it."), pair);
  return FALSE;
}

static GstElement *
make_test (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  gboolean camera = media_device_get_kind (device) == MEDIA_DEVICE_CAMERA;
  GstElement *element = make_element (camera ? "videotestsrc" : "audiotestsrc", error);
  g_autoptr (GstCaps) caps = camera ? gst_caps_new_empty_simple ("video/x-raw") : NULL;
  g_auto (GStrv) pairs = g_strsplit_set (data, " ,", -1);

  if (element == NULL)
    return NULL;
  g_object_set (element, "is-live", TRUE, NULL);
  for (gsize i = 0; camera && i < G_N_ELEMENTS (picture_keys); i++) {
    g_autofree char *usual = g_strdup_printf ("%s=%s", picture_keys[i].key, picture_keys[i].usual);
    set_test_property (element, caps, usual, NULL);
  }
  for (gsize i = 0; pairs[i] != NULL; i++)
    if (*pairs[i] != '\0' && !set_test_property (element, caps, pairs[i], error)) {
      gst_object_unref (gst_object_ref_sink (element));
      return NULL;
    }
  if (!camera)
    return element;

  GstElement *bin = gst_bin_new (NULL);
  GstElement *filter = gst_element_factory_make ("capsfilter", NULL);
  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add_many (GST_BIN (bin), element, filter, NULL);
  gst_element_link (element, filter);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (filter, "src");
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
  return bin;
}

/* ---- a file that plays as a device would: "file:/path"; a picture stays ---- */

static const char *
file_converter (MediaDevice *device, const char *path)
{
  g_autofree char *type = g_content_type_guess (path, NULL, 0, NULL);

  if (media_device_get_kind (device) == MEDIA_DEVICE_MICROPHONE)
    return "audioconvert";
  return g_content_type_is_mime_type (type, "image/*") ? "imagefreeze ! video/x-raw,framerate=30/1 ! videoconvert" : "videoconvert";
}

static GstElement *
make_file (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree char *description = g_strdup_printf ("filesrc name=file ! decodebin ! %s ! clocksync name=end", file_converter (device, data));
  g_autoptr (GError) trouble = NULL;
  /* Only its end becomes a pad: what decodebin is linked to later has a pad that is open as long. */
  GstElement *bin = gst_parse_bin_from_description (description, FALSE, &trouble);

  if (bin == NULL) {
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The file “%s” cannot take the place of a device (%s)."), (const char *) data, trouble->message);
    return NULL;
  }
  g_autoptr (GstElement) file = gst_bin_get_by_name (GST_BIN (bin), "file");
  g_autoptr (GstElement) end = gst_bin_get_by_name (GST_BIN (bin), "end");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (end, "src");
  g_object_set (file, "location", data, NULL);
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
  return bin;
}

/* ---- any source in the words of gst-launch: "gst:SOURCE ! …" ---- */

static GstElement *
make_described (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  GstElement *bin = gst_parse_bin_from_description_full (data, TRUE, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &trouble);

  if (bin == NULL)
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” cannot take the place of a device (%s)."), (const char *) data, trouble->message);
  return bin;
}

static const struct {
  const char *scheme;
  MediaSourceMaker make;
} schemes[] = {
  { "test", make_test },
  { "file", make_file },
  { "gst", make_described },
};

static GstElement *
make_nothing (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” is no source that can take the place of a device. MELETE_CAMERA and MELETE_MICROPHONE are “test”, “test:” with properties, “file:” with a path, “gst:” with words of gst-launch, or not set."), (const char *) data);
  return NULL;
}

MediaDevice *
media_source_from_environment (MediaDeviceKind kind)
{
  static const char *const variables[MEDIA_DEVICE_N] = { [MEDIA_DEVICE_CAMERA] = "MELETE_CAMERA", [MEDIA_DEVICE_MICROPHONE] = "MELETE_MICROPHONE" };
  const char *what = g_getenv (variables[kind]);

  if (what == NULL || *what == '\0')
    return NULL;
  /* Translators: %s is what a developer wrote, as "test:wave=ticks" */
  g_autofree char *name = g_strdup_printf (kind == MEDIA_DEVICE_CAMERA ? _ ("Test source instead of a camera (%s)") : _ ("Test source instead of a microphone (%s)"), what);
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    gsize length = strlen (schemes[i].scheme);
    if (strncmp (what, schemes[i].scheme, length) == 0 && (what[length] == ':' || what[length] == '\0'))
      return media_device_new (kind, what, name, schemes[i].make, g_strdup (what[length] == ':' ? what + length + 1 : ""), g_free);
  }
  return media_device_new (kind, what, name, make_nothing, g_strdup (what), g_free);
}

/* ---- devices ---- */

static GstElement *
make_gst (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  GstElement *element = gst_device_create_element (data, NULL);

  if (element == NULL)
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” cannot be opened, because a part of GStreamer is missing. Install GStreamer's “good” plugins."), media_device_get_name (device));
  return element;
}

MediaDevice *
media_source_from_gst (MediaDeviceKind kind, GstDevice *device)
{
  /* What stays the same of a device, by who found it: ALSA and PulseAudio, PipeWire, Video4Linux. */
  static const char *const keys[] = { "device.bus_path", "node.name", "v4l2.device.bus_info", "device.path", "alsa.card_name" };
  g_autoptr (GstStructure) properties = gst_device_get_properties (device);
  g_autofree char *name = gst_device_get_display_name (device);
  const char *id = NULL;

  for (gsize i = 0; properties != NULL && id == NULL && i < G_N_ELEMENTS (keys); i++)
    id = gst_structure_get_string (properties, keys[i]);
  /* One card may have several inputs, and one camera several nodes. */
  g_autofree char *whole = id != NULL ? g_strdup_printf ("%s %s", id, name) : g_strdup (name);
  return media_device_new (kind, whole, name, make_gst, g_object_ref (device), g_object_unref);
}

static GstElement *
make_preferred (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  return make_element (data, error);
}

MediaDevice *
media_source_preferred (MediaDeviceKind kind)
{
  if (kind == MEDIA_DEVICE_CAMERA && media_portal_is_needed ())
    return media_portal_camera ();
  if (kind == MEDIA_DEVICE_CAMERA)
    return media_device_new (kind, MEDIA_DEVICE_DEFAULT, _ ("First camera"), make_preferred, (gpointer) "v4l2src", NULL);
  return media_device_new (kind, MEDIA_DEVICE_DEFAULT, _ ("Microphone of the system"), make_preferred, (gpointer) "autoaudiosrc", NULL);
}
