/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-conversation-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "artifacts/make-route.h"
#include "ui-column.h"
#include "ui-compare-view.h"
#include "ui-composer.h"
#include "ui-draft.h"
#include "ui-queue.h"
#include "ui-speaker.h"
#include "ui-settings-line.h"
#include "ui-toast.h"
#include "ui-transcript.h"
#include "ui-welcome.h"

/* The draft is stored when nothing was typed for so long, and while somebody types on and on, that often. In milliseconds. */
#define DRAFT_PAUSE 700
#define DRAFT_LONGEST 5000

struct _UiConversationPage {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *temporary; /* the line that says that nothing is kept */
  GtkWidget *keep;
  GtkStack *stack;
  UiWelcome *welcome;
  UiTranscript *transcript;
  UiCompareView *compare;
  AdwStatusPage *failed;
  UiSettingsLine *settings_line;
  UiQueue *queue;
  UiComposer *composer;

  AppHistory *history;
  AppEngine *engine;
  AppModels *models;
  AppConversation *conversation;
  gint64 target;    /* the message to go to when the conversation is loaded, or 0 */
  gboolean sending; /* a turn is being stored */
  guint draft_timer;  /* until the draft is stored, or 0 */
  gint64 draft_since; /* when what is not stored began, in µs of the monotonic clock */
};

enum { PROP_0, PROP_CONVERSATION, PROP_BUSY };

G_DEFINE_FINAL_TYPE (UiConversationPage, ui_conversation_page, GTK_TYPE_WIDGET)

/* What is shown */

static void
update_stack (UiConversationPage *self)
{
  GListModel *messages = app_conversation_get_messages (self->conversation);
  gboolean empty = g_list_model_get_n_items (messages) == 0;

  if (ui_compare_view_get_active (self->compare)) {
    gtk_stack_set_visible_child_name (self->stack, "compare");
    return;
  }
  /* A stored conversation is read in a moment; until then the old page would flash. */
  gtk_stack_set_visible_child_name (self->stack, empty && app_conversation_get_id (self->conversation) == 0 ? "welcome" : "transcript");
}

/* Kept can be what has a turn, and stands still. */
static void
update_temporary (UiConversationPage *self)
{
  gtk_widget_set_visible (self->temporary, app_conversation_get_temporary (self->conversation));
  gtk_widget_set_visible (self->keep, app_conversation_get_id (self->conversation) != 0 && !self->sending && !app_conversation_get_busy (self->conversation));
}

/* How full the context would be; called at a pause after ui_context_meter_changed (). */
static void
on_measure (UiConversationPage *self)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (self->composer);

  /* What is written now changes at every moment: it is counted when it has ended. */
  if (!app_conversation_get_busy (self->conversation) && (app_conversation_get_loaded (self->conversation) || app_conversation_get_id (self->conversation) == 0))
    ui_context_meter_measure (ui_composer_get_meter (self->composer), self->engine, self->conversation, ui_composer_get_edited (self->composer), turn);
}

static void
update_busy (UiConversationPage *self)
{
  update_temporary (self);
  ui_context_meter_changed (ui_composer_get_meter (self->composer));
  ui_composer_set_sending (self->composer, self->sending);
  ui_composer_set_busy (self->composer, self->sending || app_conversation_get_busy (self->conversation));
  g_object_notify (G_OBJECT (self), "busy");
}

/* The installed model that this conversation asks for, which is loaded when a message is sent. (nullable) */
static AppModel *
own_model (UiConversationPage *self)
{
  const char *id = self->conversation != NULL ? app_conversation_settings_get_text (app_conversation_get_settings (self->conversation), APP_SETTING_MODEL) : NULL;
  AppModel *model = id != NULL ? app_models_find (self->models, id) : NULL;

  return model != NULL && app_model_get_state (model) == APP_MODEL_INSTALLED ? model : NULL;
}

/* The installed model that is loaded by the first message, when the preferences say that none is loaded at the start. (nullable) */
static AppModel *
standby_model (UiConversationPage *self)
{
  AppSettings *settings = app_history_get_settings (self->history);
  g_autofree char *id = settings != NULL ? app_settings_dup_model (settings) : NULL;

  return app_engine_get_state (self->engine) == APP_ENGINE_NONE && own_model (self) == NULL ? app_models_choose (self->models, id) : NULL;
}

static void
update_engine (UiConversationPage *self)
{
  AppEngineState state = app_engine_get_state (self->engine);
  AppModel *own = own_model (self);
  AppModel *model = own != NULL ? own : state == APP_ENGINE_NONE ? standby_model (self) : app_engine_get_model (self->engine);

  /* Nothing is known yet: the models are still read. */
  if (state == APP_ENGINE_NONE && g_list_model_get_n_items (G_LIST_MODEL (self->models)) == 0)
    return;
  if (state == APP_ENGINE_FAILED && model == app_engine_get_model (self->engine)) {
    ui_composer_set_reason (self->composer, _("The model could not be loaded. Choose another one, or try again."));
    model = NULL;
  } else {
    ui_composer_set_reason (self->composer, model == NULL ? _("No model is loaded. Choose one first.") : NULL);
  }
  ui_welcome_set_model (self->welcome, model);
  ui_composer_set_destination (self->composer, model != NULL ? app_model_get_host (model) : NULL);
  ui_composer_set_transcriber (self->composer, app_models_get_transcriber (self->models), model != NULL && app_model_takes_sound (model));
  ui_context_meter_changed (ui_composer_get_meter (self->composer));
}

static void
on_save_failed (AppConversation *conversation, const char *sentence, UiConversationPage *self)
{
  ui_toast (GTK_WIDGET (self), sentence);
}

/* The draft */

void
ui_conversation_page_keep_draft (UiConversationPage *self)
{
  g_autofree char *draft = ui_composer_dup_draft (self->composer);

  g_clear_handle_id (&self->draft_timer, g_source_remove);
  if (self->conversation != NULL)
    app_conversation_set_draft_wish (self->conversation, draft, ui_composer_get_draft_wish (self->composer), ui_composer_get_draft_depth (self->composer),
                                     G_LIST_MODEL (ui_composer_get_draft_attachments (self->composer)));
}

static gboolean
on_draft_pause (gpointer data)
{
  UiConversationPage *self = data;

  self->draft_timer = 0;
  ui_conversation_page_keep_draft (self);
  return G_SOURCE_REMOVE;
}

static void
keep_draft_soon (UiConversationPage *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->draft_timer == 0)
    self->draft_since = now;
  else if (now - self->draft_since > (DRAFT_LONGEST - DRAFT_PAUSE) * 1000)
    return;
  g_clear_handle_id (&self->draft_timer, g_source_remove);
  self->draft_timer = g_timeout_add (DRAFT_PAUSE, on_draft_pause, self);
}

/* Opening */

static void
on_message_shown (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiConversationPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_conversation_show_message_finish (APP_CONVERSATION (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
  else if (self->conversation == APP_CONVERSATION (source) && self->target != 0)
    ui_transcript_scroll_to (self->transcript, self->target);
  self->target = 0;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiConversationPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_conversation_load_finish (APP_CONVERSATION (source), result, &error)) {
    if (self->conversation == APP_CONVERSATION (source) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      adw_status_page_set_description (self->failed, error->message);
      gtk_stack_set_visible_child_name (self->stack, "failed");
    }
    return;
  }
  if (self->conversation != APP_CONVERSATION (source))
    return;
  update_stack (self);
  ui_context_meter_changed (ui_composer_get_meter (self->composer));
  if (self->target != 0)
    app_conversation_show_message_async (self->conversation, self->target, on_message_shown, g_object_ref (self));
}

static void
load (UiConversationPage *self)
{
  update_stack (self);
  if (app_conversation_get_id (self->conversation) != 0)
    app_conversation_load_async (self->conversation, NULL, on_loaded, g_object_ref (self));
}

static void
on_retry (UiConversationPage *self)
{
  load (self);
}

static void
forget_conversation (UiConversationPage *self)
{
  if (self->conversation == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_signal_handlers_disconnect_by_data (app_conversation_get_settings (self->conversation), self);
  g_signal_handlers_disconnect_by_data (app_conversation_get_messages (self->conversation), self);
  /* What nobody can come back to need not be written. */
  if (app_conversation_get_temporary (self->conversation))
    app_conversation_stop (self->conversation);
  g_clear_object (&self->conversation);
}

void
ui_conversation_page_open (UiConversationPage *self, AppConversation *conversation, gint64 message_id)
{
  g_autoptr (AppConversation) fresh = g_object_ref (conversation != NULL ? conversation : app_history_get_unsent (self->history));

  self->target = message_id;
  ui_compare_view_close (self->compare);
  if (fresh != self->conversation) {
    ui_conversation_page_keep_draft (self);
    ui_composer_switch_draft (self->composer, self->conversation, fresh);
    forget_conversation (self);
    self->conversation = g_steal_pointer (&fresh);
    g_signal_connect_object (self->conversation, "notify::busy", G_CALLBACK (update_busy), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (self->conversation, "save-failed", G_CALLBACK (on_save_failed), self, 0);
    g_signal_connect_object (app_conversation_get_messages (self->conversation), "items-changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (app_conversation_get_settings (self->conversation), "changed", G_CALLBACK (update_engine), self, G_CONNECT_SWAPPED);
    ui_composer_set_datasets (self->composer, app_conversation_get_datasets (self->conversation));
    ui_depth_button_set_conversation (ui_composer_get_depth_button (self->composer), self->conversation);
    ui_transcript_set_conversation (self->transcript, self->conversation);
    ui_settings_line_set_conversation (self->settings_line, self->conversation, self->models);
    ui_queue_set_conversation (self->queue, self->conversation);
    ui_welcome_set_personas (self->welcome, app_history_get_personas (self->history), app_conversation_get_settings (self->conversation));
    update_engine (self);
    update_busy (self);
    g_object_notify (G_OBJECT (self), "conversation");
  }
  load (self);
}

AppConversation *
ui_conversation_page_get_conversation (UiConversationPage *self)
{
  return self->conversation;
}

gboolean
ui_conversation_page_get_busy (UiConversationPage *self)
{
  return self->conversation != NULL && app_conversation_get_busy (self->conversation);
}

/* Keeping a temporary one */

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiConversationPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppConversation) kept = app_history_keep_finish (APP_HISTORY (source), result, &error);
  g_autoptr (GListStore) none = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autofree char *text = NULL;
  GListStore *attachments;
  UiDraft *draft;

  gtk_widget_set_sensitive (self->keep, TRUE);
  if (kept == NULL) {
    ui_toast_error (GTK_WIDGET (self), error);
    return;
  }
  if (!app_conversation_get_temporary (self->conversation))
    return;
  /* What was being typed goes along, and what waits. */
  text = ui_composer_dup_draft (self->composer);
  attachments = ui_composer_get_draft_attachments (self->composer);
  draft = ui_draft_new (g_steal_pointer (&text), attachments != NULL ? attachments : none, NULL, NULL);
  ui_draft_set_wish (draft, ui_composer_get_draft_wish (self->composer), NULL);
  ui_draft_set_depth (draft, ui_composer_get_draft_depth (self->composer));
  ui_draft_keep (kept, draft);
  app_queue_take_over (app_conversation_get_queue (kept), app_conversation_get_queue (self->conversation));
  ui_conversation_page_open (self, kept, 0);
}

static void
on_keep (UiConversationPage *self)
{
  gtk_widget_set_sensitive (self->keep, FALSE);
  app_history_keep_async (self->history, self->conversation, on_kept, g_object_ref (self));
}

/* Sending */

static void
sent (UiConversationPage *self, AppConversation *conversation, gboolean stored, GError *error)
{
  self->sending = FALSE;
  if (!stored) {
    ui_toast_error (GTK_WIDGET (self), error);
    keep_draft_soon (self);
  } else if (conversation == self->conversation) {
    ui_composer_clear (self->composer);
    ui_transcript_scroll_to_end (self->transcript);
  } else {
    ui_draft_sent (conversation);
  }
  update_busy (self);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiConversationPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean stored = app_conversation_send_finish (APP_CONVERSATION (source), result, &error);

  sent (self, APP_CONVERSATION (source), stored, error);
}

static void
on_edited (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiConversationPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean stored = app_conversation_edit_finish (APP_CONVERSATION (source), result, &error);

  sent (self, APP_CONVERSATION (source), stored, error);
}

/* A message needs a model now. The window shows how its loading goes. */
static void
wake_model (UiConversationPage *self)
{
  AppModel *model = standby_model (self);

  if (model != NULL)
    app_engine_load_async (self->engine, model, NULL, NULL, NULL);
}

/* What is written while an answer is written waits for its end; what waits already, and was changed, goes back. */
static void
queue (UiConversationPage *self, AppQueued *changed, AppTurn *turn)
{
  AppQueue *all = app_conversation_get_queue (self->conversation);
  g_autoptr (GError) error = NULL;

  if (changed != NULL && !app_conversation_get_busy (self->conversation))
    wake_model (self);
  if (changed != NULL ? app_queue_replace (all, changed, turn, &error) : app_queue_add (all, turn, &error)) {
    ui_composer_clear (self->composer);
    ui_composer_focus (self->composer);
  } else {
    ui_toast_error (GTK_WIDGET (self), error);
  }
}

static void
on_change_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiConversationPage) self = data;
  g_autoptr (GError) error = NULL;

  self->sending = FALSE;
  if (!app_conversation_send_finish (APP_CONVERSATION (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
  else
    ui_transcript_scroll_to_end (self->transcript);
  update_busy (self);
}

void
ui_conversation_page_send_change (UiConversationPage *self, const char *words, const AppPick *pick)
{
  g_autoptr (AppTurn) said = app_turn_new (words, NULL), turn = app_turn_new_wish (said, MAKE_ROUTE_CHANGE, pick);

  if (self->sending || app_conversation_get_busy (self->conversation)) {
    ui_toast (GTK_WIDGET (self), _("Wait for the end of the answer, or stop it, then ask for the change."));
    return;
  }
  self->sending = TRUE;
  update_busy (self);
  wake_model (self);
  app_conversation_send_async (self->conversation, turn, on_change_sent, g_object_ref (self));
}

static void
on_send (UiConversationPage *self)
{
  g_autoptr (AppTurn) turn = NULL;
  AppMessage *edited = ui_composer_get_edited (self->composer);
  AppQueued *changed = ui_composer_get_changed (self->composer);

  if (self->sending)
    return;
  turn = ui_composer_dup_turn (self->composer);
  if (app_turn_is_empty (turn))
    return;
  if (changed != NULL || (edited == NULL && app_conversation_get_busy (self->conversation))) {
    queue (self, changed, turn);
    return;
  }
  if (app_conversation_get_busy (self->conversation)) {
    ui_toast (GTK_WIDGET (self), _("Stop the answer first, then edit."));
    return;
  }
  self->sending = TRUE;
  update_busy (self);
  wake_model (self);
  if (edited != NULL)
    app_conversation_edit_async (self->conversation, edited, turn, on_edited, g_object_ref (self));
  else
    app_conversation_send_async (self->conversation, turn, on_sent, g_object_ref (self));
}

/* What waits */

static void
on_change (UiConversationPage *self, AppQueued *queued)
{
  ui_composer_begin_change (self->composer, queued);
}

static gboolean
on_recall (UiConversationPage *self)
{
  g_autoptr (AppQueued) last = ui_queue_get_last (self->queue);

  if (last != NULL)
    on_change (self, last);
  return last != NULL;
}

static void
on_resume (UiConversationPage *self)
{
  wake_model (self);
  app_queue_resume (app_conversation_get_queue (self->conversation));
  ui_transcript_scroll_to_end (self->transcript);
  ui_composer_focus (self->composer);
}

static void
on_send_now (UiConversationPage *self, AppQueued *queued)
{
  wake_model (self);
  app_queue_send_now (app_conversation_get_queue (self->conversation), queued);
  ui_transcript_scroll_to_end (self->transcript);
  ui_composer_focus (self->composer);
}

static void
on_edit (UiConversationPage *self, AppMessage *note)
{
  if (app_conversation_get_busy (self->conversation))
    ui_toast (GTK_WIDGET (self), _("Stop the answer first, then edit."));
  else
    ui_composer_begin_edit (self->composer, note);
}

static void
on_composer_changed (UiConversationPage *self)
{
  ui_transcript_set_edited (self->transcript, ui_composer_get_edited (self->composer));
  ui_welcome_set_begun (self->welcome, ui_composer_has_content (self->composer));
  keep_draft_soon (self);
  ui_context_meter_changed (ui_composer_get_meter (self->composer));
}

static void
on_suggest (UiConversationPage *self, const char *text)
{
  ui_composer_set_text (self->composer, text);
  ui_composer_focus (self->composer);
}

static void
on_suggest_attach (UiConversationPage *self, const char *text)
{
  on_suggest (self, text);
  ui_composer_choose_files (self->composer);
}

/* Comparing */

static void
on_compare_active (UiConversationPage *self)
{
  gboolean active = ui_compare_view_get_active (self->compare);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.close-comparison", active);
  update_stack (self);
  if (!active)
    ui_composer_focus (self->composer);
}

/* "page.compare", "page.compare-versions": the id of an answer. */
static void
action_compare (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiConversationPage *self = UI_CONVERSATION_PAGE (widget);
  GListModel *messages = app_conversation_get_messages (self->conversation);
  int position = app_conversation_find_message (self->conversation, g_variant_get_int64 (parameter));
  g_autoptr (AppMessage) answer = position >= 0 ? g_list_model_get_item (messages, position) : NULL;

  if (answer != NULL && g_str_equal (name, "page.compare"))
    ui_compare_view_ask (self->compare, self->conversation, answer, self->models);
  else if (answer != NULL)
    ui_compare_view_show (self->compare, self->conversation, answer);
}

static void
action_close_comparison (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_compare_view_close (UI_CONVERSATION_PAGE (widget)->compare);
}

void
ui_conversation_page_compare_last (UiConversationPage *self)
{
  g_autoptr (AppMessage) answer = ui_transcript_get_last_answer (self->transcript);

  if (answer != NULL)
    ui_compare_view_ask (self->compare, self->conversation, answer, self->models);
  else
    ui_toast (GTK_WIDGET (self), _("There is no answer to compare with yet. Ask something first."));
}

/* Shortcuts */

static void
on_stop (UiConversationPage *self)
{
  /* What is heard first, and then what is written. */
  if (ui_speaker_get_message (ui_speaker_get ()) != NULL) {
    ui_speaker_stop (ui_speaker_get ());
    return;
  }
  if (app_conversation_get_busy (self->conversation))
    app_conversation_stop (self->conversation);
}

void
ui_conversation_page_stop (UiConversationPage *self)
{
  /* What is nearest to the person first: only the key comes here. */
  if (ui_microphone_button_discard (ui_composer_get_microphone (self->composer)))
    return;
  if (ui_composer_get_changed (self->composer) != NULL)
    ui_composer_clear (self->composer);
  else
    on_stop (self);
}

void
ui_conversation_page_regenerate (UiConversationPage *self)
{
  g_autoptr (AppMessage) answer = ui_transcript_get_last_answer (self->transcript);

  if (answer != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->transcript), "transcript.regenerate", "x", app_message_get_id (answer));
}

void
ui_conversation_page_edit_last (UiConversationPage *self)
{
  g_autoptr (AppMessage) note = ui_transcript_get_last_note (self->transcript);

  if (note != NULL)
    on_edit (self, note);
}

void
ui_conversation_page_copy_last (UiConversationPage *self)
{
  g_autoptr (AppMessage) answer = ui_transcript_get_last_answer (self->transcript);

  if (answer != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->transcript), "transcript.copy", "x", app_message_get_id (answer));
}

void
ui_conversation_page_use_prompt (UiConversationPage *self, AppLibraryItem *prompt)
{
  ui_composer_use_prompt (self->composer, prompt);
}

void
ui_conversation_page_focus_composer (UiConversationPage *self)
{
  ui_composer_focus (self->composer);
}

void
ui_conversation_page_attach (UiConversationPage *self)
{
  ui_composer_choose_files (self->composer);
}

void
ui_conversation_page_record (UiConversationPage *self)
{
  ui_microphone_button_toggle (ui_composer_get_microphone (self->composer));
}

void
ui_conversation_page_take_picture (UiConversationPage *self)
{
  ui_composer_take_picture (self->composer);
}

void
ui_conversation_page_set_narrow (UiConversationPage *self, gboolean narrow)
{
  ui_composer_set_narrow (self->composer, narrow);
}

void
ui_conversation_page_take_drop (UiConversationPage *self, GdkDrop *drop)
{
  ui_composer_take_drop (self->composer, drop);
}

void
ui_conversation_page_add_files (UiConversationPage *self, GListModel *files)
{
  ui_composer_add_files (self->composer, files);
}

/* Object */

void
ui_conversation_page_set_history (UiConversationPage *self, AppHistory *history, AppModels *models)
{
  g_set_object (&self->history, history);
  g_set_object (&self->engine, app_history_get_engine (history));
  g_set_object (&self->models, models);
  ui_composer_set_settings (self->composer, app_history_get_settings (history));
  ui_depth_button_set_engine (ui_composer_get_depth_button (self->composer), self->engine);
  g_signal_connect_object (ui_composer_get_meter (self->composer), "measure", G_CALLBACK (on_measure), self, G_CONNECT_SWAPPED);
  ui_composer_set_prompts (self->composer, app_history_get_prompts (history));
  ui_composer_set_servers (self->composer, app_history_get_mcp_servers (history));
  g_signal_connect_object (self->engine, "notify::state", G_CALLBACK (update_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->engine, "notify::model", G_CALLBACK (update_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (models, "items-changed", G_CALLBACK (update_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (models, "notify::transcriber", G_CALLBACK (update_engine), self, G_CONNECT_SWAPPED);
  update_engine (self);
  ui_conversation_page_open (self, NULL, 0);
}

static void
ui_conversation_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiConversationPage *self = UI_CONVERSATION_PAGE (object);

  if (id == PROP_CONVERSATION)
    g_value_set_object (value, self->conversation);
  else
    g_value_set_boolean (value, ui_conversation_page_get_busy (self));
}

static void
ui_conversation_page_dispose (GObject *object)
{
  UiConversationPage *self = UI_CONVERSATION_PAGE (object);

  g_clear_handle_id (&self->draft_timer, g_source_remove);
  forget_conversation (self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->engine);
  g_clear_object (&self->models);
  g_clear_object (&self->history);
  G_OBJECT_CLASS (ui_conversation_page_parent_class)->dispose (object);
}

static void
ui_conversation_page_class_init (UiConversationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = ui_conversation_page_get_property;
  G_OBJECT_CLASS (klass)->dispose = ui_conversation_page_dispose;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_CONVERSATION,
                                   g_param_spec_object ("conversation", NULL, NULL, APP_TYPE_CONVERSATION, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_BUSY,
                                   g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (UI_TYPE_COLUMN);
  g_type_ensure (UI_TYPE_WELCOME);
  g_type_ensure (UI_TYPE_TRANSCRIPT);
  g_type_ensure (UI_TYPE_COMPARE_VIEW);
  g_type_ensure (UI_TYPE_COMPOSER);
  g_type_ensure (UI_TYPE_SETTINGS_LINE);
  g_type_ensure (UI_TYPE_QUEUE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-conversation-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, box);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, temporary);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, keep);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, stack);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, welcome);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, transcript);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, compare);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, failed);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, settings_line);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, queue);
  gtk_widget_class_bind_template_child (widget_class, UiConversationPage, composer);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_compare_active);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
  gtk_widget_class_bind_template_callback (widget_class, on_composer_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_suggest);
  gtk_widget_class_bind_template_callback (widget_class, on_suggest_attach);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_recall);
  gtk_widget_class_bind_template_callback (widget_class, on_change);
  gtk_widget_class_bind_template_callback (widget_class, on_resume);
  gtk_widget_class_bind_template_callback (widget_class, on_send_now);
  gtk_widget_class_install_action (widget_class, "page.compare", "x", action_compare);
  gtk_widget_class_install_action (widget_class, "page.compare-versions", "x", action_compare);
  gtk_widget_class_install_action (widget_class, "page.close-comparison", NULL, action_close_comparison);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "page.close-comparison", NULL);
}

static void
ui_conversation_page_init (UiConversationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.close-comparison", FALSE);
}
