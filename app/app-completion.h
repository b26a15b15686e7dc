/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppCompletion: one answer in the making. An AppEngine makes it from an AppPrompt; AppConversation listens.
 *
 * It is abstract: the real one wraps a request of the engine, tests script their own. A subclass implements `start` and
 * `cancel` and reports, on the main thread, with the app_completion_push_… functions; this class gathers text so that
 * "text" is emitted at most once in 16 ms and always before "finished". "finished" comes exactly once after start, also after
 * cancel and error; the object keeps itself alive until then. */
#pragma once

#include "app-message.h"
#include "app-sampling.h"

G_BEGIN_DECLS

/* ---- AppPrompt: what an engine is asked; immutable, counted ---- */

#define APP_TYPE_PROMPT (app_prompt_get_type ())
typedef struct _AppPrompt AppPrompt;
GType app_prompt_get_type (void);

AppPrompt *app_prompt_new (const AppSampling *sampling);
AppPrompt *app_prompt_ref (AppPrompt *prompt);
void app_prompt_unref (AppPrompt *prompt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppPrompt, app_prompt_unref)

/* Only before the prompt is handed on. `attached`: (nullable) the texts of a note's attachments, which stand before its words and may be
 * cut at their end when they are longer than the model's context. */
void app_prompt_add (AppPrompt *prompt, AppRole role, const char *attached, const char *text);
guint app_prompt_get_n_messages (AppPrompt *prompt);
AppRole app_prompt_get_role (AppPrompt *prompt, guint index);
const char *app_prompt_get_attached (AppPrompt *prompt, guint index); /* "" for none */
const char *app_prompt_get_text (AppPrompt *prompt, guint index);
/* Attached texts and words, with an empty line between them. (transfer full) */
char *app_prompt_dup_content (AppPrompt *prompt, guint index);
char *app_prompt_join (const char *attached, gsize n_attached, const char *text);
const AppSampling *app_prompt_get_sampling (AppPrompt *prompt);
/* "system", "user", "assistant" */
const char *app_role_to_string (AppRole role);

/* ---- AppCompletion ---- */

#define APP_TYPE_COMPLETION (app_completion_get_type ())
G_DECLARE_DERIVABLE_TYPE (AppCompletion, app_completion, APP, COMPLETION, GObject)

struct _AppCompletionClass {
  GObjectClass parent_class;
  /* Begins. Must not call push_finished before it returns. */
  void (*start) (AppCompletion *self);
  /* Asks to stop soon; push_finished follows. Only called between start and finished. */
  void (*cancel) (AppCompletion *self);
};

/* Signals (main thread):
 *   "text" (const char *piece)     whole UTF-8, to be appended
 *   "progress" (double fraction)   of reading the prompt
 *   "finished" ()                  see get_stats, get_error, get_cancelled */
void app_completion_start (AppCompletion *self);
void app_completion_cancel (AppCompletion *self); /* may be called twice, or after the end */
gboolean app_completion_get_finished (AppCompletion *self);
gboolean app_completion_get_cancelled (AppCompletion *self); /* ended because of cancel */
const AppStats *app_completion_get_stats (AppCompletion *self);
const GError *app_completion_get_error (AppCompletion *self); /* (nullable) */

/* For subclasses. */
void app_completion_push_text (AppCompletion *self, const char *text, gsize n_bytes);
void app_completion_push_progress (AppCompletion *self, double fraction);
/* `error`: (nullable) (transfer full) */
void app_completion_push_finished (AppCompletion *self, const AppStats *stats, gboolean cancelled, GError *error);

G_END_DECLS
