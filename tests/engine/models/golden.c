/* SPDX-License-Identifier: MIT */
/* Tiny random models of each architecture, our own files and such as llama.cpp's converter writes, give the logits that transformers gives; and the same bits
 * with all tokens at once, one by one, in pieces, with any number of threads, and with room for two experts. With the argument "gl" on OpenGL, with "shared" only the last layer there. */
#include "variants.h"

#include "tool/session.h"

#include <glib/gstdio.h>
#include <string.h>

/* A model of the table with an adapter of it, the file <model>-lora.gguf.gz, as strong as make-lora.py says. */
typedef struct {
  const char *model, *adapter, *strength;
} Adapted;

static EngineBackendKind backend = ENGINE_BACKEND_CPU;
static gint32 gpu_layers; /* 0: all */

static const Adapted adapted[] = {
  { "qwen3", "qwen3-lora", "" }, { "phi3", "phi3-lora", ":0.75" }, { "qwen3moe", "qwen3moe-lora", ":-1.5" },
};

/* Normalised mean square error: |a - b|² / |b|². */
static double
nmse (const float *a, const float *b, gsize n)
{
  double error = 0, power = 0;

  for (gsize i = 0; i < n; i++) {
    error += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    power += (double) b[i] * b[i];
  }
  return error / power;
}

static bool
keep_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  float *all = user;

  memcpy (all + (gsize) position * TINY_N_VOCAB, logits, TINY_N_VOCAB * sizeof *logits);
  return true;
}

/* The path of its file, to be unlinked and freed. */
static char *
write_variant (const Variant *variant)
{
  GByteArray *bytes = variant_bytes (variant);
  char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("melete-golden-XXXXXX.gguf", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  g_byte_array_unref (bytes);
  return path;
}

static EngineModel *
load (const Variant *variant, const EngineLoadOptions *options)
{
  g_autofree char *path = write_variant (variant);
  EngineError wrong = { 0 };
  EngineModel *model = engine_model_load (path, options, &wrong);

  g_unlink (path);
  if (!model)
    g_error ("%s: %s", variant->name, wrong.message);
  return model;
}

/* The logits of all positions, [TINY_N_VOCAB, GOLDEN_TOKENS]; with so much memory for experts (0: all of them). */
static float *
compute_with (const Variant *variant, bool reference, gint32 batch, int n_threads, gsize expert_memory)
{
  gint32 on_card = gpu_layers ? MAX (gpu_layers, variant->together) : 0;
  EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : backend, .gpu_layers = on_card, .n_threads = n_threads, .reference = reference, .expert_memory = expert_memory };
  EngineModel *model = load (variant, &options);
  float *all = g_new (float, GOLDEN_TOKENS * TINY_N_VOCAB);
  gint32 tokens[GOLDEN_TOKENS];
  ToolSession session;
  EngineError error = { 0 };

  g_assert_cmpint (engine_model_gpu_layers (model), ==, options.backend == ENGINE_BACKEND_CPU ? 0 : on_card ? on_card : engine_model_info (model)->n_layers);
  for (gint32 i = 0; i < GOLDEN_TOKENS; i++)
    tokens[i] = golden_token (i);
  if (!tool_session_init (&session, model, GOLDEN_TOKENS, 1, &error) ||
      !tool_session_walk (&session, tokens, GOLDEN_TOKENS, 0, batch, keep_logits, all, &error))
    g_error ("%s", error.message);
  tool_session_clear (&session);
  engine_model_unref (model);
  return all;
}

static float *
compute (const Variant *variant, bool reference, gint32 batch, int n_threads)
{
  return compute_with (variant, reference, batch, n_threads, 0);
}

/* Two experts' worth of memory, the least that it takes; 0: it has none, or all of them are on the card. */
static gsize
least_expert_memory (const Variant *variant)
{
  EngineModel *model = load (variant, &(EngineLoadOptions) { .n_threads = 1 });
  gsize least = 0;

  for (gint32 i = 0; i < model->n_tensors; i++)
    if (model->tensors[i].n_experts)
      least = MAX (least, 6 * (MAX (model->backend->klass->weight_bytes (model->backend, &model->tensors[i]), model->tensors[i].bytes) / (gsize) model->tensors[i].n_experts + 4 * ENGINE_READ_ALIGN));
  engine_model_unref (model);
  /* What the card has of a matrix may be larger than what the processor has of it. */
  return gpu_layers ? least + least / 4 : backend == ENGINE_BACKEND_CPU ? least : 0;
}

static void
assert_golden (const char *what, const float *all, const float *golden, double most)
{
  g_autofree float *kept = g_new (float, n_golden_positions * TINY_N_VOCAB);
  double found;

  for (gsize i = 0; i < n_golden_positions; i++)
    memcpy (kept + i * TINY_N_VOCAB, all + golden_positions[i] * TINY_N_VOCAB, TINY_N_VOCAB * sizeof *kept);
  found = nmse (kept, golden, n_golden_positions * TINY_N_VOCAB);
  g_test_message ("%s: NMSE %.2e", what, found);
  g_assert_cmpfloat (found, <=, most);
}

static void
assert_variant (const Variant *variant, const char *golden_name)
{
  g_autofree char *name = g_strconcat (golden_name, ".f32", NULL);
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL);
  g_autofree char *golden = NULL;
  g_autofree float *reference = NULL, *whole = NULL, *single = NULL, *pieces = NULL, *streamed = NULL;
  gsize least = least_expert_memory (variant);
  g_autoptr (GError) error = NULL;
  gsize n_bytes, n_all = GOLDEN_TOKENS * TINY_N_VOCAB * sizeof (float);

  g_file_get_contents (path, &golden, &n_bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_bytes, ==, n_golden_positions * TINY_N_VOCAB * sizeof (float));
  reference = compute (variant, true, GOLDEN_TOKENS, 2);
  whole = compute (variant, false, GOLDEN_TOKENS, 2);
  single = compute (variant, false, 1, 1);
  pieces = compute (variant, false, 7, 3);
  assert_golden ("reference", reference, (const float *) golden, 1e-6);
  assert_golden ("fast", whole, (const float *) golden, variant->sharp ? 1e-4 : 1e-6);
  g_assert_cmpmem (whole, n_all, single, n_all);
  g_assert_cmpmem (whole, n_all, pieces, n_all);
  streamed = least ? compute_with (variant, false, 7, 2, least) : NULL;
  if (streamed)
    g_assert_cmpmem (whole, n_all, streamed, n_all);
}

static void
test_golden (gconstpointer data)
{
  const Variant *variant = data;

  assert_variant (variant, variant->name);
}

static void
test_adapted (gconstpointer data)
{
  const Adapted *a = data;
  const Variant model = { a->model }, adapter = { a->adapter };
  g_autofree char *path = write_variant (&adapter), *option = g_strconcat (path, a->strength, NULL);

  tool_common.lora = option;
  assert_variant (&model, a->adapter);
  tool_common.lora = NULL;
  g_unlink (path);
}

static void
test_encoder (gconstpointer data)
{
  const Variant *variant = data;
  g_autofree char *name = g_strconcat (variant->name, ".f32", NULL);
  g_autofree char *path = g_build_filename (GOLDEN_FOLDER, name, NULL);
  g_autofree char *golden = NULL;
  g_autoptr (GError) error = NULL;
  gint32 tokens[GOLDEN_TOKENS];
  EngineError wrong = { 0 };
  gsize n_bytes;

  g_file_get_contents (path, &golden, &n_bytes, &error);
  g_assert_no_error (error);
  for (gint32 i = 0; i < GOLDEN_TOKENS; i++)
    tokens[i] = golden_token (i);
  for (int reference = 1; reference >= 0; reference--) {
    EngineLoadOptions options = { .backend = reference ? ENGINE_BACKEND_CPU : backend, .gpu_layers = gpu_layers, .n_threads = 2, .reference = reference };
    EngineModel *model = load (variant, &options);
    gsize width = engine_model_info (model)->n_embd;
    g_autofree float *vector = g_new (float, width), *again = g_new (float, width);
    double found;

    g_assert_true (engine_model_info (model)->embeds);
    g_assert_cmpuint (n_bytes, ==, width * sizeof *vector);
    if (!engine_embed_tokens (model, tokens, GOLDEN_TOKENS, vector, &wrong) || !engine_embed_tokens (model, tokens, GOLDEN_TOKENS, again, &wrong))
      g_error ("%s", wrong.message);
    found = nmse (vector, (const float *) golden, width);
    g_test_message ("%s: NMSE %.2e", reference ? "reference" : "fast", found);
    g_assert_cmpfloat (found, <=, 1e-6);
    g_assert_cmpmem (vector, n_bytes, again, n_bytes);
    engine_model_unref (model);
  }
}

/* What answers and what embeds is told apart by words, never by a crash. */
static void
test_apart (void)
{
  const Variant encoder = { "bert", TRUE }, decoder = { "qwen3" };
  EngineModel *embeds = load (&encoder, NULL), *answers = load (&decoder, NULL);
  float vector[64];
  gint32 tokens[129] = { 2 };
  ToolSession session;
  EngineError error = { 0 };

  g_assert_null (engine_runner_new (embeds, NULL, &error));
  g_assert_nonnull (strstr (error.message, "does not answer"));
  error = (EngineError) { 0 };
  g_assert_false (tool_session_init (&session, embeds, 8, 1, &error));
  g_assert_nonnull (strstr (error.message, "embed"));
  error = (EngineError) { 0 };
  g_assert_false (engine_embed (answers, "hello", 5, vector, &error));
  g_assert_nonnull (strstr (error.message, "makes no vectors"));
  error = (EngineError) { 0 };
  g_assert_false (engine_embed_tokens (embeds, tokens, 129, vector, &error));
  g_assert_nonnull (strstr (error.message, "129 tokens"));
  error = (EngineError) { 0 };
  g_assert_true (engine_embed_tokens (embeds, tokens, 128, vector, &error));
  engine_model_unref (embeds);
  engine_model_unref (answers);
}

/* Layers that read each other's keys go to the graphics card all together, or not at all. */
static void
test_together (void)
{
  const Variant variant = { "gemma4" };

  for (gint32 wanted = 1; wanted <= 6; wanted++) {
    EngineLoadOptions options = { .backend = backend, .gpu_layers = wanted, .n_threads = 1 };
    EngineModel *model = load (&variant, &options);
    EngineError error = { 0 };

    g_assert_cmpint (engine_model_gpu_layers (model), ==, wanted < 5 ? 0 : wanted);
    if (wanted >= 5) {
      g_assert_true (engine_model_retreat (model, false, &error) == false); /* it was not for want of memory */
      g_assert_true (engine_model_retreat (model, true, &error));
      g_assert_cmpint (engine_model_gpu_layers (model), ==, 0);
    }
    engine_model_unref (model);
  }
}

int
main (int argc, char **argv)
{
  bool shared = argc > 1 && strcmp (argv[1], "shared") == 0;

  gpu_layers = shared;
  if (argc > 1 && engine_backend_from_name (shared ? "gl" : argv[1], &backend)) {
    argv[1] = argv[0];
    argc--;
    argv++;
  }
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < n_variants; i++) {
    g_autofree char *path = g_strconcat ("/engine/models/golden/", variants[i].name, NULL);

    g_test_add_data_func (path, &variants[i], variants[i].encoder ? test_encoder : test_golden);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (adapted); i++) {
    g_autofree char *path = g_strconcat ("/engine/models/golden/", adapted[i].adapter, NULL);

    g_test_add_data_func (path, &adapted[i], test_adapted);
  }
  g_test_add_func ("/engine/models/apart", test_apart);
  if (shared)
    g_test_add_func ("/engine/models/together", test_together);
  return g_test_run ();
}
