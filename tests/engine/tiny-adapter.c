/* SPDX-License-Identifier: MIT */
#include "tiny-adapter.h"

#include <glib/gstdio.h>
#include <math.h>

static void
write_thin (GgufWriter *writer, const TinyAdapter *adapter, gint64 ne0, gint64 ne1, float deviation, const char *name)
{
  gsize n = (gsize) (ne0 * ne1);
  g_autofree float *values = g_new (float, n);
  GRand *rand = g_rand_new_with_seed ((guint32) adapter->seed ^ g_str_hash (name));

  for (gsize i = 0; i < n; i++)
    values[i] = deviation * (float) g_rand_double_range (rand, -1.7, 1.7);
  g_rand_free (rand);
  gguf_write_tensor (writer, name, adapter->type, ne0, ne1, values);
}

/* `in` and `out` are the weight's; of an embedding A is looked up by its rows. */
static void
write_pair (GgufWriter *writer, const TinyAdapter *adapter, gint64 in, gint64 out, gboolean embedding, const char *weight)
{
  g_autofree char *a = g_strconcat (weight, ".lora_a", NULL), *b = g_strconcat (weight, ".lora_b", NULL);
  float deviation = 0.5f / sqrtf ((float) adapter->rank);

  if (embedding)
    write_thin (writer, adapter, adapter->rank, out, 1, a);
  else
    write_thin (writer, adapter, in, adapter->rank, 1 / sqrtf ((float) in), a);
  write_thin (writer, adapter, adapter->rank, embedding ? in : out, deviation, b);
}

GByteArray *
tiny_adapter_bytes (const TinyAdapter *options)
{
  const TinyModel *m = options->model;
  gint64 n_embd = m->n_embd ? m->n_embd : 256, n_ff = m->n_ff ? m->n_ff : 512, head_dim = m->head_dim ? m->head_dim : 64;
  gint64 q = (m->n_head ? m->n_head : 4) * head_dim, kv = (m->n_head_kv ? m->n_head_kv : 2) * head_dim;
  const struct { const char *name; gint64 in, out; } weights[] = {
    { "attn_q", n_embd, q }, { "attn_k", n_embd, kv }, { "attn_v", n_embd, kv }, { "attn_output", q, n_embd },
    { "ffn_gate", n_embd, n_ff }, { "ffn_up", n_embd, n_ff }, { "ffn_down", n_ff, n_embd },
  };
  gint32 n_layers = m->n_layers ? m->n_layers : g_str_equal (m->architecture, "gemma3") ? 6 : 2;
  GgufWriter writer;

  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.type", "adapter");
  gguf_write_string (&writer, "general.architecture", m->architecture);
  gguf_write_string (&writer, "general.name", "Tiny adapter");
  gguf_write_string (&writer, "adapter.type", "lora");
  if (options->alpha != 0)
    gguf_write_float (&writer, "adapter.lora.alpha", options->alpha);
  for (gint32 i = 0; i < n_layers; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (weights); k++) {
      g_autofree char *name = g_strdup_printf ("blk.%d.%s.weight", i, weights[k].name);

      write_pair (&writer, options, weights[k].in, weights[k].out, FALSE, name);
    }
  if (options->embedding)
    write_pair (&writer, options, n_embd, TINY_N_VOCAB, TRUE, "token_embd.weight");
  if (options->extra)
    options->extra (&writer);
  return gguf_writer_finish (&writer);
}

EngineAdapter *
tiny_adapter_load_bytes (const GByteArray *bytes, EngineModel *model, EngineError *error)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) problem = NULL;
  int fd = g_file_open_tmp ("melete-adapter-XXXXXX.gguf", &path, &problem);
  EngineAdapter *adapter;

  g_assert_no_error (problem);
  g_close (fd, NULL);
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &problem);
  g_assert_no_error (problem);
  adapter = engine_adapter_load (model, path, error);
  g_unlink (path);
  return adapter;
}

EngineAdapter *
tiny_adapter_load (const TinyAdapter *options, EngineModel *model)
{
  GByteArray *bytes = tiny_adapter_bytes (options);
  EngineError error = { 0 };
  EngineAdapter *adapter = tiny_adapter_load_bytes (bytes, model, &error);

  g_byte_array_unref (bytes);
  if (!adapter)
    g_error ("A tiny adapter cannot be loaded: %s", error.message);
  return adapter;
}
