/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMessage: one row of a conversation, the person's note or the model's answer.
 *
 * A message is made by its conversation and read by everyone; it belongs to the main thread. While an answer grows, `text`
 * notifies at most once per frame (about 16 ms). A message of the person is DONE from the start. */
#pragma once

#include "app-artifact.h"
#include "app-attachment.h"
#include "app-source.h"
#include "app-thinking.h"

G_BEGIN_DECLS

/* A result of a tool is no message of a conversation, and stands in prompts alone. */
typedef enum { APP_ROLE_SYSTEM, APP_ROLE_USER, APP_ROLE_ASSISTANT, APP_ROLE_TOOL } AppRole;

typedef enum {
  APP_MESSAGE_WAITING, /* stored, the model is loading or reading the prompt; no text yet */
  APP_MESSAGE_WRITING, /* the text grows */
  APP_MESSAGE_DONE,
  APP_MESSAGE_STOPPED, /* by the person, or by the end of the program; the text so far is kept. See "interrupted" */
  APP_MESSAGE_FAILED,  /* `error` says why; the text so far is kept */
} AppMessageState;

typedef enum {
  APP_FINISH_NONE,    /* not finished, or stopped, or failed */
  APP_FINISH_STOP,    /* the model ended its answer */
  APP_FINISH_LENGTH,  /* the longest answer that the settings allow */
  APP_FINISH_CONTEXT, /* the context is full */
} AppFinish;

/* Where a model of this machine runs. */
typedef struct {
  int n_layers;       /* 0: not known, or it does not run on this machine */
  int gpu_layers;     /* of them those on the graphics card; the others are on the processor */
  const char *device; /* the card's name; interned, NULL where gpu_layers is 0 */
} AppPlace;

/* Zero: not known. */
typedef struct {
  gint64 prompt_tokens;    /* of the whole prompt */
  gint64 reused_tokens;    /* of them found in the cache and not evaluated again */
  gint64 tokens;           /* of the answer */
  gint64 dropped_messages; /* oldest messages that the model did not see, because the context is full */
  double first_token_ms;   /* from sending to the first word */
  double tokens_per_second;
  double prompt_tokens_per_second;
  gint64 thought_tokens;   /* of the thought before it */
  double thought_ms;       /* how long that took */
  AppThoughtEnd thought_end;
  gboolean filtered;       /* the server kept back what the model wrote. Not stored */
  AppPlace place;          /* for the latest token. Not stored */
  AppFinish finish;
} AppStats;

#define APP_TYPE_MESSAGE (app_message_get_type ())
G_DECLARE_FINAL_TYPE (AppMessage, app_message, APP, MESSAGE, GObject)

gint64 app_message_get_id (AppMessage *self); /* never 0, unique in the history */
AppRole app_message_get_role (AppMessage *self);

const char *app_message_get_wish (AppMessage *self); /* what a note is to become: a kind of artifact; never NULL, "" where the model decides */

AppMessageState app_message_get_state (AppMessage *self);     /* "state" (uint) */
const char *app_message_get_text (AppMessage *self);          /* "text": never NULL; valid until the next change. The person's words, or Markdown of the model */
const char *app_message_get_thought (AppMessage *self);       /* "thought": what the model thought before it, as Markdown; never NULL, "" for nothing. No later turn's prompt has it */
gboolean app_message_get_thinking (AppMessage *self);         /* "thinking": the thought grows now; its seconds so far are in the statistics */
gboolean app_message_get_can_answer_now (AppMessage *self);   /* while thinking: app_conversation_answer_now () would end the thought; notifies with "thinking" */
const char *app_message_get_depth (AppMessage *self);         /* the id of a depth (app-thinking.h), never NULL: of an answer, at which it was written, "" where that is not known; of a note, which was chosen for it, "" for its conversation's */
const char *app_message_get_error (AppMessage *self);         /* "error": the sentence when FAILED, else NULL */
const char *const *app_message_get_notices (AppMessage *self); /* "notices": honesty lines, already in sentences; never NULL, may be empty */
const AppStats *app_message_get_stats (AppMessage *self);     /* "stats" notifies (pointer) when the answer has ended; never NULL */
double app_message_get_prompt_progress (AppMessage *self);    /* "prompt-progress": 0 … 1 while WAITING for a long prompt to be read */
gboolean app_message_get_interrupted (AppMessage *self);      /* STOPPED because the program ended while it was written */
gboolean app_message_get_can_continue (AppMessage *self);       /* "can-continue": app_conversation_continue_async () would lengthen it */
guint app_message_get_branch_index (AppMessage *self);        /* "branch-index": from 0 */
guint app_message_get_branch_count (AppMessage *self);        /* "branch-count": 1 when there is no other version */
const char *app_message_get_model_name (AppMessage *self);    /* of an answer: the model that wrote it; NULL for the person's */
const char *app_message_get_host (AppMessage *self);          /* of an answer: the server that wrote it ("kitchen.local"); NULL for this machine */
GDateTime *app_message_get_time (AppMessage *self);           /* when it was sent or begun, local time; (transfer none) */

/* The passages that an answer cites as [1], [2] …, an array of AppSource; NULL for none. Notifies "sources" (pointer). (transfer none) */
GPtrArray *app_message_get_sources (AppMessage *self);
/* Where it cites them, an array of AppCitation by position: known when the answer has ended; NULL for none. Notifies with "sources". (transfer none) */
GArray *app_message_get_citations (AppMessage *self);

/* The newest version of an artifact that this answer made; NULL for none. Notifies "version" (pointer) when that is another, is whole, or was seen. (transfer none) */
AppVersion *app_message_get_version (AppMessage *self);

/* The calls of tools that an answer made (AppToolCall), in their order. (transfer none) the same list always; empty for none */
GListModel *app_message_get_calls (AppMessage *self);

/* Several agents that work, or worked, on this answer, of AppLane; NULL for none, and for an answer that was written in an earlier run of the program: what they wrote stands in its thought then.
 * Notifies "lanes". (transfer none) */
GListModel *app_message_get_lanes (AppMessage *self);

/* How many attachments the message has, known at once. */
guint app_message_get_n_attachments (AppMessage *self);

/* The attachments (AppAttachment). The first call begins to read their bytes from the history; they appear in the list when they are there, all at
 * once, and then their thumbnails. Returns: (transfer none) the same list always, empty for a message without. */
GListModel *app_message_get_attachments (AppMessage *self);

G_END_DECLS
