/* SPDX-License-Identifier: MIT */
/* Expressions. */
#include "chat/jinja.h"

#include <string.h>

/* ---- variables ------------------------------------------------------------------------ */

JinjaScope *
jinja_scope (JinjaRun *run, JinjaScope *parent)
{
  JinjaScope *scope = jinja_alloc (run, 1, sizeof *scope);

  scope->parent = parent;
  return scope;
}

void
jinja_set (JinjaRun *run, JinjaScope *scope, const JinjaName *name, JinjaValue value)
{
  JinjaVariable *variable;

  for (variable = scope->variables; variable; variable = variable->next) {
    jinja_work (run, 0);
    if (variable->name == name) {
      variable->value = value;
      return;
    }
  }
  variable = jinja_alloc (run, 1, sizeof *variable);
  *variable = (JinjaVariable){ name, value, scope->variables };
  scope->variables = variable;
}

JinjaValue
jinja_get (JinjaRun *run, const JinjaScope *scope, const JinjaName *name)
{
  for (; scope; scope = scope->parent)
    for (const JinjaVariable *variable = scope->variables; variable; variable = variable->next) {
      jinja_work (run, 0);
      if (variable->name == name)
        return variable->value;
    }
  return (JinjaValue){ .kind = JINJA_ABSENT };
}

static JinjaValue
evaluate_name (JinjaRun *run, JinjaScope *scope, const JinjaName *name)
{
  JinjaValue value = jinja_get (run, scope, name);
  const JinjaBuiltin *function;

  if (value.kind != JINJA_ABSENT)
    return value;
  function = jinja_find_function (name->string);
  return function ? (JinjaValue){ .kind = JINJA_FUNCTION, .as.function = function } : jinja_undefined (name->string);
}

/* ---- calls ------------------------------------------------------------------------------ */

static void
add_positional (JinjaRun *run, JinjaArguments *arguments, size_t *capacity, JinjaValue value)
{
  if (arguments->n == *capacity) {
    JinjaValue *items = jinja_alloc (run, 2 * *capacity + 8, sizeof *items);

    if (arguments->n)
      memcpy (items, arguments->items, arguments->n * sizeof *items);
    arguments->items = items;
    *capacity = 2 * *capacity + 8;
  }
  arguments->items[arguments->n++] = value;
}

static JinjaArguments
evaluate_arguments (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaArguments arguments = { 0 };
  JinjaValue more = node->c ? jinja_evaluate (run, scope, node->c) : jinja_none ();
  size_t capacity = 0, n_named = node->n_more + (more.kind == JINJA_DICT ? more.as.dict->n : 0);

  if (node->c && more.kind != JINJA_DICT)
    jinja_fail (run, "after \"**\" stands %s, not a dictionary", jinja_kind_name (more));
  for (size_t i = 0; i < node->n_list; i++)
    add_positional (run, &arguments, &capacity, jinja_evaluate (run, scope, node->list[i]));
  if (node->b) {
    JinjaList *items = jinja_items (run, jinja_evaluate (run, scope, node->b));

    for (size_t i = 0; i < items->n; i++)
      add_positional (run, &arguments, &capacity, items->items[i]);
  }
  if (!n_named)
    return arguments;
  arguments.names = jinja_alloc (run, n_named, sizeof *arguments.names);
  arguments.named = jinja_alloc (run, n_named, sizeof *arguments.named);
  for (size_t i = 0; i < node->n_more; i++) {
    arguments.names[arguments.n_named] = node->names[i]->string;
    arguments.named[arguments.n_named++] = jinja_evaluate (run, scope, node->more[i]);
  }
  for (size_t i = 0; node->c && i < more.as.dict->n; i++) {
    if (more.as.dict->entries[i].key.kind != JINJA_STRING)
      jinja_fail (run, "a name of an argument is %s, not a string", jinja_kind_name (more.as.dict->entries[i].key));
    arguments.names[arguments.n_named] = more.as.dict->entries[i].key.as.string;
    arguments.named[arguments.n_named++] = more.as.dict->entries[i].value;
  }
  return arguments;
}

/* The parameter's number and whether it must be given; false past the last one. */
static bool
next_parameter (const char **at, JinjaString *name, bool *required)
{
  while (**at == ' ')
    (*at)++;
  if (!**at)
    return false;
  *required = **at == '!';
  *at += *required;
  name->bytes = *at;
  name->n = strcspn (*at, " ");
  *at += name->n;
  return true;
}

static bool
same (JinjaString a, JinjaString b)
{
  return a.n == b.n && !memcmp (a.bytes, b.bytes, a.n);
}

JinjaValue
jinja_call_builtin (JinjaRun *run, const JinjaBuiltin *builtin, JinjaValue self, const JinjaArguments *arguments)
{
  JinjaValue bound[JINJA_MAX_PARAMETERS] = { 0 };
  JinjaArguments given = { .items = bound };
  const char *at = builtin->parameters;
  size_t n_used = 0;
  JinjaString name;
  bool required;

  if (!at)
    return builtin->func (run, self, arguments);
  while (next_parameter (&at, &name, &required)) {
    JinjaValue *value = &bound[given.n];

    if (given.n < arguments->n)
      *value = arguments->items[given.n];
    for (size_t i = 0; i < arguments->n_named; i++)
      if (same (arguments->names[i], name)) {
        if (value->kind != JINJA_ABSENT)
          jinja_fail (run, "%s gets the argument \"%.*s\" twice", builtin->name, (int) name.n, name.bytes);
        *value = arguments->named[i];
        n_used++;
      }
    if (required && value->kind == JINJA_ABSENT)
      jinja_fail (run, "%s needs the argument \"%.*s\"", builtin->name, (int) name.n, name.bytes);
    given.n++;
  }
  if (arguments->n > given.n)
    jinja_fail (run, "%s takes at most %zu arguments, not %zu", builtin->name, given.n, arguments->n);
  if (n_used < arguments->n_named)
    jinja_fail (run, "%s has no such argument as was given", builtin->name);
  return builtin->func (run, self, &given);
}

JinjaValue
jinja_call (JinjaRun *run, JinjaValue callee, const JinjaArguments *arguments)
{
  switch (callee.kind) {
  case JINJA_FUNCTION:
    return jinja_call_builtin (run, callee.as.function, jinja_none (), arguments);
  case JINJA_METHOD:
    return jinja_call_builtin (run, callee.as.method->builtin, callee.as.method->self, arguments);
  case JINJA_MACRO:
    return jinja_call_macro (run, callee.as.macro, arguments);
  case JINJA_LOOP:
    if (arguments->n != 1)
      jinja_fail (run, "a loop is called with what to walk over");
    return jinja_call_loop (run, callee.as.loop, arguments->items[0]);
  case JINJA_UNDEFINED:
    jinja_fail (run, "\"%.*s\" is undefined, or may not be called here", (int) ENGINE_MIN (callee.as.string.n, 80), callee.as.string.bytes);
  default:
    jinja_fail (run, "%s cannot be called", jinja_kind_name (callee));
  }
}

/* `what` is "filter" or "test". */
static JinjaValue
apply_builtin (JinjaRun *run, JinjaScope *scope, const JinjaNode *node, JinjaValue value, const char *what)
{
  JinjaArguments arguments;

  run->line = node->line;
  if (!node->builtin)
    jinja_fail (run, "there is no %s \"%.*s\"", what, (int) ENGINE_MIN (node->name->string.n, 80), node->name->string.bytes);
  arguments = evaluate_arguments (run, scope, node);
  run->line = node->line;
  return jinja_call_builtin (run, node->builtin, value, &arguments);
}

JinjaValue
jinja_apply_filter (JinjaRun *run, JinjaScope *scope, const JinjaNode *node, JinjaValue value)
{
  if (node->a)
    value = jinja_apply_filter (run, scope, node->a, value);
  return apply_builtin (run, scope, node, value, "filter");
}

static JinjaValue
evaluate_filter (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  return apply_builtin (run, scope, node, jinja_evaluate (run, scope, node->a), "filter");
}

static JinjaValue
evaluate_test (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  return apply_builtin (run, scope, node, jinja_evaluate (run, scope, node->a), "test");
}

static JinjaValue
evaluate_call (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue callee = jinja_evaluate (run, scope, node->a);
  JinjaArguments arguments = evaluate_arguments (run, scope, node);

  run->line = node->line;
  return jinja_call (run, callee, &arguments);
}

/* ---- the rest ---------------------------------------------------------------------------- */

static JinjaValue
evaluate_list (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue list = jinja_list (run, node->kind == JINJA_NODE_TUPLE ? JINJA_TUPLE : JINJA_LIST, node->n_list);

  for (size_t i = 0; i < node->n_list; i++)
    jinja_push (run, list.as.list, jinja_evaluate (run, scope, node->list[i]));
  return list;
}

static JinjaValue
evaluate_dict (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue dict = jinja_dict (run);

  for (size_t i = 0; i < node->n_list; i++) {
    JinjaValue key = jinja_evaluate (run, scope, node->list[i]);

    jinja_dict_set (run, dict.as.dict, key, jinja_evaluate (run, scope, node->more[i]));
  }
  return dict;
}

static JinjaValue
evaluate_item (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue value = jinja_evaluate (run, scope, node->a), parts[3];

  if (node->b->kind != JINJA_NODE_SLICE)
    return jinja_get_item (run, value, jinja_evaluate (run, scope, node->b));
  for (int i = 0; i < 3; i++)
    parts[i] = node->b->list[i] ? jinja_evaluate (run, scope, node->b->list[i]) : jinja_none ();
  return jinja_slice (run, value, parts[0], parts[1], parts[2]);
}

static JinjaValue
evaluate_join (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaBuffer out = { 0 };

  for (size_t i = 0; i < node->n_list; i++)
    jinja_print (run, &out, jinja_evaluate (run, scope, node->list[i]));
  return jinja_buffer_string (&out);
}

static bool
holds (JinjaRun *run, JinjaOperation operation, JinjaValue a, JinjaValue b)
{
  switch (operation) {
  case JINJA_EQ:
    return jinja_equal (run, a, b);
  case JINJA_NE:
    return !jinja_equal (run, a, b);
  case JINJA_IN:
    return jinja_contains (run, b, a);
  case JINJA_NOT_IN:
    return !jinja_contains (run, b, a);
  case JINJA_LT:
    return jinja_compare (run, a, b) < 0;
  case JINJA_LE:
    return jinja_compare (run, a, b) <= 0;
  case JINJA_GT:
    return jinja_compare (run, a, b) > 0;
  default:
    return jinja_compare (run, a, b) >= 0;
  }
}

static JinjaValue
evaluate_comparison (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue left = jinja_evaluate (run, scope, node->a);

  for (size_t i = 0; i < node->n_list; i++) {
    JinjaValue right = jinja_evaluate (run, scope, node->list[i]);

    if (!holds (run, node->operations[i], left, right))
      return jinja_bool (false);
    left = right;
  }
  return jinja_bool (true);
}

static JinjaValue
evaluate_sign (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue value = jinja_evaluate (run, scope, node->a);

  if (!jinja_is_number (value))
    jinja_fail (run, "%s has no sign", jinja_kind_name (value));
  if (node->kind == JINJA_NODE_POSITIVE)
    return value.kind == JINJA_BOOL ? jinja_int (value.as.boolean) : value;
  if (value.kind == JINJA_FLOAT)
    return jinja_float (-value.as.number);
  return jinja_binary (run, JINJA_SUB, jinja_int (0), value);
}

static JinjaValue
evaluate_condition (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  if (jinja_truth (run, jinja_evaluate (run, scope, node->b)))
    return jinja_evaluate (run, scope, node->a);
  return node->c ? jinja_evaluate (run, scope, node->c) : jinja_undefined ((JinjaString){ "the value", 9 });
}

static JinjaValue
evaluate (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue value;

  switch (node->kind) {
  case JINJA_NODE_CONST:
    return node->value;
  case JINJA_NODE_NAME:
    return evaluate_name (run, scope, node->name);
  case JINJA_NODE_LIST:
  case JINJA_NODE_TUPLE:
    return evaluate_list (run, scope, node);
  case JINJA_NODE_DICT:
    return evaluate_dict (run, scope, node);
  case JINJA_NODE_ATTRIBUTE:
    value = jinja_evaluate (run, scope, node->a);
    run->line = node->line;
    return jinja_get_attribute (run, value, node->name->string);
  case JINJA_NODE_ITEM:
    return evaluate_item (run, scope, node);
  case JINJA_NODE_CALL:
    return evaluate_call (run, scope, node);
  case JINJA_NODE_FILTER:
    return evaluate_filter (run, scope, node);
  case JINJA_NODE_TEST:
    return evaluate_test (run, scope, node);
  case JINJA_NODE_NOT:
    return jinja_bool (!jinja_truth (run, jinja_evaluate (run, scope, node->a)));
  case JINJA_NODE_NEGATIVE:
  case JINJA_NODE_POSITIVE:
    return evaluate_sign (run, scope, node);
  case JINJA_NODE_AND:
    value = jinja_evaluate (run, scope, node->a);
    return jinja_truth (run, value) ? jinja_evaluate (run, scope, node->b) : value;
  case JINJA_NODE_OR:
    value = jinja_evaluate (run, scope, node->a);
    return jinja_truth (run, value) ? value : jinja_evaluate (run, scope, node->b);
  case JINJA_NODE_BINARY:
    value = jinja_evaluate (run, scope, node->a);
    return jinja_binary (run, node->operation, value, jinja_evaluate (run, scope, node->b));
  case JINJA_NODE_JOIN:
    return evaluate_join (run, scope, node);
  case JINJA_NODE_COMPARE:
    return evaluate_comparison (run, scope, node);
  case JINJA_NODE_CONDITION:
    return evaluate_condition (run, scope, node);
  default:
    jinja_fail (run, "a slice stands where it has no meaning");
  }
}

JinjaValue
jinja_evaluate (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaValue value;

  jinja_enter (run);
  run->line = node->line;
  value = evaluate (run, scope, node);
  jinja_leave (run);
  return value;
}
