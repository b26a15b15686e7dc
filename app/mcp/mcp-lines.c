/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mcp-lines.h"

#include <string.h>

struct _AppMcpLines {
  GString *line; /* that has no end yet */
  gsize max;
  AppMcpLineFunc func;
  gpointer data;
};

AppMcpLines *
app_mcp_lines_new (gsize max, AppMcpLineFunc func, gpointer data)
{
  AppMcpLines *self = g_new0 (AppMcpLines, 1);

  self->line = g_string_new (NULL);
  self->max = max;
  self->func = func;
  self->data = data;
  return self;
}

void
app_mcp_lines_free (AppMcpLines *self)
{
  g_string_free (self->line, TRUE);
  g_free (self);
}

static gboolean
tell (AppMcpLines *self)
{
  g_autofree char *valid = NULL;
  gsize n = self->line->len;

  while (n > 0 && self->line->str[n - 1] == '\r')
    n--;
  valid = g_utf8_make_valid (self->line->str, (gssize) n);
  g_string_truncate (self->line, 0);
  /* A long one is not kept beside the short ones that follow. */
  if (self->line->allocated_len > 1024 * 1024) {
    g_string_free (self->line, TRUE);
    self->line = g_string_new (NULL);
  }
  return *valid == '\0' || self->func (valid, strlen (valid), self->data);
}

gboolean
app_mcp_lines_feed (AppMcpLines *self, const char *bytes, gsize n_bytes)
{
  const char *end = bytes + n_bytes;

  while (bytes < end) {
    const char *newline = memchr (bytes, '\n', (gsize) (end - bytes));
    gsize n = (gsize) ((newline ? newline : end) - bytes);

    if (n > self->max || self->line->len > self->max - n)
      return FALSE;
    g_string_append_len (self->line, bytes, (gssize) n);
    bytes += n + (newline != NULL);
    if (newline && !tell (self))
      return TRUE;
  }
  return TRUE;
}
