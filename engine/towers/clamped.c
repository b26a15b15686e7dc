/* SPDX-License-Identifier: MIT */
#include "clamped.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

bool
engine_clamped_load (EngineModel *model, EngineClamped *c, int64_t n_in, int64_t n_out, EngineError *error, const char *format, ...)
{
  char name[64];
  va_list args;

  va_start (args, format);
  vsnprintf (name, sizeof name, format, args);
  va_end (args);
  c->in[0] = c->out[0] = -INFINITY;
  c->in[1] = c->out[1] = INFINITY;
  if (!engine_model_tensor (model, &c->weight, n_in, n_out, error, "%s.weight", name) || !engine_model_number (model, &c->in[0], error, "%s.input_min", name) ||
      !engine_model_number (model, &c->in[1], error, "%s.input_max", name) || !engine_model_number (model, &c->out[0], error, "%s.output_min", name) ||
      !engine_model_number (model, &c->out[1], error, "%s.output_max", name))
    return false;
  return (c->in[0] <= c->in[1] && c->out[0] <= c->out[1]) ||
         engine_fail (error, ENGINE_BAD_FILE, "The model's tensor %s is to be kept between numbers of which the first is not the least; the file is damaged.", c->weight->name);
}

static EngineValueId
clamp (EngineGraph *g, EngineValueId x, const float *limits)
{
  return isinf (limits[0]) && isinf (limits[1]) ? x : engine_graph_clamp (g, x, limits[0], limits[1]);
}

void
engine_clamped_build_all (EngineGraph *g, const EngineClamped *const *c, int n, EngineValueId x, EngineValueId *out)
{
  EngineValueId in = ENGINE_NO_VALUE;

  for (int i = 0; i < n; i++) {
    if (i == 0 || c[i]->in[0] != c[i - 1]->in[0] || c[i]->in[1] != c[i - 1]->in[1])
      in = clamp (g, x, c[i]->in);
    out[i] = clamp (g, engine_graph_matmul (g, c[i]->weight, in, NULL, ENGINE_NO_VALUE), c[i]->out);
  }
}

EngineValueId
engine_clamped_build (EngineGraph *g, const EngineClamped *c, EngineValueId x)
{
  EngineValueId out = ENGINE_NO_VALUE;

  engine_clamped_build_all (g, &c, 1, x, &out);
  return out;
}
