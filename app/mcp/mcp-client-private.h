/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of AppMcpClient share: mcp-client.c (the beginning, what the server tells, the end), mcp-requests.c (what it is asked) and mcp-questions.c (what it asks). */
#pragma once

#include "mcp-client.h"
#include "mcp-message.h"
#include "mcp-process.h"

G_BEGIN_DECLS

struct _AppMcpClient {
  GObject parent;
  char *work; /* nullable */
  AppMcpAsk ask;
  gpointer ask_data;
  AppMcpProcess *process; /* NULL: not started, or ended */
  GHashTable *requests;   /* number → Request (mcp-requests.c), which has it */
  GHashTable *asked;      /* id as text → GCancellable of what the server asked for */
  gint64 number;          /* of the last request */
  char *name, *title;
  const char *version;
  AppMcpOffers offers;
  GString *log;
  char *sentence; /* why it has ended; NULL: it has not */
  guint flood;
  guint64 flood_from; /* bytes that had come at the last answer */
};

/* ---- mcp-requests.c ---- */

/* Asks the server; an answer must come within `seconds`, or a sign of progress. Takes the task. */
void app_mcp_client_send (AppMcpClient *self, const char *method, JsonObject *params, guint seconds, GTask *task);
/* It is at work on the request of that number, if there is one: it has its time once more. */
void app_mcp_client_prolong (AppMcpClient *self, gint64 number);
/* An answer has come: whoever asked gets it, if anybody still waits. */
void app_mcp_client_take_answer (AppMcpClient *self, AppMcpMessage *message);
/* It will not answer any more. */
void app_mcp_client_fail_requests (AppMcpClient *self, const char *sentence);

/* ---- mcp-questions.c ---- */

void app_mcp_client_take_question (AppMcpClient *self, AppMcpMessage *message);
/* It does not need the answer to a question any more. `id`: (nullable) */
void app_mcp_client_withdraw_question (AppMcpClient *self, JsonNode *id);
/* Nor to any. */
void app_mcp_client_withdraw_questions (AppMcpClient *self);

G_END_DECLS
