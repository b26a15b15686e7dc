/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-http.h"

struct _AppHttp {
  GMainContext *context; /* of this thread alone: the exchanges answer in it */
  AppClient *client;
  AppErrand *errand;
  char *key;
  guint stall_ms;
};

AppHttp *
app_http_new (AppErrand *errand, const char *key, guint stall_ms)
{
  AppHttp *self = g_new0 (AppHttp, 1);

  self->context = g_main_context_new ();
  g_main_context_push_thread_default (self->context);
  self->client = app_client_new (NULL, NULL);
  self->errand = app_errand_ref (errand);
  self->key = g_strdup (key);
  self->stall_ms = stall_ms;
  return self;
}

void
app_http_free (AppHttp *self)
{
  g_object_unref (self->client);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  g_main_context_unref (self->context);
  app_errand_unref (self->errand);
  app_keys_free (self->key);
  g_free (self);
}

/* ---- waiting ---- */

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  app_exchange_stop (user_data);
}

/* Runs a call of the exchange, which was begun with on_result (), to its end. */
static GAsyncResult *
wait_for (AppHttp *self, AppExchange *exchange, GAsyncResult **result, GCancellable *cancellable)
{
  gulong connected = cancellable ? g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), exchange, NULL) : 0;

  while (!*result)
    g_main_context_iteration (self->context, TRUE);
  g_cancellable_disconnect (cancellable, connected);
  return *result;
}

AppExchange *
app_http_get (AppHttp *self, const char *url, const char *range, const char *if_range, GCancellable *cancellable, GError **error)
{
  const AppRequest request = { .url = url, .key = self->key, .range = range, .if_range = if_range, .first_patience = self->stall_ms, .patience = self->stall_ms, .follow = TRUE };
  g_autoptr (AppExchange) exchange = app_exchange_new (self->client, self->errand, &request);
  g_autoptr (GAsyncResult) result = NULL;

  app_exchange_open_async (exchange, on_result, &result);
  return app_exchange_open_finish (exchange, wait_for (self, exchange, &result, cancellable), error) ? g_steal_pointer (&exchange) : NULL;
}

GBytes *
app_http_read (AppHttp *self, AppExchange *exchange, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_exchange_read_async (exchange, on_result, &result);
  return app_exchange_read_finish (exchange, wait_for (self, exchange, &result, cancellable), error);
}

GBytes *
app_http_read_all (AppHttp *self, AppExchange *exchange, gsize limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_exchange_read_all_async (exchange, limit, on_result, &result);
  return app_exchange_read_all_finish (exchange, wait_for (self, exchange, &result, cancellable), error);
}
