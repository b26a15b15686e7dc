/* SPDX-License-Identifier: MIT */
#include "grammar/json.h"

#include "tokenizer/unicode.h"

#include <stdio.h>
#include <string.h>

#define MOST_NESTING 200
#define MOST_DIGITS 400

typedef struct {
  EngineBuild *build;
  const char  *text, *at, *end;
  int          nesting;
} Reader;

/* ---- making --------------------------------------------------------------------------- */

EngineJson *
engine_json_new (EngineBuild *build, EngineJsonKind kind)
{
  EngineJson *json = engine_build_alloc (build, 1, sizeof *json);

  json->kind = kind;
  return json;
}

EngineJson *
engine_json_string (EngineBuild *build, const char *text, size_t n)
{
  EngineJson *json = engine_json_new (build, ENGINE_JSON_STRING);
  char *own = engine_build_alloc (build, n + 1, 1);

  json->text = memcpy (own, text, n);
  json->n = n;
  return json;
}

EngineJson *
engine_json_int (EngineBuild *build, int64_t number)
{
  EngineJson *json = engine_json_new (build, ENGINE_JSON_NUMBER);
  char text[32];
  int n = snprintf (text, sizeof text, "%lld", number < 0 ? -(long long) number : (long long) number), point = n;

  while (n > 0 && text[n - 1] == '0')
    n--;
  json->number = (EngineDecimal) { engine_json_string (build, text, (size_t) n)->text, n, n ? point : 0, number < 0 };
  return json;
}

/* Arrays and objects double; their size is told by how many there are. */
void
engine_json_add (EngineBuild *build, EngineJson *json, EngineJson *key, EngineJson *value)
{
  size_t capacity = json->n == 0 ? 0 : json->n < 8 ? 8 : (json->n & (json->n - 1)) == 0 ? json->n : json->n + 1, again = capacity;

  json->items = engine_build_grow (build, json->items, json->n, &capacity, sizeof (EngineJson *));
  if (key)
    json->keys = engine_build_grow (build, json->keys, json->n, &again, sizeof (EngineJson *));
  value->parent = json;
  value->number_in_parent = json->n;
  json->items[json->n] = value;
  if (key)
    json->keys[json->n] = key;
  json->n++;
}

/* ---- reading --------------------------------------------------------------------------- */

static _Noreturn void
expected (Reader *reader, const char *what)
{
  EnginePlace place = engine_place (reader->text, (size_t) (reader->at - reader->text));

  engine_fail (reader->build->error, ENGINE_BAD_INPUT, "Line %d, column %d of the schema: here must be %s.", place.line, place.column, what);
  engine_build_leave (reader->build);
}

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r'))
    reader->at++;
}

static char
peek (const Reader *reader)
{
  return reader->at < reader->end ? *reader->at : '\0';
}

static uint32_t
read_hex (Reader *reader)
{
  uint32_t value = 0;

  for (int i = 0; i < 4; i++, reader->at++) {
    char c = peek (reader);
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

    if (digit < 0)
      expected (reader, "a hexadecimal digit");
    value = value << 4 | (uint32_t) digit;
  }
  return value;
}

static uint32_t
read_escape (Reader *reader)
{
  static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  char c = peek (reader);
  const char *found = c ? strchr (letters, c) : NULL;
  uint32_t character, low;

  reader->at++;
  if (found)
    return (uint32_t) (unsigned char) meant[found - letters];
  if (c != 'u') {
    reader->at--;
    expected (reader, "one of \", \\, /, b, f, n, r, t and u, for it stands behind a backslash");
  }
  character = read_hex (reader);
  if (character < 0xD800 || character >= 0xE000)
    return character;
  if (character < 0xDC00 && reader->end - reader->at >= 2 && reader->at[0] == '\\' && reader->at[1] == 'u') {
    reader->at += 2;
    low = read_hex (reader);
    if (low >= 0xDC00 && low < 0xE000)
      return 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
  }
  expected (reader, "the other half of a character");
}

static EngineJson *
read_string (Reader *reader)
{
  const char *begin = ++reader->at;
  char *out;
  size_t n = 0, longest = 0;

  while (longest < (size_t) (reader->end - begin) && begin[longest] != '"')
    longest += begin[longest] == '\\' ? 2 : 1;
  out = engine_build_alloc (reader->build, ENGINE_MIN (longest, (size_t) (reader->end - begin)) + 8, 1);
  for (;;) {
    uint32_t character;
    int length;

    if (reader->at == reader->end)
      expected (reader, "more: a string does not end");
    if (*reader->at == '"')
      break;
    if ((unsigned char) *reader->at < 0x20)
      expected (reader, "no control character: in a string it is written with a backslash");
    if (*reader->at == '\\') {
      reader->at++;
      n += (size_t) engine_utf8_write (read_escape (reader), out + n);
      continue;
    }
    length = engine_utf8_read (reader->at, (size_t) (reader->end - reader->at), &character);
    if (length == 0)
      expected (reader, "a character in UTF-8");
    memcpy (out + n, reader->at, (size_t) length);
    n += (size_t) length;
    reader->at += length;
  }
  reader->at++;
  return engine_json_string (reader->build, out, n);
}

/* Digits into `out`. */
static size_t
read_digits (Reader *reader, char *out, size_t n)
{
  if (peek (reader) < '0' || peek (reader) > '9')
    expected (reader, "a digit");
  for (; peek (reader) >= '0' && peek (reader) <= '9'; reader->at++) {
    if (n == MOST_DIGITS)
      expected (reader, "fewer digits");
    out[n++] = *reader->at;
  }
  return n;
}

static int32_t
read_exponent (Reader *reader)
{
  char digits[MOST_DIGITS + 1] = { 0 };
  bool negative = peek (reader) == '-';
  long value;

  if (peek (reader) == '-' || peek (reader) == '+')
    reader->at++;
  digits[read_digits (reader, digits, 0)] = '\0';
  value = strtol (digits, NULL, 10);
  if (value > MOST_DIGITS)
    expected (reader, "a smaller exponent");
  return (int32_t) (negative ? -value : value);
}

static EngineJson *
read_number (Reader *reader)
{
  EngineJson *json = engine_json_new (reader->build, ENGINE_JSON_NUMBER);
  char digits[MOST_DIGITS + 1];
  size_t begin = 0, n;
  int32_t point;

  json->number.negative = peek (reader) == '-';
  reader->at += json->number.negative;
  n = read_digits (reader, digits, 0);
  if (n > 1 && digits[0] == '0') {
    reader->at -= n;
    expected (reader, "a number that does not begin with 0");
  }
  point = (int32_t) n;
  if (peek (reader) == '.') {
    reader->at++;
    n = read_digits (reader, digits, n);
  }
  if (peek (reader) == 'e' || peek (reader) == 'E') {
    reader->at++;
    point += read_exponent (reader);
  }
  while (begin < n && digits[begin] == '0') {
    begin++;
    point--;
  }
  while (n > begin && digits[n - 1] == '0')
    n--;
  json->number.digits = engine_json_string (reader->build, digits + begin, n - begin)->text;
  json->number.n = (int32_t) (n - begin);
  json->number.point = n > begin ? point : 0;
  json->number.negative &= n > begin;
  return json;
}

static EngineJson *read_value (Reader *reader);

static EngineJson *
read_array (Reader *reader)
{
  EngineJson *json = engine_json_new (reader->build, ENGINE_JSON_ARRAY);

  reader->at++;
  skip_space (reader);
  if (peek (reader) == ']') {
    reader->at++;
    return json;
  }
  for (;;) {
    engine_json_add (reader->build, json, NULL, read_value (reader));
    if (peek (reader) != ']' && peek (reader) != ',')
      expected (reader, "a comma or a closing bracket");
    if (*reader->at++ == ']')
      return json;
  }
}

static EngineJson *
read_object (Reader *reader)
{
  EngineJson *json = engine_json_new (reader->build, ENGINE_JSON_OBJECT);

  reader->at++;
  skip_space (reader);
  if (peek (reader) == '}') {
    reader->at++;
    return json;
  }
  for (;;) {
    const char *begin;
    EngineJson *key;

    skip_space (reader);
    begin = reader->at;
    if (peek (reader) != '"')
      expected (reader, "a name in quotes");
    key = read_string (reader);
    engine_build_step (reader->build, json->n);
    if (engine_json_member_n (json, key->text, key->n)) {
      reader->at = begin;
      expected (reader, "another name: the object has a member with this one already");
    }
    skip_space (reader);
    if (peek (reader) != ':')
      expected (reader, "a colon");
    reader->at++;
    engine_json_add (reader->build, json, key, read_value (reader));
    if (peek (reader) != '}' && peek (reader) != ',')
      expected (reader, "a comma or a closing brace");
    if (*reader->at++ == '}')
      return json;
  }
}

static bool
read_word (Reader *reader, const char *word)
{
  size_t n = strlen (word);

  if ((size_t) (reader->end - reader->at) < n || memcmp (reader->at, word, n))
    return false;
  reader->at += n;
  return true;
}

/* With the spaces around it. */
static EngineJson *
read_value (Reader *reader)
{
  EngineJson *json;

  if (++reader->nesting > MOST_NESTING)
    expected (reader, "less: it is nested too deeply");
  skip_space (reader);
  if (peek (reader) == '{')
    json = read_object (reader);
  else if (peek (reader) == '[')
    json = read_array (reader);
  else if (peek (reader) == '"')
    json = read_string (reader);
  else if (read_word (reader, "true"))
    json = engine_json_new (reader->build, ENGINE_JSON_TRUE);
  else if (read_word (reader, "false"))
    json = engine_json_new (reader->build, ENGINE_JSON_FALSE);
  else if (read_word (reader, "null"))
    json = engine_json_new (reader->build, ENGINE_JSON_NULL);
  else if (peek (reader) == '-' || (peek (reader) >= '0' && peek (reader) <= '9'))
    json = read_number (reader);
  else
    expected (reader, "a value");
  skip_space (reader);
  reader->nesting--;
  return json;
}

EngineJson *
engine_json_read (EngineBuild *build, const char *text, size_t n_bytes)
{
  Reader reader = { build, text, text, text + n_bytes, 0 };
  EngineJson *json = read_value (&reader);

  if (reader.at != reader.end)
    expected (&reader, "the end");
  return json;
}

/* ---- questions ---------------------------------------------------------------------------- */

EngineJson *
engine_json_member_n (const EngineJson *json, const char *key, size_t n)
{
  if (json && json->kind == ENGINE_JSON_OBJECT)
    for (size_t i = 0; i < json->n; i++)
      if (json->keys[i]->n == n && memcmp (json->keys[i]->text, key, n) == 0)
        return json->items[i];
  return NULL;
}

EngineJson *
engine_json_member (const EngineJson *json, const char *key)
{
  return engine_json_member_n (json, key, strlen (key));
}

bool
engine_json_is (const EngineJson *json, const char *text)
{
  return json && json->kind == ENGINE_JSON_STRING && json->n == strlen (text) && memcmp (json->text, text, json->n) == 0;
}

bool
engine_json_equal (const EngineJson *a, const EngineJson *b)
{
  if (a->kind != b->kind)
    return false;
  if (a->kind == ENGINE_JSON_NUMBER)
    return engine_decimal_compare (&a->number, &b->number) == 0;
  if (a->n != b->n)
    return false;
  if (a->kind == ENGINE_JSON_STRING)
    return memcmp (a->text, b->text, a->n) == 0;
  for (size_t i = 0; i < a->n && (a->kind == ENGINE_JSON_ARRAY || a->kind == ENGINE_JSON_OBJECT); i++) {
    const EngineJson *other = a->kind == ENGINE_JSON_ARRAY ? b->items[i] : engine_json_member_n (b, a->keys[i]->text, a->keys[i]->n);

    if (!other || !engine_json_equal (a->items[i], other))
      return false;
  }
  return true;
}

static void
write_number (EngineText *out, const EngineDecimal *number)
{
  if (number->n == 0) {
    engine_text_append (out, "0", 1);
    return;
  }
  if (number->negative)
    engine_text_append (out, "-", 1);
  if (number->point <= 0)
    engine_text_append (out, "0.", 2);
  for (int32_t i = number->point; i < 0; i++)
    engine_text_append (out, "0", 1);
  for (int32_t i = 0; i < ENGINE_MAX (number->n, number->point); i++) {
    if (i > 0 && i == number->point)
      engine_text_append (out, ".", 1);
    engine_text_append (out, i < number->n ? number->digits + i : "0", 1);
  }
}

void
engine_json_write (EngineText *out, const EngineJson *json)
{
  static const char *const words[] = { "null", "false", "true" };
  bool object = json->kind == ENGINE_JSON_OBJECT;

  switch (json->kind) {
  case ENGINE_JSON_NUMBER:
    write_number (out, &json->number);
    break;
  case ENGINE_JSON_STRING:
    engine_text_json (out, json->text, json->n);
    break;
  case ENGINE_JSON_ARRAY:
  case ENGINE_JSON_OBJECT:
    engine_text_append (out, object ? "{" : "[", 1);
    for (size_t i = 0; i < json->n; i++) {
      if (i)
        engine_text_append (out, ",", 1);
      if (object) {
        engine_text_json (out, json->keys[i]->text, json->keys[i]->n);
        engine_text_append (out, ":", 1);
      }
      engine_json_write (out, json->items[i]);
    }
    engine_text_append (out, object ? "}" : "]", 1);
    break;
  default:
    engine_text_append (out, words[json->kind], strlen (words[json->kind]));
  }
}

EngineJsonPath
engine_json_path (const EngineJson *json)
{
  EngineJsonPath path;
  char *at = path.text + sizeof path.text - 1;

  /* From behind, as far as there is room. */
  *at = '\0';
  for (; json->parent; json = json->parent) {
    char number[24];
    const char *name = number;
    size_t n;

    if (json->parent->keys) {
      name = json->parent->keys[json->number_in_parent]->text;
      n = json->parent->keys[json->number_in_parent]->n;
    } else {
      n = (size_t) snprintf (number, sizeof number, "%zu", json->number_in_parent);
    }
    if ((size_t) (at - path.text) < n + 6) {
      at -= 3;
      memcpy (at, "/..", 3);
      break;
    }
    at -= n;
    memcpy (at, name, n);
    *--at = '/';
  }
  *--at = '#';
  memmove (path.text, at, (size_t) (path.text + sizeof path.text - at));
  return path;
}

int
engine_decimal_compare (const EngineDecimal *a, const EngineDecimal *b)
{
  int sign = a->negative ? -1 : 1, order;

  if (a->n == 0 || b->n == 0)
    return a->n ? sign : b->n == 0 ? 0 : b->negative ? 1 : -1;
  if (a->negative != b->negative)
    return sign;
  if (a->point != b->point)
    return a->point < b->point ? -sign : sign;
  order = memcmp (a->digits, b->digits, (size_t) ENGINE_MIN (a->n, b->n));
  if (order == 0)
    order = a->n - b->n;
  return order == 0 ? 0 : order < 0 ? -sign : sign;
}

bool
engine_decimal_is_whole (const EngineDecimal *a)
{
  return a->n <= a->point || a->n == 0;
}

bool
engine_decimal_int (const EngineDecimal *a, int64_t least, int64_t most, int64_t *out)
{
  int64_t value = 0;

  if (!engine_decimal_is_whole (a) || a->point > 18)
    return false;
  for (int32_t i = 0; i < a->point; i++)
    value = 10 * value + (i < a->n ? a->digits[i] - '0' : 0);
  value = a->negative ? -value : value;
  if (value < least || value > most)
    return false;
  *out = value;
  return true;
}
