/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of models that a server offers. */
#include "app-server-private.h"

#include <glib/gi18n.h>

#include "app-error.h"
#include "app-openai.h"
#include "app-server-address.h"

/* A list of models is short and at hand. */
#define MOST_BYTES (4u * 1024 * 1024)
#define PATIENCE_MS 30000

static void
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  app_exchange_stop (user_data);
}

/* The task's data is the exchange. */
static void
end_asking (GTask *task)
{
  if (g_task_get_cancellable (task))
    g_signal_handlers_disconnect_by_func (g_task_get_cancellable (task), on_caller_cancelled, g_task_get_task_data (task));
}

static void
on_models_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AppExchange *exchange = APP_EXCHANGE (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = app_exchange_read_all_finish (exchange, result, &error);
  g_autoptr (GPtrArray) models = bytes ? app_openai_parse_models (bytes, &error) : NULL;

  end_asking (task);
  if (models && models->len == 0)
    error = g_error_new (APP_ERROR, APP_ERROR_FAILED, _("%s offers no model. Load one there, then try again."), app_exchange_get_host (exchange));
  if (error && error->domain == G_IO_ERROR && error->code == G_IO_ERROR_INVALID_DATA) {
    g_autoptr (GError) raw = g_steal_pointer (&error);
    error = app_client_explain (raw, app_exchange_get_host (exchange), 0);
  }
  app_exchange_end (exchange, error);
  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&models), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_models_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (app_exchange_open_finish (APP_EXCHANGE (source), result, &error)) {
    app_exchange_read_all_async (APP_EXCHANGE (source), MOST_BYTES, on_models_read, g_steal_pointer (&task));
    return;
  }
  end_asking (task);
  app_exchange_end (APP_EXCHANGE (source), error);
  g_task_return_error (task, g_steal_pointer (&error));
}

void
app_server_ask (AppClient *client, const char *address, const char *key, GTask *task)
{
  g_autofree char *host = app_server_address_dup_host (address);
  g_autofree char *purpose = g_strdup_printf (_("List of the models on %s"), host);
  g_autofree char *url = g_strconcat (address, "/models", NULL);
  const AppRequest request = { .url = url, .accept = "application/json", .key = key, .first_patience = PATIENCE_MS, .patience = PATIENCE_MS, .plain = TRUE, .only_ok = TRUE };
  g_autoptr (AppErrand) errand = app_errand_new (app_client_get_connections (client), purpose);
  AppExchange *exchange = app_exchange_new (client, errand, &request);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, exchange, g_object_unref);
  if (g_task_get_cancellable (task))
    g_cancellable_connect (g_task_get_cancellable (task), G_CALLBACK (on_caller_cancelled), exchange, NULL);
  app_exchange_open_async (exchange, on_models_open, task);
}
