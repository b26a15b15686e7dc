/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page says: whatever its bytes are, a message has whole strings of UTF-8, and what passes for JSON is JSON to json-glib too. */
#include <json-glib/json-glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "preview-message.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_string (PreviewMessage *message, const char *name)
{
  const char *text = preview_message_get_string (message, name);

  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    abort ();
}

/* Half surrogates as escapes, which our reader makes U+FFFD of, json-glib takes for a mistake of its own. */
static gboolean
has_surrogates (const char *text)
{
  for (const char *at = text; (at = strstr (at, "\\u")) != NULL; at++)
    if (g_ascii_tolower (at[2]) == 'd')
      return TRUE;
  return strstr (text, "\\u0000") != NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = { "type", "level", "text", "rule", "source", "key", "value", "name", "selector", "part", "html" };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (PreviewMessage) message = preview_message_parse (text, NULL);

  if (message != NULL) {
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      check_string (message, names[i]);
    preview_message_get_number (message, "line");
    if (!preview_message_is_json (text))
      abort ();
  }
  if (preview_message_is_json (text) && !has_surrogates (text)) {
    g_autoptr (JsonParser) parser = json_parser_new ();

    if (!json_parser_load_from_data (parser, text, -1, NULL))
      abort ();
  }
  return 0;
}
