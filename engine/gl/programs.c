/* SPDX-License-Identifier: MIT */
/* Shaders, compiled as they are asked for, unless an earlier run has. */
#include "binaries.h"
#include "gl-sources.h"
#include "gl.h"
#include "text.h"

#include <string.h>

static const struct {
  const char *file;
  bool        reads_weight;
  const char *choices[ENGINE_GL_CHOICES];
} shaders[ENGINE_GL_N_SHADERS] = {
#define SHADER(NAME, symbol, reads_weight, ...) [ENGINE_GL_SHADER_##NAME] = { #symbol ".comp", reads_weight, { __VA_ARGS__ } },
#include "shaders.def"
#undef SHADER
};

static const char *const scales_names[ENGINE_N_SCALES] = {
  [ENGINE_SCALES_NONE] = "SCALES_NONE",
  [ENGINE_SCALES_STEP] = "SCALES_STEP",
  [ENGINE_SCALES_STEP_BF16] = "SCALES_STEP_BF16",
  [ENGINE_SCALES_STEPS] = "SCALES_STEPS",
  [ENGINE_SCALES_STEP_MIN] = "SCALES_STEP_MIN",
  [ENGINE_SCALES_SUPER] = "SCALES_SUPER",
  [ENGINE_SCALES_SUPER_MIN] = "SCALES_SUPER_MIN",
  [ENGINE_SCALES_SUPER_HALVES] = "SCALES_SUPER_HALVES",
  [ENGINE_SCALES_SUPER_HALVES_MIN] = "SCALES_SUPER_HALVES_MIN",
};

/* An open table by the key's bytes: a model uses a few dozen of them. */
#define N_SLOTS 1024

typedef struct {
  EngineGlKey key;
  GLuint      program; /* 0: free */
} Slot;

struct EngineGlPrograms {
  size_t n;
  Slot   slots[N_SLOTS];
};

EngineGlPrograms *
engine_gl_programs_new (EngineError *error)
{
  return engine_calloc (1, sizeof (EngineGlPrograms), error);
}

void
engine_gl_programs_free (EngineGlPrograms *programs)
{
  if (!programs)
    return;
  for (size_t i = 0; i < N_SLOTS; i++)
    if (programs->slots[i].program)
      glDeleteProgram (programs->slots[i].program);
  free (programs);
}

/* ---- the text ------------------------------------------------------------ */

static void
add_source (EngineText *text, const char *name)
{
  static const char include[] = "#include \"";
  const EngineGlSource *source = engine_gl_sources;
  const char *line, *end;

  while (source->name && strcmp (source->name, name) != 0)
    source++;
  for (line = source->name ? source->text : ""; *line; line = end + 1) {
    end = strchr (line, '\n');
    if (strncmp (line, include, sizeof include - 1) == 0) {
      char other[64] = "";

      memcpy (other, line + sizeof include - 1, ENGINE_MIN ((size_t) (end - line) - sizeof include, sizeof other - 1));
      add_source (text, other);
    } else
      engine_text_append (text, line, (size_t) (end + 1 - line));
  }
}

/* What weight.glsl is to know of the type. */
static void
add_type (EngineText *text, EngineType type)
{
  const EngineTypeTraits *traits = &engine_types[type];

  engine_text_printf (text, "#define BITS %d\n", traits->code_bits);
  if (traits->code_bits == 0) {
    engine_text_printf (text, "#define WEIGHT_BYTES %d\n%s", traits->block_bytes, type == ENGINE_TYPE_BF16 ? "#define WEIGHT_BF16\n" : "");
    return;
  }
  for (int i = 0; i < ENGINE_N_SCALES; i++)
    engine_text_printf (text, "#define %s %d\n", scales_names[i], i);
  engine_text_printf (text, "#define SCALES %s\n#define UNIT %.8f\n%s", scales_names[traits->scales], (double) traits->unit,
                      traits->scales == ENGINE_SCALES_STEP_BF16 ? "#define STEP_BF16\n" : "");
  if (traits->code_table == ENGINE_CODES_NONE) {
    engine_text_printf (text, "#define OFFSET %d.0\n", traits->code_offset);
  } else {
    uint32_t words[4] = { 0 };

    for (int i = 0; i < 16; i++)
      words[i / 4] |= (uint32_t) (uint8_t) (engine_code_values[traits->code_table][i] + 128) << 8 * (i % 4);
    engine_text_printf (text, "#define TABLE uvec4 (0x%xu, 0x%xu, 0x%xu, 0x%xu)\n", words[0], words[1], words[2], words[3]);
  }
}

static GLuint
compile (const char *name, const char *text)
{
  GLuint shader = glCreateShader (GL_COMPUTE_SHADER), program = glCreateProgram ();
  GLint ok = 0;
  char log[2000] = "";

  engine_gl_enter ();
  glShaderSource (shader, 1, &text, NULL);
  glCompileShader (shader);
  glGetShaderiv (shader, GL_COMPILE_STATUS, &ok);
  engine_gl_leave ();
  if (ok) {
    if (engine_gl_binaries_work ())
      glProgramParameteri (program, GL_PROGRAM_BINARY_RETRIEVABLE_HINT, GL_TRUE);
    glAttachShader (program, shader);
    engine_gl_enter ();
    glLinkProgram (program);
    glGetProgramiv (program, GL_LINK_STATUS, &ok);
    engine_gl_leave ();
    if (!ok)
      glGetProgramInfoLog (program, sizeof log, NULL, log);
  } else
    glGetShaderInfoLog (shader, sizeof log, NULL, log);
  glDeleteShader (shader);
  if (ok)
    return program;
  engine_log (ENGINE_LOG_WARNING, "The driver does not compile %s: %s", name, log);
  glDeleteProgram (program);
  return 0;
}

static GLuint
make_program (const EngineGlDevice *device, EngineGlKey key, EngineError *error)
{
  EngineText text = { 0 };
  GLuint program;

  engine_text_printf (&text, "%s", device->es ? "#version 310 es\nprecision highp float;\nprecision highp int;\n" : "#version 430 core\n");
  if (shaders[key.shader].reads_weight)
    add_type (&text, (EngineType) key.type);
  for (int i = 0; i < ENGINE_GL_CHOICES && shaders[key.shader].choices[i]; i++)
    engine_text_printf (&text, "#define %s %d\n", shaders[key.shader].choices[i], key.choices[i]);
  engine_text_printf (&text, "#define INPUTS %zu\n", device->window / 16);
  add_source (&text, "common.glsl");
  add_source (&text, shaders[key.shader].file);
  if (text.failed) {
    free (text.bytes);
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a shader.");
    return 0;
  }
  program = engine_gl_binary_load (device, text.bytes, text.length);
  if (!program) {
    program = compile (shaders[key.shader].file, text.bytes);
    if (program)
      engine_gl_binary_save (device, text.bytes, text.length, program);
  }
  free (text.bytes);
  if (!program)
    engine_fail (error, ENGINE_INTERNAL, "The graphics driver does not understand a shader (“%s”); choose the processor.", shaders[key.shader].file);
  return program;
}

GLuint
engine_gl_program (EngineGlPrograms *programs, const EngineGlDevice *device, EngineGlKey key, EngineError *error)
{
  uint32_t hash = 2166136261u;
  Slot *slot;

  for (size_t i = 0; i < sizeof key; i++)
    hash = (hash ^ ((const uint8_t *) &key)[i]) * 16777619u;
  for (slot = &programs->slots[hash % N_SLOTS]; slot->program; slot = slot + 1 < programs->slots + N_SLOTS ? slot + 1 : programs->slots)
    if (memcmp (&slot->key, &key, sizeof key) == 0)
      return slot->program;
  if (programs->n >= N_SLOTS / 2) {
    engine_fail (error, ENGINE_INTERNAL, "There are too many kinds of shaders.");
    return 0;
  }
  slot->program = make_program (device, key, error);
  slot->key = key;
  programs->n += slot->program != 0;
  return slot->program;
}
