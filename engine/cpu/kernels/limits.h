/* SPDX-License-Identifier: MIT */
/* What a processor could do at most: the same dot products as in a matrix product, but of codes that stay in registers, and reading that does nothing else. */

#define LIMIT_SUMS 12 /* dot products that do not wait for each other: enough for units that take five cycles, two at a time */

/* n times LIMIT_SUMS · 8 steps of 16 rows · 4 columns. Returns what keeps the compiler from leaving it out. */
static int32_t
limit_dots (int64_t n)
{
  uint8_t bytes[8 * 64] __attribute__ ((aligned (64)));
  int8_t x[32 + 4 * LIMIT_SUMS] __attribute__ ((aligned (64)));
  int32_t kept = 0;
  Codes codes[8];
  Ints sums[LIMIT_SUMS];
  const uint8_t *codes_at = bytes;
  const int8_t *x_at = x;

  for (int i = 0; i < 8 * 64; i++)
    bytes[i] = (uint8_t) (i % 15);
  for (int i = 0; i < 32 + 4 * LIMIT_SUMS; i++)
    x[i] = (int8_t) (i - 16);
  for (int c = 0; c < LIMIT_SUMS; c++)
    sums[c] = ints_zero ();
  for (int64_t i = 0; i < n; i++) {
    __asm__ volatile ("" : "+r"(codes_at), "+r"(x_at) : : "memory"); /* so that the compiler does not know that all is as it was */
    for (int j = 0; j < 8; j++)
      codes[j] = codes_load (codes_at + 64 * j);
#ifdef LANES_STEPS
#pragma GCC unroll 8
    for (int j = 0; j < 8; j++)
#pragma GCC unroll 12
      for (int c = 0; c < LIMIT_SUMS; c++)
        sums[c] = codes_step (sums[c], codes[j], x_at + 4 * j);
#else
    for (int c = 0; c < LIMIT_SUMS; c++)
      sums[c] = ints_add (sums[c], codes_dot (codes, x_at + 4 * c, 8, 4, 0, 0));
#endif
  }
  for (int c = 0; c < LIMIT_SUMS; c++) {
    float lanes[16];

    lanes_store (lanes, lanes_from_ints (sums[c]));
    kept += (int32_t) lanes[c % 16];
  }
  return kept;
}

/* Reads n_bytes, a multiple of 256 and aligned to 64. Returns something of them. */
static float
limit_read (const uint8_t *data, size_t n_bytes)
{
  Lanes sums[4];
  float lanes[16];

  for (int i = 0; i < 4; i++)
    sums[i] = lanes_set (0.0f);
  for (size_t at = 0; at < n_bytes; at += 256)
    for (int i = 0; i < 4; i++) {
      PREFETCH (data + at + 64 * (size_t) i); /* as a matrix product does */
      sums[i] = lanes_max (sums[i], lanes_load ((const float *) (data + at) + 16 * i));
    }
  lanes_store (lanes, lanes_max (lanes_max (sums[0], sums[1]), lanes_max (sums[2], sums[3])));
  return lanes[0];
}
