/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <string.h>

void
json_open (Json *json, const char *text, size_t length)
{
  *json = (Json) { .begin = text, .at = text, .end = text + length, .string = g_string_new (NULL) };
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    json->at += 3;
}

void
json_close (Json *json)
{
  g_string_free (json->string, TRUE);
}

static bool
fail (Json *json)
{
  if (json->broken == NULL)
    json->broken = json->at;
  json->at = json->end;
  return false;
}

static void
skip_space (Json *json)
{
  while (json->at < json->end && (*json->at == ' ' || *json->at == '\n' || *json->at == '\r' || *json->at == '\t'))
    json->at++;
}

uint64_t
json_line (const Json *json)
{
  uint64_t line = 1;
  const char *stop = json->broken != NULL ? json->broken : json->at;

  for (const char *at = json->begin; at < stop; at++)
    line += *at == '\n';
  return line;
}

JsonKind
json_peek (Json *json)
{
  skip_space (json);
  if (json->at >= json->end)
    return JSON_NOTHING;
  switch (*json->at) {
  case '{':
    return JSON_OBJECT;
  case '[':
    return JSON_LIST;
  case '"':
    return JSON_STRING;
  case 't':
    return JSON_TRUE;
  case 'f':
    return JSON_FALSE;
  case 'n':
  case 'N': /* NaN, as Python writes */
    return JSON_NULL;
  default:
    if (*json->at == '-' || g_ascii_isdigit (*json->at))
      return JSON_NUMBER;
    fail (json);
    return JSON_NOTHING;
  }
}

void
json_word (Json *json)
{
  static const char *const words[] = { "null", "true", "false", "NaN" };

  for (size_t i = 0; i < G_N_ELEMENTS (words); i++)
    if ((size_t) (json->end - json->at) >= strlen (words[i]) && memcmp (json->at, words[i], strlen (words[i])) == 0) {
      json->at += strlen (words[i]);
      return;
    }
  fail (json);
}

bool
json_number (Json *json, const char **text, size_t *length)
{
  const char *start = json->at;

  while (json->at < json->end && (g_ascii_isdigit (*json->at) || strchr ("+-.eE", *json->at) != NULL) && *json->at != '\0')
    json->at++;
  *text = start;
  *length = (size_t) (json->at - start);
  return *length > 0 && *length < 400 && (*length > 1 || g_ascii_isdigit (*start)) ? true : fail (json);
}

/* The four digits behind "\u". */
static bool
read_unit (Json *json, gunichar *unit)
{
  if (json->end - json->at < 4)
    return false;
  *unit = 0;
  for (int i = 0; i < 4; i++, json->at++) {
    int digit = g_ascii_xdigit_value (*json->at);
    if (digit < 0)
      return false;
    *unit = *unit << 4 | (gunichar) digit;
  }
  return true;
}

static bool
read_escape (Json *json)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  gunichar c, low;

  if (json->at >= json->end)
    return false;
  char kind = *json->at++;
  const char *found = kind != '\0' ? strchr (from, kind) : NULL;
  if (found != NULL) {
    g_string_append_c (json->string, to[found - from]);
    return true;
  }
  if (kind != 'u' || !read_unit (json, &c))
    return false;
  if (c >= 0xd800 && c < 0xdc00) {
    const char *before = json->at;
    if (json->end - json->at > 5 && json->at[0] == '\\' && json->at[1] == 'u') {
      json->at += 2;
      if (read_unit (json, &low) && low >= 0xdc00 && low < 0xe000)
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      else
        json->at = before;
    }
  }
  /* Halves of pairs and NUL are no characters. */
  g_string_append_unichar (json->string, c == 0 || !g_unichar_validate (c) ? 0xfffd : c);
  return true;
}

bool
json_string (Json *json)
{
  g_string_truncate (json->string, 0);
  if (json->at >= json->end || *json->at != '"')
    return fail (json);
  json->at++;
  for (;;) {
    const char *start = json->at;
    while (json->at < json->end && *json->at != '"' && *json->at != '\\')
      json->at++;
    g_string_append_len (json->string, start, json->at - start);
    if (json->at >= json->end)
      return fail (json);
    if (*json->at++ == '"')
      return true;
    if (!read_escape (json))
      return fail (json);
  }
}

void
json_enter (Json *json)
{
  json->at++;
  if (++json->depth > JSON_MAX_DEPTH)
    fail (json);
}

bool
json_more (Json *json, bool *first)
{
  skip_space (json);
  if (json->at < json->end && (*json->at == ']' || *json->at == '}')) {
    json->at++;
    json->depth--;
    return false;
  }
  if (!*first) {
    if (json->at >= json->end || *json->at != ',')
      return fail (json);
    json->at++;
    skip_space (json);
  }
  *first = false;
  return json->at < json->end ? true : fail (json);
}

bool
json_name (Json *json)
{
  if (!json_string (json))
    return false;
  skip_space (json);
  if (json->at >= json->end || *json->at != ':')
    return fail (json);
  json->at++;
  return true;
}

bool
json_skip (Json *json, const char **text, size_t *length)
{
  JsonKind kind = json_peek (json);
  const char *start = json->at, *number;
  size_t n;
  bool first = true;

  if (kind == JSON_STRING)
    json_string (json);
  else if (kind == JSON_NUMBER)
    json_number (json, &number, &n);
  else if (kind == JSON_LIST || kind == JSON_OBJECT) {
    json_enter (json);
    while (json_more (json, &first)) {
      if (kind == JSON_OBJECT && !json_name (json))
        break;
      json_skip (json, NULL, NULL);
    }
  } else if (kind != JSON_NOTHING)
    json_word (json);
  else
    fail (json);
  if (text != NULL) {
    *text = start;
    *length = (size_t) (json->at - start);
  }
  return json->broken == NULL;
}
