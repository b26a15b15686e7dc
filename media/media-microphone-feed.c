/* SPDX-License-Identifier: MIT */
#include "media-microphone-feed.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <gst/audio/audio.h>

#include "media-echo.h"
#include "media.h"

#define BLOCKS_A_SECOND 20
/* Seconds that may wait for the owner. */
#define PATIENCE 30
/* dB: what speaks while this program plays something, and is quieter, is its echo. In the first seconds, before it has been learnt, that may be as loud as anybody;
 * then what is left was measured to be below -50, and below -36 at its worst. Who has begun to speak may speak more quietly. */
#define QUIETEST_OVER_ECHO -32
#define QUIETEST_IN_SPEECH -45
#define LEARNING 5

struct _MediaMicrophoneFeed {
  MediaMicrophoneOptions options;
  gboolean has_detector; /* set before anything streams */
  MediaEar *ear;         /* with `clean`: hears what this program plays (nullable) */

  GMutex lock; /* of all below */
  GQueue pieces;
  gsize n_waiting;   /* samples in `pieces` */
  guint64 n_samples; /* that have come */
  gboolean full, closed;
  MediaVoiceVerdict verdict; /* the detector's, of what comes now */
  MediaVoice *voice;         /* with hands_free or marks_speech */
  GArray *window;            /* floats, for the level */
  MediaLevel level;
  gboolean has_level;
};

void
media_piece_free (gpointer data)
{
  MediaPiece *piece = data;

  g_clear_pointer (&piece->samples, g_byte_array_unref);
  g_free (piece);
}

static MediaPiece *
add_piece (MediaMicrophoneFeed *feed, MediaPieceKind kind)
{
  MediaPiece *piece = g_new0 (MediaPiece, 1);

  piece->kind = kind;
  g_queue_push_tail (&feed->pieces, piece);
  return piece;
}

static void
on_began (gpointer data)
{
  add_piece (data, MEDIA_PIECE_BEGAN);
}

static void
on_heard (const float *samples, gsize n, gpointer data)
{
  MediaMicrophoneFeed *feed = data;
  MediaPiece *piece = g_queue_peek_tail (&feed->pieces);

  if (n == 0 || feed->n_waiting > (gsize) PATIENCE * feed->options.rate)
    return;
  if (piece == NULL || piece->kind != MEDIA_PIECE_SAMPLES) {
    piece = add_piece (feed, MEDIA_PIECE_SAMPLES);
    piece->samples = g_byte_array_new ();
  }
  g_byte_array_append (piece->samples, (const guint8 *) samples, (guint) (n * sizeof *samples));
  feed->n_waiting += n;
}

static void
on_ended (gpointer data)
{
  add_piece (data, MEDIA_PIECE_ENDED);
}

/* What is marked comes by another way. */
static void
on_marked (const float *samples, gsize n, gpointer data)
{
}

static const MediaVoiceInfo voice_info = { on_began, on_heard, on_ended };
static const MediaVoiceInfo marking_info = { on_began, on_marked, on_ended };

static gboolean
finds_voices (const MediaMicrophoneOptions *options)
{
  return options->hands_free || options->marks_speech;
}

MediaMicrophoneFeed *
media_microphone_feed_new (const MediaMicrophoneOptions *options)
{
  MediaMicrophoneFeed *feed = g_new0 (MediaMicrophoneFeed, 1);

  feed->options = *options;
  feed->level = (MediaLevel) { MEDIA_SOUND_SILENCE, MEDIA_SOUND_SILENCE };
  g_mutex_init (&feed->lock);
  g_queue_init (&feed->pieces);
  feed->window = g_array_new (FALSE, FALSE, sizeof (float));
  feed->voice = finds_voices (options) ? media_voice_new (options->hands_free ? &voice_info : &marking_info, options->rate, feed) : NULL;
  return feed;
}

void
media_microphone_feed_free (gpointer data)
{
  MediaMicrophoneFeed *feed = data;

  g_queue_clear_full (&feed->pieces, media_piece_free);
  g_clear_pointer (&feed->voice, media_voice_free);
  g_clear_pointer (&feed->ear, media_ear_free);
  g_array_unref (feed->window);
  g_mutex_clear (&feed->lock);
  g_free (feed);
}

MediaMicrophoneCatch
media_microphone_feed_take (MediaMicrophoneFeed *feed, gboolean last)
{
  MediaMicrophoneCatch caught;

  g_mutex_lock (&feed->lock);
  if (last && !feed->closed) {
    feed->closed = TRUE;
    if (feed->voice != NULL)
      media_voice_end (feed->voice);
  }
  caught = (MediaMicrophoneCatch) { feed->pieces, feed->level, feed->has_level, feed->full };
  g_queue_init (&feed->pieces);
  feed->n_waiting = 0;
  feed->has_level = FALSE;
  g_mutex_unlock (&feed->lock);
  return caught;
}

/* Returns whether a level is new. */
static gboolean
measure (MediaMicrophoneFeed *feed, const float *samples, gsize n)
{
  guint length = feed->options.rate / BLOCKS_A_SECOND;
  gboolean fresh = FALSE;

  while (n > 0) {
    guint part = (guint) MIN (n, length - feed->window->len);
    g_array_append_vals (feed->window, samples, part);
    samples += part;
    n -= part;
    if (feed->window->len == length) {
      feed->level = media_sound_measure ((const float *) (void *) feed->window->data, length);
      feed->has_level = fresh = TRUE;
      g_array_set_size (feed->window, 0);
    }
  }
  return fresh;
}

/* ---- on GStreamer's threads ---- */

/* Of what comes in, dB, while something is played that has been heard for `seconds`. */
static double
quietest_voice (MediaMicrophoneFeed *feed, double seconds)
{
  if (media_voice_is_speech (feed->voice))
    return QUIETEST_IN_SPEECH;
  return seconds < LEARNING ? 0 : QUIETEST_OVER_ECHO;
}

/* What is left of an echo sounds like a voice, and is much quieter than one that has been made evenly loud. */
static MediaVoiceVerdict
judge (MediaMicrophoneFeed *feed)
{
  double played = feed->ear != NULL ? media_echo_get_seconds () : 0;

  if (!feed->has_detector)
    return MEDIA_VOICE_UNKNOWN;
  if (played > 0 && feed->level.rms < quietest_voice (feed, MIN (played, (double) feed->n_samples / feed->options.rate)))
    return MEDIA_VOICE_NO;
  return feed->verdict;
}

/* Returns whether the owner should look. */
static gboolean
hear (MediaMicrophoneFeed *feed, const float *samples, gsize n)
{
  guint64 most = (guint64) feed->options.max_seconds * feed->options.rate;
  gboolean wake;

  g_mutex_lock (&feed->lock);
  n = (gsize) MIN (n, most - feed->n_samples);
  if (feed->closed)
    n = 0;
  feed->n_samples += n;
  wake = measure (feed, samples, n);
  /* First, so that what is marked is there when the mark comes. */
  if (!feed->options.hands_free)
    on_heard (samples, n, feed);
  if (feed->voice != NULL)
    media_voice_hear (feed->voice, samples, n, judge (feed));
  if (feed->n_samples == most && !feed->full)
    feed->full = wake = TRUE;
  g_mutex_unlock (&feed->lock);
  return wake;
}

static GstFlowReturn
on_sample (GstAppSink *sink, gpointer data)
{
  MediaCapture *capture = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;

  if (sample == NULL)
    return GST_FLOW_EOS;
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  if (buffer == NULL || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return GST_FLOW_OK;
  gboolean wake = hear (media_capture_get_feed (capture), (const float *) (void *) map.data, map.size / sizeof (float));
  gst_buffer_unmap (buffer, &map);
  if (wake)
    media_capture_wake (capture);
  return GST_FLOW_OK;
}

/* On the way to webrtcdsp. */
static GstPadProbeReturn
on_come (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  MediaMicrophoneFeed *feed = media_capture_get_feed (data);
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (GST_BUFFER_PTS_IS_VALID (buffer))
    media_ear_hear (feed->ear, GST_BUFFER_PTS (buffer) + (GST_BUFFER_DURATION_IS_VALID (buffer) ? GST_BUFFER_DURATION (buffer) : 0));
  return GST_PAD_PROBE_OK;
}

/* The detector says it on the thread that brings the samples, before they reach the end of the pipeline: so it holds for those that come next. */
static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  MediaMicrophoneFeed *feed = media_capture_get_feed (data);
  gboolean voice;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT || !gst_message_has_name (message, "voice-activity") ||
      !gst_structure_get_boolean (gst_message_get_structure (message), "stream-has-voice", &voice))
    return GST_BUS_PASS;
  g_mutex_lock (&feed->lock);
  feed->verdict = voice ? MEDIA_VOICE_YES : MEDIA_VOICE_NO;
  g_mutex_unlock (&feed->lock);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

gboolean
media_microphone_can_clean (void)
{
  media_source_init ();
  g_autoptr (GstElementFactory) factory = gst_element_factory_find ("webrtcdsp");
  return factory != NULL;
}

GstElement *
media_microphone_feed_build (MediaCapture *capture, gpointer data, GstElement *source, GError **error)
{
  MediaMicrophoneFeed *feed = data;
  g_autoptr (GError) trouble = NULL;
  static int n_ears; /* atomic; webrtcdsp finds what it should listen to by a name that the process has once */
  gboolean clean = feed->options.clean && media_microphone_can_clean ();
  g_autofree char *name = g_strdup_printf ("melete-played-%d", g_atomic_int_add (&n_ears, 1));
  GstElement *pipeline = gst_pipeline_new (NULL);
  MediaEar *ear = feed->ear = clean ? media_ear_new (name, pipeline) : NULL;
  /* Two devices have two clocks, and how long a sound is on its way nobody knows: it should find out by itself. */
  g_autofree char *echo = ear != NULL ? g_strdup_printf ("echo-cancel=true echo-suppression-level=high delay-agnostic=true extended-filter=true probe=%s", name) : g_strdup ("echo-cancel=false");
  /* It works at a few rates only, on whole numbers; at this one it takes most of an echo away. */
  g_autofree char *cleaning = clean ? g_strdup_printf ("audioconvert ! audioresample ! audio/x-raw,format=" GST_AUDIO_NE (S16) ",rate=%d,channels=1,layout=interleaved ! "
                                                       "webrtcdsp name=cleaner %s voice-detection=%s ! ",
                                                       MEDIA_ECHO_RATE, echo, feed->voice != NULL ? "true" : "false")
                                    : g_strdup ("");
  /* The sink is not waited for: on a busy machine a file that stands in for a device, whose decoder comes late, stayed paused. */
  g_autofree char *description = g_strdup_printf ("%saudioconvert ! audioresample ! audio/x-raw,format=" GST_AUDIO_NE (F32) ",rate=%u,channels=1,layout=interleaved ! "
                                                  "appsink name=sink sync=false async=false",
                                                  cleaning, feed->options.rate);
  GstElement *rest = gst_parse_bin_from_description (description, TRUE, &trouble);

  if (rest == NULL) {
    gst_object_unref (gst_object_ref_sink (source));
    gst_object_unref (gst_object_ref_sink (pipeline));
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The microphone cannot be used, because parts of GStreamer are missing (%s). Install its “base” plugins."), trouble->message);
    return NULL;
  }
  feed->has_detector = clean && feed->voice != NULL;
  feed->verdict = MEDIA_VOICE_NO;
  gst_bin_add_many (GST_BIN (pipeline), source, rest, NULL);
  if (!gst_element_link (source, rest)) {
    gst_object_unref (gst_object_ref_sink (pipeline));
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("“%s” gives no sound. Choose another microphone."), media_device_get_name (media_capture_get_device (capture)));
    return NULL;
  }
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (rest), "sink");
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, capture, NULL);
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  if (ear != NULL) {
    g_autoptr (GstElement) cleaner = gst_bin_get_by_name (GST_BIN (rest), "cleaner");
    g_autoptr (GstPad) pad = gst_element_get_static_pad (cleaner, "sink");
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_come, capture, NULL);
  }
  if (feed->has_detector)
    gst_bus_set_sync_handler (bus, on_message, capture, NULL);
  return pipeline;
}
