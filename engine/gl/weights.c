/* SPDX-License-Identifier: MIT */
/* Weights on the device: read from the file a stretch at a time, packed, and handed over. */
#include "weights.h"

#include <string.h>

#define ROWS ENGINE_GL_ROWS
#define STRETCH ((size_t) 4 << 20) /* bytes that are packed before they are handed over */

typedef struct {
  EngineGlShared     *shared;
  const EngineTensor *tensor;
  EngineGlWeight     *weight;
  const void         *words; /* of groups that follow each other */
  int64_t             first_group, n_groups;
  EngineError        *error;
  bool                ok;
} Job;

/* ---- on the thread that owns OpenGL ------------------------------------------ */

static bool
new_buffer (GLuint *buffer, size_t bytes, const void *data, EngineError *error)
{
  glGenBuffers (1, buffer);
  glBindBuffer (GL_SHADER_STORAGE_BUFFER, *buffer);
  engine_gl_enter ();
  glBufferData (GL_SHADER_STORAGE_BUFFER, (GLsizeiptr) bytes, data, GL_STATIC_DRAW);
  engine_gl_leave ();
  return engine_gl_check ("a weight", error);
}

static void
make_parts (void *data)
{
  Job *job = data;
  EngineGlWeight *weight = job->weight;
  size_t group_bytes = weight->group_words * ROWS * sizeof (uint32_t);
  int64_t most = (int64_t) (job->shared->device.max_block / group_bytes);

  job->ok = most > 0 || engine_fail (job->error, ENGINE_UNSUPPORTED, "A row of the tensor “%s” is larger than what the graphics card takes at once.", job->tensor->name);
  if (!job->ok)
    return;
  weight->n_parts = (int32_t) ((weight->n_groups + most - 1) / most);
  weight->parts = engine_calloc ((size_t) weight->n_parts, sizeof *weight->parts, job->error);
  job->ok = weight->parts != NULL;
  for (int32_t i = 0; job->ok && i < weight->n_parts; i++) {
    EngineGlPart *part = &weight->parts[i];

    part->first_group = i * most;
    part->n_groups = ENGINE_MIN (most, weight->n_groups - part->first_group);
    job->ok = new_buffer (&part->buffer, (size_t) part->n_groups * group_bytes, NULL, job->error);
  }
}

static void
make_vector (void *data)
{
  Job *job = data;
  EngineGlWeight *weight = job->weight;

  weight->parts = engine_calloc (1, sizeof *weight->parts, job->error);
  weight->n_parts = weight->parts != NULL;
  job->ok = weight->parts && new_buffer (&weight->parts->buffer, weight->bytes, weight->host, job->error);
}

/* Groups may lie in two parts. */
static void
hand_over (void *data)
{
  Job *job = data;
  const EngineGlWeight *weight = job->weight;
  size_t group_bytes = weight->group_words * ROWS * sizeof (uint32_t);

  for (int32_t i = 0; i < weight->n_parts; i++) {
    const EngineGlPart *part = &weight->parts[i];
    int64_t first = ENGINE_MAX (part->first_group, job->first_group);
    int64_t end = ENGINE_MIN (part->first_group + part->n_groups, job->first_group + job->n_groups);

    if (first >= end)
      continue;
    glBindBuffer (GL_SHADER_STORAGE_BUFFER, part->buffer);
    engine_gl_enter ();
    glBufferSubData (GL_SHADER_STORAGE_BUFFER, (GLintptr) ((size_t) (first - part->first_group) * group_bytes), (GLsizeiptr) ((size_t) (end - first) * group_bytes),
                     (const uint8_t *) job->words + (size_t) (first - job->first_group) * group_bytes);
    engine_gl_leave ();
  }
  job->ok = engine_gl_check ("a weight's rows", job->error);
}

static void
delete_parts (void *data)
{
  Job *job = data;

  for (int32_t i = 0; i < job->weight->n_parts; i++)
    glDeleteBuffers (1, &job->weight->parts[i].buffer);
}

/* ---- on the thread that loads --------------------------------------------------- */

static bool
call (Job *job, void (*function) (void *data))
{
  if (!engine_gl_thread_call (job->shared->thread, function, job))
    job->ok = engine_gl_fail_gone (job->error);
  return job->ok;
}

static bool
load_vector (Job *job, EngineReadFunc read, void *user)
{
  const EngineTensor *tensor = job->tensor;
  EngineGlWeight *weight = job->weight;
  void *file = engine_calloc (tensor->bytes, 1, job->error);
  bool ok = file && read (user, tensor, 0, file, tensor->bytes, job->error);

  weight->host = ok ? engine_calloc ((size_t) weight->n_in, sizeof *weight->host, job->error) : NULL;
  if (weight->host)
    engine_type_to_float (tensor->type, file, weight->host, (size_t) weight->n_in);
  free (file);
  return weight->host && call (job, make_vector);
}

static bool
load_matrix (Job *job, EngineReadFunc read, void *user)
{
  const EngineGlWeight *weight = job->weight;
  size_t row_bytes = job->tensor->bytes / (size_t) weight->n_out, group_bytes = weight->group_words * ROWS * sizeof (uint32_t);
  int64_t at_once = ENGINE_MIN ((int64_t) ENGINE_MAX (STRETCH / group_bytes, 1), weight->n_groups);
  uint8_t *file = engine_calloc ((size_t) at_once * ROWS, row_bytes, job->error);
  uint32_t *words = file ? engine_calloc ((size_t) at_once, group_bytes, job->error) : NULL;
  bool ok = words && call (job, make_parts);

  for (int64_t group = 0; ok && group < weight->n_groups; group += at_once) {
    int64_t n_groups = ENGINE_MIN (at_once, weight->n_groups - group), n_rows = ENGINE_MIN (n_groups * ROWS, weight->n_out - group * ROWS);

    ok = read (user, job->tensor, (size_t) (group * ROWS) * row_bytes, file, (size_t) n_rows * row_bytes, job->error);
    if (!ok)
      break;
    memset (words, 0, (size_t) n_groups * group_bytes);
    for (int64_t g = 0; g < n_groups; g++)
      engine_gl_pack_group (weight, file + (size_t) (g * ROWS) * row_bytes, row_bytes, (int) ENGINE_MIN (ROWS, n_rows - g * ROWS), words + (size_t) g * weight->group_words * ROWS);
    job->words = words;
    job->first_group = group;
    job->n_groups = n_groups;
    ok = call (job, hand_over);
  }
  /* A driver that does not come back may still read them. */
  if (!engine_gl_thread_is_gone (job->shared->thread))
    free (words);
  free (file);
  return ok;
}

size_t
engine_gl_weight_bytes (const EngineBackend *base, const EngineTensor *tensor)
{
  EngineGlWeight weight;

  return engine_gl_weight_layout (tensor, &weight) ? weight.bytes : SIZE_MAX;
}

void
engine_gl_weight_free (EngineBackend *base, EngineTensor *tensor)
{
  Job job = { .shared = ((EngineGlBackend *) base)->shared, .weight = tensor->backend_data };

  if (!job.weight)
    return;
  if (job.weight->n_parts)
    engine_gl_thread_call (job.shared->thread, delete_parts, &job);
  free (job.weight->parts);
  free (job.weight->host);
  free (job.weight);
  tensor->backend_data = NULL;
}

bool
engine_gl_weight_load (EngineBackend *base, EngineTensor *tensor, EngineReadFunc read, void *user, EngineError *error)
{
  EngineGlWeight *weight = engine_calloc (1, sizeof *weight, error);
  Job job = { .shared = ((EngineGlBackend *) base)->shared, .tensor = tensor, .weight = weight, .error = error };
  size_t file_bytes;

  if (!weight)
    return false;
  tensor->backend_data = weight;
  if (tensor->ne[0] < 1 || engine_tensor_rows (tensor) < 1 || !engine_type_bytes (tensor->type, (uint64_t) tensor->ne[0], &file_bytes) ||
      !engine_mul (file_bytes, (size_t) engine_tensor_rows (tensor), &file_bytes) || file_bytes != tensor->bytes || !engine_gl_weight_layout (tensor, weight)) {
    engine_fail (error, ENGINE_BAD_FILE, "The tensor “%s” has an impossible shape.", tensor->name);
    engine_gl_weight_free (base, tensor);
    return false;
  }
  if (weight->n_groups ? load_matrix (&job, read, user) : load_vector (&job, read, user))
    return true;
  engine_gl_weight_free (base, tensor);
  return false;
}
