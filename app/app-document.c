/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-document.h"

#include <string.h>

static void
clear_document (gpointer data)
{
  AppDocument *document = data;

  g_free (document->name);
  g_free (document->text);
}

AppDocument *
app_document_new (gint64 note, guint attachment, const char *name, const char *text)
{
  AppDocument *document = g_atomic_rc_box_new0 (AppDocument);

  document->note = note;
  document->attachment = attachment;
  document->name = g_strdup (name);
  document->text = g_strdup (text);
  return document;
}

AppDocument *
app_document_ref (AppDocument *document)
{
  return g_atomic_rc_box_acquire (document);
}

void
app_document_unref (AppDocument *document)
{
  g_atomic_rc_box_release_full (document, clear_document);
}

GPtrArray *
app_documents_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) app_document_unref);
}

/* Whether the text from `at` on is nothing but lines in square brackets: that some is left out, and the end. */
static gboolean
is_frame (const char *at)
{
  while (*at == '[') {
    at += strcspn (at, "\n");
    at += *at == '\n';
  }
  return *at == '\0';
}

char *
app_document_dup_own_text (const char *text)
{
  const char *start = *text == '[' ? strchr (text, '\n') : NULL, *end = g_strrstr (text, "\n[End of ");

  if (start == NULL || end == NULL || end < start || !is_frame (end + 1))
    return g_strdup (text);
  start += strspn (start, "\n");
  gsize n = strspn (start, "`");
  const char *line = strchr (start, '\n');
  if (n >= 3 && line != NULL) {
    /* The fence is longer than any in the text, so the next is its end. */
    g_autofree char *fence = g_strnfill (n, '`');
    const char *close = strstr (line, fence);
    if (close != NULL && is_frame (close + n + (close[n] == '\n')))
      return g_strndup (line + 1, (gsize) (close - line) - 1);
  }
  return start < end ? g_strndup (start, (gsize) (end - start) + 1) : g_strdup ("");
}
