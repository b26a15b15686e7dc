/* SPDX-License-Identifier: MIT */
/* Grammars as text, in the notation of llama.cpp: rules `name ::= …`, alternatives with |, "texts", [sets] of
 * characters, . for any, groups, *, +, ?, {m,n}, and comments behind #. A rule ends at its line, but in a group and behind | lines go on. */
#include "grammar/expression.h"

#include "tokenizer/unicode.h"

#include <string.h>

#define MOST_NESTING 200
#define MOST_REPETITIONS 65536

typedef struct {
  const char *name;
  size_t      n_bytes;
  size_t      used_at; /* where it was named first */
  EngineExpression *expression; /* NULL: not yet */
} Rule;

typedef struct {
  EngineBuild *build;
  const char  *text, *at, *end;
  int          nesting;
  Rule        *rules;
  size_t       n_rules, capacity;
} Parser;

/* ---- pieces of text --------------------------------------------------------------- */

static EnginePlace
place (const Parser *parser)
{
  return engine_place (parser->text, (size_t) (parser->at - parser->text));
}

static _Noreturn void
expected (Parser *parser, const char *what)
{
  EnginePlace here = place (parser);

  engine_fail (parser->build->error, ENGINE_BAD_INPUT, "Line %d, column %d of the grammar: here must be %s.", here.line, here.column, what);
  engine_build_leave (parser->build);
}

static char
peek (const Parser *parser, size_t ahead)
{
  return ahead < (size_t) (parser->end - parser->at) ? parser->at[ahead] : '\0';
}

static void
skip_space (Parser *parser, bool lines)
{
  for (; parser->at < parser->end; parser->at++) {
    char c = *parser->at;

    if (c == '#') {
      while (parser->at < parser->end && *parser->at != '\n' && *parser->at != '\r')
        parser->at++;
      parser->at--;
    } else if (c != ' ' && c != '\t' && !(lines && (c == '\n' || c == '\r'))) {
      break;
    }
  }
}

static bool
is_name (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static size_t
read_name (Parser *parser)
{
  const char *begin = parser->at;

  while (parser->at < parser->end && is_name (*parser->at))
    parser->at++;
  return (size_t) (parser->at - begin);
}

static int32_t
read_number (Parser *parser)
{
  int32_t number = 0;

  if (peek (parser, 0) < '0' || peek (parser, 0) > '9')
    expected (parser, "a number");
  for (; peek (parser, 0) >= '0' && peek (parser, 0) <= '9'; parser->at++) {
    number = 10 * number + (*parser->at - '0');
    if (number > MOST_REPETITIONS) {
      EnginePlace here = place (parser);

      engine_fail (parser->build->error, ENGINE_BAD_INPUT, "Line %d, column %d of the grammar: more than %d repetitions.", here.line, here.column, MOST_REPETITIONS);
      engine_build_leave (parser->build);
    }
  }
  return number;
}

static uint32_t
read_hex (Parser *parser, int n)
{
  uint32_t value = 0;

  for (int i = 0; i < n; i++, parser->at++) {
    char c = peek (parser, 0);
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

    if (digit < 0)
      expected (parser, "a hexadecimal digit");
    value = value << 4 | (uint32_t) digit;
  }
  if (value > ENGINE_CHAR_MOST || (value >= 0xD800 && value < 0xE000))
    expected (parser, "the number of a character");
  return value;
}

static uint32_t
read_char (Parser *parser)
{
  static const char letters[] = "trn\\\"[]-", meant[] = "\t\r\n\\\"[]-";
  const char *found;
  uint32_t character;
  int n;

  if (parser->at == parser->end)
    expected (parser, "more: a text or a set does not end");
  if (*parser->at != '\\') {
    n = engine_utf8_read (parser->at, (size_t) (parser->end - parser->at), &character);
    if (n == 0)
      expected (parser, "a character in UTF-8");
    parser->at += n;
    return character;
  }
  parser->at += 2;
  switch (parser->at <= parser->end ? parser->at[-1] : '\0') {
  case 'x':
    return read_hex (parser, 2);
  case 'u':
    return read_hex (parser, 4);
  case 'U':
    return read_hex (parser, 8);
  default:
    parser->at--;
    found = parser->at < parser->end && *parser->at ? strchr (letters, *parser->at) : NULL;
    if (!found)
      expected (parser, "one of t, r, n, \\, \", [, ], -, x, u and U, for it stands behind a backslash");
    parser->at++;
    return (uint32_t) (unsigned char) meant[found - letters];
  }
}

/* ---- expressions ------------------------------------------------------------------- */

static EngineExpression *read_choice (Parser *parser, bool nested);

static EngineExpression *
new_chars (Parser *parser, uint32_t from, uint32_t to)
{
  EngineExpression *chars = engine_expression_new (parser->build, ENGINE_EXPRESSION_CHARS);

  chars->ranges = engine_build_alloc (parser->build, 1, sizeof *chars->ranges);
  chars->ranges[0] = (EngineCharRange) { from, to };
  chars->n_ranges = 1;
  return chars;
}

static EngineExpression *
read_text (Parser *parser)
{
  EngineExpression *all = engine_expression_new (parser->build, ENGINE_EXPRESSION_ALL);

  parser->at++;
  while (peek (parser, 0) != '"' || parser->at == parser->end) {
    uint32_t character = read_char (parser);

    engine_expression_add (parser->build, all, new_chars (parser, character, character));
  }
  parser->at++;
  return all;
}

static EngineExpression *
read_set (Parser *parser)
{
  EngineExpression *set = engine_expression_new (parser->build, ENGINE_EXPRESSION_CHARS);
  size_t capacity = 0;
  bool inverted = peek (parser, 1) == '^';

  parser->at += inverted ? 2 : 1;
  while (peek (parser, 0) != ']' || parser->at == parser->end) {
    uint32_t from = read_char (parser), to = from;

    if (peek (parser, 0) == '-' && peek (parser, 1) != ']') {
      parser->at++;
      to = read_char (parser);
      if (to < from)
        expected (parser, "a range whose end is not before its beginning");
    }
    set->ranges = engine_build_grow (parser->build, set->ranges, set->n_ranges, &capacity, sizeof *set->ranges);
    set->ranges[set->n_ranges++] = (EngineCharRange) { from, to };
  }
  parser->at++;
  set->n_ranges = engine_ranges_tidy (set->ranges, set->n_ranges);
  if (inverted)
    set->ranges = engine_ranges_invert (parser->build, set->ranges, set->n_ranges, &set->n_ranges);
  return set;
}

static int32_t
find_rule (Parser *parser, const char *name, size_t n_bytes)
{
  for (size_t i = 0; i < parser->n_rules; i++)
    if (parser->rules[i].n_bytes == n_bytes && memcmp (parser->rules[i].name, name, n_bytes) == 0)
      return (int32_t) i;
  engine_build_step (parser->build, parser->n_rules);
  parser->rules = engine_build_grow (parser->build, parser->rules, parser->n_rules, &parser->capacity, sizeof *parser->rules);
  parser->rules[parser->n_rules] = (Rule) { name, n_bytes, (size_t) (name - parser->text), NULL };
  return (int32_t) parser->n_rules++;
}

/* What one repetition sign stands behind; NULL: nothing that begins an expression. */
static EngineExpression *
read_one (Parser *parser, bool nested)
{
  EngineExpression *one;
  const char *name = parser->at;
  char c = peek (parser, 0);

  if (c == '"')
    return read_text (parser);
  if (c == '[')
    return read_set (parser);
  if (c == '.') {
    parser->at++;
    return new_chars (parser, 0, ENGINE_CHAR_MOST);
  }
  if (c == '<' || (c == '!' && peek (parser, 1) == '<')) {
    EnginePlace here = place (parser);

    engine_fail (parser->build->error, ENGINE_UNSUPPORTED, "Line %d, column %d of the grammar: a token of a vocabulary cannot be named here; write its text in quotes.", here.line, here.column);
    engine_build_leave (parser->build);
  }
  if (c == '(') {
    parser->at++;
    one = read_choice (parser, true);
    if (peek (parser, 0) != ')')
      expected (parser, "a closing parenthesis");
    parser->at++;
    return one;
  }
  if (!is_name (c))
    return NULL;
  one = engine_expression_new (parser->build, ENGINE_EXPRESSION_RULE);
  one->rule = find_rule (parser, name, read_name (parser));
  return one;
}

static EngineExpression *
read_repetition (Parser *parser, EngineExpression *one, bool nested)
{
  EngineExpression *repeat = engine_expression_new (parser->build, ENGINE_EXPRESSION_REPEAT);
  char c = *parser->at++;

  engine_expression_add (parser->build, repeat, one);
  repeat->least = c == '+';
  repeat->most = c == '?' ? 1 : -1;
  if (c != '{')
    return repeat;
  skip_space (parser, nested);
  repeat->least = repeat->most = read_number (parser);
  skip_space (parser, nested);
  if (peek (parser, 0) == ',') {
    parser->at++;
    skip_space (parser, nested);
    repeat->most = peek (parser, 0) == '}' ? -1 : read_number (parser);
    skip_space (parser, nested);
  }
  if (peek (parser, 0) != '}')
    expected (parser, "a closing brace");
  if (repeat->most >= 0 && repeat->most < repeat->least)
    expected (parser, "a range whose end is not before its beginning");
  parser->at++;
  return repeat;
}

static EngineExpression *
read_sequence (Parser *parser, bool nested)
{
  EngineExpression *all = engine_expression_new (parser->build, ENGINE_EXPRESSION_ALL), *one;

  for (;;) {
    skip_space (parser, nested);
    one = read_one (parser, nested);
    if (!one)
      return all;
    for (;;) {
      skip_space (parser, nested);
      if (!peek (parser, 0) || !strchr ("*+?{", peek (parser, 0)))
        break;
      one = read_repetition (parser, one, nested);
    }
    engine_expression_add (parser->build, all, one);
  }
}

static EngineExpression *
read_choice (Parser *parser, bool nested)
{
  EngineExpression *any = engine_expression_new (parser->build, ENGINE_EXPRESSION_ANY);

  if (++parser->nesting > MOST_NESTING)
    expected (parser, "less: groups are nested too deeply");
  skip_space (parser, true);
  engine_expression_add (parser->build, any, read_sequence (parser, nested));
  while (peek (parser, 0) == '|') {
    parser->at++;
    skip_space (parser, true);
    engine_expression_add (parser->build, any, read_sequence (parser, nested));
  }
  parser->nesting--;
  return any;
}

/* ---- rules -------------------------------------------------------------------------- */

static void
read_rule (Parser *parser)
{
  const char *name = parser->at;
  size_t n = read_name (parser);
  int32_t rule;
  EngineExpression *expression;

  if (n == 0)
    expected (parser, "the name of a rule");
  rule = find_rule (parser, name, n);
  if (parser->rules[rule].expression) {
    parser->at = name;
    expected (parser, "another name: there is a rule with this one already");
  }
  skip_space (parser, false);
  if (peek (parser, 0) != ':' || peek (parser, 1) != ':' || peek (parser, 2) != '=')
    expected (parser, "::=");
  parser->at += 3;
  expression = read_choice (parser, false);
  parser->rules[rule].expression = expression;
  if (parser->at < parser->end && *parser->at != '\n' && *parser->at != '\r')
    expected (parser, "the end of the line, or more of the rule");
}

/* The root is rule 0 of the network. */
static int32_t
number_of (const Parser *parser, int32_t rule, int32_t root)
{
  return rule == root ? 0 : rule == 0 ? root : rule;
}

static void
renumber (const Parser *parser, EngineExpression *expression, int32_t root)
{
  if (expression->kind == ENGINE_EXPRESSION_RULE)
    expression->rule = number_of (parser, expression->rule, root);
  for (size_t i = 0; i < expression->n_parts; i++)
    renumber (parser, expression->parts[i], root);
}

void
engine_gbnf_read (EngineBuild *build, const char *text, size_t n_bytes, EngineNet *net)
{
  Parser parser = { build, text, text, text + n_bytes };
  EngineNetBuilder b;
  const char **names;
  size_t n_rules;
  int32_t root;

  for (skip_space (&parser, true); parser.at < parser.end; skip_space (&parser, true))
    read_rule (&parser);
  n_rules = parser.n_rules;
  root = find_rule (&parser, "root", 4);
  if ((size_t) root == n_rules) {
    engine_fail (build->error, ENGINE_BAD_INPUT, "The grammar has no rule \"root\", with which it begins.");
    engine_build_leave (build);
  }
  engine_net_begin (&b, build);
  names = engine_build_alloc (build, n_rules, sizeof *names);
  for (size_t i = 0; i < n_rules; i++) {
    const Rule *rule = &parser.rules[i];
    int32_t number = number_of (&parser, (int32_t) i, root);
    char *name = engine_build_alloc (build, rule->n_bytes + 1, 1);

    engine_net_rule (&b);
    names[number] = memcpy (name, rule->name, rule->n_bytes);
    if (!rule->expression) {
      EnginePlace here = engine_place (text, rule->used_at);

      engine_fail (build->error, ENGINE_BAD_INPUT, "Line %d, column %d of the grammar: there is no rule \"%.100s\".", here.line, here.column, name);
      engine_build_leave (build);
    }
    renumber (&parser, rule->expression, root);
  }
  for (size_t i = 0; i < n_rules; i++)
    engine_net_define (&b, number_of (&parser, (int32_t) i, root), engine_expression_emit (&b, parser.rules[i].expression, ENGINE_NET_NODE_END));
  engine_net_finish (&b, names, n_rules, net);
}
