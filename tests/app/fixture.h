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

/* Iterates the main context until the condition is true; a test that waits in vain fails after two minutes. */
#define WAIT_UNTIL(condition)                \
  G_STMT_START                               \
  {                                          \
    guint watchdog_ = watchdog_new ();       \
    while (!(condition))                     \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (watchdog_);             \
  }                                          \
  G_STMT_END
guint watchdog_new (void);
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
/* A file of text that is read. (transfer full) */
AppAttachment *fixture_attachment (const char *name, const char *text);
/* The same of bytes; and of one that is made already, which is given back. */
AppAttachment *fixture_attach (GBytes *bytes, const char *name);
AppAttachment *fixture_loaded (AppAttachment *attachment);
/* A turn with such a file. (transfer full) */
AppTurn *fixture_turn (const char *text, AppAttachment *attachment);
/* Everything that was asked of the database so far is done. */
void fixture_settle (Fixture *fixture);
/* The files of the history as a program that is killed now would leave them, at another path. (transfer full) */
char *fixture_copy_killed (Fixture *fixture);
/* A conversation with a note and its answer, at rest. (transfer full) */
AppConversation *fixture_talk (Fixture *fixture, const char *note, const char *answer);
/* Deletes, brings back or purges, and returns when it is done. */
typedef void (*FixtureChange) (AppHistory *, AppConversation *, GAsyncReadyCallback, gpointer);
void fixture_change (Fixture *fixture, FixtureChange function, AppConversation *conversation);

/* A database that nobody has open: runs SQL in it; asks for the first column of the first row. */
void fixture_run_sql (const char *path, const char *sql);
char *fixture_ask (const char *path, const char *sql);
gint64 fixture_ask_number (const char *path, const char *sql);

/* Runs this program again for one subtest, with mounts that only it sees. */
void fixture_run_in_namespace (const char *subtest);

G_END_DECLS
