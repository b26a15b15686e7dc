/* SPDX-License-Identifier: MIT */
/* Inside the runner: what its files share.
 *
 * Internal. runner-start.c makes and ends a runner, runner.c is its thread and schedules,
 * draft.c guesses tokens ahead, of what lookup.c and drafter.c find, batch.c runs one submission, request.c hands events over to the caller's thread, prompt.c
 * makes tokens of messages.
 *
 * Two locks. A request's lock guards what it has to tell and its way to the runner; the
 * runner's lock guards what comes in. Who holds a request's lock may take the runner's,
 * never the other way round, and nothing is computed under either. */
#pragma once

#include "adapter.h"
#include "kv.h"
#include "columns.h"
#include "drafter.h"
#include "heading.h"
#include "lookup.h"
#include "grammar/constraint.h"
#include "model.h"
#include "request-calls.h"
#include "thought.h"
#include "sample/sampler.h"
#include "tokenizer/tokenizer.h"
#include "wording.h"

#include <pthread.h>
#include <stdatomic.h>

/* Text, ids and log-probabilities of a stretch of the answer. */
typedef struct {
  char          *text;
  size_t         n_bytes, bytes_capacity;
  int32_t       *ids;
  size_t         n_ids, ids_capacity;
  EngineLogprob *top;       /* [n_ids · n_top] */
  size_t         top_capacity;
  EngineTokenLogprobs *logprobs; /* [n_ids], made when it is taken */
} EngineChunk;

typedef struct EngineProbe EngineProbe; /* probe.c */
typedef struct EngineTurn EngineTurn;   /* turn.c */

typedef enum { ENGINE_REQUEST_WAITING, ENGINE_REQUEST_PREFILL, ENGINE_REQUEST_DECODE } EngineRequestState;

struct EngineRequest {
  atomic_int      ref_count; /* the caller's and the runner's */
  atomic_bool     cancelled;
  atomic_bool     asked;     /* to answer now */
  atomic_bool     paused;

  /* Set before the request is queued. */
  int32_t         n_prompt, max_tokens, n_top;
  bool            ignore_end;
  EngineAdaptation adaptation; /* with a reference */
  uint64_t        salt;      /* of the adaptation: those with the same may share pages and submissions */
  double          submitted_ms;
  void          (*wake) (void *user);
  void           *wake_user;

  pthread_mutex_t lock;
  pthread_cond_t  changed;
  /* Under the lock. What waits to be taken: a progress, then a chunk, then the end. */
  EngineRunner   *runner;    /* NULL once ended */
  bool            detached;  /* the caller has let go: no more wakes */
  bool            has_progress, has_moved, ended, end_taken;
  int32_t         progress;
  EngineChunk     thought_pending, pending; /* the thought is taken before the answer */
  EngineStats     stats;
  EngineFinish    finish;
  EngineError     error;     /* code ENGINE_OK: ended with DONE */
  EngineError     moved;     /* why, of has_moved */
  int32_t         moved_at;  /* tokens of the answer that were there */

  EngineChunk     taken;     /* the caller's thread: what the last event points to */

  /* The runner's thread. */
  EngineRequest  *next;      /* in a queue */
  EngineRequestState state;
  uint8_t        *breakers; /* for the sampler; NULL: it needs none */
  EngineSampler  *sampler;
  EngineConstraint *constraint; /* NULL: none. Of the answer: engine_request_constraint () */
  EngineThought  *thought;   /* NULL: all is answer */
  EngineTurn     *turn;      /* its conversation, for the next prompt; NULL: that begins as this one did */
  bool            idle;      /* idle.c's, nobody's but the runner's */
  EngineProbe    *probe;     /* of the thought; NULL: none yet */
  EngineRequest  *probe_of;  /* it is a probe's fork, nobody's but the runner's; NULL: a caller's */
  EngineDecoder   decoder;
  const EngineHeading *heading; /* what `fresh` may still turn out to be; NULL: it is the answer */
  EngineKvSequence *sequence; /* NULL while waiting */
  int32_t        *tokens;    /* the prompt, then the answer so far; room for the context */
  EngineMediaList media;     /* what tokens below 0 stand for; set before the request is queued */
  int32_t        *axes;      /* [n_axes, n_prompt] of a model whose rope has several; NULL: not. The answer's first token is at answer_position on all */
  int32_t         answer_position;
  int32_t        *lasts;     /* as long as tokens, the last position that each one sees; NULL: its own. Submissions end where a slice may: columns.h */
  int32_t         n_tokens;
  int32_t         n_draft;   /* tokens behind them that are guessed, while a submission is formed and runs */
  EngineLookup   *lookup;    /* NULL: nothing is guessed */
  bool drafts;               /* the runner's drafter guesses too */
  EngineReader *reader;      /* its; NULL: not yet */
  int32_t         n_reused;
  EngineExpertStats experts_before; /* of the model, when it was admitted */
  double          admitted_ms, first_ms, last_ms;
  double          paused_ms; /* when it was parked */
  EngineChunk     fresh;     /* not handed over yet: its text has no whole character, or may be a heading */
  EngineStats     now;
  EngineRequestCalls *calls; /* where it has tools to call: in the place of the chunks' text; NULL: none */
};

/* The tokens of one submission and whom they belong to: requests of one adaptation, which is the graph's. */
typedef struct {
  int32_t  *tokens, *positions, *sequence, *outputs;
  int32_t  *axes;                 /* [n_axes, tokens_capacity], or NULL */
  int32_t   n_axes;
  int32_t  *lasts;                /* [tokens_capacity] */
  EngineBatchSequence *sequences;
  EngineRequest      **requests;  /* [n_sequences] */
  int32_t  *counts;               /* [n_sequences] tokens of each */
  int32_t  *wants_outputs;        /* [n_sequences] how many of its columns, the last ones, are sampled: 0, or 1 and its draft */
  float    *media;                /* [n_embd, media_capacity] */
  int32_t   media_capacity;
  int32_t   n_tokens, n_sequences, n_outputs, n_prefill, n_drafts;
  int32_t   tokens_capacity, sequences_capacity;
} EngineSubmission;

#define ENGINE_KEPT_GRAPHS 20 /* decoding asks for one for each number of drafted tokens */
#define ENGINE_SLICE_MAX 512
#define ENGINE_PROBES_MOST 4 /* at once */

typedef struct {
  EngineGraph graph;
  int32_t     n_cache_nodes; /* the nodes up to the last that writes into the cache */
  bool        used;
  uint64_t    salt;          /* of its adaptation; an adapter that is gone leaves graphs that nobody asks for again */
  uint64_t    clock;
} EngineKeptGraph;

struct EngineRunner {
  atomic_int      ref_count;
  EngineModel    *model;
  int32_t         n_context, max_requests;
  EngineCacheType cache_type;
  size_t          cache_bytes; /* wished for; 0: as it comes */
  pthread_t       thread;

  pthread_mutex_t lock;
  pthread_cond_t  woken;
  /* Under the lock. */
  EngineRequest  *incoming, **incoming_end;
  bool            quit;
  bool            poked;     /* something is to be looked at, though nobody may be at work */
  EngineIdle      idle_work;
  EngineCallGrammars call_grammars;

  EngineDrafter *drafter;    /* NULL: none */
  EngineWordings *wordings;  /* has its own lock */
  atomic_bool     idling;    /* what runs may be interrupted for a request */
  atomic_bool     interrupt; /* ends a submission that holds prompt tokens early */

  /* The runner's thread. */
  EngineCacheStore *store;
  EngineKv       *kv;
  EngineRequest  *waiting, **waiting_end;
  EngineRequest  *parked;    /* that are paused: without a sequence, in no order */
  EngineRequest **active;    /* [n_active], at most max_requests and ENGINE_PROBES_MOST, in the order of admission: the youngest last */
  int32_t         n_active, turn;
  int32_t         n_probes;  /* of the active ones */
  EngineRequest  *idle;      /* waits until nobody else does; NULL: nothing */
  uint64_t        salt;      /* of the requests whose turn it was last */
  bool            hold;      /* pages ran out: nobody is admitted until someone has ended */
  EngineSubmission submission;
  EngineKeptGraph graphs[ENGINE_KEPT_GRAPHS];
  uint64_t        graph_clock;
  float          *logits;    /* [n_vocab · (max_requests + ENGINE_PROBES_MOST + ENGINE_DRAFT_ROOM)] */
  EngineCosts     costs;     /* of submissions without prompts */
  double          prefill_ms, decode_ms; /* measured: of a prompt token, of a submission without any; 0: not yet */
  int32_t         slice;     /* the last slice of a lone prompt */
};

double engine_now_ms (void);

/* ---- prompt.c ---- */

/* The tokens of the request's prompt, malloc'd, at most n_context - 1, and the media that some of them stand for; oldest turns are left
 * out when it is longer. Errors: BAD_INPUT, NO_MEMORY. */
bool engine_prompt_build (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
                          int32_t **tokens, int32_t *n_tokens, EngineMediaList *media, int32_t *dropped_messages, EngineError *error);

/* The same for a prompt of any length: it may be longer than the context, where the newest turn alone is. `media` may be NULL. */
bool engine_prompt_build_any (const EngineModel *model, const EngineRequestParams *params, int32_t n_context,
                              int32_t **tokens, size_t *n_tokens, EngineMediaList *media, int32_t *dropped_messages, EngineError *error);

/* ---- turn.c ---- */

/* The conversation of a request, which the next turn goes on with. NULL: there is none, or no thought in it. Errors: NO_MEMORY, BAD_INPUT. */
EngineTurn *engine_turn_new (const EngineModel *model, const EngineRequestParams *params, EngineError *error);
void        engine_turn_free (EngineTurn *turn);
/* More of the answer. */
void        engine_turn_add (EngineTurn *turn, const char *text, size_t n_bytes);
/* The tokens, malloc'd, that the next prompt will begin with, whatever is asked. Errors: those of engine_prompt_build (). */
bool        engine_turn_next (const EngineTurn *turn, const EngineModel *model, int32_t n_context, int32_t **tokens, size_t *n_tokens, EngineError *error);

/* ---- request.c: the runner's side ---- */

EngineRequest *engine_request_new (EngineRunner *runner, const EngineRequestParams *params, EngineError *error);
void engine_request_drop (EngineRequest *request);
/* Each hands over to the caller and wakes it when there was nothing before. */
void engine_request_progress (EngineRequest *request, int32_t done);
/* From here on on the processor, and why. */
void engine_request_moved (EngineRequest *request, const EngineError *why);
/* Adds a token of the answer; `logits` for its top_logprobs, NULL: it was forced. */
bool engine_request_token (EngineRequest *request, int32_t id, const float *logits, EngineError *error);
/* The grammar that the next token follows; NULL: none, or not yet. */
EngineConstraint *engine_request_constraint (const EngineRequest *request);
/* How many of its tokens are the answer's. */
int32_t engine_request_answered (const EngineRequest *request);
/* Ends it with DONE, or with ERROR when `error` is given, and drops the runner's reference. */
void engine_request_end (EngineRequest *request, EngineFinish finish, const EngineError *error);

/* ---- draft.c ---- */

/* Guesses what follows the tokens of a request, as far as that pays in a submission that has n_columns without it, among them all of the request that are not
 * evaluated yet, and brings n_tokens; reserves their pages. Gives how many; they stand behind the request's tokens. `*gained`: what they bring, in the mean. */
int32_t engine_draft_make (EngineRunner *runner, EngineRequest *request, int32_t n_columns, double n_tokens, double *gained);
/* After the submission: they are no tokens of the request, whatever became of it. */
void engine_draft_drop (EngineRequest *request);

/* ---- probe.c ---- */

/* Before its thought, and after a token of it: begins a probe if it is time for one. */
void engine_probe_consider (EngineRunner *runner, EngineRequest *request);
/* The logits after all tokens of a fork. False: the probe is at its end, and the fork gone. */
bool engine_probe_take (EngineRunner *runner, EngineRequest *fork, const float *logits);
/* The submission took so long: what is more than it takes without probes is theirs. */
void engine_probe_cost (EngineRunner *runner, double ms);
/* Takes the fork out of everything that the runner has. */
void engine_probe_drop (EngineRunner *runner, EngineRequest *fork);
/* The same for the fork of a request, if there is one. */
void engine_probe_end (EngineRunner *runner, EngineRequest *request);
void engine_probe_free (EngineProbe *probe);

/* ---- pause.c ---- */

/* Between two submissions: who is paused gives way, who is not any more waits for a place. */
void engine_pause_look (EngineRunner *runner);

/* ---- idle.c ---- */

/* After an answer: what there is to do for the next turn. */
void engine_idle_plan (EngineRunner *runner, const EngineRequest *request);
/* Makes it active. False: it cannot be done. */
bool engine_idle_begin (EngineRunner *runner);
/* Somebody asks. */
void engine_idle_interrupt (EngineRunner *runner);
/* The active one is done, or cannot be. */
void engine_idle_end (EngineRunner *runner, EngineRequest *idle);
void engine_idle_forget (EngineRunner *runner);

/* ---- batch.c ---- */

/* For a model whose rope has n_axes, 0: one position for all. */
bool engine_submission_init (EngineSubmission *submission, int32_t max_requests, int32_t n_axes, EngineError *error);
void engine_submission_clear (EngineSubmission *submission);
/* Adds the next `n` tokens of the request's sequence, known or drafted; their pages are reserved. */
void engine_submission_add (EngineSubmission *submission, EngineRequest *request, int32_t n);
/* Runs it; the logits of output i come to runner->logits + i · n_vocab. CANCELLED when interrupted. */
bool engine_submission_run (EngineRunner *runner, EngineError *error);

/* ---- runner-start.c ---- */

/* The store of the cache and who knows what is in it; after a failure of the device, once more. */
bool engine_runner_start_cache (EngineRunner *runner, EngineError *error);
void engine_runner_end_cache (EngineRunner *runner);

/* Wakes the thread, or ends its submission early; any thread. */
void engine_runner_poke (EngineRunner *runner);

/* ---- runner.c ---- */

void engine_active_remove (EngineRunner *runner, EngineRequest *request);
/* What the thread does until the runner has to quit; `data` is the runner. */
void *engine_runner_thread (void *data);
