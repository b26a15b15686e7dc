/* SPDX-License-Identifier: MIT */
#include "variants.h"

#include <glib.h>
#include <math.h>

const gint32 golden_positions[] = { 0, 1, 2, 15, 16, 17, 31, 39 };
const gsize n_golden_positions = G_N_ELEMENTS (golden_positions);

gint32
golden_token (gint32 i)
{
  return (i * 37 + 11) % TINY_N_VOCAB;
}

/* What the conversion of a Llama 3.1 model writes: head of 16, factor 8, 1 and 4 at an original
 * context of 32, base 10,000. */
static void
add_llama3_factors (GgufWriter *writer)
{
  float factors[8];

  for (int i = 0; i < 8; i++) {
    double wavelength = 2 * G_PI * pow (1e4, 2.0 * i / 16), smooth = (32 / wavelength - 1) / (4 - 1);

    if (wavelength > 32 / 1.0)
      factors[i] = 8;
    else if (wavelength < 32 / 4.0)
      factors[i] = 1;
    else
      factors[i] = (float) (1 / ((1 - smooth) / 8 + smooth));
  }
  gguf_write_tensor (writer, "rope_freqs.weight", ENGINE_TYPE_F32, 8, 0, factors);
}

static void
add_linear (GgufWriter *writer)
{
  gguf_write_string (writer, "gemma3.rope.scaling.type", "linear");
  gguf_write_float (writer, "gemma3.rope.scaling.factor", 8);
}

static void
add_yarn (GgufWriter *writer)
{
  gguf_write_string (writer, "qwen2.rope.scaling.type", "yarn");
  gguf_write_float (writer, "qwen2.rope.scaling.factor", 4);
  gguf_write_uint (writer, "qwen2.rope.scaling.original_context_length", 32);
}

#define SMALL .type = ENGINE_TYPE_F32, .seed = 7, .n_embd = 64, .n_ff = 96, .n_head = 4, .n_head_kv = 2, .head_dim = 16

const Variant variants[] = {
  { "llama", FALSE, { .architecture = "llama", SMALL, .separate_output = TRUE } },
  { "llama-3", FALSE, { .architecture = "llama", SMALL, .extra = add_llama3_factors } },
  { "qwen2", FALSE, { .architecture = "qwen2", SMALL } },
  { "qwen2-yarn", FALSE, { .architecture = "qwen2", SMALL, .extra = add_yarn } },
  { "gemma3", FALSE, { .architecture = "gemma3", SMALL, .window = 16 } },
  { "gemma3-linear", FALSE, { .architecture = "gemma3", SMALL, .window = 16, .extra = add_linear } },
  { "qwen3" }, { "phi3" }, { "phi3-long" }, { "mistral3" }, { "gemma2" }, { "smollm3" }, { "granite" }, { "olmo2" }, { "ernie4_5" }, { "qwen3moe" }, { "gpt-oss" },
  { "falcon-h1" }, { "falcon-h1-norm" }, { "lfm2" }, { "qwen35" }, { "qwen35-even" }, { "qwen35moe" }, { "muse-glimmer", .sharp = TRUE }, { "muse-spark", .sharp = TRUE },
  { "gemma4", .together = 5 }, { "gemma4-dense" }, { "gemma4-moe" },
  { "bert", TRUE }, { "nomic-bert", TRUE }, { "nomic-bert-moe", TRUE },
};
const gsize n_variants = G_N_ELEMENTS (variants);

GByteArray *
variant_bytes (const Variant *variant)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.gguf.gz", GOLDEN_FOLDER, variant->name);

  return variant->model.architecture ? tiny_model_bytes (&variant->model) : g_bytes_unref_to_array (tiny_unpack (path));
}
