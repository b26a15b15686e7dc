/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed and not sent yet, with what is attached to it. */
#include "app-conversation-private.h"

const char *
app_conversation_get_draft (AppConversation *self)
{
  return self->draft ? self->draft : "";
}

const char *
app_conversation_get_draft_wish (AppConversation *self)
{
  return self->draft_wish ? self->draft_wish : "";
}

const char *
app_conversation_get_draft_depth (AppConversation *self)
{
  return self->draft_depth ? self->draft_depth : "";
}

void
app_conversation_take_draft (AppConversation *self, char *draft, char *wish, char *depth, guint n_attachments)
{
  g_free (self->draft);
  self->draft = draft;
  g_free (self->draft_wish);
  self->draft_wish = wish;
  g_free (self->draft_depth);
  self->draft_depth = depth;
  self->n_draft_unread = n_attachments;
}

void
app_conversation_draft_ended (AppConversation *self)
{
  app_conversation_take_draft (self, NULL, NULL, NULL, 0);
  g_clear_pointer (&self->draft_files, g_ptr_array_unref);
}

/* ---- storing ---- */

GPtrArray *
app_attachment_rows_for (GPtrArray *attachments)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) app_attachment_row_free);

  for (guint i = 0; i < attachments->len; i++)
    g_ptr_array_add (rows, app_attachment_row_for (attachments->pdata[i]));
  return rows;
}

/* Those that can be stored: what is still read comes with a later call. */
static GPtrArray *
take_ready (GListModel *attachments)
{
  GPtrArray *ready = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (attachments); i++) {
    g_autoptr (AppAttachment) attachment = g_list_model_get_item (attachments, i);
    if (app_attachment_get_state (attachment) == APP_ATTACHMENT_READY && app_attachment_get_bytes (attachment))
      g_ptr_array_add (ready, g_steal_pointer (&attachment));
  }
  return ready;
}

static gboolean
are_stored (AppConversation *self, GPtrArray *files)
{
  guint n = self->draft_files ? self->draft_files->len : 0;

  if (files->len != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (files->pdata[i] != self->draft_files->pdata[i])
      return FALSE;
  return TRUE;
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppConversation) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean stored = app_database_run_finish (APP_DATABASE (source), result, &error) != NULL;

  if (!stored && !self->draft_failed)
    app_conversation_save_failed (self, error->message);
  self->draft_failed = !stored;
}

void
app_conversation_set_draft (AppConversation *self, const char *text, GListModel *attachments)
{
  app_conversation_set_draft_wish (self, text, "", "", attachments);
}

void
app_conversation_set_draft_wish (AppConversation *self, const char *text, const char *wish, const char *depth, GListModel *attachments)
{
  g_autoptr (GPtrArray) files = attachments && !self->n_draft_unread ? take_ready (attachments) : NULL;
  AppStoreDraft *draft;

  /* A first turn gives the conversation the id under which its draft is known, and a draft that came after the turn would outlive it. */
  if (self->draft_leaves)
    return;
  if (!self->draft_failed && g_str_equal (text, app_conversation_get_draft (self)) && g_str_equal (wish, app_conversation_get_draft_wish (self)) &&
      g_str_equal (depth, app_conversation_get_draft_depth (self)) && (!files || are_stored (self, files)))
    return;
  draft = g_new0 (AppStoreDraft, 1);
  draft->conversation = self->id;
  draft->text = g_strdup (text);
  draft->wish = g_strdup (wish);
  draft->depth = g_strdup (depth);
  /* Their texts are long, and mostly only words have changed. */
  if (files && (self->draft_failed || !are_stored (self, files)))
    draft->attachments = app_attachment_rows_for (files);
  app_conversation_take_draft (self, g_strdup (text), g_strdup (wish), g_strdup (depth), self->n_draft_unread);
  if (files) {
    g_clear_pointer (&self->draft_files, g_ptr_array_unref);
    self->draft_files = g_steal_pointer (&files);
  }
  app_database_run_async (self->database, app_store_draft, draft, (GDestroyNotify) app_store_draft_free, NULL, NULL, on_stored, g_object_ref (self));
}

/* ---- reading ---- */

static void
on_thumbnail (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* A thumbnail that cannot be made leaves the chip without a picture. */
  app_attachment_load_finish (APP_ATTACHMENT (source), result, NULL);
}

GPtrArray *
app_conversation_restore_attachments (AppConversation *self, GPtrArray *rows)
{
  GPtrArray *attachments = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++) {
    AppAttachmentRow *row = rows->pdata[i];
    g_autoptr (GError) damaged = NULL;
    AppAttachment *attachment = app_attachment_new_stored (row->metadata, row->bytes, &damaged);
    if (!attachment) {
      app_conversation_save_failed (self, damaged->message);
      continue;
    }
    app_attachment_set_datasets (attachment, app_conversation_get_datasets (self));
    app_attachment_load_async (attachment, FALSE, NULL, on_thumbnail, NULL);
    g_ptr_array_add (attachments, attachment);
  }
  return attachments;
}

static GListModel *
dup_files (AppConversation *self)
{
  GListStore *list = g_list_store_new (APP_TYPE_ATTACHMENT);

  if (self->draft_files)
    g_list_store_splice (list, 0, 0, self->draft_files->pdata, self->draft_files->len);
  return G_LIST_MODEL (list);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  AppConversation *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) drafts = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!drafts) {
    app_conversation_save_failed (self, error->message);
    g_task_return_error (task, error);
    return;
  }
  /* Unless it was sent meanwhile, or somebody else has read it. */
  if (self->n_draft_unread && drafts->len > 0) {
    g_clear_pointer (&self->draft_files, g_ptr_array_unref);
    self->draft_files = app_conversation_restore_attachments (self, ((AppStoreDraft *) drafts->pdata[0])->attachments);
  }
  self->n_draft_unread = 0;
  g_task_return_pointer (task, dup_files (self), g_object_unref);
}

guint
app_conversation_get_n_draft_attachments (AppConversation *self)
{
  return self->n_draft_unread ? self->n_draft_unread : self->draft_files ? self->draft_files->len : 0;
}

void
app_conversation_read_draft_async (AppConversation *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  AppStoreDraft *which;

  if (self->n_draft_unread == 0) {
    g_task_return_pointer (task, dup_files (self), g_object_unref);
    g_object_unref (task);
    return;
  }
  which = g_new0 (AppStoreDraft, 1);
  which->conversation = self->id;
  app_database_run_async (self->database, app_store_typed, which, (GDestroyNotify) app_store_draft_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_read, task);
}

GListModel *
app_conversation_read_draft_finish (AppConversation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
