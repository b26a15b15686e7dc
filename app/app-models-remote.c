/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of servers in the list: they come and go with what AppServers knows of them. */
#include "app-models-private.h"

#include "app-openai.h"

static AppModel *
get_or_make (AppModels *self, AppServer *server, AppServerModel *offered)
{
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();

  g_free (facts->id);
  g_free (facts->name);
  facts->id = g_strdup_printf ("server:%" G_GINT64_FORMAT "/%s", app_server_get_id (server), offered->id);
  facts->name = app_server_model_dup_name (offered);
  return app_models_get_or_make (self, facts);
}

/* All of them anew: there are few, and this happens only when the person changes a server. */
static void
update (AppModels *self)
{
  g_autoptr (GHashTable) offered = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer model;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++) {
    g_autoptr (AppServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);
    GPtrArray *models = app_server_get_models (server);
    for (guint j = 0; j < models->len; j++) {
      model = get_or_make (self, server, models->pdata[j]);
      app_model_set_server (model, server, models->pdata[j]);
      g_hash_table_add (offered, model);
    }
  }
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &model))
    if (app_model_get_server (model) && !g_hash_table_contains (offered, model))
      app_model_set_server (model, NULL, NULL);
  app_models_update_list (self);
}

static void
on_servers_changed (GListModel *servers, guint position, guint removed, guint added, AppModels *self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppServer) server = g_list_model_get_item (servers, i);
    g_signal_handlers_disconnect_by_func (server, update, self); /* it was there before, and was brought back */
    g_signal_connect_object (server, "notify::models", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  }
  update (self);
}

void
app_models_set_servers (AppModels *self, AppServers *servers)
{
  /* Others, after a backup was restored. */
  if (self->servers)
    g_signal_handlers_disconnect_by_data (self->servers, self);
  g_set_object (&self->servers, servers);
  g_signal_connect_object (servers, "items-changed", G_CALLBACK (on_servers_changed), self, 0);
  on_servers_changed (G_LIST_MODEL (servers), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (servers)), self);
}

AppServers *
app_models_get_servers (AppModels *self)
{
  return self->servers;
}
