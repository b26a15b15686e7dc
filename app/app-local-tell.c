/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-tell.h"

#include "media.h"

#define LEAST_COLUMNS 64

typedef struct {
  AppPrompt *prompt;
  AppLocalTowers *towers;
  guint context;
  gboolean measured;
  GCancellable *cancellable;
} Telling;

void
app_local_told_clear (AppLocalTold *told)
{
  for (guint i = 0; i < told->n; i++) {
    for (gsize k = 0; told->parts[i] && k < told->messages[i].n_parts; k++)
      engine_media_unref (told->parts[i][k].media);
    g_free (told->parts[i]);
  }
  g_free (told->parts);
  g_free (told->messages);
  *told = (AppLocalTold) { 0 };
}

gint64
app_local_told_columns (const AppLocalTold *told, guint message)
{
  gint64 all = 0;
  gint32 n;

  for (gsize k = 0; told->parts[message] && k < told->messages[message].n_parts; k++)
    if (told->parts[message][k].media) {
      engine_media_columns (told->parts[message][k].media, &n);
      all += n;
    }
  return all;
}

/* Tokens that a picture may take: half of the context for all of them together, and a number that does not change with each one more, so that those seen before are found again. A sound
 * cannot be made smaller: it may take all but the answer's share. */
static guint
columns_for (const Telling *telling, AppSenses sense)
{
  guint n = 0, most = telling->context / 2, each = LEAST_COLUMNS;

  if (sense == APP_SENSE_HEARING)
    return telling->context - telling->context / 8;
  for (guint i = 0; i < app_prompt_get_n_messages (telling->prompt); i++)
    for (guint k = 0; k < app_prompt_get_n_parts (telling->prompt, i); k++)
      n += app_prompt_get_part (telling->prompt, i, k)->sense == APP_SENSE_SIGHT;
  while (n && each * 2 <= most / n)
    each *= 2;
  return each;
}

static guint
find_newest (AppPrompt *prompt)
{
  guint newest = app_prompt_get_n_messages (prompt);

  while (newest > 0 && app_prompt_get_role (prompt, newest - 1) != APP_ROLE_USER)
    newest--;
  return newest > 0 ? newest - 1 : 0;
}

/* A sound that another model heard, and that is longer than this one's context, is no reason not to answer what is asked now. */
static gboolean
leave_out (EnginePart *part, guint most, GError **error)
{
  gint32 n = 0;

  if (part->media)
    engine_media_columns (part->media, &n);
  if (part->media ? (guint) n <= most : !g_error_matches (*error, MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE))
    return FALSE;
  g_clear_pointer (&part->media, engine_media_unref);
  g_clear_error (error);
  part->text = "[A sound of this message is too long for you to hear.]\n";
  return TRUE;
}

static gboolean
give_parts (const Telling *telling, AppLocalTold *told, guint i, GError **error)
{
  guint n = app_prompt_get_n_parts (telling->prompt, i), newest = n ? find_newest (telling->prompt) : 0;
  EngineMessage *message = &told->messages[i];
  EnginePart *parts;

  if (!n)
    return TRUE;
  parts = told->parts[i] = g_new0 (EnginePart, n + 1);
  message->parts = parts;
  message->n_parts = n + 1;
  parts[n].text = message->content;
  for (guint k = 0; k < n; k++) {
    const AppPromptPart *part = app_prompt_get_part (telling->prompt, i, k);
    guint most = columns_for (telling, part->sense);
    GError *wrong = NULL;

    if (telling->measured)
      parts[k].media = app_local_towers_measure (telling->towers, part->sense, part->sha256, &part->extent, most, &wrong);
    else
      parts[k].media = app_local_towers_take (telling->towers, part->sense, part->bytes, most, telling->cancellable, &wrong);
    if (i < newest && part->sense == APP_SENSE_HEARING && leave_out (&parts[k], most, &wrong))
      continue;
    if (!parts[k].media) {
      g_propagate_error (error, wrong);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
tell (const Telling *telling, GPtrArray *contents, AppLocalTold *told, GError **error)
{
  gboolean ok = TRUE;

  *told = (AppLocalTold) { g_new0 (EngineMessage, contents->len), g_new0 (EnginePart *, contents->len), contents->len };
  for (guint i = 0; ok && i < contents->len; i++) {
    told->messages[i].role = app_role_to_string (app_prompt_get_role (telling->prompt, i));
    told->messages[i].content = contents->pdata[i];
    ok = give_parts (telling, told, i, error);
  }
  return ok;
}

gboolean
app_local_tell (AppPrompt *prompt, GPtrArray *contents, AppLocalTowers *towers, guint context, GCancellable *cancellable, AppLocalTold *told, GError **error)
{
  return tell (&(Telling) { prompt, towers, context, FALSE, cancellable }, contents, told, error);
}

gboolean
app_local_tell_measured (AppPrompt *prompt, GPtrArray *contents, AppLocalTowers *towers, guint context, AppLocalTold *told, GError **error)
{
  return tell (&(Telling) { prompt, towers, context, TRUE, NULL }, contents, told, error);
}
