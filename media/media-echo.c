/* SPDX-License-Identifier: MIT */
#include "media-echo.h"

#include <gst/app/gstappsink.h>
#include <gst/audio/audio.h>

/* What webrtcdsp takes. In pieces of its own length: what is told in larger ones is told too early, by so much that half of an echo stays. */
#define CAPS "audio/x-raw,format=" GST_AUDIO_NE (S16) ",layout=interleaved,channels=1,rate=48000"
G_STATIC_ASSERT (MEDIA_ECHO_RATE == 48000);
#define PIECES_A_SECOND 100
#define PIECES "audiobuffersplit output-buffer-duration=1/" G_STRINGIFY (PIECES_A_SECOND)
/* Seconds of it that may wait on either side. More than the outputs hold at once, or something is lost; in a stall, what is old is of no use. */
#define PATIENCE 2
#define PIECE (GST_SECOND / PIECES_A_SECOND)
/* What a busy machine brings later than this is left out. */
#define TOO_LATE (PIECE * 3 / 2)
/* How much sooner it is told, nanoseconds: an echo must not come before its sound. */
#define LEAD (20 * GST_MSECOND)
/* Microseconds after which nothing is heard of it any more. */
#define ECHO 300000

static GMutex lock;
/* Monotonic times: since when something is played, and when the last of it was; 0 before. */
static gint64 first, last;

/* Of an open microphone. What is played waits in `pieces` until the microphone has come to that moment: samples of devices are late, each by its own time, and webrtcdsp finds no
 * echo that comes much later, or earlier, than what it was told. */
struct _MediaEar {
  GstElement *probe; /* webrtcechoprobe, in the pipeline */
  /* Lead into it and out of it, on the microphone's own thread: another one would be late now and then, and a sink might hold it up. */
  GstPad *into, *out;
  GQueue pieces; /* GstBuffer *, whose PTS is the microphone's running time in the moment of playing */
  /* The microphone's thread's: */
  gboolean begun;
  GstClockTime heard; /* running time up to which it was told */
};

static GPtrArray *ears; /* MediaEar *, the microphones' */

/* webrtcechoprobe asks how late things are when it hears of a latency, and does nothing before. */
static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* webrtcechoprobe has kept what it wants of it. */
static GstFlowReturn
on_heard (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

/* They have no parent in common with the probe, and need none. */
static GstPad *
add_pad (GstElement *probe, GstPadDirection direction)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new (NULL, direction));
  g_autoptr (GstPad) peer = gst_element_get_static_pad (probe, direction == GST_PAD_SRC ? "sink" : "src");

  if (direction == GST_PAD_SRC) {
    gst_pad_set_query_function (pad, on_query);
    gst_pad_link_full (pad, peer, GST_PAD_LINK_CHECK_NOTHING);
  } else {
    gst_pad_set_chain_function (pad, on_heard);
    gst_pad_link_full (peer, pad, GST_PAD_LINK_CHECK_NOTHING);
  }
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static void
remove_pad (GstPad *pad)
{
  g_autoptr (GstPad) peer = gst_pad_get_peer (pad);

  gst_pad_set_active (pad, FALSE);
  if (peer != NULL && GST_PAD_IS_SRC (pad))
    gst_pad_unlink (pad, peer);
  else if (peer != NULL)
    gst_pad_unlink (peer, pad);
  gst_object_unref (pad);
}

MediaEar *
media_ear_new (const char *name, GstElement *pipeline)
{
  GstElement *probe = gst_element_factory_make ("webrtcechoprobe", name);
  MediaEar *ear;

  if (probe == NULL)
    return NULL;
  ear = g_new0 (MediaEar, 1);
  ear->probe = gst_object_ref_sink (probe);
  /* First: what is added loses its links. */
  gst_bin_add (GST_BIN (pipeline), probe);
  ear->into = add_pad (probe, GST_PAD_SRC);
  ear->out = add_pad (probe, GST_PAD_SINK);
  g_queue_init (&ear->pieces);
  g_mutex_lock (&lock);
  if (ears == NULL)
    ears = g_ptr_array_new ();
  g_ptr_array_add (ears, ear);
  g_mutex_unlock (&lock);
  return ear;
}

void
media_ear_free (MediaEar *ear)
{
  g_mutex_lock (&lock);
  g_ptr_array_remove_fast (ears, ear);
  g_mutex_unlock (&lock);
  remove_pad (ear->into);
  remove_pad (ear->out);
  g_queue_clear_full (&ear->pieces, (GDestroyNotify) gst_buffer_unref);
  gst_object_unref (ear->probe);
  g_free (ear);
}

static void
begin (MediaEar *ear)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string (CAPS);
  GstSegment segment;

  if (ear->begun)
    return;
  ear->begun = TRUE;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (ear->into, gst_event_new_stream_start ("melete-played"));
  gst_pad_push_event (ear->into, gst_event_new_caps (caps));
  gst_pad_push_event (ear->into, gst_event_new_segment (&segment));
  gst_pad_push_event (ear->out, gst_event_new_latency (0));
}

/* What was played in the piece's time that begins at `time`, or silence. (transfer full) */
static GstBuffer *
take_piece (MediaEar *ear, GstClockTime time)
{
  GstBuffer *piece = NULL;

  g_mutex_lock (&lock);
  while ((piece = g_queue_peek_head (&ear->pieces)) != NULL && GST_BUFFER_PTS (piece) + TOO_LATE < time)
    gst_buffer_unref (g_queue_pop_head (&ear->pieces));
  piece = piece != NULL && GST_BUFFER_PTS (piece) < time + PIECE ? g_queue_pop_head (&ear->pieces) : NULL;
  g_mutex_unlock (&lock);
  if (piece == NULL) {
    piece = gst_buffer_new_allocate (NULL, MEDIA_ECHO_RATE / PIECES_A_SECOND * sizeof (gint16), NULL);
    gst_buffer_memset (piece, 0, 0, MEDIA_ECHO_RATE / PIECES_A_SECOND * sizeof (gint16));
    GST_BUFFER_PTS (piece) = time;
  }
  return piece;
}

/* As many samples as the microphone has, always: webrtcdsp counts them, and takes what is missing for another way through the air. */
void
media_ear_hear (MediaEar *ear, GstClockTime until)
{
  begin (ear);
  /* At first, and after a gap that no echo lasts over. */
  if (ear->heard == 0 || until > ear->heard + PATIENCE * GST_SECOND)
    ear->heard = until;
  for (; ear->heard < until + LEAD; ear->heard += PIECE)
    gst_pad_push (ear->into, take_piece (ear, ear->heard));
}

/* Under the lock. A microphone that is not running has no time. */
static void
keep (MediaEar *ear, GstBuffer *played, GstClockTime late)
{
  GstClockTime time = gst_element_get_current_running_time (ear->probe);
  GstBuffer *piece;

  if (!GST_CLOCK_TIME_IS_VALID (time) || time < late)
    return;
  piece = gst_buffer_copy (played); /* the samples are shared */
  GST_BUFFER_PTS (piece) = time - late;
  GST_BUFFER_DTS (piece) = GST_BUFFER_DURATION (piece) = GST_CLOCK_TIME_NONE;
  g_queue_push_tail (&ear->pieces, piece);
  if (g_queue_get_length (&ear->pieces) > PATIENCE * PIECES_A_SECOND)
    gst_buffer_unref (g_queue_pop_head (&ear->pieces));
}

/* Under the lock: whether what was played last is still in the air at `now`. */
static gboolean
is_heard (gint64 now)
{
  return last != 0 && now - last < ECHO;
}

/* On the thread of what plays, `late` nanoseconds after it was played. */
static void
tell (GstBuffer *played, GstClockTime late)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&lock);
  if (!is_heard (now))
    first = now;
  last = now;
  for (guint i = 0; ears != NULL && i < ears->len; i++)
    keep (g_ptr_array_index (ears, i), played, late);
  g_mutex_unlock (&lock);
}

double
media_echo_get_seconds (void)
{
  g_mutex_lock (&lock);
  double seconds = is_heard (g_get_monotonic_time ()) ? (double) (last - first) / G_USEC_PER_SEC + 1e-6 : 0;
  g_mutex_unlock (&lock);
  return seconds;
}

/* How long ago the clock said that it is heard: a busy machine wakes threads late, and not always alike. */
static GstClockTime
get_lateness (GstAppSink *sink, GstSample *sample)
{
  GstClockTime due = gst_segment_to_running_time (gst_sample_get_segment (sample), GST_FORMAT_TIME, GST_BUFFER_PTS (gst_sample_get_buffer (sample)));
  GstClockTime now = gst_element_get_current_running_time (GST_ELEMENT (sink));
  gboolean sync;

  g_object_get (sink, "sync", &sync, NULL);
  return sync && GST_CLOCK_TIME_IS_VALID (due) && GST_CLOCK_TIME_IS_VALID (now) && now > due ? now - due : 0;
}

static GstFlowReturn
on_played (GstAppSink *sink, gpointer data)
{
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample != NULL && gst_sample_get_buffer (sample) != NULL)
    tell (gst_sample_get_buffer (sample), get_lateness (sink, sample));
  return GST_FLOW_OK;
}

/* Whether the output goes by a clock, as devices do; what writes to a file does not, and nothing should hold it up. */
static gboolean
goes_by_clock (GstElement *output)
{
  gboolean sync = TRUE;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (output), "sync") != NULL)
    g_object_get (output, "sync", &sync, NULL);
  return sync;
}

static gboolean
all_go_by_clock (GstElement *pipeline)
{
  GstIterator *sinks = gst_bin_iterate_sinks (GST_BIN (pipeline));
  g_auto (GValue) item = G_VALUE_INIT;
  gboolean all = TRUE;

  while (gst_iterator_next (sinks, &item) == GST_ITERATOR_OK) {
    all = all && goes_by_clock (g_value_get_object (&item));
    g_value_reset (&item);
  }
  gst_iterator_free (sinks);
  return all;
}

/* With or without what listens, which is in GStreamer's “bad” plugins, as webrtcdsp is. */
static GstElement *
parse_player (const char *front, gboolean listens, GError **error)
{
  const char *variable = g_getenv ("MELETE_AUDIO_SINK");
  const char *sink = variable != NULL && *variable != '\0' ? variable : "autoaudiosink";
  /* The sink's queue is short, or both would have what is to be played long before it is. */
  g_autofree char *description = g_strdup_printf (listens ? "%s ! audioconvert ! tee name=played ! queue max-size-buffers=2 ! audioresample ! %s "
                                                            "played. ! queue leaky=downstream max-size-buffers=0 max-size-bytes=0 max-size-time=" G_STRINGIFY (PATIENCE) "000000000 ! audioconvert ! audioresample ! " CAPS " ! " PIECES " ! "
                                                            "appsink name=listener async=false qos=false"
                                                          : "%s ! audioconvert ! audioresample ! %s",
                                                  front, sink);

  return gst_parse_launch_full (description, NULL, GST_PARSE_FLAG_FATAL_ERRORS, error);
}

GstElement *
media_echo_make_player (const char *front, GError **error)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_played };
  GstElement *pipeline = parse_player (front, TRUE, NULL);

  if (pipeline == NULL) {
    pipeline = parse_player (front, FALSE, error);
    return pipeline != NULL ? gst_object_ref_sink (pipeline) : NULL;
  }
  gst_object_ref_sink (pipeline);
  g_autoptr (GstElement) listener = gst_bin_get_by_name (GST_BIN (pipeline), "listener");
  gst_app_sink_set_callbacks (GST_APP_SINK (listener), &callbacks, NULL, NULL);
  g_object_set (listener, "sync", all_go_by_clock (pipeline), NULL);
  return pipeline;
}
