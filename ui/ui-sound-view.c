/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-sound-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "media-player.h"
#include "ui-film.h"
#include "ui-waveform.h"

/* Hz; a long sound is kept with less, for it stands in memory as long as the view is there. */
#define RATE 44100
#define RATE_LONG 16000
#define LONG 300 /* seconds */
/* Of the silence that a video without sound is played by. */
#define RATE_SILENT 4000

struct _UiSoundView {
  GtkWidget parent_instance;

  GtkWidget *clamp;
  GtkAspectFrame *frame;
  GtkPicture *picture;
  GtkButton *play;
  UiWaveform *waveform;
  GtkLabel *time;
  GtkLabel *error;
  GtkWidget *scroller;
  GtkListBox *lines;

  AppAttachment *attachment;
  AppTranscript *transcript; /* of which each line is a row */
  GCancellable *cancellable; /* of the decoding; NULL before */
  MediaPlayer *player;       /* NULL until it is decoded */
  UiFilm *film;              /* of a video; NULL of a sound */
  double seconds;            /* of the sound */
  int current;               /* the line that is heard, or −1 */
};

G_DEFINE_FINAL_TYPE (UiSoundView, ui_sound_view, GTK_TYPE_WIDGET)

/* ---- showing ---- */

static void
update_play (UiSoundView *self)
{
  gboolean playing = self->player != NULL && media_player_get_playing (self->player);
  const char *name = playing ? _("Pause") : _("Play");

  gtk_button_set_icon_name (self->play, playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
mark_line (UiSoundView *self, int line)
{
  GtkListBoxRow *row;

  if (line == self->current)
    return;
  row = gtk_list_box_get_row_at_index (self->lines, self->current);
  if (self->current >= 0 && row != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (row), "current");
  self->current = line;
  row = line >= 0 ? gtk_list_box_get_row_at_index (self->lines, line) : NULL;
  if (row != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row), "current");
}

static void
update_position (UiSoundView *self)
{
  double position = media_player_get_position (self->player);
  g_autofree char *now = app_transcript_format_time ((guint) position), *all = app_transcript_format_time ((guint) self->seconds);
  g_autofree char *text = g_strdup_printf (_("%s of %s"), now, all);
  int line = -1;

  ui_waveform_set_position (self->waveform, position);
  if (self->film != NULL)
    ui_film_seek (self->film, position);
  gtk_label_set_text (self->time, text);
  for (guint i = 0; i < self->transcript->parts->len && ((AppTranscriptSegment *) self->transcript->parts->pdata[i])->begin <= position; i++)
    line = (int) i;
  mark_line (self, media_player_get_playing (self->player) || position > 0 ? line : -1);
}

static void
show_error (UiSoundView *self, const GError *error)
{
  gtk_label_set_text (self->error, error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->error), TRUE);
}

static void
on_failed (MediaPlayer *player, GError *error, UiSoundView *self)
{
  show_error (self, error);
}

/* ---- the sound ---- */

static void
take_sound (UiSoundView *self, MediaSound *sound)
{
  self->player = media_player_new (sound);
  self->seconds = media_sound_get_seconds (sound);
  g_signal_connect_object (self->player, "moved", G_CALLBACK (update_position), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::playing", G_CALLBACK (update_play), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "failed", G_CALLBACK (on_failed), self, 0);
  ui_waveform_set_sound (self->waveform, sound);
  gtk_widget_set_sensitive (GTK_WIDGET (self->waveform), TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->play), TRUE);
  update_position (self);
}

/* What has no sound is played all the same, and has a place that can be pointed at. */
static void
take_silence (UiSoundView *self)
{
  gsize n = (gsize) ceil (self->seconds * RATE_SILENT) + 1;
  g_autoptr (GBytes) samples = g_bytes_new_take (g_new0 (float, n), n * sizeof (float));
  g_autoptr (MediaSound) silence = media_sound_new (samples, RATE_SILENT);

  take_sound (self, silence);
}

static void
on_decoded (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (UiSoundView) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->clamp == NULL)
    return;
  if (result != NULL && result->sound != NULL)
    take_sound (self, result->sound);
  else if (result != NULL && self->film != NULL)
    take_silence (self);
  else if (error != NULL)
    show_error (self, error);
}

static void
decode (UiSoundView *self)
{
  GBytes *bytes = self->attachment != NULL ? app_attachment_get_bytes (self->attachment) : NULL;
  AppExtent extent;
  MediaRequest request;

  if (self->cancellable != NULL || bytes == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  extent = app_attachment_get_extent (self->attachment);
  if (self->film != NULL && extent.silent) {
    take_silence (self);
    return;
  }
  media_request_init (&request, self->film != NULL ? MEDIA_JOB_VIDEO : MEDIA_JOB_SOUND);
  request.sample_rate = extent.seconds > LONG ? RATE_LONG : RATE;
  request.max_seconds = APP_ATTACHMENT_MAX_SECONDS;
  request.max_frames = 0;
  media_decode_async (&request, bytes, self->cancellable, NULL, NULL, on_decoded, g_object_ref (self));
}

/* ---- the person ---- */

static void
on_play (UiSoundView *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error), FALSE);
  media_player_set_playing (self->player, !media_player_get_playing (self->player));
}

static void
on_seek (UiWaveform *waveform, double second, UiSoundView *self)
{
  if (self->player != NULL)
    media_player_seek (self->player, second);
}

static void
on_line (GtkListBox *box, GtkListBoxRow *row, UiSoundView *self)
{
  int index = gtk_list_box_row_get_index (row);

  if (self->player == NULL || index < 0 || (guint) index >= self->transcript->parts->len)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->error), FALSE);
  media_player_seek (self->player, ((AppTranscriptSegment *) self->transcript->parts->pdata[index])->begin);
  media_player_set_playing (self->player, TRUE);
}

static GtkWidget *
create_line (const AppTranscriptSegment *segment)
{
  g_autofree char *time = app_transcript_format_time ((guint) segment->begin);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *when = g_object_new (GTK_TYPE_LABEL, "label", time, "xalign", 1.0, "yalign", 0.0, "width-chars", 5, NULL);
  GtkWidget *what = g_object_new (GTK_TYPE_LABEL, "label", segment->text, "xalign", 0.0, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "hexpand", TRUE, NULL);

  gtk_widget_add_css_class (when, "dim-label");
  gtk_widget_add_css_class (when, "numeric");
  gtk_box_append (GTK_BOX (line), when);
  gtk_box_append (GTK_BOX (line), what);
  return g_object_new (GTK_TYPE_LIST_BOX_ROW, "child", line, NULL);
}

static void
show_film (UiSoundView *self)
{
  AppExtent extent = app_attachment_get_extent (self->attachment);

  self->film = ui_film_new (app_attachment_get_bytes (self->attachment), extent.width, extent.height, extent.seconds);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (self->film));
  gtk_picture_set_alternative_text (self->picture, app_attachment_get_name (self->attachment));
  gtk_aspect_frame_set_ratio (self->frame, (float) extent.width / (float) MAX (extent.height, 1));
  gtk_widget_set_visible (GTK_WIDGET (self->frame), TRUE);
  /* Where nothing was written down the picture gets all the room. */
  gtk_widget_set_visible (self->scroller, self->transcript->parts->len > 0);
  gtk_widget_set_vexpand (GTK_WIDGET (self->frame), self->transcript->parts->len == 0);
}

void
ui_sound_view_set_attachment (UiSoundView *self, AppAttachment *attachment)
{
  g_autofree char *all = NULL;

  g_set_object (&self->attachment, attachment);
  self->seconds = app_attachment_get_extent (attachment).seconds;
  all = app_transcript_format_time ((guint) self->seconds);
  app_transcript_unref (self->transcript);
  self->transcript = app_attachment_dup_heard (attachment);
  for (guint i = 0; i < self->transcript->parts->len; i++)
    gtk_list_box_append (self->lines, create_line (self->transcript->parts->pdata[i]));
  gtk_label_set_text (self->time, all);
  if (app_attachment_get_kind (attachment) == APP_ATTACHMENT_VIDEO && app_attachment_get_bytes (attachment) != NULL)
    show_film (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    decode (self);
}

/* ---- object ---- */

static void
ui_sound_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_sound_view_parent_class)->map (widget);
  decode (UI_SOUND_VIEW (widget));
}

static void
ui_sound_view_unmap (GtkWidget *widget)
{
  UiSoundView *self = UI_SOUND_VIEW (widget);

  if (self->player != NULL)
    media_player_set_playing (self->player, FALSE);
  GTK_WIDGET_CLASS (ui_sound_view_parent_class)->unmap (widget);
}

static void
ui_sound_view_dispose (GObject *object)
{
  UiSoundView *self = UI_SOUND_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->player);
  g_clear_object (&self->film);
  g_clear_object (&self->attachment);
  g_clear_pointer (&self->clamp, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_sound_view_parent_class)->dispose (object);
}

static void
ui_sound_view_finalize (GObject *object)
{
  app_transcript_unref (UI_SOUND_VIEW (object)->transcript);
  G_OBJECT_CLASS (ui_sound_view_parent_class)->finalize (object);
}

static void
ui_sound_view_class_init (UiSoundViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_sound_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_sound_view_finalize;
  widget_class->map = ui_sound_view_map;
  widget_class->unmap = ui_sound_view_unmap;
  g_type_ensure (UI_TYPE_WAVEFORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-sound-view.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, clamp);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, frame);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, picture);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, play);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, waveform);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, time);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, error);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiSoundView, lines);
  gtk_widget_class_bind_template_callback (widget_class, on_play);
  gtk_widget_class_bind_template_callback (widget_class, on_seek);
  gtk_widget_class_bind_template_callback (widget_class, on_line);
  gtk_widget_class_set_css_name (widget_class, "soundview");
}

static void
ui_sound_view_init (UiSoundView *self)
{
  self->transcript = app_transcript_new ();
  self->current = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  update_play (self);
}
