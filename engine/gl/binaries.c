/* SPDX-License-Identifier: MIT */
/* A file for each program, named after a hash of its text, the driver and its version:
 *
 *   the format's number and the length, 4 bytes each, a hash of the binary, 8 bytes, the binary
 *
 * in the order of this machine's bytes. Drivers check what they are given less carefully than they should: a file whose hash or length is wrong is left alone. */
#include "binaries.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t) 64 << 20)

typedef struct {
  uint32_t format, length;
  uint64_t hash;
} Head;

/* FNV-1a. */
static uint64_t
hash_bytes (uint64_t hash, const void *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ ((const uint8_t *) bytes)[i]) * 1099511628211u;
  return hash;
}

static uint64_t
hash_of (const EngineGlDevice *device, const char *text, size_t n_bytes)
{
  uint64_t hash = 14695981039346656037u;

  hash = hash_bytes (hash, device->renderer, strlen (device->renderer) + 1);
  hash = hash_bytes (hash, device->version, strlen (device->version) + 1);
  return hash_bytes (hash, text, n_bytes);
}

/* Fills in the folder, made where it is missing. */
static bool
find_folder (char *folder, size_t size)
{
  const char *cache = getenv ("XDG_CACHE_HOME"), *home = getenv ("HOME");
  int n;

  if (cache && cache[0] == '/')
    n = snprintf (folder, size, "%s/melete/gl", cache);
  else if (home && home[0] == '/')
    n = snprintf (folder, size, "%s/.cache/melete/gl", home);
  else
    return false;
  if (n < 0 || (size_t) n >= size)
    return false;
  for (char *at = strchr (folder + 1, '/'); at; at = strchr (at + 1, '/')) {
    *at = '\0';
    mkdir (folder, 0700);
    *at = '/';
  }
  return mkdir (folder, 0700) == 0 || errno == EEXIST;
}

bool
engine_gl_cached_path (const EngineGlDevice *device, const char *text, size_t n_bytes, const char *suffix, char path[ENGINE_GL_MOST_PATH])
{
  char folder[ENGINE_GL_MOST_PATH - 64];

  return find_folder (folder, sizeof folder) &&
         snprintf (path, ENGINE_GL_MOST_PATH, "%s/%016llx%s", folder, (unsigned long long) hash_of (device, text, n_bytes), suffix) < ENGINE_GL_MOST_PATH;
}

bool
engine_gl_binaries_work (void)
{
  GLint n_formats = 0;

  glGetIntegerv (GL_NUM_PROGRAM_BINARY_FORMATS, &n_formats);
  return n_formats > 0;
}

/* malloc'd; NULL when the file is not whole. */
static void *
read_binary (FILE *file, Head *head)
{
  void *binary;

  if (fread (head, sizeof *head, 1, file) != 1 || head->length == 0 || head->length > MOST_BYTES)
    return NULL;
  binary = malloc (head->length);
  if (binary && fread (binary, 1, head->length, file) == head->length && hash_bytes (0, binary, head->length) == head->hash)
    return binary;
  free (binary);
  return NULL;
}

GLuint
engine_gl_binary_load (const EngineGlDevice *device, const char *text, size_t n_bytes)
{
  char path[ENGINE_GL_MOST_PATH];
  FILE *file = engine_gl_binaries_work () && engine_gl_cached_path (device, text, n_bytes, "", path) ? fopen (path, "re") : NULL;
  GLuint program = 0;
  GLint ok = 0;
  void *binary;
  Head head;

  if (!file)
    return 0;
  binary = read_binary (file, &head);
  fclose (file);
  if (!binary)
    return 0;
  program = glCreateProgram ();
  engine_gl_enter ();
  glProgramBinary (program, head.format, binary, (GLsizei) head.length);
  engine_gl_leave ();
  free (binary);
  glGetProgramiv (program, GL_LINK_STATUS, &ok);
  if (ok)
    return program;
  glDeleteProgram (program);
  while (glGetError () != GL_NO_ERROR) /* the driver says that it does not know it: no matter */
    ;
  return 0;
}

/* Under another name first: a reader finds the whole file or none. */
static void
write_file (const char *path, const char *part, const Head *head, const void *binary)
{
  FILE *file = fopen (part, "we");
  bool ok = file && fwrite (head, sizeof *head, 1, file) == 1 && fwrite (binary, 1, head->length, file) == head->length;

  if (!file)
    return;
  ok = fclose (file) == 0 && ok;
  if (!ok || rename (part, path) != 0)
    unlink (part);
}

void
engine_gl_binary_save (const EngineGlDevice *device, const char *text, size_t n_bytes, GLuint program)
{
  char path[ENGINE_GL_MOST_PATH], part[ENGINE_GL_MOST_PATH], suffix[32];
  GLint length = 0;
  GLsizei n = 0;
  GLenum format = 0;
  void *binary;

  snprintf (suffix, sizeof suffix, ".%ld", (long) getpid ());
  if (!engine_gl_binaries_work () || !engine_gl_cached_path (device, text, n_bytes, "", path) || !engine_gl_cached_path (device, text, n_bytes, suffix, part))
    return;
  glGetProgramiv (program, GL_PROGRAM_BINARY_LENGTH, &length);
  binary = length > 0 && (size_t) length <= MOST_BYTES ? malloc ((size_t) length) : NULL;
  if (!binary)
    return;
  glGetProgramBinary (program, length, &n, &format, binary);
  if (glGetError () == GL_NO_ERROR && n > 0) {
    Head head = { format, (uint32_t) n, hash_bytes (0, binary, (size_t) n) };

    write_file (path, part, &head, binary);
  }
  free (binary);
}
