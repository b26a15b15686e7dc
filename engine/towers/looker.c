/* SPDX-License-Identifier: MIT */
/* Pictures through a tower: its projector says how it looks at one, the graph is run once, and the columns are brought into the order of the places. */
#include "tower.h"

#include <string.h>

void
engine_look_clear (EngineLook *look)
{
  for (size_t i = 0; i < ENGINE_LENGTH (look->inputs); i++)
    free (look->inputs[i]);
  free (look->spans);
  free (look->axes);
  free (look->places);
  free ((int32_t *) look->patches.places);
  free (look->pixels);
  engine_media_runs_free (look->runs, look->n_runs);
  if (look->behind)
    engine_look_clear (look->behind);
  free (look->behind);
  memset (look, 0, sizeof *look);
}

/* What a batch of one sequence on fresh pages says, in one piece of memory. */
typedef struct {
  int32_t  *memory, *zeros, *ascending;
  uint32_t *pages;
  int32_t   n_pages;
} Sequence;

static bool
sequence_init (Sequence *sequence, int32_t n_tokens, EngineError *error)
{
  int32_t n_pages = (n_tokens + ENGINE_PAGE_TOKENS - 1) / ENGINE_PAGE_TOKENS;

  sequence->memory = engine_calloc (2 * (size_t) n_tokens + (size_t) n_pages, sizeof *sequence->memory, error);
  if (!sequence->memory)
    return false;
  sequence->zeros = sequence->memory;
  sequence->ascending = sequence->memory + n_tokens;
  sequence->pages = (uint32_t *) (sequence->memory + 2 * (size_t) n_tokens);
  sequence->n_pages = n_pages;
  for (int32_t i = 0; i < n_tokens; i++)
    sequence->ascending[i] = i;
  for (int32_t i = 0; i < n_pages; i++)
    sequence->pages[i] = (uint32_t) i;
  return true;
}

static bool
run_look (EngineTower *tower, const EngineLook *look, float *columns, EngineError *error)
{
  EngineModel *model = tower->model;
  size_t width = (size_t) tower->info.n_embd;
  EnginePatches patches = look->patches;
  Sequence own = { 0 };
  EngineCacheStore *store = NULL;
  bool ok = sequence_init (&own, look->n_tokens, error);

  if (ok) {
    EngineCacheShape shape = { .n_layers = model->n_cache_layers, .layers = model->cache_layers, .n_pages = { [ENGINE_CACHE_FULL] = (uint32_t) own.n_pages } };
    EngineBatchSequence sequence = { .pages = { [ENGINE_CACHE_FULL] = own.pages }, .n_pages = own.n_pages, .state = ENGINE_NO_PAGE };
    EngineBatch batch = { .tokens = own.zeros, .positions = own.ascending, .sequence = own.zeros, .n_sequences = 1, .sequences = &sequence, .spans = look->spans, .axes = look->axes,
                          .patches = look->patches.side ? &patches : NULL };

    store = model->backend->klass->cache_new (model->backend, &shape, error);
    ok = store != NULL;
    for (int32_t tile = 0; ok && tile < look->n_tiles; tile++) {
      ok = engine_tower_run (tower, &batch, look->n_tokens, look->n_columns, look->inputs, store, columns + (size_t) tile * (size_t) look->n_columns * width, error);
      patches.picture.pixels += look->tile_bytes;
    }
  }
  if (store)
    model->backend->klass->cache_free (model->backend, store);
  free (own.memory);
  return ok;
}

/* Column i of each tile goes to places[i]. */
static bool
put_in_places (float *columns, const EngineLook *look, size_t width, EngineError *error)
{
  size_t n = (size_t) look->n_columns * width;
  float *tile = engine_calloc (n, sizeof *tile, error);

  for (int32_t t = 0; tile && t < look->n_tiles; t++, columns += n) {
    memcpy (tile, columns, n * sizeof *tile);
    for (int32_t i = 0; i < look->n_columns; i++)
      memcpy (columns + (size_t) look->places[i] * width, tile + (size_t) i * width, width * sizeof *tile);
  }
  free (tile);
  return tile != NULL;
}

static int32_t
count_columns (const EngineLook *look)
{
  int32_t n = 0;

  for (; look; look = look->behind)
    n += look->n_tiles * look->n_columns;
  return n;
}

static bool
check_size (const EngineTower *tower, int32_t width, int32_t height, EngineError *error)
{
  if (tower->info.kind != ENGINE_TOWER_PICTURES)
    return engine_fail (error, ENGINE_BAD_INPUT, "This part of the model hears and does not see.");
  if (width < 1 || height < 1)
    return engine_fail (error, ENGINE_BAD_INPUT, "The picture is empty; choose another one.");
  if (width > ENGINE_PICTURE_SIDE_MAX || height > ENGINE_PICTURE_SIDE_MAX)
    return engine_fail (error, ENGINE_BAD_INPUT, "The picture is %d by %d pixels; at most %d on each side are taken.", width, height, ENGINE_PICTURE_SIDE_MAX);
  return true;
}

static bool
check (const EngineTower *tower, const EnginePicture *picture, EngineError *error)
{
  if (!check_size (tower, picture->width, picture->height, error))
    return false;
  if (!tower->model->backend)
    return engine_fail (error, ENGINE_BAD_INPUT, "This part of the model was loaded without its weights, so it sees nothing.");
  if (picture->n_channels < 1 || picture->n_channels > 4)
    return engine_fail (error, ENGINE_BAD_INPUT, "The picture is empty; choose another one.");
  return true;
}

/* The look's runs become the media's. `columns`: taken over; NULL: it is measured. */
static EngineMedia *
make_media (const EngineTower *tower, EngineLook *look, float *columns, EngineError *error)
{
  const EngineProjector *projector = tower->projector;
  int32_t n = count_columns (look);
  EngineMediaRun *runs = look->runs;
  EngineMedia *media;

  look->runs = NULL;
  media = runs ? engine_media_new_runs (columns, tower->info.n_embd, n, runs, look->n_runs, projector->after, error)
               : engine_media_new (columns, tower->info.n_embd, n, projector->before, projector->after, error);
  if (media && look->n_across)
    engine_media_set_across (media, look->n_across);
  return media;
}

EngineMedia *
engine_tower_measure_picture (const EngineTower *tower, int32_t width, int32_t height, int32_t max_columns, EngineError *error)
{
  EngineLook look = { .n_tiles = 1 };
  EngineMedia *media = NULL;

  if (check_size (tower, width, height, error) && tower->projector->plan (tower->model, width, height, max_columns, &look, error))
    media = make_media (tower, &look, NULL, error);
  engine_look_clear (&look);
  return media;
}

EngineMedia *
engine_tower_see (EngineTower *tower, const EnginePicture *picture, int32_t max_columns, EngineError *error)
{
  const EngineProjector *projector = tower->projector;
  size_t width = (size_t) tower->info.n_embd;
  EngineLook look = { .n_tiles = 1 };
  EnginePicture opaque = *picture;
  uint8_t *made = NULL;
  EngineMedia *media = NULL;
  float *columns = NULL, *at;

  if (check (tower, picture, error) && engine_prep_opaque (&opaque, &made, error) && projector->look (tower->model, &opaque, max_columns, &look, error))
    columns = engine_calloc ((size_t) count_columns (&look) * width, sizeof *columns, error);
  at = columns;
  for (EngineLook *part = &look; columns && part; part = part->behind) {
    if (!run_look (tower, part, at, error) || (part->places && !put_in_places (at, part, width, error))) {
      free (columns);
      columns = NULL;
      break;
    }
    at += (size_t) part->n_tiles * (size_t) part->n_columns * width;
  }
  if (columns)
    media = make_media (tower, &look, columns, error);
  engine_look_clear (&look);
  free (made);
  return media;
}
