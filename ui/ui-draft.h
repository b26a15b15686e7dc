/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiDraft: what the composer held for a conversation that is not shown now. It stays with the conversation's object; words and attachments are also in
 * the history (app_conversation_get_draft ()), and outlive the program. */
#pragma once

#include "app-conversation.h"

G_BEGIN_DECLS

typedef struct _UiDraft UiDraft;
struct _UiDraft {
  char *text;
  GListStore *attachments; /* AppAttachment */
  char *wish;              /* as AppTurn has it; never NULL */
  AppPick *pick;           /* nullable */
  char *depth;             /* as AppTurn has it; never NULL */
  GObject *edited;         /* the note (AppMessage) in whose place it would be sent, or what waits (AppQueued) and is changed, or NULL */
  UiDraft *aside;          /* what was there before that was edited, or NULL */
};

/* `text`, `aside`: (transfer full) */
UiDraft *ui_draft_new (char *text, GListStore *attachments, GObject *edited, UiDraft *aside);
void ui_draft_set_wish (UiDraft *draft, const char *wish, const AppPick *pick);
void ui_draft_set_depth (UiDraft *draft, const char *depth);
void ui_draft_free (UiDraft *draft);

/* Leaves it with the conversation. `draft`: (transfer full) */
void ui_draft_keep (AppConversation *conversation, UiDraft *draft);
/* Takes it from there, or makes one of what the history has, whose attachments come into the list when they are read. (transfer full) (nullable) */
UiDraft *ui_draft_take (AppConversation *conversation);
/* Whether some will still come into this list. */
gboolean ui_draft_is_reading (GListStore *attachments);
/* It was sent while another conversation was shown; what was set aside for an editing stays. */
void ui_draft_sent (AppConversation *conversation);

G_END_DECLS
