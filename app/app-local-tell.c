/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-tell.h"

#include <math.h>

#include "app-transcript.h"
#include "media.h"

#define LEAST_COLUMNS 64
/* Of a video a model sees one in a second, and no more than so many. */
#define MAX_MOMENTS 16

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
    g_free (told->calls[i]);
  }
  g_free (told->parts);
  g_free (told->calls);
  g_free (told->messages);
  g_clear_pointer (&told->texts, g_string_chunk_free);
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

/* Of a file: pictures that it is, if the model has room for as many. */
static guint
count_pictures (const AppPromptPart *part)
{
  return part->sense != APP_SENSE_SIGHT ? 0 : part->video ? (guint) CLAMP (ceil (part->extent.seconds), 1, MAX_MOMENTS) : 1;
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
      n += count_pictures (app_prompt_get_part (telling->prompt, i, k));
  while (n && each * 2 <= most / n)
    each *= 2;
  return each;
}

/* Eyes that always make the same number of a picture see fewer pictures of a video instead. */
static guint
count_moments (const Telling *telling, const AppPromptPart *part, guint most)
{
  AppExtent extent = part->extent;
  guint n = count_pictures (part);
  EngineMedia *one = app_local_towers_measure (telling->towers, part->sense, NULL, &extent, &(AppMoment) { 0, n }, most, NULL);
  gint32 columns = 0;

  if (one)
    engine_media_columns (one, &columns);
  engine_media_unref (one);
  return columns > 0 && (guint) columns > most ? MAX (1, n * most / (guint) columns) : n;
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

static EngineMedia *
take (const Telling *telling, const AppPromptPart *part, const AppMoment *moment, guint most, GError **error)
{
  if (telling->measured)
    return app_local_towers_measure (telling->towers, part->sense, part->sha256, &part->extent, moment, most, error);
  return app_local_towers_take (telling->towers, part->sense, part->bytes, part->sha256, moment, most, telling->cancellable, error);
}

/* What a message consists of, while it grows. */
typedef struct {
  const Telling *telling;
  AppLocalTold *told;
  GArray *parts;  /* of EnginePart */
  gboolean newest;
} Giving;

static gboolean
give_file (Giving *giving, const AppPromptPart *part, GError **error)
{
  guint most = columns_for (giving->telling, part->sense);
  GError *wrong = NULL;
  EnginePart given = { .media = take (giving->telling, part, part->video ? &(AppMoment) { 0 } : NULL, most, &wrong) };

  if (!(part->sense == APP_SENSE_HEARING && !giving->newest && leave_out (&given, most, &wrong)) && !given.media) {
    g_propagate_error (error, wrong);
    return FALSE;
  }
  g_array_append_val (giving->parts, given);
  return TRUE;
}

/* Pictures of a video, each with its time in front. */
static gboolean
give_moments (Giving *giving, const AppPromptPart *part, GError **error)
{
  guint most = columns_for (giving->telling, part->sense), n = count_moments (giving->telling, part, most);

  for (guint i = 0; i < n; i++) {
    g_autofree char *time = app_transcript_format_time ((guint) (part->extent.seconds * (i + 0.5) / n));
    g_autofree char *line = g_strdup_printf ("%s[%s]\n", i ? "\n" : "", time);
    EnginePart text = { .text = g_string_chunk_insert_const (giving->told->texts, line) };
    EnginePart seen = { .media = take (giving->telling, part, &(AppMoment) { i, n }, most, error) };

    if (!seen.media)
      return FALSE;
    g_array_append_val (giving->parts, text);
    g_array_append_val (giving->parts, seen);
  }
  return TRUE;
}

static gboolean
give_part (Giving *giving, const AppPromptPart *part, GError **error)
{
  return part->video && part->sense == APP_SENSE_SIGHT ? give_moments (giving, part, error) : give_file (giving, part, error);
}

static gboolean
give_parts (const Telling *telling, AppLocalTold *told, guint i, GError **error)
{
  guint n = app_prompt_get_n_parts (telling->prompt, i);
  EngineMessage *message = &told->messages[i];
  Giving giving = { telling, told, NULL, n && i >= find_newest (telling->prompt) };
  EnginePart words = { .text = message->content };
  gboolean ok = TRUE;
  gsize n_parts;

  if (!n)
    return TRUE;
  giving.parts = g_array_new (FALSE, TRUE, sizeof (EnginePart));
  for (guint k = 0; ok && k < n; k++)
    ok = give_part (&giving, app_prompt_get_part (telling->prompt, i, k), error);
  g_array_append_val (giving.parts, words);
  told->parts[i] = g_array_steal (giving.parts, &n_parts);
  g_array_unref (giving.parts);
  message->parts = told->parts[i];
  message->n_parts = n_parts;
  return ok;
}

/* What an answer called, or whose result it is; the strings are the prompt's. */
static void
tell_calls (AppPrompt *prompt, AppLocalTold *told, guint i)
{
  EngineMessage *message = &told->messages[i];
  const AppPromptCall *of = app_prompt_get_result_of (prompt, i);
  guint n = app_prompt_get_n_calls (prompt, i);

  if (of) {
    message->call_id = of->id;
    message->call_name = of->name;
  }
  if (!n)
    return;
  told->calls[i] = g_new0 (EngineToolCall, n);
  for (guint k = 0; k < n; k++) {
    const AppPromptCall *call = app_prompt_get_call (prompt, i, k);
    told->calls[i][k] = (EngineToolCall) { call->id, call->name, call->arguments };
  }
  message->calls = told->calls[i];
  message->n_calls = n;
}

static gboolean
tell (const Telling *telling, GPtrArray *contents, AppLocalTold *told, GError **error)
{
  gboolean ok = TRUE;

  *told = (AppLocalTold) { g_new0 (EngineMessage, contents->len), g_new0 (EnginePart *, contents->len), contents->len, g_string_chunk_new (256), g_new0 (EngineToolCall *, contents->len) };
  for (guint i = 0; ok && i < contents->len; i++) {
    told->messages[i].role = app_role_to_string (app_prompt_get_role (telling->prompt, i));
    told->messages[i].content = contents->pdata[i];
    tell_calls (telling->prompt, told, i);
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

/* ---- before it is sent ---- */

/* Of the newest message, those whose bytes are there. */
static const AppPromptPart *
get_attached (AppPrompt *prompt, guint index)
{
  const AppPromptPart *part = app_prompt_get_part (prompt, find_newest (prompt), index);

  return part->bytes ? part : NULL;
}

static guint
count_attached (AppPrompt *prompt)
{
  return app_prompt_get_n_messages (prompt) ? app_prompt_get_n_parts (prompt, find_newest (prompt)) : 0;
}

char *
app_local_tell_key (AppPrompt *prompt, guint context)
{
  const Telling telling = { prompt, NULL, context, FALSE, NULL };
  g_autoptr (GString) key = g_string_new (NULL);

  for (guint i = 0; i < count_attached (prompt); i++) {
    const AppPromptPart *part = get_attached (prompt, i);

    if (part && part->sha256)
      g_string_append_printf (key, "%d %s %u\n", part->sense, part->sha256, columns_for (&telling, part->sense));
  }
  return key->len ? g_strdup (key->str) : NULL;
}

static void
clear_part (gpointer part)
{
  engine_media_unref (((EnginePart *) part)->media);
}

void
app_local_tell_ahead (AppPrompt *prompt, AppLocalTowers *towers, guint context, GCancellable *cancellable)
{
  const Telling telling = { prompt, towers, context, FALSE, cancellable };
  AppLocalTold told = { .texts = g_string_chunk_new (256) };
  g_autoptr (GArray) parts = g_array_new (FALSE, TRUE, sizeof (EnginePart));
  Giving giving = { &telling, &told, parts, TRUE };

  g_array_set_clear_func (parts, clear_part);
  for (guint i = 0; i < count_attached (prompt) && !g_cancellable_is_cancelled (cancellable); i++)
    if (get_attached (prompt, i))
      give_part (&giving, get_attached (prompt, i), NULL);
  app_local_told_clear (&told);
}

GArray *
app_local_tell_tools (AppPrompt *prompt)
{
  GArray *tools = g_array_new (FALSE, FALSE, sizeof (EngineTool));

  for (guint i = 0; i < app_prompt_get_n_tools (prompt); i++) {
    const AppPromptTool *tool = app_prompt_get_tool (prompt, i);
    const EngineTool copy = { tool->name, tool->description, tool->parameters };

    g_array_append_val (tools, copy);
  }
  return tools;
}
