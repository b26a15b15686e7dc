/* SPDX-License-Identifier: MIT */
#include "wording.h"

#include <pthread.h>
#include <string.h>

#define N_KEPT 64

/* One cut of one text: what stands between two special tokens. */
typedef struct {
  char    *text;
  size_t   n_bytes;
  int32_t *tokens;
  size_t   n_tokens;
} Wording;

struct EngineWordings {
  const EngineVocab *vocab;
  pthread_mutex_t    lock;
  Wording            kept[N_KEPT]; /* a ring; the first n are used */
  size_t             n, next;
};

EngineWordings *
engine_wordings_new (const EngineVocab *vocab, EngineError *error)
{
  EngineWordings *wordings = engine_calloc (1, sizeof *wordings, error);

  if (wordings) {
    wordings->vocab = vocab;
    pthread_mutex_init (&wordings->lock, NULL);
  }
  return wordings;
}

static void
wording_clear (Wording *wording)
{
  free (wording->text);
  free (wording->tokens);
  memset (wording, 0, sizeof *wording);
}

void
engine_wordings_free (EngineWordings *wordings)
{
  if (!wordings)
    return;
  for (size_t i = 0; i < wordings->n; i++)
    wording_clear (&wordings->kept[i]);
  pthread_mutex_destroy (&wordings->lock);
  free (wordings);
}

static bool
to_text (const EngineVocab *vocab, const int32_t *tokens, size_t n_tokens, char **text, size_t *n_bytes, EngineError *error)
{
  EngineDecoder decoder = { .started = true };
  size_t capacity = 0;
  bool ok = true;

  *text = NULL;
  *n_bytes = 0;
  for (size_t i = 0; ok && i < n_tokens; i++)
    ok = engine_vocab_decode (vocab, &decoder, tokens[i], false, text, n_bytes, &capacity, error);
  ok = ok && engine_vocab_decode_end (&decoder, text, n_bytes, &capacity, error);
  if (!ok) {
    free (*text);
    *text = NULL;
  }
  return ok;
}

/* Special tokens, pictures and sounds: what stands between texts. */
static bool
is_between (const EngineVocab *vocab, int32_t token)
{
  return token < 0 || engine_vocab_is_special (vocab, token);
}

/* The end of the stretch without special tokens that begins at `from`. */
static size_t
stretch_end (const EngineVocab *vocab, const int32_t *tokens, size_t from, size_t n_tokens)
{
  while (from < n_tokens && !is_between (vocab, tokens[from]))
    from++;
  return from;
}

void
engine_wordings_learn (EngineWordings *wordings, const int32_t *tokens, size_t n_prompt, size_t n_tokens)
{
  const EngineVocab *vocab = wordings->vocab;
  size_t from = n_prompt, n_usual = 0;
  Wording wording = { 0 };
  int32_t *usual = NULL;
  EngineError error = { 0 };

  while (from > 0 && !is_between (vocab, tokens[from - 1]))
    from--;
  wording.n_tokens = stretch_end (vocab, tokens, from, n_tokens) - from;
  if (from + wording.n_tokens <= n_prompt ||
      !to_text (vocab, tokens + from, wording.n_tokens, &wording.text, &wording.n_bytes, &error))
    return;
  if (wording.n_bytes &&
      engine_vocab_encode (vocab, wording.text, wording.n_bytes, ENGINE_TOKENIZE_PLAIN, &usual, &n_usual, &error) &&
      (n_usual != wording.n_tokens || memcmp (usual, tokens + from, n_usual * sizeof *usual) != 0))
    wording.tokens = engine_calloc (wording.n_tokens, sizeof *wording.tokens, &error);
  free (usual);
  if (!wording.tokens) {
    wording_clear (&wording);
    return;
  }
  memcpy (wording.tokens, tokens + from, wording.n_tokens * sizeof *wording.tokens);

  pthread_mutex_lock (&wordings->lock);
  wording_clear (&wordings->kept[wordings->next]);
  wordings->kept[wordings->next] = wording;
  wordings->next = (wordings->next + 1) % N_KEPT;
  wordings->n = ENGINE_MAX (wordings->n, wordings->next);
  if (!wordings->next)
    wordings->n = N_KEPT;
  pthread_mutex_unlock (&wordings->lock);
}

/* With the lock held; the latest of several cuts of the same text. */
static const Wording *
find (const EngineWordings *wordings, const char *text, size_t n_bytes)
{
  for (size_t i = 0; i < wordings->n; i++) {
    const Wording *wording = &wordings->kept[(wordings->next + N_KEPT - 1 - i) % N_KEPT];

    if (wording->n_bytes == n_bytes && memcmp (wording->text, text, n_bytes) == 0)
      return wording;
  }
  return NULL;
}

/* With the lock held: replaces tokens [from, end). */
static bool
replace (int32_t **tokens, size_t *n_tokens, size_t from, size_t end, const Wording *wording, EngineError *error)
{
  size_t n = *n_tokens - (end - from) + wording->n_tokens;

  if (n > *n_tokens) {
    int32_t *larger = realloc (*tokens, n * sizeof *larger);

    if (!larger)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a prompt of %zu tokens.", n);
    *tokens = larger;
  }
  memmove (*tokens + from + wording->n_tokens, *tokens + end, (*n_tokens - end) * sizeof **tokens);
  memcpy (*tokens + from, wording->tokens, wording->n_tokens * sizeof **tokens);
  *n_tokens = n;
  return true;
}

bool
engine_wordings_apply (EngineWordings *wordings, int32_t **tokens, size_t *n_tokens, size_t limit, EngineError *error)
{
  bool ok = true;

  pthread_mutex_lock (&wordings->lock);
  for (size_t from = 0; ok && wordings->n && from < *n_tokens; from++) {
    size_t end = stretch_end (wordings->vocab, *tokens, from, *n_tokens), n_bytes;
    const Wording *wording;
    char *text;

    ok = to_text (wordings->vocab, *tokens + from, end - from, &text, &n_bytes, error);
    wording = ok && n_bytes ? find (wordings, text, n_bytes) : NULL;
    free (text);
    if (wording && *n_tokens - (end - from) + wording->n_tokens < limit) {
      ok = replace (tokens, n_tokens, from, end, wording, error);
      end = from + wording->n_tokens;
    }
    from = end;
  }
  pthread_mutex_unlock (&wordings->lock);
  return ok;
}
