/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-draft.h"

#define KEY "ui-draft"
#define READING "ui-draft-reading"

UiDraft *
ui_draft_new (char *text, GListStore *attachments, GObject *edited, UiDraft *aside)
{
  UiDraft *draft = g_new0 (UiDraft, 1);

  draft->text = text;
  draft->wish = g_strdup ("");
  draft->depth = g_strdup ("");
  draft->attachments = g_object_ref (attachments);
  g_set_object (&draft->edited, edited);
  draft->aside = aside;
  return draft;
}

void
ui_draft_set_wish (UiDraft *draft, const char *wish, const AppPick *pick)
{
  g_free (draft->wish);
  draft->wish = g_strdup (wish);
  app_pick_free (draft->pick);
  draft->pick = app_pick_copy (pick);
}

void
ui_draft_set_depth (UiDraft *draft, const char *depth)
{
  g_free (draft->depth);
  draft->depth = g_strdup (depth);
}

void
ui_draft_free (UiDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->text);
  g_free (draft->wish);
  g_free (draft->depth);
  app_pick_free (draft->pick);
  g_clear_object (&draft->attachments);
  g_clear_object (&draft->edited);
  ui_draft_free (draft->aside);
  g_free (draft);
}

/* What was still read when the person went elsewhere is kept in the history too. */
static void
on_state (AppAttachment *attachment, GParamSpec *pspec, AppConversation *conversation)
{
  UiDraft *draft = g_object_get_data (G_OBJECT (conversation), KEY);

  g_signal_handlers_disconnect_by_func (attachment, on_state, conversation);
  if (draft != NULL && draft->edited == NULL && g_list_store_find (draft->attachments, attachment, NULL))
    app_conversation_set_draft_wish (conversation, draft->text, draft->wish, draft->depth, G_LIST_MODEL (draft->attachments));
}

void
ui_draft_keep (AppConversation *conversation, UiDraft *draft)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (draft->attachments)); i++) {
    g_autoptr (AppAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (draft->attachments), i);

    if (app_attachment_get_state (attachment) == APP_ATTACHMENT_LOADING)
      g_signal_connect_object (attachment, "notify::state", G_CALLBACK (on_state), conversation, 0);
  }
  g_object_set_data_full (G_OBJECT (conversation), KEY, draft, (GDestroyNotify) ui_draft_free);
}

gboolean
ui_draft_is_reading (GListStore *attachments)
{
  return g_object_get_data (G_OBJECT (attachments), READING) != NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GListStore) attachments = data;
  /* What went wrong the conversation says itself. */
  g_autoptr (GListModel) read = app_conversation_read_draft_finish (APP_CONVERSATION (source), result, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  g_object_set_data (G_OBJECT (attachments), READING, NULL);
  for (guint i = 0; read != NULL && i < g_list_model_get_n_items (read); i++)
    g_ptr_array_add (items, g_list_model_get_item (read, i));
  /* Before what was added meanwhile. */
  g_list_store_splice (attachments, 0, 0, items->pdata, items->len);
}

UiDraft *
ui_draft_take (AppConversation *conversation)
{
  UiDraft *draft = g_object_steal_data (G_OBJECT (conversation), KEY);
  guint n_attachments = app_conversation_get_n_draft_attachments (conversation);
  g_autoptr (GListStore) attachments = NULL;

  if (draft != NULL || (*app_conversation_get_draft (conversation) == '\0' && n_attachments == 0))
    return draft;
  attachments = g_list_store_new (APP_TYPE_ATTACHMENT);
  if (n_attachments > 0) {
    g_object_set_data (G_OBJECT (attachments), READING, GINT_TO_POINTER (TRUE));
    app_conversation_read_draft_async (conversation, on_read, g_object_ref (attachments));
  }
  draft = ui_draft_new (g_strdup (app_conversation_get_draft (conversation)), attachments, NULL, NULL);
  ui_draft_set_wish (draft, app_conversation_get_draft_wish (conversation), NULL);
  ui_draft_set_depth (draft, app_conversation_get_draft_depth (conversation));
  return draft;
}

void
ui_draft_sent (AppConversation *conversation)
{
  UiDraft *draft = g_object_steal_data (G_OBJECT (conversation), KEY);

  if (draft != NULL && draft->aside != NULL)
    ui_draft_keep (conversation, g_steal_pointer (&draft->aside));
  ui_draft_free (draft);
}
