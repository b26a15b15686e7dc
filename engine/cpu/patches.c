/* SPDX-License-Identifier: MIT */
#include "cpu.h"
#include "prep/picture.h"

#include <string.h>

typedef struct {
  const EnginePatches *patches;
  EngineWindows        across, down;
  uint8_t             *wide, *pixels; /* after the first pass, after the second */
  float               *out;
} Patches;

static void
make_wide (void *data, int64_t begin, int64_t end)
{
  Patches *p = data;

  engine_prep_across (&p->across, &p->patches->picture, engine_prep_colours (&p->patches->picture), (int32_t) begin, (int32_t) end, p->wide);
}

static void
make_patches (void *data, int64_t begin, int64_t end)
{
  Patches *p = data;
  size_t row = (size_t) p->patches->width * (size_t) engine_prep_colours (&p->patches->picture);

  engine_prep_down (&p->down, p->wide, row, (int32_t) begin, (int32_t) end, p->pixels);
  engine_prep_patches (p->patches, p->pixels, (int32_t) begin, (int32_t) end, p->out);
}

bool
engine_cpu_patches (EngineCpuRun *run, const EngineNode *node, EngineError *error)
{
  const EnginePatches *patches = run->batch->patches;
  const EnginePicture *picture = &patches->picture;
  size_t row = (size_t) patches->width * (size_t) engine_prep_colours (picture);
  Patches p = { .patches = patches, .out = engine_cpu_value (run, node->out) };
  bool ok = engine_prep_windows_init (&p.across, patches->filter, picture->width, patches->width, error) &&
            engine_prep_windows_init (&p.down, patches->filter, picture->height, patches->height, error) &&
            (p.wide = engine_calloc ((size_t) picture->height * row, 1, error)) && (p.pixels = engine_calloc ((size_t) patches->height * row, 1, error));
  const EngineValue *out = &run->graph->values[node->out];
  int64_t n = engine_prep_count (patches);

  if (ok) {
    memset (p.out + n * out->width, 0, (size_t) ((out->n - n) * out->width) * sizeof *p.out);
    engine_cpu_split (run, picture->height, (int64_t) row * p.across.most, make_wide, &p);
    engine_cpu_split (run, patches->height, (int64_t) row * (p.down.most + 3), make_patches, &p);
  }
  free (p.pixels);
  free (p.wide);
  engine_prep_windows_clear (&p.across);
  engine_prep_windows_clear (&p.down);
  return ok;
}
