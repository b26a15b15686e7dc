/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-dictation.h"

#define RATE APP_TRANSCRIBER_RATE
/* So much more must have come before the tentative words are written anew, samples. */
#define STEP RATE
/* A longer stretch without a pause is cut: Whisper hears half a minute at a time. */
#define LONG (20 * RATE)
#define LONGEST (28 * RATE)
/* A sentence may begin so much before its time, seconds. */
#define ONSET 0.1
/* Nothing can be said in less. */
#define LEAST (RATE / 5)

struct _AppDictation {
  GObject parent;
  AppTranscriber *transcriber;
  GCancellable *cancellable; /* of the job under way; NULL: there is none */
  GByteArray *samples;       /* floats that are not written down for good */
  gsize pause;               /* so many of them are whole; 0: none */
  gsize heard;               /* so many of them the tentative words were made of */
  gsize taken;               /* so many of them the job under way has */
  gboolean final;            /* that job's words stay: all of them, or… */
  gboolean cut;              /* …all but its last sentence, which may go on */
  gboolean ending, over;
  GString *words;            /* that stay */
  char *tentative;
  char *text;                /* both */
};

enum { PROP_0, PROP_TEXT, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { ENDED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppDictation, app_dictation, G_TYPE_OBJECT)

static gsize
count (AppDictation *self)
{
  return self->samples->len / sizeof (float);
}

static void
add_words (GString *to, const char *words)
{
  if (*words != '\0')
    g_string_append_printf (to, "%s%s", to->len > 0 ? " " : "", words);
}

static void
update_text (AppDictation *self)
{
  GString *text = g_string_new (self->words->str);
  g_autofree char *whole = NULL;

  add_words (text, self->tentative);
  whole = g_string_free (text, FALSE);
  if (g_str_equal (whole, self->text))
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&whole);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

static void
set_tentative (AppDictation *self, char *words)
{
  g_free (self->tentative);
  self->tentative = words;
}

/* The first `n` samples are written down for good. */
static void
leave_behind (AppDictation *self, gsize n)
{
  g_byte_array_remove_range (self->samples, 0, (guint) (n * sizeof (float)));
  self->pause -= MIN (n, self->pause);
  self->heard -= MIN (n, self->heard);
}

static void
be_over (AppDictation *self, const GError *error)
{
  self->over = TRUE;
  g_signal_emit (self, signals[ENDED], 0, error);
}

/* The words of parts [from, to) with a space between them. (transfer full) */
static char *
dup_parts (AppTranscript *transcript, guint from, guint to)
{
  GString *words = g_string_new (NULL);

  for (guint i = from; i < to; i++)
    add_words (words, ((AppTranscriptSegment *) transcript->parts->pdata[i])->text);
  return g_string_free (words, FALSE);
}

/* What the model heard in the samples that the job took: some of it stays, and its samples are done with. */
static void
take_in (AppDictation *self, AppTranscript *transcript)
{
  guint n = transcript->parts->len;
  gboolean all = self->final && (!self->cut || (n < 2 && self->taken >= LONGEST));
  guint n_kept = all ? n : self->cut && n >= 2 ? n - 1 : 0;
  g_autofree char *kept = dup_parts (transcript, 0, n_kept);

  add_words (self->words, kept);
  set_tentative (self, dup_parts (transcript, n_kept, n));
  self->heard = self->taken;
  if (all)
    leave_behind (self, self->taken);
  else if (n_kept > 0)
    leave_behind (self, MIN (self->taken, (gsize) (MAX (((AppTranscriptSegment *) transcript->parts->pdata[n_kept])->begin - ONSET, 0) * RATE)));
}

static void consider (AppDictation *self);

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppDictation) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppTranscript) transcript = app_transcriber_write_finish (result, &error);

  g_clear_object (&self->cancellable);
  if (self->over)
    return;
  if (transcript == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    be_over (self, error);
    return;
  }
  /* A tentative one that was cut short leaves the words as they are, for the next ones. */
  if (transcript != NULL)
    take_in (self, transcript);
  update_text (self);
  consider (self);
}

static void
start (AppDictation *self, gsize n, gboolean final, gboolean cut)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->samples->data, n * sizeof (float));
  g_autoptr (MediaSound) sound = media_sound_new (bytes, RATE);

  self->cancellable = g_cancellable_new ();
  self->taken = n;
  self->final = final;
  self->cut = cut;
  app_transcriber_write_async (self->transcriber, sound, !final, NULL, self->cancellable, on_written, g_object_ref (self));
}

/* What is to be done now, if anything. */
static void
consider (AppDictation *self)
{
  if (self->cancellable != NULL || self->over)
    return;
  if (self->pause > 0 && self->pause < LEAST)
    leave_behind (self, self->pause);
  if (self->pause > 0)
    start (self, self->pause, TRUE, FALSE);
  else if (self->ending && count (self) >= LEAST)
    start (self, count (self), TRUE, FALSE);
  else if (self->ending)
    be_over (self, NULL);
  else if (count (self) >= self->heard + STEP)
    start (self, count (self), count (self) > LONG, count (self) > LONG);
}

void
app_dictation_hear (AppDictation *self, const float *samples, gsize n)
{
  if (self->over || self->ending)
    return;
  g_byte_array_append (self->samples, (const guint8 *) samples, (guint) (n * sizeof (float)));
  consider (self);
}

/* What is under way is of no use any more where its words would be written down again at once. */
static void
hurry (AppDictation *self)
{
  if (self->cancellable != NULL && !self->final)
    g_cancellable_cancel (self->cancellable);
}

void
app_dictation_pause (AppDictation *self)
{
  if (self->over || self->ending)
    return;
  self->pause = count (self);
  hurry (self);
  consider (self);
}

void
app_dictation_end (AppDictation *self)
{
  if (self->over || self->ending)
    return;
  self->ending = TRUE;
  hurry (self);
  consider (self);
}

void
app_dictation_cancel (AppDictation *self)
{
  self->over = TRUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

const char *
app_dictation_get_text (AppDictation *self)
{
  return self->text;
}

/* ---- object ---- */

static void
app_dictation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, APP_DICTATION (object)->text);
}

static void
app_dictation_finalize (GObject *object)
{
  AppDictation *self = APP_DICTATION (object);

  app_transcriber_unref (self->transcriber);
  g_byte_array_unref (self->samples);
  g_string_free (self->words, TRUE);
  g_free (self->tentative);
  g_free (self->text);
  G_OBJECT_CLASS (app_dictation_parent_class)->finalize (object);
}

static void
app_dictation_class_init (AppDictationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = app_dictation_finalize;
  object_class->get_property = app_dictation_get_property;
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
app_dictation_init (AppDictation *self)
{
  self->samples = g_byte_array_new ();
  self->words = g_string_new (NULL);
  self->tentative = g_strdup ("");
  self->text = g_strdup ("");
}

AppDictation *
app_dictation_new (AppTranscriber *transcriber)
{
  AppDictation *self = g_object_new (APP_TYPE_DICTATION, NULL);

  self->transcriber = app_transcriber_ref (transcriber);
  return self;
}
