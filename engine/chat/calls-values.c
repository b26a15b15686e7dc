/* SPDX-License-Identifier: MIT */
/* Arguments that are not JSON, on their way to it: one by one between marks, or as a value in another notation. */
#include "chat/calls-reader.h"

#include <string.h>

static EngineReadResult
bad (EngineCallReader *r, const char *problem)
{
  r->problem = problem;
  return ENGINE_READ_BAD;
}

/* ---- members between marks -------------------------------------------------- */

#define KEY_MOST 4096

typedef enum { MEMBER_BEFORE, MEMBER_KEY, MEMBER_LINE, MEMBER_VALUE } MemberPart;

static const struct { const char *word, *json; } words[] = { { "True", "true" }, { "False", "false" }, { "None", "null" } };

/* A value that is whole: JSON if it can be, else a text. */
static void
append_value (EngineText *out, const char *bytes, size_t n, EngineCallType type)
{
  EngineText plain = { 0 };
  const char *value, *end;

  engine_call_append_plain (&plain, bytes, n);
  if (plain.failed) {
    out->failed = true;
    free (plain.bytes);
    return;
  }
  for (value = plain.bytes; *value && strchr (" \n\t\r", *value); value++)
    ;
  for (end = plain.bytes + plain.length; end > value && strchr (" \n\t\r", end[-1]); end--)
    ;
  for (size_t i = 0; i < ENGINE_LENGTH (words); i++)
    if (type == ENGINE_CALL_JSON && (size_t) (end - value) == strlen (words[i].word) && memcmp (value, words[i].word, (size_t) (end - value)) == 0) {
      engine_text_append (out, words[i].json, strlen (words[i].json));
      free (plain.bytes);
      return;
    }
  if (end > value && engine_call_is_json (value, (size_t) (end - value), false))
    engine_text_append (out, value, (size_t) (end - value));
  else
    engine_text_json (out, plain.bytes, plain.length);
  free (plain.bytes);
}

static EngineReadResult
read_before (EngineCallReader *r)
{
  const EngineCallMembers *members = &r->format->members;
  bool any = engine_call_skip_space (r);
  size_t n = any ? engine_call_match (r, 0, members->before) : 0;

  if (n == SIZE_MAX || (!any && !r->ended))
    return ENGINE_READ_MORE;
  if (n == 0) {
    engine_text_append (&r->arguments, r->arguments.length ? "}" : "{}", r->arguments.length ? 1 : 2);
    return ENGINE_READ_DONE;
  }
  engine_call_take (r, n);
  engine_text_append (&r->arguments, r->arguments.length ? ", " : "{", r->arguments.length ? 2 : 1);
  r->part = MEMBER_KEY;
  return ENGINE_READ_DONE;
}

static EngineReadResult
read_key (EngineCallReader *r)
{
  const EngineCallMembers *members = &r->format->members;
  size_t n, n_mark, safe, n_texts = 0, at = engine_call_seek (r, members->between, &n_mark, &safe), other = SIZE_MAX, n_key;
  const char *rest = engine_call_rest (r, &n);

  if (members->texts)
    other = engine_call_seek (r, members->texts, &n_texts, &safe);
  n_key = ENGINE_MIN (at, other);
  if (n_key == SIZE_MAX)
    return n > KEY_MOST ? bad (r, "The name of an argument does not end.") : ENGINE_READ_MORE;
  while (n_key > 0 && strchr (" \n\t\r", rest[n_key - 1]))
    n_key--;
  r->type = members->texts ? (other < at ? ENGINE_CALL_TEXT : ENGINE_CALL_JSON) : r->tool ? engine_call_tool_type (r->tool, rest, n_key) : ENGINE_CALL_EITHER;
  engine_text_append (&r->arguments, "\"", 1);
  engine_json_escape (&r->arguments, rest, n_key);
  engine_text_append (&r->arguments, r->type == ENGINE_CALL_TEXT ? "\": \"" : "\": ", r->type == ENGINE_CALL_TEXT ? 4 : 3);
  engine_call_take (r, other < at ? other + n_texts : at + n_mark);
  r->part = MEMBER_LINE;
  return ENGINE_READ_DONE;
}

static EngineReadResult
read_value (EngineCallReader *r)
{
  const EngineCallMembers *members = &r->format->members;
  size_t n, n_mark, safe, at = engine_call_seek (r, members->after, &n_mark, &safe), n_value = at == SIZE_MAX ? safe : at;
  const char *rest = engine_call_rest (r, &n);

  if (at == SIZE_MAX && r->type != ENGINE_CALL_TEXT)
    return ENGINE_READ_MORE;
  /* A line break may be the last one. */
  if (members->lines && n_value > 0 && rest[n_value - 1] == '\n')
    n_value--;
  if (r->type == ENGINE_CALL_TEXT)
    engine_json_escape (&r->arguments, rest, n_value);
  else
    append_value (&r->arguments, rest, n_value, r->type);
  if (at == SIZE_MAX) {
    engine_call_take (r, n_value);
    return ENGINE_READ_MORE;
  }
  if (r->type == ENGINE_CALL_TEXT)
    engine_text_append (&r->arguments, "\"", 1);
  engine_call_take (r, at + n_mark);
  r->part = MEMBER_BEFORE;
  return ENGINE_READ_DONE;
}

EngineReadResult
engine_call_read_members (EngineCallReader *r)
{
  size_t n;

  for (;;) {
    MemberPart part = (MemberPart) r->part;
    EngineReadResult result = ENGINE_READ_DONE;

    switch (part) {
    case MEMBER_BEFORE:
      result = read_before (r);
      if (result == ENGINE_READ_DONE && r->part == MEMBER_BEFORE)
        return result;
      break;
    case MEMBER_KEY:
      result = read_key (r);
      break;
    case MEMBER_LINE:
      engine_call_rest (r, &n);
      if (n == 0)
        return ENGINE_READ_MORE;
      if (r->format->members.lines && *engine_call_rest (r, &n) == '\n')
        engine_call_take (r, 1);
      r->part = MEMBER_VALUE;
      break;
    case MEMBER_VALUE:
      result = read_value (r);
      break;
    }
    if (result != ENGINE_READ_DONE)
      return result;
  }
}

/* ---- values in another notation ----------------------------------------------- */

/* Ends a text or goes on in it by one character; MORE: that cannot be said yet. */
static EngineReadResult
read_text (EngineCallReader *r, const char *rest, size_t n)
{
  static const char letters[] = "nrt0", meant[] = { '\n', '\r', '\t', '\0' };
  EngineLiteral *l = &r->literal;
  size_t n_mark = l->quote ? (rest[0] == l->quote) : engine_call_match (r, 0, r->format->quote), n_run = 1;
  const char *found;

  if (n_mark == SIZE_MAX)
    return ENGINE_READ_MORE;
  if (n_mark) {
    engine_text_append (&r->arguments, "\"", 1);
    engine_call_take (r, n_mark);
    l->expects = ENGINE_LITERAL_BEHIND;
    return ENGINE_READ_DONE;
  }
  if (l->quote && rest[0] == '\\') {
    if (n < 2)
      return ENGINE_READ_MORE;
    if (rest[1] == 'u') {
      if (n < 6)
        return ENGINE_READ_MORE;
      engine_text_append (&r->arguments, rest, 6);
      engine_call_take (r, 6);
      return ENGINE_READ_DONE;
    }
    found = rest[1] ? strchr (letters, rest[1]) : NULL;
    engine_json_escape (&r->arguments, found ? &meant[found - letters] : &rest[1], 1);
    engine_call_take (r, 2);
    return ENGINE_READ_DONE;
  }
  /* As many as cannot be the end of it, whole characters. */
  while (n_run < n && (l->quote ? rest[n_run] != l->quote && rest[n_run] != '\\' : rest[n_run] != r->format->quote[0] && rest[n_run] != ENGINE_CALLS_OPEN))
    n_run++;
  engine_json_escape (&r->arguments, rest, n_run);
  engine_call_take (r, n_run);
  return ENGINE_READ_DONE;
}

/* A bare word, or a number, which ends before one of the signs; 0: not yet. */
static size_t
word_length (const EngineCallReader *r, const char *rest, size_t n, const char *signs)
{
  for (size_t i = 0; i < n; i++)
    if (strchr (signs, rest[i]) || rest[i] == ENGINE_CALLS_OPEN)
      return i;
  return r->ended ? n : 0;
}

static EngineReadResult
read_literal_key (EngineCallReader *r, const char *rest, size_t n)
{
  EngineLiteral *l = &r->literal;
  char sign = l->closers[l->depth - 1] == ')' ? '=' : ':';
  size_t n_key, n_mark = 0, total;
  const char *key = rest;

  if (rest[0] == '"' || rest[0] == '\'') {
    for (n_key = 1; n_key < n && rest[n_key] != rest[0]; n_key++)
      ;
    total = n_key + 1;
    key++;
    n_key--;
  } else {
    n_mark = r->format->quote ? engine_call_match (r, 0, r->format->quote) : 0;
    if (n_mark == SIZE_MAX)
      return ENGINE_READ_MORE;
    for (n_key = n_mark; n_key < n && rest[n_key] != sign && (n_mark == 0 || engine_call_match (r, n_key, r->format->quote) == 0); n_key++)
      ;
    total = n_key + n_mark;
    key += n_mark;
    n_key -= n_mark;
  }
  while (total < n && rest[total] == ' ')
    total++;
  if (total >= n)
    return n > KEY_MOST ? bad (r, "The name of an argument does not end.") : ENGINE_READ_MORE;
  if (rest[total] != sign)
    return bad (r, "The name of an argument is not followed by its value.");
  while (n_key > 0 && key[n_key - 1] == ' ')
    n_key--;
  engine_text_append (&r->arguments, l->first ? "\"" : ", \"", l->first ? 1 : 3);
  engine_json_escape (&r->arguments, key, n_key);
  engine_text_append (&r->arguments, "\": ", 3);
  engine_call_take (r, total + 1);
  l->expects = ENGINE_LITERAL_VALUE;
  l->first = true; /* no comma before the value */
  return ENGINE_READ_DONE;
}

static EngineReadResult
open_container (EngineCallReader *r, char closer)
{
  EngineLiteral *l = &r->literal;

  if (l->depth == ENGINE_LITERAL_DEPTH)
    return bad (r, "The arguments are nested too deeply.");
  l->closers[l->depth++] = closer;
  engine_text_append (&r->arguments, closer == ']' ? "[" : "{", 1);
  engine_call_take (r, 1);
  l->first = true;
  l->expects = closer == ']' ? ENGINE_LITERAL_VALUE : ENGINE_LITERAL_KEY;
  return ENGINE_READ_DONE;
}

static void
close_container (EngineCallReader *r)
{
  EngineLiteral *l = &r->literal;

  engine_text_append (&r->arguments, l->closers[--l->depth] == ']' ? "]" : "}", 1);
  engine_call_take (r, 1);
  l->first = false;
  l->expects = ENGINE_LITERAL_BEHIND;
}

static EngineReadResult
read_literal_value (EngineCallReader *r, const char *rest, size_t n)
{
  EngineLiteral *l = &r->literal;
  size_t n_mark = r->format->quote ? engine_call_match (r, 0, r->format->quote) : 0, n_word;

  if (n_mark == SIZE_MAX)
    return ENGINE_READ_MORE;
  if (!l->first)
    engine_text_append (&r->arguments, ", ", 2);
  l->first = false;
  if (n_mark || rest[0] == '"' || rest[0] == '\'') {
    l->quote = n_mark ? 0 : rest[0];
    engine_text_append (&r->arguments, "\"", 1);
    engine_call_take (r, n_mark ? n_mark : 1);
    l->expects = ENGINE_LITERAL_TEXT;
    return ENGINE_READ_DONE;
  }
  if (rest[0] == '{' || rest[0] == '[')
    return open_container (r, rest[0] == '{' ? '}' : ']');
  n_word = word_length (r, rest, n, ",]}) \n\t\r");
  if (n_word == 0) {
    /* It is looked at once more, so the comma stands already. */
    l->first = true;
    return rest[0] && strchr (",]})", rest[0]) ? bad (r, "A value is missing.") : n > KEY_MOST ? bad (r, "A number or word does not end.") : ENGINE_READ_MORE;
  }
  append_value (&r->arguments, rest, n_word, ENGINE_CALL_JSON);
  engine_call_take (r, n_word);
  l->expects = ENGINE_LITERAL_BEHIND;
  return ENGINE_READ_DONE;
}

static EngineReadResult
read_literal_behind (EngineCallReader *r, char c)
{
  EngineLiteral *l = &r->literal;
  char closer = l->closers[l->depth - 1];

  if (c == closer) {
    close_container (r);
  } else if (c == ',') {
    engine_call_take (r, 1);
    l->first = false;
    l->expects = closer == ']' ? ENGINE_LITERAL_VALUE : ENGINE_LITERAL_KEY;
  } else {
    return bad (r, "Behind a value must be a comma or the end.");
  }
  return ENGINE_READ_DONE;
}

EngineReadResult
engine_call_read_literal (EngineCallReader *r, char opener, char closer)
{
  EngineLiteral *l = &r->literal;
  EngineReadResult result = ENGINE_READ_DONE;

  if (r->part == 0) {
    *l = (EngineLiteral) { 0 };
    r->part = 1;
  }
  while (result == ENGINE_READ_DONE) {
    const char *rest;
    size_t n;

    if (l->depth == 0 && l->expects == ENGINE_LITERAL_BEHIND)
      return ENGINE_READ_DONE;
    if (l->expects != ENGINE_LITERAL_TEXT && !engine_call_skip_space (r))
      return ENGINE_READ_MORE;
    rest = engine_call_rest (r, &n);
    if (n == 0)
      return ENGINE_READ_MORE;
    switch (l->expects) {
    case ENGINE_LITERAL_BEGIN:
      result = rest[0] == opener ? open_container (r, closer) : bad (r, "The arguments do not begin.");
      break;
    case ENGINE_LITERAL_KEY:
      if (rest[0] == l->closers[l->depth - 1])
        close_container (r);
      else
        result = read_literal_key (r, rest, n);
      break;
    case ENGINE_LITERAL_VALUE:
      if (rest[0] == ']' && l->closers[l->depth - 1] == ']')
        close_container (r);
      else
        result = read_literal_value (r, rest, n);
      break;
    case ENGINE_LITERAL_TEXT:
      result = read_text (r, rest, n);
      break;
    case ENGINE_LITERAL_BEHIND:
      result = read_literal_behind (r, rest[0]);
      break;
    }
  }
  return result;
}
