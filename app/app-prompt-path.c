/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-bare-picture.h"
#include "app-conversation-private.h"
#include "app-message-private.h"

static const AppSampling default_sampling = { .temperature = 0.7, .top_p = 0.95, .min_p = 0.05, .repeat_penalty = 1.05, .top_k = 40 };

static void
append (GString *string, const char *text)
{
  if (string->len && *text)
    g_string_append (string, "\n\n");
  g_string_append (string, text);
}

/* What a note's attachments are to a model that sees: pictures go into `shown` (of GBytes), and in their places stand their names. (transfer full) */
static char *
show_pictures (GPtrArray *rows, GPtrArray *shown)
{
  g_autoptr (GString) content = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++) {
    const AppAttachmentRow *row = rows->pdata[i];
    GBytes *bare = row->bytes ? app_bare_picture (row->bytes) : NULL;
    g_autoptr (AppAttachment) attachment = bare ? app_attachment_new_stored (row->metadata, NULL, NULL) : NULL;
    g_autofree char *line = attachment ? g_strdup_printf ("[Picture \"%s\"]", app_attachment_get_name (attachment)) : NULL;
    append (content, line ? line : bare ? "[Picture]" : row->model_text);
    if (bare)
      g_ptr_array_add (shown, bare);
  }
  return g_string_free (g_steal_pointer (&content), FALSE);
}

static void
add_note (AppPrompt *prompt, GString *attached, GString *note, GPtrArray *shown)
{
  if (!note->len && !attached->len)
    return;
  app_prompt_add (prompt, APP_ROLE_USER, attached->str, note->str);
  for (guint i = 0; i < shown->len; i++)
    app_prompt_add_picture (prompt, app_bare_picture_type (shown->pdata[i]), shown->pdata[i]);
  g_string_truncate (attached, 0);
  g_string_truncate (note, 0);
  g_ptr_array_set_size (shown, 0);
}

AppPrompt *
app_prompt_for_path (AppSettings *settings, GListModel *messages, guint n_messages, const char *host, GHashTable *pictures)
{
  AppSampling sampling = settings ? app_settings_get_sampling (settings) : default_sampling;
  AppPrompt *prompt = app_prompt_new (&sampling);
  g_autoptr (GString) attached = g_string_new (NULL);
  g_autoptr (GString) note = g_string_new (NULL);
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (settings) {
    g_autofree char *system = app_settings_dup_system_prompt_for (settings, host);
    if (*system)
      app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  }
  for (guint i = 0; i < n_messages; i++) {
    g_autoptr (AppMessage) message = g_list_model_get_item (messages, i);
    AppRole role = app_message_get_role (message);
    gint64 id = app_message_get_id (message);
    GPtrArray *rows = pictures ? g_hash_table_lookup (pictures, &id) : NULL;
    g_autofree char *seen = rows ? show_pictures (rows, shown) : NULL;
    const char *content = seen ? seen : app_message_get_content (message), *text = app_message_get_text (message);
    if (role == APP_ROLE_USER) {
      append (attached, content ? content : "");
      append (note, text);
    } else if (*text) {
      add_note (prompt, attached, note, shown);
      app_prompt_add (prompt, role, NULL, text);
    }
  }
  add_note (prompt, attached, note, shown);
  return prompt;
}
