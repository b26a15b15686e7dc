/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-microphone-button.h"

#include <glib/gi18n.h>

#include "media-microphone.h"
#include "ui-devices.h"
#include "ui-hold.h"
#include "ui-level-meter.h"
#include "ui-toast.h"

/* What models are used to, Hz. */
#define RATE 16000
#define MAX_MINUTES 10
/* A press that is shorter is a click, milliseconds. */
#define CLICK 400
/* Without a hand on the button it ends when nobody has spoken for so long, counted in samples; that the speech is over is known 0.8 s after its end. */
#define PAUSE (RATE * 6 / 5)
/* Who dictates thinks in between. */
#define DICTATION_PAUSE (RATE * 3)
/* What is shorter is a slip of the hand, samples. */
#define LEAST (RATE / 5)

struct _UiMicrophoneButton {
  GtkWidget parent_instance;

  GtkWidget *strip;
  GtkWidget *dot;
  GtkSpinner *spinner;
  GtkLabel *words;
  UiLevelMeter *meter;
  GtkLabel *time;
  GtkToggleButton *write;
  GtkWidget *holder;
  GtkButton *button;

  MediaMicrophone *microphone; /* made at the first use */
  MediaDevices *devices;       /* NULL before anybody wanted to know */
  GByteArray *samples;         /* floats of the recording; NULL: there is none */
  gsize quiet_since;           /* where in it the last speech had ended; 0: nobody has spoken, or somebody speaks */
  gboolean held;               /* it ends when it is let go */
  guint32 pressed_at;          /* milliseconds of the events' clock */
  char *reason;                /* (nullable) */

  AppTranscriber *transcriber; /* (nullable) */
  AppDictation *dictation;     /* writes the recording down; NULL: it becomes a sound */
  gboolean elsewhere;          /* its words are seen there */
  GByteArray *said;            /* what it still writes down after the recording; NULL: nothing */
};

enum { RECORDED, DICTATED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_RECORDING = 1, PROP_WRITING, PROP_HEARD, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UiMicrophoneButton, ui_microphone_button, GTK_TYPE_WIDGET)

gboolean
ui_microphone_button_get_recording (UiMicrophoneButton *self)
{
  return self->samples != NULL;
}

gboolean
ui_microphone_button_get_writing (UiMicrophoneButton *self)
{
  return self->said != NULL;
}

const char *
ui_microphone_button_get_heard (UiMicrophoneButton *self)
{
  return self->dictation != NULL ? app_dictation_get_text (self->dictation) : "";
}

static gsize
count_samples (UiMicrophoneButton *self)
{
  return self->samples->len / sizeof (float);
}

/* Showing */

static gboolean
is_missing (UiMicrophoneButton *self)
{
  return self->devices != NULL && media_devices_get_ready (self->devices) &&
         g_list_model_get_n_items (media_devices_get_list (self->devices, MEDIA_DEVICE_MICROPHONE)) == 0;
}

static void
show_time (UiMicrophoneButton *self)
{
  const GByteArray *samples = self->samples != NULL ? self->samples : self->said;
  guint seconds = samples != NULL ? (guint) (samples->len / sizeof (float) / RATE) : 0;
  /* Translators: minutes and seconds of a recording. */
  g_autofree char *text = g_strdup_printf (_("%u:%02u"), seconds / 60, seconds % 60);
  gboolean finishing = self->said != NULL && *ui_microphone_button_get_heard (self) != '\0' && !self->elsewhere;

  gtk_label_set_text (self->time, finishing ? _("Writing it down…") : text);
}

static void
set_class (gpointer widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* What is on the strip beside the button: what is being done, or the newest words. */
static void
show_words (UiMicrophoneButton *self)
{
  gboolean on = self->samples != NULL && media_microphone_get_state (self->microphone) != MEDIA_CAPTURE_STARTING;
  const char *heard = ui_microphone_button_get_heard (self);
  gboolean has_words = *heard != '\0' && !self->elsewhere;

  gtk_label_set_ellipsize (self->words, has_words ? PANGO_ELLIPSIZE_START : PANGO_ELLIPSIZE_END);
  gtk_label_set_text (self->words, has_words ? heard : self->said != NULL ? _("Writing it down…") : !on ? _("Opening…") : self->dictation != NULL ? _("Listening…") : _("Microphone"));
  /* They may still change. */
  set_class (self->words, "tentative", has_words);
  gtk_widget_set_hexpand (gtk_widget_get_parent (GTK_WIDGET (self->words)), has_words || self->said != NULL);
  gtk_widget_set_hexpand (GTK_WIDGET (self->meter), !has_words);
  gtk_widget_set_visible (GTK_WIDGET (self->meter), self->said == NULL);
  show_time (self);
}

static void
on_heard (UiMicrophoneButton *self)
{
  show_words (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEARD]);
}

void
ui_microphone_button_set_elsewhere (UiMicrophoneButton *self, gboolean elsewhere)
{
  self->elsewhere = elsewhere;
  if (self->button != NULL)
    show_words (self);
}

static void
update (UiMicrophoneButton *self)
{
  gboolean recording = self->samples != NULL, writing = self->said != NULL;
  gboolean on = recording && media_microphone_get_state (self->microphone) != MEDIA_CAPTURE_STARTING;
  gboolean sensitive = recording || (!writing && self->reason == NULL && !is_missing (self));
  const char *name = recording ? _("Stop recording") : _("Record sound");
  const char *tooltip = recording              ? _("Stop recording (Ctrl+M)")
                        : self->reason != NULL ? self->reason
                        : sensitive            ? _("Record sound (Ctrl+M): click, or hold while you speak")
                                               : _("No microphone was found. Connect one.");

  if (self->button == NULL)
    return;
  gtk_widget_set_visible (self->strip, recording || writing);
  gtk_widget_set_visible (GTK_WIDGET (self->write), recording && self->transcriber != NULL);
  gtk_widget_set_visible (self->dot, !writing);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), writing);
  gtk_spinner_set_spinning (self->spinner, writing);
  /* Who has the focus on it keeps it near. */
  if (writing && gtk_widget_has_focus (GTK_WIDGET (self->button)))
    gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), GTK_DIR_TAB_BACKWARD);
  gtk_widget_set_visible (self->holder, !writing);
  set_class (self->dot, "on", on);
  show_words (self);
  gtk_button_set_icon_name (self->button, recording && !self->held ? "media-playback-stop-symbolic" : "audio-input-microphone-symbolic");
  set_class (self->button, "recording", recording);
  /* Who has the focus on it is not to lose it to nothing. */
  if (!sensitive && gtk_widget_has_focus (GTK_WIDGET (self->button)))
    gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), GTK_DIR_TAB_BACKWARD);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), sensitive);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tooltip, -1);
  show_time (self);
}

/* Whether there is a microphone, from now on. */
static void
watch_devices (UiMicrophoneButton *self)
{
  if (self->devices != NULL)
    return;
  self->devices = g_object_ref (ui_devices_get ());
  g_signal_connect_object (self->devices, "notify::ready", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (media_devices_get_list (self->devices, MEDIA_DEVICE_MICROPHONE), "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/* Recording */

static void
drop_dictation (UiMicrophoneButton *self)
{
  if (self->dictation == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->dictation, self);
  app_dictation_cancel (self->dictation);
  g_clear_object (&self->dictation);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HEARD]);
}

/* Returns: (transfer full) (nullable) */
static GByteArray *
take_samples (UiMicrophoneButton *self)
{
  GByteArray *samples = g_steal_pointer (&self->samples);

  self->held = FALSE;
  return samples;
}

static void
on_over (UiMicrophoneButton *self)
{
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RECORDING]);
}

/* Gives out `n` samples of it. */
static void
give_out (UiMicrophoneButton *self, GByteArray *samples, gsize n)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M");
  /* Translators: the name of a file; %s is the time of the day, as 14:32. */
  g_autofree char *name = g_strdup_printf (_("Recording %s.wav"), time);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MediaSound) sound = NULL;
  g_autoptr (GBytes) wav = NULL;
  g_autoptr (GError) error = NULL;

  g_byte_array_set_size (samples, (guint) (n * sizeof (float)));
  bytes = g_byte_array_free_to_bytes (samples);
  sound = media_sound_new (bytes, RATE);
  wav = media_sound_to_wav (sound, &error);
  if (wav != NULL)
    g_signal_emit (self, signals[RECORDED], 0, wav, name);
  else
    ui_toast_error (GTK_WIDGET (self), error);
}

static void
set_said (UiMicrophoneButton *self, GByteArray *said)
{
  g_clear_pointer (&self->said, g_byte_array_unref);
  self->said = said;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WRITING]);
}

static void
on_dictation_ended (AppDictation *dictation, GError *error, UiMicrophoneButton *self)
{
  g_autofree char *words = g_strdup (app_dictation_get_text (dictation));

  g_object_ref (self);
  drop_dictation (self);
  if (error != NULL)
    ui_toast_error (GTK_WIDGET (self), error);
  if (error != NULL && self->said != NULL)
    give_out (self, g_byte_array_ref (self->said), self->said->len / sizeof (float));
  else if (error == NULL && *words != '\0')
    g_signal_emit (self, signals[DICTATED], 0, words);
  else if (error == NULL)
    ui_toast (GTK_WIDGET (self), _("No words were heard. Speak a little louder, or nearer to the microphone."));
  /* Who waits for the words has them now. */
  set_said (self, NULL);
  g_object_unref (self);
}

/* The recording, as far as it is there already, and what comes are written down. */
static void
begin_dictation (UiMicrophoneButton *self)
{
  self->dictation = app_dictation_new (self->transcriber);
  g_signal_connect_object (self->dictation, "notify::text", G_CALLBACK (on_heard), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->dictation, "ended", G_CALLBACK (on_dictation_ended), self, 0);
  app_dictation_hear (self->dictation, (const float *) self->samples->data, count_samples (self));
}

static void
on_write_toggled (UiMicrophoneButton *self)
{
  if (self->samples == NULL)
    return;
  drop_dictation (self);
  if (gtk_toggle_button_get_active (self->write))
    begin_dictation (self);
  show_words (self);
}

static void
end (UiMicrophoneButton *self, gboolean keep)
{
  gsize quiet_since = self->quiet_since;
  gboolean held = self->held;
  g_autoptr (GByteArray) samples = NULL;
  gsize n;

  if (self->samples == NULL)
    return;
  g_object_ref (self);
  /* What has come so far comes now. */
  media_microphone_stop (self->microphone);
  samples = take_samples (self);
  if (samples != NULL) {
    n = samples->len / sizeof (float);
    if (keep || n < LEAST)
      drop_dictation (self);
    /* Nothing is said in what nobody speaks in. */
    if (!held && quiet_since > 0)
      n = MIN (n, quiet_since);
    on_over (self);
    if (self->dictation != NULL) {
      set_said (self, g_steal_pointer (&samples));
      app_dictation_end (self->dictation);
    } else if (n >= LEAST)
      give_out (self, g_steal_pointer (&samples), n);
    else
      ui_toast (GTK_WIDGET (self), _("Nothing was recorded: the microphone had just been opened. Wait for the red dot, then speak."));
  }
  g_object_unref (self);
}

void
ui_microphone_button_finish (UiMicrophoneButton *self)
{
  end (self, FALSE);
}

void
ui_microphone_button_keep (UiMicrophoneButton *self)
{
  end (self, TRUE);
  if (self->said == NULL)
    return;
  drop_dictation (self);
  give_out (self, g_byte_array_ref (self->said), self->said->len / sizeof (float));
  set_said (self, NULL);
}

gboolean
ui_microphone_button_discard (UiMicrophoneButton *self)
{
  g_autoptr (GByteArray) samples = take_samples (self);

  drop_dictation (self);
  if (self->said != NULL) {
    set_said (self, NULL);
    return TRUE;
  }
  if (samples == NULL)
    return FALSE;
  media_microphone_stop (self->microphone);
  on_over (self);
  return TRUE;
}

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, UiMicrophoneButton *self)
{
  if (self->samples == NULL)
    return;
  g_byte_array_append (self->samples, (const guint8 *) media_sound_get_samples (block), (guint) (block->n_samples * sizeof (float)));
  show_time (self);
  if (self->dictation != NULL)
    app_dictation_hear (self->dictation, media_sound_get_samples (block), block->n_samples);
  if (!self->held && self->quiet_since > 0 && count_samples (self) - self->quiet_since >= (self->dictation != NULL ? DICTATION_PAUSE : PAUSE))
    ui_microphone_button_finish (self);
}

static void
on_speech_began (MediaMicrophone *microphone, UiMicrophoneButton *self)
{
  self->quiet_since = 0;
}

static void
on_speech_ended (MediaMicrophone *microphone, UiMicrophoneButton *self)
{
  if (self->samples != NULL && media_microphone_get_state (microphone) == MEDIA_CAPTURE_ON)
    self->quiet_since = count_samples (self);
  if (self->dictation != NULL)
    app_dictation_pause (self->dictation);
}

static void
on_level (MediaMicrophone *microphone, double peak, double rms, UiMicrophoneButton *self)
{
  if (self->samples != NULL)
    ui_level_meter_add (self->meter, rms);
}

/* It ended by itself: what there is, is kept. */
static void
on_stopped (MediaMicrophone *microphone, int reason, GError *error, UiMicrophoneButton *self)
{
  gboolean limit = reason == MEDIA_MICROPHONE_BY_LIMIT;

  if (self->samples == NULL)
    return;
  if (count_samples (self) >= LEAST)
    ui_microphone_button_finish (self);
  else
    ui_microphone_button_discard (self);
  if (error != NULL)
    ui_toast_error (GTK_WIDGET (self), error);
  else if (limit) {
    g_autofree char *sentence = g_strdup_printf (g_dngettext (NULL, "A recording can be %u minute long, and this one is now. Record on in a second one.", "A recording can be %u minutes long, and this one is now. Record on in a second one.", MAX_MINUTES), MAX_MINUTES);

    ui_toast (GTK_WIDGET (self), sentence);
  }
}

static void
begin (UiMicrophoneButton *self, gboolean held)
{
  const MediaMicrophoneOptions options = { .rate = RATE, .max_seconds = MAX_MINUTES * 60, .clean = TRUE, .marks_speech = TRUE };
  g_autoptr (MediaDevice) device = NULL;

  watch_devices (self);
  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->button)))
    return;
  if (self->microphone == NULL) {
    self->microphone = media_microphone_new ();
    g_signal_connect_object (self->microphone, "samples", G_CALLBACK (on_samples), self, 0);
    g_signal_connect_object (self->microphone, "speech-began", G_CALLBACK (on_speech_began), self, 0);
    g_signal_connect_object (self->microphone, "speech-ended", G_CALLBACK (on_speech_ended), self, 0);
    g_signal_connect_object (self->microphone, "level", G_CALLBACK (on_level), self, 0);
    g_signal_connect_object (self->microphone, "stopped", G_CALLBACK (on_stopped), self, 0);
    g_signal_connect_object (self->microphone, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  self->samples = g_byte_array_new ();
  self->quiet_since = 0;
  self->held = held;
  ui_level_meter_clear (self->meter);
  if (self->transcriber != NULL && gtk_toggle_button_get_active (self->write))
    begin_dictation (self);
  /* While the first look is not over, it is the one that the system prefers. */
  device = media_devices_find (self->devices, MEDIA_DEVICE_MICROPHONE, NULL);
  media_microphone_start (self->microphone, device, &options);
  on_over (self);
}

void
ui_microphone_button_toggle (UiMicrophoneButton *self)
{
  if (self->samples != NULL)
    ui_microphone_button_finish (self);
  else
    begin (self, FALSE);
}

/* The button */

static void
press (UiMicrophoneButton *self, guint32 time)
{
  if (self->samples != NULL) {
    ui_microphone_button_finish (self);
    return;
  }
  self->pressed_at = time;
  begin (self, TRUE);
}

static void
let_go (UiMicrophoneButton *self, guint32 time)
{
  if (!self->held)
    return;
  if (time - self->pressed_at >= CLICK) {
    ui_microphone_button_finish (self);
  } else {
    self->held = FALSE;
    update (self);
  }
}

/* The key is let go elsewhere. */
static void
on_left (UiMicrophoneButton *self)
{
  if (self->held)
    ui_microphone_button_finish (self);
}

static void
on_discard (UiMicrophoneButton *self)
{
  ui_microphone_button_discard (self);
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  return ui_microphone_button_discard (UI_MICROPHONE_BUTTON (widget));
}

void
ui_microphone_button_set_transcriber (UiMicrophoneButton *self, AppTranscriber *transcriber, gboolean writes)
{
  if (transcriber != self->transcriber) {
    g_clear_pointer (&self->transcriber, app_transcriber_unref);
    self->transcriber = transcriber != NULL ? app_transcriber_ref (transcriber) : NULL;
  }
  /* A recording goes on as it was begun, with the model that it was begun with. */
  if (self->samples == NULL)
    gtk_toggle_button_set_active (self->write, writes);
  update (self);
}

void
ui_microphone_button_set_reason (UiMicrophoneButton *self, const char *reason)
{
  if (g_strcmp0 (reason, self->reason) == 0)
    return;
  g_free (self->reason);
  self->reason = g_strdup (reason);
  update (self);
}

/* Object */

/* Nothing is recorded that is not seen to be: another page stands in the place of this one, or the window goes. */
static void
ui_microphone_button_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_microphone_button_parent_class)->unmap (widget);
  ui_microphone_button_keep (UI_MICROPHONE_BUTTON (widget));
}

static void
ui_microphone_button_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiMicrophoneButton *self = UI_MICROPHONE_BUTTON (object);

  if (id == PROP_HEARD)
    g_value_set_string (value, ui_microphone_button_get_heard (self));
  else
    g_value_set_boolean (value, id == PROP_RECORDING ? self->samples != NULL : self->said != NULL);
}

static void
ui_microphone_button_dispose (GObject *object)
{
  UiMicrophoneButton *self = UI_MICROPHONE_BUTTON (object);

  drop_dictation (self);
  g_clear_pointer (&self->samples, g_byte_array_unref);
  g_clear_pointer (&self->said, g_byte_array_unref);
  g_clear_pointer (&self->transcriber, app_transcriber_unref);
  g_clear_object (&self->microphone);
  g_clear_object (&self->devices);
  self->button = NULL;
  g_clear_pointer (&self->strip, gtk_widget_unparent);
  g_clear_pointer (&self->holder, gtk_widget_unparent);
  g_clear_pointer (&self->reason, g_free);
  G_OBJECT_CLASS (ui_microphone_button_parent_class)->dispose (object);
}

static void
ui_microphone_button_class_init (UiMicrophoneButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ui_microphone_button_dispose;
  widget_class->unmap = ui_microphone_button_unmap;
  object_class->get_property = ui_microphone_button_get_property;
  props[PROP_RECORDING] = g_param_spec_boolean ("recording", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_WRITING] = g_param_spec_boolean ("writing", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_HEARD] = g_param_spec_string ("heard", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[RECORDED] = g_signal_new ("recorded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BYTES, G_TYPE_STRING);
  signals[DICTATED] = g_signal_new ("dictated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_type_ensure (UI_TYPE_LEVEL_METER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-microphone-button.ui");
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, strip);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, dot);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, words);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, meter);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, time);
  gtk_widget_class_bind_template_child_full (widget_class, "discard", FALSE, 0);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, write);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, holder);
  gtk_widget_class_bind_template_child (widget_class, UiMicrophoneButton, button);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
  gtk_widget_class_bind_template_callback (widget_class, on_write_toggled);
  gtk_widget_class_bind_template_callback (widget_class, ui_microphone_button_toggle);
  gtk_widget_class_set_css_name (widget_class, "microphonebutton");
}

static void
ui_microphone_button_init (UiMicrophoneButton *self)
{
  GtkEventController *motion, *escape;

  gtk_widget_init_template (GTK_WIDGET (self));
  ui_hold_watch (self->holder, GTK_WIDGET (self->button), (UiHoldFunc) press, (UiHoldFunc) let_go, (UiHoldLostFunc) on_left, self);
  motion = gtk_event_controller_motion_new ();
  g_signal_connect_object (motion, "enter", G_CALLBACK (watch_devices), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->holder, motion);
  escape = gtk_shortcut_controller_new ();
  gtk_event_controller_set_propagation_phase (escape, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (escape), GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (escape), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_callback_action_new (on_escape, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), escape);
  update (self);
}
