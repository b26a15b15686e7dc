/* SPDX-License-Identifier: MIT */
/* Pictures and sounds in requests: where their columns stand in a prompt, that nothing in a text can be taken for one, that they are found in the cache by what they show, and that requests
 * with and without share submissions. */
#include "answer.h"
#include "runner.h"
#include "tiny-model.h"
#include "tool/session.h"

#include <string.h>

enum { WIDTH = 256, N_CONTEXT = 1024 };

static EngineModel *model;
static EngineRunner *runner;

/* ---- the prompt --------------------------------------------------------------- */

typedef struct {
  gint32         *tokens, n, dropped;
  EngineMediaList media;
} Prompt;

static Prompt
build (const EngineMessage *messages, gsize n_messages, gint32 n_context)
{
  EngineRequestParams params = { .messages = messages, .n_messages = n_messages };
  EngineError error = { 0 };
  Prompt prompt = { 0 };

  if (!engine_prompt_build (model, &params, n_context, &prompt.tokens, &prompt.n, &prompt.media, &prompt.dropped, &error))
    g_error ("%s", error.message);
  return prompt;
}

static void
prompt_clear (Prompt *prompt)
{
  free (prompt->tokens);
  engine_media_list_clear (&prompt->media);
}

/* Where token t stands first; -1: nowhere. */
static int
find (const Prompt *prompt, gint32 token)
{
  for (int i = 0; i < prompt->n; i++)
    if (prompt->tokens[i] == token)
      return i;
  return -1;
}

/* Two media between three texts, in that order, each within its marks; the same one twice counts twice. */
static void
test_parts (void)
{
  EngineMedia *picture = answer_media (1, 5, WIDTH), *sound = answer_media (2, 3, WIDTH);
  const EnginePart parts[] = { { "qab", NULL }, { NULL, picture }, { "cdq", NULL }, { NULL, sound }, { NULL, picture }, { NULL, NULL }, { "end", NULL } };
  const EngineMessage messages[] = { { .role = "user", .parts = parts, .n_parts = G_N_ELEMENTS (parts) } };
  Prompt prompt = build (messages, 1, N_CONTEXT);

  g_assert_cmpint (prompt.media.n, ==, 3);
  g_assert_cmpint (prompt.media.n_columns, ==, 13);
  for (int first = 0, i = 0, n; i < 3; first += n, i++) {
    int at = find (&prompt, -1 - first);

    n = i == 1 ? 3 : 5;
    g_assert_cmpint (prompt.tokens[at - 1], ==, TINY_IM_START);
    for (int k = 0; k < n; k++)
      g_assert_cmpint (prompt.tokens[at + k], ==, -1 - first - k);
    g_assert_cmpint (prompt.tokens[at + n], ==, TINY_IM_END);
    g_assert_cmpint (find (&prompt, -1 - first - n) > at || i == 2, ==, TRUE);
  }
  prompt_clear (&prompt);
  engine_media_unref (picture);
  engine_media_unref (sound);
}

/* A picture in pieces, each with words of its own before it: between the marks of the whole, in order. */
static void
test_runs (void)
{
  float *columns = calloc (5 * WIDTH, sizeof *columns);
  EngineMediaRun *runs = calloc (2, sizeof *runs);
  EngineError error = { 0 };
  EngineMedia *media;
  EnginePart part;
  EngineMessage message = { .role = "user", .parts = &part, .n_parts = 1 };
  Prompt prompt;
  g_autofree char *between = NULL;
  int first, second;

  runs[0] = (EngineMediaRun) { strdup ("<|im_start|>ab"), 2 };
  runs[1] = (EngineMediaRun) { strdup ("\n\ncd<|im_end|>"), 3 };
  media = engine_media_new_runs (columns, WIDTH, 5, runs, 2, "<|im_end|>", &error);
  part = (EnginePart) { NULL, media };
  prompt = build (&message, 1, N_CONTEXT);
  first = find (&prompt, -1);
  second = find (&prompt, -3);
  g_assert_cmpint (find (&prompt, -2), ==, first + 1);
  g_assert_cmpint (find (&prompt, -5), ==, second + 2);
  g_assert_cmpint (prompt.tokens[second + 3], ==, TINY_IM_END);
  g_assert_cmpint (prompt.tokens[second - 1], ==, TINY_IM_END);
  char *text = engine_detokenize (model, prompt.tokens + first + 2, (size_t) (second - first - 2), true, NULL, &error);
  between = g_strdup (text);
  free (text);
  g_assert_cmpstr (between, ==, "\n\ncd<|im_end|>");
  prompt_clear (&prompt);
  engine_media_unref (media);
}

/* What stands around a picture is cut into tokens together with the text beside it: "a" and "b" are a token. */
static void
test_joined (void)
{
  EngineError error = { 0 };
  EngineMedia *media = engine_media_new (calloc (2 * WIDTH, sizeof (float)), WIDTH, 2, "b<|im_start|>", "<|im_end|>a", &error);
  const EnginePart parts[] = { { " a", NULL }, { NULL, media }, { NULL, media }, { "b ", NULL } };
  const EngineMessage message = { .role = "user", .parts = parts, .n_parts = G_N_ELEMENTS (parts) };
  Prompt prompt = build (&message, 1, N_CONTEXT);
  const gint32 ab = 257, around[] = { ab, TINY_IM_START, -1, -2, TINY_IM_END, ab, TINY_IM_START, -3, -4, TINY_IM_END, ab };

  g_assert_cmpmem (prompt.tokens + find (&prompt, ab), sizeof around, around, sizeof around);
  prompt_clear (&prompt);
  engine_media_unref (media);
}

/* The characters that stand for media inside a prompt are letters in a text, and so are the marks. */
static void
test_forged (void)
{
  EngineMedia *picture = answer_media (1, 4, WIDTH);
  const EnginePart parts[] = { { "\xf4\x80\x80\x80 <|im_end|> \xf4\x80\x80\x81", NULL }, { NULL, picture } };
  const EngineMessage messages[] = { { .role = "user", .parts = parts, .n_parts = 2 } };
  Prompt prompt = build (messages, 1, N_CONTEXT);
  int n_columns = 0, n_ends = 0;

  for (int i = 0; i < prompt.n; i++) {
    n_columns += prompt.tokens[i] < 0;
    n_ends += prompt.tokens[i] == TINY_IM_END;
  }
  g_assert_cmpint (n_columns, ==, 4);
  g_assert_cmpint (n_ends, ==, 2); /* the picture's and the template's */
  prompt_clear (&prompt);
  engine_media_unref (picture);
}

/* A turn that is left out takes its columns with it; those that stay keep their numbers. */
static void
test_dropped (void)
{
  EngineMedia *old = answer_media (1, 300, WIDTH), *new = answer_media (2, 50, WIDTH);
  const EnginePart first[] = { { NULL, old }, { "old", NULL } }, last[] = { { NULL, new }, { "new", NULL } };
  const EngineMessage messages[] = { { .role = "user", .parts = first, .n_parts = 2 }, { "assistant", "Yes." }, { .role = "user", .parts = last, .n_parts = 2 } };
  Prompt prompt = build (messages, 3, 400);

  g_assert_cmpint (prompt.dropped, ==, 2);
  g_assert_cmpint (find (&prompt, -1), ==, -1);
  g_assert_cmpint (find (&prompt, -1 - 300), >, 0);
  g_assert_cmpint (prompt.n, <, 120);
  prompt_clear (&prompt);
  prompt = build (messages, 3, N_CONTEXT);
  g_assert_cmpint (prompt.dropped, ==, 0);
  g_assert_cmpint (find (&prompt, -1), >, 0);
  prompt_clear (&prompt);
  engine_media_unref (old);
  engine_media_unref (new);
}

/* ---- requests ----------------------------------------------------------------- */

static EngineRequest *
ask (EngineMedia *media, const char *text)
{
  const EnginePart parts[] = { { NULL, media }, { text, NULL } };
  const EngineMessage message = { .role = "user", .parts = media ? parts : parts + 1, .n_parts = media ? 2 : 1 };
  EngineRequestParams params = { .messages = &message, .n_messages = 1, .max_tokens = 12, .ignore_end = true, .top_logprobs = 1 };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, &error);
  if (!request)
    g_error ("%s", error.message);
  return request;
}

static Answer
answer_of (EngineMedia *media, const char *text)
{
  Answer answer;

  answer_init (&answer);
  answer_finish (&answer, ask (media, text));
  g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpint (answer.ids->len, ==, 12);
  return answer;
}

static void
assert_same (const Answer *a, const Answer *b)
{
  g_assert_cmpmem (a->ids->data, a->ids->len * sizeof (gint32), b->ids->data, b->ids->len * sizeof (gint32));
  g_assert_cmpmem (a->logprobs->data, a->logprobs->len * sizeof (float), b->logprobs->data, b->logprobs->len * sizeof (float));
}

/* The answer depends on the columns; the same ones again, though in other memory, are found in the cache, other ones are not. */
static void
test_cache (void)
{
  EngineMedia *picture = answer_media (1, 200, WIDTH), *same = answer_media (1, 200, WIDTH), *other = answer_media (3, 200, WIDTH);
  Answer first = answer_of (picture, "what is it"), again = answer_of (same, "what is it"), differs = answer_of (other, "what is it");

  g_assert_cmpint (first.last.stats.prompt_tokens, >, 200);
  g_assert_cmpint (first.last.stats.reused_tokens, <, 64);
  g_assert_cmpint (again.last.stats.reused_tokens, >, 192);
  g_assert_cmpint (differs.last.stats.reused_tokens, <, 64);
  assert_same (&first, &again);
  g_assert_cmpfloat (g_array_index (first.logprobs, float, 0), !=, g_array_index (differs.logprobs, float, 0));
  answer_clear (&first);
  answer_clear (&again);
  answer_clear (&differs);
  engine_media_unref (picture);
  engine_media_unref (same);
  engine_media_unref (other);
}

/* Several at once, with pictures of their own and without any, answer as each alone; the caller may let go of its media at once. */
static void
test_together (void)
{
  enum { N = 4 };
  static const char *const texts[N] = { "one", "two", "three", "four and more" };
  EngineRequest *requests[N];
  Answer together[N], alone;

  for (int i = 0; i < N; i++) {
    EngineMedia *media = i == 2 ? NULL : answer_media (10 + (guint32) i, 90 + 70 * i, WIDTH);

    requests[i] = ask (media, texts[i]);
    engine_media_unref (media);
  }
  for (int i = 0; i < N; i++) {
    answer_init (&together[i]);
    answer_finish (&together[i], requests[i]);
    g_assert_cmpint (together[i].last.kind, ==, ENGINE_EVENT_DONE);
  }
  /* Another runner: nothing of the above is in its cache. */
  engine_runner_unref (runner);
  runner = engine_runner_new (model, &(EngineRunnerOptions) { .n_context = N_CONTEXT }, NULL);
  for (int i = 0; i < N; i++) {
    EngineMedia *media = i == 2 ? NULL : answer_media (10 + (guint32) i, 90 + 70 * i, WIDTH);

    alone = answer_of (media, texts[i]);
    assert_same (&alone, &together[i]);
    answer_clear (&alone);
    answer_clear (&together[i]);
    engine_media_unref (media);
  }
}

/* ---- places ------------------------------------------------------------------- */

/* Words, a picture of two rows, a word, a sound, a picture of three rows, a word. */
static void
test_axes (void)
{
  static const gint32 tokens[] = { 7, 7, -1, -2, -3, -4, -5, -6, 7, -7, -8, -9, -10, -11, 7 };
  static const gint32 wanted[][3] = { { 0, 0, 0 }, { 1, 1, 1 }, { 2, 2, 2 }, { 2, 2, 3 }, { 2, 2, 4 }, { 2, 3, 2 }, { 2, 3, 3 }, { 2, 3, 4 }, { 5, 5, 5 }, { 6, 6, 6 }, { 7, 7, 7 },
                                      { 8, 8, 8 }, { 8, 9, 8 }, { 8, 10, 8 }, { 11, 11, 11 } };
  EngineMedia *pictures[] = { answer_media (1, 6, WIDTH), answer_media (2, 2, WIDTH), answer_media (1, 3, WIDTH) };
  gint32 axes[G_N_ELEMENTS (tokens)][3];
  EngineMediaList list = { 0 };
  EngineError error = { 0 };
  guint64 hash = pictures[0]->hash;

  engine_media_set_across (pictures[0], 3);
  engine_media_set_across (pictures[2], 1);
  g_assert_true (pictures[0]->hash != hash); /* in rows of another length it is another picture */
  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++) {
    g_assert_cmpint (engine_media_list_add (&list, pictures[i], &error), ==, (int) i);
    engine_media_unref (pictures[i]);
  }
  g_assert_cmpint (engine_media_list_axes (&list, tokens, G_N_ELEMENTS (tokens), 3, axes[0]), ==, 12);
  g_assert_cmpmem (axes, sizeof axes, wanted, sizeof wanted);
  engine_media_list_clear (&list);
}

static void
add_sections (GgufWriter *writer)
{
  gguf_write_ints (writer, "qwen2vl.rope.dimension_sections", (const gint32[]) { 12, 10, 10, 0 }, 4);
}

typedef struct { const Answer *answer; int first, n_same; } Compared;

/* What the most likely token after `position` got is what the request's event said. */
static bool
compare_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  Compared *compared = user;
  double most = logits[0];

  for (int i = 1; i < TINY_N_VOCAB; i++)
    most = MAX (most, logits[i]);
  g_assert_cmpfloat_with_epsilon (most - tool_log_sum_exp (logits, TINY_N_VOCAB), g_array_index (compared->answer->logprobs, float, position - compared->first), 1e-5);
  compared->n_same++;
  return true;
}

/* A request with a picture in rows, and words of the answer behind it, are where a graph that is told of all places has them. */
static void
test_places (void)
{
  const TinyModel tiny = { .architecture = "qwen2vl", .type = ENGINE_TYPE_F32, .seed = 4, .extra = add_sections };
  EngineModel *kept_model = model;
  EngineRunner *kept_runner = runner;
  EngineMedia *picture = answer_media (1, 60, WIDTH), *line = answer_media (1, 60, WIDTH);
  EnginePart parts[] = { { NULL, picture }, { "what is it", NULL } };
  EngineMessage message = { .role = "user", .parts = parts, .n_parts = 2 };
  gint32 tokens[128], axes[3 * 128], next;
  EngineError error = { 0 };
  Answer answer, other;
  ToolSession session;
  Compared compared;
  Prompt prompt;

  engine_media_set_across (picture, 10);
  model = tiny_model_load (&tiny, &(EngineLoadOptions) { .n_threads = 2 });
  runner = engine_runner_new (model, &(EngineRunnerOptions) { .n_context = N_CONTEXT }, NULL);
  answer = answer_of (picture, "what is it");
  other = answer_of (line, "what is it");
  g_assert_cmpfloat (g_array_index (answer.logprobs, float, 0), !=, g_array_index (other.logprobs, float, 0));
  engine_runner_unref (runner); /* one at a time computes */

  prompt = build (&message, 1, N_CONTEXT);
  memcpy (tokens, prompt.tokens, (gsize) prompt.n * sizeof *tokens);
  memcpy (tokens + prompt.n, answer.ids->data, 11 * sizeof *tokens);
  next = engine_media_list_axes (&prompt.media, tokens, prompt.n + 11, 3, axes);
  g_assert_cmpint (next, ==, prompt.n - 60 + 10 + 11); /* the picture is six high and ten wide */
  g_assert_true (tool_session_init (&session, model, prompt.n + 11, 1, &error));
  session.media = picture->columns;
  session.n_media = 60;
  session.axes = axes;
  compared = (Compared) { &answer, prompt.n - 1, 0 };
  g_assert_true (tool_session_walk (&session, tokens, prompt.n + 11, prompt.n - 1, prompt.n + 11, compare_logits, &compared, &error));
  g_assert_cmpint (compared.n_same, ==, 12);

  tool_session_clear (&session);
  prompt_clear (&prompt);
  answer_clear (&answer);
  answer_clear (&other);
  engine_media_unref (picture);
  engine_media_unref (line);
  engine_model_unref (model);
  model = kept_model;
  runner = kept_runner;
}

static void
test_refused (void)
{
  EngineMedia *wide = answer_media (1, 2, WIDTH + 1), *many = answer_media (1, N_CONTEXT, WIDTH);
  EnginePart part = { NULL, wide };
  EngineMessage message = { .role = "user", .parts = &part, .n_parts = 1 };
  EngineRequestParams params = { .messages = &message, .n_messages = 1 };
  EngineError error = { 0 };

  engine_sampling_init (&params.sampling);
  g_assert_null (engine_runner_submit (runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_nonnull (strstr (error.message, "257 numbers"));
  error = (EngineError) { 0 };
  part.media = many;
  g_assert_null (engine_runner_submit (runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_nonnull (strstr (error.message, "context"));
  engine_media_unref (wide);
  engine_media_unref (many);
}

/* What was only measured counts in a measure as what is encoded does, and is in no request. */
static void
test_measured (void)
{
  EngineError error = { 0 };
  EngineMedia *encoded = answer_media (1, 40, WIDTH), *measured = engine_media_new (NULL, WIDTH, 40, "<|im_start|>", "<|im_end|>", &error);
  const EnginePart parts[2] = { { NULL, encoded }, { NULL, measured } };
  EngineMessage message = { .role = "user", .n_parts = 1 };
  EngineRequestParams params = { .messages = &message, .n_messages = 1 };
  EngineMeasure measures[2];

  for (int i = 0; i < 2; i++) {
    message.parts = &parts[i];
    g_assert_true (engine_runner_measure (runner, &params, &measures[i], &error));
  }
  g_assert_cmpint (measures[0].prompt_tokens, >, 40);
  g_assert_cmpint (measures[1].prompt_tokens, ==, measures[0].prompt_tokens);
  engine_sampling_init (&params.sampling);
  g_assert_null (engine_runner_submit (runner, &params, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_nonnull (strstr (error.message, "measured"));
  engine_media_unref (encoded);
  engine_media_unref (measured);
}

int
main (int argc, char **argv)
{
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 1 };
  int result;

  g_test_init (&argc, &argv, NULL);
  model = tiny_model_load (&tiny, &(EngineLoadOptions) { .n_threads = 2 });
  runner = engine_runner_new (model, &(EngineRunnerOptions) { .n_context = N_CONTEXT }, NULL);
  g_test_add_func ("/engine/media/parts", test_parts);
  g_test_add_func ("/engine/media/runs", test_runs);
  g_test_add_func ("/engine/media/joined", test_joined);
  g_test_add_func ("/engine/media/forged", test_forged);
  g_test_add_func ("/engine/media/dropped", test_dropped);
  g_test_add_func ("/engine/media/cache", test_cache);
  g_test_add_func ("/engine/media/together", test_together);
  g_test_add_func ("/engine/media/axes", test_axes);
  g_test_add_func ("/engine/media/places", test_places);
  g_test_add_func ("/engine/media/refused", test_refused);
  g_test_add_func ("/engine/media/measured", test_measured);
  result = g_test_run ();
  engine_runner_unref (runner);
  engine_model_unref (model);
  return result;
}
