/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Long because all that can be written, attached, said, changed and sent meets in this one widget. */
#include "ui-composer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-job.h"
#include "ui-announcer.h"
#include "ui-attachment-chip.h"
#include "ui-beside-layout.h"
#include "ui-camera-dialog.h"
#include "ui-capped.h"
#include "ui-column.h"
#include "ui-depth.h"
#include "ui-direction.h"
#include "ui-draft.h"
#include "ui-incoming.h"
#include "ui-mcp-prompt-form.h"
#include "ui-prompt-form.h"
#include "ui-prompt-picker.h"
#include "ui-toast.h"
#include "ui-wish-chip.h"

#define MAX_ATTACHMENTS 16
/* Characters of words that are seen while they are said. */
#define MOST_HEARD 400

struct _UiComposer {
  GtkWidget parent_instance;

  GtkWidget *column;
  GtkWidget *frame;
  GtkWidget *editing;
  GtkLabel *editing_label;
  GtkWidget *chips_room;
  GtkScrolledWindow *chips_scroller;
  GtkFlowBox *chips;
  GtkScrolledWindow *scroller;
  GtkTextView *view;
  GtkWidget *placeholder;
  GtkWidget *attach;
  GtkWidget *attach_menu;
  GtkWidget *make;
  UiWishChip *wish_chip;
  GtkWidget *camera;
  GtkLabel *reason_label;
  GtkWidget *destination;
  GtkLabel *destination_label;
  GtkWidget *stop;
  GtkWidget *send;
  UiContextMeter *meter;
  UiDepthButton *depth;
  UiMicrophoneButton *microphone;
  UiPromptPicker *picker;
  AppMcpServers *servers; /* (nullable) */

  AppSettings *settings;
  AppTranscriber *transcriber; /* (nullable) */
  AppDatasets *datasets;       /* (nullable) */
  gboolean given;              /* what was said, since it began to be written down */
  GListStore *attachments; /* AppAttachment */
  char *wish;      /* what it is to become, "" where the model decides */
  AppPick *pick;   /* what in that it is about, or NULL */
  GObject *edited; /* AppMessage, AppQueued, or NULL */
  UiDraft *aside;  /* what was there before that was edited, or NULL */
  char *reason;
  gboolean busy, sending, narrow;
  gboolean goes_away;       /* what is sent leaves this machine */
  guint resize_id;
  double upper; /* of what is scrolled, when the view last asked again */
  double chips_height;      /* of all of them, more of which may be there than is seen */
  gboolean chips_at_end;
  guint chips_id;
  gboolean send_when_ready; /* Send was asked for while an attachment was still read */
};

enum { PROP_0, PROP_DEPTH };
enum { SEND, STOP, CHANGED, RECALL, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiComposer, ui_composer, GTK_TYPE_WIDGET)

static char *
dup_text (UiComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* How many attachments are in `state`; what the history has of a draft counts as being read. */
static guint
count_attachments (UiComposer *self, AppAttachmentState state)
{
  guint count = state == APP_ATTACHMENT_LOADING && ui_draft_is_reading (self->attachments) ? 1 : 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++) {
    g_autoptr (AppAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->attachments), i);

    count += app_attachment_get_state (attachment) == state;
  }
  return count;
}

gboolean
ui_composer_has_content (UiComposer *self)
{
  g_autofree char *text = dup_text (self);

  return *g_strchug (text) != '\0' || g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) > 0;
}

/* Something is recorded, or what was said is still being written down. */
static gboolean
is_speaking (UiComposer *self)
{
  return ui_microphone_button_get_recording (self->microphone) || ui_microphone_button_get_writing (self->microphone);
}

/* While something is recorded the bar belongs to that. */
static void
update_bar (UiComposer *self)
{
  gboolean recording = is_speaking (self);
  gboolean full = g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) >= MAX_ATTACHMENTS;

  gtk_widget_set_visible (self->attach, !recording && !self->narrow);
  gtk_widget_set_visible (self->attach_menu, !recording && self->narrow);
  gtk_widget_set_visible (self->make, !recording && !self->narrow);
  gtk_widget_set_visible (self->camera, !recording && !self->narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), !recording);
  gtk_widget_set_visible (self->destination, self->goes_away && !(recording && self->narrow));
  gtk_widget_set_visible (GTK_WIDGET (self->meter), !recording);
  /* In a narrow window the name of a server has its place. */
  gtk_widget_set_visible (GTK_WIDGET (self->depth), !recording && !(self->narrow && self->goes_away));
  gtk_widget_set_hexpand (GTK_WIDGET (self->microphone), recording);
  ui_microphone_button_set_reason (self->microphone, full ? _("A message can carry 16 attachments. Send these first.") : NULL);
}

static void
update (UiComposer *self)
{
  guint loading = count_attachments (self, APP_ATTACHMENT_LOADING);
  guint failed = count_attachments (self, APP_ATTACHMENT_FAILED);
  gboolean empty = gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->view)) == 0;
  gboolean content = (ui_composer_has_content (self) || is_speaking (self)) && !self->sending;
  const char *reason = NULL;

  if (failed > 0)
    reason = _("Remove what could not be read, then send.");
  else if (loading > 0)
    reason = self->send_when_ready ? _("Sends when the attachments are read…") : _("Reading the attachments…");
  gtk_label_set_text (self->reason_label, reason != NULL ? reason : "");
  /* Above the page it is said at length: here only who points at Send is told. */
  gtk_widget_set_tooltip_text (self->send, self->busy ? _("Send after this answer") : self->reason != NULL ? self->reason : _("Send"));
  gtk_widget_set_visible (self->placeholder, empty);
  ui_microphone_button_set_elsewhere (self->microphone, empty);
  gtk_widget_set_visible (self->chips_room, g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) > 0);
  gtk_widget_set_visible (self->editing, self->edited != NULL);
  gtk_label_set_text (self->editing_label, APP_IS_QUEUED (self->edited) ? _("Changing a message that waits to be sent") : _("Sending writes a second answer; the first is kept"));
  /* What can only wait needs no model yet. */
  gtk_widget_set_sensitive (self->send, (self->busy || self->reason == NULL) && failed == 0 && content);
  gtk_widget_set_visible (self->send, !self->busy || content);
  gtk_widget_set_visible (self->stop, self->busy);
  update_bar (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
try_send (UiComposer *self)
{
  gboolean writing;

  if (!self->sending && (self->busy || self->reason == NULL))
    ui_microphone_button_finish (self->microphone);
  writing = ui_microphone_button_get_writing (self->microphone);
  if (self->sending || (!self->busy && self->reason != NULL) || (!ui_composer_has_content (self) && !writing) || count_attachments (self, APP_ATTACHMENT_FAILED) > 0)
    return;
  self->send_when_ready = writing || count_attachments (self, APP_ATTACHMENT_LOADING) > 0;
  if (self->send_when_ready)
    update (self);
  else
    g_signal_emit (self, signals[SEND], 0);
}

/* Something was read, or is no longer waited for. */
static void
on_attachments_changed (UiComposer *self)
{
  update (self);
  if (self->send_when_ready && count_attachments (self, APP_ATTACHMENT_LOADING) == 0 && !ui_microphone_button_get_writing (self->microphone))
    try_send (self);
}

static void
on_send (UiComposer *self)
{
  try_send (self);
}

static void
on_stop (UiComposer *self)
{
  g_signal_emit (self, signals[STOP], 0);
}

/* Attachments */

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiComposer) self = data;
  g_autoptr (GError) error = NULL;

  /* A failure stays on its chip. */
  app_attachment_load_finish (APP_ATTACHMENT (source), result, &error);
  if (self->column != NULL)
    on_attachments_changed (self);
}

static void
add_attachment (UiComposer *self, AppAttachment *attachment)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean facts = self->settings != NULL && app_settings_get_picture_facts (self->settings);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) >= MAX_ATTACHMENTS) {
    ui_toast (GTK_WIDGET (self), _("A message can carry 16 attachments. Send these first."));
    return;
  }
  app_attachment_set_transcriber (attachment, self->transcriber);
  app_attachment_set_datasets (attachment, self->datasets);
  g_object_set_data_full (G_OBJECT (attachment), "ui-cancellable", g_object_ref (cancellable), g_object_unref);
  app_attachment_load_async (attachment, facts, cancellable, on_loaded, g_object_ref (self));
  g_list_store_append (self->attachments, attachment);
}

static void
on_remove (UiAttachmentChip *chip, UiComposer *self)
{
  AppAttachment *attachment = ui_attachment_chip_get_attachment (chip);
  GCancellable *cancellable = g_object_get_data (G_OBJECT (attachment), "ui-cancellable");
  guint position;

  g_cancellable_cancel (cancellable);
  if (g_list_store_find (self->attachments, attachment, &position))
    g_list_store_remove (self->attachments, position);
  ui_composer_focus (self);
}

static GtkWidget *
create_chip (gpointer item, gpointer data)
{
  GtkWidget *chip = ui_attachment_chip_new (item, TRUE);
  GtkWidget *child = g_object_new (GTK_TYPE_FLOW_BOX_CHILD, "focusable", FALSE, "child", chip, NULL);

  g_signal_connect_object (chip, "remove", G_CALLBACK (on_remove), data, 0);
  return child;
}

static gboolean
on_chips_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiComposer *self = UI_COMPOSER (widget);

  self->chips_id = 0;
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->chips_scroller), self->chips_height);
  return G_SOURCE_REMOVE;
}

/* What came last is seen, until the person scrolls to another one. It is told in the middle of a layout, in which nothing can be given another place. */
static void
on_chips_height (UiComposer *self)
{
  double upper = gtk_adjustment_get_upper (gtk_scrolled_window_get_vadjustment (self->chips_scroller));

  self->chips_at_end |= upper > self->chips_height;
  self->chips_height = upper;
  if (self->chips_at_end && self->chips_id == 0)
    self->chips_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_chips_tick, NULL, NULL);
}

static void
on_chips_scrolled (UiComposer *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->chips_scroller);

  self->chips_at_end = gtk_adjustment_get_value (adjustment) >= gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - 1;
}

static void
show_attachments (UiComposer *self, GListStore *store)
{
  if (self->attachments != NULL)
    g_signal_handlers_disconnect_by_data (self->attachments, self);
  g_set_object (&self->attachments, store);
  g_signal_connect_object (store, "items-changed", G_CALLBACK (on_attachments_changed), self, G_CONNECT_SWAPPED);
  gtk_flow_box_bind_model (self->chips, G_LIST_MODEL (store), create_chip, self, NULL);
}

void
ui_composer_add_files (UiComposer *self, GListModel *files)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (file);

    add_attachment (self, attachment);
  }
  ui_composer_focus (self);
}

static void
on_incoming (AppAttachment *attachment, gpointer data)
{
  add_attachment (UI_COMPOSER (data), attachment);
}

void
ui_composer_take_picture (UiComposer *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) >= MAX_ATTACHMENTS)
    ui_toast (GTK_WIDGET (self), _("A message can carry 16 attachments. Send these first."));
  else
    ui_camera_dialog_present (GTK_WIDGET (self), on_incoming, G_OBJECT (self));
}

static void
on_recorded (UiMicrophoneButton *button, GBytes *wav, const char *name, UiComposer *self)
{
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_bytes (wav, name);

  self->given = TRUE;
  add_attachment (self, attachment);
}

/* What was said comes to where the person writes, between spaces, and can be changed before it is sent. */
static void
on_dictated (UiMicrophoneButton *button, const char *words, UiComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;
  gboolean before, after;
  g_autofree char *text = NULL;

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  gtk_text_buffer_get_iter_at_mark (buffer, &start, gtk_text_buffer_get_insert (buffer));
  end = start;
  after = !gtk_text_iter_is_end (&end) && !g_unichar_isspace (gtk_text_iter_get_char (&end));
  before = gtk_text_iter_backward_char (&start) && !g_unichar_isspace (gtk_text_iter_get_char (&start));
  text = g_strconcat (before ? " " : "", words, after ? " " : "", NULL);
  gtk_text_buffer_insert_at_cursor (buffer, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  self->given = TRUE;
  ui_announcer_say (GTK_WIDGET (self), words);
  ui_composer_focus (self);
}

/* Where nothing is written yet, words are seen where they will stand; of many, the newest. */
static void
on_heard (UiComposer *self)
{
  const char *heard = ui_microphone_button_get_heard (self->microphone);
  glong length = g_utf8_strlen (heard, -1);
  const char *newest = length > MOST_HEARD ? strchr (g_utf8_offset_to_pointer (heard, length - MOST_HEARD), ' ') : heard;
  g_autofree char *text = newest != heard && newest != NULL ? g_strconcat ("…", newest, NULL) : g_strdup (heard);

  gtk_label_set_text (GTK_LABEL (self->placeholder), *heard != '\0' ? text : *self->wish != '\0' ? _("Describe it…") : _("Write…"));
  if (*heard != '\0')
    gtk_widget_add_css_class (self->placeholder, "tentative");
  else
    gtk_widget_remove_css_class (self->placeholder, "tentative");
}

/* Who discards what was said does not want to send the rest. */
static void
on_writing (UiComposer *self)
{
  if (ui_microphone_button_get_writing (self->microphone))
    self->given = FALSE;
  else if (!self->given)
    self->send_when_ready = FALSE;
  on_attachments_changed (self);
}

void
ui_composer_set_transcriber (UiComposer *self, AppTranscriber *transcriber, gboolean hears)
{
  g_clear_pointer (&self->transcriber, app_transcriber_unref);
  self->transcriber = transcriber != NULL ? app_transcriber_ref (transcriber) : NULL;
  ui_microphone_button_set_transcriber (self->microphone, transcriber, transcriber != NULL && !hears);
}

void
ui_composer_set_datasets (UiComposer *self, AppDatasets *datasets)
{
  g_set_object (&self->datasets, datasets);
}

UiMicrophoneButton *
ui_composer_get_microphone (UiComposer *self)
{
  return self->microphone;
}

void
ui_composer_set_narrow (UiComposer *self, gboolean narrow)
{
  self->narrow = narrow;
  update_bar (self);
}

void
ui_composer_take_drop (UiComposer *self, GdkDrop *drop)
{
  ui_incoming_drop (GTK_WIDGET (self), drop, on_incoming, G_OBJECT (self));
  ui_composer_focus (self);
}

static void
on_files_chosen (GtkNativeDialog *dialog, int response, UiComposer *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));

    ui_composer_add_files (self, files);
  }
  g_object_unref (dialog);
}

void
ui_composer_choose_files (UiComposer *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Attach files"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _("_Attach"), _("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  const char *const *types = app_attachment_get_mime_types ();

  for (guint i = 0; types[i] != NULL; i++)
    gtk_file_filter_add_mime_type (filter, types[i]);
  gtk_file_filter_set_name (filter, _("Pictures, sounds, documents, tables, e-mail and text"));
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_files_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Keys and the clipboard */

/* Whether a key press sends: Enter without Shift (`enter_sends`), or Ctrl+Enter. */
static gboolean
key_sends (guint keyval, GdkModifierType state, gboolean enter_sends)
{
  GdkModifierType modifiers = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK);

  if (keyval != GDK_KEY_Return && keyval != GDK_KEY_KP_Enter && keyval != GDK_KEY_ISO_Enter)
    return FALSE;
  return modifiers == GDK_CONTROL_MASK || (enter_sends && modifiers == 0);
}

/* Up where nothing is written: as with the lines of a shell, the newest thing that can still be changed. */
static gboolean
key_recalls (UiComposer *self, guint keyval, GdkModifierType state)
{
  return keyval == GDK_KEY_Up && (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) == 0 && self->edited == NULL && !self->sending &&
         gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->view)) == 0 && g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 0;
}

static void on_wish_removed (UiComposer *self);

static gboolean
is_at_start (UiComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_mark (buffer, &at, gtk_text_buffer_get_insert (buffer));
  return gtk_text_iter_is_start (&at) && !gtk_text_buffer_get_has_selection (buffer);
}

static void
on_paste (UiComposer *self)
{
  if (ui_incoming_paste (self->view, on_incoming, G_OBJECT (self)))
    g_signal_stop_emission_by_name (self->view, "paste-clipboard");
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, UiComposer *self)
{
  gboolean enter_sends = self->settings == NULL || app_settings_get_enter_sends (self->settings);
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (controller));

  if (ui_prompt_picker_take_key (self->picker, keyval, state))
    return GDK_EVENT_STOP;
  if (keyval == GDK_KEY_Escape && self->edited != NULL && (!self->busy || APP_IS_QUEUED (self->edited))) {
    ui_composer_clear (self);
    return GDK_EVENT_STOP;
  }
  /* Before the first letter there is the chip. */
  if (keyval == GDK_KEY_BackSpace && *self->wish != '\0' && is_at_start (self)) {
    on_wish_removed (self);
    return GDK_EVENT_STOP;
  }
  if (key_recalls (self, keyval, state)) {
    gboolean recalled = FALSE;

    g_signal_emit (self, signals[RECALL], 0, &recalled);
    return recalled;
  }
  if (!key_sends (keyval, state, enter_sends))
    return GDK_EVENT_PROPAGATE;
  /* An input method may still be composing: the Enter is its own. */
  if (event != NULL && gtk_text_view_im_context_filter_keypress (self->view, event))
    return GDK_EVENT_STOP;
  try_send (self);
  return GDK_EVENT_STOP;
}

static gboolean
on_resize_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  UiComposer *self = UI_COMPOSER (widget);
  double upper = gtk_adjustment_get_upper (gtk_scrolled_window_get_vadjustment (self->scroller));

  self->resize_id = 0;
  if (upper != self->upper) { /* at each layout it changes and changes back: asking for another one then would never end */
    self->upper = upper;
    gtk_widget_queue_resize (GTK_WIDGET (self->view));
  }
  return G_SOURCE_REMOVE;
}

/* How high the text is the view learns only when it is given its width, and what it asks for then is lost: it asks again with the next frame. */
static void
on_upper (UiComposer *self)
{
  if (self->resize_id == 0)
    self->resize_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_resize_tick, NULL, NULL);
}

/* It grows to eight lines of the person's font. */
static void
on_map (UiComposer *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->view), "1\n2\n3\n4\n5\n6\n7\n8");
  int margins = gtk_text_view_get_top_margin (self->view) + gtk_text_view_get_bottom_margin (self->view);
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_scrolled_window_set_max_content_height (self->scroller, height + margins);
}

/* Prompts */

static void
on_prompt_filled (const char *text, gpointer owner)
{
  UiComposer *self = owner;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  gtk_text_buffer_insert_at_cursor (buffer, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  ui_composer_focus (self);
}

void
ui_composer_use_prompt (UiComposer *self, AppLibraryItem *prompt)
{
  ui_prompt_form_fill (app_library_item_get_name (prompt), app_library_item_get_text (prompt), on_prompt_filled, GTK_WIDGET (self));
}

/* What was typed to find it goes first; leaving the form then leaves an empty composer. */
static void
on_prompt_picked (UiComposer *self, AppLibraryItem *prompt)
{
  ui_composer_set_text (self, "");
  ui_composer_use_prompt (self, prompt);
}

static void
on_server_prompt_picked (UiComposer *self, AppMcpServer *server, AppMcpPrompt *prompt)
{
  ui_composer_set_text (self, "");
  ui_mcp_prompt_form_open (self->servers, server, prompt, on_prompt_filled, GTK_WIDGET (self));
}

void
ui_composer_set_servers (UiComposer *self, AppMcpServers *servers)
{
  g_set_object (&self->servers, servers);
  ui_prompt_picker_set_servers (self->picker, servers);
}

void
ui_composer_set_prompts (UiComposer *self, AppLibrary *prompts)
{
  ui_prompt_picker_set_prompts (self->picker, prompts);
}

UiContextMeter *
ui_composer_get_meter (UiComposer *self)
{
  return self->meter;
}

/* Public */

void
ui_composer_set_settings (UiComposer *self, AppSettings *settings)
{
  g_set_object (&self->settings, settings);
  ui_depth_button_set_settings (self->depth, settings);
}

UiDepthButton *
ui_composer_get_depth_button (UiComposer *self)
{
  return self->depth;
}

static void
on_depth_changed (UiComposer *self)
{
  g_object_notify (G_OBJECT (self), "depth");
  update (self);
}

void
ui_composer_set_busy (UiComposer *self, gboolean busy)
{
  self->busy = busy;
  update (self);
}

void
ui_composer_set_sending (UiComposer *self, gboolean sending)
{
  self->sending = sending;
  update (self);
}

void
ui_composer_set_reason (UiComposer *self, const char *reason)
{
  char *copy = g_strdup (reason);

  g_free (self->reason);
  self->reason = copy;
  update (self);
}

void
ui_composer_set_destination (UiComposer *self, const char *host)
{
  g_autofree char *text = g_strdup_printf (_("Goes to %s"), host != NULL ? host : "");
  g_autofree char *tooltip = g_strdup_printf (_("What you send goes to %s, with the conversation so far"), host != NULL ? host : "");

  gtk_label_set_text (self->destination_label, text);
  gtk_widget_set_tooltip_text (self->destination, tooltip);
  self->goes_away = host != NULL;
  update_bar (self);
}

AppTurn *
ui_composer_dup_turn (UiComposer *self)
{
  g_autofree char *text = dup_text (self);
  /* "/job …" is the same as its entry in the menu. */
  gboolean job = *self->wish == '\0' && g_str_has_prefix (text, "/job") && (text[4] == '\0' || g_ascii_isspace (text[4]));
  g_autoptr (AppTurn) turn = app_turn_new (job ? text + 4 : text, G_LIST_MODEL (self->attachments));
  g_autoptr (AppTurn) wish = app_turn_new_wish (turn, job ? APP_JOB_WISH : self->wish, self->pick);

  return app_turn_new_depth (wish, ui_depth_button_get_message_depth (self->depth));
}

void
ui_composer_set_wish (UiComposer *self, const char *wish, const AppPick *pick)
{
  AppPick *copy = app_pick_copy (pick);
  char *of = g_strdup (wish);

  g_free (self->wish);
  self->wish = of;
  app_pick_free (self->pick);
  self->pick = copy;
  ui_wish_chip_set_wish (self->wish_chip, self->wish);
  on_heard (self);
  update (self);
}

static void
on_wish_removed (UiComposer *self)
{
  ui_composer_set_wish (self, "", NULL);
  ui_composer_focus (self);
}

void
ui_composer_set_text (UiComposer *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);

  gtk_text_buffer_set_text (buffer, text, -1);
}

/* What it holds, with what was set aside. */
static UiDraft *
take_draft (UiComposer *self)
{
  UiDraft *draft = ui_draft_new (dup_text (self), self->attachments, self->edited, g_steal_pointer (&self->aside));

  ui_draft_set_wish (draft, self->wish, self->pick);
  ui_draft_set_depth (draft, ui_depth_button_get_message_depth (self->depth));
  return draft;
}

/* `draft`: (transfer full), NULL for nothing */
static void
show_draft (UiComposer *self, UiDraft *draft)
{
  g_autoptr (GListStore) fresh = g_list_store_new (APP_TYPE_ATTACHMENT);

  self->send_when_ready = FALSE;
  g_clear_object (&self->edited);
  self->edited = draft != NULL ? g_steal_pointer (&draft->edited) : NULL;
  g_clear_pointer (&self->aside, ui_draft_free);
  self->aside = draft != NULL ? g_steal_pointer (&draft->aside) : NULL;
  show_attachments (self, draft != NULL ? draft->attachments : fresh);
  ui_composer_set_text (self, draft != NULL ? draft->text : "");
  ui_composer_set_wish (self, draft != NULL ? draft->wish : "", draft != NULL ? draft->pick : NULL);
  ui_depth_button_set_message_depth (self->depth, draft != NULL ? draft->depth : "");
  ui_draft_free (draft);
}

/* Who has had it in hand lets go of it. */
static void
release_edited (UiComposer *self)
{
  if (APP_IS_QUEUED (self->edited))
    app_queued_set_edited (APP_QUEUED (self->edited), FALSE);
}

void
ui_composer_clear (UiComposer *self)
{
  release_edited (self);
  show_draft (self, g_steal_pointer (&self->aside));
}

static void
on_cancel_edit (UiComposer *self)
{
  ui_composer_clear (self);
  ui_composer_focus (self);
}

/* `attachments`: (transfer full); `pick`: (nullable) */
static void
begin_edit (UiComposer *self, gpointer edited, const char *text, GListStore *attachments, const char *wish, const AppPick *pick, const char *depth)
{
  /* It belongs to what it was begun for. */
  ui_microphone_button_keep (self->microphone);
  if (self->edited == NULL && ui_composer_has_content (self))
    self->aside = take_draft (self);
  release_edited (self);
  g_set_object (&self->edited, edited);
  show_attachments (self, attachments);
  ui_composer_set_text (self, text);
  ui_composer_set_wish (self, wish, pick);
  ui_depth_button_set_message_depth (self->depth, depth);
  ui_composer_focus (self);
  g_object_unref (attachments);
}

void
ui_composer_begin_edit (UiComposer *self, AppMessage *note)
{
  GListModel *list = app_message_get_attachments (note);
  GListStore *copy = g_list_store_new (APP_TYPE_ATTACHMENT);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (AppAttachment) attachment = g_list_model_get_item (list, i);

    g_list_store_append (copy, attachment);
  }
  begin_edit (self, note, app_message_get_text (note), copy, app_message_get_wish (note), NULL, app_message_get_depth (note));
}

AppMessage *
ui_composer_get_edited (UiComposer *self)
{
  return APP_IS_MESSAGE (self->edited) ? APP_MESSAGE (self->edited) : NULL;
}

void
ui_composer_begin_change (UiComposer *self, AppQueued *queued)
{
  g_autoptr (AppTurn) turn = app_turn_ref (app_queued_get_turn (queued));
  GListStore *copy = g_list_store_new (APP_TYPE_ATTACHMENT);

  for (guint i = 0; i < app_turn_get_n_attachments (turn); i++)
    g_list_store_append (copy, app_turn_get_attachment (turn, i));
  begin_edit (self, queued, app_turn_get_text (turn), copy, app_turn_get_wish (turn), app_turn_get_pick (turn), app_turn_get_depth (turn));
  app_queued_set_edited (queued, TRUE);
}

AppQueued *
ui_composer_get_changed (UiComposer *self)
{
  return APP_IS_QUEUED (self->edited) ? APP_QUEUED (self->edited) : NULL;
}

void
ui_composer_switch_draft (UiComposer *self, AppConversation *from, AppConversation *to)
{
  ui_microphone_button_keep (self->microphone);
  if (from != NULL)
    ui_draft_keep (from, take_draft (self));
  show_draft (self, to != NULL ? ui_draft_take (to) : NULL);
}

char *
ui_composer_dup_draft (UiComposer *self)
{
  if (self->edited == NULL)
    return dup_text (self);
  return g_strdup (self->aside != NULL ? self->aside->text : "");
}

const char *
ui_composer_get_draft_wish (UiComposer *self)
{
  return self->edited == NULL ? self->wish : self->aside != NULL ? self->aside->wish : "";
}

const char *
ui_composer_get_draft_depth (UiComposer *self)
{
  return self->edited == NULL ? ui_depth_button_get_message_depth (self->depth) : self->aside != NULL ? self->aside->depth : "";
}

GListStore *
ui_composer_get_draft_attachments (UiComposer *self)
{
  return self->edited == NULL ? self->attachments : self->aside != NULL ? self->aside->attachments : NULL;
}

/* No override of grab_focus (): GTK asks that when Shift+Tab finds nothing further within, and would never get out. */
void
ui_composer_focus (UiComposer *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* Object */

static void
action_attach (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_composer_choose_files (UI_COMPOSER (widget));
}

static void
action_make (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_composer_set_wish (UI_COMPOSER (widget), g_variant_get_string (parameter, NULL), NULL);
  ui_composer_focus (UI_COMPOSER (widget));
}

/* What can be made is in the menu of its button and, in a narrow window, in that of the one that attaches. */
static void
add_make_menus (UiComposer *self)
{
  g_autoptr (GMenu) kinds = ui_wish_menu_new ("composer.make"), section = g_menu_new (), depths = g_menu_new ();
  GMenuModel *attach = gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (self->attach_menu));

  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->make), G_MENU_MODEL (kinds));
  g_menu_append_submenu (section, _("_Make"), G_MENU_MODEL (kinds));
  for (AppDepth i = 0; i < APP_N_DEPTHS && app_depth_is_offered (i); i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (ui_depth_get_title (i), NULL);

    g_menu_item_set_action_and_target (item, "composer.depth", "s", app_depth_to_id (i));
    g_menu_append_item (depths, item);
  }
  g_menu_append_submenu (section, _("Th_inking"), G_MENU_MODEL (depths));
  g_menu_append_section (G_MENU (attach), NULL, G_MENU_MODEL (section));
}

static void
action_take_picture (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_composer_take_picture (UI_COMPOSER (widget));
}

/* "depth", which is also the state of the action "composer.depth": the id of the one that counts. */
static void
ui_composer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, app_depth_to_id (ui_depth_button_get_depth (UI_COMPOSER (object)->depth)));
}

static void
ui_composer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AppDepth depth;

  if (app_depth_from_id (g_value_get_string (value), &depth))
    ui_depth_button_choose (UI_COMPOSER (object)->depth, depth);
}

static void
ui_composer_dispose (GObject *object)
{
  UiComposer *self = UI_COMPOSER (object);

  if (self->chips != NULL)
    gtk_flow_box_bind_model (self->chips, NULL, NULL, NULL, NULL);
  self->chips = NULL;
  if (self->picker != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->picker));
  self->picker = NULL;
  g_clear_object (&self->servers);
  if (self->attachments != NULL)
    g_signal_handlers_disconnect_by_data (self->attachments, self);
  g_clear_pointer (&self->column, gtk_widget_unparent);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->transcriber, app_transcriber_unref);
  g_clear_object (&self->datasets);
  g_clear_object (&self->attachments);
  g_clear_object (&self->edited);
  g_clear_pointer (&self->aside, ui_draft_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->wish, g_free);
  g_clear_pointer (&self->pick, app_pick_free);
  G_OBJECT_CLASS (ui_composer_parent_class)->dispose (object);
}

static void
ui_composer_class_init (UiComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_composer_dispose;
  G_OBJECT_CLASS (klass)->get_property = ui_composer_get_property;
  G_OBJECT_CLASS (klass)->set_property = ui_composer_set_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_DEPTH, g_param_spec_string ("depth", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY));
  signals[SEND] = g_signal_new ("send", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RECALL] = g_signal_new ("recall", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_BOOLEAN, 0);
  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  g_type_ensure (UI_TYPE_CAPPED);
  g_type_ensure (UI_TYPE_COLUMN);
  g_type_ensure (UI_TYPE_CONTEXT_METER);
  g_type_ensure (UI_TYPE_DEPTH_BUTTON);
  g_type_ensure (UI_TYPE_MICROPHONE_BUTTON);
  g_type_ensure (UI_TYPE_WISH_CHIP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, UiComposer, column);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, frame);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, editing);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, chips_room);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, chips_scroller);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, chips);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, view);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, destination);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, destination_label);
  gtk_widget_class_bind_template_child_full (widget_class, "reason", FALSE, G_STRUCT_OFFSET (UiComposer, reason_label));
  gtk_widget_class_bind_template_child (widget_class, UiComposer, editing_label);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, attach);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, attach_menu);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, make);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, wish_chip);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, camera);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, microphone);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, depth);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, meter);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, stop);
  gtk_widget_class_bind_template_child (widget_class, UiComposer, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_paste);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_wish_removed);
  gtk_widget_class_bind_template_callback (widget_class, on_depth_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_recorded);
  gtk_widget_class_bind_template_callback (widget_class, on_dictated);
  gtk_widget_class_bind_template_callback (widget_class, ui_composer_choose_files);
  gtk_widget_class_bind_template_callback (widget_class, ui_composer_take_picture);
  gtk_widget_class_install_action (widget_class, "composer.attach", NULL, action_attach);
  gtk_widget_class_install_action (widget_class, "composer.take-picture", NULL, action_take_picture);
  gtk_widget_class_install_action (widget_class, "composer.make", "s", action_make);
  gtk_widget_class_install_property_action (widget_class, "composer.depth", "depth");
}

static void
ui_composer_init (UiComposer *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->picker = ui_prompt_picker_new (self->view, self->frame);
  g_signal_connect_object (self->picker, "use", G_CALLBACK (on_prompt_picked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->picker, "use-server", G_CALLBACK (on_server_prompt_picked), self, G_CONNECT_SWAPPED);
  add_make_menus (self);
  self->wish = g_strdup ("");
  ui_composer_clear (self);
  g_signal_connect_object (self->microphone, "notify::recording", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->microphone, "notify::heard", G_CALLBACK (on_heard), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->microphone, "notify::writing", G_CALLBACK (on_writing), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_text_view_get_buffer (self->view), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "map", G_CALLBACK (on_map), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "notify::upper", G_CALLBACK (on_upper), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->chips_scroller), "changed", G_CALLBACK (on_chips_height), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->chips_scroller), "value-changed", G_CALLBACK (on_chips_scrolled), self, G_CONNECT_SWAPPED);
  ui_direction_follow_keyboard (self->placeholder);
  /* Words that are said may need more than a line. */
  gtk_overlay_set_measure_overlay (GTK_OVERLAY (gtk_widget_get_parent (self->placeholder)), self->placeholder, TRUE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  gtk_event_controller_set_name (key, "ui-composer-keys");
  gtk_widget_add_controller (GTK_WIDGET (self->view), key);
}
