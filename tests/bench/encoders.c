/* SPDX-License-Identifier: MIT */
/* How far from a model's numbers the encoders' files are, ours and llama.cpp's side by side, in one process: argv[1] a model, argv[2] llama.cpp's libggml-base.so, argv[3] "even",
 * or "weighted" by made-up importances. One JSON object a line, for each type. The numbers are the beginnings of all matrices that are floats or Q8_0; rows that are no whole blocks are joined. */
#include "gguf.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST 65536 /* numbers of a tensor */

typedef size_t (*PeerEncode) (int type, const float *values, void *blocks, int64_t start, int64_t n_rows, int64_t n_per_row, const float *importance);
typedef void (*PeerInit) (int type);

static const EngineType types[] = {
  ENGINE_TYPE_Q8_0, ENGINE_TYPE_Q6_K, ENGINE_TYPE_Q5_K, ENGINE_TYPE_Q5_1, ENGINE_TYPE_Q5_0, ENGINE_TYPE_Q4_K, ENGINE_TYPE_IQ4_NL, ENGINE_TYPE_Q4_1, ENGINE_TYPE_Q4_0, ENGINE_TYPE_Q3_K, ENGINE_TYPE_Q2_K,
};

static float values[MOST], decoded[MOST], importance[MOST];
static uint8_t blocks[MOST * 4];

/* Σ importance · error², of the blocks. */
static double
judge (EngineType type, int64_t n, int64_t row)
{
  double sum = 0;

  engine_type_to_float (type, blocks, decoded, (size_t) n);
  for (int64_t i = 0; i < n; i++)
    sum += (double) importance[i % row] * ((double) decoded[i] - values[i]) * ((double) decoded[i] - values[i]);
  return sum;
}

/* Rows of at least `row` numbers that are whole blocks of any type; 0: there are none. */
static int64_t
read_rows (EngineGguf *gguf, const EngineTensor *tensor, int64_t *row, EngineError *error)
{
  static uint8_t bytes[MOST * 4];
  int64_t all = tensor->ne[0] * engine_tensor_rows (tensor), n;
  size_t n_bytes;

  *row = tensor->ne[0];
  while (*row % 256)
    *row *= 2;
  n = ENGINE_MIN (all, MOST) / *row * *row;
  if (tensor->ne[1] < 2 || n == 0 || !engine_type_bytes (tensor->type, (uint64_t) n, &n_bytes) || !engine_gguf_read (gguf, tensor, 0, bytes, n_bytes, error))
    return 0;
  engine_type_to_float (tensor->type, bytes, values, (size_t) n);
  return n;
}

int
main (int argc, char **argv)
{
  EngineError error = { 0 };
  EngineGguf *gguf = argc == 4 ? engine_gguf_open (argv[1], &error) : NULL;
  void *peer = gguf ? dlopen (argv[2], RTLD_NOW) : NULL;
  PeerEncode encode = peer ? (PeerEncode) dlsym (peer, "ggml_quantize_chunk") : NULL;
  PeerInit init = peer ? (PeerInit) dlsym (peer, "ggml_quantize_init") : NULL;
  bool weighted = argc == 4 && strcmp (argv[3], "weighted") == 0;
  uint32_t state = 1;

  if (!encode || !init) {
    fprintf (stderr, "encoders MODEL LIBGGML-BASE even|weighted: %s\n", gguf ? dlerror () : error.message);
    return 1;
  }
  /* A few columns of a model's inputs are much larger than the others. */
  for (int i = 0; i < MOST; i++) {
    state = state * 1664525u + 1013904223u;
    importance[i] = weighted ? powf ((float) (state >> 8) / 0x1p23f, 4.0f) + 0.01f : 1.0f;
  }
  for (size_t t = 0; t < ENGINE_LENGTH (types); t++) {
    int id = (int) engine_types[types[t]].gguf_id;
    double ours = 0, theirs = 0, power = 0;
    int64_t count = 0;

    init (id);
    for (size_t i = 0; i < engine_gguf_n_tensors (gguf); i++) {
      const EngineTensor *tensor = engine_gguf_tensor (gguf, i);
      int64_t row, n = read_rows (gguf, tensor, &row, &error);
      size_t row_bytes;

      if (tensor->type == types[t] || (engine_types[tensor->type].block_elements > 1 && tensor->type != ENGINE_TYPE_Q8_0))
        continue;
      engine_type_bytes (types[t], (uint64_t) row, &row_bytes);
      for (int64_t r = 0; r < n / row; r++)
        engine_type_encode (types[t], values + r * row, weighted ? importance : NULL, blocks + (size_t) r * row_bytes, (size_t) row);
      ours += judge (types[t], n, row);
      if (n > 0)
        encode (id, values, blocks, 0, n / row, row, weighted ? importance : NULL);
      theirs += judge (types[t], n, row);
      for (int64_t k = 0; k < n; k++)
        power += (double) importance[k % row] * (double) values[k] * (double) values[k];
      count += n;
    }
    if (count == 0)
      continue;
    printf ("{\"type\": \"%s\", \"numbers\": %lld, \"ours\": %.8g, \"peer\": %.8g}\n", engine_types[types[t]].name, (long long) count, sqrt (ours / power), sqrt (theirs / power));
    fflush (stdout);
  }
  engine_gguf_free (gguf);
  return 0;
}
