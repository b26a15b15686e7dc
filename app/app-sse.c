/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-sse.h"

#include <string.h>

struct _AppSse {
  AppSseFunc func;
  gpointer user_data;
  GString *line;     /* as far as it has come */
  GString *data;     /* of the event that has begun: its lines, each with an LF after it */
  gboolean after_cr; /* an LF now belongs to the line end before */
  gboolean begun;    /* the first line is over: no byte order mark any more */
};

AppSse *
app_sse_new (AppSseFunc func, gpointer user_data)
{
  AppSse *sse = g_new0 (AppSse, 1);

  sse->func = func;
  sse->user_data = user_data;
  sse->line = g_string_new (NULL);
  sse->data = g_string_new (NULL);
  return sse;
}

void
app_sse_free (AppSse *sse)
{
  g_string_free (sse->line, TRUE);
  g_string_free (sse->data, TRUE);
  g_free (sse);
}

static void
end_event (AppSse *sse)
{
  if (sse->data->len == 0)
    return;
  g_string_truncate (sse->data, sse->data->len - 1);
  sse->func (sse->data->str, sse->data->len, sse->user_data);
  g_string_truncate (sse->data, 0);
}

static void
end_line (AppSse *sse)
{
  const char *line = sse->line->str;
  gsize length = sse->line->len;

  if (!sse->begun && length >= 3 && memcmp (line, "\xef\xbb\xbf", 3) == 0) {
    line += 3;
    length -= 3;
  }
  sse->begun = TRUE;
  if (length == 0) {
    end_event (sse);
  } else if (length >= 4 && memcmp (line, "data", 4) == 0 && (length == 4 || line[4] == ':')) {
    gsize skip = length == 4 ? 4 : length > 5 && line[5] == ' ' ? 6 : 5;
    g_string_append_len (sse->data, line + skip, length - skip);
    g_string_append_c (sse->data, '\n');
  }
  g_string_truncate (sse->line, 0);
}

gboolean
app_sse_feed (AppSse *sse, const void *bytes, gsize n_bytes, GError **error)
{
  const char *at = bytes, *end = at + n_bytes;

  while (at < end) {
    gsize length = 0;

    if (sse->after_cr && *at == '\n')
      at++;
    sse->after_cr = FALSE;
    while (at + length < end && at[length] != '\n' && at[length] != '\r')
      length++;
    /* What is kept never exceeds the bound, so the sums cannot overflow. */
    if (length > APP_SSE_MAX_EVENT - sse->line->len - sse->data->len) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "An event is longer than %u bytes", APP_SSE_MAX_EVENT);
      return FALSE;
    }
    g_string_append_len (sse->line, at, length);
    at += length;
    if (at == end)
      break;
    sse->after_cr = *at++ == '\r';
    end_line (sse);
  }
  return TRUE;
}
