/* SPDX-License-Identifier: MIT */
/* llama.cpp's own texts and expected tokens, of every vocabulary that our tokenizers read. */
#include "helper.h"

#include <string.h>

static const char *const vocabularies[] = {
  "bert-bge", "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gemma-4", "gpt-2", "llama-bpe", "llama-spm", "mpt",
  "phi-3", "qwen2", "qwen35", "refact", "starcoder",
};

static char *
read_peer (const char *vocabulary, const char *ending)
{
  g_autofree char *name = g_strdup_printf ("ggml-vocab-%s.gguf%s", vocabulary, ending);
  g_autofree char *path = test_peer_path (name);
  char *text;
  gsize n;

  if (!g_file_get_contents (path, &text, &n, NULL))
    g_error ("The file %s cannot be read.", path);
  g_assert_cmpuint (strlen (text), ==, n);
  return text;
}

static char *
numbers (const int32_t *ids, size_t n)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (size_t i = 0; i < n; i++)
    g_string_append_printf (line, i ? " %d" : "%d", ids[i]);
  return g_strdup (line->str);
}

static void
test_pairs (gconstpointer data)
{
  const char *vocabulary = data;
  g_autofree char *name = g_strdup_printf ("ggml-vocab-%s.gguf", vocabulary);
  g_autofree char *path = test_peer_path (name);
  g_autofree char *inputs = read_peer (vocabulary, ".inp"), *outputs = read_peer (vocabulary, ".out");
  g_auto (GStrv) texts = g_strsplit (inputs, "\n__ggml_vocab_test__\n", -1);
  g_auto (GStrv) lines = g_strsplit (outputs, "\n", -1);
  EngineVocab *vocab = test_vocab_open (path);
  guint n_texts = g_strv_length (texts);

  /* A text after the last separator would be empty. */
  if (n_texts && !texts[n_texts - 1][0])
    n_texts--;
  g_assert_cmpuint (n_texts, >, 40);
  g_assert_cmpuint (g_strv_length (lines), >=, n_texts);
  for (guint i = 0; i < n_texts; i++) {
    g_autoptr (GArray) ids = test_encode (vocab, texts[i], strlen (texts[i]), ENGINE_TOKENIZE_PLAIN);
    g_autofree char *ours = numbers ((const int32_t *) ids->data, ids->len);

    if (strcmp (ours, g_strstrip (lines[i]))) {
      g_test_message ("%s, text %u \"%s\": expected %s, got %s", vocabulary, i, texts[i], lines[i], ours);
      g_test_fail ();
    }
  }
  engine_vocab_free (vocab);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (vocabularies); i++) {
    g_autofree char *path = g_strconcat ("/tokenizer/peer/", vocabularies[i], NULL);

    g_test_add_data_func (path, vocabularies[i], test_pairs);
  }
  return g_test_run ();
}
