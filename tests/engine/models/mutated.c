/* SPDX-License-Identifier: MIT */
/* Models of every architecture with random damage: each is refused with a sentence, or loads and computes something.
 *
 * MELETE_MUTATIONS and MELETE_SEED are as in ../gguf.c. */
#include "variants.h"

#include "tool/session.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_TOKENS 5

/* Numbers in the header decide, so most of the damage is done there. */
static void
damage (GRand *rand, GByteArray *file, gsize header)
{
  int n = g_rand_int_range (rand, 1, 5);

  for (int i = 0; i < n; i++) {
    gsize end = g_rand_int_range (rand, 0, 8) ? header : file->len - 8;
    gsize at = (gsize) g_rand_int_range (rand, 0, (gint32) end);

    if (g_rand_boolean (rand))
      file->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
    else
      memset (file->data + at, g_rand_boolean (rand) ? 0xff : 0, (gsize) g_rand_int_range (rand, 1, 8));
  }
}

/* Up to the last tensor's entry. */
static gsize
header_size (const GByteArray *file)
{
  const guint8 *at = file->data, *next;

  while ((next = memmem (at, (gsize) (file->data + file->len - at), ".weight", 7)))
    at = next + 7;
  return MIN ((gsize) (at - file->data) + 40, file->len);
}

static bool
ignore_logits (void *user, int32_t position, const float *logits, EngineError *error)
{
  return true;
}

static void
use (EngineModel *model)
{
  int32_t tokens[N_TOKENS] = { 1, 2, 3, 4, 5 };
  EngineMessage message = { "user", "hello" };
  EngineError error = { 0 };
  ToolSession session;

  if (engine_model_info (model)->embeds) {
    g_autofree float *vector = g_new (float, engine_model_info (model)->n_embd);

    if (!engine_embed_tokens (model, tokens, N_TOKENS, vector, &error))
      g_assert_cmpint (error.code, ==, ENGINE_BAD_INPUT); /* a context of less */
    return;
  }
  free (engine_chat_render (model, &message, 1, true, &error));
  error = (EngineError) { 0 };
  if (!tool_session_init (&session, model, N_TOKENS, 1, &error))
    g_error ("%s", error.message);
  if (!tool_session_walk (&session, tokens, N_TOKENS, 0, 3, ignore_logits, NULL, &error))
    g_error ("%s", error.message);
  tool_session_clear (&session);
}

static void
test_mutated (void)
{
  static const EngineType types[] = { ENGINE_TYPE_F32, ENGINE_TYPE_Q4_0, ENGINE_TYPE_Q8_0, ENGINE_TYPE_BF16 };
  const char *count = g_getenv ("MELETE_MUTATIONS"), *seed_text = g_getenv ("MELETE_SEED");
  guint32 seed = seed_text ? (guint32) g_ascii_strtoull (seed_text, NULL, 10) : (guint32) g_test_rand_int ();
  guint64 n = count ? g_ascii_strtoull (count, NULL, 10) / 100 : 1000, n_good = 0;
  GRand *rand = g_rand_new_with_seed (seed);
  int fd = memfd_create ("model", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  g_test_message ("MELETE_SEED=%u", seed);
  for (guint64 i = 0; i < n; i++) {
    Variant variant = variants[i % n_variants];
    GByteArray *file;
    EngineLoadOptions load = { .n_threads = 1, .memory_limit = 1 << 30 };
    EngineError error = { 0 };
    EngineModel *model;

    if (variant.model.architecture)
      variant.model = (TinyModel) {
        .architecture = variant.model.architecture, .extra = variant.model.extra, .type = types[i / n_variants % G_N_ELEMENTS (types)],
        .n_layers = 1, .n_embd = 32, .n_ff = 32, .n_head = 2, .n_head_kv = 1, .head_dim = 16,
      };
    file = variant_bytes (&variant);
    damage (rand, file, header_size (file));
    g_assert_cmpint (ftruncate (fd, 0), ==, 0);
    g_assert_cmpint (pwrite (fd, file->data, file->len, 0), ==, file->len);
    model = engine_model_load (path, &load, &error);
    if (model) {
      use (model);
      n_good++;
    } else {
      g_assert_cmpint (error.code, !=, ENGINE_INTERNAL);
      g_assert_true (g_str_has_suffix (error.message, "."));
    }
    engine_model_unref (model);
    g_byte_array_unref (file);
  }
  g_test_message ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " damaged models could still be run", n_good, n);
  g_rand_free (rand);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/models/mutated", test_mutated);
  return g_test_run ();
}
