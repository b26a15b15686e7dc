/* SPDX-License-Identifier: MIT */
/* What a matrix product is cut into: measured once on each device, and kept beside the compiled shaders.
 *
 * An invocation has a row of each of ROWS groups of 32 and up to COLUMNS columns, and every SPLIT-th block of them. More of each reads weights and inputs less often and
 * needs more registers; how many a device has, and how much work it wants at once, no driver tells. So products of a usual size are timed: first one column, as in
 * writing an answer, over rows and splits; then many, as in reading a prompt, with that split, since a split changes the order of sums and must be the same for both.
 *
 * A rasteriser in software gets what was best on this project's bench: its compiler takes longer than all there is to gain. MELETE_GL with the word "measure" times it all the same. */
#include "binaries.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define WIDTH 2048       /* of the matrix, both ways */
#define WIDTH_SOFTWARE 256
#define MANY 64          /* columns of a prompt's product */
#define ROUNDS 5         /* of which the fastest counts */
#define EACH_ONE 8       /* products in a round: enough for the clock */
#define EACH_MANY 2

static const EngineGlTiles software_tiles = { .split = 1, .rows_one = 4, .rows = 4, .columns = 8 };

static const uint8_t splits[] = { 1, 2, 4 }, rows_one[] = { 1, 2, 4 }, rows_many[] = { 2, 4 }, columns[] = { 4, 8, 16 };

uint8_t
engine_gl_columns_at_once (const EngineGlTiles *tiles, int64_t n)
{
  uint8_t at_once = 1;

  while (at_once < tiles->columns && 2 * at_once <= n)
    at_once *= 2;
  return at_once;
}

/* ---- the file ------------------------------------------------------------------ */

/* The file is of other tiles when the shader or this file has changed: the number is for that. */
static const char file_key[] = "tiles 1";

static bool
is_one_of (int value, const uint8_t *values, size_t n)
{
  return value > 0 && value < 256 && memchr (values, value, n) != NULL;
}

static bool
read_tiles (const EngineGlDevice *device, EngineGlTiles *tiles)
{
  char path[ENGINE_GL_MOST_PATH];
  FILE *file = engine_gl_cached_path (device, file_key, sizeof file_key, "", path) ? fopen (path, "re") : NULL;
  int split, one, rows, column;
  bool ok;

  if (!file)
    return false;
  ok = fscanf (file, "%d %d %d %d", &split, &one, &rows, &column) == 4 && is_one_of (split, splits, sizeof splits) && is_one_of (one, rows_one, sizeof rows_one) &&
       is_one_of (rows, rows_many, sizeof rows_many) && is_one_of (column, columns, sizeof columns) && (uint32_t) split * 32 <= device->max_invocations;
  fclose (file);
  if (ok)
    *tiles = (EngineGlTiles) { (uint8_t) split, (uint8_t) one, (uint8_t) rows, (uint8_t) column };
  return ok;
}

static void
write_tiles (const EngineGlDevice *device, const EngineGlTiles *tiles)
{
  char path[ENGINE_GL_MOST_PATH];
  FILE *file = engine_gl_cached_path (device, file_key, sizeof file_key, "", path) ? fopen (path, "we") : NULL;

  if (!file)
    return;
  fprintf (file, "%d %d %d %d\n", tiles->split, tiles->rows_one, tiles->rows, tiles->columns);
  fclose (file);
}

/* ---- the clock ------------------------------------------------------------------- */

/* A matrix in Q4_K, the type of most models, and what is multiplied with it. */
typedef struct {
  EngineGlShared *shared;
  EngineGlWeight  weight;
  uint32_t        width;
  GLuint          matrix, arena;
} Bench;

static double
now_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static bool
bench_begin (Bench *bench, EngineGlShared *shared)
{
  uint32_t width = shared->device.software ? WIDTH_SOFTWARE : WIDTH;
  const EngineTensor tensor = { .name = "tiles", .type = ENGINE_TYPE_Q4_K, .n_dims = 2, .ne = { width, width, 1, 1 } };
  size_t arena_bytes = 2 * (size_t) MANY * width * sizeof (float);
  void *zeros;
  bool ok;

  *bench = (Bench) { .shared = shared, .width = width };
  if (!engine_gl_weight_layout (&tensor, &bench->weight))
    return false;
  zeros = calloc (1, ENGINE_MAX (bench->weight.bytes, arena_bytes));
  if (!zeros)
    return false;
  glGenBuffers (1, &bench->matrix);
  glGenBuffers (1, &bench->arena);
  glBindBuffer (GL_SHADER_STORAGE_BUFFER, bench->matrix);
  glBufferData (GL_SHADER_STORAGE_BUFFER, (GLsizeiptr) bench->weight.bytes, zeros, GL_STATIC_DRAW);
  glBindBuffer (GL_SHADER_STORAGE_BUFFER, bench->arena);
  glBufferData (GL_SHADER_STORAGE_BUFFER, (GLsizeiptr) arena_bytes, zeros, GL_DYNAMIC_COPY);
  ok = engine_gl_check ("the bench of tiles", NULL);
  free (zeros);
  return ok;
}

static void
bench_end (Bench *bench)
{
  glDeleteBuffers (1, &bench->matrix);
  glDeleteBuffers (1, &bench->arena);
}

/* Milliseconds of one product; negative: the driver does not take the shader. */
static double
time_product (const Bench *bench, uint8_t n_columns, uint8_t n_rows, uint8_t split, int64_t n, int each)
{
  const EngineGlWeight *weight = &bench->weight;
  EngineGlKey key = { ENGINE_GL_SHADER_MATMUL, ENGINE_TYPE_Q4_K, { n_columns, n_rows, split, 0 } };
  const uint32_t params[ENGINE_GL_PARAMS] = {
    0, MANY * bench->width, ENGINE_GL_NONE, 0, bench->width, bench->width, (uint32_t) n, (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, (uint32_t) weight->n_groups,
    (uint32_t) weight->n_blocks,
  };
  GLuint program = engine_gl_program (bench->shared->programs, &bench->shared->device, key, NULL);
  double best = -1;

  if (!program)
    return -1;
  glUseProgram (program);
  glUniform4uiv (0, ENGINE_GL_PARAMS / 4, params);
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 0, bench->arena);
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 1, bench->matrix);
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 3, bench->arena);
  for (int round = -1; round < ROUNDS; round++) { /* the first compiles, and wakes the device up */
    double begin = now_ms (), ms;

    engine_gl_enter ();
    for (int i = 0; i < each; i++) {
      glDispatchCompute ((GLuint) engine_gl_groups (weight->n_groups, n_rows), (GLuint) engine_gl_groups (n, n_columns), 1);
      glMemoryBarrier (GL_SHADER_STORAGE_BARRIER_BIT);
    }
    glFinish ();
    engine_gl_leave ();
    ms = (now_ms () - begin) / each;
    if (round >= 0 && (best < 0 || ms < best))
      best = ms;
  }
  return engine_gl_check ("the bench of tiles", NULL) ? best : -1;
}

static void
measure (Bench *bench, EngineGlTiles *tiles)
{
  double best = -1, ms;

  for (size_t s = 0; s < sizeof splits; s++)
    for (size_t r = 0; r < sizeof rows_one; r++) {
      if (splits[s] * 32u > bench->shared->device.max_invocations)
        continue;
      ms = time_product (bench, 1, rows_one[r], splits[s], 1, EACH_ONE);
      engine_log (ENGINE_LOG_DEBUG, "One column, split %d, %d rows: %.3f ms", splits[s], rows_one[r], ms);
      if (ms >= 0 && (best < 0 || ms < best)) {
        best = ms;
        tiles->split = splits[s];
        tiles->rows_one = rows_one[r];
      }
    }
  best = -1;
  for (size_t r = 0; r < sizeof rows_many; r++)
    for (size_t c = 0; c < sizeof columns; c++) {
      ms = time_product (bench, columns[c], rows_many[r], tiles->split, MANY, EACH_MANY);
      engine_log (ENGINE_LOG_DEBUG, "%d columns at once, %d rows: %.3f ms", columns[c], rows_many[r], ms);
      if (ms >= 0 && (best < 0 || ms < best)) {
        best = ms;
        tiles->rows = rows_many[r];
        tiles->columns = columns[c];
      }
    }
}

void
engine_gl_tiles_choose (EngineGlShared *shared)
{
  const EngineGlDevice *device = &shared->device;
  Bench bench;

  shared->tiles = software_tiles;
  if ((device->software && !device->measures) || read_tiles (device, &shared->tiles))
    return;
  if (bench_begin (&bench, shared)) {
    measure (&bench, &shared->tiles);
    write_tiles (device, &shared->tiles);
  }
  bench_end (&bench);
  engine_log (ENGINE_LOG_INFO, "Products on %s: split %d, %d rows for one column, %d rows and %d columns for many", device->renderer, shared->tiles.split,
              shared->tiles.rows_one, shared->tiles.rows, shared->tiles.columns);
}
