/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the history share: a folder, a scripted engine with a model, and calls that iterate the main loop until they are answered. */
#pragma once

#include "app-history.h"
#include "scripted-engine.h"

G_BEGIN_DECLS

typedef struct {
  char *folder, *path; /* of the database */
  ScriptedEngine *engine;
  AppModel *model;
  AppHistory *history;
} Fixture;

/* For g_test_add (): opens an empty history with a ready engine. */
void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);
/* Without opening the history. */
void fixture_set_up_closed (Fixture *fixture, gconstpointer data);

void fixture_open (Fixture *fixture);
gboolean fixture_try_open (Fixture *fixture, GError **error);
void fixture_close (Fixture *fixture);
/* A folder of tests is deleted with what is in it. */
void fixture_delete_folder (const char *path);

/* Iterates the main context until `*condition` is not 0; fails the test after 60 s. */
void wait_for (const gboolean *condition);
/* …until nothing is under way in the conversation. */
void wait_idle (AppConversation *conversation);
/* …until its last message has this state. */
void wait_state (AppConversation *conversation, AppMessageState state);
/* For a callback: keeps the result and ends the waiting. */
void keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *wait_result (GAsyncResult **result);

/* (transfer none): held by the list */
AppMessage *message_at (AppConversation *conversation, guint position);
AppConversation *conversation_at (Fixture *fixture, guint position);
guint n_messages (AppConversation *conversation);

/* Sends a text and returns when it is stored. */
void send_text (AppConversation *conversation, const char *text);
gboolean try_send (AppConversation *conversation, AppTurn *turn, GError **error);
void load (AppConversation *conversation);
GListModel *search (Fixture *fixture, const char *query);

G_END_DECLS
