/* SPDX-License-Identifier: MIT */
/* Pictures: uploaded as a texture, then one pass that resizes, normalises and cuts. */
#include "gl.h"
#include "prep/picture.h"

static const struct { GLint internal; GLenum format; } formats[] = {
  { GL_R8UI, GL_RED_INTEGER }, { GL_RG8UI, GL_RG_INTEGER }, { GL_RGB8UI, GL_RGB_INTEGER }, { GL_RGBA8UI, GL_RGBA_INTEGER },
};

static GLuint
upload (EngineGlRun *run, const EnginePicture *picture)
{
  GLuint texture = 0;

  engine_gl_enter ();
  glGenTextures (1, &texture);
  glActiveTexture (GL_TEXTURE0);
  glBindTexture (GL_TEXTURE_2D, texture);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D (GL_TEXTURE_2D, 0, formats[picture->n_channels - 1].internal, picture->width, picture->height, 0, formats[picture->n_channels - 1].format, GL_UNSIGNED_BYTE, picture->pixels);
  engine_gl_leave ();
  run->shared->counts.upload_bytes += (uint64_t) picture->width * (uint64_t) picture->height * (uint64_t) picture->n_channels;
  return texture;
}

/* A picture that is larger than a texture may be is made smaller by the processor. */
static bool
on_processor (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  size_t n = (size_t) out->width * (size_t) out->n;
  float *patches = engine_calloc (n, sizeof *patches, run->error);
  bool ok = patches && engine_prep_all (run->batch->patches, patches, run->error);

  if (ok) {
    engine_gl_enter ();
    glBufferSubData (GL_SHADER_STORAGE_BUFFER, (GLintptr) (engine_gl_value (run, node->out) * sizeof *patches), (GLsizeiptr) (n * sizeof *patches), patches);
    engine_gl_leave ();
    run->shared->counts.upload_bytes += n * sizeof *patches;
  }
  free (patches);
  return ok;
}

/* Zeros for the tokens that no patch is for. */
static bool
clear_rest (EngineGlRun *run, const EngineNode *node)
{
  const EngineValue *out = &run->graph->values[node->out];
  size_t first = (size_t) engine_prep_count (run->batch->patches) * (size_t) out->width, n = (size_t) out->n * (size_t) out->width - first;
  float *zeros = n ? engine_calloc (n, sizeof *zeros, run->error) : NULL;

  if (zeros) {
    engine_gl_enter ();
    glBufferSubData (GL_SHADER_STORAGE_BUFFER, (GLintptr) ((engine_gl_value (run, node->out) + first) * sizeof *zeros), (GLsizeiptr) (n * sizeof *zeros), zeros);
    engine_gl_leave ();
  }
  free (zeros);
  return n == 0 || zeros;
}

bool
engine_gl_patches (EngineGlRun *run, const EngineNode *node)
{
  const EnginePatches *p = run->batch->patches;
  const EngineNormalisation *normal = &p->normalisation;
  EngineGlDispatch d = {
    .key.shader = ENGINE_GL_SHADER_PATCHES,
    .params = { engine_gl_value (run, node->out), (uint32_t) p->side, (uint32_t) p->width, (uint32_t) p->height, run->at.across, (uint32_t) engine_prep_windows_most (p->filter, p->picture.width, p->width),
                run->at.down, (uint32_t) engine_prep_windows_most (p->filter, p->picture.height, p->height), run->at.places, engine_prep_colours (&p->picture) == 1,
                engine_gl_float (normal->mean[0]), engine_gl_float (normal->mean[1]), engine_gl_float (normal->mean[2]),
                engine_gl_float (normal->deviation[0]), engine_gl_float (normal->deviation[1]), engine_gl_float (normal->deviation[2]) },
    .groups = { engine_gl_groups (p->width, 64), p->height },
  };
  GLuint texture;
  bool ok;

  if (ENGINE_MAX (p->picture.width, p->picture.height) > run->shared->device.max_texture)
    return on_processor (run, node);
  if (!clear_rest (run, node))
    return false;
  texture = upload (run, &p->picture);
  ok = engine_gl_check ("a picture", run->error) && engine_gl_dispatch (run, &d);
  glDeleteTextures (1, &texture); /* which the driver keeps until the pass has run */
  return ok;
}
