/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHub: models on Hugging Face: looking for them, their files, and whether they fit this machine. Main thread only; the work is done on threads.
 *
 * Nothing is asked before the person asks for it, and each errand is in the list of connections before it begins (AppConnections). The access token, which
 * only gated models need, lies in the keyring of the desktop and goes to the hub alone. */
#pragma once

#include "app-connections.h"
#include "app-keys.h"
#include "app-model.h"

G_BEGIN_DECLS

/* ---- what there is: plain data that never changes; counted ---- */

/* A line of the results. Strings are never NULL. */
typedef struct {
  char *id;      /* "owner/name" */
  char *licence; /* "apache-2.0"; "" when unknown */
  guint64 downloads, likes;
  gint64 updated; /* seconds since 1970; 0: unknown */
  gboolean gated; /* its terms have to be accepted on its page */
} AppHubModel;

typedef struct {
  char *path;   /* in the repository, "dir/name.gguf" */
  char *sha256; /* "" when the hub does not say */
  guint64 bytes;
} AppHubFile;

/* The same model in one size: a file, or the parts of one. */
typedef struct {
  char *label;      /* its quantisation, "Q4_K_M", or the name of the file */
  char *id;         /* as a model of this program */
  GPtrArray *files; /* of AppHubFile, in order */
  guint64 bytes;
} AppHubVariant;

typedef struct {
  gatomicrefcount n_references;
  char *id, *revision;       /* the commit that all of this is of */
  char *licence;             /* "" when unknown */
  char *licence_link;        /* an https address, or "" */
  gboolean gated;
  guint64 parameters;        /* 0: unknown */
  guint context;             /* tokens that it was trained for; 0: unknown */
  char *architecture;        /* "" when unknown */
  GPtrArray *variants;       /* of AppHubVariant, the smallest first */
  AppHubFile *projector;     /* lets it see; NULL: none */
  AppHubFile *draft;         /* a small model that makes it quicker; NULL: none */
  guint64 cache_bytes;       /* of a conversation of the usual length, as the engine says; 0: not looked into */
  guint64 memory_total, memory_available; /* of this machine, when it was opened */
} AppHubRepository;

AppHubRepository *app_hub_repository_ref (AppHubRepository *self);
void app_hub_repository_unref (AppHubRepository *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppHubRepository, app_hub_repository_unref)

/* What a variant needs and whether this machine has it: a model that is in no list. (transfer full) */
AppModel *app_hub_repository_judge (AppHubRepository *self, const AppHubVariant *variant);
/* The variant to take here: the largest that fits beside what runs, else the smallest that fits at all; NULL: none does. (transfer none) */
const AppHubVariant *app_hub_repository_suggest (AppHubRepository *self);

/* ---- asking ---- */

#define APP_TYPE_HUB (app_hub_get_type ())
G_DECLARE_FINAL_TYPE (AppHub, app_hub, APP, HUB, GObject)

/* `address`: NULL for $MELETE_HUB, else https://huggingface.co. */
AppHub *app_hub_new (const char *address);
const char *app_hub_get_address (AppHub *self);
/* Nothing is asked before this is set. */
void app_hub_set_connections (AppHub *self, AppConnections *connections);
AppConnections *app_hub_get_connections (AppHub *self); /* (transfer none) (nullable) */

/* Models in GGUF files whose names have these words, the most fetched first; at most 40. */
void app_hub_search_async (AppHub *self, const char *words, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): of AppHubModel */
GPtrArray *app_hub_search_finish (AppHub *self, GAsyncResult *result, GError **error);

/* A repository and its files, as they are now. */
void app_hub_open_async (AppHub *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
AppHubRepository *app_hub_open_finish (AppHub *self, GAsyncResult *result, GError **error);

/* Fetches the beginning of its smallest file, some megabytes, and has the engine read it: how many bytes a conversation of the usual length takes beside
 * the weights, for `cache_bytes`; 0 when the beginning does not say. */
void app_hub_look_async (AppHub *self, AppHubRepository *repository, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean app_hub_look_finish (AppHub *self, GAsyncResult *result, guint64 *cache_bytes, GError **error);

/* Addresses for the browser and for a download. (transfer full) */
char *app_hub_dup_page (AppHub *self, const char *id);
char *app_hub_dup_file_url (AppHub *self, const char *id, const char *revision, const char *path);

/* Where the access token is kept, for the hub's address. (transfer none) */
AppKeys *app_hub_get_keys (AppHub *self);

G_END_DECLS
