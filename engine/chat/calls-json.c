/* SPDX-License-Identifier: MIT */
/* Calls that are JSON, and JSON as it comes. */
#include "chat/calls-reader.h"

#include <stdlib.h>
#include <string.h>

/* ---- JSON as it comes ---------------------------------------------------- */

static bool
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

size_t
engine_json_scan (EngineJsonScan *scan, const char *bytes, size_t n)
{
  size_t at = 0;

  for (; at < n && !scan->ended; at++) {
    char c = bytes[at];

    if (scan->string) {
      scan->string = scan->escape || c != '"';
      scan->escape = !scan->escape && c == '\\';
      scan->ended = !scan->string && scan->depth == 0;
    } else if (scan->scalar) {
      if (c == ',' || c == '}' || c == ']' || is_space (c)) {
        scan->ended = true;
        return at;
      }
    } else if (c == '"') {
      scan->string = true;
    } else if (c == '{' || c == '[') {
      scan->depth++;
    } else if (c == '}' || c == ']') {
      scan->depth--;
      scan->ended = scan->depth <= 0;
    } else if (scan->depth == 0 && !is_space (c)) {
      scan->scalar = true;
    }
  }
  return at;
}

size_t
engine_json_string_length (const char *bytes, size_t n)
{
  for (size_t i = 1; i < n; i++) {
    if (bytes[i] == '"')
      return i + 1;
    i += bytes[i] == '\\';
  }
  return 0;
}

static uint32_t
read_hex (const char *bytes)
{
  return (uint32_t) strtoul ((char[5]) { bytes[0], bytes[1], bytes[2], bytes[3], 0 }, NULL, 16);
}

static void
append_character (EngineText *out, uint32_t c)
{
  char bytes[4];
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

  if (c >= 0xD800 && c < 0xE000)
    c = 0xFFFD;
  for (size_t i = n; i-- > 1; c >>= 6)
    bytes[i] = (char) (0x80 | (c & 0x3F));
  bytes[0] = (char) (n == 1 ? c : (0xF00u >> n & 0xFF) | c);
  engine_text_append (out, bytes, n);
}

void
engine_json_unquote (EngineText *out, const char *bytes, size_t n)
{
  static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
  const char *end = bytes + n - 1, *found;

  engine_text_append (out, "", 0);
  for (const char *c = bytes + 1; c < end; c++) {
    uint32_t character;

    if (*c != '\\' || c + 1 >= end) {
      if (*c != ENGINE_CALLS_OPEN && *c != ENGINE_CALLS_CLOSE)
        engine_text_append (out, c, 1);
      continue;
    }
    c++;
    found = strchr (letters, *c);
    if (*c != 'u' || end - c < 5) {
      engine_text_append (out, found && *c ? &meant[found - letters] : c, 1);
      continue;
    }
    character = read_hex (c + 1);
    c += 4;
    if (character >= 0xD800 && character < 0xDC00 && end - c > 6 && c[1] == '\\' && c[2] == 'u' && read_hex (c + 3) >= 0xDC00 && read_hex (c + 3) < 0xE000) {
      character = 0x10000 + ((character - 0xD800) << 10) + (read_hex (c + 3) - 0xDC00);
      c += 6;
    }
    append_character (out, character);
  }
}

void
engine_call_append_plain (EngineText *out, const char *bytes, size_t n)
{
  size_t from = 0;

  for (size_t i = 0; i < n; i++)
    if (bytes[i] == ENGINE_CALLS_OPEN || bytes[i] == ENGINE_CALLS_CLOSE) {
      engine_text_append (out, bytes + from, i - from);
      from = i + 1;
    }
  engine_text_append (out, bytes + from, n - from);
}

void
engine_json_escape (EngineText *out, const char *bytes, size_t n)
{
  EngineText plain = { 0 }, quoted = { 0 };

  engine_call_append_plain (&plain, bytes, n);
  engine_text_json (&quoted, plain.bytes, plain.length);
  if (plain.failed || quoted.failed)
    out->failed = true;
  else
    engine_text_append (out, quoted.bytes + 1, quoted.length - 2);
  free (plain.bytes);
  free (quoted.bytes);
}

bool
engine_call_is_json (const char *bytes, size_t n, bool object)
{
  EngineError error = { 0 };
  EngineBuild build = { .error = &error };
  volatile bool ok = false;

  if (!ENGINE_BUILD_ENTER (&build)) {
    EngineJson *json = engine_json_read (&build, bytes, n);

    ok = !object || json->kind == ENGINE_JSON_OBJECT;
  }
  engine_build_clear (&build);
  return ok;
}

/* ---- {"name": …, "arguments": {…}} ----------------------------------------- */

typedef enum { OBJECT_BEGIN, OBJECT_KEY, OBJECT_COLON, OBJECT_VALUE, OBJECT_ARGUMENTS, OBJECT_OTHER, OBJECT_BEHIND } ObjectPart;

static bool
is_one_of (const EngineText *key, const char *const *names)
{
  for (; *names; names++)
    if (strcmp (key->bytes, *names) == 0)
      return true;
  return false;
}

static EngineReadResult
bad (EngineCallReader *r, const char *problem)
{
  r->problem = problem;
  return ENGINE_READ_BAD;
}

/* As much of the value as is there; `keep`: it is the arguments. */
static EngineReadResult
read_on (EngineCallReader *r, bool keep)
{
  size_t n, of_value;
  const char *rest = engine_call_rest (r, &n);

  of_value = engine_json_scan (&r->scan, rest, n);
  if (keep)
    engine_call_append_plain (&r->arguments, rest, of_value);
  engine_call_take (r, of_value);
  return r->scan.ended ? ENGINE_READ_DONE : ENGINE_READ_MORE;
}

/* What the key that was read is followed by; DONE: the value is read, or another part reads it. */
static EngineReadResult
read_value (EngineCallReader *r)
{
  static const char *const names[] = { "name", "tool_name", NULL };
  static const char *const ids[] = { "id", "tool_call_id", "call_id", NULL };
  static const char *const arguments[] = { "arguments", "parameters", "args", NULL };
  bool keyed = r->format->keyed && r->nested == 0;
  EngineText text = { 0 };
  const char *rest;
  size_t n, length;

  if (!engine_call_skip_space (r))
    return ENGINE_READ_MORE;
  rest = engine_call_rest (r, &n);
  r->scan = (EngineJsonScan) { 0 };
  r->part = OBJECT_OTHER;
  if (keyed && !r->name)
    engine_call_set_name (r, r->key.bytes, r->key.length);
  if ((keyed || is_one_of (&r->key, arguments)) && rest[0] == '{' && r->arguments.length == 0) {
    r->part = OBJECT_ARGUMENTS;
    return ENGINE_READ_DONE;
  }
  if (strcmp (r->key.bytes, "function") == 0 && rest[0] == '{') {
    engine_call_take (r, 1);
    r->nested++;
    r->part = OBJECT_KEY;
    return ENGINE_READ_DONE;
  }
  if (rest[0] != '"')
    return ENGINE_READ_DONE;
  length = engine_json_string_length (rest, n);
  if (length == 0) {
    r->part = OBJECT_VALUE;
    return ENGINE_READ_MORE;
  }
  engine_json_unquote (&text, rest, length);
  if (text.failed)
    r->arguments.failed = true;
  else if (is_one_of (&r->key, names) || strcmp (r->key.bytes, "function") == 0)
    engine_call_set_name (r, text.bytes, text.length);
  else if (is_one_of (&r->key, ids))
    engine_call_set_id (r, text.bytes, text.length);
  else if (is_one_of (&r->key, arguments) && r->arguments.length == 0) /* an object in a string */
    engine_text_append (&r->arguments, text.bytes, text.length);
  free (text.bytes);
  engine_call_take (r, length);
  r->part = OBJECT_BEHIND;
  return ENGINE_READ_DONE;
}

static EngineReadResult
read_key (EngineCallReader *r)
{
  size_t n, length;
  const char *rest = engine_call_rest (r, &n);

  if (rest[0] != '"')
    return bad (r, "Here must be the name of a member of the JSON object.");
  length = engine_json_string_length (rest, n);
  if (length == 0)
    return ENGINE_READ_MORE;
  r->key.length = 0;
  engine_json_unquote (&r->key, rest, length);
  engine_call_take (r, length);
  r->part = OBJECT_COLON;
  return r->key.failed ? bad (r, "There is no memory for it.") : ENGINE_READ_DONE;
}

EngineReadResult
engine_call_read_object (EngineCallReader *r)
{
  EngineReadResult result = ENGINE_READ_DONE;
  size_t n;

  while (result == ENGINE_READ_DONE) {
    ObjectPart part = (ObjectPart) r->part;
    char c;

    if (part == OBJECT_ARGUMENTS || part == OBJECT_OTHER) {
      result = read_on (r, part == OBJECT_ARGUMENTS);
      r->part = result == ENGINE_READ_DONE ? OBJECT_BEHIND : r->part;
      continue;
    }
    if (!engine_call_skip_space (r))
      return ENGINE_READ_MORE;
    c = *engine_call_rest (r, &n);
    if (part == OBJECT_VALUE) {
      result = read_value (r);
    } else if (part == OBJECT_BEGIN && c == '{') {
      engine_call_take (r, 1);
      r->part = OBJECT_KEY;
    } else if (part == OBJECT_COLON && c == ':') {
      engine_call_take (r, 1);
      r->part = OBJECT_VALUE;
    } else if (part == OBJECT_BEHIND && c == ',') {
      engine_call_take (r, 1);
      r->part = OBJECT_KEY;
    } else if ((part == OBJECT_BEHIND || part == OBJECT_KEY) && c == '}') {
      engine_call_take (r, 1);
      r->part = OBJECT_BEHIND;
      if (r->nested-- > 0)
        continue;
      r->nested = 0;
      return r->name ? ENGINE_READ_DONE : bad (r, "The call does not name a tool.");
    } else if (part == OBJECT_KEY) {
      result = read_key (r);
    } else {
      return bad (r, "It is no JSON object.");
    }
  }
  return result;
}

EngineReadResult
engine_call_read_arguments (EngineCallReader *r)
{
  size_t n;

  if (r->part == 0) {
    if (!engine_call_skip_space (r))
      return r->ended ? ENGINE_READ_DONE : ENGINE_READ_MORE;
    if (*engine_call_rest (r, &n) != '{')
      return bad (r, "The arguments are no JSON object.");
    r->scan = (EngineJsonScan) { 0 };
    r->part = 1;
  }
  return read_on (r, true);
}
