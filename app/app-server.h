/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppServer: an OpenAI-compatible server (vLLM, llama-server, Ollama, LM Studio …) that the person added. Made by AppServers. Main thread only. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ---- AppServerModel: a model that a server offers; immutable once it is in a server, counted, any thread may hold it ---- */

typedef enum {
  APP_SIGHT_UNKNOWN, /* the server does not say: `pictures` is the person's word */
  APP_SIGHT_BLIND,
  APP_SIGHT_SEES,
} AppSight;

typedef struct {
  char *id;          /* as the server calls it: "openai/gpt-oss-120b", "/srv/models/gpt-oss.gguf" */
  char *owner;       /* "owned_by", by which the kind of server is known; "" when it does not say */
  guint context;     /* tokens; 0: it does not say */
  AppSight sight;
  gboolean pictures; /* pictures are sent to it */
} AppServerModel;

#define APP_TYPE_SERVER_MODEL (app_server_model_get_type ())
GType app_server_model_get_type (void);
AppServerModel *app_server_model_new (const char *id, const char *owner);
AppServerModel *app_server_model_copy (const AppServerModel *model);
AppServerModel *app_server_model_ref (AppServerModel *model);
void app_server_model_unref (AppServerModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppServerModel, app_server_model_unref)
/* For the person, without folders and file endings: "gpt-oss-120b". (transfer full) */
char *app_server_model_dup_name (const AppServerModel *model);

/* ---- AppServer ---- */

#define APP_TYPE_SERVER (app_server_get_type ())
G_DECLARE_FINAL_TYPE (AppServer, app_server, APP, SERVER, GObject)

gint64 app_server_get_id (AppServer *self);
const char *app_server_get_name (AppServer *self);    /* "name": by the person, else the host */
const char *app_server_get_given_name (AppServer *self); /* by the person; "" for none */
const char *app_server_get_address (AppServer *self); /* "address": "http://kitchen.local:8080/v1" */
const char *app_server_get_host (AppServer *self);    /* "kitchen.local" */
/* "models": AppServerModel objects, as the server last told. (transfer none) */
GPtrArray *app_server_get_models (AppServer *self);

G_END_DECLS
