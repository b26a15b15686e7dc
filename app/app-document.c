/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-document.h"

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
