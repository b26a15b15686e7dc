/* SPDX-License-Identifier: MIT */
#include "chat/strings.h"

#include "tokenizer/unicode.h"

#include <stdio.h>
#include <string.h>

JinjaString
jinja_want_string (JinjaRun *run, JinjaValue value, const char *what)
{
  if (value.kind != JINJA_STRING)
    jinja_fail (run, "%s must be a string, not %s", what, jinja_kind_name (value));
  return value.as.string;
}

int64_t
jinja_option_int (JinjaRun *run, JinjaValue value, int64_t otherwise, const char *what)
{
  return value.kind == JINJA_ABSENT || value.kind == JINJA_NONE ? otherwise : jinja_integer (run, value, what);
}

bool
jinja_option_bool (JinjaRun *run, JinjaValue value, bool otherwise)
{
  return value.kind == JINJA_ABSENT ? otherwise : jinja_truth (run, value);
}

/* The character at byte `at`; a byte that is no UTF-8 counts as one. */
static int
read (JinjaString string, size_t at, uint32_t *character)
{
  int length = engine_utf8_read (string.bytes + at, string.n - at, character);

  if (length)
    return length;
  *character = ENGINE_UNICODE_REPLACEMENT;
  return 1;
}

static int
read_last (JinjaString string, uint32_t *character)
{
  size_t at = string.n - 1;

  while (at > 0 && string.n - at < 4 && (string.bytes[at] & 0xC0) == 0x80)
    at--;
  if ((size_t) read (string, at, character) == string.n - at)
    return (int) (string.n - at);
  *character = ENGINE_UNICODE_REPLACEMENT;
  return 1;
}

/* Python counts U+001C … U+001F as white space too. */
static bool
is_space (uint32_t character)
{
  return engine_unicode_is_space (character) || (character >= 0x1C && character <= 0x1F);
}

static bool
is_in (uint32_t character, const JinjaString *set)
{
  if (!set)
    return is_space (character);
  for (size_t i = 0; i < set->n;) {
    uint32_t other;

    i += read (*set, i, &other);
    if (other == character)
      return true;
  }
  return false;
}

JinjaString
jinja_strip (JinjaRun *run, JinjaString string, const JinjaString *set, bool left, bool right)
{
  uint32_t character;
  size_t before = string.n;

  while (left && string.n) {
    int length = read (string, 0, &character);

    if (!is_in (character, set))
      break;
    string.bytes += length;
    string.n -= length;
  }
  while (right && string.n) {
    int length = read_last (string, &character);

    if (!is_in (character, set))
      break;
    string.n -= length;
  }
  jinja_work (run, (before - string.n) * (set ? set->n + 1 : 1));
  return string;
}

bool
jinja_starts (JinjaString string, JinjaString prefix)
{
  return string.n >= prefix.n && !memcmp (string.bytes, prefix.bytes, prefix.n);
}

bool
jinja_ends (JinjaString string, JinjaString suffix)
{
  return string.n >= suffix.n && !memcmp (string.bytes + string.n - suffix.n, suffix.bytes, suffix.n);
}

size_t
jinja_find (JinjaString string, JinjaString part, size_t from)
{
  const char *found = from <= string.n ? memmem (string.bytes + from, string.n - from, part.bytes, part.n) : NULL;

  return found ? (size_t) (found - string.bytes) : string.n + 1;
}

size_t
jinja_find_last (JinjaRun *run, JinjaString string, JinjaString part)
{
  for (size_t i = part.n > string.n ? 0 : string.n - part.n + 1; i > 0; i--)
    if (!part.n || string.bytes[i - 1] == part.bytes[0]) {
      jinja_work (run, part.n);
      if (!memcmp (string.bytes + i - 1, part.bytes, part.n))
        return i - 1;
    }
  return string.n + 1;
}

/* An empty `old` stands before every character and at the end. */
static JinjaValue
replace_nothing (JinjaRun *run, JinjaString string, JinjaString new_, int64_t count)
{
  JinjaBuffer out = { 0 };
  size_t at = 0;

  for (;;) {
    uint32_t character;
    int length;

    if (count != 0) {
      jinja_append (run, &out, new_.bytes, new_.n);
      count--;
    }
    if (at >= string.n)
      return jinja_buffer_string (&out);
    length = read (string, at, &character);
    jinja_append (run, &out, string.bytes + at, length);
    at += length;
  }
}

JinjaValue
jinja_replace (JinjaRun *run, JinjaString string, JinjaString old, JinjaString new_, int64_t count)
{
  JinjaBuffer out = { 0 };
  size_t at = 0;

  jinja_work (run, string.n);
  if (!old.n)
    return replace_nothing (run, string, new_, count);
  for (; count != 0; count--) {
    size_t found = jinja_find (string, old, at);

    if (found > string.n)
      break;
    jinja_append (run, &out, string.bytes + at, found - at);
    jinja_append (run, &out, new_.bytes, new_.n);
    at = found + old.n;
  }
  if (!at)
    return (JinjaValue){ .kind = JINJA_STRING, .as.string = string };
  jinja_append (run, &out, string.bytes + at, string.n - at);
  return jinja_buffer_string (&out);
}

/* ---- splitting -------------------------------------------------------------------------- */

static void
push_part (JinjaRun *run, JinjaList *list, JinjaString string, size_t start, size_t end)
{
  jinja_push (run, list, jinja_string (string.bytes + start, end - start));
}

static void
split_spaces (JinjaRun *run, JinjaList *list, JinjaString string, int64_t most)
{
  for (;;) {
    size_t end = 0;
    uint32_t character;

    string = jinja_strip (run, string, NULL, true, false);
    if (!string.n)
      return;
    if (most-- == 0) {
      push_part (run, list, string, 0, string.n);
      return;
    }
    while (end < string.n) {
      int length = read (string, end, &character);

      if (is_space (character))
        break;
      end += length;
    }
    push_part (run, list, string, 0, end);
    string.bytes += end;
    string.n -= end;
  }
}

static void
split_spaces_right (JinjaRun *run, JinjaList *list, JinjaString string, int64_t most)
{
  for (;;) {
    JinjaString rest;
    uint32_t character;

    string = jinja_strip (run, string, NULL, false, true);
    if (!string.n)
      return;
    if (most-- == 0) {
      push_part (run, list, string, 0, string.n);
      return;
    }
    rest = string;
    while (rest.n) {
      int length = read_last (rest, &character);

      if (is_space (character))
        break;
      rest.n -= length;
    }
    push_part (run, list, string, rest.n, string.n);
    string = rest;
  }
}

static void
reverse (JinjaList *list)
{
  for (size_t i = 0; i < list->n / 2; i++) {
    JinjaValue other = list->items[i];

    list->items[i] = list->items[list->n - 1 - i];
    list->items[list->n - 1 - i] = other;
  }
}

JinjaValue
jinja_split (JinjaRun *run, JinjaString string, const JinjaString *separator, int64_t most, bool from_right)
{
  JinjaValue list = jinja_list (run, JINJA_LIST, 0);
  size_t at = 0, found;

  jinja_work (run, string.n);
  if (separator && !separator->n)
    jinja_fail (run, "a string cannot be split at an empty separator");
  if (!separator && from_right)
    split_spaces_right (run, list.as.list, string, most);
  else if (!separator)
    split_spaces (run, list.as.list, string, most);
  if (separator && from_right) {
    while (most-- != 0 && (found = jinja_find_last (run, string, *separator)) <= string.n) {
      push_part (run, list.as.list, string, found + separator->n, string.n);
      string.n = found;
    }
    push_part (run, list.as.list, string, 0, string.n);
  } else if (separator) {
    while (most-- != 0 && (found = jinja_find (string, *separator, at)) <= string.n) {
      push_part (run, list.as.list, string, at, found);
      at = found + separator->n;
    }
    push_part (run, list.as.list, string, at, string.n);
  }
  if (from_right)
    reverse (list.as.list);
  return list;
}

static bool
is_line_break (uint32_t c)
{
  return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

JinjaValue
jinja_split_lines (JinjaRun *run, JinjaString string, bool keep_ends)
{
  JinjaValue list = jinja_list (run, JINJA_LIST, 0);
  size_t start = 0, at = 0;

  while (at < string.n) {
    uint32_t character;
    size_t end = at;

    at += read (string, at, &character);
    if (!is_line_break (character))
      continue;
    if (character == '\r' && at < string.n && string.bytes[at] == '\n')
      at++;
    push_part (run, list.as.list, string, start, keep_ends ? at : end);
    start = at;
  }
  if (start < string.n)
    push_part (run, list.as.list, string, start, string.n);
  return list;
}

/* ---- case and width ---------------------------------------------------------------------- */

static bool
is_cased (uint32_t character)
{
  return engine_unicode_lower (character) != character || engine_unicode_upper (character) != character
         || (1u << engine_unicode_category (character)) & (ENGINE_UNICODE_BIT (LU) | ENGINE_UNICODE_BIT (LL) | ENGINE_UNICODE_BIT (LT));
}

JinjaValue
jinja_change_case (JinjaRun *run, JinjaString string, JinjaCase to)
{
  JinjaBuffer out = { 0 };
  bool inside = false; /* of a word */

  for (size_t i = 0; i < string.n;) {
    uint32_t character;
    int length = read (string, i, &character);
    bool upper = to == JINJA_UPPER || (to != JINJA_LOWER && !inside);
    char utf8[4];

    if (to == JINJA_TITLE)
      inside = is_cased (character);
    else if (to == JINJA_TITLE_BY_SPACE)
      inside = !is_space (character) && !(character < 0x80 && strchr ("-([{<", (int) character) && character);
    else
      inside = true;
    character = upper ? engine_unicode_upper (character) : engine_unicode_lower (character);
    jinja_append (run, &out, utf8, engine_utf8_write (character, utf8));
    i += length;
  }
  return jinja_buffer_string (&out);
}

JinjaValue
jinja_pad (JinjaRun *run, JinjaString string, int64_t width, JinjaString fill, int side)
{
  int64_t n = (int64_t) jinja_count_characters (string), missing = width - n, left;
  JinjaBuffer out = { 0 };

  if (missing <= 0)
    return (JinjaValue){ .kind = JINJA_STRING, .as.string = string };
  if (jinja_count_characters (fill) != 1)
    jinja_fail (run, "a string is filled up with exactly one character");
  if (missing > (int64_t) JINJA_MAX_OUTPUT)
    jinja_fail (run, "a string is to be %lld characters wide", (long long) width);
  /* Python puts the odd one on the left when the width is odd. */
  left = side < 0 ? 0 : side > 0 ? missing : missing / 2 + (missing & width & 1);
  for (int64_t i = 0; i < left; i++)
    jinja_append (run, &out, fill.bytes, fill.n);
  jinja_append (run, &out, string.bytes, string.n);
  for (int64_t i = left; i < missing; i++)
    jinja_append (run, &out, fill.bytes, fill.n);
  return jinja_buffer_string (&out);
}
