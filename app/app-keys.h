/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppKeys: keys in the person's keyring: those of servers, and the access token of the hub. Main thread only; nothing here waits.
 *
 * A key belongs to an origin ("https://api.example:443", app_server_address_dup_origin (); of the hub its address) and is found by nothing else, so one that
 * was given for one host is never looked up for another. Where there is no keyring a key is kept in memory until the program ends. Keys are never logged and
 * never in an error. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  APP_KEY_SERVER,
  APP_KEY_HUB,
  APP_KEY_MCP, /* the environment of a server of MCP */
} AppKeyKind;

#define APP_TYPE_KEYS (app_keys_get_type ())
G_DECLARE_FINAL_TYPE (AppKeys, app_keys, APP, KEYS, GObject)

AppKeys *app_keys_new (AppKeyKind kind);

/* Keeps `key` for the origin; an empty one takes away what was kept. */
void app_keys_store_async (AppKeys *self, const char *origin, const char *key, GAsyncReadyCallback callback, gpointer user_data);
/* Always TRUE: the key can be used. `*notice`: (out) (transfer full) (nullable): the sentence when it is kept only until the program ends. */
gboolean app_keys_store_finish (AppKeys *self, GAsyncResult *result, char **notice);

/* The keyring may ask the person to unlock it. */
void app_keys_lookup_async (AppKeys *self, const char *origin, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): free it with app_keys_free (). NULL: there is none, or the keyring stays locked. */
char *app_keys_lookup_finish (AppKeys *self, GAsyncResult *result);

/* Overwrites it first. `key`: (nullable) */
void app_keys_free (char *key);

G_END_DECLS
