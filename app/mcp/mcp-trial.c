/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server says of itself before it is added, and a prompt of one for the person. */
#include "mcp-servers-private.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "mcp-ask.h"
#include "mcp-server-private.h"

/* ---- trying ---- */

void
app_mcp_trial_free (AppMcpTrial *trial)
{
  g_free (trial->name);
  g_free (trial->title);
  g_free (trial->version);
  g_ptr_array_unref (trial->tools);
  g_free (trial->prompts);
  g_free (trial);
}

/* One on its way: the data of its task. */
typedef struct {
  AppMcpRun *run;
  JsonArray *tools;
} Trial;

static void
trial_free (Trial *trial)
{
  g_object_unref (trial->run);
  g_clear_pointer (&trial->tools, json_array_unref);
  g_free (trial);
}

/* Takes the task. */
static void
give_trial (GTask *task, JsonArray *prompts)
{
  Trial *of = g_task_get_task_data (task);
  AppMcpClient *client = app_mcp_run_get_client (of->run);
  AppMcpTrial *trial = g_new0 (AppMcpTrial, 1);

  trial->name = g_strdup (app_mcp_client_get_name (client));
  trial->title = g_strdup (app_mcp_client_get_title (client));
  trial->version = g_strdup (app_mcp_client_get_version (client));
  trial->offers = app_mcp_client_get_offers (client);
  trial->tools = app_mcp_server_read_tools (of->tools);
  trial->prompts = app_mcp_prompts_print (prompts);
  app_mcp_run_close (of->run);
  g_task_return_pointer (task, trial, (GDestroyNotify) app_mcp_trial_free);
  g_object_unref (task);
}

/* Without them it is as good. */
static void
on_trial_prompts (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (JsonArray) described = app_mcp_client_list_finish (APP_MCP_CLIENT (source), result, NULL), none = json_array_new ();

  give_trial (data, described ? described : none);
}

static void
look_at_prompts (GTask *task)
{
  Trial *trial = g_task_get_task_data (task);
  AppMcpClient *client = app_mcp_run_get_client (trial->run);
  g_autoptr (JsonArray) none = json_array_new ();

  if (app_mcp_client_get_offers (client) & APP_MCP_HAS_PROMPTS)
    app_mcp_client_list_async (client, "prompts/list", "prompts", g_task_get_cancellable (task), on_trial_prompts, task);
  else
    give_trial (task, none);
}

static void
on_trial_tools (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Trial *trial = g_task_get_task_data (task);
  GError *error = NULL;

  trial->tools = app_mcp_client_list_finish (APP_MCP_CLIENT (source), result, &error);
  if (trial->tools) {
    look_at_prompts (task);
    return;
  }
  app_mcp_run_close (trial->run);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_trial_runs (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Trial *trial = g_task_get_task_data (task);
  AppMcpClient *client = app_mcp_run_get_client (trial->run);
  GError *error = NULL;

  if (!app_mcp_run_start_finish (trial->run, result, &error)) {
    g_task_return_error (task, error);
    g_object_unref (task);
  } else if (app_mcp_client_get_offers (client) & APP_MCP_HAS_TOOLS) {
    app_mcp_client_list_async (client, "tools/list", "tools", g_task_get_cancellable (task), on_trial_tools, task);
  } else {
    trial->tools = json_array_new ();
    look_at_prompts (task);
  }
}

/* It is told that people can be asked, as later: what it offers depends on it. */
static void
on_asked (JsonObject *params, GTask *task, gpointer data)
{
  app_mcp_ask (params, "", NULL, task);
}

void
app_mcp_servers_try_async (AppMcpServers *self, const char *name, const AppMcpLaunch *launch, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  AppMcpRun *run = app_mcp_run_new (self->database, self->connections, *name != '\0' ? name : launch->command, launch, NULL);
  Trial *trial = g_new0 (Trial, 1);

  g_task_set_check_cancellable (task, FALSE);
  trial->run = run;
  g_task_set_task_data (task, trial, (GDestroyNotify) trial_free);
  app_mcp_client_set_ask (app_mcp_run_get_client (run), on_asked, NULL);
  app_mcp_run_start_async (run, cancellable, on_trial_runs, task);
}

AppMcpTrial *
app_mcp_servers_try_finish (AppMcpServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- prompts ---- */

/* One that is fetched: the data of its task. */
typedef struct {
  AppMcpServer *server;
  AppMcpPrompt *prompt;
  JsonObject *arguments;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_object_unref (fetch->server);
  g_object_unref (fetch->prompt);
  json_object_unref (fetch->arguments);
  g_free (fetch);
}

static void
on_prompt (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (JsonObject) answer = app_mcp_client_request_finish (APP_MCP_CLIENT (source), result, &error);
  g_autofree char *words = answer ? app_mcp_prompt_read_words (answer) : NULL;

  if (!answer)
    g_task_return_error (task, error);
  else if (*words == '\0')
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_MISSING, _("The server answered with a prompt that has no words."));
  else
    g_task_return_pointer (task, g_steal_pointer (&words), g_free);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (AppMcpClient) client = app_mcp_servers_connect_finish (APP_MCP_SERVERS (source), result, &error);
  g_autoptr (JsonObject) params = json_object_new ();

  if (!client) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  json_object_set_string_member (params, "name", app_mcp_prompt_get_name (fetch->prompt));
  json_object_set_object_member (params, "arguments", json_object_ref (fetch->arguments));
  app_mcp_client_request_async (client, "prompts/get", params, g_task_get_cancellable (task), on_prompt, task);
}

void
app_mcp_servers_get_prompt_async (AppMcpServers *self, AppMcpServer *server, AppMcpPrompt *prompt, JsonObject *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Fetch *fetch = g_new (Fetch, 1);

  *fetch = (Fetch) { g_object_ref (server), g_object_ref (prompt), json_object_ref (arguments) };
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);
  if (!app_mcp_server_get_enabled (server)) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The server “%s” is switched off."), app_mcp_server_get_name (server));
    g_object_unref (task);
    return;
  }
  /* No conversation's: it has no files to see, and calls nothing. */
  app_mcp_servers_connect_async (self, server, NULL, "composer", NULL, cancellable, on_connected, task);
}

char *
app_mcp_servers_get_prompt_finish (AppMcpServers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
