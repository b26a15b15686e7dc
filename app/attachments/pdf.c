/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PDF: its first page as the thumbnail, then the text of all pages, with OCR where a page is only a picture. */
#include <glib/gi18n.h>
#include <string.h>

#include "attachment-kind.h"

static const char *const mime_types[] = { "application/pdf", NULL };

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  /* Some programs write a few bytes before the header. A text that only mentions it further down is no PDF. */
  return (size >= 5 && memcmp (data, "%PDF-", 5) == 0) ||
         (strcmp (mime_type, "application/pdf") == 0 && memmem (data, MIN (size, 1024), "%PDF-", 5) != NULL);
}

typedef struct {
  guint n_ocr;   /* pages that were read with OCR */
  guint n_empty; /* pages without any text */
} Counts;

static Counts
count (const MediaResult *result)
{
  Counts counts = { 0, 0 };
  for (guint i = 0; i < result->pages->len; i++) {
    const MediaPage *page = g_ptr_array_index (result->pages, i);
    counts.n_ocr += page->ocr;
    counts.n_empty += page->text[strspn (page->text, " \t\n\f")] == '\0';
  }
  return counts;
}

static char *
make_model_text (AppAttachment *self, const MediaResult *result)
{
  GString *text = g_string_new (NULL);
  const char *name = app_attachment_get_name (self);

  g_string_append_printf (text, "[PDF \"%s\": %u %s.", name, result->n_pages, result->n_pages == 1 ? "page" : "pages");
  if (result->title != NULL && result->title[0] != '\0') {
    g_autofree char *title = g_strdelimit (g_strdup (result->title), "\r\n\t", ' ');
    g_string_append_printf (text, " Title: %s.", title);
  }
  g_string_append (text, " You get its text.]\n");
  for (guint i = 0; i < result->pages->len; i++) {
    const MediaPage *page = g_ptr_array_index (result->pages, i);
    g_autofree char *words = g_strstrip (g_strdup (page->text));
    g_string_append_printf (text, "\n[Page %u%s]\n%s\n", page->number + 1, page->ocr ? ", read with OCR" : "", words[0] != '\0' ? words : "(no text)");
  }
  if (result->completeness != MEDIA_COMPLETE)
    g_string_append_printf (text, "\n[Only %u of %u pages were read.]\n", result->pages->len, result->n_pages);
  g_string_append_printf (text, "[End of PDF \"%s\"]\n", name);
  return g_string_free (text, FALSE);
}

static char *
make_summary (const MediaResult *result)
{
  GString *summary = g_string_new (NULL);
  Counts counts = count (result);
  g_autofree const char **texts = g_new (const char *, result->pages->len + 1);

  for (guint i = 0; i < result->pages->len; i++)
    texts[i] = ((const MediaPage *) g_ptr_array_index (result->pages, i))->text;
  g_autofree char *words = app_attachment_count_words (texts, result->pages->len);
  g_string_append_printf (summary, ngettext ("%'u page", "%'u pages", result->n_pages), result->n_pages);
  g_string_append_printf (summary, " · %s", words);
  if (counts.n_ocr > 0)
    g_string_append_printf (summary, " · %s", _("text read with OCR"));
  return g_string_free (summary, FALSE);
}

static GStrv
make_notices (const MediaResult *result)
{
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();
  Counts counts = count (result);

  if (counts.n_ocr > 0) {
    g_autofree char *notice = g_strdup_printf (ngettext ("%u page read with OCR: it is a picture, and this model cannot see pictures",
                                                         "%u pages read with OCR: they are pictures, and this model cannot see pictures", counts.n_ocr),
                                               counts.n_ocr);
    g_strv_builder_add (notices, notice);
  }
  if (counts.n_empty > 0) {
    g_autofree char *notice = g_strdup_printf (ngettext ("%u page has no text", "%u pages have no text", counts.n_empty), counts.n_empty);
    g_strv_builder_add (notices, notice);
  }
  if (result->completeness != MEDIA_COMPLETE) {
    const char *const reasons[] = { "", N_ ("time ran out"), N_ ("the text is too long"), N_ ("there are too many"), N_ ("the PDF is damaged") };
    /* Translators: only 3 of 200 pages were read: time ran out */
    g_autofree char *notice = g_strdup_printf (_("only %u of %u pages were read: %s"), result->pages->len, result->n_pages, _ (reasons[result->completeness]));
    g_strv_builder_add (notices, notice);
  }
  return g_strv_builder_end (notices);
}

static void
on_read (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);

  if (result == NULL) {
    app_attachment_fail (self, error);
    return;
  }
  app_attachment_set_n_pages (self, result->n_pages);
  app_attachment_succeed (self, make_model_text (self, result), make_summary (result), make_notices (result));
}

static void
on_progress (guint done, guint total, gpointer data)
{
  g_autofree char *summary = g_strdup_printf (_("Reading page %u of %u…"), done + 1, total);
  app_attachment_set_summary (data, summary);
}

static void
on_seen (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);
  MediaRequest request;

  /* A first page that cannot be drawn is no reason not to read the others: but a file that is no PDF, locked or cancelled is. */
  if (error != NULL && !g_error_matches (error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE) && !g_error_matches (error, MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW)) {
    app_attachment_fail (self, error);
    return;
  }
  g_clear_error (&error);
  app_attachment_set_mime_type (self, "application/pdf");
  if (result != NULL) {
    app_attachment_set_n_pages (self, result->n_pages);
    app_attachment_set_thumbnail (self, result->picture);
  }
  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  request.max_text = APP_ATTACHMENT_MAX_TEXT;
  /* The task data outlives the progress: both end with the callback. */
  media_decode_async (&request, app_attachment_get_bytes (self), app_attachment_get_cancellable (self), on_progress, self, on_read, self);
  g_steal_pointer (&self);
}

static void
load (AppAttachment *self)
{
  app_attachment_draw_async (self, on_seen);
}

const AppAttachmentClassInfo app_attachment_pdf = { "pdf", mime_types, matches, load, MEDIA_JOB_PAGE, FALSE, NULL, NULL };
