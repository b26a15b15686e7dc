/* SPDX-License-Identifier: MIT */
/* Names, constants, lists and dicts, and what can stand on the left of an assignment. */
#include "chat/parser.h"

JinjaNode *
jinja_constant (JinjaParser *parser, JinjaValue value)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_CONST);

  node->value = value;
  return node;
}

static JinjaNode *
parse_strings (JinjaParser *parser)
{
  JinjaBuffer joined = { 0 };
  JinjaNode *node = jinja_constant (parser, (JinjaValue){ .kind = JINJA_STRING, .as.string = parser->token->string });

  jinja_next (parser);
  if (parser->token->kind != JINJA_TOKEN_STRING)
    return node;
  jinja_append (parser->run, &joined, node->value.as.string.bytes, node->value.as.string.n);
  while (parser->token->kind == JINJA_TOKEN_STRING) {
    jinja_append (parser->run, &joined, parser->token->string.bytes, parser->token->string.n);
    jinja_next (parser);
  }
  node->value = jinja_buffer_string (&joined);
  return node;
}

static JinjaNode *
parse_list (JinjaParser *parser)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_LIST);

  jinja_next (parser);
  while (!jinja_at_operator (parser, "]")) {
    if (node->n_list)
      jinja_expect_operator (parser, ",");
    if (jinja_at_operator (parser, "]"))
      break;
    jinja_add (parser, &node->list, &node->n_list, jinja_parse_expression (parser));
  }
  jinja_next (parser);
  return jinja_finish_node (parser, node);
}

static JinjaNode *
parse_dict (JinjaParser *parser)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_DICT);

  jinja_next (parser);
  while (!jinja_at_operator (parser, "}")) {
    if (node->n_list)
      jinja_expect_operator (parser, ",");
    if (jinja_at_operator (parser, "}"))
      break;
    jinja_add (parser, &node->list, &node->n_list, jinja_parse_expression (parser));
    jinja_expect_operator (parser, ":");
    jinja_add (parser, &node->more, &node->n_more, jinja_parse_expression (parser));
  }
  jinja_next (parser);
  return jinja_finish_node (parser, node);
}

/* The value of "true", "none", …; NULL where no such word stands. */
static const JinjaValue *
word_value (const JinjaParser *parser)
{
  static const struct {
    const char *word;
    JinjaValue  value;
  } words[] = {
    { "true", { JINJA_BOOL, { .boolean = true } } }, { "True", { JINJA_BOOL, { .boolean = true } } },
    { "false", { JINJA_BOOL, { .boolean = false } } }, { "False", { JINJA_BOOL, { .boolean = false } } },
    { "none", { JINJA_NONE, { 0 } } }, { "None", { JINJA_NONE, { 0 } } },
  };

  for (size_t i = 0; i < ENGINE_LENGTH (words); i++)
    if (jinja_at_name (parser, words[i].word))
      return &words[i].value;
  return NULL;
}

static JinjaNode *
parse_name (JinjaParser *parser)
{
  const JinjaValue *value = word_value (parser);
  JinjaNode *node;

  if (value) {
    node = jinja_constant (parser, *value);
    jinja_next (parser);
    return node;
  }
  parser->n_varargs += jinja_at_name (parser, "varargs");
  parser->n_kwargs += jinja_at_name (parser, "kwargs");
  node = jinja_node (parser, JINJA_NODE_NAME);
  node->name = jinja_expect_name (parser);
  return node;
}

static JinjaNode *
parse_parentheses (JinjaParser *parser)
{
  JinjaNode *node;

  jinja_next (parser);
  node = jinja_at_operator (parser, ")") ? jinja_node (parser, JINJA_NODE_TUPLE) : jinja_parse_tuple (parser, true);
  jinja_expect_operator (parser, ")");
  return node;
}

JinjaNode *
jinja_parse_primary (JinjaParser *parser)
{
  JinjaNode *node = NULL;

  switch (parser->token->kind) {
  case JINJA_TOKEN_NAME:
    node = parse_name (parser);
    break;
  case JINJA_TOKEN_STRING:
    node = parse_strings (parser);
    break;
  case JINJA_TOKEN_INT:
    node = jinja_constant (parser, jinja_int (parser->token->as.integer));
    jinja_next (parser);
    break;
  case JINJA_TOKEN_FLOAT:
    node = jinja_constant (parser, jinja_float (parser->token->as.number));
    jinja_next (parser);
    break;
  default:
    if (jinja_at_operator (parser, "("))
      node = parse_parentheses (parser);
    else if (jinja_at_operator (parser, "["))
      node = parse_list (parser);
    else if (jinja_at_operator (parser, "{"))
      node = parse_dict (parser);
    else
      jinja_unexpected (parser, "an expression");
  }
  return node;
}

/* ---- targets ------------------------------------------------------------------------- */

static JinjaNode *
parse_simple_target (JinjaParser *parser, bool attributes)
{
  JinjaNode *node, *name;

  if (jinja_skip_operator (parser, "(")) {
    jinja_nest (parser);
    node = jinja_parse_target (parser, attributes);
    parser->nesting--;
    jinja_expect_operator (parser, ")");
    return node;
  }
  if (word_value (parser))
    jinja_unexpected (parser, "a name");
  name = jinja_node (parser, JINJA_NODE_NAME);
  name->name = jinja_expect_name (parser);
  if (!attributes || !jinja_skip_operator (parser, "."))
    return name;
  node = jinja_node (parser, JINJA_NODE_ATTRIBUTE);
  node->a = name;
  node->name = jinja_expect_name (parser);
  return jinja_finish_node (parser, node);
}

JinjaNode *
jinja_parse_target (JinjaParser *parser, bool attributes)
{
  JinjaNode *first = parse_simple_target (parser, attributes), *tuple;

  if (!jinja_at_operator (parser, ","))
    return first;
  tuple = jinja_node (parser, JINJA_NODE_TUPLE);
  jinja_add (parser, &tuple->list, &tuple->n_list, first);
  while (jinja_skip_operator (parser, ",") && parser->token->kind == JINJA_TOKEN_NAME && !jinja_at_name (parser, "in"))
    jinja_add (parser, &tuple->list, &tuple->n_list, parse_simple_target (parser, attributes));
  return jinja_finish_node (parser, tuple);
}
