/* SPDX-License-Identifier: MIT */
#include "media-microphone-feed.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsink.h>
#include <gst/audio/audio.h>

#include "media.h"

#define BLOCKS_A_SECOND 20
/* Seconds that may wait for the owner. */
#define PATIENCE 30

struct _MediaMicrophoneFeed {
  MediaMicrophoneOptions options;
  gboolean has_detector; /* set before anything streams */

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
    media_voice_hear (feed->voice, samples, n, feed->has_detector ? feed->verdict : MEDIA_VOICE_UNKNOWN);
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
  gboolean clean = feed->options.clean && media_microphone_can_clean ();
  /* It works at a few rates only, on whole numbers; the larger one loses nothing of a voice. */
  g_autofree char *cleaning = clean ? g_strdup_printf ("audioconvert ! audioresample ! audio/x-raw,format=" GST_AUDIO_NE (S16) ",rate=%u,channels=1,layout=interleaved ! "
                                                       "webrtcdsp echo-cancel=false voice-detection=%s ! ",
                                                       feed->options.rate <= 16000 ? 16000 : 48000, feed->voice != NULL ? "true" : "false")
                                    : g_strdup ("");
  g_autofree char *description = g_strdup_printf ("%saudioconvert ! audioresample ! audio/x-raw,format=" GST_AUDIO_NE (F32) ",rate=%u,channels=1,layout=interleaved ! "
                                                  "appsink name=sink sync=false",
                                                  cleaning, feed->options.rate);
  GstElement *rest = gst_parse_bin_from_description (description, TRUE, &trouble);

  if (rest == NULL) {
    gst_object_unref (gst_object_ref_sink (source));
    g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_DEVICE, _ ("The microphone cannot be used, because parts of GStreamer are missing (%s). Install its “base” plugins."), trouble->message);
    return NULL;
  }
  feed->has_detector = clean && feed->voice != NULL;
  feed->verdict = MEDIA_VOICE_NO;
  GstElement *pipeline = gst_pipeline_new (NULL);
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
  if (feed->has_detector)
    gst_bus_set_sync_handler (bus, on_message, capture, NULL);
  return pipeline;
}
