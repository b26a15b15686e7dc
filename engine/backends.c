/* SPDX-License-Identifier: MIT */
/* What can run models here: one line in the table for each. */
#include "backend.h"

#include <string.h>

static EngineBackend *
new_cpu (const EngineLoadOptions *options, EngineError *error)
{
  return engine_cpu_backend_new (options->n_threads, options->reference, error);
}

static EngineBackend *
new_gl (const EngineLoadOptions *options, EngineError *error)
{
  EngineBackend *gpu = engine_gl_backend_new (options->gpu_sentinel, error);

  return gpu ? engine_hybrid_backend_new (engine_cpu_backend_new (options->n_threads, options->reference, error), gpu, options->gpu_layers, options->gpu_memory, error) : NULL;
}

static EngineBackend *
new_gl_alone (const EngineLoadOptions *options, EngineError *error)
{
  return engine_gl_backend_new (options->gpu_sentinel, error);
}

static const struct {
  const char *name;
  bool (*describe) (EngineBackendInfo *info, EngineError *error);
  EngineBackend *(*create) (const EngineLoadOptions *options, EngineError *error);
  EngineBackend *(*create_whole) (const EngineLoadOptions *options, EngineError *error);
} backends[ENGINE_N_BACKENDS] = {
  [ENGINE_BACKEND_CPU] = { "cpu", engine_cpu_describe, new_cpu, new_cpu },
  [ENGINE_BACKEND_GL] = { "gl", engine_gl_describe, new_gl, new_gl_alone },
};

static bool
is_known (EngineBackendKind kind, EngineError *error)
{
  return (unsigned) kind < ENGINE_N_BACKENDS || engine_fail (error, ENGINE_BAD_INPUT, "There is no backend with the number %d.", (int) kind);
}

EngineBackend *
engine_backend_new (const EngineLoadOptions *options, EngineError *error)
{
  return is_known (options->backend, error) ? backends[options->backend].create (options, error) : NULL;
}

EngineBackend *
engine_backend_new_whole (const EngineLoadOptions *options, EngineError *error)
{
  return is_known (options->backend, error) ? backends[options->backend].create_whole (options, error) : NULL;
}

bool
engine_backend_info (EngineBackendKind kind, EngineBackendInfo *info, EngineError *error)
{
  memset (info, 0, sizeof *info);
  if (!is_known (kind, error))
    return false;
  info->name = backends[kind].name;
  return backends[kind].describe (info, error);
}

bool
engine_backend_from_name (const char *name, EngineBackendKind *kind)
{
  for (int i = 0; i < ENGINE_N_BACKENDS; i++)
    if (strcmp (backends[i].name, name) == 0) {
      *kind = (EngineBackendKind) i;
      return true;
    }
  return false;
}
