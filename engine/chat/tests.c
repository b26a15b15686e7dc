/* SPDX-License-Identifier: MIT */
/* What may stand after "is". */
#include "chat/strings.h"

#define ITEM(i) (arguments->items[i])

#define TEST(name, condition)                                                                \
  static JinjaValue                                                                          \
  test_##name (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments)              \
  {                                                                                          \
    return jinja_bool (condition);                                                           \
  }

TEST (boolean, self.kind == JINJA_BOOL)
TEST (callable, self.kind == JINJA_FUNCTION || self.kind == JINJA_METHOD || self.kind == JINJA_MACRO || self.kind == JINJA_LOOP)
TEST (defined, self.kind != JINJA_UNDEFINED)
TEST (undefined, self.kind == JINJA_UNDEFINED)
TEST (none, self.kind == JINJA_NONE)
TEST (true, self.kind == JINJA_BOOL && self.as.boolean)
TEST (false, self.kind == JINJA_BOOL && !self.as.boolean)
TEST (integer, self.kind == JINJA_INT)
TEST (float, self.kind == JINJA_FLOAT)
TEST (number, jinja_is_number (self))
TEST (string, self.kind == JINJA_STRING)
TEST (mapping, self.kind == JINJA_DICT)
TEST (iterable, jinja_is_iterable (self))
TEST (sequence, jinja_is_iterable (self) && self.kind != JINJA_GENERATOR)
TEST (escaped, self.markup)
TEST (eq, jinja_equal (run, self, ITEM (0)))
TEST (ne, !jinja_equal (run, self, ITEM (0)))
TEST (lt, jinja_compare (run, self, ITEM (0)) < 0)
TEST (le, jinja_compare (run, self, ITEM (0)) <= 0)
TEST (gt, jinja_compare (run, self, ITEM (0)) > 0)
TEST (ge, jinja_compare (run, self, ITEM (0)) >= 0)
TEST (in, jinja_contains (run, ITEM (0), self))
TEST (odd, jinja_integer (run, jinja_binary (run, JINJA_MOD, self, jinja_int (2)), "what is odd or even") == 1)
TEST (even, jinja_integer (run, jinja_binary (run, JINJA_MOD, self, jinja_int (2)), "what is odd or even") == 0)
TEST (divisibleby, jinja_integer (run, jinja_binary (run, JINJA_MOD, self, ITEM (0)), "what is divided") == 0)
TEST (filter, jinja_find_filter (jinja_want_string (run, self, "the name of a filter")) != NULL)
TEST (test, jinja_find_test (jinja_want_string (run, self, "the name of a test")) != NULL)
TEST (lower, jinja_truth (run, jinja_call_builtin (run, jinja_find_method (jinja_text (""), (JinjaString){ "islower", 7 }),
                                                    (JinjaValue){ .kind = JINJA_STRING, .as.string = jinja_to_string (run, self) }, arguments)))
TEST (upper, jinja_truth (run, jinja_call_builtin (run, jinja_find_method (jinja_text (""), (JinjaString){ "isupper", 7 }),
                                                    (JinjaValue){ .kind = JINJA_STRING, .as.string = jinja_to_string (run, self) }, arguments)))
/* The same object; of equal values nobody can tell whether they are. */
TEST (sameas, self.kind == ITEM (0).kind && jinja_equal (run, self, ITEM (0)))

static const JinjaBuiltin tests[] = {
  { "boolean", test_boolean, "" }, { "callable", test_callable, "" }, { "defined", test_defined, "" },
  { "divisibleby", test_divisibleby, "!num" }, { "eq", test_eq, "!other" }, { "equalto", test_eq, "!other" },
  { "==", test_eq, "!other" }, { "escaped", test_escaped, "" }, { "even", test_even, "" },
  { "false", test_false, "" }, { "filter", test_filter, "" }, { "float", test_float, "" },
  { "ge", test_ge, "!other" }, { ">=", test_ge, "!other" }, { "greaterthan", test_gt, "!other" },
  { "gt", test_gt, "!other" }, { ">", test_gt, "!other" }, { "in", test_in, "!seq" },
  { "integer", test_integer, "" }, { "iterable", test_iterable, "" }, { "le", test_le, "!other" },
  { "<=", test_le, "!other" }, { "lessthan", test_lt, "!other" }, { "lower", test_lower, "" },
  { "lt", test_lt, "!other" }, { "<", test_lt, "!other" }, { "mapping", test_mapping, "" },
  { "ne", test_ne, "!other" }, { "!=", test_ne, "!other" }, { "none", test_none, "" },
  { "number", test_number, "" }, { "odd", test_odd, "" }, { "sameas", test_sameas, "!other" },
  { "sequence", test_sequence, "" }, { "string", test_string, "" }, { "test", test_test, "" },
  { "true", test_true, "" }, { "undefined", test_undefined, "" }, { "upper", test_upper, "" },
};

const JinjaBuiltin *
jinja_find_test (JinjaString name)
{
  return jinja_find_in (tests, ENGINE_LENGTH (tests), name);
}
