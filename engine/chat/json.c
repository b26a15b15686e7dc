/* SPDX-License-Identifier: MIT */
/* JSON into values and back. */
#include "chat/jinja.h"

#include "tokenizer/unicode.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- reading -------------------------------------------------------------------- */

typedef struct {
  JinjaRun   *run;
  const char *start, *at, *end;
  int         nesting;
} Reader;

static _Noreturn void
bad_json (Reader *reader, const char *what)
{
  jinja_fail (reader->run, "byte %zu of the JSON text: %s", (size_t) (reader->at - reader->start), what);
}

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end && strchr (" \t\r\n", *reader->at) && *reader->at)
    reader->at++;
}

static bool
take (Reader *reader, const char *text)
{
  size_t n = strlen (text);

  if ((size_t) (reader->end - reader->at) < n || memcmp (reader->at, text, n))
    return false;
  reader->at += n;
  return true;
}

static uint32_t
read_hex (Reader *reader)
{
  uint32_t value = 0;

  for (int i = 0; i < 4; i++) {
    char c = reader->at < reader->end ? *reader->at++ : 0;
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

    if (digit < 0)
      bad_json (reader, "\\u needs four hexadecimal digits");
    value = value << 4 | (uint32_t) digit;
  }
  return value;
}

static void
read_escape (Reader *reader, JinjaBuffer *out)
{
  static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  char c = reader->at < reader->end ? *reader->at++ : 0;
  const char *found = c ? strchr (letters, c) : NULL;
  uint32_t character, low;
  char utf8[4];

  if (found) {
    jinja_append (reader->run, out, meant + (found - letters), 1);
    return;
  }
  if (c != 'u')
    bad_json (reader, "there is an unknown escape in a string");
  character = read_hex (reader);
  if (character >= 0xD800 && character < 0xDC00 && take (reader, "\\u")) {
    low = read_hex (reader);
    if (low >= 0xDC00 && low < 0xE000)
      character = 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
    else
      reader->at -= 6;
  }
  jinja_append (reader->run, out, utf8, engine_utf8_write (character, utf8));
}

static JinjaValue
read_string (Reader *reader)
{
  const char *start = ++reader->at;
  JinjaBuffer out = { 0 };

  for (;;) {
    while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\\' && (unsigned char) *reader->at >= 0x20)
      reader->at++;
    if (reader->at == reader->end || (unsigned char) *reader->at < 0x20)
      bad_json (reader, "a string does not end");
    if (*reader->at == '"' && !out.capacity) {
      jinja_work (reader->run, reader->at - start);
      return jinja_string (start, (size_t) (reader->at++ - start));
    }
    jinja_append (reader->run, &out, start, (size_t) (reader->at - start));
    if (*reader->at++ == '"')
      return jinja_buffer_string (&out);
    read_escape (reader, &out);
    start = reader->at;
  }
}

static JinjaValue
read_number (Reader *reader)
{
  const char *start = reader->at;
  char text[400], *end;
  bool whole = true;
  long long integer;
  size_t n;

  while (reader->at < reader->end && *reader->at && strchr ("+-0123456789.eE", *reader->at))
    whole &= strchr ("-0123456789", *reader->at++) != NULL;
  n = (size_t) (reader->at - start);
  if (!n || n >= sizeof text)
    bad_json (reader, n ? "a number is too long" : "a value was expected");
  memcpy (text, start, n);
  text[n] = '\0';
  errno = 0;
  if (whole) {
    integer = strtoll (text, &end, 10);
    if (!*end && !errno)
      return jinja_int (integer);
  }
  {
    double number = strtod (text, &end);

    if (*end || end == text)
      bad_json (reader, "this is no number");
    return jinja_float (number);
  }
}

static JinjaValue read_value (Reader *reader);

static JinjaValue
read_array (Reader *reader)
{
  JinjaValue list = jinja_list (reader->run, JINJA_LIST, 0);

  reader->at++;
  skip_space (reader);
  if (take (reader, "]"))
    return list;
  for (;;) {
    jinja_push (reader->run, list.as.list, read_value (reader));
    skip_space (reader);
    if (take (reader, "]"))
      return list;
    if (!take (reader, ","))
      bad_json (reader, "\",\" or \"]\" was expected");
  }
}

static JinjaValue
read_object (Reader *reader)
{
  JinjaValue dict = jinja_dict (reader->run);

  reader->at++;
  skip_space (reader);
  if (take (reader, "}"))
    return dict;
  for (;;) {
    JinjaValue key;

    skip_space (reader);
    if (reader->at == reader->end || *reader->at != '"')
      bad_json (reader, "a key in quotes was expected");
    key = read_string (reader);
    skip_space (reader);
    if (!take (reader, ":"))
      bad_json (reader, "\":\" was expected");
    jinja_dict_set (reader->run, dict.as.dict, key, read_value (reader));
    skip_space (reader);
    if (take (reader, "}"))
      return dict;
    if (!take (reader, ","))
      bad_json (reader, "\",\" or \"}\" was expected");
  }
}

static JinjaValue
read_value (Reader *reader)
{
  JinjaValue value;

  if (++reader->nesting > JINJA_MAX_NESTING)
    bad_json (reader, "it is nested too deeply");
  skip_space (reader);
  if (reader->at == reader->end)
    bad_json (reader, "a value was expected");
  if (*reader->at == '{')
    value = read_object (reader);
  else if (*reader->at == '[')
    value = read_array (reader);
  else if (*reader->at == '"')
    value = read_string (reader);
  else if (take (reader, "true"))
    value = jinja_bool (true);
  else if (take (reader, "false"))
    value = jinja_bool (false);
  else if (take (reader, "null"))
    value = jinja_none ();
  else
    value = read_number (reader);
  reader->nesting--;
  return value;
}

JinjaValue
jinja_read_json (JinjaRun *run, const char *json, size_t n_bytes)
{
  Reader reader = { run, json, json, json + n_bytes, 0 };
  JinjaValue value = read_value (&reader);

  skip_space (&reader);
  if (reader.at != reader.end)
    bad_json (&reader, "something follows after the value");
  return value;
}

/* ---- writing --------------------------------------------------------------------- */

static void
write_escaped (JinjaRun *run, JinjaBuffer *out, uint32_t character)
{
  static const char named[] = "\"\\\n\r\t\b\f", letters[] = "\"\\nrtbf";
  const char *found = character && character < 0x80 ? strchr (named, (int) character) : NULL;
  char text[16];

  if (found)
    snprintf (text, sizeof text, "\\%c", letters[found - named]);
  else if (character >= 0x10000)
    snprintf (text, sizeof text, "\\u%04x\\u%04x", 0xD800 + ((character - 0x10000) >> 10), 0xDC00 + (character & 0x3FF));
  else
    snprintf (text, sizeof text, "\\u%04x", character);
  jinja_append_text (run, out, text);
}

static void
write_string (JinjaRun *run, JinjaBuffer *out, JinjaString string, bool ascii)
{
  size_t start = 0;

  jinja_append (run, out, "\"", 1);
  for (size_t i = 0; i < string.n;) {
    uint32_t character;
    int length = engine_utf8_read (string.bytes + i, string.n - i, &character);

    if (length && character >= 0x20 && character != '"' && character != '\\' && (!ascii || character < 0x7F)) {
      i += length;
      continue;
    }
    jinja_append (run, out, string.bytes + start, i - start);
    if (length)
      write_escaped (run, out, character);
    else
      jinja_append_text (run, out, "\xEF\xBF\xBD");
    i += ENGINE_MAX (length, 1);
    start = i;
  }
  jinja_append (run, out, string.bytes + start, string.n - start);
  jinja_append (run, out, "\"", 1);
}

static void
write_break (JinjaRun *run, JinjaBuffer *out, const JinjaJsonStyle *style, int level)
{
  if (!style->lines)
    return;
  jinja_append (run, out, "\n", 1);
  for (int i = 0; i < level; i++)
    jinja_append (run, out, style->indent.bytes, style->indent.n);
}

static void write_value (JinjaRun *run, JinjaBuffer *out, JinjaValue value, const JinjaJsonStyle *style, int level);

static void
write_list (JinjaRun *run, JinjaBuffer *out, const JinjaList *list, const JinjaJsonStyle *style, int level)
{
  jinja_append (run, out, "[", 1);
  for (size_t i = 0; i < list->n; i++) {
    if (i)
      jinja_append (run, out, style->item.bytes, style->item.n);
    write_break (run, out, style, level + 1);
    write_value (run, out, list->items[i], style, level + 1);
  }
  if (list->n)
    write_break (run, out, style, level);
  jinja_append (run, out, "]", 1);
}

/* JSON has strings for keys alone: numbers, truth and none are written in quotes. */
static void
write_key (JinjaRun *run, JinjaBuffer *out, JinjaValue key, const JinjaJsonStyle *style)
{
  JinjaBuffer text = { 0 };

  if (key.kind == JINJA_STRING) {
    write_string (run, out, key.as.string, style->ascii);
    return;
  }
  write_value (run, &text, key, style, 0);
  write_string (run, out, jinja_buffer_string (&text).as.string, style->ascii);
}

static JinjaList *
sorted_keys (JinjaRun *run, const JinjaDict *dict)
{
  JinjaList *keys = jinja_list (run, JINJA_LIST, dict->n).as.list;

  for (size_t i = 0; i < dict->n; i++) {
    size_t j = keys->n;

    jinja_push (run, keys, dict->entries[i].key);
    for (; j > 0 && jinja_compare (run, keys->items[j - 1], dict->entries[i].key) > 0; j--)
      keys->items[j] = keys->items[j - 1];
    keys->items[j] = dict->entries[i].key;
  }
  return keys;
}

static void
write_dict (JinjaRun *run, JinjaBuffer *out, const JinjaDict *dict, const JinjaJsonStyle *style, int level)
{
  JinjaList *sorted = style->sort_keys ? sorted_keys (run, dict) : NULL;

  jinja_append (run, out, "{", 1);
  for (size_t i = 0; i < dict->n; i++) {
    JinjaValue key = sorted ? sorted->items[i] : dict->entries[i].key;

    if (i)
      jinja_append (run, out, style->item.bytes, style->item.n);
    write_break (run, out, style, level + 1);
    write_key (run, out, key, style);
    jinja_append (run, out, style->key.bytes, style->key.n);
    write_value (run, out, *jinja_dict_get (run, dict, key), style, level + 1);
  }
  if (dict->n)
    write_break (run, out, style, level);
  jinja_append (run, out, "}", 1);
}

static void
write_value (JinjaRun *run, JinjaBuffer *out, JinjaValue value, const JinjaJsonStyle *style, int level)
{
  jinja_enter (run);
  switch (value.kind) {
  case JINJA_NONE:
    jinja_append_text (run, out, "null");
    break;
  case JINJA_BOOL:
    jinja_append_text (run, out, value.as.boolean ? "true" : "false");
    break;
  case JINJA_INT:
    jinja_print (run, out, value);
    break;
  case JINJA_FLOAT:
    if (isnan (value.as.number) || isinf (value.as.number))
      jinja_append_text (run, out, isnan (value.as.number) ? "NaN" : value.as.number > 0 ? "Infinity" : "-Infinity");
    else
      jinja_print (run, out, value);
    break;
  case JINJA_STRING:
    write_string (run, out, value.as.string, style->ascii);
    break;
  case JINJA_LIST:
  case JINJA_TUPLE:
    write_list (run, out, value.as.list, style, level);
    break;
  case JINJA_DICT:
    write_dict (run, out, value.as.dict, style, level);
    break;
  default:
    jinja_fail (run, "%s cannot be written as JSON", jinja_kind_name (value));
  }
  jinja_leave (run);
}

void
jinja_write_json (JinjaRun *run, JinjaBuffer *out, JinjaValue value, const JinjaJsonStyle *style)
{
  write_value (run, out, value, style, 0);
}
