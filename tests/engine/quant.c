/* SPDX-License-Identifier: MIT */
/* Block formats: known blocks, what comes back after quantising, the parts that the backends
 * repack, and both kinds of half precision. */
#include "quant/quant.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define MOST 512

/* Two blocks (16 elements of F16 and BF16) whose byte i is 37·i + 11, with 0x2e66 (0.0999756) and
 * 0xb419 (-0.256104) where the type has its steps of binary16; some of the elements, worked out by
 * another implementation of the format. */
static const struct {
  EngineType type;
  int        index[8];
  float      value[8];
} known[] = {
  { ENGINE_TYPE_F16, { 0, 1, 2, 5, 9, 15 }, { 0x1.02cp-3f, 0x1.954p+15f, -0x1.27cp+2f, -0x1.9f4p-7f, -0x1.a94p+3f, -0x1.984p-14f } },
  { ENGINE_TYPE_Q4_0, { 0, 1, 15, 16, 31, 39 }, { -0x1.332p-2f, 0x1.998p-3f, -0x1.998p-1f, -0x1.332p-2f, 0x0.0p+0f, -0x1.332p-1f } },
  { ENGINE_TYPE_Q4_1, { 0, 1, 15, 16, 31, 39 }, { 0x1.3e5800p+0f, 0x1.268p-3f, 0x1.7ccp-1f, 0x1.499p-1f, 0x1.e32p-1f, 0x1.600p-2f } },
  { ENGINE_TYPE_Q5_0, { 0, 1, 15, 16, 31, 39 }, { 0x1.ccbp-1f, -0x1.998p-3f, -0x1.332p+0f, 0x1.665p+0f, 0x1.998p-4f, 0x1.ffep-1f } },
  { ENGINE_TYPE_Q5_1, { 0, 1, 15, 16, 31, 39 }, { 0x1.a4b800p+0f, 0x1.125800p+1f, 0x1.5f2p+1f, 0x1.a4b800p+0f, 0x1.f34p-3f, 0x1.24cp+0f } },
  { ENGINE_TYPE_Q8_0, { 0, 1, 15, 16, 31, 39 }, { 0x1.0fef00p+3f, 0x1.864e00p+3f, -0x1.998p+3f, -0x1.232100p+3f, -0x1.332p+2f, 0x1.a64c00p+2f } },
  { ENGINE_TYPE_Q4_K, { 0, 17, 32, 100, 171, 255, 296, 456 }, { 0x1.793940p+5f, 0x1.a1f600p+3f, 0x1.04ac00p+3f, 0x1.3e7a00p+4f, 0x1.9adc00p+4f, 0x1.f1fc00p+3f, 0x1.43de00p+4f, 0x1.194a80p+4f } },
  { ENGINE_TYPE_Q5_K, { 0, 17, 32, 100, 171, 255, 296, 456 }, { 0x1.82f6a0p+6f, 0x1.a1f600p+3f, 0x1.28b200p+4f, 0x1.0f3600p+5f, 0x1.6b4800p+7f, 0x1.58f800p+4f, 0x1.0808c0p+7f, 0x1.751240p+5f } },
  { ENGINE_TYPE_Q6_K, { 0, 17, 32, 100, 171, 255, 296, 456 }, { -0x1.1e2150p+7f, 0x1.998p+5f, 0x1.718280p+4f, 0x1.f87a10p+7f, -0x1.6de920p+7f, -0x1.7fe800p+2f, 0x1.41d248p+8f, -0x1.298700p+5f } },
  { ENGINE_TYPE_BF16, { 0, 1, 2, 5, 9, 15 }, { 0x1.160p-31f, 0x1.aa0p+117f, -0x1.3e0p+10f, -0x1.fa0p-59f, -0x1.4a0p+22f, -0x1.c20p-115f } },
};

static const int half_at[ENGINE_N_TYPES][2] = {
  [ENGINE_TYPE_F16] = { -1, -1 }, [ENGINE_TYPE_BF16] = { -1, -1 }, [ENGINE_TYPE_Q4_0] = { 0, -1 }, [ENGINE_TYPE_Q4_1] = { 0, 2 },
  [ENGINE_TYPE_Q5_0] = { 0, -1 }, [ENGINE_TYPE_Q5_1] = { 0, 2 }, [ENGINE_TYPE_Q8_0] = { 0, -1 }, [ENGINE_TYPE_Q4_K] = { 0, 2 },
  [ENGINE_TYPE_Q5_K] = { 0, 2 }, [ENGINE_TYPE_Q6_K] = { 208, -1 },
};

static void
test_known (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    const EngineTypeTraits *traits = &engine_types[known[i].type];
    int n_blocks = traits->block_elements == 1 ? 16 : 2;
    uint8_t blocks[2 * 210];
    float out[MOST];

    for (int k = 0; k < n_blocks * traits->block_bytes; k++)
      blocks[k] = (uint8_t) (37 * k + 11);
    for (int b = 0; b < n_blocks; b++)
      for (int h = 0; h < 2; h++)
        if (half_at[known[i].type][h] >= 0)
          memcpy (blocks + b * traits->block_bytes + half_at[known[i].type][h], h ? "\x19\xb4" : "\x66\x2e", 2);
    traits->to_float (blocks, out, (size_t) (n_blocks * traits->block_elements));
    for (int k = 0; k < 8 && (k == 0 || known[i].index[k]); k++)
      if (out[known[i].index[k]] != known[i].value[k])
        g_error ("%s: element %d is %.9g, not %.9g", traits->name, known[i].index[k], (double) out[known[i].index[k]], (double) known[i].value[k]);
  }
}

/* The error of round-to-nearest on normal numbers, as a part of their power. */
static const double round_trip[ENGINE_N_TYPES] = {
  [ENGINE_TYPE_F32] = 0, [ENGINE_TYPE_F16] = 1e-7, [ENGINE_TYPE_BF16] = 1e-5, [ENGINE_TYPE_Q4_0] = 1e-2, [ENGINE_TYPE_Q4_1] = 1e-2,
  [ENGINE_TYPE_Q5_0] = 3e-3, [ENGINE_TYPE_Q5_1] = 3e-3, [ENGINE_TYPE_Q8_0] = 5e-5, [ENGINE_TYPE_Q4_K] = 1e-2, [ENGINE_TYPE_Q5_K] = 3e-3,
  [ENGINE_TYPE_Q6_K] = 6e-4,
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

    engine_types[type].from_float (values, blocks, MOST);
    engine_types[type].to_float (blocks, out, MOST);
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
    engine_types[type].to_float (blocks, out, MOST);
    for (int i = 0; i < MOST; i++)
      g_assert_cmpfloat (out[i], ==, 0);
  }
}

static void
test_take_apart (void)
{
  float values[MOST], out[MOST];
  uint8_t blocks[MOST * 4];

  for (int i = 0; i < MOST; i++)
    values[i] = (float) g_test_rand_double_range (-3, 5);
  for (int type = 0; type < ENGINE_N_TYPES; type++) {
    const EngineTypeTraits *traits = &engine_types[type];

    g_assert_true ((traits->code_bits == 0) == (traits->block_elements == 1));
    g_assert_true ((traits->take_apart == NULL) == (traits->block_elements == 1));
    if (!traits->take_apart)
      continue;
    traits->from_float (values, blocks, MOST);
    traits->to_float (blocks, out, MOST);
    for (size_t b = 0; b < MOST / ENGINE_QUANT_BLOCK; b++) {
      EngineQuantParts parts;

      traits->take_apart (blocks, b, &parts);
      for (int k = 0; k < ENGINE_QUANT_BLOCK; k++) {
        float product = engine_f16_to_f32 (parts.d) * parts.scale[k / 16] * (parts.codes[k] - traits->code_offset);

        g_assert_cmpint (parts.codes[k], <, 1 << traits->code_bits);
        g_assert_cmpfloat (product + engine_f16_to_f32 (parts.m) * parts.min, ==, out[b * ENGINE_QUANT_BLOCK + (size_t) k]);
      }
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
  g_test_add_func ("/quant/known", test_known);
  g_test_add_func ("/quant/round-trip", test_round_trip);
  g_test_add_func ("/quant/take-apart", test_take_apart);
  g_test_add_func ("/quant/halves", test_halves);
  g_test_add_func ("/quant/sizes", test_sizes);
  return g_test_run ();
}
