/* SPDX-License-Identifier: MIT */
#include "tokenizer/queue.h"

static bool
before (const EngineMergeEntry *a, const EngineMergeEntry *b)
{
  return a->cost != b->cost ? a->cost < b->cost : a->left < b->left;
}

bool
engine_merge_queue_push (EngineMergeQueue *queue, EngineMergeEntry entry, EngineError *error)
{
  EngineMergeEntry *entries = queue->entries;
  size_t i;

  if (queue->n == queue->capacity) {
    size_t capacity = queue->capacity ? 2 * queue->capacity : 64, bytes;

    entries = engine_mul (capacity, sizeof *entries, &bytes) ? realloc (queue->entries, bytes) : NULL;
    if (!entries)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory to tokenize the text.");
    queue->entries = entries;
    queue->capacity = capacity;
  }
  for (i = queue->n++; i > 0 && before (&entry, &entries[(i - 1) / 2]); i = (i - 1) / 2)
    entries[i] = entries[(i - 1) / 2];
  entries[i] = entry;
  return true;
}

EngineMergeEntry
engine_merge_queue_pop (EngineMergeQueue *queue)
{
  EngineMergeEntry *entries = queue->entries, first = entries[0], last = entries[--queue->n];
  size_t n = queue->n, i = 0;

  for (;;) {
    size_t child = 2 * i + 1;

    if (child >= n)
      break;
    if (child + 1 < n && before (&entries[child + 1], &entries[child]))
      child++;
    if (!before (&entries[child], &last))
      break;
    entries[i] = entries[child];
    i = child;
  }
  if (n)
    entries[i] = last;
  return first;
}

void
engine_merge_queue_clear (EngineMergeQueue *queue)
{
  free (queue->entries);
  *queue = (EngineMergeQueue) { 0 };
}
