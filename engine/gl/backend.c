/* SPDX-License-Identifier: MIT */
/* The OpenGL backend: its table, its beginning and its end. */
#include "cache.h"
#include "weights.h"

#include <stdio.h>

typedef struct {
  EngineGlShared *shared;
  EngineError    *error;
  size_t          memory;
  bool            ok;
} Job;

static void
open_device (void *data)
{
  Job *job = data;

  engine_gl_enter ();
  job->ok = engine_gl_device_open (&job->shared->device, job->error);
  engine_gl_leave ();
  if (!job->ok)
    return;
  if (job->shared->device.software)
    engine_gl_thread_set_patience (job->shared->thread, 0);
  job->shared->programs = engine_gl_programs_new (job->error);
  job->ok = job->shared->programs != NULL;
}

static void
close_device (void *data)
{
  Job *job = data;
  const GLuint buffers[] = { job->shared->arena, job->shared->staging };

  if (job->shared->device.context != EGL_NO_CONTEXT)
    glDeleteBuffers (ENGINE_LENGTH (buffers), buffers);
  engine_gl_programs_free (job->shared->programs);
  engine_gl_device_close (&job->shared->device);
}

static void
shared_unref (EngineGlShared *shared)
{
  Job job = { .shared = shared };

  if (__atomic_sub_fetch (&shared->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  /* What a driver that does not come back may still use is left to it. */
  if (shared->thread && !engine_gl_thread_call (shared->thread, close_device, &job))
    return;
  engine_gl_thread_free (shared->thread);
  free (shared);
}

static void
backend_free (EngineBackend *base)
{
  if (base)
    shared_unref (((EngineGlBackend *) base)->shared);
  free (base);
}

static EngineBackend *loader_new (const EngineBackend *base, EngineError *error);

static const EngineBackendClass gl_class = {
  .name = "gl",
  .free = backend_free,
  .weight_bytes = engine_gl_weight_bytes,
  .weight_load = engine_gl_weight_load,
  .weight_free = engine_gl_weight_free,
  .loader_new = loader_new,
  .cache_page_bytes = engine_gl_cache_page_bytes,
  .cache_new = engine_gl_cache_new,
  .cache_free = engine_gl_cache_free,
  .cache_copy = engine_gl_cache_copy,
  .run = engine_gl_run,
};

/* The same device: what a loader asks for is done between two submissions. */
static EngineBackend *
loader_new (const EngineBackend *base, EngineError *error)
{
  EngineGlBackend *backend = engine_calloc (1, sizeof *backend, error);

  if (!backend)
    return NULL;
  backend->base.klass = &gl_class;
  backend->shared = ((const EngineGlBackend *) base)->shared;
  __atomic_add_fetch (&backend->shared->ref_count, 1, __ATOMIC_RELAXED);
  return &backend->base;
}

static void
read_memory (void *data)
{
  Job *job = data;

  job->memory = engine_gl_device_memory ();
}

size_t
engine_gl_backend_memory (const EngineBackend *base)
{
  Job job = { .shared = ((const EngineGlBackend *) base)->shared };

  return engine_gl_thread_call (job.shared->thread, read_memory, &job) ? job.memory : 0;
}

EngineBackend *
engine_gl_backend_new (uint8_t *sentinel, EngineError *error)
{
  EngineGlBackend *backend = engine_calloc (1, sizeof *backend, error);
  Job job = { .error = error };

  if (!backend)
    return NULL;
  backend->base.klass = &gl_class;
  backend->shared = job.shared = engine_calloc (1, sizeof *backend->shared, error);
  if (!backend->shared) {
    free (backend);
    return NULL;
  }
  backend->shared->ref_count = 1;
  backend->shared->thread = engine_gl_thread_new (sentinel, error);
  if (backend->shared->thread && !engine_gl_thread_call (backend->shared->thread, open_device, &job))
    engine_gl_fail_gone (error);
  if (job.ok)
    return &backend->base;
  backend_free (&backend->base);
  return NULL;
}

bool
engine_gl_counts (const EngineBackend *base, EngineGlCounts *counts)
{
  bool ours = base->klass == &gl_class;

  *counts = ours ? ((const EngineGlBackend *) base)->shared->counts : (EngineGlCounts) { 0 };
  return ours;
}

bool
engine_gl_describe (EngineBackendInfo *info, EngineError *error)
{
  EngineBackend *backend = engine_gl_backend_new (NULL, error);
  const EngineGlDevice *device;

  if (!backend)
    return false;
  device = &((EngineGlBackend *) backend)->shared->device;
  snprintf (info->device, sizeof info->device, "%s", device->renderer);
  snprintf (info->driver, sizeof info->driver, "%s", device->version);
  info->software = device->software;
  info->memory = engine_gl_backend_memory (backend);
  backend_free (backend);
  return true;
}
