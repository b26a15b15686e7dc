/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer of a server with a thought in it: however it is cut, the same thought and the same words come, and nothing but the tags and the white space around them is lost.
 * The first byte says where it is cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-think-tags.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
on_piece (const char *text, gsize n, gboolean thought, gpointer data)
{
  GString **parts = data;

  /* A thought is over when the words begin. */
  if (n == 0 || (thought && parts[FALSE]->len))
    abort ();
  g_string_append_len (parts[thought], text, (gssize) n);
}

static void
split (const char *text, size_t size, size_t piece, GString **parts)
{
  AppThinkTags tags;

  parts[FALSE] = g_string_new (NULL);
  parts[TRUE] = g_string_new (NULL);
  app_think_tags_init (&tags);
  for (size_t at = 0; at < size; at += piece) {
    g_autofree char *copy = g_memdup2 (text + at, MIN (piece, size - at));
    app_think_tags_feed (&tags, copy, MIN (piece, size - at), on_piece, parts);
  }
  app_think_tags_end (&tags, on_piece, parts);
  app_think_tags_clear (&tags);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GString *whole[2], *cut[2];

  if (size < 2)
    return 0;
  split ((const char *) data + 1, size - 1, size, whole);
  split ((const char *) data + 1, size - 1, (size_t) data[0] % 16 + 1, cut);
  for (int i = 0; i < 2; i++) {
    if (!g_string_equal (whole[i], cut[i]))
      abort ();
    g_string_free (whole[i], TRUE);
    g_string_free (cut[i], TRUE);
  }
  return 0;
}
