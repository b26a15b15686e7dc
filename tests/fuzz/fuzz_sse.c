/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of a server: however the bytes are cut, the same events come, and none is longer than the bound. The first byte says where they are cut. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-sse.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
on_event (const char *data, gsize n, gpointer user_data)
{
  if (n > APP_SSE_MAX_EVENT || data[n] != '\0')
    abort ();
  g_string_append_printf (user_data, "%" G_GSIZE_FORMAT ":", n);
  g_string_append_len (user_data, data, n);
}

static GString *
events_of (const uint8_t *data, size_t size, size_t piece)
{
  GString *events = g_string_new (NULL);
  g_autoptr (AppSse) sse = app_sse_new (on_event, events);

  for (size_t at = 0; at < size; at += piece) {
    g_autofree uint8_t *copy = g_memdup2 (data + at, MIN (piece, size - at));
    if (!app_sse_feed (sse, copy, MIN (piece, size - at), NULL))
      break;
  }
  return events;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GString *whole, *cut;

  if (size < 2)
    return 0;
  whole = events_of (data + 1, size - 1, size);
  cut = events_of (data + 1, size - 1, (size_t) data[0] + 1);
  if (!g_string_equal (whole, cut))
    abort ();
  g_string_free (whole, TRUE);
  g_string_free (cut, TRUE);
  return 0;
}
