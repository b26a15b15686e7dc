/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server says, as a list of models, a piece of an answer and an error: read, or refused. What was read is UTF-8, and models stay the same when they
 * are kept and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-client.h"
#include "app-openai.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_text (const char *text)
{
  if (text && !g_utf8_validate (text, -1, NULL))
    abort ();
}

static void
check_models (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_openai_parse_models (bytes, &error);
  g_autoptr (GPtrArray) again = NULL;
  g_autofree char *printed = NULL;

  if (!models) {
    if (!error)
      abort ();
    return;
  }
  printed = app_openai_print_models (models);
  again = app_openai_read_models (printed);
  if (again->len != models->len)
    abort ();
  for (guint i = 0; i < models->len; i++) {
    const AppServerModel *first = models->pdata[i], *second = again->pdata[i];
    check_text (first->id);
    check_text (first->owner);
    if (!g_str_equal (first->id, second->id) || !g_str_equal (first->owner, second->owner) || first->context != second->context || first->sight != second->sight)
      abort ();
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (AppOpenaiError) wrong = app_openai_parse_error (bytes);
  g_autofree char *copy = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) kept = app_openai_read_models (copy);
  AppOpenaiChunk chunk;

  check_models (bytes);
  if (wrong) {
    g_autofree char *clean = app_client_clean_words (wrong->words, "key");
    check_text (wrong->words);
    check_text (clean);
    if (strpbrk (clean, "\n\r\t"))
      abort ();
  }
  if (app_openai_parse_chunk ((const char *) data, size, &chunk, NULL)) {
    check_text (chunk.text);
    check_text (chunk.finish);
    check_text (chunk.error);
    app_openai_chunk_clear (&chunk);
  }
  return 0;
}
