/* SPDX-License-Identifier: MIT */
/* 10,000 random texts through the vocabulary of each real model, and back. */
#include "helper.h"

#include <string.h>

static char *
there_and_back (const EngineVocab *vocab, const char *text, size_t n)
{
  g_autoptr (GArray) ids = test_encode (vocab, text, n, ENGINE_TOKENIZE_PLAIN);

  return test_decode (vocab, (const int32_t *) ids->data, ids->len, false);
}

/* SmolLM2 has no tokens for bytes that only characters without a name begin with; those are
 * taken out of the text. */
static GString *
without_missing (const EngineVocab *vocab, const GString *text)
{
  GString *kept = g_string_new (NULL);

  for (const char *c = text->str; *c; c = g_utf8_next_char (c)) {
    size_t n = (size_t) (g_utf8_next_char (c) - c);
    g_autofree char *back = n < 4 || g_utf8_get_char (c) < 0x40000 ? NULL : there_and_back (vocab, c, n);

    if (!back || (strlen (back) == n && !memcmp (back, c, n)))
      g_string_append_len (kept, c, (gssize) n);
  }
  return kept;
}

static void
test_random (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = g_str_has_prefix (name, "ggml-") ? test_peer_path (name) : test_model_path (name);
  EngineVocab *vocab = test_vocab_open (path);
  g_autoptr (GRand) rand = g_rand_new_with_seed (2026);

  for (int round = 0; round < 10000; round++) {
    g_autoptr (GString) random = test_random_text (rand, 40), text = without_missing (vocab, random);
    g_autofree char *back = there_and_back (vocab, text->str, text->len);

    g_assert_cmpstr (back, ==, text->str);
  }
  engine_vocab_free (vocab);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = {
    "smollm2-135m-instruct.gguf", "gemma-3-270m.gguf", "qwen2.5-coder-0.5b-instruct.gguf", "qwen2.5-coder-1.5b-instruct.gguf",
    "ggml-vocab-llama-bpe.gguf", "ggml-vocab-llama-spm.gguf",
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_strconcat ("/tokenizer/round-trip/", names[i], NULL);

    g_test_add_data_func (path, names[i], test_random);
  }
  return g_test_run ();
}
