/* SPDX-License-Identifier: MIT */
#include "helper.h"
#include "tiny-vocab.h"
#include "tokenizer/unicode.h"

#include <string.h>

static char *
shown (const EngineVocab *vocab, const char *text, EngineTokenizeFlags flags)
{
  g_autoptr (GArray) ids = test_encode (vocab, text, strlen (text), flags);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++) {
    size_t n;
    const char *token = engine_vocab_text (vocab, g_array_index (ids, int32_t, i), &n);

    g_string_append_printf (line, "%s%.*s", i ? " " : "", (int) n, token);
  }
  return g_strdup (line->str);
}

static void
check (const EngineVocab *vocab, const char *text, EngineTokenizeFlags flags, const char *expected)
{
  g_autofree char *tokens = shown (vocab, text, flags);

  g_assert_cmpstr (tokens, ==, expected);
}

static void
test_special (void)
{
  EngineVocab *vocab = tiny_vocab_new (1);

  check (vocab, "the the", ENGINE_TOKENIZE_PLAIN, "the Ġthe");
  check (vocab, "a<s>b", ENGINE_TOKENIZE_PLAIN, "a < s > b");
  check (vocab, "a<s>b", ENGINE_TOKENIZE_SPECIAL, "a <s> b");
  check (vocab, "a<u>b", ENGINE_TOKENIZE_PLAIN, "a <u> b");
  check (vocab, "<|end|><|en", ENGINE_TOKENIZE_SPECIAL, "<|end|> < | e n");
  check (vocab, "a", ENGINE_TOKENIZE_BOS, "<s> a </s>");
  check (vocab, "", ENGINE_TOKENIZE_BOS, "<s> </s>");
  check (vocab, "", ENGINE_TOKENIZE_PLAIN, "");
  check (vocab, "<s>", ENGINE_TOKENIZE_BOS | ENGINE_TOKENIZE_SPECIAL, "<s> <s> </s>");

  g_assert_cmpint (engine_vocab_bos (vocab), ==, 1);
  g_assert_cmpint (engine_vocab_eos (vocab), ==, 2);
  g_assert_true (engine_vocab_adds_bos (vocab));
  g_assert_true (engine_vocab_is_end (vocab, 2));
  g_assert_true (engine_vocab_is_end (vocab, engine_vocab_find (vocab, "<|end|>", 7)));
  g_assert_false (engine_vocab_is_end (vocab, 1));
  g_assert_false (engine_vocab_is_end (vocab, -1));
  g_assert_true (engine_vocab_is_special (vocab, 3));
  g_assert_false (engine_vocab_is_special (vocab, 4));
  g_assert_false (engine_vocab_is_special (vocab, 1 << 30));
  g_assert_cmpint (engine_vocab_find (vocab, "nothing like it", 15), ==, -1);
  g_assert_cmpint (engine_vocab_find (vocab, "", 0), ==, -1);
  g_assert_null (engine_vocab_text (vocab, engine_vocab_size (vocab), NULL));
  engine_vocab_free (vocab);
}

static void
test_sentencepiece (void)
{
  EngineVocab *vocab = tiny_vocab_new (TINY_LLAMA);
  g_autofree char *bytes = NULL, *text = NULL;
  g_autoptr (GArray) ids = NULL;

  check (vocab, "the the", ENGINE_TOKENIZE_PLAIN, "▁the ▁the");
  check (vocab, "xthe", ENGINE_TOKENIZE_PLAIN, "▁ x the");
  check (vocab, "é\n", ENGINE_TOKENIZE_PLAIN, "▁ <0xC3> <0xA9> <0x0A>");
  /* A text that only looks like a byte token is none. */
  check (vocab, "<0x41>", ENGINE_TOKENIZE_PLAIN, "▁ <0x3C> <0x30> x <0x34> <0x31> <0x3E>");
  check (vocab, "the<s>the", ENGINE_TOKENIZE_SPECIAL, "▁the <s> ▁the");
  ids = test_encode (vocab, " the", 4, ENGINE_TOKENIZE_PLAIN);
  text = test_decode (vocab, (const int32_t *) ids->data, ids->len, false);
  g_assert_cmpstr (text, ==, " the");
  engine_vocab_free (vocab);
}

/* Everything that comes out, token by token, joined with "|". */
static char *
streamed (const EngineVocab *vocab, const char *bytes, size_t n_bytes)
{
  EngineDecoder decoder = { 0 };
  char *out = NULL;
  size_t length = 0, capacity = 0, before = 0;
  g_autoptr (GString) line = g_string_new (NULL);

  for (size_t i = 0; i < n_bytes; i++) {
    char text[8];

    g_snprintf (text, sizeof text, "<0x%02X>", (unsigned char) bytes[i]);
    g_assert_true (engine_vocab_decode (vocab, &decoder, engine_vocab_find (vocab, text, 6), false, &out, &length, &capacity, NULL));
    g_string_append_len (line, out ? out + before : "", (gssize) (length - before));
    g_string_append_c (line, '|');
    before = length;
  }
  g_assert_true (engine_vocab_decode_end (&decoder, &out, &length, &capacity, NULL));
  g_string_append_len (line, out ? out + before : "", (gssize) (length - before));
  free (out);
  return g_strdup (line->str);
}

static void
test_stream (void)
{
#define BAD "\xEF\xBF\xBD"
  static const struct {
    const char *bytes, *expected;
  } cases[] = {
    { "a\xC3\xA9z", "a||é|z|" },
    { "\xF0\x9F\xA6\x99", "|||🦙|" },
    { "\xF0\x9F\xA6", "|||" BAD },                      /* cut off */
    { "\xF0\x9F" "a", "||" BAD "a|" },                  /* never becomes a character */
    { "\x80\xBF", BAD "|" BAD "|" },                    /* nothing begins so */
    { "\xC0\x80", BAD "|" BAD "|" },                    /* an overlong form */
    { "\xE0\x9F\xBF", "|" BAD BAD "|" BAD "|" },        /* another */
    { "\xED\xA0\x80", "|" BAD BAD "|" BAD "|" },        /* a surrogate */
    { "\xF4\x90\x80\x80", "|" BAD BAD "|" BAD "|" BAD "|" }, /* above U+10FFFF */
    { "\xE2\xE2\x82\xAC", "|" BAD "||€|" },
  };
  EngineVocab *vocab = tiny_vocab_new (TINY_LLAMA);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *line = streamed (vocab, cases[i].bytes, strlen (cases[i].bytes));

    g_assert_cmpstr (line, ==, cases[i].expected);
  }
  {
    EngineDecoder decoder = { 0 };
    EngineError error = { 0 };
    char *out = NULL;
    size_t length = 0, capacity = 0;

    g_assert_false (engine_vocab_decode (vocab, &decoder, 100000, false, &out, &length, &capacity, &error));
    g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT);
    g_assert_true (engine_vocab_decode (vocab, &decoder, 1, false, &out, &length, &capacity, NULL));
    g_assert_cmpuint (length, ==, 0);
    g_assert_true (engine_vocab_decode (vocab, &decoder, 1, true, &out, &length, &capacity, NULL));
    g_assert_cmpmem (out, length, "<s>", 3);
    free (out);
  }
  engine_vocab_free (vocab);
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (int i = 0; i < TINY_VOCABS; i++) {
    EngineVocab *vocab = tiny_vocab_new (i);

    for (int round = 0; round < 500; round++) {
      g_autoptr (GString) text = test_random_text (rand, 60);
      g_autoptr (GArray) ids = test_encode (vocab, text->str, text->len, ENGINE_TOKENIZE_PLAIN);
      g_autofree char *back = test_decode (vocab, (const int32_t *) ids->data, ids->len, false);

      g_assert_cmpstr (back, ==, text->str);
    }
    engine_vocab_free (vocab);
  }
}

/* A quadratic algorithm would take hours here, and the runner would end the test. */
static void
test_long (void)
{
  static const char *const units[] = { "the", "t", "<", "   ", "\n", "1", "é", "<u", "'s", "Aあ", " \n" };

  for (int i = 0; i < TINY_VOCABS; i++) {
    gsize n = i == 1 || i >= TINY_LLAMA ? 1 << 20 : 1 << 17; /* all of a megabyte for each algorithm */
    EngineVocab *vocab = tiny_vocab_new (i);

    for (gsize j = 0; j < G_N_ELEMENTS (units); j++) {
      g_autoptr (GString) text = g_string_sized_new (n + 8);
      g_autoptr (GArray) ids = NULL;
      g_autofree char *back = NULL;

      while (text->len < n)
        g_string_append (text, units[j]);
      g_string_append_c (text, 'x');
      ids = test_encode (vocab, text->str, text->len, ENGINE_TOKENIZE_SPECIAL);
      back = test_decode (vocab, (const int32_t *) ids->data, ids->len, false);
      g_assert_cmpstr (back, ==, text->str);
    }
    engine_vocab_free (vocab);
  }
}

/* Vocabularies with wrong bytes are refused or read; nothing worse. */
static void
test_damage (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  int n_read = 0;

  for (int round = 0; round < 3000; round++) {
    g_autoptr (GByteArray) file = tiny_vocab_file (round % TINY_VOCABS);
    EngineError error = { 0 };
    EngineVocab *vocab;

    for (int i = g_rand_int_range (rand, 1, 20); i > 0; i--)
      file->data[g_rand_int_range (rand, 0, (gint32) file->len)] = (guint8) g_rand_int_range (rand, 0, 256);
    vocab = tiny_vocab_read (file, &error);
    if (!vocab) {
      g_assert_cmpint (error.code, !=, ENGINE_OK);
      continue;
    }
    n_read++;
    {
      const char *text = "the <s> the<u>\n\n é🦙 don't 12345 </s>";
      g_autoptr (GArray) ids = test_encode (vocab, text, strlen (text), ENGINE_TOKENIZE_BOS | ENGINE_TOKENIZE_SPECIAL);
      g_autofree char *back = test_decode (vocab, (const int32_t *) ids->data, ids->len, true);

      g_assert_true (g_utf8_validate (back, -1, NULL));
    }
    engine_vocab_free (vocab);
  }
  g_assert_cmpint (n_read, >, 100);
}

static void
test_unknown (void)
{
  static const struct {
    const char *from, *to, *word;
  } cases[] = { { "qwen35", "qwen99", "qwen99" }, { "gpt2", "gptX", "gptX" }, { "tokenizer.ggml.tokens", "tokenizer.ggml.tokenz", "vocabulary" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) file = tiny_vocab_file (5);
    EngineError error = { 0 };
    guint8 *at = memmem (file->data, file->len, cases[i].from, strlen (cases[i].from));

    memcpy (at, cases[i].to, strlen (cases[i].to));
    g_assert_null (tiny_vocab_read (file, &error));
    g_assert_nonnull (strstr (error.message, cases[i].word));
  }
}

/* Tokens are found by what they stand for, not by how the file writes them. */
static void
test_breakers (void)
{
  g_autofree char *path = test_model_path ("smollm2-135m-instruct.gguf");
  EngineVocab *vocab = test_vocab_open (path);
  guint8 *breakers = engine_vocab_breakers (vocab, NULL);
  int n = 0;

  for (int32_t id = 0; id < engine_vocab_size (vocab); id++) {
    g_autofree char *text = test_decode (vocab, &id, 1, true);
    gboolean breaks = strpbrk (text, "\n:\"*") != NULL;

    g_assert_cmpint (breakers[id / 8] >> id % 8 & 1, ==, breaks);
    n += breaks;
  }
  g_assert_cmpint (n, >, 50);
  free (breakers);
  engine_vocab_free (vocab);
}

static void
test_unicode (void)
{
  for (gunichar c = 0; c < 0x110000; c++) {
    char text[8];
    uint32_t back;
    int n;

    if (c >= 0xD800 && c <= 0xDFFF)
      continue;
    n = engine_utf8_write (c, text);
    g_assert_cmpint (n, ==, g_unichar_to_utf8 (c, NULL));
    g_assert_cmpint (engine_utf8_read (text, n, &back), ==, n);
    g_assert_cmpuint (back, ==, c);
    g_assert_cmpint (engine_utf8_read (text, n - 1 ? n - 1 : 1, &back), ==, n > 1 ? 0 : 1);
  }
  g_assert_cmpint (engine_unicode_category ('A'), ==, ENGINE_UNICODE_LU);
  g_assert_cmpint (engine_unicode_category (0x4E00), ==, ENGINE_UNICODE_LO);
  g_assert_cmpint (engine_unicode_category (0x10FFFF), ==, ENGINE_UNICODE_CN);
  g_assert_cmpint (engine_unicode_category (0x301), ==, ENGINE_UNICODE_MN);
  g_assert_cmpint (engine_unicode_category (0x2155), ==, ENGINE_UNICODE_NO);
  g_assert_true (engine_unicode_is_space (0x3000));
  g_assert_true (engine_unicode_is_space (0x85));
  g_assert_false (engine_unicode_is_space (0x200B));
  g_assert_cmpuint (engine_unicode_upper (0xE4), ==, 0xC4);
  g_assert_cmpuint (engine_unicode_lower (0x42F), ==, 0x44F);
  g_assert_cmpuint (engine_unicode_lower (0x132), ==, 0x133);
  g_assert_cmpuint (engine_unicode_upper (0x132), ==, 0x132);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokenizer/special", test_special);
  g_test_add_func ("/tokenizer/sentencepiece", test_sentencepiece);
  g_test_add_func ("/tokenizer/stream", test_stream);
  g_test_add_func ("/tokenizer/round-trip", test_round_trip);
  g_test_add_func ("/tokenizer/long", test_long);
  g_test_add_func ("/tokenizer/damage", test_damage);
  g_test_add_func ("/tokenizer/unknown", test_unknown);
  g_test_add_func ("/tokenizer/breakers", test_breakers);
  g_test_add_func ("/tokenizer/unicode", test_unicode);
  return g_test_run ();
}
