/* SPDX-License-Identifier: MIT */
/* Writes tiny models as files:
 *
 *   write-golden-models FOLDER           those that tests/golden/models/make.py gives to transformers
 *   write-golden-models --corpus FOLDER  the seeds of tests/fuzz/fuzz_gguf.c, as small as they can be
 *   write-golden-models --adapters FOLDER  those of tests/fuzz/fuzz_adapter.c */
#include "tiny-adapter.h"
#include "variants.h"

#include <string.h>

static const Variant seeds[] = {
#define TINIEST .type = ENGINE_TYPE_Q4_0, .n_layers = 1, .n_embd = 32, .n_ff = 32, .n_head = 2, .n_head_kv = 1, .head_dim = 16
  { "llama", FALSE, { .architecture = "llama", TINIEST } },
  { "qwen2", FALSE, { .architecture = "qwen2", TINIEST } },
  { "gemma3", FALSE, { .architecture = "gemma3", TINIEST } },
  { "falcon-h1", FALSE, { .architecture = "falcon-h1", TINIEST } },
  { "qwen35", FALSE, { .architecture = "qwen35", TINIEST } },
};

/* Of the first of those. */
static const struct { const char *name; TinyAdapter adapter; } adapter_seeds[] = {
  { "f16", { .model = &seeds[0].model, .type = ENGINE_TYPE_F16, .seed = 1, .rank = 3, .alpha = 6, .embedding = TRUE } },
  { "f32", { .model = &seeds[0].model, .type = ENGINE_TYPE_F32, .seed = 2, .rank = 1 } },
};

static gboolean
write_file (const char *folder, const char *base_name, GByteArray *bytes)
{
  g_autofree char *name = g_strconcat (base_name, ".gguf", NULL), *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);

  g_byte_array_unref (bytes);
  if (!ok)
    g_printerr ("%s\n", error->message);
  return ok;
}

static gboolean
write_adapters (const char *folder)
{
  for (gsize i = 0; i < G_N_ELEMENTS (adapter_seeds); i++)
    if (!write_file (folder, adapter_seeds[i].name, tiny_adapter_bytes (&adapter_seeds[i].adapter)))
      return FALSE;
  return TRUE;
}

static gboolean
write_all (const char *folder, const Variant *models, gsize n)
{
  for (gsize i = 0; i < n && models[i].model.architecture; i++) /* the others come as files */
    if (!write_file (folder, models[i].name, tiny_model_bytes (&models[i].model)))
      return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  if (argc == 2)
    return !write_all (argv[1], variants, n_variants);
  if (argc == 3 && strcmp (argv[1], "--corpus") == 0)
    return !write_all (argv[2], seeds, G_N_ELEMENTS (seeds));
  if (argc == 3 && strcmp (argv[1], "--adapters") == 0)
    return !write_adapters (argv[2]);
  g_printerr ("Usage: write-golden-models [--corpus|--adapters] FOLDER\n");
  return 1;
}
