/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other programs keep a conversation as an object of nodes, each of which names its parent and its children. Here it becomes a tree in which parents
 * come before children, whatever the nodes say: cycles, orphans and children of two parents do not survive the walk. */
#include <glib/gi18n.h>
#include <string.h>

#include "transfer.h"

/* More messages in one conversation are not taken. */
#define MAX_NODES 200000

/* A node whose turn comes: below which message of the tree it hangs. */
typedef struct {
  const char *id;
  int parent;
} Waiting;

typedef struct {
  AppImportSource *source;
  const AppImportNodes *kind;
  JsonObject *nodes;
  AppTree *tree;
  GHashTable *seen; /* id → position + 1 of the message that it became, or of the one above it; 0: neither */
  GArray *waiting;  /* a stack */
} Walk;

static JsonObject *
node_of (Walk *walk, const char *id)
{
  return id ? app_import_object (walk->nodes, id) : NULL;
}

static void
push (Walk *walk, const char *id, int parent)
{
  Waiting waiting = { id, parent };

  if (node_of (walk, id) && !g_hash_table_contains (walk->seen, id))
    g_array_append_val (walk->waiting, waiting);
}

/* The last one first, for the stack turns them round. */
static void
push_children (Walk *walk, JsonObject *node, int parent)
{
  JsonArray *children = app_import_array (node, walk->kind->children);

  for (guint i = children ? json_array_get_length (children) : 0; i-- > 0;) {
    JsonNode *child = json_array_get_element (children, i);
    if (JSON_NODE_HOLDS_VALUE (child) && json_node_get_value_type (child) == G_TYPE_STRING)
      push (walk, json_node_get_string (child), parent);
  }
}

/* Two answers behind each other, with a tool's word between that is not taken over, were one answer to the person. */
static gboolean
join (Walk *walk, AppTreeMessage *message, int parent, gboolean only_child)
{
  AppTreeMessage *above = parent >= 0 ? walk->tree->messages->pdata[parent] : NULL;
  char *text;

  if (!above || !only_child || message->row->role != APP_ROLE_ASSISTANT || above->row->role != APP_ROLE_ASSISTANT)
    return FALSE;
  text = *above->row->text && *message->row->text ? g_strconcat (above->row->text, "\n\n", message->row->text, NULL)
                                                   : g_strconcat (above->row->text, message->row->text, NULL);
  g_free (above->row->text);
  above->row->text = text;
  while (message->attachments->len)
    g_ptr_array_add (above->attachments, g_ptr_array_steal_index (message->attachments, 0));
  if (*message->row->notices) {
    char *notices = *above->row->notices ? g_strconcat (above->row->notices, "\n", message->row->notices, NULL) : g_strdup (message->row->notices);
    g_free (above->row->notices);
    above->row->notices = notices;
  }
  return TRUE;
}

static guint
count_children (Walk *walk, const char *id)
{
  JsonArray *children = app_import_array (node_of (walk, id), walk->kind->children);

  return children ? json_array_get_length (children) : 0;
}

static gboolean
visit (Walk *walk, const Waiting *waiting, GError **error)
{
  JsonObject *node = node_of (walk, waiting->id);
  const char *above = app_import_string (node, walk->kind->parent);
  gint64 time = waiting->parent >= 0 ? ((AppTreeMessage *) walk->tree->messages->pdata[waiting->parent])->row->created : walk->tree->created;
  AppTreeMessage *message;
  int position = waiting->parent;

  if (g_hash_table_contains (walk->seen, waiting->id))
    return TRUE;
  if (walk->tree->messages->len >= MAX_NODES) {
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The conversation “%s” has more than %d messages, which is not taken."), walk->tree->title, MAX_NODES);
    return FALSE;
  }
  message = walk->kind->make (walk->source, node, time);
  if (message && join (walk, message, waiting->parent, count_children (walk, above) <= 1)) {
    app_tree_message_free (message);
  } else if (message) {
    message->parent = waiting->parent;
    position = walk->tree->messages->len;
    g_ptr_array_add (walk->tree->messages, message);
  }
  g_hash_table_insert (walk->seen, (gpointer) waiting->id, GINT_TO_POINTER (position + 1));
  push_children (walk, node, position);
  return TRUE;
}

static gboolean
walk_from (Walk *walk, const char *root, GError **error)
{
  push (walk, root, -1);
  while (walk->waiting->len) {
    Waiting next = g_array_index (walk->waiting, Waiting, walk->waiting->len - 1);
    g_array_set_size (walk->waiting, walk->waiting->len - 1);
    if (!visit (walk, &next, error))
      return FALSE;
  }
  return TRUE;
}

/* The newest of each stands in front, but where `current` is below another one. */
static void
choose (Walk *walk, const char *current)
{
  GPtrArray *messages = walk->tree->messages;
  int at = current ? GPOINTER_TO_INT (g_hash_table_lookup (walk->seen, current)) - 1 : -1;

  for (guint i = 0; i < messages->len; i++) {
    int parent = ((AppTreeMessage *) messages->pdata[i])->parent;
    *(parent < 0 ? &walk->tree->chosen : &((AppTreeMessage *) messages->pdata[parent])->chosen) = i;
  }
  while (at >= 0) {
    int parent = ((AppTreeMessage *) messages->pdata[at])->parent;
    *(parent < 0 ? &walk->tree->chosen : &((AppTreeMessage *) messages->pdata[parent])->chosen) = at;
    at = parent;
  }
}

gboolean
app_import_nodes (AppImportSource *source, const AppImportNodes *kind, JsonObject *nodes, const char *current, AppTree *tree, GError **error)
{
  Walk walk = { source, kind, nodes, tree, g_hash_table_new (g_str_hash, g_str_equal), g_array_new (FALSE, FALSE, sizeof (Waiting)) };
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;
  gboolean ok = TRUE;

  json_object_iter_init_ordered (&iter, nodes);
  while (ok && json_object_iter_next_ordered (&iter, &id, &node)) {
    const char *parent = JSON_NODE_HOLDS_OBJECT (node) ? app_import_string (json_node_get_object (node), kind->parent) : NULL;
    if (JSON_NODE_HOLDS_OBJECT (node) && (!parent || !node_of (&walk, parent)))
      ok = walk_from (&walk, id, error);
  }
  if (ok)
    choose (&walk, current);
  g_hash_table_unref (walk.seen);
  g_array_unref (walk.waiting);
  return ok;
}
