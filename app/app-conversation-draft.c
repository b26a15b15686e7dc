/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed and not sent yet. */
#include "app-conversation-private.h"

const char *
app_conversation_get_draft (AppConversation *self)
{
  return self->draft ? self->draft : "";
}

void
app_conversation_take_draft (AppConversation *self, char *draft)
{
  g_free (self->draft);
  self->draft = draft;
}

void
app_conversation_draft_ended (AppConversation *self)
{
  app_conversation_take_draft (self, NULL);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppConversation) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;

  if (!stored && !self->draft_failed)
    app_conversation_save_failed (self, error->message);
  self->draft_failed = !stored;
}

void
app_conversation_set_draft (AppConversation *self, const char *text)
{
  AppStoreDraft *draft;

  /* A first turn gives the conversation the id under which its draft is known, and a draft that came after the turn would outlive it. */
  if (self->storing || (!self->draft_failed && g_str_equal (text, app_conversation_get_draft (self))))
    return;
  app_conversation_take_draft (self, g_strdup (text));
  draft = g_new0 (AppStoreDraft, 1);
  draft->conversation = self->id;
  draft->text = g_strdup (text);
  app_database_run_async (self->database, app_store_draft, draft, (GDestroyNotify) app_store_draft_free, NULL, NULL, on_stored, g_object_ref (self));
}
