/* SPDX-License-Identifier: MIT */
#include "tiny-vocab.h"

#include "gguf-writer.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const pretokenizers[TINY_LLAMA] = {
  "default", "gpt-2", "smollm", "llama-bpe", "qwen2", "qwen35", "seed-coder", "minicpm5", "tekken", "gpt-4o", "falcon",
  "deepseek-coder", "deepseek-llm", "deepseek-v3", "dbrx",
};

static void
write_floats (GgufWriter *writer, const char *key, const float *values, gsize n)
{
  gguf_put_string (writer->keys, key);
  gguf_put_u32 (writer->keys, ENGINE_GGUF_ARRAY);
  gguf_put_u32 (writer->keys, ENGINE_GGUF_F32);
  gguf_put_u64 (writer->keys, n);
  g_byte_array_append (writer->keys, (const guint8 *) values, (guint) (n * sizeof *values));
  writer->n_keys++;
}

typedef struct {
  GPtrArray *texts;
  GArray    *kinds, *scores;
} Tokens;

static void
add (Tokens *tokens, const char *text, gint32 kind, float score)
{
  g_ptr_array_add (tokens->texts, g_strdup (text));
  g_array_append_val (tokens->kinds, kind);
  g_array_append_val (tokens->scores, score);
}

/* The letters that stand for bytes: themselves where printable, else U+0100 and on. */
static void
add_letters (Tokens *tokens)
{
  gunichar next = 256;

  for (int byte = 0; byte < 256; byte++) {
    gboolean printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    char text[8] = { 0 };

    g_unichar_to_utf8 (printable ? (gunichar) byte : next++, text);
    add (tokens, text, 1, 0);
  }
}

static void
add_bytes (Tokens *tokens)
{
  for (int byte = 0; byte < 256; byte++) {
    g_autofree char *text = g_strdup_printf ("<0x%02X>", byte);

    add (tokens, text, 6, 0);
  }
}

GByteArray *
tiny_vocab_file (int index)
{
  Tokens tokens = { g_ptr_array_new_with_free_func (g_free), g_array_new (FALSE, FALSE, sizeof (gint32)), g_array_new (FALSE, FALSE, sizeof (float)) };
  gboolean bytes = index < TINY_LLAMA;
  const char *space = bytes ? "\xC4\xA0" : "\xE2\x96\x81";
  g_autofree char *spaced = g_strconcat (space, "the", NULL), *merge = g_strconcat (space, " the", NULL);
  const char *const merges[] = { "t h", "h e", "th e", merge };
  GgufWriter writer;

  add (&tokens, "<unk>", 2, 0);
  add (&tokens, "<s>", 3, 0);
  add (&tokens, "</s>", 3, 0);
  add (&tokens, "<|end|>", 3, 0);
  add (&tokens, "<u>", 4, 0);
  if (bytes) {
    add_letters (&tokens);
  } else {
    add_bytes (&tokens);
    for (const char *c = "thexyz"; *c; c++)
      add (&tokens, (char[2]){ *c, 0 }, 1, -10);
    add (&tokens, space, 1, -10);
    add (&tokens, "\n\n", 1, -10);
  }
  add (&tokens, "th", 1, -1);
  add (&tokens, "he", 1, -2);
  add (&tokens, "the", 1, -3);
  add (&tokens, spaced, 1, -4);

  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_string (&writer, "tokenizer.ggml.model", bytes ? "gpt2" : index == TINY_LLAMA ? "llama" : "gemma4");
  if (bytes)
    gguf_write_string (&writer, "tokenizer.ggml.pre", pretokenizers[index]);
  gguf_write_strings (&writer, "tokenizer.ggml.tokens", (const char *const *) tokens.texts->pdata, tokens.texts->len);
  gguf_write_ints (&writer, "tokenizer.ggml.token_type", (const gint32 *) tokens.kinds->data, tokens.kinds->len);
  if (!bytes)
    write_floats (&writer, "tokenizer.ggml.scores", (const float *) tokens.scores->data, tokens.scores->len);
  gguf_write_strings (&writer, "tokenizer.ggml.merges", merges, G_N_ELEMENTS (merges));
  gguf_write_uint (&writer, "tokenizer.ggml.bos_token_id", 1);
  gguf_write_uint (&writer, "tokenizer.ggml.eos_token_id", 2);
  gguf_write_uint (&writer, "tokenizer.ggml.unknown_token_id", 0);
  gguf_write_bool (&writer, "tokenizer.ggml.add_bos_token", TRUE);
  gguf_write_bool (&writer, "tokenizer.ggml.add_eos_token", index % 2);
  g_ptr_array_unref (tokens.texts);
  g_array_unref (tokens.kinds);
  g_array_unref (tokens.scores);
  return gguf_writer_finish (&writer);
}

EngineVocab *
tiny_vocab_read (const GByteArray *file, EngineError *error)
{
  int fd = memfd_create ("vocabulary", 0);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  EngineVocab *vocab = NULL;
  EngineGguf *gguf;

  if (fd < 0 || write (fd, file->data, file->len) != (ssize_t) file->len)
    g_error ("A file in memory cannot be written.");
  gguf = engine_gguf_open (path, error);
  if (gguf)
    vocab = engine_vocab_new (gguf, error);
  engine_gguf_free (gguf);
  close (fd);
  return vocab;
}

EngineVocab *
tiny_vocab_new (int index)
{
  g_autoptr (GByteArray) file = tiny_vocab_file (index);
  EngineError error = { 0 };
  EngineVocab *vocab = tiny_vocab_read (file, &error);

  if (!vocab)
    g_error ("%s", error.message);
  return vocab;
}
