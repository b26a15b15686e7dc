/* SPDX-License-Identifier: MIT */
#include "room.h"

#include <gst/base/gstbasesink.h>
#include <gst/base/gstpushsrc.h>
#include <string.h>

#define CAPS "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=48000"
#define DELAY (ROOM_RATE / 100)
#define LATE (400 * GST_MSECOND)
#define LOUDNESS 0.3
#define BLOCK (ROOM_RATE / 100)
#define SECONDS 60

/* What is in the air, by the sample of the open microphone. */
static GMutex lock;
static gint16 air[SECONDS * ROOM_RATE];
static gsize now;     /* the microphone's next sample */
static gsize sound;   /* where the loudspeaker's next sample arrives; before `now`: it is silent */
static GstElement *microphone; /* while it is open */
static gint16 *person;
static gsize n_person, first_person;

void
room_set_person (const gint16 *samples, gsize n, double second)
{
  g_mutex_lock (&lock);
  g_free (person);
  person = g_memdup2 (samples, n * sizeof *samples);
  n_person = n;
  first_person = (gsize) (second * ROOM_RATE);
  g_mutex_unlock (&lock);
}

/* ---- the loudspeaker ---- */

typedef GstBaseSink RoomSink;
typedef GstBaseSinkClass RoomSinkClass;
static GType room_sink_get_type (void);
G_DEFINE_TYPE (RoomSink, room_sink, GST_TYPE_BASE_SINK)

/* Under the lock: where the sound of `buffer` arrives at the microphone, 0 when that is not open. */
static gsize
find_place (GstBaseSink *sink, GstBuffer *buffer)
{
  GstClockTime due = gst_segment_to_running_time (&sink->segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  GstClockTime late = gst_element_get_current_running_time (GST_ELEMENT (sink)) - due;
  GstClockTime time = microphone != NULL ? gst_element_get_current_running_time (microphone) : GST_CLOCK_TIME_NONE;

  return GST_CLOCK_TIME_IS_VALID (time) && time > late ? gst_util_uint64_scale (time - late, ROOM_RATE, GST_SECOND) + DELAY : 0;
}

static GstFlowReturn
room_sink_render (GstBaseSink *sink, GstBuffer *buffer)
{
  GstMapInfo map;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  g_mutex_lock (&lock);
  /* What follows without a pause follows to the sample, also when this thread comes too late to be heard; it begins when the clock says so, not when the thread wakes. */
  if (sound + ROOM_RATE / 2 < now || sound == 0)
    sound = find_place (sink, buffer);
  for (gsize i = 0; sound > 0 && i < map.size / 2 && sound < G_N_ELEMENTS (air); i++)
    air[sound++] = (gint16) (((const gint16 *) (void *) map.data)[i] * LOUDNESS);
  g_mutex_unlock (&lock);
  gst_buffer_unmap (buffer, &map);
  return GST_FLOW_OK;
}

static void
room_sink_class_init (RoomSinkClass *klass)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);

  klass->render = room_sink_render;
  gst_element_class_add_pad_template (GST_ELEMENT_CLASS (klass), gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Loudspeaker", "Sink/Audio", "Of the room", "Melete");
}

static void
room_sink_init (RoomSink *self)
{
}

/* ---- the microphone ---- */

typedef GstPushSrc RoomSrc;
typedef GstPushSrcClass RoomSrcClass;
static GType room_src_get_type (void);
G_DEFINE_TYPE (RoomSrc, room_src, GST_TYPE_PUSH_SRC)

static gboolean
room_src_start (GstBaseSrc *source)
{
  g_mutex_lock (&lock);
  now = sound = 0;
  microphone = GST_ELEMENT (source);
  memset (air, 0, sizeof air);
  g_mutex_unlock (&lock);
  return TRUE;
}

static gboolean
room_src_stop (GstBaseSrc *source)
{
  g_mutex_lock (&lock);
  microphone = NULL;
  g_mutex_unlock (&lock);
  return TRUE;
}

/* Ten milliseconds; the base class waits for the clock until they are late enough. */
static GstFlowReturn
room_src_create (GstPushSrc *source, GstBuffer **buffer)
{
  gint16 samples[BLOCK];

  g_mutex_lock (&lock);
  if (now + BLOCK > G_N_ELEMENTS (air)) {
    g_mutex_unlock (&lock);
    return GST_FLOW_EOS;
  }
  for (gsize i = 0; i < BLOCK; i++) {
    gsize at = now + i;
    samples[i] = (gint16) (air[at] + (at >= first_person && at - first_person < n_person ? person[at - first_person] : 0));
  }
  *buffer = gst_buffer_new_memdup (samples, sizeof samples);
  GST_BUFFER_PTS (*buffer) = gst_util_uint64_scale (now, GST_SECOND, ROOM_RATE);
  GST_BUFFER_DURATION (*buffer) = GST_SECOND / 100;
  now += BLOCK;
  g_mutex_unlock (&lock);
  return GST_FLOW_OK;
}

static void
room_src_get_times (GstBaseSrc *source, GstBuffer *buffer, GstClockTime *begin, GstClockTime *end)
{
  *begin = GST_BUFFER_PTS (buffer) + LATE;
  *end = *begin + GST_BUFFER_DURATION (buffer);
}

static void
room_src_class_init (RoomSrcClass *klass)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);

  klass->create = room_src_create;
  GST_BASE_SRC_CLASS (klass)->start = room_src_start;
  GST_BASE_SRC_CLASS (klass)->stop = room_src_stop;
  GST_BASE_SRC_CLASS (klass)->get_times = room_src_get_times;
  gst_element_class_add_pad_template (GST_ELEMENT_CLASS (klass), gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass), "Microphone", "Source/Audio", "Of the room", "Melete");
}

static void
room_src_init (RoomSrc *self)
{
  gst_base_src_set_live (GST_BASE_SRC (self), TRUE);
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

void
room_register (void)
{
  gst_element_register (NULL, "roomsink", GST_RANK_NONE, room_sink_get_type ());
  gst_element_register (NULL, "roomsrc", GST_RANK_NONE, room_src_get_type ());
}
