/* SPDX-License-Identifier: MIT */
#include "media-speech.h"

#include <espeak-ng/speak_lib.h>
#include <glib/gi18n-lib.h>
#include <gst/app/gstappsrc.h>
#include <gst/audio/audio.h>
#include <string.h>

#include "media-echo.h"
#include "media.h"

#define AHEAD_SECONDS 1
#define MARK "melete-sentence"

/* What is being said. The worker and the main thread share it; when `cancelled`, the worker ends at its next look and nothing of it is heard of again. */
typedef struct {
  gatomicrefcount ref_count;
  char **sentences;
  char *voice;
  int rate;
  GstElement *pipeline;
  GstAppSrc *source;
  guint64 n_pushed;    /* samples; the worker's */
  guint index;         /* of the sentence; the worker's */
  gint64 begun;        /* the sentence that is at the sink, whose thread's this is; -1 at first */
  gint cancelled;      /* atomic */
  gint n_samples;      /* atomic: at the sink */
} Saying;

struct _MediaSpeech {
  GObject parent_instance;

  MediaSpeechState state;
  Saying *saying; /* (nullable) */
  guint watch_id;
  guint64 n_samples; /* of what was said last */
};

G_DEFINE_FINAL_TYPE (MediaSpeech, media_speech, G_TYPE_OBJECT)

enum { SENTENCE, FINISHED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_STATE = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

/* espeak-ng, which has one state for the whole process. */
static GMutex voice_lock;

static int
get_sample_rate (void)
{
  static int rate;

  /* Under `voice_lock`. A machine without its data gives -1. */
  if (rate == 0)
    rate = espeak_Initialize (AUDIO_OUTPUT_SYNCHRONOUS, 100, NULL, espeakINITIALIZE_DONT_EXIT);
  return rate;
}

static Saying *
saying_ref (Saying *saying)
{
  g_atomic_ref_count_inc (&saying->ref_count);
  return saying;
}

static void
saying_unref (Saying *saying)
{
  if (!g_atomic_ref_count_dec (&saying->ref_count))
    return;
  g_strfreev (saying->sentences);
  g_free (saying->voice);
  g_clear_object (&saying->source);
  g_clear_object (&saying->pipeline);
  g_free (saying);
}

static void
push (Saying *saying, const short *samples, int n, int rate)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, n * sizeof *samples, NULL);

  gst_buffer_fill (buffer, 0, samples, n * sizeof *samples);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (saying->n_pushed, GST_SECOND, rate);
  saying->n_pushed += n;
  GST_BUFFER_DURATION (buffer) = gst_util_uint64_scale (saying->n_pushed, GST_SECOND, rate) - GST_BUFFER_PTS (buffer);
  /* So that the sink knows what it hears. */
  GST_BUFFER_OFFSET (buffer) = saying->index;
  /* Waits while the sink has a second; a stop ends that too. */
  if (gst_app_src_push_buffer (saying->source, buffer) != GST_FLOW_OK)
    g_atomic_int_set (&saying->cancelled, TRUE);
}

static int
on_samples (short *samples, int n, espeak_EVENT *events)
{
  Saying *saying = events != NULL ? events->user_data : NULL;

  if (saying == NULL || g_atomic_int_get (&saying->cancelled))
    return 1;
  if (samples != NULL && n > 0)
    push (saying, samples, n, get_sample_rate ());
  return g_atomic_int_get (&saying->cancelled);
}

/* The worker: one sentence after the other. Another object's turn may come between two. */
static gpointer
work (gpointer data)
{
  Saying *saying = data;

  for (guint i = 0; saying->sentences[i] != NULL && !g_atomic_int_get (&saying->cancelled); i++) {
    gsize length = MIN (strlen (saying->sentences[i]), MEDIA_SPEECH_MAX_SENTENCE);
    g_autofree char *sentence = g_utf8_make_valid (saying->sentences[i], (gssize) length);

    saying->index = i;
    g_mutex_lock (&voice_lock);
    espeak_SetSynthCallback (on_samples);
    if (espeak_SetVoiceByName (saying->voice) != EE_OK)
      espeak_SetVoiceByName ("en");
    espeak_SetParameter (espeakRATE, saying->rate, 0);
    espeak_Synth (sentence, strlen (sentence) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, saying);
    g_mutex_unlock (&voice_lock);
  }
  if (!g_atomic_int_get (&saying->cancelled))
    gst_app_src_end_of_stream (saying->source);
  saying_unref (saying);
  return NULL;
}

static void
set_state (MediaSpeech *self, MediaSpeechState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
media_speech_stop (MediaSpeech *self)
{
  Saying *saying = g_steal_pointer (&self->saying);

  if (saying != NULL) {
    g_atomic_int_set (&saying->cancelled, TRUE);
    g_clear_handle_id (&self->watch_id, g_source_remove);
    /* Also wakes a worker that waits for room. */
    gst_element_set_state (saying->pipeline, GST_STATE_NULL);
    self->n_samples = (guint64) g_atomic_int_get (&saying->n_samples);
    saying_unref (saying);
  }
  set_state (self, MEDIA_SPEECH_SILENT);
}

static void
finish (MediaSpeech *self, GError *error)
{
  g_object_ref (self);
  media_speech_stop (self);
  g_signal_emit (self, signals[FINISHED], 0, error);
  g_object_unref (self);
}

static GError *
no_sound (void)
{
  return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED,
                              _("Nothing can be read aloud: this computer has no sound output that works. Connect loudspeakers or headphones and try again."));
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  MediaSpeech *self = data;

  switch (GST_MESSAGE_TYPE (message)) {
  case GST_MESSAGE_APPLICATION: {
    guint index = 0;

    gst_structure_get_uint (gst_message_get_structure (message), "index", &index);
    g_signal_emit (self, signals[SENTENCE], 0, index);
    return G_SOURCE_CONTINUE;
  }
  case GST_MESSAGE_EOS:
    finish (self, NULL);
    return G_SOURCE_REMOVE;
  /* A machine without a device gets one that throws the sound away, and a warning. */
  case GST_MESSAGE_WARNING:
  case GST_MESSAGE_ERROR: {
    g_autoptr (GError) error = no_sound ();

    finish (self, error);
    return G_SOURCE_REMOVE;
  }
  default:
    return G_SOURCE_CONTINUE;
  }
}

/* At the sink, on its thread: counts, and tells when a sentence comes by. */
static GstPadProbeReturn
on_sink (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Saying *saying = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  g_atomic_int_add (&saying->n_samples, (int) (gst_buffer_get_size (buffer) / sizeof (short)));
  if ((gint64) GST_BUFFER_OFFSET (buffer) != saying->begun) {
    GstStructure *mark;

    saying->begun = (gint64) GST_BUFFER_OFFSET (buffer);
    mark = gst_structure_new (MARK, "index", G_TYPE_UINT, (guint) saying->begun, NULL);
    /* The way that the end takes too, so that it cannot be overtaken. */
    gst_element_post_message (saying->pipeline, gst_message_new_application (GST_OBJECT (saying->pipeline), mark));
  }
  return GST_PAD_PROBE_OK;
}

static gboolean
build (Saying *saying, int rate)
{
  g_autofree char *front = g_strdup_printf ("appsrc name=source format=time block=true max-bytes=%d caps=audio/x-raw,format=" GST_AUDIO_NE (S16) ",channels=1,layout=interleaved,rate=%d ! identity name=end",
                                            AHEAD_SECONDS * rate * 2, rate);
  g_autoptr (GstElement) end = NULL;
  g_autoptr (GstPad) pad = NULL;

  saying->pipeline = media_echo_make_player (front, NULL);
  if (saying->pipeline == NULL)
    return FALSE;
  saying->source = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (saying->pipeline), "source"));
  end = gst_bin_get_by_name (GST_BIN (saying->pipeline), "end");
  pad = gst_element_get_static_pad (end, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_sink, saying_ref (saying), (GDestroyNotify) saying_unref);
  return TRUE;
}

void
media_speech_say (MediaSpeech *self, const char *const *sentences, const char *voice, int rate)
{
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GError) error = NULL;
  Saying *saying;
  int sample_rate;

  media_speech_stop (self);
  /* Also when another thread is at it: until that is done, plugins are missing. */
  gst_init (NULL, NULL);
  g_mutex_lock (&voice_lock);
  sample_rate = get_sample_rate ();
  g_mutex_unlock (&voice_lock);
  if (sample_rate <= 0) {
    error = g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _("Nothing can be read aloud: the voices are missing. Install espeak-ng-data and try again."));
    finish (self, error);
    return;
  }
  saying = g_new0 (Saying, 1);
  g_atomic_ref_count_init (&saying->ref_count);
  saying->begun = -1;
  saying->sentences = g_strdupv ((char **) sentences);
  saying->voice = g_strdup (voice);
  saying->rate = CLAMP (rate, MEDIA_SPEECH_SLOWEST, MEDIA_SPEECH_FASTEST);
  if (!build (saying, sample_rate)) {
    saying_unref (saying);
    error = no_sound ();
    finish (self, error);
    return;
  }
  self->saying = saying;
  bus = gst_pipeline_get_bus (GST_PIPELINE (saying->pipeline));
  self->watch_id = gst_bus_add_watch (bus, on_message, self);
  set_state (self, MEDIA_SPEECH_SPEAKING);
  /* A pipeline that did not begin would let the worker wait for ever; why it did not is on the bus. */
  if (gst_element_set_state (saying->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return;
  g_thread_unref (g_thread_new ("speech", work, saying_ref (saying)));
}

void
media_speech_set_paused (MediaSpeech *self, gboolean paused)
{
  if (self->saying == NULL)
    return;
  gst_element_set_state (self->saying->pipeline, paused ? GST_STATE_PAUSED : GST_STATE_PLAYING);
  set_state (self, paused ? MEDIA_SPEECH_PAUSED : MEDIA_SPEECH_SPEAKING);
}

MediaSpeechState
media_speech_get_state (MediaSpeech *self)
{
  return self->state;
}

guint64
media_speech_get_n_samples (MediaSpeech *self)
{
  return self->saying != NULL ? (guint64) g_atomic_int_get (&self->saying->n_samples) : self->n_samples;
}

static int
compare_voices (gconstpointer a, gconstpointer b)
{
  const espeak_VOICE *const *left = a;
  const espeak_VOICE *const *right = b;

  return g_utf8_collate ((*left)->name, (*right)->name);
}

char **
media_speech_dup_voices (void)
{
  g_autoptr (GPtrArray) voices = g_ptr_array_new ();
  GStrvBuilder *out = g_strv_builder_new ();
  const espeak_VOICE **list;
  char **strings;

  g_mutex_lock (&voice_lock);
  list = get_sample_rate () > 0 ? espeak_ListVoices (NULL) : NULL;
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    /* A voice's languages each begin with a byte of their priority. */
    if (list[i]->name != NULL && list[i]->languages != NULL && list[i]->languages[0] != '\0')
      g_ptr_array_add (voices, (gpointer) list[i]);
  g_ptr_array_sort (voices, compare_voices);
  for (guint i = 0; i < voices->len; i++) {
    const espeak_VOICE *voice = g_ptr_array_index (voices, i);

    g_strv_builder_add (out, voice->languages + 1);
    g_strv_builder_add (out, voice->name);
  }
  g_mutex_unlock (&voice_lock);
  strings = g_strv_builder_end (out);
  g_strv_builder_unref (out);
  return strings;
}

static void
media_speech_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int (value, (int) MEDIA_SPEECH (object)->state);
}

static void
media_speech_dispose (GObject *object)
{
  media_speech_stop (MEDIA_SPEECH (object));
  G_OBJECT_CLASS (media_speech_parent_class)->dispose (object);
}

static void
media_speech_class_init (MediaSpeechClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = media_speech_dispose;
  object_class->get_property = media_speech_get_property;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MEDIA_SPEECH_SILENT, MEDIA_SPEECH_PAUSED, MEDIA_SPEECH_SILENT, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SENTENCE] = g_signal_new ("sentence", MEDIA_TYPE_SPEECH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[FINISHED] = g_signal_new ("finished", MEDIA_TYPE_SPEECH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
media_speech_init (MediaSpeech *self)
{
}

MediaSpeech *
media_speech_new (void)
{
  return g_object_new (MEDIA_TYPE_SPEECH, NULL);
}
