/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole conversation as plain data: every branch, not only the visible path. It is what leaves the history and comes into it. Internal to app/. */
#pragma once

#include "app-store.h"

G_BEGIN_DECLS

typedef struct {
  AppMessageRow *row;     /* its id, parent and branch numbers mean nothing here */
  int parent;             /* its position in the tree, smaller than this one's; -1: a first message */
  int chosen;             /* the position of the child that is shown; -1: none */
  GPtrArray *attachments; /* AppAttachmentRow, without bytes */
} AppTreeMessage;

AppTreeMessage *app_tree_message_new (AppRole role);
void app_tree_message_free (AppTreeMessage *message);

typedef struct {
  char *title;
  gboolean named, pinned;
  char *model;          /* id; never NULL */
  char *folder;         /* its name; nullable */
  char *settings;       /* JSON; nullable */
  gint64 created, updated; /* milliseconds since 1970 */
  int chosen;           /* the position of the first message that is shown; -1: none */
  GPtrArray *messages;  /* AppTreeMessage; brothers and sisters stand in the order of their birth */
  GPtrArray *artifacts; /* AppArtifactRow; a version's message is the position of it, its base the number of another version; ids mean nothing here */
} AppTree;

AppTree *app_tree_new (void);
void app_tree_free (AppTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppTree, app_tree_free)

/* The visible path: positions (guint). (transfer full) */
GArray *app_tree_path (AppTree *tree);

/* ---- jobs of the database; each that writes is one transaction ---- */

/* NULL → GArray of gint64: the conversations, in the order of the list. */
gpointer app_store_tree_ids (AppDatabase *db, gpointer data, GError **error);
/* gint64 * (a conversation) → AppTree. What is written just now is told as stopped. */
gpointer app_store_tree_read (AppDatabase *db, gpointer data, GError **error);
/* const char * (SHA-256) → GBytes. */
gpointer app_store_tree_bytes (AppDatabase *db, gpointer data, GError **error);

/* AppStoreTreeAdd → AppStoreTreeAdded. One that is there already (the same birth, and every message of it with the same role, time and words)
 * is left out. A folder is found by its name, or made. An attachment whose bytes are neither in `bytes` nor in the history is left out, with a notice. */
typedef struct {
  AppTree *tree;
  GHashTable *bytes; /* SHA-256 → GBytes */
} AppStoreTreeAdd;
typedef struct {
  AppConversationRow *row; /* NULL: it was there already */
} AppStoreTreeAdded;
void app_store_tree_added_free (AppStoreTreeAdded *added);
gpointer app_store_tree_add (AppDatabase *db, gpointer data, GError **error);

G_END_DECLS
