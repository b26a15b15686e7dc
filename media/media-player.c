/* SPDX-License-Identifier: MIT */
#include "media-player.h"

#include <glib/gi18n-lib.h>
#include <gst/app/gstappsrc.h>
#include <gst/audio/audio.h>

#include "media-device-private.h"
#include "media-echo.h"
#include "media.h"

/* How often the position is told, milliseconds. */
#define TICK 50
/* Samples that are handed over at once: a tenth of a second. */
#define BLOCKS_A_SECOND 10

/* One stretch of playing: from a place to the end, or to when it is stopped. The sink's threads have a reference each. */
typedef struct {
  MediaSound *sound;
  gsize next; /* sample; the streaming thread's alone once it plays */
  gsize first;
} Stretch;

struct _MediaPlayer {
  GObject parent;
  MediaSound *sound;
  double position;      /* seconds, while it does not play */
  GstElement *pipeline; /* NULL: it does not */
  double begin;         /* where the stretch began, seconds */
  guint watch, tick;
};

enum { PROP_PLAYING = 1, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { MOVED, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MediaPlayer, media_player, G_TYPE_OBJECT)

static void
stretch_free (gpointer data)
{
  Stretch *stretch = data;

  media_sound_unref (stretch->sound);
  g_free (stretch);
}

/* On the streaming thread: the next tenth of a second, without a copy. */
static void
on_need_data (GstAppSrc *source, guint length, gpointer data)
{
  Stretch *stretch = data;
  gsize n = MIN (stretch->sound->rate / BLOCKS_A_SECOND, stretch->sound->n_samples - stretch->next);
  g_autoptr (GBytes) bytes = NULL;
  GstBuffer *buffer;

  if (n == 0) {
    gst_app_src_end_of_stream (source);
    return;
  }
  bytes = g_bytes_new_from_bytes (stretch->sound->samples, stretch->next * sizeof (float), n * sizeof (float));
  buffer = gst_buffer_new_wrapped_bytes (bytes);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (stretch->next - stretch->first, GST_SECOND, stretch->sound->rate);
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (n, GST_SECOND, stretch->sound->rate);
  stretch->next += n;
  gst_app_src_push_buffer (source, buffer);
}

static void
end_stretch (MediaPlayer *self)
{
  g_autoptr (GstElement) pipeline = g_steal_pointer (&self->pipeline);

  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);
  if (pipeline != NULL)
    gst_element_set_state (pipeline, GST_STATE_NULL);
}

static void
stop (MediaPlayer *self, double position)
{
  self->position = position;
  end_stretch (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLAYING]);
  g_signal_emit (self, signals[MOVED], 0);
}

static void
fail (MediaPlayer *self)
{
  g_autoptr (GError) error = g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DEVICE, _("The sound cannot be played: this computer has no sound output that works. Connect loudspeakers or headphones and try again."));

  stop (self, media_player_get_position (self));
  g_signal_emit (self, signals[FAILED], 0, error);
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  g_autoptr (MediaPlayer) self = g_object_ref (data);

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_EOS:
    self->watch = 0;
    stop (self, media_sound_get_seconds (self->sound));
    return G_SOURCE_REMOVE;
  /* A machine without a device gets one that throws the sound away, and a warning. */
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_ERROR:
    self->watch = 0;
    fail (self);
    return G_SOURCE_REMOVE;
  default:
    return G_SOURCE_CONTINUE;
  }
}

static gboolean
on_tick (gpointer self)
{
  g_signal_emit (self, signals[MOVED], 0);
  return G_SOURCE_CONTINUE;
}

static void
begin_stretch (MediaPlayer *self, double from)
{
  g_autofree char *front = g_strdup_printf ("appsrc name=source format=time max-bytes=%u caps=audio/x-raw,format=" GST_AUDIO_NE (F32) ",channels=1,layout=interleaved,rate=%u",
                                            (guint) (self->sound->rate / 2 * sizeof (float)), self->sound->rate);
  GstAppSrcCallbacks callbacks = { .need_data = on_need_data };
  g_autoptr (GstElement) source = NULL;
  g_autoptr (GstBus) bus = NULL;
  Stretch *stretch;

  media_source_init ();
  self->begin = from;
  self->pipeline = media_echo_make_player (front, NULL);
  if (self->pipeline == NULL) {
    fail (self);
    return;
  }
  stretch = g_new0 (Stretch, 1);
  stretch->sound = media_sound_ref (self->sound);
  stretch->first = stretch->next = MIN ((gsize) (from * self->sound->rate), self->sound->n_samples);
  source = gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  gst_app_src_set_callbacks (GST_APP_SRC (source), &callbacks, stretch, stretch_free);
  bus = gst_pipeline_get_bus (GST_PIPELINE (self->pipeline));
  self->watch = gst_bus_add_watch (bus, on_message, self);
  self->tick = g_timeout_add (TICK, on_tick, self);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING); /* why it did not begin is on the bus */
}

gboolean
media_player_get_playing (MediaPlayer *self)
{
  return self->pipeline != NULL;
}

double
media_player_get_position (MediaPlayer *self)
{
  gint64 played = 0;

  if (self->pipeline == NULL)
    return self->position;
  gst_element_query_position (self->pipeline, GST_FORMAT_TIME, &played);
  return MIN (self->begin + (double) MAX (played, 0) / GST_SECOND, media_sound_get_seconds (self->sound));
}

void
media_player_set_playing (MediaPlayer *self, gboolean playing)
{
  if (playing == media_player_get_playing (self))
    return;
  if (!playing) {
    stop (self, media_player_get_position (self));
    return;
  }
  begin_stretch (self, self->position < media_sound_get_seconds (self->sound) ? self->position : 0);
  if (self->pipeline != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLAYING]);
}

void
media_player_seek (MediaPlayer *self, double second)
{
  gboolean playing = media_player_get_playing (self);

  second = CLAMP (second, 0, media_sound_get_seconds (self->sound));
  end_stretch (self);
  self->position = second;
  if (playing)
    begin_stretch (self, second);
  g_signal_emit (self, signals[MOVED], 0);
}

/* ---- object ---- */

static void
media_player_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, media_player_get_playing (MEDIA_PLAYER (object)));
}

static void
media_player_dispose (GObject *object)
{
  end_stretch (MEDIA_PLAYER (object));
  G_OBJECT_CLASS (media_player_parent_class)->dispose (object);
}

static void
media_player_finalize (GObject *object)
{
  media_sound_unref (MEDIA_PLAYER (object)->sound);
  G_OBJECT_CLASS (media_player_parent_class)->finalize (object);
}

static void
media_player_class_init (MediaPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_player_dispose;
  object_class->finalize = media_player_finalize;
  object_class->get_property = media_player_get_property;
  props[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
media_player_init (MediaPlayer *self)
{
}

MediaPlayer *
media_player_new (MediaSound *sound)
{
  MediaPlayer *self = g_object_new (MEDIA_TYPE_PLAYER, NULL);

  self->sound = media_sound_ref (sound);
  return self;
}
