/* SPDX-License-Identifier: MIT */
/* Statements; and the hands of both parsers. */
#include "chat/parser.h"

#include <stdio.h>
#include <string.h>

/* ---- names and nodes ---------------------------------------------------------------- */

JinjaName *
jinja_intern (JinjaRun *run, JinjaNames *names, JinjaString string)
{
  uint64_t h = 14695981039346656037u;
  JinjaName **bucket, *name;

  if (!names->buckets) {
    names->mask = 1023;
    names->buckets = jinja_alloc (run, names->mask + 1, sizeof *names->buckets);
  }
  for (size_t i = 0; i < string.n; i++)
    h = (h ^ (unsigned char) string.bytes[i]) * 1099511628211u;
  bucket = &names->buckets[(h ^ h >> 32) & names->mask];
  for (name = *bucket; name; name = name->next) {
    jinja_work (run, 0);
    if (name->string.n == string.n && !memcmp (name->string.bytes, string.bytes, string.n))
      return name;
  }
  name = jinja_alloc (run, 1, sizeof *name);
  *name = (JinjaName){ string, names->n++, *bucket };
  *bucket = name;
  return name;
}

JinjaNode *
jinja_node (JinjaParser *parser, JinjaNodeKind kind)
{
  JinjaNode *node = jinja_alloc (parser->run, 1, sizeof *node);

  node->kind = kind;
  node->line = parser->token->line;
  return node;
}

static int
nesting_of (JinjaNode *const *list, size_t n, int most)
{
  for (size_t i = 0; i < n; i++)
    if (list[i])
      most = ENGINE_MAX (most, list[i]->nesting);
  return most;
}

JinjaNode *
jinja_finish_node (JinjaParser *parser, JinjaNode *node)
{
  int nesting = nesting_of (&node->a, 1, 0);

  nesting = nesting_of (&node->b, 1, nesting);
  nesting = nesting_of (&node->c, 1, nesting);
  nesting = nesting_of (node->list, node->n_list, nesting);
  nesting = nesting_of (node->more, node->n_more, nesting);
  node->nesting = nesting + 1;
  if (node->nesting > JINJA_MAX_TREE)
    jinja_fail (parser->run, "an expression or a block is nested deeper than %d", JINJA_MAX_TREE);
  return node;
}

void
jinja_add (JinjaParser *parser, JinjaNode ***list, size_t *n, JinjaNode *node)
{
  /* Full when the number is a power of two. */
  if (!(*n & (*n - 1))) {
    JinjaNode **larger = jinja_alloc (parser->run, *n ? 2 * *n : 1, sizeof *larger);

    if (*n)
      memcpy (larger, *list, *n * sizeof *larger);
    *list = larger;
  }
  (*list)[(*n)++] = node;
}

/* ---- tokens -------------------------------------------------------------------------- */

void
jinja_nest (JinjaParser *parser)
{
  if (++parser->nesting > JINJA_MAX_NESTING)
    jinja_fail (parser->run, "an expression is nested deeper than %d", JINJA_MAX_NESTING);
}

void
jinja_next (JinjaParser *parser)
{
  if (parser->token->kind != JINJA_TOKEN_END)
    parser->token++;
  parser->run->line = parser->token->line;
}

static bool
is (const JinjaToken *token, JinjaTokenKind kind, const char *text)
{
  return token->kind == kind && token->string.n == strlen (text) && !memcmp (token->string.bytes, text, token->string.n);
}

bool
jinja_at_operator (const JinjaParser *parser, const char *text)
{
  return is (parser->token, JINJA_TOKEN_OPERATOR, text);
}

bool
jinja_at_name (const JinjaParser *parser, const char *text)
{
  return is (parser->token, JINJA_TOKEN_NAME, text);
}

bool
jinja_skip_operator (JinjaParser *parser, const char *text)
{
  bool there = jinja_at_operator (parser, text);

  if (there)
    jinja_next (parser);
  return there;
}

bool
jinja_skip_name (JinjaParser *parser, const char *text)
{
  bool there = jinja_at_name (parser, text);

  if (there)
    jinja_next (parser);
  return there;
}

_Noreturn void
jinja_unexpected (JinjaParser *parser, const char *expected)
{
  static const char *const kinds[] = {
    [JINJA_TOKEN_END] = "the end of the template", [JINJA_TOKEN_TEXT] = "text", [JINJA_TOKEN_BLOCK_BEGIN] = "\"{%\"",
    [JINJA_TOKEN_BLOCK_END] = "\"%}\"", [JINJA_TOKEN_PRINT_BEGIN] = "\"{{\"", [JINJA_TOKEN_PRINT_END] = "\"}}\"",
    [JINJA_TOKEN_NAME] = "", [JINJA_TOKEN_STRING] = "a string", [JINJA_TOKEN_INT] = "a number",
    [JINJA_TOKEN_FLOAT] = "a number", [JINJA_TOKEN_OPERATOR] = "",
  };
  const JinjaToken *token = parser->token;

  if (token->kind == JINJA_TOKEN_NAME || token->kind == JINJA_TOKEN_OPERATOR)
    jinja_fail (parser->run, "%s was expected, not \"%.*s\"", expected, (int) ENGINE_MIN (token->string.n, 60), token->string.bytes);
  jinja_fail (parser->run, "%s was expected, not %s", expected, kinds[token->kind]);
}

void
jinja_expect_operator (JinjaParser *parser, const char *text)
{
  char expected[8];

  if (jinja_skip_operator (parser, text))
    return;
  snprintf (expected, sizeof expected, "\"%s\"", text);
  jinja_unexpected (parser, expected);
}

JinjaName *
jinja_expect_name (JinjaParser *parser)
{
  JinjaName *name;

  if (parser->token->kind != JINJA_TOKEN_NAME)
    jinja_unexpected (parser, "a name");
  name = jinja_intern (parser->run, parser->names, parser->token->string);
  jinja_next (parser);
  return name;
}

static void
expect_block_end (JinjaParser *parser)
{
  if (parser->token->kind != JINJA_TOKEN_BLOCK_END)
    jinja_unexpected (parser, "\"%}\"");
  jinja_next (parser);
}

/* ---- statements ------------------------------------------------------------------------ */

static JinjaNode *parse_body (JinjaParser *parser, const char *const *ends, const char *opened, int line);

/* The body of a block that only `end` ends; "{% end %}" is taken too. */
static JinjaNode *
parse_block (JinjaParser *parser, const char *end, int line)
{
  const char *const ends[] = { end, NULL };
  JinjaNode *body;

  expect_block_end (parser);
  body = parse_body (parser, ends, end + 3, line);
  jinja_next (parser);
  return body;
}

static JinjaNode *
parse_if (JinjaParser *parser, int line)
{
  static const char *const ends[] = { "elif", "else", "endif", NULL };
  JinjaNode *node = jinja_node (parser, JINJA_NODE_IF);

  do {
    jinja_add (parser, &node->list, &node->n_list, jinja_parse_tuple (parser, false));
    expect_block_end (parser);
    jinja_add (parser, &node->more, &node->n_more, parse_body (parser, ends, "if", line));
  } while (jinja_skip_name (parser, "elif"));
  if (jinja_skip_name (parser, "else"))
    node->c = parse_block (parser, "endif", line);
  else
    jinja_next (parser);
  return node;
}

static JinjaNode *
parse_for (JinjaParser *parser, int line)
{
  static const char *const ends[] = { "else", "endfor", NULL };
  JinjaNode *node = jinja_node (parser, JINJA_NODE_FOR);

  node->name = jinja_intern (parser->run, parser->names, (JinjaString){ "loop", 4 });
  node->a = jinja_parse_target (parser, false);
  if (!jinja_skip_name (parser, "in"))
    jinja_unexpected (parser, "\"in\"");
  node->b = jinja_parse_tuple (parser, false);
  if (jinja_skip_name (parser, "if"))
    node->c = jinja_parse_expression (parser);
  node->flag = jinja_skip_name (parser, "recursive");
  expect_block_end (parser);
  parser->n_loops++;
  jinja_add (parser, &node->list, &node->n_list, parse_body (parser, ends, "for", line));
  parser->n_loops--;
  if (jinja_skip_name (parser, "else"))
    jinja_add (parser, &node->list, &node->n_list, parse_block (parser, "endfor", line));
  else
    jinja_next (parser);
  return node;
}

static JinjaNode *
parse_set (JinjaParser *parser, int line)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_SET);

  node->a = jinja_parse_target (parser, true);
  if (jinja_skip_operator (parser, "=")) {
    node->b = jinja_parse_tuple (parser, true);
    return node;
  }
  node->kind = JINJA_NODE_SET_BLOCK;
  node->b = jinja_parse_filters (parser, NULL);
  node->c = parse_block (parser, "endset", line);
  return node;
}

/* The names that every macro has. */
static void
add_macro_names (JinjaParser *parser, JinjaNode *node)
{
  node->names = jinja_alloc (parser->run, 3, sizeof *node->names);
  node->names[0] = jinja_intern (parser->run, parser->names, (JinjaString){ "varargs", 7 });
  node->names[1] = jinja_intern (parser->run, parser->names, (JinjaString){ "kwargs", 6 });
  node->names[2] = jinja_intern (parser->run, parser->names, (JinjaString){ "caller", 6 });
}

/* "(a, b=1)" */
static void
parse_parameters (JinjaParser *parser, JinjaNode *node)
{
  jinja_expect_operator (parser, "(");
  while (!jinja_at_operator (parser, ")")) {
    JinjaNode *parameter;

    if (node->n_list)
      jinja_expect_operator (parser, ",");
    if (jinja_at_operator (parser, ")"))
      break;
    parameter = jinja_node (parser, JINJA_NODE_NAME);
    parameter->name = jinja_expect_name (parser);
    if (jinja_skip_operator (parser, "="))
      jinja_add (parser, &node->more, &node->n_more, jinja_parse_expression (parser));
    else if (node->n_more)
      jinja_fail (parser->run, "a parameter without a default follows after one with a default");
    jinja_add (parser, &node->list, &node->n_list, parameter);
  }
  jinja_next (parser);
}

static void
parse_macro_body (JinjaParser *parser, JinjaNode *node, const char *end, int line)
{
  int n_loops = parser->n_loops, n_varargs = parser->n_varargs, n_kwargs = parser->n_kwargs;

  parser->n_loops = 0;
  node->c = parse_block (parser, end, line);
  node->flag = parser->n_varargs > n_varargs;
  node->flag_named = parser->n_kwargs > n_kwargs;
  parser->n_loops = n_loops;
}

static JinjaNode *
parse_macro (JinjaParser *parser, int line)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_MACRO);

  node->name = jinja_expect_name (parser);
  add_macro_names (parser, node);
  parse_parameters (parser, node);
  parse_macro_body (parser, node, "endmacro", line);
  return node;
}

static JinjaNode *
parse_call_block (JinjaParser *parser, int line)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_CALL_BLOCK);

  if (jinja_at_operator (parser, "("))
    parse_parameters (parser, node);
  node->a = jinja_parse_expression (parser);
  if (node->a->kind != JINJA_NODE_CALL)
    jinja_fail (parser->run, "a call block needs a call, like \"{%% call name () %%}\"");
  add_macro_names (parser, node);
  parse_macro_body (parser, node, "endcall", line);
  return node;
}

static JinjaNode *
parse_filter_block (JinjaParser *parser, int line)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_FILTER_BLOCK);

  node->b = jinja_parse_filters (parser, jinja_parse_filter_name (parser, NULL));
  node->c = parse_block (parser, "endfilter", line);
  return node;
}

static JinjaNode *
parse_with (JinjaParser *parser, int line)
{
  JinjaNode *node = jinja_node (parser, JINJA_NODE_WITH);

  while (parser->token->kind != JINJA_TOKEN_BLOCK_END) {
    if (node->n_list)
      jinja_expect_operator (parser, ",");
    jinja_add (parser, &node->list, &node->n_list, jinja_parse_target (parser, false));
    jinja_expect_operator (parser, "=");
    jinja_add (parser, &node->more, &node->n_more, jinja_parse_expression (parser));
  }
  node->c = parse_block (parser, "endwith", line);
  return node;
}

/* What `transformers` uses to mark the assistant's tokens: its body is simply printed. */
static JinjaNode *
parse_generation (JinjaParser *parser, int line)
{
  return parse_block (parser, "endgeneration", line);
}

static JinjaNode *
parse_break (JinjaParser *parser, int line)
{
  if (!parser->n_loops)
    jinja_fail (parser->run, "\"break\" stands outside of a loop");
  return jinja_node (parser, JINJA_NODE_BREAK);
}

static JinjaNode *
parse_continue (JinjaParser *parser, int line)
{
  if (!parser->n_loops)
    jinja_fail (parser->run, "\"continue\" stands outside of a loop");
  return jinja_node (parser, JINJA_NODE_CONTINUE);
}

static JinjaNode *
parse_statement (JinjaParser *parser)
{
  static const struct {
    const char *word;
    JinjaNode *(*parse) (JinjaParser *, int line);
  } statements[] = {
    { "if", parse_if }, { "for", parse_for }, { "set", parse_set }, { "macro", parse_macro },
    { "call", parse_call_block }, { "filter", parse_filter_block }, { "with", parse_with },
    { "generation", parse_generation }, { "break", parse_break }, { "continue", parse_continue },
  };
  int line = parser->token->line;
  JinjaNode *node;

  for (size_t i = 0; i < ENGINE_LENGTH (statements); i++)
    if (jinja_skip_name (parser, statements[i].word)) {
      node = statements[i].parse (parser, line);
      node->line = line;
      expect_block_end (parser);
      return jinja_finish_node (parser, node);
    }
  jinja_unexpected (parser, "a statement (if, for, set, macro, call, filter, with, break, continue)");
}

static bool
at_end (const JinjaParser *parser, const char *const *ends)
{
  for (size_t i = 0; ends && ends[i]; i++)
    if (jinja_at_name (parser, ends[i]))
      return true;
  return false;
}

/* Statements up to "{% end": the word is the current token then. Without `ends`: up to the end of
 * the template. */
static JinjaNode *
parse_body (JinjaParser *parser, const char *const *ends, const char *opened, int line)
{
  JinjaNode *body = jinja_node (parser, JINJA_NODE_SEQUENCE), *node;

  if (++parser->nesting > JINJA_MAX_NESTING)
    jinja_fail (parser->run, "blocks are nested deeper than %d", JINJA_MAX_NESTING);
  while (parser->token->kind != JINJA_TOKEN_END) {
    if (parser->token->kind == JINJA_TOKEN_TEXT) {
      node = jinja_node (parser, JINJA_NODE_TEXT);
      node->value = (JinjaValue){ .kind = JINJA_STRING, .as.string = parser->token->string };
      jinja_next (parser);
    } else if (parser->token->kind == JINJA_TOKEN_PRINT_BEGIN) {
      node = jinja_node (parser, JINJA_NODE_PRINT);
      jinja_next (parser);
      node->a = jinja_parse_tuple (parser, true);
      if (parser->token->kind != JINJA_TOKEN_PRINT_END)
        jinja_unexpected (parser, "\"}}\"");
      jinja_next (parser);
      jinja_finish_node (parser, node);
    } else {
      jinja_next (parser);
      if (at_end (parser, ends)) {
        parser->nesting--;
        return jinja_finish_node (parser, body);
      }
      node = parse_statement (parser);
    }
    jinja_add (parser, &body->list, &body->n_list, node);
  }
  if (ends) {
    parser->run->line = line;
    jinja_fail (parser->run, "this \"%s\" block does not end", opened);
  }
  parser->nesting--;
  return jinja_finish_node (parser, body);
}

JinjaNode *
jinja_parse (JinjaRun *run, JinjaNames *names, const char *source, size_t n_bytes)
{
  size_t n_tokens;
  JinjaParser parser = { .run = run, .names = names };

  parser.token = jinja_tokenize (run, source, n_bytes, &n_tokens);
  return parse_body (&parser, NULL, NULL, 1);
}
