/* SPDX-License-Identifier: MIT */
/* Block formats: what another implementation reads, what comes back after quantising, the parts that the backends
 * repack, and both kinds of half precision. */
#include "quant/quant.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define MOST 512

/* The file that tests/golden/quant/make.py wrote with another implementation of the formats: see there. */
static void
test_golden (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", "quant", "types.bin", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL;
  bool seen[ENGINE_N_TYPES] = { [ENGINE_TYPE_F32] = true };
  gsize size, at = 0;

  g_file_get_contents (path, &file, &size, &error);
  g_assert_no_error (error);
  while (at < size) {
    gint32 head[4]; /* id, blocks, bytes, elements */
    g_autofree float *got = NULL, *golden = NULL;
    gsize n;
    EngineType type;

    memcpy (head, file + at, sizeof head);
    at += sizeof head;
    n = (gsize) head[1] * head[3];
    g_assert_true (engine_type_from_gguf (head[0], &type));
    g_assert_cmpint (engine_types[type].block_bytes, ==, head[2]);
    g_assert_cmpint (engine_types[type].block_elements, ==, head[3]);
    got = g_new (float, n);
    golden = g_new (float, n);
    engine_type_to_float (type, file + at, got, n);
    at += (gsize) head[1] * head[2];
    memcpy (golden, file + at, n * sizeof *golden);
    at += n * sizeof *golden;
    for (gsize i = 0; i < n; i++)
      if (got[i] != golden[i])
        g_error ("%s: element %zu is %.9g, not %.9g", engine_types[type].name, i, (double) got[i], (double) golden[i]);
    seen[type] = true;
  }
  for (int type = 0; type < ENGINE_N_TYPES; type++)
    if (!seen[type])
      g_error ("%s is not in types.bin: add it to make.py", engine_types[type].name);
}

/* The error of round-to-nearest on normal numbers, as a part of their power. */
static const double round_trip[ENGINE_N_TYPES] = {
  [ENGINE_TYPE_F32] = 0, [ENGINE_TYPE_F16] = 1e-7, [ENGINE_TYPE_BF16] = 1e-5, [ENGINE_TYPE_Q4_0] = 1e-2, [ENGINE_TYPE_Q4_1] = 1e-2,
  [ENGINE_TYPE_Q5_0] = 3e-3, [ENGINE_TYPE_Q5_1] = 3e-3, [ENGINE_TYPE_Q8_0] = 5e-5, [ENGINE_TYPE_Q2_K] = 0.15, [ENGINE_TYPE_Q3_K] = 5e-2,
  [ENGINE_TYPE_Q4_K] = 1e-2, [ENGINE_TYPE_Q5_K] = 3e-3, [ENGINE_TYPE_Q6_K] = 6e-4, [ENGINE_TYPE_IQ4_NL] = 1e-2, [ENGINE_TYPE_IQ4_XS] = 1e-2,
  [ENGINE_TYPE_TQ1_0] = 0.9, [ENGINE_TYPE_TQ2_0] = 0.9, [ENGINE_TYPE_MXFP4] = 3e-2, [ENGINE_TYPE_NVFP4] = 2e-2,
};

static void
test_round_trip (void)
{
  float values[MOST], out[MOST];
  uint8_t blocks[MOST * 4];

  for (int i = 0; i < MOST; i++) {
    values[i] = 0;
    for (int k = 0; k < 12; k++)
      values[i] += (float) g_test_rand_double_range (-0.5, 0.5);
  }
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    double error = 0, power = 0;

    if (!engine_types[type].from_float)
      continue;
    engine_types[type].from_float (values, blocks, MOST);
    engine_type_to_float (type, blocks, out, MOST);
    for (int i = 0; i < MOST; i++) {
      error += ((double) out[i] - values[i]) * ((double) out[i] - values[i]);
      power += (double) values[i] * values[i];
    }
    g_test_message ("%s: %.2e", engine_types[type].name, error / power);
    g_assert_cmpfloat (error, <=, round_trip[type] * power);

    /* A row of zeros stays one. */
    memset (out, 0, sizeof out);
    engine_types[type].from_float (out, blocks, MOST);
    memset (out, 0xff, sizeof out);
    engine_type_to_float (type, blocks, out, MOST);
    for (int i = 0; i < MOST; i++)
      g_assert_cmpfloat (out[i], ==, 0);
  }
}

/* ---- encoding for files ------------------------------------------------------------- */

static double
error_of (EngineType type, const float *values, const float *importance, gboolean encode, float *out)
{
  uint8_t blocks[MOST * 4];
  double error = 0;

  if (encode)
    engine_type_encode (type, values, importance, blocks, MOST);
  else
    engine_types[type].from_float (values, blocks, MOST);
  engine_type_to_float (type, blocks, out, MOST);
  for (int i = 0; i < MOST; i++) {
    g_assert_true (isfinite (out[i]));
    error += (importance ? (double) importance[i] : 1) * ((double) out[i] - values[i]) * ((double) out[i] - values[i]);
  }
  return error;
}

static void
draw (float *values, double low, double high)
{
  for (int i = 0; i < MOST; i++)
    values[i] = (float) (g_test_rand_double_range (low, high) + g_test_rand_double_range (low, high) + g_test_rand_double_range (low, high));
}

/* Never worse than rounding from the extreme number, and better for what counts. */
static void
test_encode (void)
{
  float values[MOST], importance[MOST], out[MOST];
  double power = 0;
  int n_types = 0;

  draw (values, -1, 1);
  for (int i = 0; i < MOST; i++) {
    importance[i] = i % 8 ? 0.01f : 1.0f;
    power += (double) values[i] * (double) values[i];
  }
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    double plain, searched, weighted;

    if (!engine_types[type].encode)
      continue;
    plain = error_of (type, values, NULL, FALSE, out);
    searched = error_of (type, values, NULL, TRUE, out);
    g_test_message ("%s: %.3f of the error of rounding", engine_types[type].name, sqrt (searched / plain));
    g_assert_cmpfloat (searched, <, 0.97 * plain);
    g_assert_cmpfloat (searched, <, round_trip[type] * power);
    /* What is judged by importances is better when they are known. */
    weighted = error_of (type, values, importance, TRUE, out);
    error_of (type, values, NULL, TRUE, out);
    searched = 0;
    for (int i = 0; i < MOST; i++)
      searched += (double) importance[i] * ((double) out[i] - values[i]) * ((double) out[i] - values[i]);
    g_assert_cmpfloat (weighted, <, 0.98 * searched);
    n_types++;
  }
  g_assert_cmpint (n_types, ==, 11);
}

/* Values that divide by nothing, overflow or vanish: what is decoded is finite, and not much larger than they are. */
static void
check_nasty (const char *what, const float *values, const float *importance)
{
  float out[MOST];
  double largest = 0;

  for (int i = 0; i < MOST; i++)
    largest = MAX (largest, fabs ((double) values[i]));
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    if (!engine_types[type].encode)
      continue;
    error_of (type, values, importance, TRUE, out);
    for (int i = 0; i < MOST; i++)
      if (fabs ((double) out[i]) > 1.5 * largest + 16 * 0x1p-24)
        g_error ("%s, %s: %g became %g, of at most %g", what, engine_types[type].name, (double) values[i], (double) out[i], largest);
  }
}

static void
test_encode_nasty (void)
{
  float values[MOST] = { 0 }, out[MOST], importance[MOST];
  uint8_t blocks[MOST * 4];

  for (int type = 0; type < ENGINE_N_TYPES; type++)
    if (engine_types[type].encode) {
      engine_type_encode (type, values, NULL, blocks, MOST);
      memset (out, 0xff, sizeof out);
      engine_type_to_float (type, blocks, out, MOST);
      for (int i = 0; i < MOST; i++)
        g_assert_cmpfloat (out[i], ==, 0);
    }
  for (int sign = -1; sign <= 1; sign += 2) {
    memset (values, 0, sizeof values);
    values[77] = (float) sign * 60000;
    check_nasty ("one large number", values, NULL);
    for (int i = 0; i < MOST; i++)
      values[i] = (float) sign * 0.25f;
    check_nasty ("all equal", values, NULL);
    for (int i = 0; i < MOST; i++)
      values[i] = (float) sign * (float) (i % 7) * 1e-42f;
    check_nasty ("no normal numbers", values, NULL);
    for (int i = 0; i < MOST; i++)
      values[i] = (float) sign * (i % 64 < 32 ? 1e-7f : 60000.0f) * (float) (i % 5);
    check_nasty ("small beside large", values, NULL);
    for (int i = 0; i < MOST; i++)
      values[i] = (float) sign * 3e38f * (float) (i % 3 - 1);
    check_nasty ("as large as floats are", values, NULL);
    for (int i = 0; i < MOST; i++)
      values[i] = (float) sign * (100 + (float) (i % 16) / 64);
    check_nasty ("far from zero", values, NULL);
  }
  draw (values, -1, 1);
  memset (importance, 0, sizeof importance);
  check_nasty ("nothing counts", values, importance);
  importance[5] = 1e-38f;
  check_nasty ("one counts, hardly", values, importance);
  for (int i = 0; i < MOST; i++)
    importance[i] = i % 2 ? 3e38f : 1e-30f;
  check_nasty ("importances far apart", values, importance);
}

/* Codes stay within their bits: the backends pack them. */
static void
test_take_apart (void)
{
  float values[MOST];
  uint8_t blocks[MOST * 4];

  for (int i = 0; i < MOST; i++)
    values[i] = (float) g_test_rand_double_range (-3, 5);
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    const EngineTypeTraits *traits = &engine_types[type];

    g_assert_true ((traits->code_bits == 0) == (traits->block_elements == 1));
    g_assert_true ((traits->take_apart == NULL) == (traits->block_elements == 1));
    g_assert_true ((traits->to_float == NULL) == (traits->block_elements > 1));
    if (!traits->take_apart)
      continue;
    if (traits->from_float)
      traits->from_float (values, blocks, MOST);
    else
      for (size_t i = 0; i < sizeof blocks; i++)
        blocks[i] = (uint8_t) g_test_rand_int ();
    for (size_t b = 0; b < MOST / ENGINE_QUANT_BLOCK; b++) {
      EngineQuantParts parts;

      traits->take_apart (blocks, b, &parts);
      for (int k = 0; k < ENGINE_QUANT_BLOCK; k++)
        g_assert_cmpint (parts.codes[k], <, 1 << traits->code_bits);
    }
  }
}

static void
test_halves (void)
{
  for (uint32_t half = 0; half < 0x10000; half++) {
    float f16 = engine_f16_to_f32 ((uint16_t) half), bf16 = engine_bf16_to_f32 ((uint16_t) half);

    g_assert_true ((half & 0x7fff) > 0x7c00 ? isnan (f16) && isnan (engine_f16_to_f32 (engine_f32_to_f16 (f16))) : engine_f32_to_f16 (f16) == half);
    g_assert_true ((half & 0x7fff) > 0x7f80 ? isnan (bf16) && isnan (engine_bf16_to_f32 (engine_f32_to_bf16 (bf16))) : engine_f32_to_bf16 (bf16) == half);
    if ((half & 0x7fff) < 0x7bff) { /* between two neighbours: to the nearer one, and to the even one from the middle */
      float next = engine_f16_to_f32 ((uint16_t) (half + 1)), middle = (f16 + next) / 2;

      g_assert_cmpint (engine_f32_to_f16 (middle), ==, half + (half & 1));
      g_assert_cmpint (engine_f32_to_f16 (nextafterf (middle, f16)), ==, half);
      g_assert_cmpint (engine_f32_to_f16 (nextafterf (middle, next)), ==, half + 1);
    }
  }
  g_assert_cmpfloat (engine_f16_to_f32 (0x3c01), ==, 1.0009765625f);
  g_assert_cmpfloat (engine_f16_to_f32 (0x0001), ==, 0x1p-24f);
  g_assert_cmpint (engine_f32_to_f16 (65519.996f), ==, 0x7bff);
  g_assert_cmpint (engine_f32_to_f16 (65520.0f), ==, 0x7c00);
  g_assert_cmpint (engine_f32_to_f16 (-1e30f), ==, 0xfc00);
  g_assert_cmpint (engine_f32_to_f16 (0x1p-25f), ==, 0);
  g_assert_cmpint (engine_f32_to_f16 (0x1.8p-25f), ==, 1);
  g_assert_cmpint (engine_f32_to_bf16 (0x1.01p0f), ==, 0x3f80);
  g_assert_cmpint (engine_f32_to_bf16 (0x1.03p0f), ==, 0x3f82);
}

static void
test_sizes (void)
{
  EngineType type;
  size_t bytes;

  g_assert_true (engine_type_from_gguf (14, &type));
  g_assert_cmpint (type, ==, ENGINE_TYPE_Q6_K);
  g_assert_false (engine_type_from_gguf (4, &type));
  g_assert_false (engine_type_from_gguf (UINT32_MAX, &type));
  g_assert_true (engine_type_bytes (ENGINE_TYPE_Q4_K, 512, &bytes));
  g_assert_cmpuint (bytes, ==, 288);
  g_assert_false (engine_type_bytes (ENGINE_TYPE_Q4_K, 511, &bytes));
  g_assert_false (engine_type_bytes (ENGINE_TYPE_F32, UINT64_MAX / 2, &bytes));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/quant/golden", test_golden);
  g_test_add_func ("/quant/round-trip", test_round_trip);
  g_test_add_func ("/quant/encode", test_encode);
  g_test_add_func ("/quant/encode/nasty", test_encode_nasty);
  g_test_add_func ("/quant/take-apart", test_take_apart);
  g_test_add_func ("/quant/halves", test_halves);
  g_test_add_func ("/quant/sizes", test_sizes);
  return g_test_run ();
}
