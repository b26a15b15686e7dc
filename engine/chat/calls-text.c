/* SPDX-License-Identifier: MIT */
/* The text of an answer: what is told of it, and what in it opens a call. */
#include "chat/calls-reader.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MOST 256

/* ---- spans ------------------------------------------------------------------ */

void
engine_spans_clear (EngineSpans *spans)
{
  free (spans->text.bytes);
  free (spans->spans);
  *spans = (EngineSpans) { 0 };
}

void
engine_spans_add (EngineSpans *spans, const EngineSpan *span, const char *bytes)
{
  EngineSpan *last = spans->n ? &spans->spans[spans->n - 1] : NULL;
  bool joins = last && last->kind == span->kind && last->call == span->call && span->kind != ENGINE_SPAN_BROKEN && !last->done;

  if (joins && spans->text.length)
    spans->text.length--;
  engine_text_append (&spans->text, bytes, span->n_bytes);
  engine_text_append (&spans->text, "", 1);
  if (joins) {
    last->n_bytes += span->n_bytes;
    last->id = span->id ? span->id : last->id;
    last->done = span->done;
    return;
  }
  if (spans->n == spans->capacity) {
    size_t capacity = ENGINE_MAX (2 * spans->capacity, 8);
    EngineSpan *larger = realloc (spans->spans, capacity * sizeof *larger);

    if (!larger) {
      spans->failed = true;
      return;
    }
    spans->spans = larger;
    spans->capacity = capacity;
  }
  spans->spans[spans->n++] = *span;
}

void
engine_call_tell_text (EngineCallReader *r, EngineSpans *out, const char *bytes, size_t n)
{
  EngineSpan span = { .kind = ENGINE_SPAN_TEXT, .call = -1 };
  size_t from = 0;

  /* A special token that means nothing here has no text. */
  for (size_t i = 0; i < n; i++)
    if (bytes[i] == ENGINE_CALLS_OPEN) {
      span.n_bytes = i - from;
      if (span.n_bytes)
        engine_spans_add (out, &span, bytes + from);
      while (i < n && bytes[i] != ENGINE_CALLS_CLOSE)
        i++;
      from = ENGINE_MIN (i + 1, n);
    }
  span.n_bytes = n - from;
  if (span.n_bytes)
    engine_spans_add (out, &span, bytes + from);
  r->told_text |= n > 0;
  r->behind_call &= n == 0;
}

/* ---- text ------------------------------------------------------------------------------------ */

typedef enum { FOUND_NOTHING, FOUND_OPEN, FOUND_PEEK, FOUND_DROP, FOUND_FENCED, FOUND_PERHAPS } Found;

static void
consider (const EngineCallReader *r, size_t at, const char *const *texts, size_t most, Found kind, Found *found, size_t *length)
{
  for (size_t i = 0; i < most && texts[i]; i++) {
    size_t n = engine_call_match (r, at, texts[i]);

    if (n == SIZE_MAX) {
      *found = FOUND_PERHAPS;
      *length = SIZE_MAX;
    } else if (n > *length) {
      *found = kind;
      *length = n;
    }
  }
}

const EngineCallStep engine_call_fenced_steps[] = {
  { ENGINE_CALL_MAY, "```" }, { ENGINE_CALL_MAY, "json" }, { ENGINE_CALL_SPACE }, { ENGINE_CALL_OBJECT }, { ENGINE_CALL_SPACE }, { ENGINE_CALL_MAY, "```" }, { ENGINE_CALL_END },
};

static size_t
pass_space (const char *rest, size_t at, size_t n)
{
  while (at < n && rest[at] && strchr (" \n\t\r", rest[at]))
    at++;
  return at;
}

/* Whether an object with the name of a tool begins there, perhaps behind a fence. */
static Found
look_fenced (const EngineCallReader *r, size_t at)
{
  static const char *const pieces[] = { "{", "\"name\"", ":", "\"" };
  size_t n, length;
  const char *rest = engine_call_rest (r, &n);

  if (!r->tools || (rest[at] != '{' && rest[at] != '`'))
    return FOUND_NOTHING;
  if (rest[at] == '`') {
    length = engine_call_match (r, at, "```");
    if (length == 0 || length == SIZE_MAX)
      return length ? FOUND_PERHAPS : FOUND_NOTHING;
    at += length;
    length = at < n ? engine_call_match (r, at, "json") : SIZE_MAX;
    if (length == SIZE_MAX)
      return r->ended ? FOUND_NOTHING : FOUND_PERHAPS;
    at = pass_space (rest, at + length, n);
  }
  for (size_t i = 0; i < ENGINE_LENGTH (pieces); i++) {
    length = at < n ? engine_call_match (r, at, pieces[i]) : SIZE_MAX;
    if (length == 0 || length == SIZE_MAX)
      return length && !r->ended ? FOUND_PERHAPS : FOUND_NOTHING;
    at += length;
    if (i + 1 < ENGINE_LENGTH (pieces))
      at = pass_space (rest, at, n);
  }
  for (length = 0; at + length < n && rest[at + length] != '"'; length++)
    if (length > NAME_MOST)
      return FOUND_NOTHING;
  if (at + length == n)
    return r->ended ? FOUND_NOTHING : FOUND_PERHAPS;
  return engine_call_tools_find (r->tools, rest + at, length) ? FOUND_FENCED : FOUND_NOTHING;
}

/* The longest that stands there. */
static Found
look (const EngineCallReader *r, size_t at, size_t *length)
{
  const EngineCallFormat *f = r->format;
  Found found = FOUND_NOTHING;

  *length = 0;
  consider (r, at, f->drops, ENGINE_LENGTH (f->drops), FOUND_DROP, &found, length);
  consider (r, at, f->peeks, ENGINE_LENGTH (f->peeks), FOUND_PEEK, &found, length);
  consider (r, at, f->opens, ENGINE_LENGTH (f->opens), FOUND_OPEN, &found, length);
  return found == FOUND_NOTHING && f->fenced ? look_fenced (r, at) : found;
}

/* A call that nothing opens, at the beginning. */
static Found
look_bare (const EngineCallReader *r)
{
  const EngineCallFormat *f = r->format;
  Found found = FOUND_NOTHING;
  size_t length = 0, n;
  const char *rest = engine_call_rest (r, &n);

  if (f->begins) {
    consider (r, 0, &f->begins, 1, FOUND_PEEK, &found, &length);
    return found;
  }
  for (size_t i = 0; r->tools && i < r->tools->n; i++) {
    length = engine_call_match (r, 0, r->tools->tools[i].name);
    if (length == SIZE_MAX || (length == n && length && !r->ended))
      return FOUND_PERHAPS;
    if (length && engine_call_ends_name (rest[length]))
      return FOUND_PEEK;
  }
  return FOUND_NOTHING;
}

static void
open_call (EngineCallReader *r, size_t n_mark, bool bare)
{
  engine_call_begin (r, 0);
  r->bare = bare;
  r->raw.length = 0;
  engine_call_take (r, n_mark);
}

/* False: more has to come. */
bool
engine_call_read_text (EngineCallReader *r, EngineSpans *out)
{
  size_t n, length = 0, i = 0;
  const char *rest = engine_call_rest (r, &n);
  Found found = FOUND_NOTHING;

  if (n == 0)
    return false;
  if (r->format->bare && !r->told_text && !r->behind_call) {
    size_t n_space = strspn (rest, r->format->begins && r->format->begins[0] == ' ' ? "" : " \n\t\r");

    if (n_space == n && !r->ended)
      return false;
    r->at += n_space;
    found = look_bare (r);
    if (found == FOUND_PERHAPS && !r->ended) {
      r->at -= n_space;
      return false;
    }
    if (found == FOUND_PEEK) {
      found = look (r, 0, &length);
      if (found == FOUND_NOTHING || found == FOUND_FENCED) {
        open_call (r, 0, true);
        return true;
      }
      if (found == FOUND_PERHAPS && !r->ended) {
        r->at -= n_space;
        return false;
      }
    }
    r->at -= n_space;
    found = FOUND_NOTHING;
  }
  while (i < n && (found = look (r, i, &length)) == FOUND_NOTHING)
    i++;
  /* Space behind a call is of the text only when text follows. */
  if (i == n && r->behind_call && strspn (rest, " \n\t\r") >= n) {
    if (r->ended)
      r->at += n;
    return false;
  }
  if (i && !(r->behind_call && strspn (rest, " \n\t\r") >= i))
    engine_call_tell_text (r, out, rest, i);
  r->at += i;
  switch (found) {
  case FOUND_OPEN:
  case FOUND_PEEK:
    open_call (r, found == FOUND_OPEN ? length : 0, false);
    return true;
  case FOUND_FENCED:
    open_call (r, 0, false);
    r->steps = engine_call_fenced_steps;
    return true;
  case FOUND_DROP:
    r->at += length;
    r->behind_call = false;
    return true;
  default:
    return false;
  }
}
