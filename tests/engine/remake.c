/* SPDX-License-Identifier: MIT */
/* Model files out of others: what is in them, that their bytes depend on nothing but the input, and that nothing is lost or left over when something is wrong. */
#include "remake/remake.h"
#include "remake/importance.h"
#include "remake/writer.h"
#include "tiny-model.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char *folder, *model_path, *out_path, *importance_path;

static guint
n_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static GBytes *
contents (const char *path)
{
  char *bytes;
  gsize n;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  return g_bytes_new_take (bytes, n);
}

static EngineRemakeResult
remake (const char *in, const EngineRemakeOptions *options)
{
  EngineRemakeResult result;
  EngineError error = { 0 };

  if (!engine_remake (in, out_path, options, &result, &error))
    g_error ("%s", error.message);
  return result;
}

/* It fails with words that say `inside`, and changes no file. */
static void
refuse (const char *in, const char *out, const EngineRemakeOptions *options, EngineCode code, const char *inside)
{
  guint before = n_files ();
  EngineRemakeResult result;
  EngineError error = { 0 };

  g_assert_false (engine_remake (in, out, options, &result, &error));
  g_test_message ("%s", error.message);
  g_assert_cmpint (error.code, ==, code);
  g_assert_nonnull (strstr (error.message, inside));
  g_assert_cmpuint (n_files (), ==, before);
}

static EngineGguf *
open_out (void)
{
  EngineError error = { 0 };
  EngineGguf *gguf = engine_gguf_open (out_path, &error);

  if (!gguf)
    g_error ("%s", error.message);
  return gguf;
}

static EngineType
type_of (const EngineGguf *gguf, const char *name)
{
  const EngineTensor *tensor = engine_gguf_find_tensor (gguf, name);

  g_assert_nonnull (tensor);
  return tensor->type;
}

/* ---- what comes out -------------------------------------------------------------------- */

static void
test_types (void)
{
  EngineError why = { 0 };
  EngineGguf *in = engine_gguf_open (model_path, &why);
  EngineType last = ENGINE_N_TYPES;

  for (gsize i = 0; engine_mix_name (i); i++) {
    EngineRemakeOptions options = { .mix = engine_mix_find (engine_mix_name (i)), .n_threads = 1 };
    EngineRemakeResult result = remake (model_path, &options);
    g_autoptr (GBytes) one = contents (out_path);
    EngineGguf *gguf = open_out ();
    EngineModel *model;
    guint64 number = 0;

    g_assert_cmpuint (result.bytes, ==, g_bytes_get_size (one));
    g_assert_true (engine_gguf_uint (gguf, "general.file_type", &number));
    g_assert_cmpuint (number, ==, options.mix->file_type);
    g_assert_true (engine_gguf_uint (gguf, "general.quantization_version", &number));
    g_assert_cmpuint (number, ==, 2);
    g_assert_cmpint (type_of (gguf, "blk.0.attn_q.weight"), ==, options.mix->base);
    g_assert_cmpint (type_of (gguf, "blk.0.attn_norm.weight"), ==, ENGINE_TYPE_F32);
    /* All that the model said before it says now. */
    for (gsize k = 0; k < engine_gguf_n_keys (in); k++) {
      const char *key = engine_gguf_key (in, k), *text = engine_gguf_string (in, key, NULL);
      EngineGgufType type, now;

      g_assert_true (engine_gguf_type (in, key, &type, NULL) && engine_gguf_type (gguf, key, &now, NULL));
      if (!g_str_has_prefix (key, "general."))
        g_assert_cmpint (type, ==, now);
      if (text)
        g_assert_cmpstr (text, ==, engine_gguf_string (gguf, key, NULL));
      g_assert_cmpuint (engine_gguf_array_length (in, key), ==, engine_gguf_array_length (gguf, key));
    }
    g_assert_cmpstr (engine_gguf_array_string (gguf, "tokenizer.ggml.tokens", 300, NULL), ==, engine_gguf_array_string (in, "tokenizer.ggml.tokens", 300, NULL));
    engine_gguf_free (gguf);

    if (options.mix->base != last) { /* each encoder once */
      g_autoptr (GBytes) two = NULL;

      options.n_threads = 2;
      remake (model_path, &options);
      two = contents (out_path);
      g_assert_true (g_bytes_equal (one, two));
      last = options.mix->base;
    }
    model = engine_model_load (out_path, &(EngineLoadOptions) { .n_threads = 1 }, &why);
    if (!model)
      g_error ("%s: %s", options.mix->name, why.message);
    engine_model_unref (model);
  }
  engine_gguf_free (in);
}

/* Which tensors get the better type, as in the files that are around. */
static void
test_mixes (void)
{
  static const struct { const char *mix, *tensor; EngineType type; } known[] = {
    { "q4_k_m", "token_embd.weight", ENGINE_TYPE_Q6_K }, /* which is the output too */
    { "Q4_K_M", "blk.0.attn_v.weight", ENGINE_TYPE_Q4_K }, { "Q4_K_M", "blk.1.attn_v.weight", ENGINE_TYPE_Q6_K },
    { "Q4_K_M", "blk.1.ffn_down.weight", ENGINE_TYPE_Q6_K }, { "Q4_K_M", "blk.1.ffn_up.weight", ENGINE_TYPE_Q4_K },
    { "Q5_K_M", "blk.1.ffn_down.weight", ENGINE_TYPE_Q6_K }, { "Q4_K_S", "blk.0.attn_v.weight", ENGINE_TYPE_Q5_K }, { "Q3_K_M", "blk.0.attn_v.weight", ENGINE_TYPE_Q5_K },
    { "Q3_K_M", "blk.0.ffn_down.weight", ENGINE_TYPE_Q4_K }, { "Q3_K_M", "blk.0.attn_output.weight", ENGINE_TYPE_Q4_K }, { "Q3_K_L", "blk.0.ffn_down.weight", ENGINE_TYPE_Q5_K },
    { "Q2_K", "blk.0.attn_v.weight", ENGINE_TYPE_Q3_K }, { "Q2_K", "blk.0.ffn_down.weight", ENGINE_TYPE_Q3_K }, { "Q2_K", "blk.0.ffn_gate.weight", ENGINE_TYPE_Q2_K },
    { "Q8_0", "token_embd.weight", ENGINE_TYPE_Q8_0 }, { "Q4_0", "token_embd.weight", ENGINE_TYPE_Q6_K },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    EngineError error = { 0 };
    EngineGguf *gguf = engine_gguf_open (model_path, &error);
    EngineMixModel facts;

    engine_mix_look (gguf, FALSE, &facts);
    g_assert_true (facts.tied);
    g_assert_cmpstr (engine_types[engine_mix_type (engine_mix_find (known[i].mix), gguf, &facts, engine_gguf_find_tensor (gguf, known[i].tensor))].name, ==, engine_types[known[i].type].name);
    engine_gguf_free (gguf);
  }
  g_assert_null (engine_mix_find ("Q9_K"));
  g_assert_cmpint (engine_mix_fitting (ENGINE_TYPE_Q4_K, 896), ==, ENGINE_TYPE_Q5_0);
  g_assert_cmpint (engine_mix_fitting (ENGINE_TYPE_Q5_K, 896), ==, ENGINE_TYPE_Q5_1);
  g_assert_cmpint (engine_mix_fitting (ENGINE_TYPE_Q6_K, 896), ==, ENGINE_TYPE_Q8_0);
  g_assert_cmpint (engine_mix_fitting (ENGINE_TYPE_Q2_K, 896), ==, ENGINE_TYPE_Q4_0);
  g_assert_cmpint (engine_mix_fitting (ENGINE_TYPE_Q2_K, 900), ==, ENGINE_TYPE_F16);
  g_assert_cmpint (engine_mix_fitting (ENGINE_TYPE_IQ4_NL, 31), ==, ENGINE_TYPE_F16);
}

static void
test_choices (void)
{
  EngineRemakeChoice choices[] = { { "blk.0.*", ENGINE_TYPE_Q8_0 }, { "*attn_q*", ENGINE_TYPE_F16 } };
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q4_0"), .choices = choices, .n_choices = 2 };
  EngineGguf *gguf;

  remake (model_path, &options);
  gguf = open_out ();
  g_assert_cmpint (type_of (gguf, "blk.0.attn_q.weight"), ==, ENGINE_TYPE_Q8_0); /* the first counts */
  g_assert_cmpint (type_of (gguf, "blk.1.attn_q.weight"), ==, ENGINE_TYPE_F16);
  g_assert_cmpint (type_of (gguf, "blk.1.attn_k.weight"), ==, ENGINE_TYPE_Q4_0);
  g_assert_cmpint (type_of (gguf, "blk.0.attn_norm.weight"), ==, ENGINE_TYPE_F32);
  engine_gguf_free (gguf);
  choices[1].pattern = "*nothing*";
  refuse (model_path, out_path, &options, ENGINE_BAD_INPUT, "*nothing*");
}

/* ---- what is wrong --------------------------------------------------------------------- */

static void
test_same_file (void)
{
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q4_0"), .importance = importance_path };
  g_autofree char *hard = in_folder ("hard.gguf"), *soft = in_folder ("soft.gguf"), *nowhere = in_folder ("no/such/folder.gguf");
  g_autoptr (GBytes) before = contents (model_path);

  g_assert_cmpint (link (model_path, hard), ==, 0);
  g_assert_cmpint (symlink (model_path, soft), ==, 0);
  refuse (model_path, model_path, &options, ENGINE_BAD_INPUT, "the model that is read");
  refuse (model_path, hard, &options, ENGINE_BAD_INPUT, "the model that is read");
  refuse (model_path, soft, &options, ENGINE_BAD_INPUT, "the model that is read");
  refuse (model_path, importance_path, &options, ENGINE_BAD_INPUT, "importances");
  refuse (model_path, folder, &options, ENGINE_BAD_INPUT, "is no file");
  refuse (model_path, nowhere, &options, ENGINE_IO, "cannot be written");
  g_unlink (hard);
  g_unlink (soft);
  g_autoptr (GBytes) after = contents (model_path);
  g_assert_true (g_bytes_equal (before, after));
}

/* A limit on files stands for a full disk; what was there under the name stays. */
static void
test_no_room (void)
{
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q4_0") };
  struct rlimit old, limit;
  g_autoptr (GBytes) before = NULL;

  remake (model_path, &options);
  before = contents (out_path);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &old);
  limit = old;
  limit.rlim_cur = 100000;
  setrlimit (RLIMIT_FSIZE, &limit);
  refuse (model_path, out_path, &options, ENGINE_IO, "MB");
  setrlimit (RLIMIT_FSIZE, &old);
  g_autoptr (GBytes) after = contents (out_path);
  g_assert_true (g_bytes_equal (before, after));
}

typedef struct {
  atomic_bool cancel;
  guint       n;
} Cancel;

static void
cancel_at_third (void *user, double part)
{
  Cancel *cancel = user;

  if (++cancel->n == 3)
    atomic_store (&cancel->cancel, true);
}

static void
test_cancel (void)
{
  Cancel cancel = { 0 };
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q4_0"), .cancel = &cancel.cancel, .progress = cancel_at_third, .user = &cancel };

  refuse (model_path, out_path, &options, ENGINE_CANCELLED, "nothing was written");
  g_assert_cmpuint (cancel.n, ==, 3);
}

static void
write_one (const char *path, float number)
{
  static float values[512];
  GgufWriter writer;
  GByteArray *bytes;

  for (int i = 0; i < 512; i++)
    values[i] = 0.01f * (float) (i % 9 - 4);
  values[300] = number;
  gguf_writer_init (&writer);
  gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_tensor (&writer, "blk.0.attn_q.weight", ENGINE_TYPE_F32, 256, 2, values);
  bytes = gguf_writer_finish (&writer);
  g_assert_true (g_file_set_contents (path, (char *) bytes->data, bytes->len, NULL));
  g_byte_array_unref (bytes);
}

static void
test_no_numbers (void)
{
  g_autofree char *path = in_folder ("one.gguf");
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q4_K_M") }, half = { .mix = engine_mix_find ("F16") }, brain = { .mix = engine_mix_find ("BF16") };

  write_one (path, 0.1f);
  remake (path, &options);
  write_one (path, NAN);
  refuse (path, out_path, &options, ENGINE_BAD_FILE, "no finite numbers");
  write_one (path, -INFINITY);
  refuse (path, out_path, &half, ENGINE_BAD_FILE, "no finite numbers");
  write_one (path, 1e6f);
  refuse (path, out_path, &options, ENGINE_UNSUPPORTED, "beyond 65,504");
  refuse (path, out_path, &half, ENGINE_UNSUPPORTED, "beyond 65,504");
  remake (path, &brain);
  g_unlink (path);
}

static void
write_part (const char *path, guint part, const char *tensor)
{
  static float values[512];
  GgufWriter writer;
  GByteArray *bytes;

  for (int i = 0; i < 512; i++)
    values[i] = (float) part + 0.01f * (float) (i % 9 - 4);
  gguf_writer_init (&writer);
  gguf_write_uint (&writer, "split.no", part);
  gguf_write_uint (&writer, "split.count", 2);
  if (part == 0)
    gguf_write_string (&writer, "general.architecture", "llama");
  gguf_write_tensor (&writer, tensor, ENGINE_TYPE_F16, 256, 2, values);
  bytes = gguf_writer_finish (&writer);
  g_assert_true (g_file_set_contents (path, (char *) bytes->data, bytes->len, NULL));
  g_byte_array_unref (bytes);
}

/* A model in two files becomes one. */
static void
test_parts (void)
{
  g_autofree char *first = in_folder ("m-00001-of-00002.gguf"), *second = in_folder ("m-00002-of-00002.gguf");
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q8_0") };
  EngineError error = { 0 };
  guint8 blocks[544];
  float values[512];
  EngineGguf *gguf;

  write_part (first, 0, "blk.0.attn_q.weight");
  write_part (second, 1, "blk.0.attn_k.weight");
  refuse (first, second, &options, ENGINE_BAD_INPUT, "the model that is read");
  refuse (second, first, &options, ENGINE_BAD_INPUT, "the model that is read");
  remake (second, &options);
  gguf = open_out ();
  g_assert_false (engine_gguf_type (gguf, "split.count", NULL, NULL));
  g_assert_cmpuint (engine_gguf_n_tensors (gguf), ==, 2);
  g_assert_cmpint (type_of (gguf, "blk.0.attn_q.weight"), ==, ENGINE_TYPE_Q8_0);
  g_assert_true (engine_gguf_read (gguf, engine_gguf_find_tensor (gguf, "blk.0.attn_k.weight"), 0, blocks, sizeof blocks, &error));
  engine_type_to_float (ENGINE_TYPE_Q8_0, blocks, values, 512);
  for (int i = 0; i < 512; i++)
    g_assert_cmpfloat_with_epsilon (values[i], 1 + 0.01 * (i % 9 - 4), 0.006);
  engine_gguf_free (gguf);
  g_unlink (second);
  refuse (first, out_path, &options, ENGINE_IO, "part 2");
  g_unlink (first);
}

/* ---- importances ----------------------------------------------------------------------- */

/* Of the first layer's queries alone: only every eighth column counts. */
static void
write_importance (const char *kind, const char *name, gint64 width, gint64 matrices, float sum, float count)
{
  EngineError error = { 0 };
  EngineWriter *writer = engine_writer_new (importance_path, &error);
  EngineTensor sums = { .type = ENGINE_TYPE_F32, .n_dims = 2, .ne = { width, matrices, 1, 1 } }, counts = { .type = ENGINE_TYPE_F32, .n_dims = 2, .ne = { 1, 1, 1, 1 } };
  g_autofree float *values = g_new0 (float, width * matrices);

  for (gint64 i = 0; i < width * matrices; i++)
    values[i] = i % 8 ? 0 : 8;
  values[0] = sum;
  g_snprintf (sums.name, sizeof sums.name, "%s.in_sum2", name);
  g_snprintf (counts.name, sizeof counts.name, "%s.counts", name);
  engine_writer_string (writer, "general.type", kind);
  engine_writer_uint (writer, "imatrix.chunk_count", 3);
  engine_writer_tensor (writer, &sums);
  engine_writer_tensor (writer, &counts);
  if (!engine_writer_begin (writer, &error) || !engine_writer_append (writer, values, (size_t) (width * matrices) * sizeof *values, &error) ||
      !engine_writer_append (writer, &count, sizeof count, &error) || !engine_writer_commit (writer, &error))
    g_error ("%s", error.message);
  engine_writer_free (writer);
}

/* Σ error² of the columns that count. */
static double
error_of_columns (void)
{
  EngineError error = { 0 };
  EngineGguf *in = engine_gguf_open (model_path, &error), *out = open_out ();
  const EngineTensor *a = engine_gguf_find_tensor (in, "blk.0.attn_q.weight"), *b = engine_gguf_find_tensor (out, "blk.0.attn_q.weight");
  gsize n = (gsize) (a->ne[0] * a->ne[1]);
  g_autofree float *x = g_new (float, n), *y = g_new (float, n);
  g_autofree guint8 *blocks = g_malloc (b->bytes);
  double sum = 0;

  g_assert_true (engine_gguf_read (in, a, 0, x, a->bytes, &error) && engine_gguf_read (out, b, 0, blocks, b->bytes, &error));
  engine_type_to_float (b->type, blocks, y, n);
  for (gsize i = 0; i < n; i += 8)
    sum += ((double) x[i] - (double) y[i]) * ((double) x[i] - (double) y[i]);
  engine_gguf_free (in);
  engine_gguf_free (out);
  return sum;
}

static void
test_importance (void)
{
  EngineRemakeOptions options = { .mix = engine_mix_find ("Q4_K_S") };
  EngineRemakeResult result = remake (model_path, &options);
  double without = error_of_columns ();
  EngineGguf *gguf;
  guint64 n = 0;

  options.importance = importance_path;
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 1, 8, 4);
  result = remake (model_path, &options);
  g_assert_cmpint (result.n_without, ==, result.n_encoded - 1);
  g_assert_cmpfloat (error_of_columns (), <, 0.7 * without);
  gguf = open_out ();
  g_assert_true (engine_gguf_uint (gguf, "quantize.imatrix.chunks_count", &n));
  g_assert_cmpuint (n, ==, 3);
  engine_gguf_free (gguf);

  /* Nothing was counted: as if there were none. */
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 1, 8, 0);
  remake (model_path, &options);
  g_assert_cmpfloat (error_of_columns (), ==, without);

  write_importance ("model", "blk.0.attn_q.weight", 256, 1, 8, 4);
  refuse (model_path, out_path, &options, ENGINE_BAD_FILE, "holds no importances");
  write_importance ("imatrix", "blk.0.attn_q.weight", 128, 1, 8, 4);
  refuse (model_path, out_path, &options, ENGINE_BAD_INPUT, "another model");
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 2, 8, 4);
  refuse (model_path, out_path, &options, ENGINE_BAD_INPUT, "another model");
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 1, NAN, 4);
  refuse (model_path, out_path, &options, ENGINE_BAD_FILE, "is damaged");
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 1, -1, 4);
  refuse (model_path, out_path, &options, ENGINE_BAD_FILE, "is damaged");
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 1, 1, INFINITY);
  refuse (model_path, out_path, &options, ENGINE_BAD_FILE, "is damaged");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  GByteArray *bytes;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("melete-remake-XXXXXX", &error);
  g_assert_no_error (error);
  model_path = in_folder ("model.gguf");
  out_path = in_folder ("out.gguf");
  importance_path = in_folder ("importance.gguf");
  bytes = tiny_model_bytes (&(TinyModel) { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 7, .n_ff = 256 });
  g_assert_true (g_file_set_contents (model_path, (char *) bytes->data, bytes->len, &error));
  g_byte_array_unref (bytes);
  write_importance ("imatrix", "blk.0.attn_q.weight", 256, 1, 8, 4);
  g_test_add_func ("/remake/types", test_types);
  g_test_add_func ("/remake/mixes", test_mixes);
  g_test_add_func ("/remake/choices", test_choices);
  g_test_add_func ("/remake/same-file", test_same_file);
  g_test_add_func ("/remake/no-room", test_no_room);
  g_test_add_func ("/remake/cancel", test_cancel);
  g_test_add_func ("/remake/no-numbers", test_no_numbers);
  g_test_add_func ("/remake/parts", test_parts);
  g_test_add_func ("/remake/importance", test_importance);
  status = g_test_run ();
  g_unlink (model_path);
  g_unlink (out_path);
  g_unlink (importance_path);
  g_rmdir (folder);
  return status;
}
