/* SPDX-License-Identifier: MIT */
#include "verbatim.h"

#include "text.h"
#include "tokenizer/vocab.h"

#include <string.h>

/* What the character with that index in the plane stands for: a special token's text,
 * (NULL) a character of the plane itself, or (n_bytes 0) media. */
struct EngineHidden {
  const char *text;
  size_t      n_bytes;
  char        own[4];
  int32_t     place;   /* of media in the list */
};

#define PLANE_SIZE 0xFFFEu

/* U+100000 + index in UTF-8, and back. */
static void
plane_write (uint32_t index, char *out)
{
  out[0] = (char) 0xF4;
  out[1] = (char) (0x80 | index >> 12);
  out[2] = (char) (0x80 | (index >> 6 & 0x3F));
  out[3] = (char) (0x80 | (index & 0x3F));
}

static bool
plane_read (const char *text, size_t n_bytes, uint32_t *index)
{
  const unsigned char *byte = (const unsigned char *) text;

  if (n_bytes < 4 || byte[0] != 0xF4 || byte[1] < 0x80 || byte[1] > 0x8F ||
      (byte[2] & 0xC0) != 0x80 || (byte[3] & 0xC0) != 0x80)
    return false;
  *index = (byte[1] & 0xFu) << 12 | (byte[2] & 0x3Fu) << 6 | (byte[3] & 0x3Fu);
  return true;
}

static const char *
hidden_text (const struct EngineHidden *hidden)
{
  return hidden->text ? hidden->text : hidden->own;
}

void
engine_verbatim_clear (EngineVerbatim *verbatim)
{
  free (verbatim->hidden);
  memset (verbatim, 0, sizeof *verbatim);
}

static struct EngineHidden *
hidden_new (EngineVerbatim *verbatim, EngineError *error)
{
  struct EngineHidden *hidden;

  if (verbatim->n_hidden == PLANE_SIZE)
    return engine_fail (error, ENGINE_BAD_INPUT, "The messages hold more than %u different special tokens.", PLANE_SIZE), NULL;
  if (verbatim->n_hidden == verbatim->capacity) {
    size_t capacity = verbatim->capacity ? verbatim->capacity * 2 : 8;

    hidden = realloc (verbatim->hidden, capacity * sizeof *hidden);
    if (!hidden)
      return engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt."), NULL;
    verbatim->hidden = hidden;
    verbatim->capacity = capacity;
  }
  return &verbatim->hidden[verbatim->n_hidden++];
}

/* The index that stands for the text; of a special token the pointer is kept. */
static bool
hidden_index (EngineVerbatim *verbatim, const char *text, size_t n_bytes, bool own, uint32_t *index, EngineError *error)
{
  struct EngineHidden *hidden;

  for (*index = 0; *index < verbatim->n_hidden; ++*index) {
    hidden = &verbatim->hidden[*index];
    if (hidden->n_bytes == n_bytes && memcmp (hidden_text (hidden), text, n_bytes) == 0)
      return true;
  }
  hidden = hidden_new (verbatim, error);
  if (!hidden)
    return false;
  *hidden = (struct EngineHidden) { .text = own ? NULL : text, .n_bytes = n_bytes };
  if (own)
    memcpy (hidden->own, text, n_bytes);
  return true;
}

char *
engine_verbatim_hide (EngineVerbatim *verbatim, const EngineVocab *vocab, const char *text, EngineError *error)
{
  size_t n_bytes = strlen (text), from = 0, at = 0;
  EngineText out = { 0 };
  bool ok = true;

  while (ok && at < n_bytes) {
    int32_t id = engine_special_match (vocab, text + at, n_bytes - at, true);
    const char *found = NULL;
    size_t n_found = 0;
    uint32_t index;
    char character[4];

    if (id >= 0)
      found = engine_vocab_text (vocab, id, &n_found);
    else if (plane_read (text + at, n_bytes - at, &index))
      n_found = 4;
    /* A token that every text may hold, such as a run of spaces, is no mark. */
    if (!n_found || (found && !engine_vocab_is_special (vocab, id))) {
      at += ENGINE_MAX (n_found, 1);
      continue;
    }
    ok = hidden_index (verbatim, found ? found : text + at, n_found, !found, &index, error);
    if (!ok)
      break;
    plane_write (index, character);
    engine_text_append (&out, text + from, at - from);
    engine_text_append (&out, character, sizeof character);
    from = at += n_found;
  }
  engine_text_append (&out, text + from, n_bytes - from);
  if (ok && out.failed)
    ok = engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.");
  if (ok)
    return out.bytes;
  free (out.bytes);
  return NULL;
}

bool
engine_verbatim_media (EngineVerbatim *verbatim, int32_t place, EngineText *text, EngineError *error)
{
  uint32_t index = (uint32_t) verbatim->n_hidden;
  struct EngineHidden *hidden = hidden_new (verbatim, error);
  char character[4];

  if (!hidden)
    return false;
  *hidden = (struct EngineHidden) { .place = place };
  plane_write (index, character);
  engine_text_append (text, character, sizeof character);
  return true;
}

static bool
add (const EngineVocab *vocab, const char *text, size_t n_bytes, EngineTokenizeFlags flags, EngineIds *all, EngineError *error)
{
  int32_t *ids;
  size_t n_ids;
  bool ok = true;

  if (!n_bytes)
    return true;
  if (!engine_vocab_encode (vocab, text, n_bytes, flags, &ids, &n_ids, error))
    return false;
  for (size_t i = 0; ok && i < n_ids; i++)
    ok = engine_ids_push (all, ids[i], error);
  free (ids);
  return ok;
}

/* What has come together of the template's text, which is cut into tokens as a whole. */
static bool
add_joined (const EngineVocab *vocab, EngineText *joined, EngineIds *all, EngineError *error)
{
  bool ok = joined->failed ? engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the prompt.")
                           : add (vocab, joined->bytes, joined->length, ENGINE_TOKENIZE_SPECIAL, all, error);

  joined->length = 0;
  return ok;
}

/* Line breaks around a picture join those of the text that it stands in. */
static bool
add_media (const EngineVocab *vocab, const EngineMediaList *list, int32_t place, EngineText *joined, EngineIds *all, EngineError *error)
{
  const EngineMedia *media = list->media[place];
  int32_t column = list->first[place];
  bool ok = true;

  for (int32_t r = 0; ok && r < media->n_runs; r++) {
    engine_text_append (joined, media->runs[r].before, strlen (media->runs[r].before));
    ok = add_joined (vocab, joined, all, error);
    for (int32_t i = 0; ok && i < media->runs[r].n; i++)
      ok = engine_ids_push (all, -1 - column++, error);
  }
  engine_text_append (joined, media->after, strlen (media->after));
  return ok;
}

bool
engine_verbatim_encode (const EngineVerbatim *verbatim, const EngineMediaList *media, const EngineVocab *vocab, const char *text,
                        int32_t **ids, size_t *n_ids, EngineError *error)
{
  size_t n_bytes = strlen (text), from = 0;
  EngineText joined = { 0 };
  EngineIds all = { 0 };
  uint32_t index;
  bool ok = true;

  for (size_t at = 0; ok && verbatim->n_hidden && at < n_bytes; at++) {
    const struct EngineHidden *hidden;

    if (!plane_read (text + at, n_bytes - at, &index) || index >= verbatim->n_hidden)
      continue;
    hidden = &verbatim->hidden[index];
    engine_text_append (&joined, text + from, at - from);
    ok = hidden->n_bytes ? add_joined (vocab, &joined, &all, error) && add (vocab, hidden_text (hidden), hidden->n_bytes, ENGINE_TOKENIZE_PLAIN, &all, error)
                         : add_media (vocab, media, hidden->place, &joined, &all, error);
    from = at + 4;
    at = from - 1;
  }
  engine_text_append (&joined, text + from, n_bytes - from);
  ok = ok && add_joined (vocab, &joined, &all, error);
  free (joined.bytes);
  if (!ok) {
    free (all.ids);
    return false;
  }
  *ids = all.ids;
  *n_ids = all.n;
  return true;
}
