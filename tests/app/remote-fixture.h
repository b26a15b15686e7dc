/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of servers share: a history with one server in it, which is a FakeServer, and calls that iterate the main loop until they are answered. */
#pragma once

#include "app-models.h"
#include "fake-server.h"
#include "fixture.h"

G_BEGIN_DECLS

#define REMOTE_CHAT "/v1/chat/completions"
#define REMOTE_KEY "sk-tell-nobody"

typedef struct {
  char *folder, *path;
  FakeServer *fake;
  ScriptedEngine *local;
  AppModel *local_model;
  AppEngine *engine;
  AppHistory *history;
  AppModels *models;
  AppServer *server;
} Remote;

/* Two models: "big/gpt-oss.gguf" of a llama-server, and "seer", which sees. */
extern const FakeReply remote_models;

/* For g_test_add (): the server is added, with its key, and its large model chosen. */
void remote_set_up (Remote *r, gconstpointer data);
void remote_tear_down (Remote *r, gconstpointer data);
void remote_open_history (Remote *r);
void remote_close_history (Remote *r);
/* For main (), in the place of g_test_run (): with a keyring that is a file of its own. Call remote_keyring () before anything else. */
char *remote_keyring (void);
int remote_run (char *keyring);

/* (transfer full) */
AppServer *remote_save (Remote *r, AppServer *server, const char *name, const char *address, const char *key, GPtrArray *list);
GPtrArray *remote_ask (Remote *r, const char *address, const char *key, GError **error);
void remote_choose (Remote *r, AppModel *model);
/* By its name at the server. (transfer none) */
AppModel *remote_model_of (Remote *r, const char *name);

/* What answers from now on. */
void remote_script (Remote *r, const FakeReply *reply);
/* A conversation with one note and its answer, which has ended. (transfer full) */
AppConversation *remote_talk (Remote *r, const char *note);
void remote_again (AppConversation *conversation, AppMessage *answer);
/* The newest connection. `error_part`: NULL for none. */
void remote_assert_connection (Remote *r, const char *purpose, AppConnectionOutcome outcome, const char *error_part);

G_END_DECLS
