/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model of this process is told of each message: texts, and in their front the pictures and sounds that it is given, and of videos both. Internal to app/. Any worker thread. */
#pragma once

#include "app-completion.h"
#include "app-local-towers.h"

G_BEGIN_DECLS

typedef struct {
  EngineMessage *messages; /* [n] */
  EnginePart **parts;      /* [n], NULL: a text alone */
  guint n;
  GStringChunk *texts;     /* of parts */
  EngineToolCall **calls;  /* [n], NULL: it calls nothing */
} AppLocalTold;

/* `contents`: of app_prompt_write (), which must stay. `context`: of the model, in tokens. Blocks until all of it is encoded. A sound of an earlier message that is longer than
 * the context is only said to be so. FALSE with an error of app_local_towers_take (); `told` is to be
 * cleared in any case. */
gboolean app_local_tell (AppPrompt *prompt, GPtrArray *contents, AppLocalTowers *towers, guint context, GCancellable *cancellable, AppLocalTold *told, GError **error);
/* The same for engine_runner_measure () alone, which encodes nothing. */
gboolean app_local_tell_measured (AppPrompt *prompt, GPtrArray *contents, AppLocalTowers *towers, guint context, AppLocalTold *told, GError **error);
/* Encodes what is attached to the newest message, as far as its bytes are there, so that it is found when that is sent. What goes wrong is told then. Blocks. */
void app_local_tell_ahead (AppPrompt *prompt, AppLocalTowers *towers, guint context, GCancellable *cancellable);
/* Says what that would encode, and how: two of the same are the same work. NULL: nothing. Quick. (transfer full) (nullable) */
char *app_local_tell_key (AppPrompt *prompt, guint context);
/* The tools of a prompt, of EngineTool, whose strings are the prompt's. (transfer full) */
GArray *app_local_tell_tools (AppPrompt *prompt);
void app_local_told_clear (AppLocalTold *told);
/* Of what a message is given beside its text: tokens, without the words around them. */
gint64 app_local_told_columns (const AppLocalTold *told, guint message);

G_END_DECLS
