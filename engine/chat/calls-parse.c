/* SPDX-License-Identifier: MIT */
/* Goes through an answer as it comes: text, until something opens a call; then the steps of its format.
 *
 * What has come and is not understood yet waits. What was read of a call is kept, so that what turns out to be none is told as it was written. Texts that spans point
 * to stay until the reader is freed, since another thread may hold them. */
#include "chat/calls-reader.h"

#include <stdio.h>
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

static void
tell_text (EngineCallReader *r, EngineSpans *out, const char *bytes, size_t n)
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

/* ---- looking at what waits ------------------------------------------------------ */

size_t
engine_call_match (const EngineCallReader *r, size_t skip, const char *text)
{
  size_t n, at = skip;
  const char *rest = engine_call_rest (r, &n);

  for (; *text; text++, at++) {
    while (at < n && (rest[at] == ENGINE_CALLS_OPEN || rest[at] == ENGINE_CALLS_CLOSE))
      at++;
    if (at >= n)
      return r->ended || at == skip ? 0 : SIZE_MAX;
    if (rest[at] != *text)
      return 0;
  }
  while (at < n && rest[at] == ENGINE_CALLS_CLOSE)
    at++;
  return at - skip;
}

size_t
engine_call_seek (const EngineCallReader *r, const char *text, size_t *n_text, size_t *safe)
{
  size_t n;
  const char *rest = engine_call_rest (r, &n);

  for (size_t i = 0; i < n; i++) {
    if (rest[i] != *text && rest[i] != ENGINE_CALLS_OPEN)
      continue;
    *n_text = engine_call_match (r, i, text);
    if (*n_text == SIZE_MAX) {
      *safe = i;
      return SIZE_MAX;
    }
    if (*n_text)
      return i;
  }
  *safe = n;
  return SIZE_MAX;
}

void
engine_call_take (EngineCallReader *r, size_t n)
{
  if (r->state != ENGINE_READER_TEXT)
    engine_text_append (&r->raw, r->pending.bytes + r->at, n);
  r->at += n;
}

bool
engine_call_skip_space (EngineCallReader *r)
{
  size_t n, i = 0;
  const char *rest = engine_call_rest (r, &n);

  while (i < n && strchr (" \n\t\r", rest[i]) && rest[i])
    i++;
  if (i)
    engine_call_take (r, i);
  return i < n;
}

/* ---- names and ids ---------------------------------------------------------------- */

static char *
keep (EngineCallReader *r, const char *text, size_t n)
{
  char *copy;

  if (r->n_kept == r->kept_capacity) {
    size_t capacity = ENGINE_MAX (2 * r->kept_capacity, 8);
    char **larger = realloc (r->kept, capacity * sizeof *larger);

    if (!larger) {
      r->arguments.failed = true;
      return NULL;
    }
    r->kept = larger;
    r->kept_capacity = capacity;
  }
  copy = strndup (text, n);
  if (!copy)
    r->arguments.failed = true;
  else
    r->kept[r->n_kept++] = copy;
  return copy;
}

void
engine_call_set_name (EngineCallReader *r, const char *name, size_t n)
{
  r->name = keep (r, name, n);
  r->tool = r->name && r->tools ? engine_call_tools_find (r->tools, r->name, n) : NULL;
}

void
engine_call_set_id (EngineCallReader *r, const char *id, size_t n)
{
  if (n)
    r->id = keep (r, id, n);
}

/* Nine letters and digits, as Mistral's templates demand. */
static void
make_id (EngineCallReader *r)
{
  static const char signs[] = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";
  uint64_t state = (r->salt + (uint64_t) r->call + 1) * 0x9E3779B97F4A7C15u;
  char id[9];

  state ^= state >> 31;
  state *= 0xBF58476D1CE4E5B9u;
  state ^= state >> 29;
  for (size_t i = 0; i < sizeof id; i++, state /= sizeof signs - 1)
    id[i] = signs[state % (sizeof signs - 1)];
  engine_call_set_id (r, id, sizeof id);
}

/* ---- calls -------------------------------------------------------------------------- */

static void
tell_call (EngineCallReader *r, EngineSpans *out, bool done)
{
  EngineSpan span = { .kind = ENGINE_SPAN_CALL, .call = r->call, .n_bytes = r->arguments.length - r->told, .name = r->name, .id = r->id, .done = done };

  if (!r->name || (r->telling && !span.n_bytes && !done))
    return;
  engine_spans_add (out, &span, r->arguments.length ? r->arguments.bytes + r->told : "");
  r->told = r->arguments.length;
  r->telling = true;
}

static void
begin_call (EngineCallReader *r, int step)
{
  r->state = ENGINE_READER_STEPS;
  r->step = step;
  r->part = r->nested = 0;
  r->telling = false;
  r->tool = NULL;
  r->name = r->id = NULL;
  r->arguments.length = r->told = 0;
  r->problem = NULL;
}

/* What was read is no call. */
static void
break_call (EngineCallReader *r, EngineSpans *out, const char *problem)
{
  EngineSpan span = { .kind = ENGINE_SPAN_BROKEN, .call = r->call, .problem = problem };
  EngineText plain = { 0 };

  r->state = ENGINE_READER_TEXT;
  if (r->bare && !r->telling) {
    tell_text (r, out, r->raw.bytes ? r->raw.bytes : "", r->raw.length);
  } else {
    engine_call_append_plain (&plain, r->raw.bytes ? r->raw.bytes : "", r->raw.length);
    span.n_bytes = plain.length;
    engine_spans_add (out, &span, plain.length ? plain.bytes : "");
    r->call += r->telling;
    out->failed |= plain.failed;
    free (plain.bytes);
  }
  r->raw.length = 0;
  r->told_text = true;
}

/* False: its arguments are none. */
static bool
end_call (EngineCallReader *r, EngineSpans *out)
{
  if (r->arguments.length == 0)
    engine_text_append (&r->arguments, "{}", 2);
  if (!r->name || r->arguments.failed || !engine_call_is_json (r->arguments.bytes, r->arguments.length, true)) {
    break_call (r, out, !r->name ? "The call does not name a tool." : "The arguments of the call are no JSON object.");
    return false;
  }
  if (!r->id)
    make_id (r);
  tell_call (r, out, true);
  r->call++;
  r->state = ENGINE_READER_BEHIND;
  r->behind_call = true;
  return true;
}

/* ---- steps ------------------------------------------------------------------------------ */

static bool
ends_name (char c)
{
  return c == '\0' || strchr (" \n\t\r<>[]{}()\"'=,", c) || c == ENGINE_CALLS_OPEN;
}

static EngineReadResult
read_word (EngineCallReader *r, bool name)
{
  size_t n, length = 0, n_name;
  const char *rest = engine_call_rest (r, &n);

  while (length < n && !ends_name (rest[length]))
    length++;
  if (length == n && !r->ended)
    return n > NAME_MOST ? ENGINE_READ_BAD : ENGINE_READ_MORE;
  if (length == 0 || length > NAME_MOST) {
    r->problem = name ? "Here must be the name of a tool." : "Here must be the id of a call.";
    return ENGINE_READ_BAD;
  }
  n_name = length;
  if (name)
    engine_call_set_name (r, rest, n_name);
  else
    engine_call_set_id (r, rest, length);
  engine_call_take (r, length);
  return ENGINE_READ_DONE;
}

static EngineReadResult
read_mark (EngineCallReader *r, const EngineCallStep *step)
{
  size_t n, length = engine_call_match (r, 0, step->text);

  engine_call_rest (r, &n);
  if (length == SIZE_MAX || (n == 0 && !r->ended))
    return ENGINE_READ_MORE;
  if (length == 0 && step->kind == ENGINE_CALL_MARK) {
    r->problem = "A mark of the call is missing.";
    return ENGINE_READ_BAD;
  }
  if (length)
    engine_call_take (r, length);
  return ENGINE_READ_DONE;
}

static EngineReadResult
read_step (EngineCallReader *r, const EngineCallStep *step)
{
  size_t at, length, safe, n;

  switch (step->kind) {
  case ENGINE_CALL_MARK:
  case ENGINE_CALL_MAY:
  case ENGINE_CALL_MAY_NOT:
    return read_mark (r, step);
  case ENGINE_CALL_SPACE:
    return engine_call_skip_space (r) || r->ended ? ENGINE_READ_DONE : ENGINE_READ_MORE;
  case ENGINE_CALL_UNTIL:
    at = engine_call_seek (r, step->text, &length, &safe);
    engine_call_rest (r, &n);
    if (at != SIZE_MAX)
      engine_call_take (r, at + length);
    r->problem = "A mark of the call is missing.";
    return at != SIZE_MAX ? ENGINE_READ_DONE : n > NAME_MOST ? ENGINE_READ_BAD : ENGINE_READ_MORE;
  case ENGINE_CALL_NAME:
  case ENGINE_CALL_ID:
    return read_word (r, step->kind == ENGINE_CALL_NAME);
  case ENGINE_CALL_ARGUMENTS:
    return engine_call_read_arguments (r);
  case ENGINE_CALL_OBJECT:
    return engine_call_read_object (r);
  case ENGINE_CALL_MEMBERS:
    return engine_call_read_members (r);
  case ENGINE_CALL_BRACES:
    return engine_call_read_literal (r, '{', '}');
  case ENGINE_CALL_KEYWORDS:
    return engine_call_read_literal (r, '(', ')');
  case ENGINE_CALL_END:
    break;
  }
  return ENGINE_READ_DONE;
}

/* Whether nothing but marks is missing: some models end their answer in the place of the last one. */
static bool
only_marks_follow (const EngineCallReader *r)
{
  for (const EngineCallStep *step = &r->format->steps[r->step]; step->kind; step++)
    if (step->kind != ENGINE_CALL_MARK && step->kind != ENGINE_CALL_MAY && step->kind != ENGINE_CALL_MAY_NOT && step->kind != ENGINE_CALL_SPACE)
      return false;
  return r->name != NULL;
}

/* Goes on as far as that is possible; false: more has to come. */
static bool
read_steps (EngineCallReader *r, EngineSpans *out)
{
  while (r->format->steps[r->step].kind) {
    EngineReadResult result = read_step (r, &r->format->steps[r->step]);

    if (result != ENGINE_READ_BAD)
      tell_call (r, out, false);
    if (result == ENGINE_READ_DONE) {
      r->step++;
      r->part = 0;
    } else if (r->ended && only_marks_follow (r)) {
      break;
    } else if (result == ENGINE_READ_BAD) {
      break_call (r, out, r->problem ? r->problem : "This is no call of a tool.");
      return true;
    } else {
      return false;
    }
  }
  end_call (r, out);
  return true;
}

/* ---- between calls ------------------------------------------------------------------------ */

/* False: more has to come. */
static bool
read_behind (EngineCallReader *r)
{
  const EngineCallFormat *format = r->format;
  size_t n, length;
  bool any = true;

  if (format->between || format->close) {
    any = engine_call_skip_space (r);
    if (!any && !r->ended)
      return false;
  }
  engine_call_rest (r, &n);
  if (format->close) {
    length = engine_call_match (r, 0, format->close);
    if (length == SIZE_MAX)
      return false;
    if (length) {
      engine_call_take (r, length);
      r->state = ENGINE_READER_TEXT;
      r->raw.length = 0;
      return true;
    }
  }
  if (format->between && any) {
    const char *mark = format->between[0] ? format->between : format->steps[format->again].text;

    length = engine_call_match (r, 0, mark);
    if (length == SIZE_MAX)
      return false;
    if (length) {
      r->raw.length = 0;
      if (format->between[0])
        engine_call_take (r, length);
      begin_call (r, format->again);
      return true;
    }
  }
  r->state = ENGINE_READER_TEXT;
  r->raw.length = 0;
  return true;
}

/* ---- text ------------------------------------------------------------------------------------ */

typedef enum { FOUND_NOTHING, FOUND_OPEN, FOUND_PEEK, FOUND_DROP, FOUND_PERHAPS } Found;

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
  return found;
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
    if (length && ends_name (rest[length]))
      return FOUND_PEEK;
  }
  return FOUND_NOTHING;
}

static void
open_call (EngineCallReader *r, size_t n_mark, bool bare)
{
  begin_call (r, 0);
  r->bare = bare;
  r->raw.length = 0;
  engine_call_take (r, n_mark);
}

/* False: more has to come. */
static bool
read_text (EngineCallReader *r, EngineSpans *out)
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
    if (found == FOUND_PEEK && look (r, 0, &length) != FOUND_DROP) {
      open_call (r, 0, true);
      return true;
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
    tell_text (r, out, rest, i);
  r->at += i;
  switch (found) {
  case FOUND_OPEN:
  case FOUND_PEEK:
    open_call (r, found == FOUND_OPEN ? length : 0, false);
    return true;
  case FOUND_DROP:
    r->at += length;
    r->behind_call = false;
    return true;
  default:
    return false;
  }
}

/* ---- all ---------------------------------------------------------------------------------------- */

EngineCallReader *
engine_call_reader_new (const EngineCallFormat *format, const EngineCallTools *tools, uint64_t salt, EngineError *error)
{
  EngineCallReader *r = engine_calloc (1, sizeof *r, error);

  if (r) {
    r->format = format;
    r->tools = tools;
    r->salt = salt;
  }
  return r;
}

void
engine_call_reader_free (EngineCallReader *r)
{
  if (!r)
    return;
  for (size_t i = 0; i < r->n_kept; i++)
    free (r->kept[i]);
  free (r->kept);
  free (r->pending.bytes);
  free (r->raw.bytes);
  free (r->arguments.bytes);
  free (r->key.bytes);
  free (r);
}

bool
engine_call_reader_is_inside (const EngineCallReader *r)
{
  return r->state == ENGINE_READER_STEPS;
}

static bool
go_on (EngineCallReader *r, EngineSpans *out, EngineError *error)
{
  bool more = true;

  while (more)
    switch (r->state) {
    case ENGINE_READER_TEXT:
      more = read_text (r, out);
      break;
    case ENGINE_READER_STEPS:
      more = read_steps (r, out);
      break;
    case ENGINE_READER_BEHIND:
      more = read_behind (r);
      break;
    }
  if (r->at == r->pending.length) {
    r->at = r->pending.length = 0;
  } else if (r->at > 4096 && r->at > r->pending.length / 2) {
    memmove (r->pending.bytes, r->pending.bytes + r->at, r->pending.length - r->at + 1);
    r->pending.length -= r->at;
    r->at = 0;
  }
  return !(r->pending.failed || r->raw.failed || r->arguments.failed || r->key.failed || out->failed || out->text.failed) ||
         engine_fail (error, ENGINE_NO_MEMORY, "There is no memory for the calls of an answer.");
}

bool
engine_call_reader_push (EngineCallReader *r, const char *bytes, size_t n, EngineSpans *out, EngineError *error)
{
  engine_text_append (&r->pending, bytes, n);
  return go_on (r, out, error);
}

bool
engine_call_reader_end (EngineCallReader *r, EngineSpans *out, EngineError *error)
{
  size_t n;

  r->ended = true;
  if (!go_on (r, out, error))
    return false;
  if (r->state == ENGINE_READER_STEPS) {
    engine_call_rest (r, &n);
    engine_call_take (r, n);
    break_call (r, out, "The answer ended within the call of a tool.");
  } else {
    const char *rest = engine_call_rest (r, &n);

    if (!r->behind_call)
      tell_text (r, out, rest, n);
    r->at += n;
  }
  return go_on (r, out, error);
}
