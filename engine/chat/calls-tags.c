/* SPDX-License-Identifier: MIT */
/* Arguments as elements within each other: <key>value</key>, with a token before each mark. An argument is read when it is whole. */
#include "chat/calls-reader.h"

#include <stdlib.h>
#include <string.h>

#define TAGS_DEPTH 32
#define KEY_MOST 256

typedef struct {
  const char       *token;
  const EngineJson *root;
  EngineText       *out;
} Tags;

/* <key> at `text`, behind the token; the bytes of the mark; 0: none. */
static size_t
open_mark (const Tags *tags, const char *text, const char *end, const char **key, size_t *n_key)
{
  size_t n_token = strlen (tags->token);
  const char *close;

  if ((size_t) (end - text) <= n_token + 2 || memcmp (text, tags->token, n_token) != 0 || text[n_token] != '<' || text[n_token + 1] == '/')
    return 0;
  *key = text + n_token + 1;
  close = memchr (*key, '>', (size_t) ENGINE_MIN (end - *key, KEY_MOST));
  if (!close)
    return 0;
  *n_key = (size_t) (close - *key);
  return (size_t) (close + 1 - text);
}

/* Where </key> is that closes the element; its bytes. NULL: it is not there. */
static const char *
find_close (const Tags *tags, const char *text, const char *end, const char *key, size_t n_key, size_t *n)
{
  size_t n_token = strlen (tags->token);
  int depth = 1;

  for (const char *at = text; (at = memmem (at, (size_t) (end - at), tags->token, n_token)); at += n_token) {
    const char *mark = at + n_token;
    bool closes = end - mark > 1 && mark[0] == '<' && mark[1] == '/';

    mark += closes ? 2 : 1;
    if (mark >= end || (size_t) (end - mark) <= n_key || memcmp (mark, key, n_key) != 0 || mark[n_key] != '>')
      continue;
    depth += closes ? -1 : 1;
    if (depth == 0) {
      *n = (size_t) (mark + n_key + 1 - at);
      return at;
    }
  }
  return NULL;
}

static const char *
skip_space (const char *text, const char *end)
{
  while (text < end && strchr (" \n\t\r", *text) && *text)
    text++;
  return text;
}

static bool append_element (const Tags *tags, const char *text, const char *end, const EngineJson *schema, int depth);

/* Elements one behind the other; `list`: they have no names. */
static bool
append_children (const Tags *tags, const char *text, const char *end, const EngineJson *schema, bool list, int depth)
{
  bool first = true;

  engine_text_append (tags->out, list ? "[" : "{", 1);
  for (text = skip_space (text, end); text < end; text = skip_space (text, end)) {
    const char *key, *close;
    size_t n_key, n_open = open_mark (tags, text, end, &key, &n_key), n_close;

    close = n_open ? find_close (tags, text + n_open, end, key, n_key, &n_close) : NULL;
    if (!close)
      return false;
    engine_text_append (tags->out, ", ", first ? 0 : 2);
    if (!list) {
      engine_text_json (tags->out, key, n_key);
      engine_text_append (tags->out, ": ", 2);
    }
    if (!append_element (tags, text + n_open, close, engine_call_schema_member (tags->root, schema, list ? NULL : key, n_key), depth + 1))
      return false;
    text = close + n_close;
    first = false;
  }
  engine_text_append (tags->out, list ? "]" : "}", 1);
  return true;
}

/* What stands between two marks. */
static bool
append_element (const Tags *tags, const char *text, const char *end, const EngineJson *schema, int depth)
{
  const char *begin = skip_space (text, end), *key;
  EngineCallType type = engine_call_schema_type (tags->root, schema);
  size_t n_key;

  if (depth > TAGS_DEPTH)
    return false;
  /* Where a text may stand, marks are of it. */
  if ((type == ENGINE_CALL_JSON || !schema) && open_mark (tags, begin, end, &key, &n_key) > 0)
    return append_children (tags, begin, end, schema, n_key == 4 && memcmp (key, "item", 4) == 0 && engine_call_schema_lists (tags->root, schema), depth);
  if (begin == end && type == ENGINE_CALL_JSON)
    engine_text_append (tags->out, engine_call_schema_lists (tags->root, schema) ? "[]" : "{}", 2);
  else if (type == ENGINE_CALL_TEXT)
    engine_text_json (tags->out, text, (size_t) (end - text));
  else
    engine_call_append_value (tags->out, text, (size_t) (end - text), type, tags->root, schema);
  return true;
}

EngineReadResult
engine_call_read_tags (EngineCallReader *r)
{
  Tags tags = { r->format->members.before, r->tool ? r->tool->schema : NULL, &r->arguments };

  for (;;) {
    EngineText plain = { 0 };
    size_t n, n_token, n_key, n_open, n_close, taken = 0;
    const char *rest, *key, *close;
    bool ok;

    if (!engine_call_skip_space (r))
      return ENGINE_READ_MORE;
    n_token = engine_call_match (r, 0, tags.token);
    rest = engine_call_rest (r, &n);
    if (n_token == SIZE_MAX || (n_token && n < n_token + 2))
      return ENGINE_READ_MORE;
    if (n_token == 0 || memcmp (rest + n_token, "</", 2) == 0) {
      engine_text_append (&r->arguments, r->arguments.length ? "}" : "{}", r->arguments.length ? 1 : 2);
      return ENGINE_READ_DONE;
    }
    engine_call_append_plain (&plain, rest, n);
    n_open = plain.failed ? 0 : open_mark (&tags, plain.bytes, plain.bytes + plain.length, &key, &n_key);
    close = n_open ? find_close (&tags, plain.bytes + n_open, plain.bytes + plain.length, key, n_key, &n_close) : NULL;
    if (!close) {
      free (plain.bytes);
      return ENGINE_READ_MORE;
    }
    engine_text_append (&r->arguments, r->arguments.length ? ", " : "{", r->arguments.length ? 2 : 1);
    engine_text_json (&r->arguments, key, n_key);
    engine_text_append (&r->arguments, ": ", 2);
    ok = append_element (&tags, plain.bytes + n_open, close, tags.root ? engine_call_schema_member (tags.root, tags.root, key, n_key) : NULL, 0);
    /* As many bytes as are plain, and those around special tokens between them. */
    for (size_t wanted = (size_t) (close - plain.bytes) + n_close; wanted > 0; taken++)
      wanted -= rest[taken] != ENGINE_CALLS_OPEN && rest[taken] != ENGINE_CALLS_CLOSE;
    free (plain.bytes);
    engine_call_take (r, taken);
    if (!ok) {
      engine_fail (&r->failure, ENGINE_BAD_INPUT, "An argument of the call does not end where it should.");
      return ENGINE_READ_BAD;
    }
  }
}
