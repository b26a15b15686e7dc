/* SPDX-License-Identifier: MIT */
#include "chat/parser.h"

#include <string.h>

static JinjaNode *parse_or (JinjaParser *parser);
static JinjaNode *parse_unary (JinjaParser *parser, bool filters);

static JinjaNode *
node_of (JinjaParser *parser, JinjaNodeKind kind, JinjaNode *a, JinjaNode *b, JinjaNode *c)
{
  JinjaNode *node = jinja_node (parser, kind);

  node->a = a;
  node->b = b;
  node->c = c;
  return jinja_finish_node (parser, node);
}

/* ---- calls, filters, tests, subscripts ------------------------------------------------ */

static void
add_named (JinjaParser *parser, JinjaNode *node, JinjaName *name, JinjaNode *value)
{
  size_t n = node->n_more;
  JinjaName **names = jinja_alloc (parser->run, n + 1, sizeof *names);

  if (n)
    memcpy (names, node->names, n * sizeof *names);
  names[n] = name;
  node->names = names;
  jinja_add (parser, &node->more, &node->n_more, value);
}

static void
parse_arguments (JinjaParser *parser, JinjaNode *node)
{
  bool first = true;

  jinja_expect_operator (parser, "(");
  while (!jinja_at_operator (parser, ")")) {
    if (!first) {
      jinja_expect_operator (parser, ",");
      if (jinja_at_operator (parser, ")"))
        break;
    }
    first = false;
    if (node->n_more > 255 || node->n_list > 255)
      jinja_fail (parser->run, "a call has more than 255 arguments");
    if (!node->c && !node->b && jinja_skip_operator (parser, "*")) {
      node->b = jinja_parse_expression (parser);
    } else if (!node->c && jinja_skip_operator (parser, "**")) {
      node->c = jinja_parse_expression (parser);
    } else if (parser->token->kind == JINJA_TOKEN_NAME && parser->token[1].kind == JINJA_TOKEN_OPERATOR
               && parser->token[1].string.n == 1 && parser->token[1].string.bytes[0] == '=') {
      JinjaName *name = jinja_expect_name (parser);

      jinja_next (parser);
      add_named (parser, node, name, jinja_parse_expression (parser));
    } else {
      if (node->b || node->c || node->n_more)
        jinja_fail (parser->run, "an argument without a name follows after one with a name");
      jinja_add (parser, &node->list, &node->n_list, jinja_parse_expression (parser));
    }
  }
  jinja_next (parser);
}

static JinjaNode *
parse_call (JinjaParser *parser, JinjaNode *callee)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_CALL);

  node->a = callee;
  parse_arguments (parser, node);
  return jinja_finish_node (parser, node);
}

JinjaNode *
jinja_parse_filter_name (JinjaParser *parser, JinjaNode *subject)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_FILTER);

  node->a = subject;
  node->name = jinja_expect_name (parser);
  node->builtin = jinja_find_filter (node->name->string);
  if (jinja_at_operator (parser, "("))
    parse_arguments (parser, node);
  return jinja_finish_node (parser, node);
}

JinjaNode *
jinja_parse_filters (JinjaParser *parser, JinjaNode *subject)
{
  while (jinja_skip_operator (parser, "|"))
    subject = jinja_parse_filter_name (parser, subject);
  return subject;
}

/* After a test's name its argument may stand without parentheses. */
static bool
at_bare_argument (const JinjaParser *parser)
{
  static const char *const not_arguments[] = { "else", "or", "and", "is", "if", "in" };

  switch (parser->token->kind) {
  case JINJA_TOKEN_NAME:
    for (size_t i = 0; i < ENGINE_LENGTH (not_arguments); i++)
      if (jinja_at_name (parser, not_arguments[i]))
        return false;
    return true;
  case JINJA_TOKEN_STRING:
  case JINJA_TOKEN_INT:
  case JINJA_TOKEN_FLOAT:
    return true;
  default:
    return jinja_at_operator (parser, "[") || jinja_at_operator (parser, "{");
  }
}

static JinjaNode *
parse_test (JinjaParser *parser, JinjaNode *subject)
{
  bool negative = jinja_skip_name (parser, "not");
  JinjaNode *node = jinja_node (parser, JINJA_NODE_TEST);

  node->a = subject;
  node->name = jinja_expect_name (parser);
  node->builtin = jinja_find_test (node->name->string);
  if (jinja_at_operator (parser, "(")) {
    parse_arguments (parser, node);
  } else if (at_bare_argument (parser)) {
    jinja_add (parser, &node->list, &node->n_list, parse_unary (parser, false));
  }
  node = jinja_finish_node (parser, node);
  return negative ? node_of (parser, JINJA_NODE_NOT, node, NULL, NULL) : node;
}

/* One of "a", "a:b", "a:b:c" with any of them left out. */
static JinjaNode *
parse_subscript (JinjaParser *parser)
{
  JinjaNode *parts[3] = { NULL }, *node;
  int n = 0;

  while (n < 3) {
    if (!jinja_at_operator (parser, ":") && !jinja_at_operator (parser, "]") && !jinja_at_operator (parser, ","))
      parts[n] = jinja_parse_expression (parser);
    n++;
    if (n == 3 || !jinja_skip_operator (parser, ":"))
      break;
  }
  if (n == 1) {
    if (!parts[0])
      jinja_unexpected (parser, "an expression");
    return parts[0];
  }
  node = jinja_node (parser, JINJA_NODE_SLICE);
  for (int i = 0; i < 3; i++)
    jinja_add (parser, &node->list, &node->n_list, parts[i]);
  return jinja_finish_node (parser, node);
}

static JinjaNode *
parse_brackets (JinjaParser *parser, JinjaNode *subject)
{
  JinjaNode *key = parse_subscript (parser), *tuple;

  if (jinja_at_operator (parser, ",")) {
    tuple = jinja_node (parser, JINJA_NODE_TUPLE);
    jinja_add (parser, &tuple->list, &tuple->n_list, key);
    while (jinja_skip_operator (parser, ","))
      jinja_add (parser, &tuple->list, &tuple->n_list, parse_subscript (parser));
    key = jinja_finish_node (parser, tuple);
  }
  jinja_expect_operator (parser, "]");
  return node_of (parser, JINJA_NODE_ITEM, subject, key, NULL);
}

static JinjaNode *
parse_dot (JinjaParser *parser, JinjaNode *subject)
{
  JinjaNode *node;

  if (parser->token->kind == JINJA_TOKEN_INT) {
    node = jinja_constant (parser, jinja_int (parser->token->as.integer));
    jinja_next (parser);
    return node_of (parser, JINJA_NODE_ITEM, subject, node, NULL);
  }
  node = jinja_node (parser, JINJA_NODE_ATTRIBUTE);
  node->a = subject;
  node->name = jinja_expect_name (parser);
  return jinja_finish_node (parser, node);
}

static JinjaNode *
parse_postfix (JinjaParser *parser, JinjaNode *node)
{
  for (;;) {
    if (jinja_skip_operator (parser, "."))
      node = parse_dot (parser, node);
    else if (jinja_skip_operator (parser, "["))
      node = parse_brackets (parser, node);
    else if (jinja_at_operator (parser, "("))
      node = parse_call (parser, node);
    else
      return node;
  }
}

static JinjaNode *
parse_filters_and_tests (JinjaParser *parser, JinjaNode *node)
{
  for (;;) {
    if (jinja_at_operator (parser, "|"))
      node = jinja_parse_filters (parser, node);
    else if (jinja_skip_name (parser, "is"))
      node = parse_test (parser, node);
    else if (jinja_at_operator (parser, "("))
      node = parse_call (parser, node);
    else
      return node;
  }
}

/* ---- operators ------------------------------------------------------------------------- */

static JinjaNode *
parse_unary (JinjaParser *parser, bool filters)
{
  JinjaNode *node;

  jinja_nest (parser);
  if (jinja_skip_operator (parser, "-"))
    node = node_of (parser, JINJA_NODE_NEGATIVE, parse_unary (parser, false), NULL, NULL);
  else if (jinja_skip_operator (parser, "+"))
    node = node_of (parser, JINJA_NODE_POSITIVE, parse_unary (parser, false), NULL, NULL);
  else
    node = jinja_parse_primary (parser);
  node = parse_postfix (parser, node);
  if (filters)
    node = parse_filters_and_tests (parser, node);
  parser->nesting--;
  return node;
}

typedef struct {
  const char    *text;
  JinjaOperation operation;
} Operator;

/* Operators of one precedence that bind to the left. */
static JinjaNode *
parse_left (JinjaParser *parser, const Operator *operators, size_t n, JinjaNode *(*parse) (JinjaParser *))
{
  JinjaNode *left = parse (parser), *node;
  size_t i;

  for (;;) {
    for (i = 0; i < n && !jinja_at_operator (parser, operators[i].text);)
      i++;
    if (i == n)
      return left;
    node = jinja_node (parser, JINJA_NODE_BINARY);
    jinja_next (parser);
    node->operation = operators[i].operation;
    node->a = left;
    node->b = parse (parser);
    left = jinja_finish_node (parser, node);
  }
}

static JinjaNode *
parse_operand (JinjaParser *parser)
{
  return parse_unary (parser, true);
}

static JinjaNode *
parse_power (JinjaParser *parser)
{
  static const Operator operators[] = { { "**", JINJA_POW } };

  return parse_left (parser, operators, ENGINE_LENGTH (operators), parse_operand);
}

static JinjaNode *
parse_product (JinjaParser *parser)
{
  static const Operator operators[] = { { "*", JINJA_MUL }, { "/", JINJA_DIV }, { "//", JINJA_FLOOR_DIV }, { "%", JINJA_MOD } };

  return parse_left (parser, operators, ENGINE_LENGTH (operators), parse_power);
}

static JinjaNode *
parse_join (JinjaParser *parser)
{
  JinjaNode *first = parse_product (parser), *node;

  if (!jinja_at_operator (parser, "~"))
    return first;
  node = jinja_node (parser, JINJA_NODE_JOIN);
  jinja_add (parser, &node->list, &node->n_list, first);
  while (jinja_skip_operator (parser, "~"))
    jinja_add (parser, &node->list, &node->n_list, parse_product (parser));
  return jinja_finish_node (parser, node);
}

static JinjaNode *
parse_sum (JinjaParser *parser)
{
  static const Operator operators[] = { { "+", JINJA_ADD }, { "-", JINJA_SUB } };

  return parse_left (parser, operators, ENGINE_LENGTH (operators), parse_join);
}

/* True and the operation when a comparison stands here; it is skipped. */
static bool
take_comparison (JinjaParser *parser, JinjaOperation *operation)
{
  static const Operator operators[] = { { "==", JINJA_EQ }, { "!=", JINJA_NE }, { "<", JINJA_LT }, { "<=", JINJA_LE }, { ">", JINJA_GT }, { ">=", JINJA_GE } };

  for (size_t i = 0; i < ENGINE_LENGTH (operators); i++)
    if (jinja_skip_operator (parser, operators[i].text)) {
      *operation = operators[i].operation;
      return true;
    }
  if (jinja_skip_name (parser, "in")) {
    *operation = JINJA_IN;
    return true;
  }
  if (jinja_at_name (parser, "not") && parser->token[1].kind == JINJA_TOKEN_NAME && parser->token[1].string.n == 2
      && !memcmp (parser->token[1].string.bytes, "in", 2)) {
    jinja_next (parser);
    jinja_next (parser);
    *operation = JINJA_NOT_IN;
    return true;
  }
  return false;
}

static JinjaNode *
parse_comparison (JinjaParser *parser)
{
  JinjaNode *first = parse_sum (parser), *node = NULL;
  JinjaOperation operation;

  while (take_comparison (parser, &operation)) {
    JinjaOperation *operations;

    if (!node) {
      node = jinja_node (parser, JINJA_NODE_COMPARE);
      node->a = first;
    }
    if (node->n_list >= 255)
      jinja_fail (parser->run, "a comparison has more than 255 parts");
    operations = jinja_alloc (parser->run, node->n_list + 1, sizeof *operations);
    if (node->n_list)
      memcpy (operations, node->operations, node->n_list * sizeof *operations);
    operations[node->n_list] = operation;
    node->operations = operations;
    jinja_add (parser, &node->list, &node->n_list, parse_sum (parser));
  }
  return node ? jinja_finish_node (parser, node) : first;
}

static JinjaNode *
parse_not (JinjaParser *parser)
{
  JinjaNode *node;

  if (!jinja_skip_name (parser, "not"))
    return parse_comparison (parser);
  jinja_nest (parser);
  node = node_of (parser, JINJA_NODE_NOT, parse_not (parser), NULL, NULL);
  parser->nesting--;
  return node;
}

static JinjaNode *
parse_and (JinjaParser *parser)
{
  JinjaNode *left = parse_not (parser);

  while (jinja_skip_name (parser, "and"))
    left = node_of (parser, JINJA_NODE_AND, left, parse_not (parser), NULL);
  return left;
}

static JinjaNode *
parse_or (JinjaParser *parser)
{
  JinjaNode *left = parse_and (parser);

  while (jinja_skip_name (parser, "or"))
    left = node_of (parser, JINJA_NODE_OR, left, parse_and (parser), NULL);
  return left;
}

JinjaNode *
jinja_parse_expression (JinjaParser *parser)
{
  JinjaNode *node, *test, *other;

  jinja_nest (parser);
  node = parse_or (parser);
  while (jinja_skip_name (parser, "if")) {
    test = parse_or (parser);
    other = jinja_skip_name (parser, "else") ? jinja_parse_expression (parser) : NULL;
    node = node_of (parser, JINJA_NODE_CONDITION, node, test, other);
  }
  parser->nesting--;
  return node;
}

static bool
at_tuple_end (const JinjaParser *parser)
{
  return parser->token->kind == JINJA_TOKEN_PRINT_END || parser->token->kind == JINJA_TOKEN_BLOCK_END
         || jinja_at_operator (parser, ")") || jinja_at_name (parser, "in") || jinja_at_name (parser, "recursive");
}

JinjaNode *
jinja_parse_tuple (JinjaParser *parser, bool conditions)
{
  JinjaNode *tuple = NULL, *node = NULL;

  for (;;) {
    if (node && at_tuple_end (parser))
      break;
    node = conditions ? jinja_parse_expression (parser) : parse_or (parser);
    if (!tuple && !jinja_at_operator (parser, ","))
      return node;
    if (!tuple)
      tuple = jinja_node (parser, JINJA_NODE_TUPLE);
    jinja_add (parser, &tuple->list, &tuple->n_list, node);
    if (!jinja_skip_operator (parser, ","))
      break;
  }
  return jinja_finish_node (parser, tuple);
}
