/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-make.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-ask.h"
#include "app-attached-tables.h"
#include "app-error.h"
#include "app-message.h"
#include "app-source.h"
#include "app-tool-loop.h"
#include "artifacts/artifact-kind.h"
#include "artifacts/make-about.h"
#include "artifacts/make-route.h"
#include "artifacts/start-spec.h"
#include "tables/answer-text.h"

/* Bytes of a source that somebody asks about: some 1,600 tokens. */
#define MAX_ABOUT 5000
/* How often what was found wrong is mended. */
#define MAX_REPAIRS 3

struct _AppMake {
  AppCompletion parent;
  AppEngine *engine;
  AppPrompt *prompt;
  GCancellable *cancellable;

  /* As AppMakeOrder has them. */
  AppArtifacts *artifacts;
  AppDatasets *datasets;
  AppChecker *checker;
  GListModel *messages;
  guint n_messages;
  gint64 answer;
  char *note, *wish;
  AppPick *pick;
  AppToolbox *toolbox;
  GListStore *calls;

  GPtrArray *tables;      /* AppAttachedTable; NULL until they were looked for */
  AppCompletion *words;   /* an answer in words; NULL: none yet */
  AppVersion *version;    /* that is written, or was last; NULL */
  const AppArtifactKind *kind;
  AppVersion *base;       /* that is changed; NULL: a new artifact */
  char *said;             /* by who wrote it */
  gboolean not_its_fault; /* what is wrong cannot be mended in what a model writes */
  guint n_repairs;
  GArray *citations;
  AppStats stats;         /* of all that was written */
};

G_DEFINE_FINAL_TYPE (AppMake, app_make, APP_TYPE_COMPLETION)

static void
finish (AppMake *self, GError *error)
{
  gboolean cancelled = error != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (cancelled)
    g_clear_error (&error);
  if (error == NULL && !cancelled)
    self->stats.finish = APP_FINISH_STOP;
  app_completion_push_finished (APP_COMPLETION (self), &self->stats, cancelled, error);
}

static void
say (AppMake *self, const char *text)
{
  app_completion_push_text (APP_COMPLETION (self), text, strlen (text));
}

static void
count (AppMake *self, const AppStats *stats)
{
  self->stats.tokens += stats->tokens;
  self->stats.prompt_tokens += stats->prompt_tokens;
  self->stats.reused_tokens += stats->reused_tokens;
  /* No speed: that of one word, with which a note is sorted, would be taken for the answer's. */
  self->stats.place = stats->place;
}

/* ---- in words ---- */

static void
on_words_text (AppCompletion *words, const char *piece, AppMake *self)
{
  app_completion_set_sources (APP_COMPLETION (self), app_completion_get_sources (words));
  say (self, piece);
}

static void
on_words_thought (AppCompletion *words, const char *piece, AppMake *self)
{
  app_completion_push_thought (APP_COMPLETION (self), piece, strlen (piece));
}

static void
on_words_progress (AppCompletion *words, double fraction, AppMake *self)
{
  app_completion_push_progress (APP_COMPLETION (self), fraction);
}

static void
on_words_moved (AppCompletion *words, const char *reason, AppMake *self)
{
  app_completion_push_moved (APP_COMPLETION (self), reason);
}

static void
on_words_finished (AppCompletion *words, AppMake *self)
{
  const GError *error = app_completion_get_error (words);

  app_completion_set_sources (APP_COMPLETION (self), app_completion_get_sources (words));
  app_completion_push_finished (APP_COMPLETION (self), app_completion_get_stats (words), app_completion_get_cancelled (words), error != NULL ? g_error_copy (error) : NULL);
}

/* Who asks about what was made is answered by somebody who knows it. */
static void
tell_about (AppMake *self)
{
  AppArtifact *latest = app_artifacts_get_latest (self->artifacts);
  AppVersion *version = latest != NULL ? app_artifact_get_current (latest) : NULL;

  if (version != NULL && app_version_get_source (version)[0] != '\0' && app_prompt_get_n_messages (self->prompt) > 0 && (self->pick != NULL || make_about_is (self->note, latest))) {
    g_autofree char *text = make_about_dup (version, MAX_ABOUT);
    app_prompt_put_before (self->prompt, text);
  }
}

static void
talk (AppMake *self)
{
  GError *error = NULL;

  tell_about (self);
  self->words = self->toolbox != NULL ? app_tool_loop_new (self->engine, self->prompt, self->toolbox, self->calls, self->answer)
                                      : app_engine_complete (self->engine, self->prompt, &error);
  if (self->words == NULL) {
    finish (self, error);
    return;
  }
  g_signal_connect_object (self->words, "text", G_CALLBACK (on_words_text), self, 0);
  g_signal_connect_object (self->words, "thought", G_CALLBACK (on_words_thought), self, 0);
  g_signal_connect_object (self->words, "progress", G_CALLBACK (on_words_progress), self, 0);
  g_signal_connect_object (self->words, "moved", G_CALLBACK (on_words_moved), self, 0);
  g_signal_connect_object (self->words, "finished", G_CALLBACK (on_words_finished), self, 0);
  app_completion_start (self->words);
}

/* ---- out of tables ---- */

/* (transfer full): of AppDataset */
static GPtrArray *
get_datasets (AppMake *self)
{
  GPtrArray *datasets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; self->tables != NULL && i < self->tables->len; i++)
    g_ptr_array_add (datasets, g_object_ref (((AppAttachedTable *) self->tables->pdata[i])->dataset));
  return datasets;
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMake) self = data;
  AppAskReport report;
  GError *error = NULL;
  g_autoptr (AppResult) answer = app_ask_run_finish (APP_ASK (source), result, &report, &error);

  self->stats.tokens += report.n_tokens;
  if (answer != NULL) {
    const AppAttachedTable *first = self->tables->pdata[0];
    g_autoptr (GString) ids = g_string_new (NULL);
    g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);
    g_autofree char *text = answer_text_new (answer);
    AppCitation citation = { strlen (text), 1 };

    for (guint i = 0; i < self->tables->len; i++)
      g_string_append_printf (ids, "%s%s", i > 0 ? "\n" : "", app_dataset_get_id (((AppAttachedTable *) self->tables->pdata[i])->dataset));
    g_ptr_array_add (sources, app_source_new_query (first->note, first->attachment, first->name, app_result_get_sql (answer), ids->str));
    self->citations = g_array_new (FALSE, FALSE, sizeof (AppCitation));
    g_array_append_val (self->citations, citation);
    app_completion_set_sources (APP_COMPLETION (self), sources);
    say (self, text);
  }
  app_ask_report_clear (&report);
  finish (self, error);
}

static void
ask (AppMake *self)
{
  g_autoptr (GPtrArray) datasets = get_datasets (self);
  g_autoptr (AppAsk) asker = app_ask_new (datasets);

  app_ask_run_async (asker, self->engine, self->note, NULL, self->cancellable, on_asked, g_object_ref (self));
}

/* ---- making ---- */

static void have_written (AppMake *self, const char *const *details);

static void
tell_made (AppMake *self)
{
  const char *title = app_artifact_get_title (app_version_get_artifact (self->version));
  g_autofree char *text = NULL;

  switch (app_version_get_state (self->version)) {
  case APP_VERSION_WORKS:
    text = g_strdup_printf (self->base != NULL ? _("“%s” is changed.") : _("“%s” is ready."), title);
    break;
  case APP_VERSION_FAILS:
    text = g_strdup_printf (self->not_its_fault ? _("“%s” does not work here.") : _("“%s” does not work yet. Say what to change, or ask for it once more."), title);
    break;
  default:
    text = g_strdup_printf (_("“%s” is written. Nothing has looked at it yet, so it may not work."), title);
  }
  say (self, text);
  if (self->said != NULL && self->said[0] != '\0') {
    say (self, "\n\n");
    say (self, self->said);
  }
  finish (self, NULL);
}

static void
on_seen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMake) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppSeen) seen = app_checker_look_finish (APP_CHECKER (source), result, &error);

  if (seen == NULL) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      finish (self, g_steal_pointer (&error));
    else
      tell_made (self); /* unseen */
    return;
  }
  app_artifacts_set_seen (self->artifacts, self->version, seen->works ? APP_VERSION_WORKS : APP_VERSION_FAILS, (const char *const *) seen->findings, seen->thumbnail);
  if (!seen->works && self->kind->mends && self->n_repairs < MAX_REPAIRS) {
    self->n_repairs++;
    have_written (self, (const char *const *) seen->details);
  } else {
    tell_made (self);
  }
}

static void
on_bundle (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMake) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_artifacts_make_bundle_finish (APP_ARTIFACTS (source), result, &error);

  if (bundle != NULL) {
    app_checker_look_async (self->checker, bundle, self->cancellable, on_seen, g_object_ref (self));
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    finish (self, g_steal_pointer (&error));
  } else {
    const char *findings[] = { error->message, NULL };
    app_artifacts_set_seen (self->artifacts, self->version, APP_VERSION_FAILS, findings, NULL);
    tell_made (self);
  }
}

static void
on_progress (const char *so_far, gpointer data)
{
  AppMake *self = data;

  app_artifacts_write (self->artifacts, self->version, so_far, NULL);
}

static gboolean
is_worth_keeping (const char *source)
{
  g_autoptr (JsonNode) node = start_spec_is (source) ? json_from_string (source, NULL) : NULL;

  return node != NULL || (source[0] != '\0' && !start_spec_is (source));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMake) self = data;
  GError *error = NULL;
  g_autoptr (AppArtifactWritten) written = g_task_propagate_pointer (G_TASK (result), &error);

  if (written == NULL) {
    gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

    /* What is there is kept, as it is with words; a change that did not come about is none, and half a specification shows nothing. */
    if (self->base == NULL && self->n_repairs == 0 && is_worth_keeping (app_version_get_source (self->version)))
      app_artifacts_end (self->artifacts, self->version, NULL);
    else
      app_artifacts_discard (self->artifacts, self->version);
    if (self->n_repairs > 0 && !cancelled) {
      /* What was to be mended is still there; who was to do it may know that it is not the model's to mend. */
      if (g_error_matches (error, APP_ERROR, APP_ERROR_FAILED)) {
        g_free (self->said);
        self->said = g_strdup (error->message);
        self->not_its_fault = TRUE;
      }
      g_clear_error (&error);
      self->version = app_artifacts_find (self->artifacts, self->answer);
      tell_made (self);
    } else {
      finish (self, error);
    }
    return;
  }
  self->stats.tokens += written->n_tokens;
  if (self->stats.first_token_ms == 0)
    self->stats.first_token_ms = written->first_token_ms;
  if (self->n_repairs == 0) {
    g_free (self->said);
    self->said = g_strdup (written->said);
  }
  app_artifacts_write (self->artifacts, self->version, written->source, NULL);
  app_artifacts_end (self->artifacts, self->version, written->title);
  if (self->checker != NULL && self->kind->is_page)
    app_artifacts_make_bundle_async (self->artifacts, self->version, NULL, self->cancellable, on_bundle, g_object_ref (self));
  else
    tell_made (self);
}

/* What else is attached, as text. (transfer full) */
static char *
dup_documents (AppMake *self)
{
  guint n = app_prompt_get_n_messages (self->prompt);

  return g_strdup (n > 0 ? app_prompt_get_attached (self->prompt, n - 1) : "");
}

/* Has it written: new, changed, or, with `details`, mended. */
static void
have_written (AppMake *self, const char *const *details)
{
  g_autoptr (GPtrArray) datasets = get_datasets (self);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autofree char *documents = datasets->len == 0 ? dup_documents (self) : g_strdup ("");
  AppVersion *base = details != NULL ? self->version : self->base;
  AppArtifactOrder order = { .engine = self->engine, .kind = self->kind, .wish = self->note, .documents = documents, .datasets = datasets, .pick = self->pick, .findings = details };
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_written, g_object_ref (self));
  g_autofree char *title = NULL;

  if (base != NULL)
    order.base = app_version_get_source (base);
  if (base != NULL && datasets->len == 0) {
    /* It speaks of the tables that it spoke of. */
    for (const char *const *id = app_version_get_data (base); *id != NULL; id++) {
      AppDataset *dataset = app_datasets_open (self->datasets, *id);
      if (dataset != NULL)
        g_ptr_array_add (datasets, dataset);
    }
  }
  for (guint i = 0; i < datasets->len; i++)
    g_ptr_array_add (ids, (gpointer) app_dataset_get_id (datasets->pdata[i]));
  g_ptr_array_add (ids, NULL);
  title = g_strdup (base != NULL ? app_artifact_get_title (app_version_get_artifact (base)) : _(self->kind->name));
  self->version = app_artifacts_begin (self->artifacts, base, self->kind, title, self->answer, details != NULL ? APP_ORIGIN_REPAIR : APP_ORIGIN_MODEL);
  app_artifacts_write (self->artifacts, self->version, "", (const char *const *) ids->pdata);
  self->kind->write (&order, (AppArtifactProgress) { on_progress, self }, g_steal_pointer (&task));
}

/* ---- which of them ---- */

static void
go (AppMake *self, const char *route)
{
  AppArtifact *latest = app_artifacts_get_latest (self->artifacts);

  if (strcmp (route, MAKE_ROUTE_ASK) == 0 && self->tables != NULL && self->tables->len > 0) {
    ask (self);
    return;
  }
  if (strcmp (route, MAKE_ROUTE_CHANGE) == 0 && latest != NULL) {
    self->base = app_artifact_get_current (latest);
    self->kind = app_artifact_get_kind (latest);
  } else {
    self->kind = app_artifact_kind_find (route);
  }
  gboolean lacks = self->kind->needs_tables && (self->tables == NULL || self->tables->len == 0) && self->base == NULL;
  if (lacks && strcmp (route, self->wish) == 0)
    finish (self, g_error_new (APP_ERROR, APP_ERROR_MISSING, _("“%s” needs a table. Attach a spreadsheet, a CSV file or a database, and send it again."), _(self->kind->name)));
  else if (self->kind->write == NULL || lacks)
    talk (self);
  else
    have_written (self, NULL);
}

static void
on_route (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMake) self = data;
  AppStats stats;
  GError *error = NULL;
  const char *route = make_route_finish (result, &stats, &error);

  if (route == NULL) {
    finish (self, error);
    return;
  }
  count (self, &stats);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &error))
    finish (self, error);
  else
    go (self, route);
}

static void
choose (AppMake *self)
{
  MakeRouteCase of = { .note = self->note, .tables = self->tables != NULL && self->tables->len > 0, .latest = app_artifacts_get_latest (self->artifacts) };
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, &error)) {
    finish (self, error);
    return;
  }
  if (self->wish[0] != '\0')
    go (self, self->wish);
  else if (self->pick != NULL && of.latest != NULL)
    go (self, MAKE_ROUTE_CHANGE);
  else if (of.latest != NULL && make_about_is_question (self->note, of.tables))
    talk (self);
  else if (make_route_find (&of) != NULL)
    go (self, make_route_find (&of));
  else if (make_route_is_open (&of))
    make_route_async (self->engine, &of, self->cancellable, on_route, g_object_ref (self));
  else
    talk (self);
}

static void
on_tables (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppMake) self = data;
  GError *error = NULL;

  self->tables = app_attached_tables_finish (result, &error);
  if (self->tables == NULL)
    finish (self, error);
  else
    choose (self);
}

static gboolean
on_idle (gpointer data)
{
  choose (data);
  return G_SOURCE_REMOVE;
}

/* ---- AppCompletion ---- */

static void
start (AppCompletion *completion)
{
  AppMake *self = APP_MAKE (completion);

  if (self->datasets != NULL && app_attached_tables_may_be (self->messages, self->n_messages))
    app_attached_tables_async (self->messages, self->n_messages, self->datasets, self->cancellable, on_tables, g_object_ref (self));
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, g_object_ref (self), g_object_unref);
}

static void
cancel (AppCompletion *completion)
{
  AppMake *self = APP_MAKE (completion);

  if (self->words != NULL)
    app_completion_cancel (self->words);
  else
    g_cancellable_cancel (self->cancellable);
}

static void
answer_now (AppCompletion *completion)
{
  app_completion_answer_now (APP_MAKE (completion)->words);
}

static gboolean
can_answer_now (AppCompletion *completion)
{
  AppMake *self = APP_MAKE (completion);

  return self->words != NULL && app_completion_can_answer_now (self->words);
}

const char *
app_make_get_notice (AppMake *self)
{
  return self->words != NULL && self->tables != NULL && self->tables->len > 0 ? _("answered in words: figures in it were not computed from the tables") : NULL;
}

GArray *
app_make_get_citations (AppMake *self)
{
  return self->citations;
}

/* ---- object ---- */

gboolean
app_make_is_needed (const AppMakeOrder *order)
{
  MakeRouteCase of = { .note = order->note, .latest = app_artifacts_get_latest (order->artifacts) };

  return (order->wish != NULL && order->wish[0] != '\0') || order->pick != NULL || make_route_is_open (&of) ||
         (order->datasets != NULL && order->note[0] != '\0' && app_attached_tables_may_be (order->messages, order->n_messages));
}

AppCompletion *
app_make_new (AppEngine *engine, AppPrompt *prompt, const AppMakeOrder *order)
{
  AppMake *self = g_object_new (APP_TYPE_MAKE, NULL);

  self->engine = g_object_ref (engine);
  self->prompt = app_prompt_ref (prompt);
  self->artifacts = g_object_ref (order->artifacts);
  g_set_object (&self->datasets, order->datasets);
  g_set_object (&self->checker, order->checker);
  self->messages = g_object_ref (order->messages);
  self->n_messages = order->n_messages;
  self->answer = order->answer;
  self->note = g_strdup (order->note);
  self->wish = g_strdup (order->wish != NULL ? order->wish : "");
  self->pick = app_pick_copy (order->pick);
  g_set_object (&self->toolbox, order->toolbox);
  g_set_object (&self->calls, order->calls);
  return APP_COMPLETION (self);
}

static void
app_make_dispose (GObject *object)
{
  AppMake *self = APP_MAKE (object);

  g_clear_object (&self->words);
  g_clear_object (&self->engine);
  g_clear_object (&self->artifacts);
  g_clear_object (&self->datasets);
  g_clear_object (&self->checker);
  g_clear_object (&self->toolbox);
  g_clear_object (&self->calls);
  g_clear_object (&self->messages);
  G_OBJECT_CLASS (app_make_parent_class)->dispose (object);
}

static void
app_make_finalize (GObject *object)
{
  AppMake *self = APP_MAKE (object);

  app_prompt_unref (self->prompt);
  g_object_unref (self->cancellable);
  g_free (self->note);
  g_free (self->wish);
  g_free (self->said);
  app_pick_free (self->pick);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_clear_pointer (&self->citations, g_array_unref);
  G_OBJECT_CLASS (app_make_parent_class)->finalize (object);
}

static void
app_make_class_init (AppMakeClass *klass)
{
  AppCompletionClass *completion_class = APP_COMPLETION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = app_make_dispose;
  G_OBJECT_CLASS (klass)->finalize = app_make_finalize;
  completion_class->start = start;
  completion_class->cancel = cancel;
  completion_class->answer_now = answer_now;
  completion_class->can_answer_now = can_answer_now;
}

static void
app_make_init (AppMake *self)
{
  self->cancellable = g_cancellable_new ();
}
