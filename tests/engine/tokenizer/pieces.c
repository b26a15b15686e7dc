/* SPDX-License-Identifier: MIT */
/* WordPiece and unigram give the ids that their own libraries give (tests/golden/tokenizer); decompositions are GLib's. */
#include "helper.h"
#include "tokenizer/unicode.h"

#include <string.h>

static GByteArray *
from_hexadecimal (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; g_ascii_isxdigit (text[0]) && g_ascii_isxdigit (text[1]); text += 2) {
    guint8 byte = (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));

    g_byte_array_append (bytes, &byte, 1);
  }
  return bytes;
}

static char *
encode (const EngineVocab *vocab, const char *text, gsize n, EngineTokenizeFlags flags)
{
  g_autoptr (GArray) ids = test_encode (vocab, text, n, flags);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (line, i ? " %d" : "%d", g_array_index (ids, int32_t, i));
  return g_strdup (line->str);
}

static EngineVocab *
open_vocabulary (const char *name)
{
  g_autofree char *path = test_peer_path (name);

  return test_vocab_open (path);
}

static void
assert_golden (const char *vocabulary, const char *golden)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", "tokenizer", golden, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  EngineVocab *vocab = open_vocabulary (vocabulary);
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (; lines[2 * n] && lines[2 * n][0]; n++) {
    GByteArray *bytes = from_hexadecimal (lines[2 * n]);
    g_autofree char *ours = encode (vocab, (const char *) bytes->data, bytes->len, ENGINE_TOKENIZE_PLAIN);

    if (strcmp (ours, lines[2 * n + 1])) {
      g_test_message ("\"%.*s\": expected %s, got %s", (int) bytes->len, (const char *) bytes->data, lines[2 * n + 1], ours);
      g_test_fail ();
    }
    g_byte_array_unref (bytes);
  }
  g_assert_cmpuint (n, ==, 400);
  engine_vocab_free (vocab);
}

static void
test_wordpiece (void)
{
  assert_golden ("ggml-vocab-bert-bge.gguf", "wordpiece.txt");
}

static void
test_unigram (void)
{
  assert_golden ("ggml-vocab-nomic-bert-moe.gguf", "unigram.txt");
}

static void
test_around (void)
{
  EngineVocab *vocab = open_vocabulary ("ggml-vocab-bert-bge.gguf");
  g_autofree char *plain = encode (vocab, "hello", 5, ENGINE_TOKENIZE_PLAIN), *whole = encode (vocab, "hello", 5, ENGINE_TOKENIZE_BOS);
  g_autofree char *nothing = encode (vocab, "\xff\xfe\x07", 3, ENGINE_TOKENIZE_BOS), *special = encode (vocab, "[SEP]", 5, ENGINE_TOKENIZE_PLAIN);
  g_autoptr (GArray) ids = test_encode (vocab, "Hello, Wörld!", strlen ("Hello, Wörld!"), ENGINE_TOKENIZE_BOS);
  g_autofree char *back = test_decode (vocab, (const int32_t *) ids->data, ids->len, false);

  g_assert_cmpstr (plain, ==, "7592");
  g_assert_cmpstr (whole, ==, "101 7592 102");
  g_assert_cmpstr (nothing, ==, "101 102");
  g_assert_cmpstr (special, !=, "102"); /* words of a text are never a mark */
  g_assert_cmpstr (back, ==, "hello , world !");
  engine_vocab_free (vocab);
}

/* GLib's Unicode may be newer: what is no character in ours is passed over. */
static void
test_decompositions (void)
{
  guint n_decomposed = 0;

  for (gunichar c = 1; c <= 0x10FFFF; c++) {
    gunichar wanted[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    uint32_t parts[ENGINE_UNICODE_MOST_PARTS];
    gsize n_wanted;
    int n;

    if (engine_unicode_category (c) == ENGINE_UNICODE_CN || (c >= 0xD800 && c < 0xE000))
      continue;
    n_wanted = g_unichar_fully_decompose (c, FALSE, wanted, G_N_ELEMENTS (wanted));
    n = engine_unicode_decompose (c, parts);
    g_assert_cmpuint (n, ==, n_wanted);
    for (int i = 0; i < n; i++)
      g_assert_cmphex (parts[i], ==, wanted[i]);
    n_decomposed += n > 1 || parts[0] != c;
  }
  g_assert_cmpuint (n_decomposed, >, 13000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer/pieces/wordpiece", test_wordpiece);
  g_test_add_func ("/tokenizer/pieces/wordpiece-around", test_around);
  g_test_add_func ("/tokenizer/pieces/unigram", test_unigram);
  g_test_add_func ("/tokenizer/pieces/decompositions", test_decompositions);
  return g_test_run ();
}
