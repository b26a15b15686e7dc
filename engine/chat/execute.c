/* SPDX-License-Identifier: MIT */
/* Statements, loops and macros. */
#include "chat/jinja.h"

#include <string.h>

/* Runs the body and returns what it printed. */
static JinjaValue
capture (JinjaRun *run, JinjaScope *scope, const JinjaNode *body)
{
  JinjaBuffer text = { 0 }, *out = run->out;

  run->out = &text;
  jinja_execute (run, scope, body);
  run->out = out;
  return jinja_buffer_string (&text);
}

/* ---- assignment ---------------------------------------------------------------------------- */

static void
assign (JinjaRun *run, JinjaScope *scope, const JinjaNode *target, JinjaValue value)
{
  JinjaValue namespace;
  JinjaList *items;

  if (target->kind == JINJA_NODE_NAME) {
    jinja_set (run, scope, target->name, value);
    return;
  }
  if (target->kind == JINJA_NODE_ATTRIBUTE) {
    namespace = jinja_evaluate (run, scope, target->a);
    if (namespace.kind != JINJA_NAMESPACE)
      jinja_fail (run, "only a namespace can get an attribute, not %s", jinja_kind_name (namespace));
    jinja_dict_set (run, namespace.as.dict, (JinjaValue){ .kind = JINJA_STRING, .as.string = target->name->string }, value);
    return;
  }
  items = jinja_items (run, value);
  if (items->n != target->n_list)
    jinja_fail (run, "%zu names are to be set from %zu values", target->n_list, items->n);
  jinja_enter (run);
  for (size_t i = 0; i < items->n; i++)
    assign (run, scope, target->list[i], items->items[i]);
  jinja_leave (run);
}

/* ---- loops ---------------------------------------------------------------------------------- */

JinjaValue
jinja_loop_attribute (JinjaRun *run, JinjaLoop *loop, JinjaString name)
{
  JinjaValue word = { .kind = JINJA_STRING, .as.string = name };
  int64_t index = (int64_t) loop->index, n = (int64_t) loop->items->n;
  const JinjaBuiltin *builtin;

  if (jinja_is (word, "index"))
    return jinja_int (index + 1);
  if (jinja_is (word, "index0"))
    return jinja_int (index);
  if (jinja_is (word, "revindex"))
    return jinja_int (n - index);
  if (jinja_is (word, "revindex0"))
    return jinja_int (n - index - 1);
  if (jinja_is (word, "first"))
    return jinja_bool (index == 0);
  if (jinja_is (word, "last"))
    return jinja_bool (index == n - 1);
  if (jinja_is (word, "length"))
    return jinja_int (n);
  if (jinja_is (word, "depth"))
    return jinja_int (loop->depth);
  if (jinja_is (word, "depth0"))
    return jinja_int (loop->depth - 1);
  if (jinja_is (word, "previtem") && index > 0)
    return loop->items->items[index - 1];
  if (jinja_is (word, "nextitem") && index + 1 < n)
    return loop->items->items[index + 1];
  builtin = jinja_find_method ((JinjaValue){ .kind = JINJA_LOOP, .as.loop = loop }, name);
  if (builtin) {
    JinjaMethod *method = jinja_alloc (run, 1, sizeof *method);

    *method = (JinjaMethod){ builtin, { .kind = JINJA_LOOP, .as.loop = loop } };
    return (JinjaValue){ .kind = JINJA_METHOD, .as.method = method };
  }
  return jinja_undefined (name);
}

/* The items for which the loop's filter holds; it sees the target but no `loop`. */
static JinjaList *
filter_items (JinjaRun *run, JinjaScope *scope, const JinjaNode *node, JinjaList *items)
{
  JinjaList *kept = jinja_list (run, JINJA_LIST, 0).as.list;

  for (size_t i = 0; i < items->n; i++) {
    JinjaScope *inner = jinja_scope (run, scope);

    assign (run, inner, node->a, items->items[i]);
    if (jinja_truth (run, jinja_evaluate (run, inner, node->c)))
      jinja_push (run, kept, items->items[i]);
  }
  return kept;
}

static JinjaFlow
run_loop (JinjaRun *run, JinjaScope *scope, const JinjaNode *node, JinjaValue over, int depth)
{
  JinjaList *items = jinja_items (run, over);
  JinjaLoop *loop = jinja_alloc (run, 1, sizeof *loop);
  JinjaFlow flow;

  if (node->c)
    items = filter_items (run, scope, node, items);
  *loop = (JinjaLoop){ .items = items, .depth = depth, .node = node->flag ? node : NULL, .scope = scope };
  if (!items->n && node->n_list > 1)
    jinja_execute (run, jinja_scope (run, scope), node->list[1]);
  for (size_t i = 0; i < items->n; i++) {
    JinjaScope *inner = jinja_scope (run, scope);

    jinja_work (run, 0);
    loop->index = i;
    jinja_set (run, inner, node->name, (JinjaValue){ .kind = JINJA_LOOP, .as.loop = loop });
    assign (run, inner, node->a, items->items[i]);
    flow = jinja_execute (run, inner, node->list[0]);
    if (flow == JINJA_BREAK)
      break;
  }
  return JINJA_NEXT;
}

JinjaValue
jinja_call_loop (JinjaRun *run, JinjaLoop *loop, JinjaValue items)
{
  JinjaBuffer text = { 0 }, *out = run->out;

  if (!loop->node)
    jinja_fail (run, "a loop that is called must be \"recursive\"");
  jinja_enter (run);
  run->out = &text;
  run_loop (run, loop->scope, loop->node, items, loop->depth + 1);
  run->out = out;
  jinja_leave (run);
  return jinja_buffer_string (&text);
}

/* ---- macros ----------------------------------------------------------------------------------- */

static bool
is_named (const JinjaName *name, JinjaString string)
{
  return name->string.n == string.n && !memcmp (name->string.bytes, string.bytes, string.n);
}

/* Sets the parameters; the first `n_required` have no default. What is left over of the
 * arguments becomes `varargs` and `kwargs`, if the macro reads those. */
static void
bind (JinjaRun *run, JinjaMacro *macro, JinjaScope *scope, const JinjaArguments *arguments)
{
  const JinjaNode *node = macro->node;
  size_t n_required = node->n_list - node->n_more;
  JinjaValue varargs = jinja_list (run, JINJA_TUPLE, 0), kwargs = jinja_dict (run);

  for (size_t i = 0; i < node->n_list; i++) {
    const JinjaName *name = node->list[i]->name;
    JinjaValue value = i < arguments->n ? arguments->items[i] : (JinjaValue){ .kind = JINJA_ABSENT };

    for (size_t j = 0; j < arguments->n_named; j++)
      if (is_named (name, arguments->names[j])) {
        if (value.kind != JINJA_ABSENT)
          jinja_fail (run, "a macro gets the argument \"%.*s\" twice", (int) ENGINE_MIN (name->string.n, 80), name->string.bytes);
        value = arguments->named[j];
      }
    if (value.kind == JINJA_ABSENT)
      value = i >= n_required ? jinja_evaluate (run, scope, node->more[i - n_required]) : jinja_undefined (name->string);
    jinja_set (run, scope, name, value);
  }
  if (arguments->n > node->n_list && !node->flag)
    jinja_fail (run, "a macro takes at most %zu arguments, not %zu", node->n_list, arguments->n);
  for (size_t i = node->n_list; i < arguments->n; i++)
    jinja_push (run, varargs.as.list, arguments->items[i]);
  for (size_t j = 0; j < arguments->n_named; j++) {
    bool known = false;

    for (size_t i = 0; i < node->n_list && !known; i++)
      known = is_named (node->list[i]->name, arguments->names[j]);
    if (!known && !node->flag_named && !jinja_is ((JinjaValue){ .kind = JINJA_STRING, .as.string = arguments->names[j] }, "caller"))
      jinja_fail (run, "a macro has no argument \"%.*s\"", (int) ENGINE_MIN (arguments->names[j].n, 80), arguments->names[j].bytes);
    if (!known)
      jinja_dict_set (run, kwargs.as.dict, (JinjaValue){ .kind = JINJA_STRING, .as.string = arguments->names[j] }, arguments->named[j]);
  }
  jinja_set (run, scope, node->names[0], varargs);
  jinja_set (run, scope, node->names[1], kwargs);
  if (node->kind == JINJA_NODE_MACRO) {
    JinjaValue *caller = jinja_dict_get_text (run, kwargs.as.dict, "caller");

    jinja_set (run, scope, node->names[2], caller ? *caller : jinja_undefined ((JinjaString){ "caller", 6 }));
  }
}

JinjaValue
jinja_call_macro (JinjaRun *run, JinjaMacro *macro, const JinjaArguments *arguments)
{
  JinjaScope *scope = jinja_scope (run, macro->scope);
  JinjaValue text;

  jinja_enter (run);
  bind (run, macro, scope, arguments);
  text = capture (run, scope, macro->node->c);
  jinja_leave (run);
  return text;
}

static JinjaValue
make_macro (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaMacro *macro = jinja_alloc (run, 1, sizeof *macro);

  *macro = (JinjaMacro){ node, scope };
  return (JinjaValue){ .kind = JINJA_MACRO, .as.macro = macro };
}

/* The call of a call block, with its body as the argument `caller`. */
static void
run_call_block (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaNode call = *node->a, caller = { .kind = JINJA_NODE_CONST, .line = node->line };
  JinjaBuffer text = { 0 };

  caller.value = make_macro (run, scope, node);
  call.names = jinja_alloc (run, call.n_more + 1, sizeof *call.names);
  call.more = jinja_alloc (run, call.n_more + 1, sizeof *call.more);
  for (size_t i = 0; i < call.n_more; i++) {
    call.names[i] = node->a->names[i];
    call.more[i] = node->a->more[i];
  }
  call.names[call.n_more] = node->names[2];
  call.more[call.n_more++] = &caller;
  jinja_print (run, &text, jinja_evaluate (run, scope, &call));
  jinja_emit (run, text.bytes, text.n);
}

/* ---- statements --------------------------------------------------------------------------------- */

static JinjaFlow
run_sequence (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  for (size_t i = 0; i < node->n_list; i++) {
    JinjaFlow flow = jinja_execute (run, scope, node->list[i]);

    if (flow != JINJA_NEXT)
      return flow;
  }
  return JINJA_NEXT;
}

static JinjaFlow
run_if (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  for (size_t i = 0; i < node->n_list; i++)
    if (jinja_truth (run, jinja_evaluate (run, scope, node->list[i])))
      return jinja_execute (run, scope, node->more[i]);
  return node->c ? jinja_execute (run, scope, node->c) : JINJA_NEXT;
}

static void
run_print (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaString text = jinja_to_string (run, jinja_evaluate (run, scope, node->a));

  jinja_emit (run, text.bytes, text.n);
}

static JinjaFlow
execute (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaScope *inner;
  JinjaValue value;

  switch (node->kind) {
  case JINJA_NODE_TEXT:
    jinja_emit (run, node->value.as.string.bytes, node->value.as.string.n);
    return JINJA_NEXT;
  case JINJA_NODE_PRINT:
    run_print (run, scope, node);
    return JINJA_NEXT;
  case JINJA_NODE_SEQUENCE:
    return run_sequence (run, scope, node);
  case JINJA_NODE_IF:
    return run_if (run, scope, node);
  case JINJA_NODE_FOR:
    return run_loop (run, scope, node, jinja_evaluate (run, scope, node->b), 1);
  case JINJA_NODE_SET:
    assign (run, scope, node->a, jinja_evaluate (run, scope, node->b));
    return JINJA_NEXT;
  case JINJA_NODE_SET_BLOCK:
    value = capture (run, jinja_scope (run, scope), node->c);
    assign (run, scope, node->a, node->b ? jinja_apply_filter (run, scope, node->b, value) : value);
    return JINJA_NEXT;
  case JINJA_NODE_MACRO:
    jinja_set (run, scope, node->name, make_macro (run, scope, node));
    return JINJA_NEXT;
  case JINJA_NODE_CALL_BLOCK:
    run_call_block (run, scope, node);
    return JINJA_NEXT;
  case JINJA_NODE_FILTER_BLOCK: {
    JinjaString text = jinja_to_string (run, jinja_apply_filter (run, scope, node->b, capture (run, jinja_scope (run, scope), node->c)));

    jinja_emit (run, text.bytes, text.n);
    return JINJA_NEXT;
  }
  case JINJA_NODE_WITH:
    inner = jinja_scope (run, scope);
    for (size_t i = 0; i < node->n_list; i++)
      assign (run, inner, node->list[i], jinja_evaluate (run, scope, node->more[i]));
    return jinja_execute (run, inner, node->c);
  case JINJA_NODE_BREAK:
    return JINJA_BREAK;
  case JINJA_NODE_CONTINUE:
    return JINJA_CONTINUE;
  default:
    jinja_fail (run, "an expression stands where a statement should");
  }
}

JinjaFlow
jinja_execute (JinjaRun *run, JinjaScope *scope, const JinjaNode *node)
{
  JinjaFlow flow;

  jinja_enter (run);
  run->line = node->line;
  flow = execute (run, scope, node);
  jinja_leave (run);
  return flow;
}
