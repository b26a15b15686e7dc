/* SPDX-License-Identifier: MIT */
/* Writes tiny models as files:
 *
 *   write-golden-models FOLDER           those that tests/golden/models/make.py gives to transformers
 *   write-golden-models --corpus FOLDER  the seeds of tests/fuzz/fuzz_gguf.c, as small as they can be */
#include "variants.h"

#include <string.h>

static const Variant seeds[] = {
#define TINIEST .type = ENGINE_TYPE_Q4_0, .n_layers = 1, .n_embd = 32, .n_ff = 32, .n_head = 2, .n_head_kv = 1, .head_dim = 16
  { "llama", FALSE, { .architecture = "llama", TINIEST } },
  { "qwen2", FALSE, { .architecture = "qwen2", TINIEST } },
  { "gemma3", FALSE, { .architecture = "gemma3", TINIEST } },
  { "falcon-h1", FALSE, { .architecture = "falcon-h1", TINIEST } },
};

static gboolean
write_all (const char *folder, const Variant *models, gsize n)
{
  for (gsize i = 0; i < n && models[i].model.architecture; i++) { /* the others come as files */
    GByteArray *bytes = tiny_model_bytes (&models[i].model);
    g_autofree char *name = g_strconcat (models[i].name, ".gguf", NULL);
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    gboolean ok = g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);

    g_byte_array_unref (bytes);
    if (!ok) {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  if (argc == 2)
    return !write_all (argv[1], variants, n_variants);
  if (argc == 3 && strcmp (argv[1], "--corpus") == 0)
    return !write_all (argv[2], seeds, G_N_ELEMENTS (seeds));
  g_printerr ("Usage: write-golden-models [--corpus] FOLDER\n");
  return 1;
}
