/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-turn.h"

#include <glib/gi18n.h>

#include "app-error.h"

struct _AppTurn {
  gatomicrefcount count;
  char *text;
  GPtrArray *attachments; /* of AppAttachment */
  char *wish;             /* never NULL */
  AppPick *pick;          /* nullable */
  char *depth;            /* never NULL */
};

G_DEFINE_BOXED_TYPE (AppTurn, app_turn, app_turn_ref, app_turn_unref)

AppTurn *
app_turn_new (const char *text, GListModel *attachments)
{
  AppTurn *turn = g_new0 (AppTurn, 1);

  g_atomic_ref_count_init (&turn->count);
  turn->text = g_strstrip (g_utf8_make_valid (text, -1));
  turn->wish = g_strdup ("");
  turn->depth = g_strdup ("");
  turn->attachments = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; attachments && i < g_list_model_get_n_items (attachments); i++)
    g_ptr_array_add (turn->attachments, g_list_model_get_item (attachments, i));
  return turn;
}

/* (transfer full) */
static AppTurn *
turn_new_with (AppTurn *turn, const char *wish, const AppPick *pick, const char *depth)
{
  AppTurn *with = app_turn_new (turn->text, NULL);

  for (guint i = 0; i < turn->attachments->len; i++)
    g_ptr_array_add (with->attachments, g_object_ref (turn->attachments->pdata[i]));
  g_free (with->wish);
  with->wish = g_strdup (wish != NULL ? wish : "");
  with->pick = app_pick_copy (pick);
  g_free (with->depth);
  with->depth = g_strdup (depth != NULL ? depth : "");
  return with;
}

AppTurn *
app_turn_new_wish (AppTurn *turn, const char *wish, const AppPick *pick)
{
  return turn_new_with (turn, wish, pick, turn->depth);
}

AppTurn *
app_turn_new_depth (AppTurn *turn, const char *depth)
{
  return turn_new_with (turn, turn->wish, turn->pick, depth);
}

AppTurn *
app_turn_ref (AppTurn *turn)
{
  g_atomic_ref_count_inc (&turn->count);
  return turn;
}

void
app_turn_unref (AppTurn *turn)
{
  if (!g_atomic_ref_count_dec (&turn->count))
    return;
  g_free (turn->text);
  g_free (turn->wish);
  g_free (turn->depth);
  app_pick_free (turn->pick);
  g_ptr_array_unref (turn->attachments);
  g_free (turn);
}

const char *
app_turn_get_text (AppTurn *turn)
{
  return turn->text;
}

guint
app_turn_get_n_attachments (AppTurn *turn)
{
  return turn->attachments->len;
}

AppAttachment *
app_turn_get_attachment (AppTurn *turn, guint index)
{
  g_return_val_if_fail (index < turn->attachments->len, NULL);
  return turn->attachments->pdata[index];
}

const char *
app_turn_get_wish (AppTurn *turn)
{
  return turn->wish;
}

const char *
app_turn_get_depth (AppTurn *turn)
{
  return turn->depth;
}

const AppPick *
app_turn_get_pick (AppTurn *turn)
{
  return turn->pick;
}

gboolean
app_turn_is_empty (AppTurn *turn)
{
  return turn->text[0] == '\0' && turn->attachments->len == 0;
}

gboolean
app_turn_check (AppTurn *turn, GError **error)
{
  if (app_turn_is_empty (turn)) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is nothing to send yet. Write something or attach a file."));
    return FALSE;
  }
  for (guint i = 0; i < turn->attachments->len; i++) {
    AppAttachment *attachment = turn->attachments->pdata[i];
    if (app_attachment_get_state (attachment) != APP_ATTACHMENT_READY || !app_attachment_get_bytes (attachment)) {
      g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” could not be sent: it is not read yet, or could not be read. Wait for it, or remove it."),
                   app_attachment_get_name (attachment));
      return FALSE;
    }
  }
  return TRUE;
}
