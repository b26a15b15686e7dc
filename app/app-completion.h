/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppCompletion: one answer in the making. An AppEngine makes it from an AppPrompt; AppConversation listens.
 *
 * It is abstract: the real one wraps a request of the engine, tests script their own. A subclass implements `start` and
 * `cancel` and reports, on the main thread, with the app_completion_push_… functions; this class gathers text so that
 * "text" is emitted at most once in 16 ms and always before "finished". "finished" comes exactly once after start, also after
 * cancel and error; the object keeps itself alive until then. What is thought before the text comes as "thought", at the same pace and in the order in which it was pushed. */
#pragma once

#include "app-document.h"
#include "app-message.h"
#include "app-sampling.h"
#include "app-senses.h"

G_BEGIN_DECLS

/* ---- AppPrompt: what an engine is asked; immutable, counted ---- */

#define APP_TYPE_PROMPT (app_prompt_get_type ())
typedef struct _AppPrompt AppPrompt;
GType app_prompt_get_type (void);

AppPrompt *app_prompt_new (const AppSampling *sampling);
AppPrompt *app_prompt_ref (AppPrompt *prompt);
void app_prompt_unref (AppPrompt *prompt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppPrompt, app_prompt_unref)

/* Only before the prompt is handed on. `documents`: (nullable) the texts of a note's attachments, an array of AppDocument, which stand before its words; where
 * they are longer than the model's context, it gets passages of them instead (AppSource). */
void app_prompt_add (AppPrompt *prompt, AppRole role, GPtrArray *documents, const char *text);
/* A file itself, given with a message to a model that has the sense for it. */
typedef struct {
  AppSenses sense;
  const char *mime_type; /* "image/png"; NULL: of another kind, for a model of this machine */
  GBytes *bytes;         /* NULL in a prompt that is only measured */
  const char *sha256;    /* NULL: not known */
  AppExtent extent;
  gboolean video;        /* the file is one: of it, what that sense is for; only for a model of this machine */
} AppPromptPart;
/* Gives them with the message that was added last; they keep their order. A copy is kept. */
void app_prompt_add_part (AppPrompt *prompt, const AppPromptPart *part);
/* Puts a text before the words of the last message, with an empty line between them. */
void app_prompt_put_before (AppPrompt *prompt, const char *text);
/* The same behind its words, and everything else that is said. "" is nothing. */
void app_prompt_put_behind (AppPrompt *prompt, const char *text);
void app_prompt_set_sampling (AppPrompt *prompt, const AppSampling *sampling);
void app_prompt_add_picture (AppPrompt *prompt, const char *mime_type, GBytes *bytes);
void app_prompt_add_sound (AppPrompt *prompt, const char *mime_type, GBytes *bytes);
/* Where the answer begins already (Continue): the model goes on from there, in the same turn. NULL: with its first word. Only before the prompt is handed on. */
void app_prompt_set_beginning (AppPrompt *prompt, const char *text);
const char *app_prompt_get_beginning (AppPrompt *prompt); /* (nullable) */
/* The adapter that a model of this machine answers with. Strings never NULL. */
typedef struct {
  char *name; /* for the person */
  char *path;
  double scale; /* 1: as it was trained */
} AppPromptAdapter;
AppPromptAdapter *app_prompt_adapter_new (const char *name, const char *path, double scale);
void app_prompt_adapter_free (AppPromptAdapter *adapter); /* (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppPromptAdapter, app_prompt_adapter_free)
/* Only before the prompt is handed on. `adapter`: (transfer full) (nullable) */
void app_prompt_set_adapter (AppPrompt *prompt, AppPromptAdapter *adapter);
const AppPromptAdapter *app_prompt_get_adapter (AppPrompt *prompt); /* (nullable): none */
/* What the answer may be (engine.h); NULL: anything. Only before the prompt is handed on, which keeps a reference of its own. A model of a server is not bound by it: who needs it
 * looks at the answer. */
typedef struct EngineGrammar EngineGrammar;
void app_prompt_set_grammar (AppPrompt *prompt, EngineGrammar *grammar);
EngineGrammar *app_prompt_get_grammar (AppPrompt *prompt); /* (transfer none) (nullable) */
/* How deeply it is thought about; Instant until this is called. Only before the prompt is handed on. */
void app_prompt_set_thinking (AppPrompt *prompt, const AppThinking *thinking);
const AppThinking *app_prompt_get_thinking (AppPrompt *prompt);
/* What the model may call, as it is told. Strings of it are copied. Only before the prompt is handed on. */
typedef struct {
  const char *name, *description, *parameters; /* JSON Schema */
} AppPromptTool;
void app_prompt_add_tool (AppPrompt *prompt, const AppPromptTool *tool);
guint app_prompt_get_n_tools (AppPrompt *prompt);
const AppPromptTool *app_prompt_get_tool (AppPrompt *prompt, guint index);
void app_prompt_drop_tools (AppPrompt *prompt);
/* A call that the message which was added last, an answer, made; and, as a message of its own, what came of a call. */
typedef struct {
  const char *id, *name, *arguments; /* a JSON object */
} AppPromptCall;
void app_prompt_add_call (AppPrompt *prompt, const AppPromptCall *call);
void app_prompt_add_result (AppPrompt *prompt, const char *call_id, const char *name, const char *text);
guint app_prompt_get_n_calls (AppPrompt *prompt, guint index);
const AppPromptCall *app_prompt_get_call (AppPrompt *prompt, guint index, guint call);
/* Of a result: whose it is. NULL for other messages; no arguments. */
const AppPromptCall *app_prompt_get_result_of (AppPrompt *prompt, guint index);
/* The same prompt once more, to be added to. (transfer full) */
AppPrompt *app_prompt_copy (AppPrompt *prompt);
guint app_prompt_get_n_messages (AppPrompt *prompt);
AppRole app_prompt_get_role (AppPrompt *prompt, guint index);
GPtrArray *app_prompt_get_documents (AppPrompt *prompt, guint index); /* never NULL */
const char *app_prompt_get_attached (AppPrompt *prompt, guint index); /* their texts, with an empty line between them; "" for none */
const char *app_prompt_get_text (AppPrompt *prompt, guint index);
/* The words of the person's newest message; "" for none. */
const char *app_prompt_get_question (AppPrompt *prompt);
guint app_prompt_get_n_parts (AppPrompt *prompt, guint index);
const AppPromptPart *app_prompt_get_part (AppPrompt *prompt, guint index, guint part);
/* Attached texts and words, with an empty line between them. (transfer full) */
char *app_prompt_dup_content (AppPrompt *prompt, guint index);
char *app_prompt_join (const char *attached, const char *text);
const AppSampling *app_prompt_get_sampling (AppPrompt *prompt);
/* "system", "user", "assistant", "tool" */
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
  /* Ends the thought soon, and goes on with the answer. Only called between start and finished. NULL: it cannot. */
  void (*answer_now) (AppCompletion *self);
  /* Whether that is of any use; NULL: whenever there is answer_now. */
  gboolean (*can_answer_now) (AppCompletion *self);
  /* Holds it within a token or two, and lets it go on where it was. NULL: it cannot. */
  void (*set_paused) (AppCompletion *self, gboolean paused);
};

/* Signals (main thread):
 *   "text" (const char *piece)     whole UTF-8, to be appended
 *   "thought" (const char *piece)  likewise, to the thought
 *   "progress" (double fraction)   of reading the prompt
 *   "moved" (const char *reason)   the graphics card failed, which the sentence tells; the answer goes on, on the processor
 *   "call" (guint index, const char *id, const char *name, const char *piece)   the call number `index` of this completion grows: the next piece of its
 *                                  arguments, which may be empty. The name is known from the first on, the id at the end at the latest (NULL before). name NULL: it is no
 *                                  call; `piece` is all of it, as the model wrote it
 *   "finished" ()                  see get_stats, get_error, get_cancelled */
void app_completion_start (AppCompletion *self);
void app_completion_cancel (AppCompletion *self); /* may be called twice, or after the end */
void app_completion_answer_now (AppCompletion *self); /* where it cannot, nothing happens */
gboolean app_completion_can_answer_now (AppCompletion *self);
gboolean app_completion_can_pause (AppCompletion *self);
void app_completion_set_paused (AppCompletion *self, gboolean paused); /* likewise; it can be cancelled meanwhile */
gint64 app_completion_get_tokens (AppCompletion *self); /* written so far; 0 where nobody counts them before the end */
gboolean app_completion_get_finished (AppCompletion *self);
gboolean app_completion_get_cancelled (AppCompletion *self); /* ended because of cancel */
const AppStats *app_completion_get_stats (AppCompletion *self);
/* The passages that the model was given and may cite, an array of AppSource; NULL for none. Known before the first "text". (transfer none) */
GPtrArray *app_completion_get_sources (AppCompletion *self);
const GError *app_completion_get_error (AppCompletion *self); /* (nullable) */

/* For subclasses. */
void app_completion_push_text (AppCompletion *self, const char *text, gsize n_bytes);
void app_completion_push_thought (AppCompletion *self, const char *text, gsize n_bytes);
void app_completion_push_progress (AppCompletion *self, double fraction);
void app_completion_push_tokens (AppCompletion *self, gint64 n_tokens); /* so far; before the text that they are */
void app_completion_push_moved (AppCompletion *self, const char *reason);
void app_completion_push_call (AppCompletion *self, guint index, const char *id, const char *name, const char *piece);
void app_completion_set_sources (AppCompletion *self, GPtrArray *sources); /* (nullable) */
/* `error`: (nullable) (transfer full) */
void app_completion_push_finished (AppCompletion *self, const AppStats *stats, gboolean cancelled, GError *error);

G_END_DECLS
