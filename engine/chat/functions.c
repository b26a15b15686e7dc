/* SPDX-License-Identifier: MIT */
/* The functions that every template can call. */
#include "chat/strings.h"
#include "chat/template.h"

#include <string.h>
#include <time.h>

#define ITEM(i) (arguments->items[i])

static JinjaValue
function_range (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  bool one = ITEM (1).kind == JINJA_ABSENT;
  int64_t start = one ? 0 : jinja_integer (run, ITEM (0), "the start of a range");
  int64_t stop = jinja_integer (run, ITEM (one ? 0 : 1), "the end of a range");
  int64_t step = jinja_option_int (run, ITEM (2), 1, "the step of a range");
  JinjaValue list = jinja_list (run, JINJA_LIST, 0);

  if (!step)
    jinja_fail (run, "the step of a range is zero");
  for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
    if (list.as.list->n >= JINJA_MAX_RANGE)
      jinja_fail (run, "a range has more than %d numbers", JINJA_MAX_RANGE);
    jinja_push (run, list.as.list, jinja_int (i));
    if (__builtin_add_overflow (i, step, &i))
      break;
  }
  return list;
}

/* A dictionary or a list of pairs, and the named arguments. */
static JinjaValue
make_dict (JinjaRun *run, const JinjaArguments *arguments)
{
  JinjaValue dict = jinja_dict (run);

  if (arguments->n > 1)
    jinja_fail (run, "a dictionary is made from one value");
  if (arguments->n && ITEM (0).kind == JINJA_DICT) {
    for (size_t i = 0; i < ITEM (0).as.dict->n; i++)
      jinja_dict_set (run, dict.as.dict, ITEM (0).as.dict->entries[i].key, ITEM (0).as.dict->entries[i].value);
  } else if (arguments->n) {
    JinjaList *pairs = jinja_items (run, ITEM (0));

    for (size_t i = 0; i < pairs->n; i++) {
      JinjaList *pair = jinja_items (run, pairs->items[i]);

      if (pair->n != 2)
        jinja_fail (run, "a dictionary is made from pairs");
      jinja_dict_set (run, dict.as.dict, pair->items[0], pair->items[1]);
    }
  }
  for (size_t i = 0; i < arguments->n_named; i++)
    jinja_dict_set (run, dict.as.dict, (JinjaValue){ .kind = JINJA_STRING, .as.string = arguments->names[i] }, arguments->named[i]);
  return dict;
}

static JinjaValue
function_dict (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return make_dict (run, arguments);
}

static JinjaValue
function_namespace (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue namespace = make_dict (run, arguments);

  namespace.kind = JINJA_NAMESPACE;
  return namespace;
}

static JinjaValue
function_raise_exception (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString message = jinja_to_string (run, ITEM (0));

  /* The sentence around it brings the full stop. */
  if (message.n && message.bytes[message.n - 1] == '.')
    message.n--;
  jinja_fail (run, "%.*s", (int) ENGINE_MIN (message.n, 380), message.bytes);
}

/* A format that is not the program's own; it cannot write more than the buffer holds. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t
write_date (char *text, size_t size, const char *format, const struct tm *parts)
{
  return strftime (text, size, format, parts);
}
#pragma GCC diagnostic pop

static _Atomic int64_t fixed_now = -1;

void
engine_template_set_clock (int64_t seconds)
{
  fixed_now = seconds;
}

static JinjaValue
function_strftime_now (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaString format = jinja_want_string (run, ITEM (0), "the format of a date");
  char zero_ended[256], text[1024];
  time_t now = fixed_now < 0 ? time (NULL) : (time_t) fixed_now;
  struct tm parts;
  JinjaBuffer out = { 0 };

  if (format.n >= sizeof zero_ended || memchr (format.bytes, '\0', format.n) || !localtime_r (&now, &parts))
    jinja_fail (run, "the date cannot be written in this format");
  memcpy (zero_ended, format.bytes, format.n);
  zero_ended[format.n] = '\0';
  jinja_append (run, &out, text, write_date (text, sizeof text, zero_ended, &parts));
  return jinja_buffer_string (&out);
}

static const JinjaBuiltin functions[] = {
  { "dict", function_dict, NULL },
  { "namespace", function_namespace, NULL },
  { "raise_exception", function_raise_exception, "!message" },
  { "range", function_range, "!start stop step" },
  { "strftime_now", function_strftime_now, "!format" },
};

const JinjaBuiltin *
jinja_find_function (JinjaString name)
{
  return jinja_find_in (functions, ENGINE_LENGTH (functions), name);
}
