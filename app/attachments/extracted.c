/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "extracted.h"

#include <glib/gi18n.h>
#include <string.h>

/* Characters that describe tables of which only a part is shown. */
#define SCHEMA 8000

gboolean
app_extracted_is_archive (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  return (size >= 4 && memcmp (data, "PK\3\4", 4) == 0) || (size >= 8 && memcmp (data, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0);
}

gboolean
app_extracted_is_named (GBytes *bytes, const char *mime_type, const char *const *mime_types)
{
  return g_strv_contains (mime_types, mime_type) && app_extracted_is_archive (bytes);
}

gboolean
app_extracted_can_be_text (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gboolean marked = size >= 2 && ((data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff));
  return marked || memchr (data, '\0', MIN (size, 1024)) == NULL;
}

char *
app_extracted_count_words (const MediaResult *result)
{
  gulong words = (gulong) result->counts[MEDIA_COUNT_WORDS];
  return g_strdup_printf (ngettext ("%'lu word", "%'lu words", words), words);
}

char *
app_extracted_count_cells (const MediaResult *result)
{
  gulong n_rows = (gulong) result->counts[MEDIA_COUNT_ROWS], n_columns = (gulong) result->counts[MEDIA_COUNT_COLUMNS];
  g_autofree char *rows = g_strdup_printf (ngettext ("%'lu row", "%'lu rows", n_rows), n_rows);
  g_autofree char *columns = g_strdup_printf (ngettext ("%'lu column", "%'lu columns", n_columns), n_columns);
  /* Translators: 1,204 rows, 8 columns */
  return g_strdup_printf (_("%s, %s"), rows, columns);
}

static const AppExtractedFormat *
find_format (const AppAttachmentClassInfo *info, const char *format)
{
  const AppExtractedFormat *known = info->formats;
  while (known != NULL && known->format != NULL && g_strcmp0 (known->format, format) != 0)
    known++;
  return known != NULL && known->format != NULL ? known : NULL;
}

/* Clearly a frame around words that are not the person's. */
static char *
make_model_text (AppAttachment *self, const MediaResult *result, const AppExtractedFormat *format, const char *schema)
{
  GString *text = g_string_new (NULL);
  const char *name = app_attachment_get_name (self);
  gulong pictures = (gulong) result->counts[MEDIA_COUNT_PICTURES];

  g_string_append_printf (text, "[%s \"%s\".", format->noun, name);
  if (result->title != NULL && result->title[0] != '\0')
    g_string_append_printf (text, " Title: %s.", result->title);
  if (result->counts[MEDIA_COUNT_ROWS] > 0)
    g_string_append_printf (text, " It has %lu rows and %lu columns; the first row counts.", (gulong) result->counts[MEDIA_COUNT_ROWS], (gulong) result->counts[MEDIA_COUNT_COLUMNS]);
  g_string_append (text, " You get its text as Markdown.]\n\n");
  if (schema != NULL) {
    g_string_append (text, "All of it, as tables:\n\n");
    app_attachment_append_fenced (text, "", schema);
    g_string_append (text, "\nIts beginning:\n\n");
  }
  g_string_append (text, result->text[0] != '\0' ? result->text : "(no text)\n");
  if (text->str[text->len - 1] != '\n')
    g_string_append_c (text, '\n');
  g_string_append_c (text, '\n');
  if (pictures > 0)
    g_string_append_printf (text, "[Its %lu %s not looked at.]\n", pictures, pictures == 1 ? "picture or chart was" : "pictures or charts were");
  if (result->completeness != MEDIA_COMPLETE)
    g_string_append (text, "[The rest of it is left out.]\n");
  g_string_append_printf (text, "[End of \"%s\"]\n", name);
  return g_string_free (text, FALSE);
}

static GStrv
make_notices (const MediaResult *result)
{
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();
  const guint64 *n = result->counts;

#define COUNT(what, one, many)                                                                        \
  if (n[what] > 0) {                                                                                  \
    g_autofree char *notice = g_strdup_printf (ngettext (one, many, (gulong) n[what]), (gulong) n[what]); \
    g_strv_builder_add (notices, notice);                                                             \
  }
  COUNT (MEDIA_COUNT_ROWS_LEFT_OUT, "only the first rows were taken: %'lu row is left out", "only the first rows were taken: %'lu rows are left out")
  COUNT (MEDIA_COUNT_COLUMNS_LEFT_OUT, "only the first columns were taken: %'lu column is left out", "only the first columns were taken: %'lu columns are left out")
  COUNT (MEDIA_COUNT_PARTS_LEFT_OUT, "only the first messages were taken: %'lu message is left out", "only the first messages were taken: %'lu messages are left out")
  COUNT (MEDIA_COUNT_PARTS_DAMAGED, "%'lu part of it is damaged and was not wholly read", "%'lu parts of it are damaged and were not wholly read")
  COUNT (MEDIA_COUNT_PICTURES, "%'lu picture or chart in it was not looked at", "%'lu pictures or charts in it were not looked at")
  COUNT (MEDIA_COUNT_DELETIONS, "%'lu deletion of its tracked changes is left out", "%'lu deletions of its tracked changes are left out")
  COUNT (MEDIA_COUNT_ATTACHMENTS, "%'lu attachment of it is only named: add it by itself to have it read", "%'lu attachments of it are only named: add them by themselves to have them read")
#undef COUNT
  if (result->completeness == MEDIA_STOPPED_BY_TIME)
    g_strv_builder_add (notices, _("only its beginning was read: time ran out"));
  else if (result->completeness == MEDIA_STOPPED_BY_TEXT) {
    g_autofree char *limit = g_format_size_full (APP_ATTACHMENT_MAX_TEXT, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *notice = g_strdup_printf (_("only the first %s of its text were taken"), limit);
    g_strv_builder_add (notices, notice);
  } else if (result->completeness != MEDIA_COMPLETE)
    g_strv_builder_add (notices, _("only its beginning was read: it is damaged"));
  return g_strv_builder_end (notices);
}

/* The kind that has this format. */
static const AppExtractedFormat *
find_kind (const char *format, AppAttachmentKind *kind)
{
  for (guint i = 0; i < APP_ATTACHMENT_N_KINDS; i++) {
    const AppExtractedFormat *known = find_format (app_attachment_kind_info ((AppAttachmentKind) i), format);
    if (known != NULL) {
      *kind = (AppAttachmentKind) i;
      return known;
    }
  }
  return NULL;
}

/* What was extracted, while its tables are waited for. */
typedef struct {
  MediaResult *result;
  AppAttachmentKind kind;
  const AppExtractedFormat *format;
} Extracted;

static void
conclude (AppAttachment *self, AppDataset *dataset, const GError *error, gpointer data)
{
  g_autofree Extracted *extracted = data;
  g_autoptr (MediaResult) result = extracted->result;
  g_autofree char *schema = dataset != NULL ? app_dataset_dup_schema (dataset, SCHEMA) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    app_attachment_fail (self, g_error_copy (error));
    return;
  }
  app_attachment_succeed (self, make_model_text (self, result, extracted->format, schema), app_attachment_kind_info (extracted->kind)->summarize (result), make_notices (result));
}

static void
on_extracted (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);
  AppAttachmentKind kind = APP_ATTACHMENT_TEXT;
  const AppExtractedFormat *format = result != NULL && result->text != NULL ? find_kind (result->format, &kind) : NULL;

  if (result != NULL && format == NULL)
    error = g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _("The decoder gave an answer that makes no sense. The file is not used."));
  if (g_error_matches (error, MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED) && !app_extracted_is_archive (app_attachment_get_bytes (self))) {
    /* Only its name said so: it is text, or nothing that can be read, and then there is a sentence for that. */
    g_clear_error (&error);
    app_attachment_set_kind (self, APP_ATTACHMENT_TEXT);
    app_attachment_kind_info (APP_ATTACHMENT_TEXT)->load (self);
    return;
  }
  if (error != NULL) {
    app_attachment_fail (self, error);
    return;
  }
  app_attachment_set_kind (self, kind);
  app_attachment_set_mime_type (self, format->mime_type);
  Extracted *extracted = g_new (Extracted, 1);
  *extracted = (Extracted) { media_result_ref (result), kind, format };
  /* Of a table that is cut a model should know what the rest is; that is known when all of it is read. */
  if (result->counts[MEDIA_COUNT_ROWS_LEFT_OUT] > 0 || result->counts[MEDIA_COUNT_COLUMNS_LEFT_OUT] > 0)
    app_attachment_when_imported (self, conclude, extracted);
  else
    conclude (self, NULL, NULL, extracted);
}

void
app_extracted_load (AppAttachment *self, const char *hint)
{
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_EXTRACT);
  request.max_text = APP_ATTACHMENT_MAX_TEXT;
  request.hint = hint;
  media_decode_async (&request, app_attachment_get_bytes (self), app_attachment_get_cancellable (self), NULL, NULL, on_extracted, g_object_ref (self));
}
