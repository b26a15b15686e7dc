/* SPDX-License-Identifier: MIT */
#include "tiny-model.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define CHAT_TEMPLATE \
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" \
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

/* ---- random numbers ------------------------------------------------------------ */

/* splitmix64 (Vigna): GLib's generator is not promised to stay the same. */
static guint64
next_random (guint64 *state)
{
  guint64 z = (*state += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Nearly normal with variance 1: the sum of 12 uniform numbers, without library functions
 * whose last bit differs between machines. */
static float
random_normal (guint64 *state)
{
  double sum = -6;

  for (int i = 0; i < 12; i++)
    sum += (double) (next_random (state) >> 11) * 0x1p-53;
  return (float) sum;
}

/* Every tensor has a generator of its own, so that adding one does not change the rest. */
static void
write_random_experts (GgufWriter *writer, const TinyModel *m, EngineType type, gint64 ne0, gint64 ne1, gint64 ne2, float mean, float deviation, const char *name)
{
  gsize n = (gsize) (ne0 * MAX (ne1, 1) * MAX (ne2, 1));
  g_autofree float *values = g_new (float, n);
  guint64 state = m->seed;

  for (const char *c = name; *c; c++)
    state = state * 1099511628211u + (guint8) *c;
  for (gsize i = 0; i < n; i++)
    values[i] = mean + deviation * random_normal (&state);
  gguf_write_experts (writer, name, type, ne0, ne1, ne2, values);
}

static void
write_random (GgufWriter *writer, const TinyModel *m, EngineType type, gint64 ne0, gint64 ne1, float mean, float deviation, const char *name)
{
  write_random_experts (writer, m, type, ne0, ne1, 0, mean, deviation, name);
}

/* ---- vocabulary ---------------------------------------------------------------- */

/* GPT-2's printable stand-in for a byte. */
static gunichar
byte_character (int byte)
{
  int n = 0;

  if ((byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae)
    return (gunichar) byte;
  for (int b = 0; b < byte; b++)
    if (!((b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae))
      n++;
  return (gunichar) (256 + n);
}

static void
write_vocabulary (GgufWriter *writer, const char *word)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) merges = g_ptr_array_new_with_free_func (g_free);
  gint32 types[TINY_N_VOCAB];

  for (int byte = 0; byte < 256; byte++) {
    char utf8[8] = "";

    g_unichar_to_utf8 (byte_character (byte), utf8);
    g_ptr_array_add (tokens, g_strdup (utf8));
  }
  for (int i = 0; tokens->len < TINY_BOS - (word != NULL); i++) {
    g_ptr_array_add (tokens, g_strdup_printf ("%c%c", 'a' + i / 16, 'a' + i % 16));
    g_ptr_array_add (merges, g_strdup_printf ("%c %c", 'a' + i / 16, 'a' + i % 16));
  }
  if (word)
    g_ptr_array_add (tokens, g_strdup (word));
  g_ptr_array_add (tokens, g_strdup ("<|endoftext|>"));
  g_ptr_array_add (tokens, g_strdup ("<|im_start|>"));
  g_ptr_array_add (tokens, g_strdup ("<|im_end|>"));
  for (int i = 0; i < TINY_N_VOCAB; i++)
    types[i] = i >= TINY_BOS ? 3 : word && i == TINY_WORD ? 4 : 1; /* control, added, normal */

  gguf_write_string (writer, "tokenizer.ggml.model", "gpt2");
  gguf_write_string (writer, "tokenizer.ggml.pre", "smollm");
  gguf_write_strings (writer, "tokenizer.ggml.tokens", (const char *const *) tokens->pdata, tokens->len);
  gguf_write_ints (writer, "tokenizer.ggml.token_type", types, TINY_N_VOCAB);
  gguf_write_strings (writer, "tokenizer.ggml.merges", (const char *const *) merges->pdata, merges->len);
  gguf_write_uint (writer, "tokenizer.ggml.bos_token_id", TINY_BOS);
  gguf_write_uint (writer, "tokenizer.ggml.eos_token_id", TINY_IM_END);
  gguf_write_bool (writer, "tokenizer.ggml.add_bos_token", FALSE);
  gguf_write_string (writer, "tokenizer.chat_template", CHAT_TEMPLATE);
}

/* ---- tensors ------------------------------------------------------------------- */

typedef enum { EMBD, FF, Q, KV, HEAD, VOCAB, NOTHING, GATED_Q } Size;

typedef struct {
  const char *name, *architectures;
  Size ne0, ne1;
} TinyTensor;

#define ALL "llama qwen2 qwen2vl gemma3 falcon-h1 qwen35"

static const TinyTensor layer_tensors[] = {
  { "attn_norm.weight", ALL " qwen3moe", EMBD, NOTHING },
  { "attn_q.weight", "llama qwen2 qwen2vl gemma3 falcon-h1 qwen3moe", EMBD, Q },
  { "attn_q.weight", "qwen35", EMBD, GATED_Q },
  { "attn_k.weight", ALL " qwen3moe", EMBD, KV },
  { "attn_v.weight", ALL " qwen3moe", EMBD, KV },
  { "attn_output.weight", ALL " qwen3moe", Q, EMBD },
  { "attn_q.bias", "qwen2 qwen2vl", Q, NOTHING },
  { "attn_k.bias", "qwen2 qwen2vl", KV, NOTHING },
  { "attn_v.bias", "qwen2 qwen2vl", KV, NOTHING },
  { "attn_q_norm.weight", "gemma3 qwen35 qwen3moe", HEAD, NOTHING },
  { "attn_k_norm.weight", "gemma3 qwen35 qwen3moe", HEAD, NOTHING },
  { "post_attention_norm.weight", "gemma3 qwen35", EMBD, NOTHING },
  { "ffn_norm.weight", "llama qwen2 qwen2vl gemma3 qwen3moe", EMBD, NOTHING },
  { "ffn_norm", "falcon-h1", EMBD, NOTHING },
  { "ffn_gate.weight", ALL, EMBD, FF },
  { "ffn_up.weight", ALL, EMBD, FF },
  { "ffn_down.weight", ALL, FF, EMBD },
  { "post_ffw_norm.weight", "gemma3", EMBD, NOTHING },
};

/* Beside attention in falcon-h1: channels as many as the model is wide, a convolution of 4, states of 40 in 2 groups. */
#define SSM_HEADS 4
#define SSM_TAPS 4
#define SSM_STATE 40
#define SSM_GROUPS 2

static void
write_ssm (GgufWriter *writer, const TinyModel *m, gint32 layer)
{
  gint64 n_conv = m->n_embd + 2 * SSM_GROUPS * SSM_STATE;
  char name[64];

#define NAME(end) (g_snprintf (name, sizeof name, "blk.%d.%s", layer, end), name)
  write_random (writer, m, m->type, m->n_embd, m->n_embd + n_conv + SSM_HEADS, 0, 1 / sqrtf (m->n_embd), NAME ("ssm_in.weight"));
  write_random (writer, m, ENGINE_TYPE_F32, SSM_TAPS, n_conv, 0, 0.5f, NAME ("ssm_conv1d.weight"));
  write_random (writer, m, ENGINE_TYPE_F32, n_conv, 0, 0, 0.1f, NAME ("ssm_conv1d.bias"));
  write_random (writer, m, ENGINE_TYPE_F32, SSM_HEADS, 0, -2, 1, NAME ("ssm_dt.bias"));
  write_random (writer, m, ENGINE_TYPE_F32, 1, SSM_HEADS, -1, 0.2f, NAME ("ssm_a"));
  write_random (writer, m, ENGINE_TYPE_F32, 1, SSM_HEADS, 1, 0.1f, NAME ("ssm_d"));
  write_random (writer, m, ENGINE_TYPE_F32, m->n_embd / SSM_GROUPS, SSM_GROUPS, 1, 0.1f, NAME ("ssm_norm.weight"));
  write_random (writer, m, m->type, m->n_embd, m->n_embd, 0, 1 / sqrtf (m->n_embd), NAME ("ssm_out.weight"));
#undef NAME
}

/* In the place of attention in qwen35, in the first of two layers: as many channels, heads, taps, groups and states. */
#define ATTENDS_EVERY 2

static void
write_delta (GgufWriter *writer, const TinyModel *m, gint32 layer)
{
  gint64 n_conv = m->n_embd + 2 * SSM_GROUPS * SSM_STATE;
  char name[64];

#define NAME(end) (g_snprintf (name, sizeof name, "blk.%d.%s", layer, end), name)
  write_random (writer, m, m->type, m->n_embd, n_conv, 0, 1 / sqrtf (m->n_embd), NAME ("attn_qkv.weight"));
  write_random (writer, m, m->type, m->n_embd, m->n_embd, 0, 1 / sqrtf (m->n_embd), NAME ("attn_gate.weight"));
  write_random (writer, m, m->type, m->n_embd, SSM_HEADS, 0, 1 / sqrtf (m->n_embd), NAME ("ssm_alpha.weight"));
  write_random (writer, m, m->type, m->n_embd, SSM_HEADS, 0, 1 / sqrtf (m->n_embd), NAME ("ssm_beta.weight"));
  write_random (writer, m, ENGINE_TYPE_F32, SSM_TAPS, n_conv, 0, 0.5f, NAME ("ssm_conv1d.weight"));
  write_random (writer, m, ENGINE_TYPE_F32, SSM_HEADS, 0, -2, 1, NAME ("ssm_dt.bias"));
  write_random (writer, m, ENGINE_TYPE_F32, SSM_HEADS, 0, -1, 0.2f, NAME ("ssm_a"));
  write_random (writer, m, ENGINE_TYPE_F32, m->n_embd / SSM_HEADS, 0, 1, 0.1f, NAME ("ssm_norm.weight"));
  write_random (writer, m, m->type, m->n_embd, m->n_embd, 0, 1 / sqrtf (m->n_embd), NAME ("ssm_out.weight"));
#undef NAME
}

static void
write_experts (GgufWriter *writer, const TinyModel *m, gint32 layer)
{
  char name[64];

#define NAME(end) (g_snprintf (name, sizeof name, "blk.%d.%s", layer, end), name)
  write_random (writer, m, ENGINE_TYPE_F32, m->n_embd, TINY_N_EXPERTS, 0, 1 / sqrtf (m->n_embd), NAME ("ffn_gate_inp.weight"));
  write_random_experts (writer, m, m->type, m->n_embd, m->n_ff, TINY_N_EXPERTS, 0, 1 / sqrtf (m->n_embd), NAME ("ffn_gate_exps.weight"));
  write_random_experts (writer, m, m->type, m->n_embd, m->n_ff, TINY_N_EXPERTS, 0, 1 / sqrtf (m->n_embd), NAME ("ffn_up_exps.weight"));
  write_random_experts (writer, m, m->type, m->n_ff, m->n_embd, TINY_N_EXPERTS, 0, 1 / sqrtf (m->n_ff), NAME ("ffn_down_exps.weight"));
#undef NAME
}

static void
write_layers (GgufWriter *writer, const TinyModel *m)
{
  const gint64 sizes[] = { m->n_embd, m->n_ff, m->n_head * m->head_dim, m->n_head_kv * m->head_dim, m->head_dim, TINY_N_VOCAB, 0, 2 * m->n_head * m->head_dim };

  for (gint32 i = 0; i < m->n_layers; i++) {
    gboolean recurs = strcmp (m->architecture, "qwen35") == 0 && (i + 1) % ATTENDS_EVERY;

    if (strcmp (m->architecture, "falcon-h1") == 0)
      write_ssm (writer, m, i);
    if (strcmp (m->architecture, "qwen3moe") == 0)
      write_experts (writer, m, i);
    if (recurs)
      write_delta (writer, m, i);
    for (gsize k = 0; k < G_N_ELEMENTS (layer_tensors); k++) {
      const TinyTensor *t = &layer_tensors[k];
      g_autofree char *name = g_strdup_printf ("blk.%d.%s", i, t->name);
      gint64 ne0 = sizes[t->ne0], ne1 = sizes[t->ne1];

      if (!strstr (t->architectures, m->architecture) || (recurs && g_str_has_prefix (t->name, "attn_") && t->ne0 + t->ne1 != EMBD + NOTHING))
        continue;
      if (t->ne1 != NOTHING)
        write_random (writer, m, m->type, ne0, ne1, 0, 1 / sqrtf (ne0), name);
      else
        write_random (writer, m, ENGINE_TYPE_F32, ne0, 0, strstr (name, "norm") ? 1 : 0, 0.1f, name);
    }
  }
}

GByteArray *
tiny_model_bytes (const TinyModel *options)
{
  TinyModel m = *options;
  gboolean gemma = strcmp (m.architecture, "gemma3") == 0;
  GgufWriter writer;

  m.n_layers = m.n_layers ? m.n_layers : gemma ? 6 : 2;
  m.n_embd = m.n_embd ? m.n_embd : 256;
  m.n_ff = m.n_ff ? m.n_ff : 512;
  m.n_head = m.n_head ? m.n_head : 4;
  m.n_head_kv = m.n_head_kv ? m.n_head_kv : 2;
  m.head_dim = m.head_dim ? m.head_dim : 64;
  m.window = m.window ? m.window : 48;
  m.n_context = m.n_context ? m.n_context : 2048;

  gguf_writer_init (&writer);
#define KEY(key) (g_snprintf (name, sizeof name, "%s.%s", m.architecture, key), name)
  char name[128];
  gguf_write_string (&writer, "general.architecture", m.architecture);
  gguf_write_string (&writer, "general.name", "Tiny");
  gguf_write_uint (&writer, KEY ("block_count"), (guint32) m.n_layers);
  gguf_write_uint (&writer, KEY ("context_length"), (guint32) m.n_context);
  gguf_write_uint (&writer, KEY ("embedding_length"), (guint32) m.n_embd);
  gguf_write_uint (&writer, KEY ("feed_forward_length"), (guint32) m.n_ff);
  gguf_write_uint (&writer, KEY ("attention.head_count"), (guint32) m.n_head);
  gguf_write_uint (&writer, KEY ("attention.head_count_kv"), (guint32) m.n_head_kv);
  gguf_write_uint (&writer, KEY ("attention.key_length"), (guint32) m.head_dim);
  gguf_write_uint (&writer, KEY ("attention.value_length"), (guint32) m.head_dim);
  gguf_write_float (&writer, KEY ("attention.layer_norm_rms_epsilon"), 1e-6f);
  gguf_write_float (&writer, KEY ("rope.freq_base"), gemma ? 1e6f : 1e4f);
  if (gemma)
    gguf_write_uint (&writer, KEY ("attention.sliding_window"), (guint32) m.window);
  if (strcmp (m.architecture, "qwen35") == 0) {
    gint32 side = m.head_dim / 12, sections[] = { m.head_dim / 4 - 2 * side, side, side, 0 };

    gguf_write_uint (&writer, KEY ("full_attention_interval"), ATTENDS_EVERY);
    gguf_write_uint (&writer, KEY ("rope.dimension_count"), (guint32) m.head_dim / 2);
    gguf_write_ints (&writer, KEY ("rope.dimension_sections"), sections, G_N_ELEMENTS (sections));
  }
  if (strcmp (m.architecture, "falcon-h1") == 0 || strcmp (m.architecture, "qwen35") == 0) {
    gguf_write_uint (&writer, KEY ("ssm.conv_kernel"), SSM_TAPS);
    gguf_write_uint (&writer, KEY ("ssm.inner_size"), (guint32) m.n_embd);
    gguf_write_uint (&writer, KEY ("ssm.state_size"), SSM_STATE);
    gguf_write_uint (&writer, KEY ("ssm.time_step_rank"), SSM_HEADS);
    gguf_write_uint (&writer, KEY ("ssm.group_count"), SSM_GROUPS);
  }
  if (strcmp (m.architecture, "qwen3moe") == 0) {
    gguf_write_uint (&writer, KEY ("expert_count"), TINY_N_EXPERTS);
    gguf_write_uint (&writer, KEY ("expert_used_count"), TINY_N_USED);
    gguf_write_uint (&writer, KEY ("expert_feed_forward_length"), (guint32) m.n_ff);
  }
#undef KEY
  write_vocabulary (&writer, m.word);

  write_random (&writer, &m, m.type, m.n_embd, TINY_N_VOCAB, 0, 1 / sqrtf (m.n_embd), "token_embd.weight");
  write_layers (&writer, &m);
  write_random (&writer, &m, ENGINE_TYPE_F32, m.n_embd, 0, 1, 0.1f, "output_norm.weight");
  if (m.separate_output)
    write_random (&writer, &m, m.type, m.n_embd, TINY_N_VOCAB, 0, 1 / sqrtf (m.n_embd), "output.weight");
  if (m.extra)
    m.extra (&writer);
  return gguf_writer_finish (&writer);
}

char *
tiny_model_write (const TinyModel *options)
{
  GByteArray *bytes = tiny_model_bytes (options);
  g_autoptr (GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("melete-tiny-XXXXXX.gguf", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
  g_byte_array_unref (bytes);
  return path;
}

EngineModel *
tiny_model_load (const TinyModel *options, const EngineLoadOptions *load)
{
  g_autofree char *path = tiny_model_write (options);
  EngineError error = { 0 };
  EngineModel *model = engine_model_load (path, load, &error);

  g_unlink (path);
  if (!model)
    g_error ("A tiny model cannot be loaded: %s", error.message);
  return model;
}

GBytes *
tiny_unpack (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GConverter) gzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) raw = G_INPUT_STREAM (g_file_read (file, NULL, &error)), in = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_assert_no_error (error);
  in = g_converter_input_stream_new (raw, gzip);
  g_output_stream_splice (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}
