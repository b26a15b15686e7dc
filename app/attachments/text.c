/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text and source code: the last kind that is asked, so what is no text ends here with a clear sentence. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "attachment-kind.h"
#include "media-encoding.h"

static const char *const mime_types[] = { "text/plain", "application/json", "application/xml", NULL };

static const struct {
  const char *end, *fence, *label;
} languages[] = {
#define LANGUAGE(end, fence, label) { end, fence, label },
#include "languages.def"
#undef LANGUAGE
};

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  return TRUE;
}

/* Its place in the table, or G_N_ELEMENTS (languages). */
static gsize
find_language (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  gsize i = 0;
  while (i < G_N_ELEMENTS (languages) && !(languages[i].end[0] == '.' ? g_str_has_suffix (lower, languages[i].end) : strcmp (lower, languages[i].end) == 0))
    i++;
  return i;
}

/* What the thread makes. */
typedef struct {
  char *model_text, *summary;
  GStrv notices;
} Text;

static void
free_text (gpointer data)
{
  Text *text = data;
  g_free (text->model_text);
  g_free (text->summary);
  g_strfreev (text->notices);
  g_free (text);
}

typedef struct {
  GBytes *bytes;
  char *name, *mime_type;
} Source;

static void
free_source (gpointer data)
{
  Source *source = data;
  g_bytes_unref (source->bytes);
  g_free (source->name);
  g_free (source->mime_type);
  g_free (source);
}

static gulong
count_lines (const char *text)
{
  gulong lines = 0;
  for (; *text != '\0'; text++)
    lines += *text == '\n' || text[1] == '\0';
  return lines;
}

static void
make (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  Source *source = data;
  const char *encoding = NULL;
  gboolean cut;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (source->bytes, &size);
  g_autofree char *words = media_encoding_to_utf8 (bytes, size, APP_ATTACHMENT_MAX_TEXT, &encoding, &cut);

  if (words == NULL) {
    g_autofree char *content_type = g_content_type_from_mime_type (source->mime_type);
    g_autofree char *description = content_type != NULL ? g_content_type_get_description (content_type) : g_strdup (source->mime_type);
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("“%s” (%s) is not text, a picture, a sound, a PDF or a document of a kind that can be read. Choose another file."), source->name, description);
    return;
  }
  gsize language = find_language (source->name);
  gboolean code = language < G_N_ELEMENTS (languages);
  gulong lines = count_lines (words);
  g_autofree char *counted = code ? g_strdup_printf (ngettext ("%'lu line", "%'lu lines", lines), lines) : app_attachment_count_words ((const char *const *) &words, 1);
  g_autoptr (GStrvBuilder) notices = g_strv_builder_new ();
  g_autofree char *limit = g_format_size_full (APP_ATTACHMENT_MAX_TEXT, G_FORMAT_SIZE_IEC_UNITS);
  Text *text = g_new0 (Text, 1);
  GString *model_text = g_string_new (NULL);

  g_string_append_printf (model_text, "[File \"%s\"]\n", source->name);
  app_attachment_append_fenced (model_text, code ? languages[language].fence : "", words);
  if (cut) {
    g_autofree char *notice = g_strdup_printf (_("only the first %s of the file were taken"), limit);
    g_strv_builder_add (notices, notice);
    g_string_append (model_text, "[The rest of the file is left out.]\n");
  }
  g_string_append_printf (model_text, "[End of file \"%s\"]\n", source->name);
  text->model_text = g_string_free (model_text, FALSE);
  text->summary = g_strdup_printf ("%s · %s", code ? languages[language].label : _("Text"), counted);
  if (strcmp (encoding, "UTF-8") != 0) {
    char *longer = g_strdup_printf ("%s · %s", text->summary, encoding);
    g_free (text->summary);
    text->summary = longer;
  }
  text->notices = g_strv_builder_end (notices);
  g_task_return_pointer (task, text, free_text);
}

static void
on_made (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppAttachment) self = APP_ATTACHMENT (g_object_ref (object));
  GError *error = NULL;
  Text *text = g_task_propagate_pointer (G_TASK (result), &error);

  if (text == NULL) {
    app_attachment_fail (self, error);
    return;
  }
  if (!g_str_has_prefix (app_attachment_get_mime_type (self), "text/"))
    app_attachment_set_mime_type (self, "text/plain");
  app_attachment_succeed (self, g_steal_pointer (&text->model_text), g_steal_pointer (&text->summary), g_steal_pointer (&text->notices));
  free_text (text);
}

static void
load (AppAttachment *self)
{
  g_autoptr (GTask) task = g_task_new (self, app_attachment_get_cancellable (self), on_made, NULL);
  Source *source = g_new0 (Source, 1);
  source->bytes = g_bytes_ref (app_attachment_get_bytes (self));
  source->name = g_strdup (app_attachment_get_name (self));
  source->mime_type = g_strdup (app_attachment_get_mime_type (self));
  g_task_set_task_data (task, source, free_source);
  g_task_run_in_thread (task, make);
}

const AppAttachmentClassInfo app_attachment_text = { "text", mime_types, matches, load, MEDIA_JOB_NONE, FALSE, NULL, NULL };
