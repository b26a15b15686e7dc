/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer with marks of models' formats in it: however it is cut, the same words and the same thought come, and nothing more than what was written.
 * The first byte says where it is cut, whether a tool was called, and whether calls in words go too. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-marks.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *const names[] = { "calculate", "list_files", NULL };

static void
on_piece (const char *text, gsize n, gboolean thought, gpointer data)
{
  GString **parts = data;

  if (n == 0)
    abort ();
  g_string_append_len (parts[thought], text, (gssize) n);
}

static void
split (const char *text, size_t size, size_t piece, uint8_t how, GString **parts)
{
  AppMarks marks;

  parts[FALSE] = g_string_new (NULL);
  parts[TRUE] = g_string_new (NULL);
  app_marks_init (&marks);
  marks.called = (how & 16) != 0;
  marks.names = (how & 32) != 0 ? names : NULL;
  marks.told = (how & 64) != 0 ? "[Say the result]" : NULL;
  for (size_t at = 0; at < size; at += piece) {
    g_autofree char *copy = g_memdup2 (text + at, MIN (piece, size - at));
    app_marks_feed (&marks, copy, MIN (piece, size - at), on_piece, parts);
  }
  app_marks_end (&marks, on_piece, parts);
  app_marks_clear (&marks);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GString *whole[2], *cut[2];

  if (size < 2)
    return 0;
  split ((const char *) data + 1, size - 1, size, data[0], whole);
  split ((const char *) data + 1, size - 1, (size_t) data[0] % 16 + 1, data[0], cut);
  if (whole[FALSE]->len + whole[TRUE]->len > size - 1)
    abort ();
  for (int i = 0; i < 2; i++) {
    if (!g_string_equal (whole[i], cut[i]))
      abort ();
    g_string_free (whole[i], TRUE);
    g_string_free (cut[i], TRUE);
  }
  return 0;
}
