/* SPDX-License-Identifier: MIT */
/* What goes wrong in graphics drivers, at every moment of loading and answering: no crash, no lost word, and the same words from there on
 * that the processor alone finds after those that were there. */
#include "answer.h"
#include "gl/gl.h"
#include "tiny-adapter.h"
#include "tiny-model.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define N_PROMPT 70
#define N_ANSWER 12
#define N_FAULTS 100

/* gpu_layers 1: the other layer is on the processor all the time. */
static EngineModel *
load (gint32 gpu_layers, guint8 *sentinel)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 3, .separate_output = TRUE };

  return tiny_model_load (&options, &(EngineLoadOptions) { .backend = ENGINE_BACKEND_GL, .n_threads = 2, .gpu_layers = gpu_layers, .gpu_sentinel = sentinel });
}

static EngineModel *
load_on_processor (void)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 3, .separate_output = TRUE };

  return tiny_model_load (&options, &(EngineLoadOptions) { .n_threads = 2 });
}

static GArray *
new_prompt (guint32 seed)
{
  GArray *tokens = g_array_new (FALSE, FALSE, sizeof (int32_t));
  GRand *rand = g_rand_new_with_seed (seed);

  for (int i = 0; i < N_PROMPT; i++) {
    int32_t token = g_rand_int_range (rand, 0, TINY_BOS);

    g_array_append_val (tokens, token);
  }
  g_rand_free (rand);
  return tokens;
}

static EngineRequest *
ask (EngineRunner *runner, const GArray *prompt, int32_t max_tokens, EngineAdapter *adapter)
{
  EngineRequestParams params = {
    .tokens = (const int32_t *) prompt->data, .n_tokens = prompt->len, .max_tokens = max_tokens, .ignore_end = true, .adapter = adapter, .adapter_strength = 1,
  };
  EngineError error = { 0 };
  EngineRequest *request;

  engine_sampling_init (&params.sampling);
  request = engine_runner_submit (runner, &params, &error);
  g_assert_cmpstr (error.message, ==, "");
  return request;
}

/* What `answer` says after the move is what the processor says after what was there before it. */
static void
assert_goes_on (EngineRunner *processor, const GArray *prompt, const Answer *answer, EngineAdapter *adapter)
{
  g_autoptr (GArray) known = g_array_copy ((GArray *) prompt);
  Answer rest;

  g_assert_cmpint (answer->last.kind, ==, ENGINE_EVENT_DONE);
  g_assert_cmpuint (answer->ids->len, ==, N_ANSWER);
  if (!answer->n_moved)
    return;
  g_array_append_vals (known, answer->ids->data, answer->n_before);
  answer_init (&rest);
  answer_finish (&rest, ask (processor, known, N_ANSWER - (int32_t) answer->n_before, adapter));
  g_assert_cmpmem (rest.ids->data, rest.ids->len * sizeof (int32_t), (int32_t *) answer->ids->data + answer->n_before, (N_ANSWER - answer->n_before) * sizeof (int32_t));
  answer_clear (&rest);
}

/* Two answers at once, a fault somewhere, and a third answer after it. */
static void
test_faults (gconstpointer data)
{
  EngineGlFault fault = GPOINTER_TO_INT (data);
  EngineModel *alone = load_on_processor ();
  EngineRunner *processor = engine_runner_new (alone, NULL, NULL);
  guint n_moved = 0, n_unmoved = 0, n_loading = 0;
  int n_checks = 0;
  guint8 sentinel = 0;

  /* How many checks there are, of loading and all. */
  for (int run = -1; run < N_FAULTS / 2; run++) {
    GArray *prompts[2] = { new_prompt (1 + 2 * (guint) (run + 1)), new_prompt (2 + 2 * (guint) (run + 1)) };
    EngineModel *model;
    EngineRunner *runner;
    EngineRequest *requests[2];
    Answer answers[3];
    bool loads;

    engine_gl_inject (run < 0 ? ENGINE_GL_FAULT_RESET : fault, run < 0 ? G_MAXINT : (int) ((gint64) run * n_checks / (N_FAULTS / 2)));
    model = load (run % 4 == 1 ? 1 : 0, &sentinel);
    loads = run >= 0 && engine_gl_injected () < 0;
    n_loading += loads;
    runner = engine_runner_new (model, NULL, NULL);
    g_assert_nonnull (runner);
    for (int i = 0; i < 2; i++)
      requests[i] = ask (runner, prompts[i], N_ANSWER, NULL);
    for (int i = 0; i < 2; i++) {
      answer_init (&answers[i]);
      answer_finish (&answers[i], requests[i]);
      assert_goes_on (processor, prompts[i], &answers[i], NULL);
    }
    g_assert_cmpuint (answers[0].n_moved, <=, 1);
    n_moved += answers[0].n_moved;
    n_unmoved += !answers[0].n_moved;
    if (run < 0) {
      n_checks = G_MAXINT - engine_gl_injected ();
      g_test_message ("%d checks", n_checks);
      g_assert_cmpint (engine_model_gpu_layers (model), ==, 2);
      g_assert_cmpint (answers[0].last.stats.gpu_layers, ==, 2);
    } else if (answers[0].n_moved) {
      g_assert_cmpint (engine_model_gpu_layers (model), ==, 0);
      g_assert_cmpint (answers[0].last.stats.gpu_layers, ==, 0);
      g_assert_cmpstr (answers[0].moved.message, !=, "");
    }
    /* A card that was lost while it loaded is not used, one that had no memory less. */
    if (loads && fault == ENGINE_GL_FAULT_RESET)
      g_assert_cmpint (engine_model_gpu_layers (model), ==, 0);
    answer_init (&answers[2]);
    answer_finish (&answers[2], ask (runner, prompts[0], N_ANSWER, NULL));
    g_assert_cmpint (answers[2].last.kind, ==, ENGINE_EVENT_DONE);
    for (int i = 0; i < 3; i++)
      answer_clear (&answers[i]);
    for (int i = 0; i < 2; i++)
      g_array_unref (prompts[i]);
    engine_runner_unref (runner);
    engine_model_unref (model);
    g_assert_cmpint (sentinel, ==, 0);
  }
  engine_gl_inject (ENGINE_GL_FAULT_NONE, 0);
  g_test_message ("%u while loading, %u moved, %u not", n_loading, n_moved, n_unmoved);
  g_assert_cmpuint (n_loading, >, 0);
  g_assert_cmpuint (n_moved, >, N_FAULTS / 8);
  engine_runner_unref (processor);
  engine_model_unref (alone);
}

/* A driver that does not come back: the thread is given up, the answer goes on. */
static void
test_hang (void)
{
  EngineModel *alone = load_on_processor (), *model;
  EngineRunner *processor = engine_runner_new (alone, NULL, NULL), *runner;
  g_autoptr (GArray) prompt = new_prompt (1);
  guint8 sentinel = 0;
  Answer answer;
  EngineRequest *request;

  model = load (0, &sentinel);
  runner = engine_runner_new (model, NULL, NULL);
  engine_gl_inject (ENGINE_GL_FAULT_HANG, 12);
  request = ask (runner, prompt, N_ANSWER, NULL);
  answer_init (&answer);
  answer_finish (&answer, request);
  g_assert_cmpuint (answer.n_moved, ==, 1);
  g_assert_nonnull (strstr (answer.moved.message, "does not answer"));
  assert_goes_on (processor, prompt, &answer, NULL);
  answer_clear (&answer);
  engine_runner_unref (runner);
  engine_model_unref (model);
  g_assert_cmpint (sentinel, ==, 0);
  engine_runner_unref (processor);
  engine_model_unref (alone);
}

/* An adapter's weights are in both places. */
static void
test_adapter (void)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 3, .separate_output = TRUE };
  const TinyAdapter adaptation = { .model = &options, .type = ENGINE_TYPE_F32, .seed = 1, .rank = 8, .alpha = 16 };

  for (int gpu_layers = 0; gpu_layers < 2; gpu_layers++) {
    EngineModel *alone = load_on_processor (), *model = load (gpu_layers, NULL);
    EngineAdapter *on_processor = tiny_adapter_load (&adaptation, alone), *adapter = tiny_adapter_load (&adaptation, model);
    EngineRunner *processor = engine_runner_new (alone, NULL, NULL), *runner = engine_runner_new (model, NULL, NULL);
    g_autoptr (GArray) prompt = new_prompt (1);
    Answer answer;

    engine_gl_inject (ENGINE_GL_FAULT_RESET, 10);
    answer_init (&answer);
    answer_finish (&answer, ask (runner, prompt, N_ANSWER, adapter));
    g_assert_cmpuint (answer.n_moved, ==, 1);
    assert_goes_on (processor, prompt, &answer, on_processor);
    answer_clear (&answer);
    engine_runner_unref (runner);
    engine_runner_unref (processor);
    engine_adapter_unref (adapter);
    engine_adapter_unref (on_processor);
    engine_model_unref (model);
    engine_model_unref (alone);
  }
}

/* The card fails and the file is damaged meanwhile: each answer says so, and nothing runs without its weights. */
static void
test_no_file (void)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 3, .separate_output = TRUE };
  g_autofree char *path = tiny_model_write (&options);
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, &(EngineLoadOptions) { .backend = ENGINE_BACKEND_GL, .n_threads = 1 }, &error);
  EngineRunner *runner = engine_runner_new (model, NULL, NULL);
  g_autoptr (GArray) prompt = new_prompt (1);

  g_assert_nonnull (runner);
  g_assert_true (truncate (path, 64) == 0);
  engine_gl_inject (ENGINE_GL_FAULT_RESET, 3);
  for (int i = 0; i < 2; i++) {
    Answer answer;

    answer_init (&answer);
    answer_finish (&answer, ask (runner, prompt, N_ANSWER, NULL));
    g_assert_cmpint (answer.last.kind, ==, ENGINE_EVENT_ERROR);
    g_assert_cmpstr (answer.last.error.message, !=, "");
    answer_clear (&answer);
  }
  g_assert_cmpint (engine_model_gpu_layers (model), ==, 0);
  engine_runner_unref (runner);
  engine_model_unref (model);
  g_unlink (path);
}

/* A card with room for a part takes a part. */
static void
test_memory (void)
{
  const TinyModel options = { .architecture = "llama", .type = ENGINE_TYPE_Q4_0, .seed = 3, .n_layers = 8, .n_context = 64, .separate_output = TRUE };
  EngineLoadOptions load = { .backend = ENGINE_BACKEND_GL, .n_threads = 1 };
  gint32 last = 9;

  for (gsize memory = 64 << 20; memory > 64 << 10; memory /= 2) {
    EngineModel *model;
    gint32 n;

    load.gpu_memory = memory;
    model = tiny_model_load (&options, &load);
    n = engine_model_gpu_layers (model);
    g_test_message ("%" G_GSIZE_FORMAT " KiB: %d layers", memory >> 10, n);
    g_assert_cmpint (n, <=, last);
    last = n;
    engine_model_unref (model);
  }
  g_assert_cmpint (last, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/gl-faults/reset", GINT_TO_POINTER (ENGINE_GL_FAULT_RESET), test_faults);
  g_test_add_data_func ("/gl-faults/memory", GINT_TO_POINTER (ENGINE_GL_FAULT_MEMORY), test_faults);
  g_test_add_func ("/gl-faults/hang", test_hang);
  g_test_add_func ("/gl-faults/adapter", test_adapter);
  g_test_add_func ("/gl-faults/no-file", test_no_file);
  g_test_add_func ("/gl-faults/room", test_memory);
  return g_test_run ();
}
