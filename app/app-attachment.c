/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-attachment.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "attachments/attachment-kind.h"
#include "attachments/attachment-private.h"

/* Loading, in steps that each end in the main context:
 *   read_bytes (thread): bytes, SHA-256, MIME type → on_bytes: kind → the kind's load () → succeed () or fail ()
 * `task` is the one of load_async, from its call until its end. */
struct _AppAttachment {
  GObject parent;
  GFile *file; /* until it is read */
  AppAttachmentKind kind;
  AppAttachmentState state;
  char *name;
  guint64 size;
  char *sha256;
  char *mime_type;
  GBytes *bytes;
  MediaPicture *thumbnail;
  char *model_text;
  char *summary;
  GStrv notices;
  char *error;
  guint n_pages;
  AppExtent extent;
  gboolean use_exif;
  AppTranscriber *transcriber; /* nullable */
  AppAttachmentTables *tables; /* nullable */
  gboolean stored;
  GTask *task;
};

enum {
  PROP_0,
  PROP_KIND,
  PROP_STATE,
  PROP_NAME,
  PROP_SIZE,
  PROP_SHA256,
  PROP_MIME_TYPE,
  PROP_BYTES,
  PROP_THUMBNAIL,
  PROP_MODEL_TEXT,
  PROP_SUMMARY,
  PROP_NOTICES,
  PROP_ERROR,
  PROP_N_PAGES,
  PROP_DATASET,
  PROP_DATASET_FRACTION,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppAttachment, app_attachment, G_TYPE_OBJECT)

static void
app_attachment_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  AppAttachment *self = APP_ATTACHMENT (object);

  switch (id) {
  case PROP_KIND:
    g_value_set_uint (value, self->kind);
    break;
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_SIZE:
    g_value_set_uint64 (value, self->size);
    break;
  case PROP_SHA256:
    g_value_set_string (value, self->sha256);
    break;
  case PROP_MIME_TYPE:
    g_value_set_string (value, self->mime_type);
    break;
  case PROP_BYTES:
    g_value_set_boxed (value, self->bytes);
    break;
  case PROP_THUMBNAIL:
    g_value_set_boxed (value, self->thumbnail);
    break;
  case PROP_MODEL_TEXT:
    g_value_set_string (value, self->model_text);
    break;
  case PROP_SUMMARY:
    g_value_set_string (value, self->summary);
    break;
  case PROP_NOTICES:
    g_value_set_boxed (value, self->notices);
    break;
  case PROP_ERROR:
    g_value_set_string (value, self->error);
    break;
  case PROP_N_PAGES:
    g_value_set_uint (value, self->n_pages);
    break;
  case PROP_DATASET:
    g_value_set_object (value, app_attachment_get_dataset (self));
    break;
  case PROP_DATASET_FRACTION:
    g_value_set_double (value, app_attachment_get_dataset_fraction (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
app_attachment_finalize (GObject *object)
{
  AppAttachment *self = APP_ATTACHMENT (object);

  g_clear_object (&self->file);
  g_free (self->name);
  g_free (self->sha256);
  g_free (self->mime_type);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->thumbnail, media_picture_unref);
  g_free (self->model_text);
  g_free (self->summary);
  g_strfreev (self->notices);
  g_free (self->error);
  g_clear_pointer (&self->transcriber, app_transcriber_unref);
  g_clear_pointer (&self->tables, app_attachment_tables_free);
  G_OBJECT_CLASS (app_attachment_parent_class)->finalize (object);
}

static void
app_attachment_class_init (AppAttachmentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = app_attachment_get_property;
  object_class->finalize = app_attachment_finalize;
  properties[PROP_KIND] = g_param_spec_uint ("kind", NULL, NULL, 0, APP_ATTACHMENT_N_KINDS - 1, APP_ATTACHMENT_TEXT, flags);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_ATTACHMENT_FAILED, APP_ATTACHMENT_LOADING, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_SHA256] = g_param_spec_string ("sha256", NULL, NULL, NULL, flags);
  properties[PROP_MIME_TYPE] = g_param_spec_string ("mime-type", NULL, NULL, NULL, flags);
  properties[PROP_BYTES] = g_param_spec_boxed ("bytes", NULL, NULL, G_TYPE_BYTES, flags);
  properties[PROP_THUMBNAIL] = g_param_spec_boxed ("thumbnail", NULL, NULL, MEDIA_TYPE_PICTURE, flags);
  properties[PROP_MODEL_TEXT] = g_param_spec_string ("model-text", NULL, NULL, NULL, flags);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, "", flags);
  properties[PROP_NOTICES] = g_param_spec_boxed ("notices", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  properties[PROP_N_PAGES] = g_param_spec_uint ("n-pages", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_DATASET] = g_param_spec_object ("dataset", NULL, NULL, APP_TYPE_DATASET, flags);
  properties[PROP_DATASET_FRACTION] = g_param_spec_double ("dataset-fraction", NULL, NULL, 0, 1, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_attachment_init (AppAttachment *self)
{
  self->kind = APP_ATTACHMENT_TEXT;
  self->summary = g_strdup ("");
  self->notices = g_new0 (char *, 1);
}

static void
notify (AppAttachment *self, int property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* A name that can stand in a chip and in the model's text: one line, valid, not endless. */
static char *
clean_name (const char *raw)
{
  g_autofree char *valid = g_utf8_make_valid (raw, -1);
  GString *name = g_string_new (NULL);
  int n = 0;
  for (const char *at = valid; *at != '\0' && n < 200; at = g_utf8_next_char (at), n++) {
    gunichar c = g_utf8_get_char (at);
    g_string_append_unichar (name, g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT || g_unichar_type (c) == G_UNICODE_LINE_SEPARATOR ? ' ' : c);
  }
  g_strstrip (name->str);
  name->len = strlen (name->str);
  if (name->len == 0)
    g_string_append (name, _("Unnamed file"));
  return g_string_free (name, FALSE);
}

AppAttachment *
app_attachment_new_for_file (GFile *file)
{
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  AppAttachment *self = g_object_new (APP_TYPE_ATTACHMENT, NULL);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *display = base != NULL ? g_filename_display_name (base) : g_strdup ("");
  self->file = g_object_ref (file);
  self->name = clean_name (display);
  self->kind = app_attachment_kind_guess (self->name);
  return self;
}

gboolean
app_attachment_check_file (GFile *file, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *uri = NULL;

  /* Some systems would give a path for an address, and fetch what is read from it. */
  if (path != NULL && !g_file_has_uri_scheme (file, "http") && !g_file_has_uri_scheme (file, "https"))
    return TRUE;
  uri = g_file_get_parse_name (file);
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” is not on this computer, and Melete fetches nothing. Save it here first, then add the file."), uri);
  return FALSE;
}

AppAttachment *
app_attachment_new_for_bytes (GBytes *bytes, const char *name)
{
  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);

  AppAttachment *self = g_object_new (APP_TYPE_ATTACHMENT, NULL);
  self->name = clean_name (name);
  self->bytes = g_bytes_ref (bytes);
  self->size = g_bytes_get_size (bytes);
  self->kind = app_attachment_kind_guess (self->name);
  return self;
}

AppAttachment *
app_attachment_new_stored (const char *metadata, GBytes *bytes, GError **error)
{
  g_autoptr (AppAttachment) self = g_object_new (APP_TYPE_ATTACHMENT, NULL);
  AppAttachmentRecord record = { 0 };

  if (!app_attachment_record_parse (metadata, &record, error))
    return NULL;
  self->stored = TRUE;
  self->state = APP_ATTACHMENT_READY;
  self->kind = record.kind;
  self->name = record.name;
  self->size = record.size;
  self->sha256 = record.sha256;
  self->mime_type = record.mime_type;
  self->model_text = record.model_text;
  g_free (self->summary);
  self->summary = record.summary;
  g_strfreev (self->notices);
  self->notices = record.notices;
  self->n_pages = record.n_pages;
  self->extent = record.extent;
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  return g_steal_pointer (&self);
}

char *
app_attachment_dup_metadata (AppAttachment *self)
{
  g_return_val_if_fail (APP_IS_ATTACHMENT (self) && self->state == APP_ATTACHMENT_READY, NULL);

  AppAttachmentRecord record = { self->kind, self->name, self->size, self->sha256, self->mime_type, self->model_text, self->summary, self->notices, self->n_pages, self->extent };
  return app_attachment_record_print (&record);
}

static void
end (AppAttachment *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);
  g_clear_object (&self->file);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
app_attachment_succeed (AppAttachment *self, char *model_text, char *summary, GStrv notices)
{
  g_return_if_fail (self->task != NULL && self->state == APP_ATTACHMENT_LOADING);

  g_object_freeze_notify (G_OBJECT (self));
  self->model_text = model_text;
  g_free (self->summary);
  self->summary = summary;
  if (notices != NULL) {
    g_strfreev (self->notices);
    self->notices = notices;
  }
  self->state = APP_ATTACHMENT_READY;
  notify (self, PROP_MODEL_TEXT);
  notify (self, PROP_SUMMARY);
  notify (self, PROP_NOTICES);
  notify (self, PROP_STATE);
  g_object_thaw_notify (G_OBJECT (self));
  end (self, NULL);
}

void
app_attachment_fail (AppAttachment *self, GError *error)
{
  g_return_if_fail (self->task != NULL);

  if (self->state == APP_ATTACHMENT_LOADING) {
    self->error = g_strdup (error->message);
    self->state = APP_ATTACHMENT_FAILED;
    app_attachment_set_summary (self, "");
    notify (self, PROP_ERROR);
    notify (self, PROP_STATE);
  }
  end (self, error);
}

void
app_attachment_set_transcriber (AppAttachment *self, AppTranscriber *transcriber)
{
  g_clear_pointer (&self->transcriber, app_transcriber_unref);
  self->transcriber = transcriber != NULL ? app_transcriber_ref (transcriber) : NULL;
}

void
app_attachment_set_datasets (AppAttachment *self, AppDatasets *datasets)
{
  g_clear_pointer (&self->tables, app_attachment_tables_free);
  self->tables = datasets != NULL ? app_attachment_tables_new (datasets) : NULL;
}

AppAttachmentTables *
app_attachment_get_tables (AppAttachment *self)
{
  return self->tables;
}

AppTranscriber *
app_attachment_get_transcriber (AppAttachment *self)
{
  return self->transcriber;
}

void
app_attachment_draw_async (AppAttachment *self, GAsyncReadyCallback callback)
{
  MediaRequest request;

  media_request_init (&request, app_attachment_kind_info (self->kind)->draw);
  request.max_side = APP_ATTACHMENT_THUMBNAIL_SIDE;
  media_decode_async (&request, self->bytes, app_attachment_get_cancellable (self), NULL, NULL, callback, g_object_ref (self));
}

/* (nullable) (transfer none) */
static MediaPicture *
get_drawn (const MediaResult *drawn)
{
  return drawn->picture != NULL || drawn->frames->len == 0 ? drawn->picture : ((MediaClipFrame *) drawn->frames->pdata[0])->picture;
}

/* A stored one only lacks its thumbnail. */
static void
on_stored_thumbnail (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppAttachment) self = data;
  GError *error = NULL;
  g_autoptr (MediaResult) drawn = media_decode_finish (result, &error);

  if (drawn != NULL)
    app_attachment_set_thumbnail (self, get_drawn (drawn));
  end (self, error);
}

static void
on_bytes (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppAttachment) self = APP_ATTACHMENT (g_object_ref (source));
  GError *error = NULL;
  AppAttachmentContent *content = g_task_propagate_pointer (G_TASK (result), &error);

  if (content == NULL) {
    app_attachment_fail (self, error);
    return;
  }
  if (self->stored) {
    gboolean same = strcmp (content->sha256, self->sha256) == 0;
    app_attachment_content_free (content);
    if (!same) {
      g_clear_pointer (&self->bytes, g_bytes_unref);
      end (self, g_error_new (APP_ERROR, APP_ERROR_DAMAGED, _("The stored file “%s” has changed and is not shown. Its text is still there."), self->name));
      return;
    }
    app_attachment_draw_async (self, on_stored_thumbnail);
    return;
  }
  g_object_freeze_notify (G_OBJECT (self));
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = g_steal_pointer (&content->bytes);
  self->size = g_bytes_get_size (self->bytes);
  self->sha256 = g_steal_pointer (&content->sha256);
  self->mime_type = g_steal_pointer (&content->mime_type);
  self->kind = app_attachment_kind_of (self->bytes, self->mime_type);
  app_attachment_content_free (content);
  for (int property = PROP_KIND; property <= PROP_BYTES; property++)
    if (property != PROP_STATE && property != PROP_NAME)
      notify (self, property);
  g_object_thaw_notify (G_OBJECT (self));
  if (app_datasets_can_import (self->name, self->mime_type, NULL))
    app_attachment_import (self);
  app_attachment_kind_info (self->kind)->load (self);
}

void
app_attachment_load_async (AppAttachment *self, gboolean use_exif, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (APP_IS_ATTACHMENT (self) && self->task == NULL);
  g_return_if_fail (self->stored || self->state == APP_ATTACHMENT_LOADING);

  self->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, app_attachment_load_async);
  /* The state tells the truth even when the cancel comes after the end. */
  g_task_set_check_cancellable (self->task, FALSE);
  self->use_exif = use_exif;
  if (self->stored && (self->bytes == NULL || app_attachment_kind_info (self->kind)->draw == MEDIA_JOB_NONE)) {
    end (self, NULL);
    return;
  }
  if (!self->stored)
    app_attachment_set_summary (self, _("Reading…"));
  app_attachment_content_read_async (self, self->file, self->bytes, self->name, cancellable, on_bytes);
}

gboolean
app_attachment_load_finish (AppAttachment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (MediaResult) drawn = media_decode_finish (result, &error);

  if (drawn == NULL)
    g_task_return_error (task, error);
  else if (get_drawn (drawn) == NULL)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_FAILED, _("The decoder gave no picture of the file. Add the file again."));
  else
    g_task_return_pointer (task, media_picture_ref (get_drawn (drawn)), (GDestroyNotify) media_picture_unref);
}

void
app_attachment_render_async (AppAttachment *self, guint page, guint max_side, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (APP_IS_ATTACHMENT (self) && max_side > 0);

  GTask *task = g_task_new (self, cancellable, callback, user_data);
  MediaRequest request;
  g_task_set_source_tag (task, app_attachment_render_async);
  if (app_attachment_kind_info (self->kind)->draw == MEDIA_JOB_NONE || self->bytes == NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("There is no picture of “%s”."), self->name);
    g_object_unref (task);
    return;
  }
  media_request_init (&request, app_attachment_kind_info (self->kind)->draw);
  request.page = page;
  request.max_side = MIN (max_side, 8192);
  media_decode_async (&request, self->bytes, cancellable, NULL, NULL, on_rendered, task);
}

MediaPicture *
app_attachment_render_finish (AppAttachment *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
app_attachment_get_use_exif (AppAttachment *self)
{
  return self->use_exif;
}

GCancellable *
app_attachment_get_cancellable (AppAttachment *self)
{
  return self->task != NULL ? g_task_get_cancellable (self->task) : NULL;
}

void
app_attachment_set_thumbnail (AppAttachment *self, MediaPicture *thumbnail)
{
  if (thumbnail == NULL)
    return;
  g_clear_pointer (&self->thumbnail, media_picture_unref);
  self->thumbnail = media_picture_ref (thumbnail);
  notify (self, PROP_THUMBNAIL);
}

void
app_attachment_set_kind (AppAttachment *self, AppAttachmentKind kind)
{
  self->kind = kind;
  notify (self, PROP_KIND);
}

void
app_attachment_set_n_pages (AppAttachment *self, guint n_pages)
{
  self->n_pages = n_pages;
  notify (self, PROP_N_PAGES);
}

void
app_attachment_set_extent (AppAttachment *self, const AppExtent *extent)
{
  self->extent = *extent;
}

void
app_attachment_set_mime_type (AppAttachment *self, const char *mime_type)
{
  g_free (self->mime_type);
  self->mime_type = g_strdup (mime_type);
  notify (self, PROP_MIME_TYPE);
}

void
app_attachment_set_summary (AppAttachment *self, const char *summary)
{
  g_free (self->summary);
  self->summary = g_strdup (summary);
  notify (self, PROP_SUMMARY);
}

#define GETTER(type, field)                              \
  type app_attachment_get_##field (AppAttachment *self) \
  {                                                      \
    return (type) self->field;                           \
  }

GETTER (AppAttachmentKind, kind)
GETTER (AppAttachmentState, state)
GETTER (const char *, name)
GETTER (guint64, size)
GETTER (const char *, sha256)
GETTER (const char *, mime_type)
GETTER (GBytes *, bytes)
GETTER (MediaPicture *, thumbnail)
GETTER (const char *, model_text)
GETTER (const char *, summary)
GETTER (const char *const *, notices)
GETTER (const char *, error)
GETTER (guint, n_pages)
GETTER (AppExtent, extent)

AppSenses
app_attachment_get_sense (AppAttachment *self)
{
  return app_attachment_kind_info (self->kind)->sense & ~(self->extent.silent ? APP_SENSE_HEARING : APP_SENSE_NONE);
}
