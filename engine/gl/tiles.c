/* SPDX-License-Identifier: MIT */
/* What a matrix product is cut into: measured once on each device, and kept beside the compiled shaders.
 *
 * An invocation has a row of each of ROWS groups of 32 and up to COLUMNS columns, and every SPLIT-th block of them. More of each reads weights and inputs less often and
 * needs more registers; how many a device has, how much work it wants at once, and whether its way for constants is the faster one for inputs (UNIFORM), no driver tells. So products of a usual size are timed: first one column, as in
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
#define FEW_COLUMNS 4    /* with room for fewer, weights would be read too often */
#define LANES 64         /* of attention on a card; a rasteriser has no more than a vector of its processor has */
#define FEW_GROUPS 256   /* of a dispatch, for a card; one after the other is no worse for a rasteriser */

static const EngineGlTiles software_tiles = { .split = 1, .rows_one = 4, .uniform_one = true, .rows = 8, .columns = 16, .uniform = true, .lanes = 8, .few_groups = 0 };

static const uint8_t splits[] = { 1, 2, 4 }, rows_one[] = { 1, 2, 4 }, rows_many[] = { 2, 4, 8 }, columns[] = { 4, 8, 16 };

EngineGlCut
engine_gl_cut (const EngineGlDevice *device, const EngineGlTiles *tiles, int64_t width, int64_t n)
{
  EngineGlCut cut = { .at_once = 1, .each = n };
  int64_t room = (int64_t) ((device->window - device->window_step) / sizeof (float)) / width, most = n;

  if ((n > 1 ? tiles->uniform : tiles->uniform_one) && width % ENGINE_QUANT_BLOCK == 0 && room >= ENGINE_MIN (n, FEW_COLUMNS)) {
    cut.uniform = true;
    most = ENGINE_MIN (room, n);
  }
  while (cut.at_once < tiles->columns && 2 * cut.at_once <= most)
    cut.at_once *= 2;
  if (cut.uniform)
    cut.each = room / cut.at_once * cut.at_once;
  return cut;
}

/* ---- the file ------------------------------------------------------------------ */

/* The file is of other tiles when the shader or this file has changed: the number is for that. */
static const char file_key[] = "tiles 2";

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
  int split, one, uniform_one, rows, column, uniform;
  bool ok;

  if (!file)
    return false;
  ok = fscanf (file, "%d %d %d %d %d %d", &split, &one, &uniform_one, &rows, &column, &uniform) == 6 && is_one_of (split, splits, sizeof splits) &&
       is_one_of (one, rows_one, sizeof rows_one) && is_one_of (rows, rows_many, sizeof rows_many) && is_one_of (column, columns, sizeof columns) &&
       (uint32_t) split * 32 <= device->max_invocations;
  fclose (file);
  if (ok)
    *tiles = (EngineGlTiles) { .split = (uint8_t) split, .rows_one = (uint8_t) one, .uniform_one = uniform_one != 0, .rows = (uint8_t) rows, .columns = (uint8_t) column,
                               .uniform = uniform != 0, .lanes = tiles->lanes, .few_groups = tiles->few_groups };
  return ok;
}

static void
write_tiles (const EngineGlDevice *device, const EngineGlTiles *tiles)
{
  char path[ENGINE_GL_MOST_PATH];
  FILE *file = engine_gl_cached_path (device, file_key, sizeof file_key, "", path) ? fopen (path, "we") : NULL;

  if (!file)
    return;
  fprintf (file, "%d %d %d %d %d %d\n", tiles->split, tiles->rows_one, tiles->uniform_one, tiles->rows, tiles->columns, tiles->uniform);
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
  size_t arena_bytes = 2 * (size_t) MANY * width * sizeof (float) + shared->device.window;
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

/* One product of n columns, by as many dispatches as it takes. */
static void
multiply (const Bench *bench, const EngineGlCut *cut, uint8_t rows, int64_t n)
{
  const EngineGlDevice *device = &bench->shared->device;
  const EngineGlWeight *weight = &bench->weight;
  uint32_t params[ENGINE_GL_PARAMS] = {
    0, MANY * bench->width, ENGINE_GL_NONE, 0, bench->width, bench->width, 0, (uint32_t) weight->code_words, (uint32_t) weight->group_words, 0, (uint32_t) weight->n_groups,
    (uint32_t) weight->n_blocks,
  };

  for (int64_t first = 0; first < n; first += cut->each) {
    int64_t end = ENGINE_MIN (first + cut->each, n);
    size_t at = cut->uniform ? (size_t) first * bench->width * sizeof (float) : 0, step = device->window_step;

    if (cut->uniform)
      glBindBufferRange (GL_UNIFORM_BUFFER, 0, bench->arena, (GLintptr) (at / step * step), (GLsizeiptr) device->window);
    params[0] = (uint32_t) (at % step / 16);
    params[6] = (uint32_t) end;
    params[12] = (uint32_t) first;
    glUniform4uiv (0, ENGINE_GL_PARAMS / 4, params);
    glDispatchCompute ((GLuint) engine_gl_groups (weight->n_groups, rows), (GLuint) engine_gl_groups (end - first, cut->at_once), 1);
  }
  glMemoryBarrier (GL_SHADER_STORAGE_BARRIER_BIT | GL_UNIFORM_BARRIER_BIT);
}

/* Milliseconds of one product with those tiles; negative: the driver does not take the shader. */
static double
time_product (const Bench *bench, const EngineGlTiles *tiles, int64_t n, int each)
{
  EngineGlCut cut = engine_gl_cut (&bench->shared->device, tiles, bench->width, n);
  uint8_t rows = n > 1 ? tiles->rows : tiles->rows_one;
  EngineGlKey key = { ENGINE_GL_SHADER_MATMUL, ENGINE_TYPE_Q4_K, { cut.at_once, rows, tiles->split, 0, cut.uniform } };
  GLuint program = engine_gl_program (bench->shared->programs, &bench->shared->device, key, NULL);
  double best = -1;

  if (!program)
    return -1;
  glUseProgram (program);
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 0, bench->arena);
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 1, bench->matrix);
  glBindBufferBase (GL_SHADER_STORAGE_BUFFER, 3, bench->arena);
  for (int round = -1; round < ROUNDS; round++) { /* the first compiles, and wakes the device up */
    double begin = now_ms (), ms;

    engine_gl_enter ();
    for (int i = 0; i < each; i++)
      multiply (bench, &cut, rows, n);
    glFinish ();
    engine_gl_leave ();
    ms = (now_ms () - begin) / each;
    if (round >= 0 && (best < 0 || ms < best))
      best = ms;
  }
  if (!engine_gl_check ("the bench of tiles", NULL))
    return -1;
  engine_log (ENGINE_LOG_DEBUG, "%d columns, %d at once%s, split %d, %d rows: %.3f ms", (int) n, cut.at_once, cut.uniform ? " as uniforms" : "", tiles->split, rows, best);
  return best;
}

/* Keeps what is faster than the best so far. */
static void
try (const Bench *bench, const EngineGlTiles *tiles, int64_t n, int each, double *best, EngineGlTiles *chosen)
{
  double ms = time_product (bench, tiles, n, each);

  if (ms >= 0 && (*best < 0 || ms < *best)) {
    *best = ms;
    *chosen = *tiles;
  }
}

static void
measure (Bench *bench, EngineGlTiles *chosen)
{
  EngineGlTiles tiles = *chosen;
  double best = -1;

  for (size_t s = 0; s < sizeof splits; s++)
    for (size_t r = 0; r < sizeof rows_one; r++)
      for (int uniform = 0; uniform < 2; uniform++) {
        tiles.split = splits[s];
        tiles.rows_one = rows_one[r];
        tiles.uniform_one = uniform != 0;
        if (splits[s] * 32u <= bench->shared->device.max_invocations)
          try (bench, &tiles, 1, EACH_ONE, &best, chosen);
      }
  best = -1;
  tiles = *chosen;
  for (size_t r = 0; r < sizeof rows_many; r++)
    for (size_t c = 0; c < sizeof columns; c++)
      for (int uniform = 0; uniform < 2; uniform++) {
        tiles.rows = rows_many[r];
        tiles.columns = columns[c];
        tiles.uniform = uniform != 0;
        try (bench, &tiles, MANY, EACH_MANY, &best, chosen);
      }
}

void
engine_gl_tiles_choose (EngineGlShared *shared)
{
  const EngineGlDevice *device = &shared->device;
  Bench bench;

  shared->tiles = software_tiles;
  if (!device->software) {
    shared->tiles.lanes = LANES;
    shared->tiles.few_groups = FEW_GROUPS;
  }
  if ((device->software && !device->measures) || read_tiles (device, &shared->tiles))
    return;
  if (bench_begin (&bench, shared)) {
    measure (&bench, &shared->tiles);
    write_tiles (device, &shared->tiles);
  }
  bench_end (&bench);
  engine_log (ENGINE_LOG_INFO, "Products on %s: split %d, %d rows for one column%s, %d rows and %d columns for many%s", device->renderer, shared->tiles.split,
              shared->tiles.rows_one, shared->tiles.uniform_one ? " as uniforms" : "", shared->tiles.rows, shared->tiles.columns, shared->tiles.uniform ? " as uniforms" : "");
}
