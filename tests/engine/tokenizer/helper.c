/* SPDX-License-Identifier: MIT */
#include "helper.h"

#include <string.h>

char *
test_data_path (const char *variable, const char *fallback, const char *name)
{
  const char *folder = g_getenv (variable);
  g_autofree char *path = folder ? g_build_filename (folder, name, NULL)
                                 : g_build_filename (g_get_user_data_dir (), "melete", fallback, name, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_error ("There is no file %s. \"./dev test\" fetches it; or set %s to the directory that has it.", path, variable);
  return g_steal_pointer (&path);
}

char *
test_model_path (const char *name)
{
  return test_data_path ("MELETE_MODELS", "models", name);
}

char *
test_peer_path (const char *name)
{
  return test_data_path ("MELETE_PEER_DATA", "peer-data", name);
}

EngineVocab *
test_vocab_open (const char *path)
{
  EngineError error = { 0 };
  EngineGguf *gguf = engine_gguf_open (path, &error);
  EngineVocab *vocab = gguf ? engine_vocab_new (gguf, &error) : NULL;

  engine_gguf_free (gguf);
  if (!vocab)
    g_error ("%s: %s", path, error.message);
  return vocab;
}

static gunichar
random_character (GRand *rand)
{
  static const struct {
    gunichar first, last;
  } ranges[] = {
    { ' ', ' ' }, { ' ', ' ' }, { '\t', '\r' }, { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' }, { 'a', 'z' }, { '!', '/' },
    { '\'', '\'' }, { 0xA0, 0x24F }, { 0x300, 0x36F }, { 0x370, 0x52F }, { 0x590, 0x6FF }, { 0x900, 0xDFF },
    { 0x1780, 0x17FF }, { 0x2000, 0x206F }, { 0x3000, 0x30FF }, { 0x4E00, 0x9FFF }, { 0xAC00, 0xD7A3 },
    { 0xFF00, 0xFFEF }, { 0x1F300, 0x1FAFF }, { 1, 0x10FFFF },
  };
  gunichar c;

  do {
    int i = g_rand_int_range (rand, 0, G_N_ELEMENTS (ranges));

    c = (gunichar) g_rand_int_range (rand, (gint32) ranges[i].first, (gint32) ranges[i].last + 1);
  } while ((c >= 0xD800 && c <= 0xDFFF) || c == 0x2581);
  return c;
}

GString *
test_random_text (GRand *rand, int most)
{
  static const char *const words[] = { "don't", "WE'LL", " the", "hello", "123456", "\r\n\n", "   ", "// ", "é", "你好", "ÀB" };
  GString *text = g_string_new (NULL);
  int n = g_rand_int_range (rand, 0, most + 1);

  while (n-- > 0) {
    if (g_rand_int_range (rand, 0, 6) == 0)
      g_string_append (text, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
    else
      g_string_append_unichar (text, random_character (rand));
  }
  return text;
}

GArray *
test_encode (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineTokenizeFlags flags)
{
  EngineError error = { 0 };
  int32_t *ids = NULL;
  size_t n = 0;

  if (!engine_vocab_encode (vocab, text, n_bytes, flags, &ids, &n, &error))
    g_error ("%s", error.message);
  {
    GArray *array = g_array_new (FALSE, FALSE, sizeof (int32_t));

    g_array_append_vals (array, ids, (guint) n);
    free (ids);
    return array;
  }
}

char *
test_decode (const EngineVocab *vocab, const int32_t *ids, size_t n_ids, bool special)
{
  EngineDecoder decoder = { 0 };
  EngineError error = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  char *bytes = NULL;
  size_t length = 0, capacity = 0;
  bool done = true;

  for (size_t i = 0; done && i < n_ids; i++) {
    size_t before = length;

    done = engine_vocab_decode (vocab, &decoder, ids[i], special, &bytes, &length, &capacity, &error);
    /* What a stream shows is always whole. */
    g_assert_true (length == before || memchr (bytes + before, 0, length - before)
                   || g_utf8_validate (bytes + before, (gssize) (length - before), NULL));
  }
  if (!done || !engine_vocab_decode_end (&decoder, &bytes, &length, &capacity, &error))
    g_error ("%s", error.message);
  if (length)
    g_string_append_len (text, bytes, (gssize) length);
  free (bytes);
  return g_strdup (text->str);
}
