/* SPDX-License-Identifier: MIT */
#include "base-file.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#define MAGIC "_logits_"
#define DEPTH 16      /* how far below the largest values are told apart */
#define STEPS 65535.0f
#define HEADER 4      /* scale and min, counted in u16 */

static size_t
record_length (const BaseFile *base)
{
  return HEADER + ((size_t) base->n_vocab + 1) / 2 * 2;
}

static bool
write_all (BaseFile *base, const void *data, size_t size, EngineError *error)
{
  return fwrite (data, 1, size, base->file) == size ||
         engine_fail (error, ENGINE_IO, "The log-probabilities cannot be written: %s.", strerror (errno));
}

static bool
read_all (BaseFile *base, void *data, size_t size, EngineError *error)
{
  return fread (data, 1, size, base->file) == size ||
         engine_fail (error, ENGINE_BAD_FILE, "The file of log-probabilities ends too early; write it again.");
}

bool
base_file_create (BaseFile *base, const char *path, int32_t n_context, int32_t n_vocab, int32_t n_chunks, const int32_t *tokens, EngineError *error)
{
  int32_t sizes[3] = { n_context, n_vocab, n_chunks };

  *base = (BaseFile) { .file = fopen (path, "wbe"), .n_context = n_context, .n_vocab = n_vocab, .n_chunks = n_chunks };
  if (!base->file)
    return engine_fail (error, ENGINE_IO, "The file \"%.200s\" cannot be written: %s.", path, strerror (errno));
  base->record = engine_calloc (record_length (base), sizeof *base->record, error);
  return base->record && write_all (base, MAGIC, strlen (MAGIC), error) && write_all (base, sizes, sizeof sizes, error) &&
         write_all (base, tokens, (size_t) n_chunks * (size_t) n_context * sizeof *tokens, error);
}

bool
base_file_open (BaseFile *base, const char *path, EngineError *error)
{
  char magic[8];
  int32_t sizes[3];
  size_t n_tokens;
  struct stat file;

  *base = (BaseFile) { .file = fopen (path, "rbe") };
  if (!base->file)
    return engine_fail (error, ENGINE_IO, "The file \"%.200s\" cannot be opened: %s.", path, strerror (errno));
  if (!read_all (base, magic, sizeof magic, error) || !read_all (base, sizes, sizeof sizes, error))
    return false;
  if (memcmp (magic, MAGIC, sizeof magic) != 0)
    return engine_fail (error, ENGINE_BAD_FILE, "The file \"%.200s\" holds no log-probabilities.", path);
  base->n_context = sizes[0];
  base->n_vocab = sizes[1];
  base->n_chunks = sizes[2];
  if (base->n_context < 4 || base->n_context > 1 << 20 || base->n_vocab < 1 || base->n_vocab > 1 << 24 || base->n_chunks < 1 || base->n_chunks > 1 << 20)
    return engine_fail (error, ENGINE_BAD_FILE, "The file \"%.200s\" is damaged: %d chunks of %d tokens.", path, base->n_chunks, base->n_context);
  n_tokens = (size_t) base->n_chunks * (size_t) base->n_context;
  /* What the sizes claim must be there before memory is taken for it; a pipe cannot tell. */
  if (fstat (fileno (base->file), &file) == 0 && S_ISREG (file.st_mode) &&
      (size_t) file.st_size < sizeof magic + sizeof sizes + n_tokens * sizeof *base->tokens + record_length (base) * sizeof *base->record)
    return engine_fail (error, ENGINE_BAD_FILE, "The file \"%.200s\" of log-probabilities ends too early; write it again.", path);
  base->tokens = engine_calloc (n_tokens, sizeof *base->tokens, error);
  base->record = engine_calloc (record_length (base), sizeof *base->record, error);
  if (!base->tokens || !base->record || !read_all (base, base->tokens, n_tokens * sizeof *base->tokens, error))
    return false;
  for (size_t i = 0; i < n_tokens; i++)
    if (base->tokens[i] < 0 || base->tokens[i] >= base->n_vocab)
      return engine_fail (error, ENGINE_BAD_FILE, "The file \"%.200s\" is damaged: it has the token %d.", path, base->tokens[i]);
  return true;
}

bool
base_file_close (BaseFile *base, EngineError *error)
{
  bool ok = !base->file || fclose (base->file) == 0 || engine_fail (error, ENGINE_IO, "The log-probabilities cannot be written: %s.", strerror (errno));

  free (base->tokens);
  free (base->record);
  *base = (BaseFile) { 0 };
  return ok;
}

bool
base_file_write (BaseFile *base, const float *logits, double log_sum_exp, EngineError *error)
{
  float max = logits[0], min = logits[0], scale, min_log_probability;

  for (int32_t i = 1; i < base->n_vocab; i++) {
    max = ENGINE_MAX (max, logits[i]);
    min = ENGINE_MIN (min, logits[i]);
  }
  min = ENGINE_MAX (min, max - DEPTH);
  scale = (max - min) / STEPS;
  min_log_probability = (float) (min - log_sum_exp);
  memcpy (base->record, &scale, sizeof scale);
  memcpy (base->record + HEADER / 2, &min_log_probability, sizeof min_log_probability);
  for (int32_t i = 0; i < base->n_vocab; i++)
    base->record[HEADER + i] = scale > 0 && logits[i] > min ? (uint16_t) lrintf ((logits[i] - min) / scale) : 0;
  return write_all (base, base->record, record_length (base) * sizeof *base->record, error);
}

bool
base_file_read (BaseFile *base, float *log_probabilities, EngineError *error)
{
  float scale, min;

  if (!read_all (base, base->record, record_length (base) * sizeof *base->record, error))
    return false;
  memcpy (&scale, base->record, sizeof scale);
  memcpy (&min, base->record + HEADER / 2, sizeof min);
  for (int32_t i = 0; i < base->n_vocab; i++)
    log_probabilities[i] = scale * base->record[HEADER + i] + min;
  return true;
}
