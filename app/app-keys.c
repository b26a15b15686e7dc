/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-keys.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

/* How the keyring knows them. */
static const struct {
  SecretSchema schema; /* with the origin as its one attribute */
  const char *label;
} kinds[] = {
  /* Translators: how the keyring calls a key. %s: a server's address without its path. */
  [APP_KEY_SERVER] = { { .name = "org.melete.Melete.Server", .attributes = { { "origin", SECRET_SCHEMA_ATTRIBUTE_STRING } } }, N_("Melete: key for %s") },
  /* Translators: how the keyring calls it. %s: the address of the hub. */
  [APP_KEY_HUB] = { { .name = "org.melete.Melete.HubToken", .attributes = { { "hub", SECRET_SCHEMA_ATTRIBUTE_STRING } } }, N_("Melete: access token for %s") },
  /* Translators: how the keyring calls it: variables with which a server of tools is started. %s: letters and digits. */
  [APP_KEY_MCP] = { { .name = "org.melete.Melete.McpEnvironment", .attributes = { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING } } }, N_("Melete: environment of a server of tools (%s)") },
};

struct _AppKeys {
  GObject parent;
  AppKeyKind kind;
  GHashTable *known; /* origin → key: what the keyring was asked for, or did not take */
};

G_DEFINE_FINAL_TYPE (AppKeys, app_keys, G_TYPE_OBJECT)

void
app_keys_free (char *key)
{
  if (key)
    secret_password_wipe (key);
  g_free (key);
}

static void
remember (AppKeys *self, const char *origin, const char *key)
{
  if (key && *key)
    g_hash_table_replace (self->known, g_strdup (origin), g_strdup (key));
  else
    g_hash_table_remove (self->known, origin);
}

/* ---- storing ---- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error)) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  g_debug ("The keyring took no key: %s", error->message);
  g_task_return_pointer (task, g_strdup (_("There is no keyring that could keep the key, so it is kept only until Melete ends. Unlock or install a keyring, then save it again.")),
                         g_free);
}

static void
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  secret_password_clear_finish (result, &error); /* nothing was kept where there is no keyring */
  if (error)
    g_debug ("The keyring gave no key away: %s", error->message);
  g_task_return_pointer (task, NULL, NULL);
}

void
app_keys_store_async (AppKeys *self, const char *origin, const char *key, GAsyncReadyCallback callback, gpointer user_data)
{
  const SecretSchema *schema = &kinds[self->kind].schema;
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, app_keys_store_async);
  remember (self, origin, key);
  if (key && *key) {
    GString *label = g_string_new (_(kinds[self->kind].label));
    g_string_replace (label, "%s", origin, 1);
    secret_password_store (schema, SECRET_COLLECTION_DEFAULT, label->str, key, NULL, on_stored, task, schema->attributes[0].name, origin, NULL);
    g_string_free (label, TRUE);
  } else {
    secret_password_clear (schema, NULL, on_cleared, task, schema->attributes[0].name, origin, NULL);
  }
}

gboolean
app_keys_store_finish (AppKeys *self, GAsyncResult *result, char **notice)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  *notice = g_task_propagate_pointer (G_TASK (result), NULL);
  return TRUE;
}

/* ---- looking up ---- */

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppKeys *self = g_task_get_source_object (task);
  const char *origin = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *key = secret_password_lookup_finish (result, &error);
  /* It may have been stored meanwhile. */
  const char *newer = g_hash_table_lookup (self->known, origin);

  if (error)
    g_debug ("The keyring did not answer: %s", error->message);
  if (!newer)
    remember (self, origin, key);
  secret_password_free (key);
  g_task_return_pointer (task, g_strdup (g_hash_table_lookup (self->known, origin)), (GDestroyNotify) app_keys_free);
}

void
app_keys_lookup_async (AppKeys *self, const char *origin, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const SecretSchema *schema = &kinds[self->kind].schema;
  const char *known = g_hash_table_lookup (self->known, origin);

  g_task_set_source_tag (task, app_keys_lookup_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (origin), g_free);
  if (known) {
    g_task_return_pointer (task, g_strdup (known), (GDestroyNotify) app_keys_free);
    g_object_unref (task);
    return;
  }
  secret_password_lookup (schema, cancellable, on_looked_up, task, schema->attributes[0].name, origin, NULL);
}

char *
app_keys_lookup_finish (AppKeys *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

/* ---- object ---- */

static void
app_keys_finalize (GObject *object)
{
  g_hash_table_unref (APP_KEYS (object)->known);
  G_OBJECT_CLASS (app_keys_parent_class)->finalize (object);
}

static void
app_keys_class_init (AppKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_keys_finalize;
}

static void
free_key (gpointer data)
{
  app_keys_free (data);
}

static void
app_keys_init (AppKeys *self)
{
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_key);
}

AppKeys *
app_keys_new (AppKeyKind kind)
{
  AppKeys *self = g_object_new (APP_TYPE_KEYS, NULL);

  self->kind = kind;
  return self;
}
