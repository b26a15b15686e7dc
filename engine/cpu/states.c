/* SPDX-License-Identifier: MIT */
/* What recurrences share: which tokens of a batch follow each other, where the states that they lead to are kept, and how long a step is. */
#include "cpu.h"

#include <assert.h>
#include <math.h>

const EngineCpuSpan *
engine_cpu_spans (EngineCpuRun *run, int32_t *n_spans, EngineError *error)
{
  const EngineBatch *batch = run->batch;
  EngineCpuSpan *spans = engine_cpu_buffer_reserve (&run->backend->spans, (size_t) batch->n_tokens * sizeof *spans, error);

  *n_spans = 0;
  for (int32_t t = 0; spans && t < batch->n_tokens; t++) {
    if (t == 0 || batch->sequence[t] != batch->sequence[t - 1])
      spans[(*n_spans)++] = (EngineCpuSpan) { t, 0, &batch->sequences[batch->sequence[t]] };
    spans[*n_spans - 1].n_tokens++;
  }
  return spans;
}

/* Where eˣ dwarfs 1 it is x. */
float
engine_cpu_softplus (float x)
{
  return x > 20.0f ? x : log1pf (expf (x));
}

int32_t
engine_cpu_span_stretch (const EngineCpuRun *run, const EngineCpuSpan *span, int32_t first, uint32_t *page)
{
  int32_t position = run->batch->positions[span->token + first], i = position / ENGINE_PAGE_TOKENS, end;

  do {
    end = first + ENGINE_MIN ((i + 1) * ENGINE_PAGE_TOKENS - position, span->n_tokens - first);
    *page = span->sequence->pages[ENGINE_CACHE_STATE][i++];
  } while (*page == ENGINE_NO_PAGE && end < span->n_tokens);
  assert (*page != ENGINE_NO_PAGE && *page != span->sequence->state);
  return end - first;
}
