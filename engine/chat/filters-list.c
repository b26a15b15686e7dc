/* SPDX-License-Identifier: MIT */
#include "chat/filters.h"

#include <string.h>

#define ITEM(i) (arguments->items[i])

static bool
given (JinjaValue value)
{
  return value.kind != JINJA_ABSENT && value.kind != JINJA_NONE;
}

/* ---- order --------------------------------------------------------------------------------- */

/* What items are compared by: an attribute or the item itself, strings in lower case when
 * case does not count. */
typedef struct {
  JinjaRun  *run;
  JinjaValue attribute;
  bool       case_sensitive;
} Key;

static JinjaValue
key_of (const Key *key, JinjaValue item)
{
  if (given (key->attribute))
    item = jinja_get_path (key->run, item, key->attribute);
  if (item.kind == JINJA_STRING && !key->case_sensitive)
    item = jinja_change_case (key->run, item.as.string, JINJA_LOWER);
  return item;
}

typedef struct {
  JinjaValue key, item;
} Keyed;

/* Stable: merges sorted halves. `sign` -1 sorts downwards. */
static void
merge_sort (JinjaRun *run, Keyed *items, Keyed *spare, size_t n, int sign)
{
  size_t half = n / 2, left = 0, right = half;

  if (n < 2)
    return;
  merge_sort (run, items, spare, half, sign);
  merge_sort (run, items + half, spare, n - half, sign);
  for (size_t i = 0; i < n; i++) {
    bool take_left = right == n || (left < half && sign * jinja_compare (run, items[left].key, items[right].key) <= 0);

    spare[i] = take_left ? items[left++] : items[right++];
  }
  memcpy (items, spare, n * sizeof *items);
}

static JinjaValue
sorted (JinjaRun *run, const JinjaList *items, const Key *key, bool downwards)
{
  Keyed *keyed = jinja_alloc (run, items->n, 2 * sizeof *keyed);
  JinjaValue list = jinja_list (run, JINJA_LIST, items->n);

  for (size_t i = 0; i < items->n; i++)
    keyed[i] = (Keyed){ key_of (key, items->items[i]), items->items[i] };
  merge_sort (run, keyed, keyed + items->n, items->n, downwards ? -1 : 1);
  for (size_t i = 0; i < items->n; i++)
    jinja_push (run, list.as.list, keyed[i].item);
  return list;
}

JinjaValue
jinja_filter_sort (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  Key key = { run, ITEM (2), jinja_option_bool (run, ITEM (1), false) };

  return sorted (run, jinja_items (run, self), &key, jinja_option_bool (run, ITEM (0), false));
}

JinjaValue
jinja_filter_dictsort (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  bool by_value = jinja_is (ITEM (1), "value");
  Key key = { run, jinja_int (by_value), jinja_option_bool (run, ITEM (0), false) };
  JinjaArguments none = { 0 };

  if (self.kind != JINJA_DICT)
    jinja_fail (run, "\"dictsort\" needs a dictionary, not %s", jinja_kind_name (self));
  if (given (ITEM (1)) && !by_value && !jinja_is (ITEM (1), "key"))
    jinja_fail (run, "a dictionary is sorted by \"key\" or \"value\"");
  self = jinja_call_builtin (run, jinja_find_method (self, (JinjaString){ "items", 5 }), self, &none);
  return sorted (run, self.as.list, &key, jinja_option_bool (run, ITEM (2), false));
}

static JinjaValue
extreme (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments, int sign)
{
  Key key = { run, ITEM (1), jinja_option_bool (run, ITEM (0), false) };
  JinjaList *items = jinja_items (run, self);
  size_t best = 0;

  if (!items->n)
    return jinja_undefined ((JinjaString){ "an item", 7 });
  for (size_t i = 1; i < items->n; i++)
    if (sign * jinja_compare (run, key_of (&key, items->items[i]), key_of (&key, items->items[best])) > 0)
      best = i;
  return items->items[best];
}

JinjaValue
jinja_filter_max (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return extreme (run, self, arguments, 1);
}

JinjaValue
jinja_filter_min (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return extreme (run, self, arguments, -1);
}

JinjaValue
jinja_filter_unique (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  Key key = { run, ITEM (1), jinja_option_bool (run, ITEM (0), false) };
  JinjaList *items = jinja_items (run, self);
  JinjaValue list = jinja_list (run, JINJA_LIST, 0), seen = jinja_dict (run);

  for (size_t i = 0; i < items->n; i++) {
    JinjaValue by = key_of (&key, items->items[i]);

    if (jinja_dict_get (run, seen.as.dict, by))
      continue;
    jinja_dict_set (run, seen.as.dict, by, jinja_none ());
    jinja_push (run, list.as.list, items->items[i]);
  }
  return jinja_generator (list);
}

JinjaValue
jinja_filter_groupby (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  Key key = { run, ITEM (0), jinja_option_bool (run, ITEM (2), false) };
  JinjaList *items = sorted (run, jinja_items (run, self), &key, false).as.list;
  JinjaValue groups = jinja_list (run, JINJA_LIST, 0), members = { .kind = JINJA_ABSENT }, last = members;

  for (size_t i = 0; i < items->n; i++) {
    JinjaValue by = key_of (&key, items->items[i]);

    if (!i || !jinja_equal (run, by, last)) {
      JinjaValue group = jinja_list (run, JINJA_TUPLE, 2);

      members = jinja_list (run, JINJA_LIST, 0);
      jinja_push (run, group.as.list, jinja_get_path (run, items->items[i], ITEM (0)));
      jinja_push (run, group.as.list, members);
      jinja_push (run, groups.as.list, group);
      last = by;
    }
    jinja_push (run, members.as.list, items->items[i]);
  }
  return groups;
}

/* ---- parts ------------------------------------------------------------------------------------ */

JinjaValue
jinja_filter_first (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList *items = jinja_items (run, self);

  return items->n ? items->items[0] : jinja_undefined ((JinjaString){ "the first item", 14 });
}

JinjaValue
jinja_filter_last (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList *items;

  if (self.kind == JINJA_GENERATOR)
    jinja_fail (run, "a generator has no last item");
  items = jinja_items (run, self);
  return items->n ? items->items[items->n - 1] : jinja_undefined ((JinjaString){ "the last item", 13 });
}

JinjaValue
jinja_filter_list (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return (JinjaValue){ .kind = JINJA_LIST, .as.list = jinja_items (run, self) };
}

JinjaValue
jinja_filter_reverse (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  bool is_generator = self.kind == JINJA_GENERATOR;

  if (self.kind != JINJA_STRING)
    self = (JinjaValue){ .kind = JINJA_LIST, .as.list = jinja_items (run, self) };
  self = jinja_slice (run, self, jinja_none (), jinja_none (), jinja_int (-1));
  /* What has an order is walked over backwards; a generator must be read out first. */
  return self.kind == JINJA_STRING || is_generator ? self : jinja_generator (self);
}

JinjaValue
jinja_filter_batch (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  int64_t size = jinja_integer (run, ITEM (0), "the size of a batch");
  JinjaList *items = jinja_items (run, self);
  JinjaValue batches = jinja_list (run, JINJA_LIST, 0), batch = { .kind = JINJA_ABSENT };

  if (size < 1)
    jinja_fail (run, "the size of a batch must be 1 or more");
  for (size_t i = 0; i < items->n; i++) {
    if (i % (size_t) size == 0) {
      batch = jinja_list (run, JINJA_LIST, 0);
      jinja_push (run, batches.as.list, batch);
    }
    jinja_push (run, batch.as.list, items->items[i]);
  }
  while (items->n && given (ITEM (1)) && (int64_t) batch.as.list->n < size)
    jinja_push (run, batch.as.list, ITEM (1));
  return jinja_generator (batches);
}

JinjaValue
jinja_filter_slice (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  int64_t n_slices = jinja_integer (run, ITEM (0), "the number of slices");
  JinjaList *items = jinja_items (run, self);
  JinjaValue slices = jinja_list (run, JINJA_LIST, 0);
  int64_t longer, size;
  size_t at = 0;

  if (n_slices < 1 || n_slices > JINJA_MAX_RANGE)
    jinja_fail (run, "the number of slices must be 1 to %d", JINJA_MAX_RANGE);
  size = (int64_t) items->n / n_slices;
  longer = (int64_t) items->n % n_slices;
  for (int64_t i = 0; i < n_slices; i++) {
    JinjaValue slice = jinja_list (run, JINJA_LIST, 0);

    for (int64_t j = 0; j < size + (i < longer); j++)
      jinja_push (run, slice.as.list, items->items[at++]);
    if (given (ITEM (1)) && i >= longer && longer)
      jinja_push (run, slice.as.list, ITEM (1));
    jinja_push (run, slices.as.list, slice);
  }
  return jinja_generator (slices);
}

/* ---- all of them -------------------------------------------------------------------------------- */

JinjaValue
jinja_filter_join (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList *items = jinja_items (run, self);
  JinjaString separator = ITEM (0).kind == JINJA_ABSENT ? (JinjaString){ "", 0 } : jinja_to_string (run, ITEM (0));
  JinjaBuffer out = { 0 };

  for (size_t i = 0; i < items->n; i++) {
    if (i)
      jinja_append (run, &out, separator.bytes, separator.n);
    jinja_print (run, &out, given (ITEM (1)) ? jinja_get_path (run, items->items[i], ITEM (1)) : items->items[i]);
  }
  return jinja_buffer_string (&out);
}

JinjaValue
jinja_filter_sum (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList *items = jinja_items (run, self);
  JinjaValue sum = ITEM (1).kind == JINJA_ABSENT ? jinja_int (0) : ITEM (1);

  for (size_t i = 0; i < items->n; i++)
    sum = jinja_binary (run, JINJA_ADD, sum, given (ITEM (0)) ? jinja_get_path (run, items->items[i], ITEM (0)) : items->items[i]);
  return sum;
}

/* Jinja's own filters take anything that is false for an empty list here. */
static JinjaList *
items_or_none (JinjaRun *run, JinjaValue value)
{
  return jinja_truth (run, value) ? jinja_items (run, value) : jinja_list (run, JINJA_LIST, 0).as.list;
}

/* The arguments without the first `n`. */
static JinjaArguments
without_first (const JinjaArguments *arguments, size_t n)
{
  JinjaArguments rest = *arguments;

  rest.items += n;
  rest.n -= n;
  return rest;
}

static const JinjaBuiltin *
wanted (JinjaRun *run, const JinjaBuiltin *(*find) (JinjaString), JinjaValue name, const char *kind)
{
  JinjaString string = jinja_want_string (run, name, "the name of a filter or test");
  const JinjaBuiltin *builtin = find (string);

  if (!builtin)
    jinja_fail (run, "there is no %s \"%.*s\"", kind, (int) ENGINE_MIN (string.n, 80), string.bytes);
  return builtin;
}

JinjaValue
jinja_filter_map (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaList *items = items_or_none (run, self);
  JinjaValue list = jinja_list (run, JINJA_LIST, items->n), attribute = jinja_none (), otherwise = { .kind = JINJA_ABSENT };
  const JinjaBuiltin *filter = arguments->n ? wanted (run, jinja_find_filter, ITEM (0), "filter") : NULL;
  JinjaArguments rest = filter ? without_first (arguments, 1) : *arguments;

  for (size_t i = 0; !filter && i < arguments->n_named; i++) {
    JinjaValue name = { .kind = JINJA_STRING, .as.string = arguments->names[i] };

    if (jinja_is (name, "attribute"))
      attribute = arguments->named[i];
    else if (jinja_is (name, "default"))
      otherwise = arguments->named[i];
  }
  if (!filter && !given (attribute))
    jinja_fail (run, "\"map\" needs a filter or an attribute");
  for (size_t i = 0; i < items->n; i++) {
    JinjaValue value = filter ? jinja_call_builtin (run, filter, items->items[i], &rest) : jinja_get_path (run, items->items[i], attribute);

    if (value.kind == JINJA_UNDEFINED && otherwise.kind != JINJA_ABSENT)
      value = otherwise;
    jinja_push (run, list.as.list, value);
  }
  return jinja_generator (list);
}

/* The items whose test (or, without one, truth) is `keep`. `by_attribute`: the first argument
 * says what of the item is tested. */
static JinjaValue
choose (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments, bool by_attribute, bool keep)
{
  JinjaList *items = items_or_none (run, self);
  JinjaValue list = jinja_list (run, JINJA_LIST, 0), path = by_attribute && arguments->n ? ITEM (0) : jinja_none ();
  JinjaArguments rest = *arguments;
  const JinjaBuiltin *test = NULL;

  if (by_attribute && !arguments->n)
    jinja_fail (run, "a selection by attribute needs the attribute");
  if (by_attribute)
    rest = without_first (&rest, 1);
  if (rest.n) {
    test = wanted (run, jinja_find_test, rest.items[0], "test");
    rest = without_first (&rest, 1);
  }
  for (size_t i = 0; i < items->n; i++) {
    JinjaValue value = by_attribute ? jinja_get_path (run, items->items[i], path) : items->items[i];

    if (test)
      value = jinja_call_builtin (run, test, value, &rest);
    if (jinja_truth (run, value) == keep)
      jinja_push (run, list.as.list, items->items[i]);
  }
  return jinja_generator (list);
}

JinjaValue
jinja_filter_select (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return choose (run, self, arguments, false, true);
}

JinjaValue
jinja_filter_reject (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return choose (run, self, arguments, false, false);
}

JinjaValue
jinja_filter_selectattr (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return choose (run, self, arguments, true, true);
}

JinjaValue
jinja_filter_rejectattr (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)
{
  return choose (run, self, arguments, true, false);
}
