/* SPDX-License-Identifier: MIT */
/* Takes all that a request has to tell, and columns to give it; for the tests of the runner. */
#pragma once

#include "columns.h"
#include "engine.h"

#include <glib.h>

typedef struct {
  GString    *text;
  GArray     *ids;      /* int32_t */
  GArray     *logprobs; /* float: of the most likely, of each id */
  guint       n_progress, n_text, n_moved;
  guint       n_before; /* ids that were there when it moved */
  EngineError moved;
  bool        ended;
  EngineEvent last;     /* DONE or ERROR */
} Answer;

static inline void
answer_init (Answer *answer)
{
  *answer = (Answer) {
    .text = g_string_new (NULL),
    .ids = g_array_new (FALSE, FALSE, sizeof (int32_t)),
    .logprobs = g_array_new (FALSE, FALSE, sizeof (float)),
  };
}

static inline void
answer_clear (Answer *answer)
{
  g_string_free (answer->text, TRUE);
  g_array_free (answer->ids, TRUE);
  g_array_free (answer->logprobs, TRUE);
}

/* Whole characters, and a NUL behind them. A model may write NUL as well, which GLib takes for no character. */
static inline void
answer_check_text (const EngineEvent *event)
{
  g_autofree char *text = g_memdup2 (event->text, event->n_bytes + 1);

  g_assert_cmpint (text[event->n_bytes], ==, '\0');
  for (size_t i = 0; i < event->n_bytes; i++)
    text[i] = text[i] ? text[i] : ' ';
  g_assert_true (g_utf8_validate (text, (gssize) event->n_bytes, NULL));
}

/* Takes what is there now, without waiting. */
static inline void
answer_take (Answer *answer, EngineRequest *request)
{
  EngineEvent event;

  while (engine_request_next (request, &event)) {
    g_assert_false (answer->ended);
    switch (event.kind) {
    case ENGINE_EVENT_PROGRESS:
      answer->n_progress++;
      g_assert_cmpint (event.done, <=, event.total);
      break;
    case ENGINE_EVENT_THOUGHT: /* thought.c looks at those */
      break;
    case ENGINE_EVENT_TEXT:
      answer->n_text++;
      answer_check_text (&event);
      g_string_append_len (answer->text, event.text, (gssize) event.n_bytes);
      g_array_append_vals (answer->ids, event.ids, (guint) event.n_ids);
      for (size_t i = 0; event.logprobs && i < event.n_ids; i++) {
        g_assert_cmpuint (event.logprobs[i].n_top, >, 0);
        for (size_t j = 0; j < event.logprobs[i].n_top; j++)
          g_array_append_val (answer->logprobs, event.logprobs[i].top[j].logprob);
      }
      break;
    case ENGINE_EVENT_MOVED:
      answer->n_moved++;
      answer->n_before = (guint) event.done;
      answer->moved = event.error;
      break;
    case ENGINE_EVENT_DONE:
    case ENGINE_EVENT_ERROR:
      answer->ended = true;
      answer->last = event;
      break;
    }
  }
}

/* Until it ends; drops the request. */
static inline void
answer_finish (Answer *answer, EngineRequest *request)
{
  while (!answer->ended) {
    engine_request_wait (request);
    answer_take (answer, request);
  }
  engine_request_unref (request);
}

/* Columns as large as embeddings are; those of another seed are others. */
static inline EngineMedia *
answer_media (guint32 seed, int n, int width)
{
  GRand *rand = g_rand_new_with_seed (seed);
  float *columns = malloc ((gsize) width * (gsize) n * sizeof *columns);
  EngineError error = { 0 };
  EngineMedia *media;

  for (int i = 0; i < width * n; i++)
    columns[i] = (float) g_rand_double_range (rand, -1, 1);
  media = engine_media_new (columns, width, n, "<|im_start|>", "<|im_end|>", &error);
  g_assert_nonnull (media);
  g_rand_free (rand);
  return media;
}
