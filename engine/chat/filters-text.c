/* SPDX-License-Identifier: MIT */
#include "chat/filters.h"

#include <stdio.h>
#include <string.h>

#define ITEM(i) (arguments->items[i])

static JinjaValue
as_string (JinjaString string)
{
  return (JinjaValue){ .kind = JINJA_STRING, .as.string = string };
}

JinjaValue
jinja_filter_capitalize (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, jinja_to_string (run, self), JINJA_CAPITALISED);
}

JinjaValue
jinja_filter_lower (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, jinja_to_string (run, self), JINJA_LOWER);
}

JinjaValue
jinja_filter_upper (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, jinja_to_string (run, self), JINJA_UPPER);
}

JinjaValue
jinja_filter_title (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, jinja_to_string (run, self), JINJA_TITLE_BY_SPACE);
}

JinjaValue
jinja_filter_center (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_pad (run, jinja_to_string (run, self), jinja_option_int (run, ITEM (0), 80, "a width"), (JinjaString){ " ", 1 }, 0);
}

JinjaValue
jinja_filter_trim (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  bool spaces = ITEM (0).kind == JINJA_ABSENT || ITEM (0).kind == JINJA_NONE;
  JinjaString set = spaces ? (JinjaString){ 0 } : jinja_want_string (run, ITEM (0), "what is trimmed");

  return as_string (jinja_strip (run, jinja_to_string (run, self), spaces ? NULL : &set, true, true));
}

JinjaValue
jinja_filter_replace (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_replace (run, jinja_to_string (run, self), jinja_to_string (run, ITEM (0)), jinja_to_string (run, ITEM (1)),
                        jinja_option_int (run, ITEM (2), -1, "the number of replacements"));
}

JinjaValue
jinja_filter_escape (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return self.markup ? self : jinja_escape (run, self);
}

JinjaValue
jinja_filter_forceescape (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_escape (run, self);
}

JinjaValue
jinja_escape (JinjaRun *run, JinjaValue self)
{
  static const char *const entities[] = { ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\''] = "&#39;", ['"'] = "&#34;" };
  JinjaString string = jinja_to_string (run, self);
  JinjaBuffer out = { 0 };
  size_t start = 0;

  for (size_t i = 0; i < string.n; i++) {
    unsigned char c = (unsigned char) string.bytes[i];

    if (c >= ENGINE_LENGTH (entities) || !entities[c])
      continue;
    jinja_append (run, &out, string.bytes + start, i - start);
    jinja_append_text (run, &out, entities[c]);
    start = i + 1;
  }
  jinja_append (run, &out, string.bytes + start, string.n - start);
  self = jinja_buffer_string (&out);
  self.markup = true;
  return self;
}

/* Without what stands in <…>, and with single spaces. */
JinjaValue
jinja_filter_striptags (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString string = jinja_to_string (run, self), space = { " ", 1 };
  JinjaBuffer out = { 0 };
  JinjaArguments words = { 0 };

  for (size_t i = 0; i < string.n; i++) {
    const char *end = string.bytes[i] == '<' ? memchr (string.bytes + i, '>', string.n - i) : NULL;

    jinja_work (run, end ? (size_t) (end - string.bytes) - i : 0);
    if (end)
      i = (size_t) (end - string.bytes);
    else
      jinja_append (run, &out, string.bytes + i, 1);
  }
  words.items = (JinjaValue[2]){ as_string (space), { .kind = JINJA_ABSENT } };
  words.n = 2;
  return jinja_filter_join (run, jinja_split (run, jinja_buffer_string (&out).as.string, NULL, -1, false), &words);
}

JinjaValue
jinja_filter_indent (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  bool first = jinja_option_bool (run, ITEM (1), false), blank = jinja_option_bool (run, ITEM (2), false);
  JinjaValue width = ITEM (0).kind == JINJA_ABSENT ? jinja_int (4) : ITEM (0);
  JinjaValue indent = width.kind == JINJA_STRING ? width : jinja_binary (run, JINJA_MUL, jinja_text (" "), width);
  JinjaList *lines = jinja_split_lines (run, jinja_to_string (run, self), false).as.list;
  JinjaString string = jinja_to_string (run, self);
  JinjaBuffer out = { 0 };

  /* As Jinja does it, a line break is added before the lines are taken apart. */
  if (!string.n || jinja_ends (string, (JinjaString){ "\n", 1 }))
    jinja_push (run, lines, jinja_text (""));
  for (size_t i = 0; i < lines->n; i++) {
    JinjaString line = lines->items[i].as.string;

    if (i)
      jinja_append (run, &out, "\n", 1);
    if (i ? blank || line.n : first)
      jinja_append (run, &out, indent.as.string.bytes, indent.as.string.n);
    jinja_append (run, &out, line.bytes, line.n);
  }
  return jinja_buffer_string (&out);
}

JinjaValue
jinja_filter_truncate (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  int64_t length = jinja_option_int (run, ITEM (0), 255, "the length"), leeway = jinja_option_int (run, ITEM (3), 5, "the leeway");
  bool kill_words = jinja_option_bool (run, ITEM (1), false);
  JinjaString end = ITEM (2).kind == JINJA_ABSENT ? (JinjaString){ "...", 3 } : jinja_to_string (run, ITEM (2));
  JinjaString string = jinja_to_string (run, self), space = { " ", 1 };
  int64_t n = (int64_t) jinja_count_characters (string), n_end = (int64_t) jinja_count_characters (end);
  size_t last;

  if (length < n_end || leeway < 0)
    jinja_fail (run, "a string cannot be cut to %lld characters", (long long) length);
  if (n - leeway <= length)
    return as_string (string);
  string = jinja_substring (string, 0, (size_t) (length - n_end));
  last = jinja_find_last (run, string, space);
  if (!kill_words && last <= string.n)
    string.n = last;
  return jinja_binary (run, JINJA_ADD, as_string (string), as_string (end));
}

JinjaValue
jinja_filter_wordcount (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_int ((int64_t) jinja_split (run, jinja_to_string (run, self), NULL, -1, false).as.list->n);
}

JinjaValue
jinja_filter_urlencode (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~/";
  JinjaString string = jinja_to_string (run, self);
  JinjaBuffer out = { 0 };
  char text[4];

  for (size_t i = 0; i < string.n; i++) {
    if (string.bytes[i] && strchr (plain, string.bytes[i])) {
      jinja_append (run, &out, string.bytes + i, 1);
    } else {
      snprintf (text, sizeof text, "%%%02X", (unsigned char) string.bytes[i]);
      jinja_append (run, &out, text, 3);
    }
  }
  return jinja_buffer_string (&out);
}

/* With the arguments of json.dumps (), as `transformers` gives them. */
JinjaValue
jinja_filter_tojson (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaJsonStyle style = { .ascii = jinja_option_bool (run, ITEM (0), false), .sort_keys = jinja_option_bool (run, ITEM (3), false) };
  JinjaValue indent = ITEM (1);
  JinjaBuffer out = { 0 };

  style.lines = indent.kind != JINJA_ABSENT && indent.kind != JINJA_NONE;
  style.item = style.lines ? (JinjaString){ ",", 1 } : (JinjaString){ ", ", 2 };
  style.key = (JinjaString){ ": ", 2 };
  if (style.lines)
    style.indent = indent.kind == JINJA_STRING ? indent.as.string : jinja_binary (run, JINJA_MUL, jinja_text (" "), indent).as.string;
  if (ITEM (2).kind == JINJA_TUPLE || ITEM (2).kind == JINJA_LIST) {
    if (ITEM (2).as.list->n != 2)
      jinja_fail (run, "\"tojson\" needs two separators");
    style.item = jinja_want_string (run, ITEM (2).as.list->items[0], "a separator");
    style.key = jinja_want_string (run, ITEM (2).as.list->items[1], "a separator");
  }
  jinja_write_json (run, &out, self, &style);
  return jinja_buffer_string (&out);
}

/* ---- Python's % ------------------------------------------------------------------------------- */

/* The formats are made of checked letters here, which the compiler cannot see. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* One "%…": `at` stands after the "%"; returns what follows. */
static size_t
format_one (JinjaRun *run, JinjaBuffer *out, JinjaString format, size_t at, const JinjaList *values, size_t *used)
{
  char spec[32] = "%", text[400];
  size_t n = 1;
  JinjaValue value;
  JinjaString string;
  int64_t width = 0;
  char letter;

  while (at < format.n && n < 20 && format.bytes[at] && strchr ("-+ #0123456789.", format.bytes[at]))
    spec[n++] = format.bytes[at++];
  letter = at < format.n ? format.bytes[at++] : 0;
  if (letter == '%') {
    jinja_append (run, out, "%", 1);
    return at;
  }
  if (*used >= values->n)
    jinja_fail (run, "a format has more places than values");
  value = values->items[(*used)++];
  if (strlen (spec) > 6)
    jinja_fail (run, "a format has too many digits");
  if (letter == 'd' || letter == 'i' || letter == 'x' || letter == 'X' || letter == 'o') {
    int64_t number = value.kind == JINJA_FLOAT ? (int64_t) ENGINE_MAX (ENGINE_MIN (value.as.number, 0x1p62), -0x1p62) : jinja_integer (run, value, "what %d formats");

    snprintf (spec + n, sizeof spec - n, "ll%c", letter);
    snprintf (text, sizeof text, spec, (long long) number);
    jinja_append_text (run, out, text);
  } else if (letter && strchr ("feEgG", letter)) {
    snprintf (spec + n, sizeof spec - n, "%c", letter);
    snprintf (text, sizeof text, spec, jinja_number (run, value, "what %f formats"));
    jinja_append_text (run, out, text);
  } else if (letter == 's' || letter == 'r') {
    JinjaBuffer quoted = { 0 };

    if (letter == 'r')
      jinja_print_quoted (run, &quoted, value);
    string = letter == 'r' ? jinja_buffer_string (&quoted).as.string : jinja_to_string (run, value);
    width = atoi (spec + 1 + (spec[1] == '-'));
    string = jinja_pad (run, string, width, (JinjaString){ " ", 1 }, spec[1] == '-' ? -1 : 1).as.string;
    jinja_append (run, out, string.bytes, string.n);
  } else {
    jinja_fail (run, "a format has an unknown letter after \"%%\"");
  }
  return at;
}

#pragma GCC diagnostic pop

JinjaValue
jinja_percent (JinjaRun *run, JinjaString format, const JinjaList *values)
{
  JinjaBuffer out = { 0 };
  size_t used = 0;

  for (size_t i = 0; i < format.n;) {
    if (format.bytes[i] == '%') {
      i = format_one (run, &out, format, i + 1, values, &used);
    } else {
      jinja_append (run, &out, format.bytes + i, 1);
      i++;
    }
  }
  if (used < values->n)
    jinja_fail (run, "a format has fewer places than values");
  return jinja_buffer_string (&out);
}

JinjaValue
jinja_filter_format (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList values = { arguments->items, arguments->n, arguments->n };

  return jinja_percent (run, jinja_to_string (run, self), &values);
}
