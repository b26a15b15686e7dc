/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-camera-dialog.h"

#include <glib/gi18n.h>

#include "app-transcript.h"
#include "media-camera.h"
#include "media-clip-file.h"
#include "ui-beside-layout.h"
#include "ui-devices.h"
#include "ui-mirror.h"
#include "ui-picture.h"

/* Of the picture that is taken, pixels: models see no more, and as a file it stays within some megabytes. */
#define MAX_SIDE 2048
/* Of a clip: what it is kept with until it is written, some 200 MB for the longest. */
#define CLIP_SIDE 640
#define CLIP_FRAMES_A_SECOND 6

struct _UiCameraDialog {
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  GtkWidget *cameras;
  GMenu *menu;
  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *failed;
  GtkAspectFrame *live_frame;
  GtkPicture *live;
  GtkWidget *pill;
  GtkLabel *on_air;
  GtkWidget *shutter;
  GtkWidget *stop;
  GtkWidget *record;
  GtkAspectFrame *shot_frame;
  GtkPicture *shot;
  GtkWidget *length_pill;
  GtkLabel *length;
  GtkButton *again;
  GtkWidget *add;

  UiCameraFunc add_func;
  GWeakRef owner;
  MediaDevices *devices;
  MediaCamera *camera;
  UiMirror *mirror;
  MediaDevice *device;        /* that is used, or was last; (nullable) */
  GdkTexture *taken;          /* (nullable) */
  MediaClip *clip;            /* that was recorded instead, or NULL */
  guint frame;                /* of it, that is shown */
  guint loop_id;              /* shows the next one */
  GBytes *file;               /* of either; NULL until it is written */
  gint64 recording_since;     /* g_get_monotonic_time () */
  gboolean with_sound;        /* is it recorded */
  guint clock_id;             /* while it is recorded */
  GCancellable *cancellable;  /* of what is taken or written, or NULL */
  char *trouble;              /* why nothing was taken, or NULL */
  gboolean adding;            /* it was to be added while it is still written */
};

enum { PROP_CAMERA = 1, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (UiCameraDialog, ui_camera_dialog, ADW_TYPE_WINDOW)

static GListModel *
get_list (UiCameraDialog *self)
{
  return media_devices_get_list (self->devices, MEDIA_DEVICE_CAMERA);
}

/* Showing */

static const char *
choose_page (UiCameraDialog *self)
{
  MediaCaptureState state = media_camera_get_state (self->camera);

  gboolean ready = media_devices_get_ready (self->devices);

  if (self->taken != NULL || self->clip != NULL)
    return "taken";
  if (ready && g_list_model_get_n_items (get_list (self)) == 0)
    return "none";
  if (self->trouble != NULL || state == MEDIA_CAPTURE_FAILED || (ready && state == MEDIA_CAPTURE_OFF))
    return "failed";
  return state == MEDIA_CAPTURE_ON ? "live" : "waiting";
}

/* What is open, and while it records for how long it has. The button that ends it stands where the shutter was, so that it is the one to press. */
static void
update_recording (UiCameraDialog *self)
{
  gboolean recording = media_camera_get_recording (self->camera);
  g_autofree char *now = app_transcript_format_time ((guint) ((g_get_monotonic_time () - self->recording_since) / G_USEC_PER_SEC)), *most = app_transcript_format_time (MEDIA_CLIP_LONGEST);
  /* Translators: how long has been recorded, of how long it may be: "0:07 of 0:30". */
  g_autofree char *text = !recording ? g_strdup (_("Camera is on")) : g_strdup_printf (self->with_sound ? _("Recording with sound, %s of %s") : _("Recording without sound, %s of %s"), now, most);

  gtk_label_set_text (self->on_air, text);
  gtk_widget_set_visible (self->shutter, !recording);
  gtk_widget_set_visible (self->stop, recording);
  gtk_widget_set_opacity (self->record, recording ? 0 : 1);
  gtk_widget_set_sensitive (self->record, !recording);
  if (recording)
    gtk_widget_add_css_class (self->pill, "recording");
  else
    gtk_widget_remove_css_class (self->pill, "recording");
}

/* Of a clip that was recorded: how long it is, and whether one hears something. */
static void
update_taken (UiCameraDialog *self)
{
  gboolean clip = self->clip != NULL;

  gtk_widget_set_visible (self->length_pill, clip);
  gtk_button_set_label (self->again, clip ? _("Record again") : _("Take again"));
  gtk_picture_set_alternative_text (self->shot, clip ? _("The clip that was recorded") : _("The picture that was taken"));
  if (clip) {
    g_autofree char *length = app_transcript_format_time (MAX (1, (guint) (self->clip->seconds + 0.5)));
    /* Translators: of a clip, %s is how long it is: "0:07 with sound". */
    g_autofree char *text = g_strdup_printf (self->clip->sound != NULL ? _("%s with sound") : _("%s without sound"), length);

    gtk_label_set_text (self->length, text);
  }
}

static void
update (UiCameraDialog *self)
{
  const char *before, *page;
  const GError *error;

  if (self->stack == NULL)
    return;
  before = gtk_stack_get_visible_child_name (self->stack);
  page = choose_page (self);
  error = media_camera_get_error (self->camera);
  adw_status_page_set_description (self->failed, error != NULL ? error->message : self->trouble != NULL ? self->trouble : _("No more pictures come from the camera. Try again, or choose another one."));
  adw_window_title_set_subtitle (self->title, self->device != NULL && !g_str_equal (page, "none") ? media_device_get_name (self->device) : "");
  gtk_spinner_set_spinning (self->spinner, g_str_equal (page, "waiting"));
  gtk_stack_set_visible_child_name (self->stack, page);
  update_recording (self);
  update_taken (self);
  if (g_strcmp0 (before, page) == 0)
    return;
  /* What one does next is where Space and Enter go. */
  if (g_str_equal (page, "live"))
    gtk_widget_grab_focus (self->shutter);
  else if (g_str_equal (page, "taken"))
    gtk_widget_grab_focus (self->add);
}

/* The camera */

static void
forget_taken (UiCameraDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->taken);
  g_clear_pointer (&self->clip, media_clip_unref);
  g_clear_handle_id (&self->loop_id, g_source_remove);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_clear_pointer (&self->trouble, g_free);
  self->adding = FALSE;
}

/* `device`: (nullable) the one that was used before, or the first */
static void
start (UiCameraDialog *self, MediaDevice *device)
{
  const char *id = device != NULL ? media_device_get_id (device) : self->device != NULL ? media_device_get_id (self->device) : NULL;
  g_autoptr (MediaDevice) chosen = media_devices_find (self->devices, MEDIA_DEVICE_CAMERA, id);

  forget_taken (self);
  if (chosen != NULL) {
    if (chosen != self->device)
      media_camera_stop (self->camera);
    if (g_set_object (&self->device, chosen))
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAMERA]);
    media_camera_start (self->camera, chosen);
  }
  update (self);
}

/* The devices have changed: the one that is used may be gone, or the first one is here. */
static void
on_devices (UiCameraDialog *self)
{
  GListModel *list;
  guint n;
  gboolean used = FALSE;

  if (self->stack == NULL)
    return;
  list = get_list (self);
  n = g_list_model_get_n_items (list);
  g_menu_remove_all (self->menu);
  for (guint i = 0; i < n; i++) {
    g_autoptr (MediaDevice) device = g_list_model_get_item (list, i);
    g_autoptr (GMenuItem) item = g_menu_item_new (media_device_get_name (device), NULL);

    g_menu_item_set_action_and_target (item, "camera.choose", "s", media_device_get_id (device));
    g_menu_append_item (self->menu, item);
    used |= device == self->device;
  }
  gtk_widget_set_visible (self->cameras, n > 1);
  /* It would say so itself after a while; a picture that was taken stays. */
  if (!used && self->device != NULL)
    media_camera_stop (self->camera);
  if (!used && self->taken == NULL && self->clip == NULL && n > 0)
    start (self, NULL);
  else
    update (self);
}

static void
on_frame (MediaCamera *camera, MediaPicture *picture, UiCameraDialog *self)
{
  g_autoptr (GdkTexture) texture = ui_picture_to_texture (picture);

  ui_mirror_set_texture (self->mirror, texture);
  gtk_aspect_frame_set_ratio (self->live_frame, (float) picture->width / (float) picture->height);
}

static void
on_state (UiCameraDialog *self)
{
  /* The last picture is not to show before the next camera has one. */
  if (self->stack != NULL && media_camera_get_state (self->camera) != MEDIA_CAPTURE_ON)
    ui_mirror_set_texture (self->mirror, NULL);
  update (self);
}

/* The picture */

static void
add_file (UiCameraDialog *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M");
  /* Translators: the name of a file; %s is the time of the day, as 14:32. */
  g_autofree char *name = g_strdup_printf (self->clip != NULL ? _("Clip %s.webm") : _("Photo %s.png"), time);
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_bytes (self->file, name);
  g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);

  if (owner != NULL)
    self->add_func (attachment, owner);
  gtk_window_close (GTK_WINDOW (self));
}

static void
write_png (GTask *task, gpointer source, gpointer texture, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (texture), (GDestroyNotify) g_bytes_unref);
}

static void
take_file (UiCameraDialog *self, GBytes *file)
{
  self->file = g_bytes_ref (file);
  if (self->adding)
    add_file (self);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  UiCameraDialog *self = UI_CAMERA_DIALOG (source);
  g_autoptr (GBytes) png = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Otherwise another one is taken, or the window is closed. */
  if (png != NULL && self->stack != NULL)
    take_file (self, png);
}

/* Most often the camera has stopped, which says why better. */
static void
take_trouble (UiCameraDialog *self, const GError *error)
{
  g_clear_object (&self->cancellable);
  self->trouble = g_strdup (error->message);
  media_camera_stop (self->camera);
  update (self);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiCameraDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaPicture) picture = media_camera_snapshot_finish (MEDIA_CAMERA (source), result, &error);
  g_autoptr (GTask) task = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL)
    return;
  if (picture == NULL) {
    take_trouble (self, error);
    return;
  }
  self->taken = ui_picture_to_texture (picture);
  gtk_picture_set_paintable (self->shot, GDK_PAINTABLE (self->taken));
  gtk_aspect_frame_set_ratio (self->shot_frame, (float) picture->width / (float) picture->height);
  task = g_task_new (self, self->cancellable, on_written, NULL);
  g_task_set_task_data (task, g_object_ref (self->taken), g_object_unref);
  g_task_run_in_thread (task, write_png);
  media_camera_stop (self->camera);
  update (self);
}

static void
on_shutter (UiCameraDialog *self)
{
  if (self->cancellable != NULL || media_camera_get_recording (self->camera) || media_camera_get_state (self->camera) != MEDIA_CAPTURE_ON)
    return;
  self->cancellable = g_cancellable_new ();
  media_camera_snapshot_async (self->camera, MAX_SIDE, self->cancellable, on_taken, g_object_ref (self));
}

/* The clip */

static gboolean
show_next (gpointer data)
{
  UiCameraDialog *self = data;
  const MediaClipFrame *frame = self->clip->frames->pdata[self->frame++ % self->clip->frames->len];
  g_autoptr (GdkTexture) texture = ui_picture_to_texture (frame->picture);

  gtk_picture_set_paintable (self->shot, GDK_PAINTABLE (texture));
  return G_SOURCE_CONTINUE;
}

static void
on_clip_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiCameraDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = media_clip_write_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL)
    return;
  if (file != NULL) {
    take_file (self, file);
    return;
  }
  forget_taken (self);
  take_trouble (self, error);
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiCameraDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaClip) clip = media_camera_record_finish (MEDIA_CAMERA (source), result, &error);
  const MediaPicture *first;

  if (self->stack == NULL)
    return;
  g_clear_handle_id (&self->clock_id, g_source_remove);
  if (clip == NULL) {
    take_trouble (self, error);
    return;
  }
  forget_taken (self);
  self->clip = g_steal_pointer (&clip);
  self->cancellable = g_cancellable_new ();
  media_clip_write_async (self->clip, self->cancellable, on_clip_written, g_object_ref (self));
  first = ((MediaClipFrame *) self->clip->frames->pdata[0])->picture;
  gtk_aspect_frame_set_ratio (self->shot_frame, (float) first->width / (float) first->height);
  self->frame = 0;
  self->loop_id = g_timeout_add (1000 / CLIP_FRAMES_A_SECOND, show_next, self);
  show_next (self);
  media_camera_stop (self->camera);
  update (self);
}

static gboolean
on_clock (gpointer data)
{
  update_recording (data);
  return G_SOURCE_CONTINUE;
}

static void
on_stop (UiCameraDialog *self)
{
  media_camera_record_stop (self->camera);
}

/* With the sound of the microphone, where there is one. */
static void
on_record (UiCameraDialog *self)
{
  MediaClipOptions options;

  if (media_camera_get_recording (self->camera) || self->cancellable != NULL || media_camera_get_state (self->camera) != MEDIA_CAPTURE_ON)
    return;
  media_clip_options_init (&options);
  options.frames_a_second = CLIP_FRAMES_A_SECOND;
  options.max_side = CLIP_SIDE;
  options.rate = 48000;
  options.with_sound = self->with_sound = g_list_model_get_n_items (media_devices_get_list (self->devices, MEDIA_DEVICE_MICROPHONE)) > 0;
  self->recording_since = g_get_monotonic_time ();
  self->clock_id = g_timeout_add (250, on_clock, self);
  media_camera_record_async (self->camera, &options, on_recorded, g_object_ref (self));
  update_recording (self);
  gtk_widget_grab_focus (self->stop);
}

static void
on_again (UiCameraDialog *self)
{
  start (self, NULL);
}

static void
on_add (UiCameraDialog *self)
{
  self->adding = TRUE;
  if (self->file != NULL)
    add_file (self);
}

/* Object */

static void
ui_camera_dialog_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiCameraDialog *self = UI_CAMERA_DIALOG (object);

  g_value_set_string (value, self->device != NULL ? media_device_get_id (self->device) : "");
}

/* The menu sets it. */
static void
ui_camera_dialog_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiCameraDialog *self = UI_CAMERA_DIALOG (object);
  g_autoptr (MediaDevice) device = media_devices_find (self->devices, MEDIA_DEVICE_CAMERA, g_value_get_string (value));

  if (device != NULL && (device != self->device || self->taken != NULL || self->clip != NULL))
    start (self, device);
}

static void
ui_camera_dialog_dispose (GObject *object)
{
  UiCameraDialog *self = UI_CAMERA_DIALOG (object);

  self->stack = NULL;
  forget_taken (self);
  g_clear_handle_id (&self->clock_id, g_source_remove);
  /* Whoever waits for its picture keeps the object a little longer, but not the device. */
  if (self->camera != NULL)
    media_camera_stop (self->camera);
  g_clear_object (&self->camera);
  g_clear_object (&self->devices);
  g_clear_object (&self->device);
  g_clear_object (&self->mirror);
  g_weak_ref_set (&self->owner, NULL);
  G_OBJECT_CLASS (ui_camera_dialog_parent_class)->dispose (object);
}

static void
ui_camera_dialog_finalize (GObject *object)
{
  g_weak_ref_clear (&UI_CAMERA_DIALOG (object)->owner);
  G_OBJECT_CLASS (ui_camera_dialog_parent_class)->finalize (object);
}

static void
ui_camera_dialog_class_init (UiCameraDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ui_camera_dialog_dispose;
  object_class->finalize = ui_camera_dialog_finalize;
  object_class->get_property = ui_camera_dialog_get_property;
  object_class->set_property = ui_camera_dialog_set_property;
  props[PROP_CAMERA] = g_param_spec_string ("camera", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-camera-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, title);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, cameras);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, menu);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, failed);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, live_frame);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, live);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, pill);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, on_air);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, shutter);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, stop);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, record);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, shot_frame);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, shot);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, length_pill);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, length);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, again);
  gtk_widget_class_bind_template_child (widget_class, UiCameraDialog, add);
  gtk_widget_class_bind_template_child_full (widget_class, "retry", FALSE, 0);
  gtk_widget_class_bind_template_callback (widget_class, on_shutter);
  gtk_widget_class_bind_template_callback (widget_class, on_record);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_install_property_action (widget_class, "camera.choose", "camera");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_camera_dialog_init (UiCameraDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_weak_ref_init (&self->owner, NULL);
  self->mirror = ui_mirror_new ();
  gtk_picture_set_paintable (self->live, GDK_PAINTABLE (self->mirror));
  self->camera = media_camera_new ();
  g_signal_connect_object (self->camera, "frame", G_CALLBACK (on_frame), self, 0);
  g_signal_connect_object (self->camera, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  self->devices = g_object_ref (ui_devices_get ());
  g_signal_connect_object (self->devices, "notify::ready", G_CALLBACK (on_devices), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_list (self), "items-changed", G_CALLBACK (on_devices), self, G_CONNECT_SWAPPED);
  on_devices (self);
}

void
ui_camera_dialog_present (GtkWidget *widget, UiCameraFunc add, GObject *owner)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  UiCameraDialog *self = g_object_new (UI_TYPE_CAMERA_DIALOG, "transient-for", GTK_IS_WINDOW (root) ? root : NULL, NULL);

  self->add_func = add;
  g_weak_ref_set (&self->owner, owner);
  gtk_window_present (GTK_WINDOW (self));
}
