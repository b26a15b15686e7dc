/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-draft.h"

#define KEY "ui-draft"

UiDraft *
ui_draft_new (char *text, GListStore *attachments, AppMessage *edited, UiDraft *aside)
{
  UiDraft *draft = g_new0 (UiDraft, 1);

  draft->text = text;
  draft->attachments = g_object_ref (attachments);
  g_set_object (&draft->edited, edited);
  draft->aside = aside;
  return draft;
}

void
ui_draft_free (UiDraft *draft)
{
  if (draft == NULL)
    return;
  g_free (draft->text);
  g_clear_object (&draft->attachments);
  g_clear_object (&draft->edited);
  ui_draft_free (draft->aside);
  g_free (draft);
}

void
ui_draft_keep (AppConversation *conversation, UiDraft *draft)
{
  g_object_set_data_full (G_OBJECT (conversation), KEY, draft, (GDestroyNotify) ui_draft_free);
}

UiDraft *
ui_draft_take (AppConversation *conversation)
{
  UiDraft *draft = g_object_steal_data (G_OBJECT (conversation), KEY);
  g_autoptr (GListStore) none = NULL;

  if (draft != NULL || *app_conversation_get_draft (conversation) == '\0')
    return draft;
  none = g_list_store_new (APP_TYPE_ATTACHMENT);
  return ui_draft_new (g_strdup (app_conversation_get_draft (conversation)), none, NULL, NULL);
}

void
ui_draft_sent (AppConversation *conversation)
{
  UiDraft *draft = g_object_steal_data (G_OBJECT (conversation), KEY);

  if (draft != NULL && draft->aside != NULL)
    ui_draft_keep (conversation, g_steal_pointer (&draft->aside));
  ui_draft_free (draft);
}
