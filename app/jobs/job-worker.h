/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What there is of workers for the steps of a job: one file here, and one line in workers.def.
 *
 * A worker changes nothing: it reads its inputs, has a model write, runs what is written where that can only compute, and gives back what it made. The job checks that, sends it back with what was found
 * wrong, and puts it in its place (app-job.h). */
#pragma once

#include "app-artifacts.h"
#include "app-datasets.h"
#include "app-document.h"
#include "app-engine.h"
#include "app-script-runner.h"
#include "app-writing.h"
#include "artifacts/artifact-kind.h"
#include "job-plan.h"

G_BEGIN_DECLS

/* A file that a step reads: one that is attached, or that an earlier step made. */
typedef struct {
  char *name;
  char *text;           /* its own, of a document or a file of text, without a frame for a model; NULL: none */
  AppDataset *dataset;  /* its tables; NULL: none */
  gboolean made;        /* by an earlier step, whose checks found nothing */
} JobInput;
JobInput *job_input_new (const char *name, const char *text, AppDataset *dataset);
void job_input_free (JobInput *input);

/* What a step made: files whole, and what is shown beside the chat. */
typedef struct {
  char *path;
  char *content; /* text */
} JobFile;

typedef struct {
  char *said;       /* Markdown for the person, a line or a few; "" */
  GPtrArray *files; /* JobFile */
  char *kind;       /* of the artifact, NULL for none */
  char *title, *source;
  GStrv data;       /* the ids of datasets that it speaks of */
  char *give;       /* a file of an earlier step that is to be given out to the person, who is asked; NULL: none */
  guint n_rows;     /* of the table that is its first file, or its artifact; 0: none */
} JobMade;
JobMade *job_made_new (void);
void job_made_free (JobMade *made);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JobMade, job_made_free)
void job_made_add_file (JobMade *made, const char *path, const char *content);
/* As JSON, for the journal, and back; NULL where it is none. (transfer full) */
char *job_made_print (const JobMade *made);
JobMade *job_made_parse (const char *json);

/* What a worker is given. Main thread; lives until it has answered. */
typedef struct {
  const JobStep *step;
  const char *request;       /* the person's words, for the whole job */
  AppEngine *engine;         /* READY; it holds the step to its budget */
  GPtrArray *inputs;         /* JobInput */
  GPtrArray *datasets;       /* AppDataset, of the inputs */
  GStrv columns;             /* that its file must have; NULL: not said */
  gboolean alone;            /* the request is the task: no other step makes anything, or it names the file of this one */
  char **written;            /* what a model wrote at the try before, and is replaced by what it writes now; NULL: nobody keeps it */
  AppScriptRunner *runner;   /* nullable */
  const char *const *findings; /* what was found wrong with `before`; NULL the first time */
  const JobMade *before;     /* nullable */
  AppWritingProgress progress; /* for the lane: what is written so far */
  gpointer progress_data;
} JobTask;

struct _JobWorker {
  const char *id;      /* for the model, and as it is stored */
  const char *name;    /* N_(): who does it, for the person: "Tables" */
  const char *wanted;  /* for the model that plans: what it is for */
  const char *suffix;  /* of the file that it makes, without a point: "csv"; several with "|"; "": none */
  guint share;         /* of a job's budget, compared with that of the others */
  gboolean needs_tables, needs_documents, needs_scripts;
  gboolean (*is_wanted) (const JobPlanCase *of); /* whether it comes into question at all; NULL: always */
  const char *instead; /* who does it after so many tries that came to nothing good, if that one is able; NULL: nobody */
  guint after;
  const char *const *checks; /* names that the model may choose of; NULL: none */
  /* Does it, through `task` (transfer full) (JobMade, or an error with a sentence). */
  void (*run) (const JobTask *of, GTask *task);
  /* Finds what is wrong with it, exactly, without a model; a sentence each, for model and person, is added to `findings`. Main thread, quick. NULL: nothing beyond what is looked at in all. */
  void (*check) (const JobTask *of, const JobMade *made, GPtrArray *findings);
};

/* The number `index`; NULL behind the last. */
const JobWorker *job_worker_get (guint index);
const JobWorker *job_worker_find (const char *id); /* (nullable) */
/* Whether it can work with what there is. */
gboolean job_worker_is_able (const JobWorker *worker, const JobPlanCase *of);

/* ---- for workers ---- */

/* The words for a model: the task, and the request that it belongs to. (transfer full) */
char *job_task_dup_words (const JobTask *of);
/* Names and beginnings of the inputs, for a prompt, in about so many bytes. (transfer full) */
char *job_task_dup_inputs (const JobTask *of, gsize budget);
/* What was found wrong, for a prompt; "" for nothing. (transfer full) */
char *job_task_dup_findings (const JobTask *of);
/* Questions and answers that are shown to the model as if it had been asked so before, in turns, ended by NULL; and what it may write: a grammar (GBNF) or a schema (JSON). All nullable. */
typedef struct {
  const char *const *examples;
  const char *gbnf, *schema;
  guint number; /* of several that are written at once: the first is the likeliest, the others differ */
} JobManner;
void job_task_write_so_async (const JobTask *of, const char *system, const JobManner *manner, const char *words, int max_tokens, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* A completion under a schema (NULL: free), of at most so many tokens; as app_writing_async (). `system`, `words`: of the prompt. */
void job_task_write_async (const JobTask *of, const char *system, const char *words, const char *schema, int max_tokens, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *job_task_write_finish (GAsyncResult *result, GError **error);
/* What a model wrote of something beside the chat, the result of a GTask: `task` keeps it as "written". NULL: the task has ended with the error. (transfer none) (nullable) */
AppArtifactWritten *job_task_take_written (GTask *task, GAsyncResult *result);

G_END_DECLS
