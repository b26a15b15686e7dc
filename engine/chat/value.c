/* SPDX-License-Identifier: MIT */
/* Values: making, comparing, lists and dictionaries. */
#include "chat/jinja.h"

#include "tokenizer/unicode.h"

#include <math.h>
#include <string.h>

JinjaValue
jinja_undefined (JinjaString name)
{
  return (JinjaValue){ .kind = JINJA_UNDEFINED, .as.string = name };
}

JinjaValue
jinja_none (void)
{
  return (JinjaValue){ .kind = JINJA_NONE };
}

JinjaValue
jinja_bool (bool value)
{
  return (JinjaValue){ .kind = JINJA_BOOL, .as.boolean = value };
}

JinjaValue
jinja_int (int64_t value)
{
  return (JinjaValue){ .kind = JINJA_INT, .as.integer = value };
}

JinjaValue
jinja_float (double value)
{
  return (JinjaValue){ .kind = JINJA_FLOAT, .as.number = value };
}

JinjaValue
jinja_string (const char *bytes, size_t n)
{
  return (JinjaValue){ .kind = JINJA_STRING, .as.string = { bytes, n } };
}

JinjaValue
jinja_text (const char *text)
{
  return jinja_string (text, strlen (text));
}

JinjaValue
jinja_buffer_string (const JinjaBuffer *buffer)
{
  return jinja_string (buffer->n ? buffer->bytes : "", buffer->n);
}

JinjaValue
jinja_list (JinjaRun *run, JinjaKind kind, size_t capacity)
{
  JinjaList *list = jinja_alloc (run, 1, sizeof *list);

  list->items = capacity ? jinja_alloc (run, capacity, sizeof *list->items) : NULL;
  list->capacity = capacity;
  return (JinjaValue){ .kind = kind, .as.list = list };
}

void
jinja_push (JinjaRun *run, JinjaList *list, JinjaValue value)
{
  if (list->n == list->capacity) {
    size_t capacity = list->capacity ? 2 * list->capacity : 8;
    JinjaValue *items = jinja_alloc (run, capacity, sizeof *items);

    if (list->n)
      memcpy (items, list->items, list->n * sizeof *items);
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->n++] = value;
  jinja_work (run, 0);
}

JinjaValue
jinja_dict (JinjaRun *run)
{
  return (JinjaValue){ .kind = JINJA_DICT, .as.dict = jinja_alloc (run, 1, sizeof (JinjaDict)) };
}

JinjaValue
jinja_generator (JinjaValue list)
{
  list.kind = JINJA_GENERATOR;
  return list;
}

/* ---- what values are ------------------------------------------------------------ */

const char *
jinja_kind_name (JinjaValue value)
{
  static const char *const names[] = {
    [JINJA_ABSENT] = "nothing", [JINJA_UNDEFINED] = "an undefined value", [JINJA_NONE] = "none",
    [JINJA_BOOL] = "a boolean", [JINJA_INT] = "an integer", [JINJA_FLOAT] = "a number",
    [JINJA_STRING] = "a string", [JINJA_LIST] = "a list", [JINJA_TUPLE] = "a tuple", [JINJA_GENERATOR] = "a generator", [JINJA_DICT] = "a dictionary",
    [JINJA_NAMESPACE] = "a namespace", [JINJA_LOOP] = "a loop", [JINJA_FUNCTION] = "a function",
    [JINJA_METHOD] = "a method", [JINJA_MACRO] = "a macro",
  };

  return names[value.kind];
}

bool
jinja_is (JinjaValue value, const char *text)
{
  return value.kind == JINJA_STRING && value.as.string.n == strlen (text) && !memcmp (value.as.string.bytes, text, value.as.string.n);
}

bool
jinja_is_number (JinjaValue value)
{
  return value.kind == JINJA_BOOL || value.kind == JINJA_INT || value.kind == JINJA_FLOAT;
}

int64_t
jinja_integer (JinjaRun *run, JinjaValue value, const char *what)
{
  if (value.kind == JINJA_BOOL)
    return value.as.boolean;
  if (value.kind != JINJA_INT)
    jinja_fail (run, "%s must be an integer, not %s", what, jinja_kind_name (value));
  return value.as.integer;
}

double
jinja_number (JinjaRun *run, JinjaValue value, const char *what)
{
  if (value.kind == JINJA_FLOAT)
    return value.as.number;
  if (!jinja_is_number (value))
    jinja_fail (run, "%s must be a number, not %s", what, jinja_kind_name (value));
  return (double) jinja_integer (run, value, what);
}

bool
jinja_truth (JinjaRun *run, JinjaValue value)
{
  switch (value.kind) {
  case JINJA_ABSENT:
  case JINJA_UNDEFINED:
  case JINJA_NONE:
    return false;
  case JINJA_BOOL:
    return value.as.boolean;
  case JINJA_INT:
    return value.as.integer != 0;
  case JINJA_FLOAT:
    return value.as.number != 0;
  case JINJA_STRING:
    return value.as.string.n != 0;
  case JINJA_LIST:
  case JINJA_TUPLE:
    return value.as.list->n != 0;
  case JINJA_DICT:
    return value.as.dict->n != 0;
  default:
    return true;
  }
}

size_t
jinja_count_characters (JinjaString string)
{
  size_t n = 0;

  for (size_t i = 0; i < string.n; i++)
    n += (string.bytes[i] & 0xC0) != 0x80;
  return n;
}

/* The byte at which the character with that number begins, from byte `from` on, which
 * character `known` begins. */
static size_t
byte_of (JinjaString string, size_t from, size_t known, size_t number)
{
  while (from < string.n && known < number) {
    do
      from++;
    while (from < string.n && (string.bytes[from] & 0xC0) == 0x80);
    known++;
  }
  return from;
}

JinjaString
jinja_substring (JinjaString string, size_t start, size_t end)
{
  size_t first = byte_of (string, 0, 0, start);
  size_t last = end > start ? byte_of (string, first, start, end) : first;

  return (JinjaString){ string.bytes + first, last - first };
}

bool
jinja_is_iterable (JinjaValue value)
{
  return value.kind == JINJA_STRING || value.kind == JINJA_LIST || value.kind == JINJA_TUPLE
         || value.kind == JINJA_GENERATOR || value.kind == JINJA_DICT || value.kind == JINJA_UNDEFINED;
}

size_t
jinja_length (JinjaRun *run, JinjaValue value)
{
  switch (value.kind) {
  case JINJA_UNDEFINED:
    return 0;
  case JINJA_STRING:
    jinja_work (run, value.as.string.n);
    return jinja_count_characters (value.as.string);
  case JINJA_LIST:
  case JINJA_TUPLE:
    return value.as.list->n;
  case JINJA_DICT:
    return value.as.dict->n;
  default:
    jinja_fail (run, "%s has no length", jinja_kind_name (value));
  }
}

JinjaList *
jinja_items (JinjaRun *run, JinjaValue value)
{
  JinjaList *list;

  if (value.kind == JINJA_LIST || value.kind == JINJA_TUPLE)
    return value.as.list;
  if (!jinja_is_iterable (value))
    jinja_fail (run, "%s cannot be walked over", jinja_kind_name (value));
  list = jinja_list (run, JINJA_LIST, 0).as.list;
  if (value.kind == JINJA_GENERATOR) {
    *list = *value.as.list;
    *value.as.list = (JinjaList) { 0 };
  } else if (value.kind == JINJA_STRING) {
    for (size_t i = 0; i < value.as.string.n;) {
      size_t end = byte_of (value.as.string, i, 0, 1);

      jinja_push (run, list, jinja_string (value.as.string.bytes + i, end - i));
      i = end;
    }
  } else if (value.kind == JINJA_DICT) {
    for (size_t i = 0; i < value.as.dict->n; i++)
      jinja_push (run, list, value.as.dict->entries[i].key);
  }
  return list;
}

/* ---- comparing -------------------------------------------------------------------- */

static bool
dicts_equal (JinjaRun *run, const JinjaDict *a, const JinjaDict *b)
{
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++) {
    const JinjaValue *other = jinja_dict_get (run, b, a->entries[i].key);

    if (!other || !jinja_equal (run, a->entries[i].value, *other))
      return false;
  }
  return true;
}

static bool
lists_equal (JinjaRun *run, const JinjaList *a, const JinjaList *b)
{
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (!jinja_equal (run, a->items[i], b->items[i]))
      return false;
  return true;
}

static bool
values_equal (JinjaRun *run, JinjaValue a, JinjaValue b)
{
  if (jinja_is_number (a) && jinja_is_number (b)) {
    if (a.kind == JINJA_FLOAT || b.kind == JINJA_FLOAT)
      return jinja_number (run, a, "a number") == jinja_number (run, b, "a number");
    return jinja_integer (run, a, "a number") == jinja_integer (run, b, "a number");
  }
  if (a.kind != b.kind)
    return false;
  switch (a.kind) {
  case JINJA_ABSENT:
  case JINJA_UNDEFINED:
  case JINJA_NONE:
    return true;
  case JINJA_STRING:
    jinja_work (run, a.as.string.n);
    return a.as.string.n == b.as.string.n && !memcmp (a.as.string.bytes, b.as.string.bytes, a.as.string.n);
  case JINJA_LIST:
  case JINJA_TUPLE:
    return lists_equal (run, a.as.list, b.as.list);
  case JINJA_DICT:
    return dicts_equal (run, a.as.dict, b.as.dict);
  case JINJA_FUNCTION:
    return a.as.function == b.as.function;
  default:
    return a.as.dict == b.as.dict; /* the same object */
  }
}

bool
jinja_equal (JinjaRun *run, JinjaValue a, JinjaValue b)
{
  bool equal;

  jinja_enter (run);
  equal = values_equal (run, a, b);
  jinja_leave (run);
  return equal;
}

static int
compare_lists (JinjaRun *run, const JinjaList *a, const JinjaList *b)
{
  for (size_t i = 0; i < a->n && i < b->n; i++)
    if (!jinja_equal (run, a->items[i], b->items[i]))
      return jinja_compare (run, a->items[i], b->items[i]);
  return (a->n > b->n) - (a->n < b->n);
}

int
jinja_compare (JinjaRun *run, JinjaValue a, JinjaValue b)
{
  int order = 0;

  jinja_enter (run);
  if (jinja_is_number (a) && jinja_is_number (b)) {
    if (a.kind == JINJA_FLOAT || b.kind == JINJA_FLOAT) {
      double x = jinja_number (run, a, "a number"), y = jinja_number (run, b, "a number");

      order = (x > y) - (x < y);
    } else {
      int64_t x = jinja_integer (run, a, "a number"), y = jinja_integer (run, b, "a number");

      order = (x > y) - (x < y);
    }
  } else if (a.kind == JINJA_STRING && b.kind == JINJA_STRING) {
    /* UTF-8 has the order of the characters. */
    jinja_work (run, ENGINE_MIN (a.as.string.n, b.as.string.n));
    order = memcmp (a.as.string.bytes, b.as.string.bytes, ENGINE_MIN (a.as.string.n, b.as.string.n));
    if (!order)
      order = (a.as.string.n > b.as.string.n) - (a.as.string.n < b.as.string.n);
  } else if (a.kind == b.kind && (a.kind == JINJA_LIST || a.kind == JINJA_TUPLE)) {
    order = compare_lists (run, a.as.list, b.as.list);
  } else {
    jinja_fail (run, "%s and %s have no order", jinja_kind_name (a), jinja_kind_name (b));
  }
  jinja_leave (run);
  return order;
}

/* ---- dictionaries ------------------------------------------------------------------ */

#define MIN_INDEXED 9

static uint64_t
hash (JinjaRun *run, JinjaValue key)
{
  uint64_t h = 14695981039346656037u;

  switch (key.kind) {
  case JINJA_STRING:
    jinja_work (run, key.as.string.n);
    for (size_t i = 0; i < key.as.string.n; i++)
      h = (h ^ (unsigned char) key.as.string.bytes[i]) * 1099511628211u;
    return h ^ h >> 32;
  case JINJA_BOOL:
  case JINJA_INT:
    h ^= (uint64_t) jinja_integer (run, key, "a key");
    break;
  case JINJA_FLOAT:
    /* Equal numbers are equal keys, whatever their kind. */
    h ^= fabs (key.as.number) < 0x1p62 ? (uint64_t) (int64_t) key.as.number : 1;
    break;
  case JINJA_NONE:
    break;
  case JINJA_TUPLE:
    for (size_t i = 0; i < key.as.list->n; i++)
      h = (h ^ hash (run, key.as.list->items[i])) * 1099511628211u;
    break;
  default:
    jinja_fail (run, "%s cannot be a key of a dictionary", jinja_kind_name (key));
  }
  h *= 0x9E3779B97F4A7C15u;
  return h ^ h >> 32;
}

/* The slot of the index that has the key, or where it would go. */
static uint32_t *
find_slot (JinjaRun *run, const JinjaDict *dict, JinjaValue key)
{
  size_t i = hash (run, key) & dict->mask;

  while (dict->index[i] && !jinja_equal (run, dict->entries[dict->index[i] - 1].key, key))
    i = (i + 1) & dict->mask;
  return &dict->index[i];
}

JinjaValue *
jinja_dict_get (JinjaRun *run, const JinjaDict *dict, JinjaValue key)
{
  uint32_t *slot;

  if (key.kind == JINJA_UNDEFINED)
    return NULL;
  if (!dict->index) {
    hash (run, key); /* for its complaint about keys that cannot be */
    for (size_t i = 0; i < dict->n; i++)
      if (jinja_equal (run, dict->entries[i].key, key))
        return &dict->entries[i].value;
    return NULL;
  }
  slot = find_slot (run, dict, key);
  return *slot ? &dict->entries[*slot - 1].value : NULL;
}

JinjaValue *
jinja_dict_get_text (JinjaRun *run, const JinjaDict *dict, const char *key)
{
  return jinja_dict_get (run, dict, jinja_text (key));
}

static void
build_index (JinjaRun *run, JinjaDict *dict)
{
  size_t slots = 32;

  while (slots < 2 * dict->capacity)
    slots *= 2;
  dict->index = jinja_alloc (run, slots, sizeof *dict->index);
  dict->mask = slots - 1;
  for (size_t i = 0; i < dict->n; i++)
    *find_slot (run, dict, dict->entries[i].key) = (uint32_t) i + 1;
}

void
jinja_dict_set (JinjaRun *run, JinjaDict *dict, JinjaValue key, JinjaValue value)
{
  JinjaValue *old = jinja_dict_get (run, dict, key);

  if (old) {
    *old = value;
    return;
  }
  if (dict->n == dict->capacity) {
    size_t capacity = dict->capacity ? 2 * dict->capacity : MIN_INDEXED - 1;
    JinjaEntry *entries = jinja_alloc (run, capacity, sizeof *entries);

    if (dict->n)
      memcpy (entries, dict->entries, dict->n * sizeof *entries);
    dict->entries = entries;
    dict->capacity = capacity;
    if (capacity >= MIN_INDEXED)
      build_index (run, dict);
  }
  if (dict->index)
    *find_slot (run, dict, key) = (uint32_t) dict->n + 1;
  dict->entries[dict->n++] = (JinjaEntry){ key, value };
}
