/* SPDX-License-Identifier: MIT */
/* Pictures whose columns see each other: their tokens are never apart, so an answer has the same bits however the prompt was cut, whatever else ran, and whatever of it the cache had. */
#include "answer.h"
#include "runner.h"
#include "tiny-model.h"
#include "tool/session.h"

#include <string.h>

enum { WIDTH = 256, N_CONTEXT = 1024, N_ANSWER = 12, N_PICTURE = 200 };

static EngineModel *model;
static EngineRunner *runner;

/* ---- runs ---------------------------------------------------------------------- */

/* Words, a picture, a word, two pictures without a word between, a word. */
static void
test_lasts (void)
{
  static const gint32 tokens[] = { 7, 7, -1, -2, -3, 7, -4, -5, -6, -7, 7 };
  static const gint32 wanted[] = { 0, 1, 4, 4, 4, 5, 7, 7, 9, 9, 10 };
  static const int sizes[] = { 3, 2, 2 };
  gint32 lasts[G_N_ELEMENTS (tokens)];
  EngineMediaList list = { 0 };
  EngineError error = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    EngineMedia *media = answer_media ((guint32) i, sizes[i], WIDTH);

    g_assert_cmpint (engine_media_list_add (&list, media, &error), ==, (int) i);
    engine_media_unref (media);
  }
  g_assert_cmpint (engine_media_list_lasts (&list, tokens, G_N_ELEMENTS (tokens), lasts), ==, 3);
  g_assert_cmpmem (lasts, sizeof lasts, wanted, sizeof wanted);
  g_assert_cmpint (engine_media_slice (lasts, 0, 1), ==, 1);
  g_assert_cmpint (engine_media_slice (lasts, 0, 4), ==, 2); /* before the picture */
  g_assert_cmpint (engine_media_slice (lasts, 2, 1), ==, 3); /* the picture, though it is more */
  g_assert_cmpint (engine_media_slice (lasts, 3, 1), ==, 2); /* what is left of it */
  g_assert_cmpint (engine_media_slice (lasts, 0, 5), ==, 5);
  g_assert_cmpint (engine_media_slice (lasts, 0, 9), ==, 8);
  g_assert_cmpint (engine_media_slice (lasts, 6, 3), ==, 2);
  g_assert_cmpint (engine_media_slice (lasts, 0, 11), ==, 11);
  engine_media_list_clear (&list);
}

/* ---- requests ------------------------------------------------------------------ */

static void
runner_renew (size_t cache_bytes)
{
  EngineError error = { 0 };

  engine_runner_unref (runner);
  runner = engine_runner_new (model, &(EngineRunnerOptions) { .n_context = N_CONTEXT, .cache_bytes = cache_bytes }, &error);
  if (!runner)
    g_error ("%s", error.message);
}

static EngineRequest *
ask (const char *before, EngineMedia *media, const char *after, EngineError *error)
{
  const EnginePart parts[] = { { before, NULL }, { NULL, media }, { after, NULL } };
  const EngineMessage message = { .role = "user", .parts = parts, .n_parts = G_N_ELEMENTS (parts) };
  EngineRequestParams params = { .messages = &message, .n_messages = 1, .max_tokens = N_ANSWER, .ignore_end = true, .top_logprobs = 1 };

  engine_sampling_init (&params.sampling);
  return engine_runner_submit (runner, &params, error);
}

static Answer
answer_of (const char *before, EngineMedia *media, const char *after)
{
  EngineError error = { 0 };
  EngineRequest *request = ask (before, media, after, &error);
  Answer answer;

  if (!request)
    g_error ("%s", error.message);
  answer_init (&answer);
  answer_finish (&answer, request);
  if (answer.last.kind != ENGINE_EVENT_DONE)
    g_error ("%s", answer.last.error.message);
  return answer;
}

static void
assert_same (const Answer *a, const Answer *b)
{
  g_assert_cmpint (a->last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (a->ids->len, ==, N_ANSWER);
  g_assert_cmpmem (a->ids->data, a->ids->len * sizeof (gint32), b->ids->data, b->ids->len * sizeof (gint32));
  g_assert_cmpmem (a->logprobs->data, a->logprobs->len * sizeof (float), b->logprobs->data, b->logprobs->len * sizeof (float));
}

typedef struct { const Answer *answer; int first, n_same; } Compared;

static bool
compare_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  Compared *compared = user;
  double most = logits[0];

  for (int i = 1; i < TINY_N_VOCAB; i++)
    most = MAX (most, logits[i]);
  compared->n_same += ABS (most - tool_log_sum_exp (logits, TINY_N_VOCAB) - g_array_index (compared->answer->logprobs, float, position - compared->first)) < 1e-5;
  return true;
}

/* The answer is that of a graph that is told in one piece what sees what; without it, it is another. */
static void
test_sight (void)
{
  EngineMedia *picture = answer_media (1, N_PICTURE, WIDTH);
  const EnginePart parts[] = { { "look", NULL }, { NULL, picture }, { "what is it", NULL } };
  const EngineMessage message = { .role = "user", .parts = parts, .n_parts = G_N_ELEMENTS (parts) };
  EngineRequestParams params = { .messages = &message, .n_messages = 1 };
  Answer answer = answer_of ("look", picture, "what is it");
  gint32 *prompt, n, dropped, tokens[N_CONTEXT], lasts[N_CONTEXT];
  EngineMediaList media = { 0 };
  EngineError error = { 0 };

  g_assert_true (engine_prompt_build (model, &params, N_CONTEXT, &prompt, &n, &media, &dropped, &error));
  memcpy (tokens, prompt, (gsize) n * sizeof *tokens);
  memcpy (tokens + n, answer.ids->data, (N_ANSWER - 1) * sizeof *tokens);
  g_assert_cmpint (engine_media_list_lasts (&media, tokens, n + N_ANSWER - 1, lasts), ==, N_PICTURE);
  engine_runner_unref (runner); /* one at a time computes */
  runner = NULL;
  for (int told = 0; told < 2; told++) {
    Compared compared = { &answer, n - 1, 0 };
    ToolSession session;

    g_assert_true (tool_session_init (&session, model, n + N_ANSWER - 1, 1, &error));
    session.media = picture->columns;
    session.n_media = N_PICTURE;
    session.lasts = told ? lasts : NULL;
    g_assert_true (tool_session_walk (&session, tokens, n + N_ANSWER - 1, n - 1, n + N_ANSWER - 1, compare_logits, &compared, &error));
    if (told)
      g_assert_cmpint (compared.n_same, ==, N_ANSWER);
    else
      g_assert_cmpint (compared.n_same, <, N_ANSWER);
    tool_session_clear (&session);
  }
  runner_renew (0);
  free (prompt);
  engine_media_list_clear (&media);
  answer_clear (&answer);
  engine_media_unref (picture);
}

/* Wherever the picture begins in a slice or a page, and whether the cache has it, the words before it or none. */
static void
test_cuts (void)
{
  EngineMedia *picture = answer_media (1, N_PICTURE, WIDTH);

  for (int n = 0; n < 150; n += 37) {
    g_autofree char *before = g_strnfill ((gsize) n, 'q'), *other = g_strconcat (before, "q", NULL);
    Answer fresh, again, asked, words, behind;

    runner_renew (0);
    fresh = answer_of (before, picture, "what is it");
    again = answer_of (before, picture, "what is it");
    g_assert_cmpint (fresh.last.stats.reused_tokens, ==, 0);
    g_assert_cmpint (again.last.stats.reused_tokens, >, n + N_PICTURE);
    assert_same (&fresh, &again);
    asked = answer_of (before, picture, "is it a cat");
    g_assert_cmpint (asked.last.stats.reused_tokens, >, n + N_PICTURE);
    runner_renew (0);
    words = answer_of (before, NULL, other);
    behind = answer_of (before, picture, "is it a cat");
    assert_same (&asked, &behind);
    answer_clear (&fresh);
    answer_clear (&again);
    answer_clear (&asked);
    answer_clear (&words);
    answer_clear (&behind);
  }
  engine_media_unref (picture);
}

/* Several at once, each with a picture or without, where there is room for all and where the youngest have to give way. */
static void
test_together (void)
{
  enum { N = 6 };
  static const size_t cache_bytes[] = { 0, 1600 << 10 };
  static const char *const befores[N] = { "", "a few words first", "two", "three", "four and more", "" };

  for (gsize c = 0; c < G_N_ELEMENTS (cache_bytes); c++) {
    EngineRequest *requests[N];
    Answer together[N], alone;
    EngineError error = { 0 };

    runner_renew (cache_bytes[c]);
    for (int i = 0; i < N; i++) {
      EngineMedia *media = i == 2 ? NULL : answer_media (10 + (guint32) i, 256 - 50 * (i % 3), WIDTH);

      requests[i] = ask (befores[i], media, "what is it", &error);
      g_assert_nonnull (requests[i]);
      engine_media_unref (media);
    }
    for (int i = 0; i < N; i++) {
      answer_init (&together[i]);
      answer_finish (&together[i], requests[i]);
    }
    for (int i = 0; i < N; i++) {
      EngineMedia *media = i == 2 ? NULL : answer_media (10 + (guint32) i, 256 - 50 * (i % 3), WIDTH);

      runner_renew (0);
      alone = answer_of (befores[i], media, "what is it");
      assert_same (&together[i], &alone);
      answer_clear (&alone);
      answer_clear (&together[i]);
      engine_media_unref (media);
    }
  }
}

/* The least memory that a runner takes is enough for the largest picture, wherever it stands. */
static void
test_least (void)
{
  EngineMedia *picture = answer_media (1, 256, WIDTH);
  size_t bytes = 64 << 10;

  engine_runner_unref (runner);
  while (!(runner = engine_runner_new (model, &(EngineRunnerOptions) { .n_context = N_CONTEXT, .cache_bytes = bytes }, NULL)))
    bytes += 16 << 10;
  for (int n = 0; n < 200; n += 33) {
    g_autofree char *before = g_strnfill ((gsize) n, 'q');
    Answer answer;

    g_test_message ("%d bytes, %d before", (int) bytes, n);
    answer = answer_of (before, picture, "what is it");
    g_assert_cmpint (answer.ids->len, ==, N_ANSWER);
    answer_clear (&answer);
  }
  runner_renew (0);
  engine_media_unref (picture);
}

static void
test_refused (void)
{
  EngineMedia *most = answer_media (1, 256, WIDTH), *more = answer_media (1, 257, WIDTH);
  EngineError error = { 0 };
  Answer answer = answer_of ("", most, "");

  g_assert_null (ask ("", more, "", &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_nonnull (strstr (error.message, "257 columns"));
  answer_clear (&answer);
  engine_media_unref (most);
  engine_media_unref (more);
}

int
main (int argc, char **argv)
{
  const TinyModel tiny = { .architecture = "gemma3", .type = ENGINE_TYPE_F32, .seed = 1 };
  int result;

  g_test_init (&argc, &argv, NULL);
  model = tiny_model_load (&tiny, &(EngineLoadOptions) { .backend = argc > 1 ? ENGINE_BACKEND_GL : ENGINE_BACKEND_CPU, .n_threads = 2 });
  runner_renew (0);
  g_test_add_func ("/engine/media-whole/lasts", test_lasts);
  g_test_add_func ("/engine/media-whole/sight", test_sight);
  g_test_add_func ("/engine/media-whole/cuts", test_cuts);
  g_test_add_func ("/engine/media-whole/together", test_together);
  g_test_add_func ("/engine/media-whole/least", test_least);
  g_test_add_func ("/engine/media-whole/refused", test_refused);
  result = g_test_run ();
  engine_runner_unref (runner);
  engine_model_unref (model);
  return result;
}
