/* SPDX-License-Identifier: MIT */
/* Loading: what a model must have, how it is refused, cancelled and undone. */
#include "model.h"

#include "memory.h"
#include "tiny-model.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char *const architectures[] = { "llama", "qwen2", "gemma3", "falcon-h1", "qwen35" };

/* ---- files ------------------------------------------------------------------------ */

static TinyModel
tiny (const char *architecture)
{
  return (TinyModel) { .architecture = architecture, .type = ENGINE_TYPE_F32, .seed = 1, .n_layers = 2, .n_embd = 32, .n_ff = 32, .n_head = 2, .n_head_kv = 1, .head_dim = 16 };
}

static char *
write_file (const GByteArray *bytes)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("melete-model-XXXXXX.gguf", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, (const char *) bytes->data, bytes->len, NULL));
  return path;
}

static EngineModel *
load_bytes (const GByteArray *bytes, const EngineLoadOptions *options, EngineError *error)
{
  g_autofree char *path = write_file (bytes);
  EngineModel *model = engine_model_load (path, options, error);

  g_unlink (path);
  return model;
}

/* `inside` must stand in the message. */
static void
assert_refused (const GByteArray *bytes, EngineCode code, const char *inside)
{
  EngineLoadOptions options = { .vocab_only = true };
  EngineError error = { 0 };

  g_assert_null (load_bytes (bytes, &options, &error));
  if (error.code != code || !strstr (error.message, inside))
    g_error ("Expected error %d with \"%s\", not %d: %s", code, inside, error.code, error.message);
  g_assert_true (g_str_has_suffix (error.message, "."));
}

static guint8 *
find (GByteArray *bytes, const char *text)
{
  guint8 *at = memmem (bytes->data, bytes->len, text, strlen (text));

  g_assert_nonnull (at);
  return at;
}

/* ---- a good one -------------------------------------------------------------------- */

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++) {
    TinyModel options = tiny (architectures[i]);
    EngineModel *model = tiny_model_load (&options, NULL);
    const EngineModelInfo *info = engine_model_info (model);
    int n_recur = i == 3 ? 2 : i == 4, n_attend = i == 4 ? 1 : 2;

    g_assert_cmpstr (info->architecture, ==, architectures[i]);
    g_assert_cmpstr (info->name, ==, "Tiny");
    g_assert_cmpstr (info->quantisation, ==, "F32");
    g_assert_cmpint (info->n_layers, ==, 2);
    g_assert_cmpint (info->n_embd, ==, 32);
    g_assert_cmpint (info->n_vocab, ==, TINY_N_VOCAB);
    g_assert_cmpint (info->n_context_train, ==, 2048);
    g_assert_cmpuint (info->cache_bytes_per_token, ==, n_attend * 2 * 16 * 2);
    /* Of the convolution 3 columns of 32 + 2 · 2 · 40 channels, of the scan or the delta rule 32 states of 40. */
    g_assert_cmpuint (info->cache_bytes_fixed, ==, ENGINE_LEAST_STATES * 4 * n_recur * (3 * (32 + 160) + 32 * 40));
    g_assert_cmpuint (info->weight_bytes, ==, info->n_parameters * 4);
    g_assert_nonnull (info->chat_template);
    g_assert_true (engine_model_ref (model) == model);
    engine_model_unref (model);
    engine_model_unref (model);
  }
  engine_model_unref (NULL);
}

/* Five of six layers of Gemma look through a window and turn at another base. */
static void
test_gemma_windows (void)
{
  TinyModel options = tiny ("gemma3");
  EngineModel *model;
  EngineError error = { 0 };
  EngineGraph graph;

  options.n_layers = 12;
  model = tiny_model_load (&options, NULL);
  g_assert_true (engine_model_build (model, NULL, false, 3, 1, &graph, &error));
  for (gint32 i = 0; i < 12; i++)
    g_assert_cmpint (model->cache_layers[i].kind, ==, (i + 1) % 6 ? ENGINE_CACHE_WINDOW : ENGINE_CACHE_FULL);
  for (gint32 i = 0; i < graph.n_nodes; i++) {
    const EngineNode *node = &graph.nodes[i];
    gboolean local = node->layer >= 0 && (node->layer + 1) % 6;

    if (node->op == ENGINE_OP_ROPE)
      g_assert_cmpfloat (node->params.rope.freq_base, ==, local ? 1e4f : 1e6f);
    if (node->op == ENGINE_OP_ATTENTION) {
      g_assert_cmpint (node->params.attention.window, ==, local ? 48 : 0);
      g_assert_cmpfloat (node->params.attention.scale, ==, 0.25f);
    }
  }
  engine_graph_clear (&graph);
  engine_model_unref (model);
}

/* The last layer computes its second half only for the columns whose logits are wanted. */
static void
test_outputs (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++) {
    TinyModel options = tiny (architectures[i]);
    EngineModel *model = tiny_model_load (&options, NULL);
    EngineError error = { 0 };
    EngineGraph graph;

    g_assert_true (engine_model_build (model, NULL, false, 7, 2, &graph, &error));
    g_assert_cmpint (graph.values[graph.output].width, ==, TINY_N_VOCAB);
    g_assert_cmpint (graph.values[graph.output].n, ==, 2);
    g_assert_cmpstr (graph.values[graph.output].name, ==, "logits");
    for (gint32 k = 0; k < graph.n_nodes; k++)
      if (graph.nodes[k].op == ENGINE_OP_GATED && strcmp (graph.values[graph.nodes[k].out].name, "ffn_gated") == 0)
        g_assert_cmpint (graph.values[graph.nodes[k].out].n, ==, graph.nodes[k].layer == 1 ? 2 : 7);
    engine_graph_clear (&graph);
    g_assert_false (engine_model_build (model, NULL, false, 2, 3, &graph, &error));
    g_assert_cmpint (error.code, ==, ENGINE_INTERNAL);
    engine_model_unref (model);
  }
}

/* ---- keys that are wrong ------------------------------------------------------------- */

static void
test_wrong_numbers (void)
{
  static const struct { const char *key; guint32 value; const char *inside; } cases[] = {
    { "llama.block_count", 0, "block_count is 0" },
    { "llama.block_count", 1025, "from 1 to 1024" },
    { "llama.block_count", UINT32_MAX, "4294967295" },
    { "llama.block_count", 3, "lacks the tensor blk.2.attn_norm.weight" },
    { "llama.context_length", 0, "context_length" },
    { "llama.embedding_length", 0, "embedding_length" },
    { "llama.embedding_length", 64, "token_embd.weight has the shape [32, 512, 1, 1]" },
    { "llama.feed_forward_length", 31, "ffn_gate.weight" },
    { "llama.feed_forward_length", 1u << 31, "feed_forward_length" },
    { "llama.attention.head_count", 0, "head_count" },
    { "llama.attention.head_count", 1, "attn_q.weight" },
    { "llama.attention.head_count", 2048, "head_count" },
    { "llama.attention.head_count_kv", 0, "head_count_kv" },
    { "llama.attention.head_count_kv", 3, "from 1 to 2" },
    { "llama.attention.head_count_kv", 2, "attn_k.weight" },
    { "llama.attention.key_length", 0, "key_length" },
    { "llama.attention.key_length", 513, "from 1 to 512" },
    { "llama.attention.key_length", 8, "values have 16 elements per head and its keys 8" },
    { "llama.attention.layer_norm_rms_epsilon", 0x7fc00000, "layer_norm_rms_epsilon" }, /* NaN */
    { "llama.attention.layer_norm_rms_epsilon", 0xbf800000, "layer_norm_rms_epsilon is -1" },
    { "llama.rope.freq_base", 0, "rope.freq_base is 0" },
    { "llama.rope.freq_base", 0x7f800000, "rope.freq_base" }, /* infinite */
    { "falcon-h1.ssm.conv_kernel", 1, "from 2 to 16" },
    { "falcon-h1.ssm.conv_kernel", 5, "ssm_conv1d.weight" },
    { "falcon-h1.ssm.inner_size", 0, "inner_size is 0" },
    { "falcon-h1.ssm.inner_size", 1u << 31, "inner_size" },
    { "falcon-h1.ssm.inner_size", 30, "30 state-space channels do not make 4 heads" },
    { "falcon-h1.ssm.inner_size", 64, "ssm_in.weight" },
    { "falcon-h1.ssm.state_size", 41, "ssm_in.weight" },
    { "falcon-h1.ssm.state_size", 1u << 17, "from 1 to 65536" },
    { "falcon-h1.ssm.time_step_rank", 33, "from 1 to 32" },
    { "falcon-h1.ssm.group_count", 0, "group_count is 0" },
    { "falcon-h1.ssm.group_count", 3, "4 heads in 3 groups" },
    { "qwen35.ssm.conv_kernel", 5, "ssm_conv1d.weight" },
    { "qwen35.ssm.inner_size", 30, "30 state-space channels do not make 4 heads" },
    { "qwen35.ssm.state_size", 41, "attn_qkv.weight" },
    { "qwen35.ssm.state_size", 1u << 13, "from 1 to 4096" },
    { "qwen35.ssm.time_step_rank", 8, "ssm_alpha.weight" },
    { "qwen35.ssm.group_count", 3, "4 heads in 3 groups" },
    { "qwen35.full_attention_interval", 0, "full_attention_interval is 0" },
    { "qwen35.full_attention_interval", 1, "attn_q.weight" },
    { "qwen35.rope.dimension_count", 6, "rope.dimension_sections" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *architecture = g_strndup (cases[i].key, strcspn (cases[i].key, "."));
    TinyModel options = tiny (architecture);
    GByteArray *bytes = tiny_model_bytes (&options);
    guint32 value = GUINT32_TO_LE (cases[i].value);
    EngineCode code = strstr (cases[i].inside, "per head") ? ENGINE_UNSUPPORTED : ENGINE_BAD_FILE;

    memcpy (find (bytes, cases[i].key) + strlen (cases[i].key) + 4, &value, sizeof value);
    assert_refused (bytes, code, cases[i].inside);
    g_byte_array_unref (bytes);
  }
}

/* Each required name in turn is written as another one. */
static void
test_missing (void)
{
  static const char *const keys[] = {
    "block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count", "attention.layer_norm_rms_epsilon",
    "general.architecture", "tokenizer.ggml.tokens", "tokenizer.ggml.model",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (architectures); i++) {
    TinyModel options = tiny (architectures[i]);
    GByteArray *bytes = tiny_model_bytes (&options);
    g_autofree char *path = write_file (bytes);
    EngineError error = { 0 };
    EngineGguf *gguf = engine_gguf_open (path, &error);

    g_assert_nonnull (gguf);
    for (gsize k = 0; k < G_N_ELEMENTS (keys); k++) {
      guint8 *at = find (bytes, keys[k]);

      at[0] ^= 1;
      assert_refused (bytes, ENGINE_BAD_FILE, keys[k]);
      at[0] ^= 1;
    }
    for (gsize k = 0; k < engine_gguf_n_tensors (gguf); k++) {
      const char *name = engine_gguf_tensor (gguf, k)->name;
      guint8 *at = find (bytes, name);

      if (strstr (name, "ssm_norm")) /* some models have none */
        continue;
      at[0] ^= 1;
      assert_refused (bytes, ENGINE_BAD_FILE, name);
      at[0] ^= 1;
    }
    engine_gguf_free (gguf);
    g_unlink (path);
    g_byte_array_unref (bytes);
  }
}

static void
add_experts (GgufWriter *writer)
{
  gguf_write_uint (writer, "llama.expert_count", 8);
}

static void
add_dynamic_rope (GgufWriter *writer)
{
  gguf_write_string (writer, "llama.rope.scaling.type", "dynamic");
}

static void
add_other_vocab_size (GgufWriter *writer)
{
  gguf_write_uint (writer, "llama.vocab_size", 513);
}

static void
add_word_for_number (GgufWriter *writer)
{
  gguf_write_string (writer, "llama.rope.dimension_count", "sixteen");
}

static void
add_parts (GgufWriter *writer)
{
  gguf_write_uint (writer, "split.count", 3);
}

static void
test_unsupported (void)
{
  static const struct { const char *architecture; void (*extra) (GgufWriter *writer); EngineCode code; const char *inside; } cases[] = {
    { "llama", add_experts, ENGINE_UNSUPPORTED, "8 experts" },
    { "llama", add_dynamic_rope, ENGINE_UNSUPPORTED, "dynamic" },
    { "llama", add_other_vocab_size, ENGINE_BAD_FILE, "513" },
    { "llama", add_word_for_number, ENGINE_BAD_FILE, "rope.dimension_count" },
    { "qwen2", add_parts, ENGINE_BAD_FILE, "does not end in -00001-of-00003.gguf" },
  };
  TinyModel options = tiny ("llama");
  GByteArray *bytes = tiny_model_bytes (&options);

  memcpy (find (bytes, "llama"), "mamba", 5);
  assert_refused (bytes, ENGINE_UNSUPPORTED, "\"mamba\" are not supported; the nearest that this version runs: llama, qwen2, qwen3, ");
  memcpy (find (bytes, "mamba"), "qwen9", 5);
  assert_refused (bytes, ENGINE_UNSUPPORTED, "\"qwen9\" are not supported; the nearest that this version runs: qwen2, qwen3, qwen3moe, qwen2vl, qwen3vl, qwen35, qwen35moe.");
  g_byte_array_unref (bytes);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    options = tiny (cases[i].architecture);
    options.extra = cases[i].extra;
    bytes = tiny_model_bytes (&options);
    assert_refused (bytes, cases[i].code, cases[i].inside);
    g_byte_array_unref (bytes);
  }
}

/* ---- scaled positions ------------------------------------------------------------------ */

static void
add_linear (GgufWriter *writer)
{
  gguf_write_float (writer, "llama.rope.scaling.factor", 4);
}

static void
add_none (GgufWriter *writer)
{
  gguf_write_string (writer, "llama.rope.scaling.type", "none");
  gguf_write_float (writer, "llama.rope.scaling.factor", 4);
}

static void
add_yarn (GgufWriter *writer)
{
  gguf_write_string (writer, "llama.rope.scaling.type", "yarn");
  gguf_write_float (writer, "llama.rope.scaling.factor", 4);
  gguf_write_uint (writer, "llama.rope.scaling.original_context_length", 512);
}

static void
add_factors (GgufWriter *writer)
{
  static const float factors[8] = { 1, 1, 1, 2, 4, 8, 8, 8 };

  gguf_write_tensor (writer, "rope_freqs.weight", ENGINE_TYPE_F32, 8, 0, factors);
}

static EngineRopeParams
rope_with (void (*extra) (GgufWriter *writer), gboolean factors)
{
  TinyModel options = tiny ("llama");
  EngineModel *model;
  EngineError error = { 0 };
  EngineGraph graph;
  EngineRopeParams rope = { 0 };

  options.extra = extra;
  model = tiny_model_load (&options, NULL);
  g_assert_true (engine_model_build (model, NULL, false, 1, 1, &graph, &error));
  for (gint32 i = 0; i < graph.n_nodes; i++)
    if (graph.nodes[i].op == ENGINE_OP_ROPE) {
      rope = graph.nodes[i].params.rope;
      g_assert_cmpint (graph.nodes[i].in[2] != ENGINE_NO_VALUE, ==, factors);
    }
  engine_graph_clear (&graph);
  engine_model_unref (model);
  return rope;
}

static void
test_rope_scaling (void)
{
  g_assert_cmpfloat (rope_with (NULL, FALSE).freq_scale, ==, 1);
  g_assert_cmpfloat (rope_with (add_linear, FALSE).freq_scale, ==, 0.25f);
  g_assert_cmpfloat (rope_with (add_linear, FALSE).ext_factor, ==, 0);
  g_assert_cmpfloat (rope_with (add_none, FALSE).freq_scale, ==, 1);
  g_assert_cmpfloat (rope_with (add_yarn, FALSE).freq_scale, ==, 0.25f);
  g_assert_cmpfloat (rope_with (add_yarn, FALSE).ext_factor, ==, 1);
  g_assert_cmpint (rope_with (add_yarn, FALSE).n_context_original, ==, 512);
  g_assert_cmpfloat_with_epsilon (rope_with (add_yarn, FALSE).attn_factor, 1.1386294f, 1e-6f); /* 1 + 0.1 · ln 4 */
  g_assert_cmpint (rope_with (add_factors, TRUE).n_rot, ==, 16);
}

/* ---- weights --------------------------------------------------------------------------- */

static void
test_memory_limit (void)
{
  TinyModel options = tiny ("llama");
  GByteArray *bytes = tiny_model_bytes (&options);
  EngineLoadOptions load = { .memory_limit = 1000 };
  EngineError error = { 0 };

  g_assert_null (load_bytes (bytes, &load, &error));
  g_assert_cmpint (error.code, ==, ENGINE_NO_MEMORY);
  g_assert_nonnull (strstr (error.message, "needs"));
  g_assert_nonnull (strstr (error.message, "MiB"));
  g_byte_array_unref (bytes);
  g_assert_cmpuint (engine_memory_available (), >, 1 << 20);
  g_assert_cmpuint (engine_memory_peak (), >, 1 << 20);
}

typedef struct {
  double      last, stop_at;
  const char *truncate; /* the file to cut off, once, when half is read */
} Watch;

static bool
watch (double fraction, void *user)
{
  Watch *w = user;

  g_assert_cmpfloat (fraction, >=, w->last);
  g_assert_cmpfloat (fraction, <=, 1);
  w->last = fraction;
  if (w->truncate && fraction > 0.5) {
    g_assert_cmpint (truncate (w->truncate, 4096), ==, 0);
    w->truncate = NULL;
  }
  return fraction < w->stop_at;
}

static void
test_progress (void)
{
  TinyModel options = tiny ("qwen2");
  GByteArray *bytes = tiny_model_bytes (&options);
  Watch w = { .stop_at = 2 };
  EngineLoadOptions load = { .progress = watch, .progress_user = &w };
  EngineError error = { 0 };
  EngineModel *model = load_bytes (bytes, &load, &error);

  g_assert_nonnull (model);
  g_assert_cmpfloat (w.last, >, 0.99);
  engine_model_unref (model);

  w = (Watch) { .stop_at = 0.3 };
  g_assert_null (load_bytes (bytes, &load, &error));
  g_assert_cmpint (error.code, ==, ENGINE_CANCELLED);
  g_assert_cmpfloat (w.last, <, 0.9);
  g_byte_array_unref (bytes);
}

static void
test_cut_while_loading (void)
{
  TinyModel options = tiny ("llama");
  GByteArray *bytes = tiny_model_bytes (&options);
  g_autofree char *path = write_file (bytes);
  Watch w = { .stop_at = 2, .truncate = path };
  EngineLoadOptions load = { .progress = watch, .progress_user = &w };
  EngineError error = { 0 };

  g_assert_null (engine_model_load (path, &load, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_FILE);
  g_assert_true (strstr (error.message, "changed") || strstr (error.message, "shorter"));
  g_unlink (path);
  g_byte_array_unref (bytes);
}

/* A name may be anything; the sentence about it can always be shown. */
static void
test_message_is_text (void)
{
  g_autofree char *long_name = g_strnfill (100, 'x'), *path = g_strconcat ("/no/", long_name, "\xff\xc3/\xe2\x82\xac\xe2\x82\xac", NULL);
  EngineError error = { 0 };

  for (gsize cut = 0; cut < 4; cut++) {
    g_autofree char *longer = g_strdup_printf ("/%0*d%s", (int) (180 + cut), 0, path);

    error = (EngineError) { 0 };
    g_assert_null (engine_model_load (longer, NULL, &error));
    g_assert_true (g_utf8_validate (error.message, -1, NULL));
    g_assert_cmpint (error.code, ==, ENGINE_IO);
  }
  error = (EngineError) { 0 };
  g_assert_null (engine_model_load (path, NULL, &error));
  g_assert_nonnull (strstr (error.message, "x?\?/\xe2\x82\xac\xe2\x82\xac"));
}

static void
test_no_such_backend (void)
{
  TinyModel options = tiny ("llama");
  GByteArray *bytes = tiny_model_bytes (&options);
  EngineLoadOptions load = { .backend = ENGINE_N_BACKENDS };
  EngineBackendInfo info;
  EngineBackendKind kind;
  EngineError error = { 0 };

  g_assert_null (load_bytes (bytes, &load, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_byte_array_unref (bytes);
  error = (EngineError) { 0 };
  g_assert_false (engine_backend_info (ENGINE_N_BACKENDS, &info, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  g_assert_false (engine_backend_from_name ("tpu", &kind));
  g_assert_true (engine_backend_from_name ("gl", &kind));
  g_assert_cmpint (kind, ==, ENGINE_BACKEND_GL);
  error = (EngineError) { 0 };
  g_assert_true (engine_backend_info (ENGINE_BACKEND_CPU, &info, &error));
  g_assert_cmpstr (info.name, ==, "cpu");
  g_assert_cmpint (info.device[0], !=, '\0');
  g_assert_false (info.software);
}

/* ---- text ------------------------------------------------------------------------------- */

static void
test_chat (void)
{
  TinyModel options = tiny ("llama");
  EngineModel *model = tiny_model_load (&options, &(EngineLoadOptions) { .vocab_only = true });
  EngineMessage messages[] = {
    { "system", "A \"quoted\" \\ text\twith\n\x01 controls" },
    { "user", "\xc3\xa4 \xf0\x9f\x8e\xb2 \xff end" }, /* the last but one is no UTF-8 */
  };
  EngineError error = { 0 };
  g_autofree char *text = engine_chat_render (model, messages, 2, true, &error);

  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpstr (text, ==,
                   "<|im_start|>system\nA \"quoted\" \\ text\twith\n\x01 controls<|im_end|>\n"
                   "<|im_start|>user\n\xc3\xa4 \xf0\x9f\x8e\xb2 \xef\xbf\xbd end<|im_end|>\n"
                   "<|im_start|>assistant\n");
  messages[1].content = NULL;
  g_assert_null (engine_chat_render (model, messages, 2, true, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_model_unref (model);
}

/* A template that cannot be parsed costs the chat, not the model. */
static void
test_broken_template (void)
{
  TinyModel options = tiny ("llama");
  GByteArray *bytes = tiny_model_bytes (&options);
  EngineMessage message = { "user", "hello" };
  EngineError error = { 0 };
  EngineModel *model;

  memcpy (find (bytes, "{% for message"), "{% fur message", 14);
  model = load_bytes (bytes, &(EngineLoadOptions) { .vocab_only = true }, &error);
  g_assert_nonnull (model);
  g_assert_nonnull (engine_model_info (model)->chat_template);
  g_assert_null (engine_chat_render (model, &message, 1, true, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  engine_model_unref (model);

  memcpy (find (bytes, "tokenizer.chat_template"), "tokenizer.chat_temPlate", 23);
  error = (EngineError) { 0 };
  model = load_bytes (bytes, &(EngineLoadOptions) { .vocab_only = true }, &error);
  g_assert_nonnull (model);
  g_assert_null (engine_model_info (model)->chat_template);
  g_assert_null (engine_chat_render (model, &message, 1, true, &error));
  g_assert_nonnull (strstr (error.message, "no chat template"));
  engine_model_unref (model);
  g_byte_array_unref (bytes);
}

static void
test_tokens (void)
{
  TinyModel options = tiny ("llama");
  EngineModel *model = tiny_model_load (&options, &(EngineLoadOptions) { .vocab_only = true });
  static const char text[] = "<|im_start|>back \xc3\xa4\xf0\x9f\x8e\xb2";
  EngineError error = { 0 };
  g_autofree char *again = NULL;
  int32_t *ids = NULL, wrong = TINY_N_VOCAB;
  size_t n_ids = 0, n_bytes = 0;

  g_assert_true (engine_tokenize (model, text, strlen (text), ENGINE_TOKENIZE_SPECIAL, &ids, &n_ids, &error));
  g_assert_cmpint (ids[0], ==, TINY_IM_START);
  again = engine_detokenize (model, ids, n_ids, true, &n_bytes, &error);
  g_assert_cmpstr (again, ==, text);
  g_assert_cmpuint (n_bytes, ==, strlen (text));
  g_assert_null (engine_detokenize (model, &wrong, 1, true, NULL, &error));
  g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
  free (ids);
  engine_model_unref (model);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/model/good", test_good);
  g_test_add_func ("/engine/model/gemma-windows", test_gemma_windows);
  g_test_add_func ("/engine/model/outputs", test_outputs);
  g_test_add_func ("/engine/model/wrong-numbers", test_wrong_numbers);
  g_test_add_func ("/engine/model/missing", test_missing);
  g_test_add_func ("/engine/model/unsupported", test_unsupported);
  g_test_add_func ("/engine/model/rope-scaling", test_rope_scaling);
  g_test_add_func ("/engine/model/memory-limit", test_memory_limit);
  g_test_add_func ("/engine/model/progress", test_progress);
  g_test_add_func ("/engine/model/cut-while-loading", test_cut_while_loading);
  g_test_add_func ("/engine/model/message-is-text", test_message_is_text);
  g_test_add_func ("/engine/model/no-such-backend", test_no_such_backend);
  g_test_add_func ("/engine/model/chat", test_chat);
  g_test_add_func ("/engine/model/broken-template", test_broken_template);
  g_test_add_func ("/engine/model/tokens", test_tokens);
  return g_test_run ();
}
