/* SPDX-License-Identifier: MIT */
#include "media-devices.h"

#include "media-device-private.h"
#include "media-portal.h"

/* What is looked for, by GStreamer's names of classes. */
static const char *const classes[MEDIA_DEVICE_N] = { [MEDIA_DEVICE_CAMERA] = "Video/Source", [MEDIA_DEVICE_MICROPHONE] = "Audio/Source" };

/* The part that a thread and the object share. GStreamer's first start looks through all plugins, and a monitor
 * asks servers, so a thread does both. */
typedef struct {
  gatomicrefcount ref_count;
  GstDeviceMonitor *monitor; /* the thread's, until it has looked */
  GMainContext *context;
  gboolean wanted[MEDIA_DEVICE_N]; /* that the monitor looks for */
  gboolean asks_portal;
  gboolean has_portal_camera; /* when `asks_portal`, after the look */
  gboolean started;
  MediaDevices *owner; /* of the context's thread; NULL when it is gone */
} Look;

struct _MediaDevices {
  GObject parent_instance;

  GListStore *lists[MEDIA_DEVICE_N];
  Look *look;
  GSource *watch; /* of the monitor's bus */
  gboolean ready;
};

G_DEFINE_FINAL_TYPE (MediaDevices, media_devices, G_TYPE_OBJECT)

enum { PROP_READY = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

static Look *
look_ref (Look *look)
{
  g_atomic_ref_count_inc (&look->ref_count);
  return look;
}

static void
look_unref (Look *look)
{
  if (!g_atomic_ref_count_dec (&look->ref_count))
    return;
  if (look->started)
    gst_device_monitor_stop (look->monitor);
  gst_clear_object (&look->monitor);
  g_main_context_unref (look->context);
  g_free (look);
}

/* ---- the lists ---- */

static gboolean
is_preferred (const GstStructure *properties)
{
  gboolean preferred;

  return properties != NULL && gst_structure_get_boolean (properties, "is-default", &preferred) && preferred;
}

/* What loudspeakers play can be recorded too, and is no microphone. */
static gboolean
is_monitor (const GstStructure *properties)
{
  return properties != NULL && g_strcmp0 (gst_structure_get_string (properties, "device.class"), "monitor") == 0;
}

static gboolean
find_gst (MediaDevices *self, GstDevice *gst, MediaDeviceKind *kind, guint *position)
{
  for (guint k = 0; k < MEDIA_DEVICE_N; k++) {
    GListModel *list = G_LIST_MODEL (self->lists[k]);
    for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
      g_autoptr (MediaDevice) device = g_list_model_get_item (list, i);
      if (media_source_is_gst (device, gst)) {
        *kind = (MediaDeviceKind) k;
        *position = i;
        return TRUE;
      }
    }
  }
  return FALSE;
}

static void
add (MediaDevices *self, GstDevice *gst)
{
  g_autoptr (GstStructure) properties = gst_device_get_properties (gst);
  MediaDeviceKind kind;
  guint position;

  if (is_monitor (properties) || find_gst (self, gst, &kind, &position))
    return;
  for (guint k = 0; k < MEDIA_DEVICE_N; k++)
    if (self->look->wanted[k] && gst_device_has_classes (gst, classes[k])) {
      g_autoptr (MediaDevice) device = media_source_from_gst ((MediaDeviceKind) k, gst);
      if (is_preferred (properties))
        g_list_store_insert (self->lists[k], 0, device);
      else
        g_list_store_append (self->lists[k], device);
    }
}

static void
take_away (MediaDevices *self, GstDevice *gst)
{
  MediaDeviceKind kind;
  guint position;

  while (find_gst (self, gst, &kind, &position))
    g_list_store_remove (self->lists[kind], position);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  MediaDevices *self = data;
  g_autoptr (GstDevice) device = NULL;
  g_autoptr (GstDevice) changed = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_DEVICE_ADDED:
    gst_message_parse_device_added (message, &device);
    add (self, device);
    break;
  case GST_MESSAGE_DEVICE_REMOVED:
    gst_message_parse_device_removed (message, &device);
    take_away (self, device);
    break;
  case GST_MESSAGE_DEVICE_CHANGED:
    /* It may have another name now, or be preferred. */
    gst_message_parse_device_changed (message, &device, &changed);
    take_away (self, changed);
    add (self, device);
    break;
  default:
    break;
  }
  return G_SOURCE_CONTINUE;
}

/* ---- looking ---- */

/* The last reference goes on a thread of its own. */
static gpointer
end (gpointer data)
{
  look_unref (data);
  return NULL;
}

static void
let_go (Look *look)
{
  g_thread_unref (g_thread_new ("devices", end, look));
}

static gboolean
on_looked (gpointer data)
{
  Look *look = data;
  MediaDevices *self = look->owner;

  if (self == NULL) {
    let_go (look_ref (look));
    return G_SOURCE_REMOVE;
  }
  if (look->has_portal_camera) {
    g_autoptr (MediaDevice) camera = media_portal_camera ();
    g_list_store_append (self->lists[MEDIA_DEVICE_CAMERA], camera);
  }
  if (look->started) {
    /* First the bus, then the list: what comes between is in both and is added once. */
    g_autoptr (GstBus) bus = gst_device_monitor_get_bus (look->monitor);
    self->watch = gst_bus_create_watch (bus);
    g_source_set_callback (self->watch, G_SOURCE_FUNC (on_message), self, NULL);
    g_source_attach (self->watch, look->context);
    GList *found = gst_device_monitor_get_devices (look->monitor);
    for (GList *at = found; at != NULL; at = at->next)
      add (self, at->data);
    g_list_free_full (found, g_object_unref);
  }
  self->ready = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
  return G_SOURCE_REMOVE;
}

static gpointer
begin (gpointer data)
{
  Look *look = data;
  GSource *source = g_idle_source_new ();

  if (look->asks_portal) {
    g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
    look->has_portal_camera = bus != NULL && media_portal_has_camera (bus);
  }
  if (look->wanted[MEDIA_DEVICE_CAMERA] || look->wanted[MEDIA_DEVICE_MICROPHONE]) {
    media_source_init ();
    look->monitor = gst_device_monitor_new ();
    for (guint kind = 0; kind < MEDIA_DEVICE_N; kind++)
      if (look->wanted[kind])
        gst_device_monitor_add_filter (look->monitor, classes[kind], NULL);
    /* A system with neither sound nor cameras has nothing to start, and that is fine. */
    look->started = gst_device_monitor_start (look->monitor);
  }
  g_source_set_callback (source, on_looked, look, (GDestroyNotify) look_unref);
  g_source_attach (source, look->context);
  g_source_unref (source);
  return NULL;
}

static void
media_devices_constructed (GObject *object)
{
  MediaDevices *self = MEDIA_DEVICES (object);
  Look *look = g_new0 (Look, 1);

  G_OBJECT_CLASS (media_devices_parent_class)->constructed (object);
  g_atomic_ref_count_init (&look->ref_count);
  look->context = g_main_context_ref_thread_default ();
  look->owner = self;
  look->asks_portal = media_portal_is_needed ();
  self->look = look;
  for (guint kind = 0; kind < MEDIA_DEVICE_N; kind++) {
    g_autoptr (MediaDevice) replacement = media_source_from_environment ((MediaDeviceKind) kind);
    if (replacement != NULL)
      g_list_store_append (self->lists[kind], replacement);
    if (kind == MEDIA_DEVICE_CAMERA && replacement != NULL)
      look->asks_portal = FALSE;
    look->wanted[kind] = replacement == NULL && !(kind == MEDIA_DEVICE_CAMERA && look->asks_portal);
  }
  if (look->wanted[MEDIA_DEVICE_CAMERA] || look->wanted[MEDIA_DEVICE_MICROPHONE] || look->asks_portal)
    g_thread_unref (g_thread_new ("devices", begin, look_ref (look)));
  else
    self->ready = TRUE;
}

GListModel *
media_devices_get_list (MediaDevices *self, MediaDeviceKind kind)
{
  return G_LIST_MODEL (self->lists[kind]);
}

gboolean
media_devices_get_ready (MediaDevices *self)
{
  return self->ready;
}

MediaDevice *
media_devices_find (MediaDevices *self, MediaDeviceKind kind, const char *id)
{
  GListModel *list = G_LIST_MODEL (self->lists[kind]);

  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (list); i++) {
    g_autoptr (MediaDevice) device = g_list_model_get_item (list, i);
    if (g_strcmp0 (media_device_get_id (device), id) == 0)
      return g_steal_pointer (&device);
  }
  return g_list_model_get_item (list, 0);
}

static void
media_devices_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, MEDIA_DEVICES (object)->ready);
}

static void
media_devices_dispose (GObject *object)
{
  MediaDevices *self = MEDIA_DEVICES (object);

  if (self->watch != NULL) {
    g_source_destroy (self->watch);
    g_clear_pointer (&self->watch, g_source_unref);
  }
  if (self->look != NULL) {
    self->look->owner = NULL;
    let_go (g_steal_pointer (&self->look));
  }
  for (guint kind = 0; kind < MEDIA_DEVICE_N; kind++)
    g_clear_object (&self->lists[kind]);
  G_OBJECT_CLASS (media_devices_parent_class)->dispose (object);
}

static void
media_devices_class_init (MediaDevicesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = media_devices_constructed;
  object_class->dispose = media_devices_dispose;
  object_class->get_property = media_devices_get_property;
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
media_devices_init (MediaDevices *self)
{
  for (guint kind = 0; kind < MEDIA_DEVICE_N; kind++)
    self->lists[kind] = g_list_store_new (MEDIA_TYPE_DEVICE);
}

MediaDevices *
media_devices_new (void)
{
  return g_object_new (MEDIA_TYPE_DEVICES, NULL);
}
