/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-announcer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-speech.h"
#include "ui-thought.h"

#if GTK_CHECK_VERSION(4, 14, 0)

void
ui_announcer_say (GtkWidget *widget, const char *sentence)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  if (root == NULL)
    return;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* newer than what the build promises to need */
  gtk_accessible_announce (GTK_ACCESSIBLE (root), sentence, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  G_GNUC_END_IGNORE_DEPRECATIONS
}

#else

#define DATA "ui-announcer"

/* A widget that has a description of its own, which is away until the focus leaves it: put back at once, it would be spoken after each sentence. The
 * window's data. */
typedef struct {
  GWeakRef target;
  char *own;
} Borrowed;

static void
borrowed_free (gpointer data)
{
  Borrowed *borrowed = data;

  g_weak_ref_clear (&borrowed->target);
  g_free (borrowed->own);
  g_free (borrowed);
}

static void
describe (gpointer target, const char *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (target), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

/* GTK has no other way to read a description than what its tests use. NULL: there is none, or an empty one. (transfer full) */
static char *
dup_description (gpointer target)
{
  if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (target), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION))
    return NULL;
  return gtk_test_accessible_check_property (GTK_ACCESSIBLE (target), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "");
}

static void
on_focus_moved (GtkRoot *root)
{
  Borrowed *borrowed = g_object_get_data (G_OBJECT (root), DATA);
  g_autoptr (GObject) target = g_weak_ref_get (&borrowed->target);

  if (target != NULL) {
    g_autofree char *newer = dup_description (target);

    if (newer == NULL)
      describe (target, borrowed->own);
  }
  g_signal_handlers_disconnect_by_func (root, on_focus_moved, NULL);
  g_object_set_data (G_OBJECT (root), DATA, NULL);
}

/* Takes `own`, the description of `target`, which has the focus. */
static void
borrow (GtkRoot *root, GtkWidget *target, char *own)
{
  Borrowed *borrowed = g_new0 (Borrowed, 1);

  g_weak_ref_init (&borrowed->target, target);
  borrowed->own = own;
  if (g_object_get_data (G_OBJECT (root), DATA) == NULL)
    g_signal_connect (root, "notify::focus-widget", G_CALLBACK (on_focus_moved), NULL);
  g_object_set_data_full (G_OBJECT (root), DATA, borrowed, borrowed_free);
}

/* What a screen reader takes for the place of the focus. The text inside an entry is hidden from it, so that the entry stands for it. */
static GtkWidget *
get_target (GtkRoot *root)
{
  GtkWidget *target = gtk_root_get_focus (root);

  while (target != NULL && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (target)) == GTK_ACCESSIBLE_ROLE_NONE)
    target = gtk_widget_get_parent (target);
  return target != NULL ? target : GTK_WIDGET (root);
}

void
ui_announcer_say (GtkWidget *widget, const char *sentence)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *target;
  char *own;

  if (root == NULL)
    return;
  target = get_target (root);
  own = dup_description (target);
  if (own != NULL)
    borrow (root, target, own);
  describe (target, sentence);
  describe (target, "");
}

#endif

/* ---- what is written ---- */

/* Watches the last message of a conversation, which is the one that can be written. */
struct _UiAnnouncer {
  GObject parent_instance;

  GtkWidget *widget;     /* not owned */
  GListModel *messages;  /* (nullable) */
  AppMessage *message;   /* (nullable) */
  gsize said;            /* bytes of its text */
  gboolean writing;
  gboolean thinking;
  guint n_said;
};

G_DEFINE_FINAL_TYPE (UiAnnouncer, ui_announcer, G_TYPE_OBJECT)

static void
follow (UiAnnouncer *self, gboolean final)
{
  const char *text = app_message_get_text (self->message);
  g_auto (GStrv) sentences = NULL;

  if (self->said > strlen (text))
    self->said = 0;
  sentences = app_speech_dup_next (text, &self->said, final);
  for (guint i = 0; sentences[i] != NULL; i++, self->n_said++)
    ui_announcer_say (self->widget, sentences[i]);
}

/* At the end the last words are a sentence too. A text that changes otherwise was read from the history. */
static void
on_message (UiAnnouncer *self)
{
  AppMessageState state = app_message_get_state (self->message);
  gboolean was = self->writing;

  self->writing = state == APP_MESSAGE_WAITING || state == APP_MESSAGE_WRITING;
  if (was || self->writing)
    follow (self, !self->writing);
  else
    self->said = strlen (app_message_get_text (self->message));
}

/* Of a thought its beginning and its end. */
static void
on_thinking (UiAnnouncer *self)
{
  gboolean was = self->thinking;
  g_autofree char *summary = NULL;

  self->thinking = app_message_get_thinking (self->message);
  if (was == self->thinking)
    return;
  summary = self->thinking ? g_strdup (_("Thinking…")) : ui_thought_dup_summary (self->message);
  self->n_said++;
  ui_announcer_say (self->widget, summary);
}

static void
watch_last (UiAnnouncer *self)
{
  guint n = self->messages != NULL ? g_list_model_get_n_items (self->messages) : 0;
  g_autoptr (AppMessage) last = n > 0 ? g_list_model_get_item (self->messages, n - 1) : NULL;

  if (last == self->message)
    return;
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_set_object (&self->message, last);
  self->writing = FALSE;
  if (last == NULL)
    return;
  self->said = strlen (app_message_get_text (last));
  g_signal_connect_object (last, "notify::text", G_CALLBACK (on_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (last, "notify::state", G_CALLBACK (on_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (last, "notify::thinking", G_CALLBACK (on_thinking), self, G_CONNECT_SWAPPED);
  self->thinking = app_message_get_thinking (last);
  on_message (self);
}

void
ui_announcer_set_conversation (UiAnnouncer *self, AppConversation *conversation)
{
  GListModel *messages = conversation != NULL ? app_conversation_get_messages (conversation) : NULL;

  if (self->messages == messages)
    return;
  if (self->messages != NULL)
    g_signal_handlers_disconnect_by_func (self->messages, watch_last, self);
  g_set_object (&self->messages, messages);
  if (messages != NULL)
    g_signal_connect_object (messages, "items-changed", G_CALLBACK (watch_last), self, G_CONNECT_SWAPPED);
  watch_last (self);
}

guint
ui_announcer_get_n_said (UiAnnouncer *self)
{
  return self->n_said;
}

static void
ui_announcer_dispose (GObject *object)
{
  ui_announcer_set_conversation (UI_ANNOUNCER (object), NULL);
  G_OBJECT_CLASS (ui_announcer_parent_class)->dispose (object);
}

static void
ui_announcer_class_init (UiAnnouncerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_announcer_dispose;
}

static void
ui_announcer_init (UiAnnouncer *self)
{
}

UiAnnouncer *
ui_announcer_new (GtkWidget *widget)
{
  UiAnnouncer *self = g_object_new (UI_TYPE_ANNOUNCER, NULL);

  self->widget = widget;
  return self;
}
