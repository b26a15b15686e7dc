/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conversations of another program: any bytes give trees that hang together, or one sentence. */
#include <stdint.h>
#include <string.h>

#include "app-json-items.h"
#include "transfer/transfer.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_tree (AppTree *tree)
{
  if (!tree->title || !tree->model || tree->created < 0 || tree->updated < 0)
    g_error ("a conversation without its facts was taken");
  for (int i = 0; i < (int) tree->messages->len; i++) {
    const AppTreeMessage *message = tree->messages->pdata[i];
    if (message->parent >= i || !message->row->text || !message->row->notices || message->row->state < APP_MESSAGE_DONE)
      g_error ("a message that does not hang together was taken");
    if (message->chosen >= 0 && ((AppTreeMessage *) tree->messages->pdata[message->chosen])->parent != i)
      g_error ("a stranger is the chosen child");
  }
  g_array_unref (app_tree_path (tree));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, size, NULL);
  g_autoptr (AppJsonItems) items = app_json_items_new (stream);
  g_autoptr (AppImportSource) source = app_import_source_new ();

  for (;;) {
    g_autoptr (JsonNode) item = NULL;
    g_autoptr (AppTree) tree = NULL;
    g_autoptr (GError) error = NULL;

    if (!app_json_items_next (items, &item, NULL, &error)) {
      if (!error || !*error->message)
        g_error ("it failed without a sentence");
      return 0;
    }
    if (!item)
      return 0;
    if (app_import_take (source, app_json_items_get_header (items), item, &tree, &error) == (error != NULL))
      g_error ("neither taken nor refused, or both");
    if (tree)
      check_tree (tree);
  }
}
