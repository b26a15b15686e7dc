/* SPDX-License-Identifier: MIT */
#include "columns.h"

#include <string.h>

#define MOST_COLUMNS (1 << 24) /* of a prompt: more than any context */

/* FNV-1a over words (Fowler, Noll and Vo 1991), mixed at the end: a name for the content, not a seal. */
static uint64_t
hash_of (const float *columns, size_t n)
{
  uint64_t hash = 0xcbf29ce484222325u;

  for (size_t i = 0; columns && i < n; i++) {
    uint32_t word;

    memcpy (&word, columns + i, sizeof word);
    hash = (hash ^ word) * 0x100000001b3u;
  }
  return hash ^ hash >> 29;
}

void
engine_media_runs_free (EngineMediaRun *runs, int32_t n_runs)
{
  for (int32_t i = 0; runs && i < n_runs; i++)
    free (runs[i].before);
  free (runs);
}

EngineMedia *
engine_media_new_runs (float *columns, int32_t n_embd, int32_t n, EngineMediaRun *runs, int32_t n_runs, const char *after, EngineError *error)
{
  EngineMedia *media = engine_calloc (1, sizeof *media, error);
  char *end = strdup (after);

  if (!media || !end) {
    engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a picture or a sound.");
    engine_media_runs_free (runs, n_runs);
    free (columns);
    free (media);
    free (end);
    return NULL;
  }
  *media = (EngineMedia) { .ref_count = 1, .n_embd = n_embd, .n = n, .hash = hash_of (columns, (size_t) n_embd * (size_t) n), .runs = runs, .n_runs = n_runs, .after = end, .columns = columns };
  return media;
}

EngineMedia *
engine_media_new (float *columns, int32_t n_embd, int32_t n, const char *before, const char *after, EngineError *error)
{
  EngineMediaRun *run = engine_calloc (1, sizeof *run, error);

  if (run)
    *run = (EngineMediaRun) { strdup (before), n };
  if (run && run->before)
    return engine_media_new_runs (columns, n_embd, n, run, 1, after, error);
  engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for a picture or a sound.");
  engine_media_runs_free (run, 1);
  free (columns);
  return NULL;
}

void
engine_media_set_across (EngineMedia *media, int32_t n_across)
{
  media->n_across = n_across;
  media->hash = (media->hash ^ (uint64_t) (uint32_t) n_across) * 0x100000001b3u;
}

EngineMedia *
engine_media_ref (EngineMedia *media)
{
  __atomic_add_fetch (&media->ref_count, 1, __ATOMIC_RELAXED);
  return media;
}

void
engine_media_unref (EngineMedia *media)
{
  if (!media || __atomic_sub_fetch (&media->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  engine_media_runs_free (media->runs, media->n_runs);
  free (media->after);
  free (media->columns);
  free (media);
}

const float *
engine_media_columns (const EngineMedia *media, int32_t *n)
{
  *n = media->n;
  return media->columns;
}

int32_t
engine_media_list_add (EngineMediaList *list, EngineMedia *media, EngineError *error)
{
  if (media->n > MOST_COLUMNS - list->n_columns) {
    engine_fail (error, ENGINE_BAD_INPUT, "The pictures and sounds are more than any model reads at once; leave some of them out.");
    return -1;
  }
  if (list->n == list->capacity) {
    int32_t capacity = list->capacity ? list->capacity * 2 : 8;
    EngineMedia **more = realloc (list->media, (size_t) capacity * sizeof (EngineMedia *));
    int32_t *first;

    list->media = more ? more : list->media;
    first = more ? realloc (list->first, (size_t) capacity * sizeof *first) : NULL;
    list->first = first ? first : list->first;
    if (!first) {
      engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
      return -1;
    }
    list->capacity = capacity;
  }
  list->media[list->n] = engine_media_ref (media);
  list->first[list->n] = list->n_columns;
  list->n_columns += media->n;
  return list->n++;
}

void
engine_media_list_clear (EngineMediaList *list)
{
  for (int32_t i = 0; i < list->n; i++)
    engine_media_unref (list->media[i]);
  free (list->media);
  free (list->first);
  memset (list, 0, sizeof *list);
}

const EngineMedia *
engine_media_list_find (const EngineMediaList *list, int32_t column, int32_t *index)
{
  int32_t i = list->n - 1;

  while (list->first[i] > column)
    i--;
  *index = column - list->first[i];
  return list->media[i];
}

int32_t
engine_media_list_axes (const EngineMediaList *list, const int32_t *tokens, int32_t n_tokens, int32_t n_axes, int32_t *axes)
{
  int32_t next = 0, first = 0; /* of the picture that columns are of */

  for (int32_t i = 0; i < n_tokens; i++, axes += n_axes) {
    const EngineMedia *media = NULL;
    int32_t index = 0;

    if (tokens[i] < 0)
      media = engine_media_list_find (list, -1 - tokens[i], &index);
    if (media && media->n_across) {
      first = index == 0 ? next : first;
      for (int32_t a = 0; a < n_axes; a++)
        axes[a] = first;
      axes[1] += index / media->n_across;
      axes[2] += index % media->n_across;
      next = ENGINE_MAX (next, ENGINE_MAX (axes[1], axes[2]) + 1);
    } else {
      for (int32_t a = 0; a < n_axes; a++)
        axes[a] = next;
      next++;
    }
  }
  return next;
}

int32_t
engine_media_list_lasts (const EngineMediaList *list, const int32_t *tokens, int32_t n_tokens, int32_t *lasts)
{
  int32_t longest = 0;

  for (int32_t first = 0, end; first < n_tokens; first = end) {
    const EngineMedia *media = NULL;
    int32_t index = 0;

    end = first + 1;
    if (tokens[first] < 0)
      media = engine_media_list_find (list, -1 - tokens[first], &index);
    /* Numbers go on where another picture follows at once: that is another run. */
    while (media && end < n_tokens && tokens[end] == tokens[end - 1] - 1 && index + end - first < media->n)
      end++;
    for (int32_t i = first; i < end; i++)
      lasts[i] = end - 1;
    if (media)
      longest = ENGINE_MAX (longest, end - first);
  }
  return longest;
}

int32_t
engine_media_slice (const int32_t *lasts, int32_t from, int32_t n)
{
  int32_t whole = n;

  while (whole > 0 && lasts[from + whole - 1] >= from + whole)
    whole--;
  return whole > 0 ? whole : lasts[from] + 1 - from;
}
