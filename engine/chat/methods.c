/* SPDX-License-Identifier: MIT */
/* The methods of strings, dictionaries, lists and loops. What changes a value in place is
 * not here, as in the sandbox of `transformers`. */
#include "chat/strings.h"

#include "tokenizer/unicode.h"

#include <string.h>

#define ITEM(i) (arguments->items[i])

static JinjaValue
as_string (JinjaString string)
{
  return (JinjaValue){ .kind = JINJA_STRING, .as.string = string };
}

/* ---- strings ---------------------------------------------------------------------------- */

static JinjaValue
strip (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments, bool left, bool right)
{
  bool all = ITEM (0).kind == JINJA_ABSENT || ITEM (0).kind == JINJA_NONE;
  JinjaString set = all ? (JinjaString){ 0 } : jinja_want_string (run, ITEM (0), "what is stripped");

  return as_string (jinja_strip (run, self.as.string, all ? NULL : &set, left, right));
}

static JinjaValue
string_strip (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return strip (run, self, arguments, true, true);
}

static JinjaValue
string_lstrip (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return strip (run, self, arguments, true, false);
}

static JinjaValue
string_rstrip (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return strip (run, self, arguments, false, true);
}

static JinjaValue
split (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments, bool from_right)
{
  bool spaces = ITEM (0).kind == JINJA_ABSENT || ITEM (0).kind == JINJA_NONE;
  JinjaString separator = spaces ? (JinjaString){ 0 } : jinja_want_string (run, ITEM (0), "a separator");

  return jinja_split (run, self.as.string, spaces ? NULL : &separator, jinja_option_int (run, ITEM (1), -1, "the number of splits"), from_right);
}

static JinjaValue
string_split (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return split (run, self, arguments, false);
}

static JinjaValue
string_rsplit (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return split (run, self, arguments, true);
}

static JinjaValue
string_splitlines (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_split_lines (run, self.as.string, jinja_option_bool (run, ITEM (0), false));
}

/* Any of a tuple will do. */
static bool
matches (JinjaRun *run, JinjaString string, JinjaValue what, bool (*match) (JinjaString, JinjaString))
{
  if (what.kind != JINJA_TUPLE)
    return match (string, jinja_want_string (run, what, "what a string is compared with"));
  for (size_t i = 0; i < what.as.list->n; i++)
    if (match (string, jinja_want_string (run, what.as.list->items[i], "what a string is compared with")))
      return true;
  return false;
}

static JinjaValue
string_startswith (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_bool (matches (run, self.as.string, ITEM (0), jinja_starts));
}

static JinjaValue
string_endswith (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_bool (matches (run, self.as.string, ITEM (0), jinja_ends));
}

static JinjaValue
string_removeprefix (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString string = self.as.string, prefix = jinja_want_string (run, ITEM (0), "a prefix");

  if (jinja_starts (string, prefix))
    string = (JinjaString){ string.bytes + prefix.n, string.n - prefix.n };
  return as_string (string);
}

static JinjaValue
string_removesuffix (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString string = self.as.string, suffix = jinja_want_string (run, ITEM (0), "a suffix");

  if (jinja_ends (string, suffix))
    string.n -= suffix.n;
  return as_string (string);
}

static JinjaValue
string_replace (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_replace (run, self.as.string, jinja_want_string (run, ITEM (0), "what is replaced"),
                        jinja_want_string (run, ITEM (1), "what it is replaced by"), jinja_option_int (run, ITEM (2), -1, "the number of replacements"));
}

static JinjaValue
string_lower (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, self.as.string, JINJA_LOWER);
}

static JinjaValue
string_upper (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, self.as.string, JINJA_UPPER);
}

static JinjaValue
string_title (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, self.as.string, JINJA_TITLE);
}

static JinjaValue
string_capitalize (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_change_case (run, self.as.string, JINJA_CAPITALISED);
}

static JinjaValue
pad (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments, int side)
{
  JinjaString fill = ITEM (1).kind == JINJA_ABSENT ? (JinjaString){ " ", 1 } : jinja_want_string (run, ITEM (1), "what a string is filled up with");

  return jinja_pad (run, self.as.string, jinja_integer (run, ITEM (0), "a width"), fill, side);
}

static JinjaValue
string_ljust (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return pad (run, self, arguments, -1);
}

static JinjaValue
string_center (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return pad (run, self, arguments, 0);
}

static JinjaValue
string_rjust (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return pad (run, self, arguments, 1);
}

/* Characters before the byte, -1 for nowhere. */
static JinjaValue
position (JinjaValue self, size_t found)
{
  if (found > self.as.string.n)
    return jinja_int (-1);
  return jinja_int ((int64_t) jinja_count_characters ((JinjaString){ self.as.string.bytes, found }));
}

static JinjaValue
string_find (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  jinja_work (run, self.as.string.n);
  return position (self, jinja_find (self.as.string, jinja_want_string (run, ITEM (0), "what is looked for"), 0));
}

static JinjaValue
string_rfind (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  jinja_work (run, self.as.string.n);
  return position (self, jinja_find_last (run, self.as.string, jinja_want_string (run, ITEM (0), "what is looked for")));
}

static JinjaValue
string_index (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue found = string_find (run, self, arguments);

  if (found.as.integer < 0)
    jinja_fail (run, "a string does not hold what is looked for");
  return found;
}

static JinjaValue
string_count (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString string = self.as.string, part = jinja_want_string (run, ITEM (0), "what is counted");
  int64_t n = 0;

  jinja_work (run, string.n);
  if (!part.n)
    return jinja_int ((int64_t) jinja_count_characters (string) + 1);
  for (size_t at = 0; (at = jinja_find (string, part, at)) <= string.n; at += part.n)
    n++;
  return jinja_int (n);
}

static JinjaValue
string_join (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList *items = jinja_items (run, ITEM (0));
  JinjaBuffer out = { 0 };

  for (size_t i = 0; i < items->n; i++) {
    JinjaString part = jinja_want_string (run, items->items[i], "what is joined");

    if (i)
      jinja_append (run, &out, self.as.string.bytes, self.as.string.n);
    jinja_append (run, &out, part.bytes, part.n);
  }
  return jinja_buffer_string (&out);
}

static JinjaValue
partition (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments, bool last)
{
  JinjaString string = self.as.string, separator = jinja_want_string (run, ITEM (0), "a separator");
  JinjaValue parts = jinja_list (run, JINJA_TUPLE, 3);
  size_t found;

  if (!separator.n)
    jinja_fail (run, "a string cannot be split at an empty separator");
  found = last ? jinja_find_last (run, string, separator) : jinja_find (string, separator, 0);
  if (found > string.n) {
    jinja_push (run, parts.as.list, last ? jinja_text ("") : self);
    jinja_push (run, parts.as.list, jinja_text (""));
    jinja_push (run, parts.as.list, last ? self : jinja_text (""));
    return parts;
  }
  jinja_push (run, parts.as.list, jinja_string (string.bytes, found));
  jinja_push (run, parts.as.list, ITEM (0));
  jinja_push (run, parts.as.list, jinja_string (string.bytes + found + separator.n, string.n - found - separator.n));
  return parts;
}

static JinjaValue
string_partition (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return partition (run, self, arguments, false);
}

static JinjaValue
string_rpartition (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return partition (run, self, arguments, true);
}

/* True when there are characters and all are in the categories. */
static JinjaValue
all_in (JinjaRun *run, JinjaValue self, uint32_t categories)
{
  JinjaString string = self.as.string;

  jinja_work (run, string.n);
  for (size_t i = 0; i < string.n;) {
    uint32_t character;
    int length = engine_utf8_read (string.bytes + i, string.n - i, &character);

    if (!length || !((1u << engine_unicode_category (character)) & categories))
      return jinja_bool (false);
    i += length;
  }
  return jinja_bool (string.n > 0);
}

static JinjaValue
string_isdigit (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return all_in (run, self, ENGINE_UNICODE_BIT (ND));
}

static JinjaValue
string_isalpha (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return all_in (run, self, ENGINE_UNICODE_LETTER);
}

static JinjaValue
string_isalnum (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return all_in (run, self, ENGINE_UNICODE_LETTER | ENGINE_UNICODE_NUMBER);
}

static JinjaValue
string_isspace (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_bool (self.as.string.n && !jinja_strip (run, self.as.string, NULL, true, false).n);
}

/* Some letters have case, and all that do are as `to` would make them. */
static JinjaValue
is_case (JinjaRun *run, JinjaValue self, JinjaCase to, JinjaCase other)
{
  return jinja_bool (jinja_equal (run, self, jinja_change_case (run, self.as.string, to))
                     && !jinja_equal (run, self, jinja_change_case (run, self.as.string, other)));
}

static JinjaValue
string_isupper (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return is_case (run, self, JINJA_UPPER, JINJA_LOWER);
}

static JinjaValue
string_islower (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return is_case (run, self, JINJA_LOWER, JINJA_UPPER);
}

/* "{}", "{0}" and "{name}", with attributes and items; no format after a colon. */
static JinjaValue
string_format (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString format = self.as.string;
  JinjaBuffer out = { 0 };
  size_t automatic = 0;

  for (size_t i = 0; i < format.n; i++) {
    char c = format.bytes[i];
    JinjaString field;
    JinjaValue value = { .kind = JINJA_ABSENT };
    size_t number = 0;
    bool digits = true;

    if ((c == '{' || c == '}') && i + 1 < format.n && format.bytes[i + 1] == c) {
      jinja_append (run, &out, &c, 1);
      i++;
      continue;
    }
    if (c == '}')
      jinja_fail (run, "a \"}\" stands alone in a format");
    if (c != '{') {
      jinja_append (run, &out, &c, 1);
      continue;
    }
    field.bytes = format.bytes + ++i;
    while (i < format.n && format.bytes[i] != '}')
      i++;
    if (i == format.n)
      jinja_fail (run, "a \"{\" stands alone in a format");
    field.n = (size_t) (format.bytes + i - field.bytes);
    for (size_t j = 0; j < field.n; j++) {
      digits &= field.bytes[j] >= '0' && field.bytes[j] <= '9' && j < 4;
      number = digits ? 10 * number + (size_t) (field.bytes[j] - '0') : 0;
    }
    if (!field.n)
      number = automatic++;
    if (digits && number < arguments->n)
      value = ITEM (number);
    for (size_t j = 0; !digits && j < arguments->n_named; j++)
      if (arguments->names[j].n == field.n && !memcmp (arguments->names[j].bytes, field.bytes, field.n))
        value = arguments->named[j];
    if (value.kind == JINJA_ABSENT)
      jinja_fail (run, "a format has no value for \"{%.*s}\"", (int) ENGINE_MIN (field.n, 80), field.bytes);
    jinja_print (run, &out, value);
  }
  return jinja_buffer_string (&out);
}

/* ---- dictionaries ------------------------------------------------------------------------- */

static JinjaValue
dict_get (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue *found = jinja_dict_get (run, self.as.dict, ITEM (0));

  return found ? *found : ITEM (1).kind == JINJA_ABSENT ? jinja_none () : ITEM (1);
}

static JinjaValue
dict_items (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue list = jinja_list (run, JINJA_LIST, self.as.dict->n);

  for (size_t i = 0; i < self.as.dict->n; i++) {
    JinjaValue pair = jinja_list (run, JINJA_TUPLE, 2);

    jinja_push (run, pair.as.list, self.as.dict->entries[i].key);
    jinja_push (run, pair.as.list, self.as.dict->entries[i].value);
    jinja_push (run, list.as.list, pair);
  }
  return list;
}

static JinjaValue
dict_keys (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return (JinjaValue){ .kind = JINJA_LIST, .as.list = jinja_items (run, self) };
}

static JinjaValue
dict_values (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue list = jinja_list (run, JINJA_LIST, self.as.dict->n);

  for (size_t i = 0; i < self.as.dict->n; i++)
    jinja_push (run, list.as.list, self.as.dict->entries[i].value);
  return list;
}

/* Nothing can change it; so a copy is the thing itself. */
static JinjaValue
copy (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return self;
}

/* ---- lists and loops ------------------------------------------------------------------------ */

static JinjaValue
list_index (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  for (size_t i = 0; i < self.as.list->n; i++)
    if (jinja_equal (run, self.as.list->items[i], ITEM (0)))
      return jinja_int ((int64_t) i);
  jinja_fail (run, "a list does not hold what is looked for");
}

static JinjaValue
list_count (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  int64_t n = 0;

  for (size_t i = 0; i < self.as.list->n; i++)
    n += jinja_equal (run, self.as.list->items[i], ITEM (0));
  return jinja_int (n);
}

static JinjaValue
loop_cycle (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  if (!arguments->n)
    jinja_fail (run, "loop.cycle needs something to choose from");
  return ITEM (self.as.loop->index % arguments->n);
}

static JinjaValue
loop_changed (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue now = jinja_list (run, JINJA_TUPLE, arguments->n);
  bool changed;

  for (size_t i = 0; i < arguments->n; i++)
    jinja_push (run, now.as.list, ITEM (i));
  changed = !jinja_equal (run, self.as.loop->changed, now);
  self.as.loop->changed = now;
  return jinja_bool (changed);
}

static const JinjaBuiltin string_methods[] = {
  { "capitalize", string_capitalize, "" }, { "center", string_center, "!width fillchar" },
  { "count", string_count, "!sub" }, { "endswith", string_endswith, "!suffix" },
  { "find", string_find, "!sub" }, { "format", string_format, NULL },
  { "index", string_index, "!sub" }, { "isalnum", string_isalnum, "" },
  { "isalpha", string_isalpha, "" }, { "isdigit", string_isdigit, "" },
  { "islower", string_islower, "" }, { "isspace", string_isspace, "" },
  { "isupper", string_isupper, "" }, { "join", string_join, "!iterable" },
  { "ljust", string_ljust, "!width fillchar" }, { "lower", string_lower, "" },
  { "lstrip", string_lstrip, "chars" }, { "partition", string_partition, "!sep" },
  { "removeprefix", string_removeprefix, "!prefix" }, { "removesuffix", string_removesuffix, "!suffix" },
  { "replace", string_replace, "!old !new count" }, { "rfind", string_rfind, "!sub" },
  { "rjust", string_rjust, "!width fillchar" }, { "rpartition", string_rpartition, "!sep" },
  { "rsplit", string_rsplit, "sep maxsplit" }, { "rstrip", string_rstrip, "chars" },
  { "split", string_split, "sep maxsplit" }, { "splitlines", string_splitlines, "keepends" },
  { "startswith", string_startswith, "!prefix" }, { "strip", string_strip, "chars" },
  { "title", string_title, "" }, { "upper", string_upper, "" },
};

static const JinjaBuiltin dict_methods[] = {
  { "copy", copy, "" }, { "get", dict_get, "!key default" }, { "items", dict_items, "" },
  { "keys", dict_keys, "" }, { "values", dict_values, "" },
};

static const JinjaBuiltin list_methods[] = {
  { "copy", copy, "" }, { "count", list_count, "!value" }, { "index", list_index, "!value" },
};

static const JinjaBuiltin loop_methods[] = {
  { "changed", loop_changed, NULL }, { "cycle", loop_cycle, NULL },
};

const JinjaBuiltin *
jinja_find_method (JinjaValue self, JinjaString name)
{
  switch (self.kind) {
  case JINJA_STRING:
    return jinja_find_in (string_methods, ENGINE_LENGTH (string_methods), name);
  case JINJA_DICT:
    return jinja_find_in (dict_methods, ENGINE_LENGTH (dict_methods), name);
  case JINJA_LIST:
  case JINJA_TUPLE:
    return jinja_find_in (list_methods, ENGINE_LENGTH (list_methods), name);
  case JINJA_LOOP:
    return jinja_find_in (loop_methods, ENGINE_LENGTH (loop_methods), name);
  default:
    return NULL;
  }
}
