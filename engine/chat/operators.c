/* SPDX-License-Identifier: MIT */
/* Arithmetic, comparison and subscripts, with Python's meaning. */
#include "chat/jinja.h"

#include <math.h>
#include <string.h>

/* ---- arithmetic ------------------------------------------------------------------------ */

static _Noreturn void
too_large (JinjaRun *run)
{
  jinja_fail (run, "a number becomes too large");
}

static int64_t
floor_divide (JinjaRun *run, int64_t a, int64_t b)
{
  if (!b)
    jinja_fail (run, "a number is divided by zero");
  if (a == INT64_MIN && b == -1)
    too_large (run);
  return a / b - (a % b && (a % b < 0) != (b < 0));
}

static int64_t
power (JinjaRun *run, int64_t base, int64_t exponent)
{
  int64_t result = 1;

  /* Only -1, 0 and 1 have more than 63 factors that fit. */
  if (exponent > 63 && (base > 1 || base < -1))
    too_large (run);
  if (exponent > 63)
    exponent = 62 + exponent % 2;
  for (; exponent > 0; exponent--)
    if (__builtin_mul_overflow (result, base, &result))
      too_large (run);
  return result;
}

static JinjaValue
on_integers (JinjaRun *run, JinjaOperation operation, int64_t a, int64_t b)
{
  int64_t result;

  switch (operation) {
  case JINJA_ADD:
    if (__builtin_add_overflow (a, b, &result))
      too_large (run);
    return jinja_int (result);
  case JINJA_SUB:
    if (__builtin_sub_overflow (a, b, &result))
      too_large (run);
    return jinja_int (result);
  case JINJA_MUL:
    if (__builtin_mul_overflow (a, b, &result))
      too_large (run);
    return jinja_int (result);
  case JINJA_DIV:
    if (!b)
      jinja_fail (run, "a number is divided by zero");
    return jinja_float ((double) a / (double) b);
  case JINJA_FLOOR_DIV:
    return jinja_int (floor_divide (run, a, b));
  case JINJA_MOD:
    if (b == -1)
      return jinja_int (0);
    return jinja_int (a - floor_divide (run, a, b) * b);
  default:
    return b < 0 ? jinja_float (pow ((double) a, (double) b)) : jinja_int (power (run, a, b));
  }
}

static JinjaValue
on_floats (JinjaRun *run, JinjaOperation operation, double a, double b)
{
  double rest;

  switch (operation) {
  case JINJA_ADD:
    return jinja_float (a + b);
  case JINJA_SUB:
    return jinja_float (a - b);
  case JINJA_MUL:
    return jinja_float (a * b);
  case JINJA_POW:
    return jinja_float (pow (a, b));
  default:
    break;
  }
  if (b == 0)
    jinja_fail (run, "a number is divided by zero");
  if (operation == JINJA_DIV)
    return jinja_float (a / b);
  rest = fmod (a, b);
  if (rest != 0 && (rest < 0) != (b < 0))
    rest += b;
  return jinja_float (operation == JINJA_MOD ? rest : floor ((a - rest) / b + 0.5));
}

static JinjaValue
join_lists (JinjaRun *run, JinjaKind kind, const JinjaList *a, const JinjaList *b)
{
  JinjaValue joined = jinja_list (run, kind, a->n + b->n);

  for (size_t i = 0; i < a->n; i++)
    jinja_push (run, joined.as.list, a->items[i]);
  for (size_t i = 0; i < b->n; i++)
    jinja_push (run, joined.as.list, b->items[i]);
  return joined;
}

static JinjaValue
join_strings (JinjaRun *run, JinjaString a, JinjaString b)
{
  char *bytes;

  if (!a.n || !b.n)
    return (JinjaValue){ .kind = JINJA_STRING, .as.string = a.n ? a : b };
  bytes = jinja_alloc (run, a.n + b.n, 1);
  memcpy (bytes, a.bytes, a.n);
  memcpy (bytes + a.n, b.bytes, b.n);
  jinja_work (run, a.n + b.n);
  return jinja_string (bytes, a.n + b.n);
}

/* A string or list as often as the number says. */
static JinjaValue
repeat (JinjaRun *run, JinjaValue value, int64_t times)
{
  JinjaBuffer out = { 0 };
  JinjaValue list;

  times = ENGINE_MAX (times, 0);
  if (value.kind == JINJA_STRING) {
    size_t total;

    if (!value.as.string.n)
      return value;
    if (!engine_mul (value.as.string.n, (size_t) times, &total) || total > JINJA_MAX_MEMORY)
      jinja_fail (run, "a string is repeated %lld times", (long long) times);
    for (int64_t i = 0; i < times; i++)
      jinja_append (run, &out, value.as.string.bytes, value.as.string.n);
    return jinja_buffer_string (&out);
  }
  list = jinja_list (run, value.kind, 0);
  for (int64_t i = 0; value.as.list->n && i < times; i++)
    for (size_t j = 0; j < value.as.list->n; j++)
      jinja_push (run, list.as.list, value.as.list->items[j]);
  return list;
}

static bool
is_sequence (JinjaValue value)
{
  return value.kind == JINJA_STRING || value.kind == JINJA_LIST || value.kind == JINJA_TUPLE;
}

static bool
is_integer (JinjaValue value)
{
  return value.kind == JINJA_INT || value.kind == JINJA_BOOL;
}

static JinjaValue
add_strings (JinjaRun *run, JinjaValue a, JinjaValue b)
{
  JinjaValue sum = join_strings (run, a.as.string, b.as.string);

  sum.markup = a.markup;
  return sum;
}

JinjaValue
jinja_binary (JinjaRun *run, int operation, JinjaValue a, JinjaValue b)
{
  static const char *const names[] = { "added", "subtracted", "multiplied", "divided", "divided", "divided", "raised to a power" };

  if (is_integer (a) && is_integer (b))
    return on_integers (run, (JinjaOperation) operation, jinja_integer (run, a, "a number"), jinja_integer (run, b, "a number"));
  if (jinja_is_number (a) && jinja_is_number (b))
    return on_floats (run, (JinjaOperation) operation, jinja_number (run, a, "a number"), jinja_number (run, b, "a number"));
  if (operation == JINJA_ADD && a.kind == JINJA_STRING && b.kind == JINJA_STRING)
    return a.markup == b.markup ? add_strings (run, a, b) : add_strings (run, a.markup ? a : jinja_escape (run, a), b.markup ? b : jinja_escape (run, b));
  if (operation == JINJA_ADD && a.kind == b.kind && (a.kind == JINJA_LIST || a.kind == JINJA_TUPLE))
    return join_lists (run, a.kind, a.as.list, b.as.list);
  if (operation == JINJA_MUL && is_sequence (a) && is_integer (b))
    return repeat (run, a, jinja_integer (run, b, "a number"));
  if (operation == JINJA_MUL && is_integer (a) && is_sequence (b))
    return repeat (run, b, jinja_integer (run, a, "a number"));
  if (operation == JINJA_MOD && a.kind == JINJA_STRING) {
    JinjaList single = { &b, 1, 1 };

    return jinja_percent (run, a.as.string, b.kind == JINJA_TUPLE ? b.as.list : &single);
  }
  if (a.kind == JINJA_UNDEFINED || b.kind == JINJA_UNDEFINED) {
    JinjaString name = a.kind == JINJA_UNDEFINED ? a.as.string : b.as.string;

    jinja_fail (run, "\"%.*s\" is undefined", (int) ENGINE_MIN (name.n, 80), name.bytes);
  }
  jinja_fail (run, "%s and %s cannot be %s", jinja_kind_name (a), jinja_kind_name (b), names[operation]);
}

bool
jinja_contains (JinjaRun *run, JinjaValue container, JinjaValue value)
{
  if (container.kind == JINJA_STRING) {
    if (value.kind != JINJA_STRING)
      jinja_fail (run, "\"in\" a string needs a string, not %s", jinja_kind_name (value));
    jinja_work (run, container.as.string.n);
    return memmem (container.as.string.bytes, container.as.string.n, value.as.string.bytes, value.as.string.n) != NULL;
  }
  if (container.kind == JINJA_DICT)
    return jinja_dict_get (run, container.as.dict, value) != NULL;
  if (container.kind == JINJA_UNDEFINED)
    return false;
  if (container.kind == JINJA_GENERATOR)
    container = (JinjaValue){ .kind = JINJA_LIST, .as.list = jinja_items (run, container) };
  if (container.kind != JINJA_LIST && container.kind != JINJA_TUPLE)
    jinja_fail (run, "nothing can be \"in\" %s", jinja_kind_name (container));
  for (size_t i = 0; i < container.as.list->n; i++)
    if (jinja_equal (run, container.as.list->items[i], value))
      return true;
  return false;
}

/* ---- attributes and items ------------------------------------------------------------------ */

static _Noreturn void
undefined_has_nothing (JinjaRun *run, JinjaValue value, JinjaString what)
{
  jinja_fail (run, "\"%.*s\" is undefined, and so has no \"%.*s\"", (int) ENGINE_MIN (value.as.string.n, 80), value.as.string.bytes,
              (int) ENGINE_MIN (what.n, 80), what.bytes);
}

static JinjaValue
bound_method (JinjaRun *run, JinjaValue value, JinjaString name)
{
  const JinjaBuiltin *builtin = jinja_find_method (value, name);
  JinjaMethod *method;

  if (!builtin)
    return jinja_undefined (name);
  method = jinja_alloc (run, 1, sizeof *method);
  *method = (JinjaMethod){ builtin, value };
  return (JinjaValue){ .kind = JINJA_METHOD, .as.method = method };
}

JinjaValue
jinja_get_attribute (JinjaRun *run, JinjaValue value, JinjaString name)
{
  JinjaValue key = { .kind = JINJA_STRING, .as.string = name }, *found, method;

  switch (value.kind) {
  case JINJA_UNDEFINED:
    undefined_has_nothing (run, value, name);
  case JINJA_NAMESPACE:
    found = jinja_dict_get (run, value.as.dict, key);
    return found ? *found : jinja_undefined (name);
  case JINJA_LOOP:
    return jinja_loop_attribute (run, value.as.loop, name);
  case JINJA_DICT:
    /* As in Python, a method hides a key of the same name. */
    method = bound_method (run, value, name);
    if (method.kind == JINJA_METHOD)
      return method;
    found = jinja_dict_get (run, value.as.dict, key);
    return found ? *found : method;
  default:
    return bound_method (run, value, name);
  }
}

/* The number of an item, counted from the end when negative; false when there is none. */
static bool
find_index (JinjaValue key, size_t n, size_t *index)
{
  int64_t i = key.kind == JINJA_BOOL ? key.as.boolean : key.as.integer;

  if (i < 0)
    i += (int64_t) n;
  *index = (size_t) i;
  return i >= 0 && (size_t) i < n;
}

JinjaValue
jinja_get_item (JinjaRun *run, JinjaValue value, JinjaValue key)
{
  JinjaString shown = key.kind == JINJA_STRING ? key.as.string : (JinjaString){ "the item", 8 };
  JinjaValue *found;
  size_t index;

  if (value.kind == JINJA_UNDEFINED)
    undefined_has_nothing (run, value, shown);
  if (value.kind == JINJA_DICT) {
    found = jinja_dict_get (run, value.as.dict, key);
    if (found)
      return *found;
  } else if (is_integer (key)) {
    if ((value.kind == JINJA_LIST || value.kind == JINJA_TUPLE) && find_index (key, value.as.list->n, &index))
      return value.as.list->items[index];
    if (value.kind == JINJA_STRING && find_index (key, jinja_length (run, value), &index))
      return (JinjaValue){ .kind = JINJA_STRING, .as.string = jinja_substring (value.as.string, index, index + 1) };
    return jinja_undefined (shown);
  }
  return key.kind == JINJA_STRING ? jinja_get_attribute (run, value, key.as.string) : jinja_undefined (shown);
}

JinjaValue
jinja_get_path (JinjaRun *run, JinjaValue value, JinjaValue path)
{
  size_t start = 0;

  if (path.kind != JINJA_STRING)
    return jinja_get_item (run, value, path);
  for (size_t i = 0; i <= path.as.string.n; i++) {
    JinjaString part = { path.as.string.bytes + start, i - start };
    bool number = part.n > 0 && part.n < 10;

    if (i < path.as.string.n && path.as.string.bytes[i] != '.')
      continue;
    for (size_t j = 0; j < part.n; j++)
      number &= part.bytes[j] >= '0' && part.bytes[j] <= '9';
    if (number) {
      int64_t index = 0;

      for (size_t j = 0; j < part.n; j++)
        index = 10 * index + (part.bytes[j] - '0');
      value = jinja_get_item (run, value, jinja_int (index));
    } else {
      value = jinja_get_item (run, value, (JinjaValue){ .kind = JINJA_STRING, .as.string = part });
    }
    start = i + 1;
  }
  return value;
}

/* One bound of a slice, brought into [low, high]. */
static int64_t
bound (JinjaRun *run, JinjaValue value, int64_t n, int64_t absent, int64_t low, int64_t high)
{
  int64_t i;

  if (value.kind == JINJA_NONE || value.kind == JINJA_ABSENT)
    return absent;
  i = jinja_integer (run, value, "the bound of a slice");
  if (i < 0)
    i = i < -n ? low : i + n;
  return ENGINE_MIN (ENGINE_MAX (i, low), high);
}

JinjaValue
jinja_slice (JinjaRun *run, JinjaValue value, JinjaValue start, JinjaValue stop, JinjaValue step_value)
{
  int64_t step = step_value.kind == JINJA_NONE || step_value.kind == JINJA_ABSENT ? 1 : jinja_integer (run, step_value, "the step of a slice");
  JinjaValue list;
  JinjaList *items;
  int64_t n, first, last;

  if (value.kind == JINJA_UNDEFINED)
    undefined_has_nothing (run, value, (JinjaString){ "items", 5 });
  if (!is_sequence (value))
    jinja_fail (run, "%s has no slices", jinja_kind_name (value));
  if (!step)
    jinja_fail (run, "the step of a slice is zero");
  n = (int64_t) jinja_length (run, value);
  first = step > 0 ? bound (run, start, n, 0, 0, n) : bound (run, start, n, n - 1, -1, n - 1);
  last = step > 0 ? bound (run, stop, n, n, 0, n) : bound (run, stop, n, -1, -1, n - 1);
  if (value.kind == JINJA_STRING && step == 1)
    return (JinjaValue){ .kind = JINJA_STRING, .as.string = jinja_substring (value.as.string, (size_t) first, (size_t) ENGINE_MAX (last, first)) };

  items = jinja_items (run, value);
  list = jinja_list (run, value.kind == JINJA_TUPLE ? JINJA_TUPLE : JINJA_LIST, 0);
  for (int64_t i = first; step > 0 ? i < last : i > last;) {
    jinja_push (run, list.as.list, items->items[i]);
    if (__builtin_add_overflow (i, step, &i))
      break;
  }
  if (value.kind == JINJA_STRING) {
    JinjaBuffer out = { 0 };

    for (size_t i = 0; i < list.as.list->n; i++)
      jinja_append (run, &out, list.as.list->items[i].as.string.bytes, list.as.list->items[i].as.string.n);
    return jinja_buffer_string (&out);
  }
  return list;
}
