/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of any bytes: every block becomes markup that GLib's parser takes, with no tag and no address but the allowed ones. */
#include "ui-markdown-inline.h"

#include <cmark-gfm-extension_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-markdown.h"
#include "formula/formula-layout.h"
#include "ui-link.h"
#include "ui-sources.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
on_start (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data, GError **error)
{
  static const char *const allowed[] = { "markup", "i", "b", "s", "a", "span", NULL };

  if (!g_strv_contains (allowed, element))
    abort ();
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "href") == 0 && !ui_link_is_allowed (values[i]) && !g_str_has_prefix (values[i], "#note-") && ui_sources_parse_link (values[i]) == 0)
      abort ();
}

static void
check_block (cmark_node *node)
{
  static const GMarkupParser parser = { .start_element = on_start };
  g_autoptr (GPtrArray) formulas = g_ptr_array_new_with_free_func ((GDestroyNotify) ui_formula_layout_unref);
  g_autofree char *words = NULL;
  g_autofree char *markup = ui_markdown_inline_markup (node, TRUE, formulas, &words);
  g_autofree char *document = g_strconcat ("<markup>", markup, "</markup>", NULL);
  g_autofree char *plain = app_markdown_plain_text (node, 256);
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, NULL, NULL);

  if (!g_markup_parse_context_parse (context, document, -1, NULL) || !g_markup_parse_context_end_parse (context, NULL))
    abort ();
  if (!g_utf8_validate (plain, -1, NULL) || strlen (plain) > 256 + 3)
    abort ();
  g_markup_parse_context_free (context);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  cmark_node *document;
  cmark_iter *iter;
  cmark_event_type event;

  if (size > 8192)
    return 0;
  document = app_markdown_parse ((const char *) data, size);
  iter = cmark_iter_new (document);
  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);

    if (event == CMARK_EVENT_ENTER && cmark_node_first_child (node) != NULL &&
        (cmark_node_get_type (node) == CMARK_NODE_PARAGRAPH || cmark_node_get_type (node) == CMARK_NODE_HEADING ||
         strcmp (cmark_node_get_type_string (node), "table_cell") == 0))
      check_block (node);
  }
  cmark_iter_free (iter);
  cmark_node_free (document);
  return 0;
}
