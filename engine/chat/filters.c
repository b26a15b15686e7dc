/* SPDX-License-Identifier: MIT */
/* The table of filters, and the filters that are neither about lists nor about text. */
#include "chat/filters.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ITEM(i) (arguments->items[i])

static JinjaValue
filter_abs (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  if (self.kind == JINJA_FLOAT)
    return jinja_float (fabs (self.as.number));
  return jinja_integer (run, self, "what abs is applied to") < 0 ? jinja_binary (run, JINJA_SUB, jinja_int (0), self) : self;
}

static JinjaValue
filter_attr (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue value = jinja_get_attribute (run, self, jinja_want_string (run, ITEM (0), "an attribute"));

  /* Only real attributes count here, not the keys of a dictionary. */
  return self.kind == JINJA_DICT && value.kind != JINJA_METHOD ? jinja_undefined (ITEM (0).as.string) : value;
}

static JinjaValue
filter_default (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  bool falsy_too = jinja_option_bool (run, ITEM (1), false);

  if (self.kind == JINJA_UNDEFINED || (falsy_too && !jinja_truth (run, self)))
    return ITEM (0).kind == JINJA_ABSENT ? jinja_text ("") : ITEM (0);
  return self;
}

/* The digits of a string ("0x" before them when they are hexadecimal), which may have white space around them and "_" between them. */
static bool
read_number (JinjaRun *run, JinjaValue value, bool hexadecimal, char *text, size_t size)
{
  JinjaString string = jinja_strip (run, value.as.string, NULL, true, true);
  size_t n = 0;

  for (size_t i = 0; i < string.n; i++)
    if (string.bytes[i] != '_') {
      if (n + 1 >= size || !string.bytes[i] || (!hexadecimal && (string.bytes[i] | 32) == 'x'))
        return false;
      text[n++] = string.bytes[i];
    }
  text[n] = '\0';
  return n > 0;
}

static JinjaValue
filter_float (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  char text[400], *end;
  double number;

  if (jinja_is_number (self))
    return jinja_float (jinja_number (run, self, "a number"));
  if (self.kind == JINJA_STRING && read_number (run, self, false, text, sizeof text)) {
    number = strtod (text, &end);
    if (!*end)
      return jinja_float (number);
  }
  return ITEM (0).kind == JINJA_ABSENT ? jinja_float (0) : ITEM (0);
}

static JinjaValue
filter_int (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  int64_t base = jinja_option_int (run, ITEM (1), 10, "the base");
  char text[400], *end;
  long long integer;
  double number = NAN;

  if (self.kind == JINJA_INT || self.kind == JINJA_BOOL)
    return jinja_int (jinja_integer (run, self, "a number"));
  if (base < 2 || base > 36)
    jinja_fail (run, "the base of a number must be 2 to 36");
  if (self.kind == JINJA_FLOAT)
    number = self.as.number;
  if (self.kind == JINJA_STRING && read_number (run, self, base == 16, text, sizeof text)) {
    errno = 0;
    integer = strtoll (text, &end, (int) base);
    if (!*end && !errno)
      return jinja_int (integer);
    number = strtod (text, &end);
    if (*end)
      number = NAN;
  }
  if (fabs (number) < 0x1p63)
    return jinja_int ((int64_t) number);
  return ITEM (0).kind == JINJA_ABSENT ? jinja_int (0) : ITEM (0);
}

static JinjaValue
filter_items (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  if (self.kind == JINJA_UNDEFINED)
    return jinja_generator (jinja_list (run, JINJA_LIST, 0));
  if (self.kind != JINJA_DICT)
    jinja_fail (run, "\"items\" needs a dictionary, not %s", jinja_kind_name (self));
  return jinja_generator (jinja_call_builtin (run, jinja_find_method (self, (JinjaString){ "items", 5 }), self, arguments));
}

static JinjaValue
filter_length (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return jinja_int ((int64_t) jinja_length (run, self));
}

static JinjaValue
filter_round (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  int64_t precision = jinja_option_int (run, ITEM (0), 0, "the precision");
  double factor = pow (10, (double) ENGINE_MAX (ENGINE_MIN (precision, 300), -300));
  double number = jinja_number (run, self, "what is rounded");

  if (ITEM (1).kind == JINJA_ABSENT || jinja_is (ITEM (1), "common"))
    return jinja_float (rint (number * factor) / factor);
  if (jinja_is (ITEM (1), "ceil"))
    return jinja_float (ceil (number * factor) / factor);
  if (jinja_is (ITEM (1), "floor"))
    return jinja_float (floor (number * factor) / factor);
  jinja_fail (run, "a number is rounded \"common\", \"ceil\" or \"floor\"");
}

static JinjaValue
filter_string (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return (JinjaValue){ .kind = JINJA_STRING, .markup = self.markup, .as.string = jinja_to_string (run, self) };
}

static JinjaValue
filter_safe (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return (JinjaValue){ .kind = JINJA_STRING, .markup = true, .as.string = jinja_to_string (run, self) };
}

static const JinjaBuiltin filters[] = {
  { "abs", filter_abs, "" },
  { "attr", filter_attr, "!name" },
  { "batch", jinja_filter_batch, "!linecount fill_with" },
  { "capitalize", jinja_filter_capitalize, "" },
  { "center", jinja_filter_center, "width" },
  { "count", filter_length, "" },
  { "d", filter_default, "default_value boolean" },
  { "default", filter_default, "default_value boolean" },
  { "dictsort", jinja_filter_dictsort, "case_sensitive by reverse" },
  { "e", jinja_filter_escape, "" },
  { "escape", jinja_filter_escape, "" },
  { "first", jinja_filter_first, "" },
  { "float", filter_float, "default" },
  { "forceescape", jinja_filter_forceescape, "" },
  { "format", jinja_filter_format, NULL },
  { "groupby", jinja_filter_groupby, "!attribute default case_sensitive" },
  { "indent", jinja_filter_indent, "width first blank" },
  { "int", filter_int, "default base" },
  { "items", filter_items, "" },
  { "join", jinja_filter_join, "d attribute" },
  { "last", jinja_filter_last, "" },
  { "length", filter_length, "" },
  { "list", jinja_filter_list, "" },
  { "lower", jinja_filter_lower, "" },
  { "map", jinja_filter_map, NULL },
  { "max", jinja_filter_max, "case_sensitive attribute" },
  { "min", jinja_filter_min, "case_sensitive attribute" },
  { "reject", jinja_filter_reject, NULL },
  { "rejectattr", jinja_filter_rejectattr, NULL },
  { "replace", jinja_filter_replace, "!old !new count" },
  { "reverse", jinja_filter_reverse, "" },
  { "round", filter_round, "precision method" },
  { "safe", filter_safe, "" },
  { "select", jinja_filter_select, NULL },
  { "selectattr", jinja_filter_selectattr, NULL },
  { "slice", jinja_filter_slice, "!slices fill_with" },
  { "sort", jinja_filter_sort, "reverse case_sensitive attribute" },
  { "string", filter_string, "" },
  { "striptags", jinja_filter_striptags, "" },
  { "sum", jinja_filter_sum, "attribute start" },
  { "title", jinja_filter_title, "" },
  { "tojson", jinja_filter_tojson, "ensure_ascii indent separators sort_keys" },
  { "trim", jinja_filter_trim, "chars" },
  { "truncate", jinja_filter_truncate, "length killwords end leeway" },
  { "unique", jinja_filter_unique, "case_sensitive attribute" },
  { "upper", jinja_filter_upper, "" },
  { "urlencode", jinja_filter_urlencode, "" },
  { "wordcount", jinja_filter_wordcount, "" },
};

const JinjaBuiltin *
jinja_find_in (const JinjaBuiltin *table, size_t n, JinjaString name)
{
  for (size_t i = 0; i < n; i++)
    if (strlen (table[i].name) == name.n && !memcmp (table[i].name, name.bytes, name.n))
      return &table[i];
  return NULL;
}

const JinjaBuiltin *
jinja_find_filter (JinjaString name)
{
  return jinja_find_in (filters, ENGINE_LENGTH (filters), name);
}
