/* SPDX-License-Identifier: MIT */
/* Regular expressions of JSON Schema.
 *
 * Where the dialects differ in what a class like \w has (ECMA-262 knows ASCII alone, others all letters), the smaller set is
 * meant, in an inverted set what is in neither: so what is written fits by all of them. */
#include "grammar/regular.h"

#include "tokenizer/unicode.h"

#include <string.h>

#define MOST_NESTING 100
#define MOST_REPETITIONS 10000

typedef struct {
  EngineBuild *build;
  const char  *pattern, *at, *end, *path;
  int          nesting;
} Parser;

typedef struct {
  EngineCharRange *ranges;
  size_t           n, capacity;
} Ranges;

static _Noreturn void
bad (Parser *parser)
{
  engine_fail (parser->build->error, ENGINE_BAD_INPUT, "%s: this is no regular expression, from its character %d on.", parser->path,
               engine_place (parser->pattern, (size_t) (ENGINE_MIN (parser->at, parser->end) - parser->pattern)).column);
  engine_build_leave (parser->build);
}

static _Noreturn void
unsupported (Parser *parser, const char *what)
{
  engine_fail (parser->build->error, ENGINE_UNSUPPORTED, "%s: \"%s\" in a regular expression cannot be followed while a text is written; say it in another way.", parser->path, what);
  engine_build_leave (parser->build);
}

static char
peek (const Parser *parser)
{
  return parser->at < parser->end ? *parser->at : '\0';
}

static void
add_range (Parser *parser, Ranges *ranges, uint32_t from, uint32_t to)
{
  ranges->ranges = engine_build_grow (parser->build, ranges->ranges, ranges->n, &ranges->capacity, sizeof *ranges->ranges);
  ranges->ranges[ranges->n++] = (EngineCharRange) { from, to };
}

static EngineExpression *
new_chars (Parser *parser, Ranges *ranges, bool inverted)
{
  EngineExpression *chars = engine_expression_new (parser->build, ENGINE_EXPRESSION_CHARS);

  chars->n_ranges = engine_ranges_tidy (ranges->ranges, ranges->n);
  chars->ranges = ranges->ranges;
  if (inverted)
    chars->ranges = engine_ranges_invert (parser->build, ranges->ranges, chars->n_ranges, &chars->n_ranges);
  return chars;
}

/* ---- classes --------------------------------------------------------------------------- */

/* Each in the smallest reading, and what else some dialect counts among it. */
static const EngineCharRange digits[] = { { '0', '9' } }, words[] = { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } },
                             spaces[] = { { '\t', '\r' }, { ' ', ' ' }, { 0xA0, 0xA0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F }, { 0x205F, 0x205F }, { 0x3000, 0x3000 } },
                             more_spaces[] = { { 0x1C, 0x1F }, { 0x85, 0x85 }, { 0xFEFF, 0xFEFF } }, beyond_ascii[] = { { 0x80, ENGINE_CHAR_MOST } };

static const struct {
  char letter;
  const EngineCharRange *least, *more;
  size_t n_least, n_more;
} classes[] = {
  { 'd', digits, beyond_ascii, ENGINE_LENGTH (digits), ENGINE_LENGTH (beyond_ascii) },
  { 'w', words, beyond_ascii, ENGINE_LENGTH (words), ENGINE_LENGTH (beyond_ascii) },
  { 's', spaces, more_spaces, ENGINE_LENGTH (spaces), ENGINE_LENGTH (more_spaces) },
};

/* The class of that letter, or false. `wide`: with what only some dialects have. */
static bool
add_class (Parser *parser, Ranges *ranges, char letter, bool wide)
{
  for (size_t i = 0; i < ENGINE_LENGTH (classes); i++) {
    Ranges own = { 0 };
    bool inverted = letter == classes[i].letter - 'a' + 'A';
    EngineCharRange *others;
    size_t n;

    if (letter != classes[i].letter && !inverted)
      continue;
    for (size_t k = 0; k < classes[i].n_least; k++)
      add_range (parser, &own, classes[i].least[k].from, classes[i].least[k].to);
    for (size_t k = 0; k < classes[i].n_more && wide != inverted; k++)
      add_range (parser, &own, classes[i].more[k].from, classes[i].more[k].to);
    own.n = engine_ranges_tidy (own.ranges, own.n);
    others = inverted ? engine_ranges_invert (parser->build, own.ranges, own.n, &n) : own.ranges;
    n = inverted ? n : own.n;
    for (size_t k = 0; k < n; k++)
      add_range (parser, ranges, others[k].from, others[k].to);
    return true;
  }
  return false;
}

/* ---- characters ---------------------------------------------------------------------------- */

static uint32_t
read_hex (Parser *parser, int least, int most)
{
  uint32_t value = 0;
  int n = 0;

  for (; n < most; n++, parser->at++) {
    char c = peek (parser);
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

    if (digit < 0)
      break;
    value = value << 4 | (uint32_t) digit;
  }
  if (n < least || value > ENGINE_CHAR_MOST)
    bad (parser);
  return value;
}

static uint32_t
read_unicode (Parser *parser)
{
  uint32_t character, low;

  if (peek (parser) == '{') {
    parser->at++;
    character = read_hex (parser, 1, 6);
    if (peek (parser) != '}')
      bad (parser);
    parser->at++;
    return character;
  }
  character = read_hex (parser, 4, 4);
  if (character >= 0xD800 && character < 0xDC00 && parser->end - parser->at >= 6 && parser->at[0] == '\\' && parser->at[1] == 'u') {
    parser->at += 2;
    low = read_hex (parser, 4, 4);
    if (low < 0xDC00 || low >= 0xE000)
      bad (parser);
    return 0x10000 + ((character - 0xD800) << 10) + (low - 0xDC00);
  }
  return character;
}

/* Behind the backslash; not a class. */
static uint32_t
read_escape (Parser *parser, bool in_set)
{
  static const char letters[] = "tnrfv", meant[] = "\t\n\r\f\v";
  char c = peek (parser);
  const char *found = c ? strchr (letters, c) : NULL;
  uint32_t character;
  int length;

  if (parser->at >= parser->end)
    bad (parser);
  if (found) {
    parser->at++;
    return (uint32_t) (unsigned char) meant[found - letters];
  }
  if (in_set && c == 'b') {
    parser->at++;
    return '\b';
  }
  if (c == 'b' || c == 'B')
    unsupported (parser, c == 'b' ? "\\b" : "\\B");
  if (c == 'p' || c == 'P')
    unsupported (parser, "\\p");
  if (c == 'k' || (c >= '1' && c <= '9'))
    unsupported (parser, "\\1");
  if (c == '0' || c == 'x' || c == 'u' || c == 'c') {
    parser->at++;
    if (c == '0')
      return 0;
    if (c == 'x')
      return read_hex (parser, 2, 2);
    if (c == 'u')
      return read_unicode (parser);
    c = peek (parser);
    if ((c | 32) < 'a' || (c | 32) > 'z')
      bad (parser);
    parser->at++;
    return (uint32_t) c & 31;
  }
  /* Any sign stands for itself; letters may come to mean something. */
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
    bad (parser);
  length = engine_utf8_read (parser->at, (size_t) (parser->end - parser->at), &character);
  if (length == 0)
    bad (parser);
  parser->at += length;
  return character;
}

static uint32_t
read_plain (Parser *parser)
{
  uint32_t character;
  int length = parser->at < parser->end ? engine_utf8_read (parser->at, (size_t) (parser->end - parser->at), &character) : 0;

  if (length == 0)
    bad (parser);
  parser->at += length;
  return character;
}

/* One of a set: false when it was a class, which was added. */
static bool
read_in_set (Parser *parser, Ranges *ranges, bool inverted, uint32_t *character)
{
  if (peek (parser) != '\\') {
    *character = read_plain (parser);
    return true;
  }
  parser->at++;
  if (add_class (parser, ranges, peek (parser), inverted)) {
    parser->at++;
    return false;
  }
  *character = read_escape (parser, true);
  return true;
}

static EngineExpression *
read_set (Parser *parser)
{
  Ranges ranges = { 0 };
  bool inverted;

  parser->at++;
  inverted = peek (parser) == '^';
  parser->at += inverted;
  while (peek (parser) != ']') {
    uint32_t from, to;

    if (parser->at >= parser->end)
      bad (parser);
    if (!read_in_set (parser, &ranges, inverted, &from))
      continue;
    to = from;
    if (peek (parser) == '-' && parser->end - parser->at > 1 && parser->at[1] != ']') {
      parser->at++;
      if (!read_in_set (parser, &ranges, inverted, &to)) {
        add_range (parser, &ranges, '-', '-');
        to = from;
      } else if (to < from) {
        bad (parser);
      }
    }
    add_range (parser, &ranges, from, to);
  }
  parser->at++;
  return new_chars (parser, &ranges, inverted);
}

/* ---- expressions ------------------------------------------------------------------------------ */

static EngineExpression *read_choice (Parser *parser);

static EngineExpression *
read_group (Parser *parser)
{
  EngineExpression *inside;

  parser->at++;
  if (peek (parser) == '?') {
    if (parser->end - parser->at < 2)
      bad (parser);
    if (parser->at[1] == '=' || parser->at[1] == '!')
      unsupported (parser, parser->at[1] == '=' ? "(?=" : "(?!");
    if (parser->at[1] == '<' && parser->end - parser->at > 2 && parser->at[2] != '=' && parser->at[2] != '!') {
      while (parser->at < parser->end && *parser->at != '>')
        parser->at++;
      parser->at++;
    } else if (parser->at[1] == ':') {
      parser->at += 2;
    } else {
      unsupported (parser, parser->at[1] == '<' ? "(?<" : "(?");
    }
  }
  inside = read_choice (parser);
  if (peek (parser) != ')')
    bad (parser);
  parser->at++;
  return inside;
}

static EngineExpression *
read_one (Parser *parser)
{
  static const EngineCharRange line_ends[] = { { '\n', '\n' }, { '\r', '\r' }, { 0x2028, 0x2029 } };
  Ranges ranges = { 0 };
  char c = peek (parser);
  uint32_t character;

  switch (c) {
  case '(':
    return read_group (parser);
  case '[':
    return read_set (parser);
  case '^':
  case '$':
    parser->at++;
    return engine_expression_new (parser->build, c == '^' ? ENGINE_EXPRESSION_BEGIN : ENGINE_EXPRESSION_END);
  case '*':
  case '+':
  case '?':
    bad (parser);
  case '.':
    parser->at++;
    for (size_t i = 0; i < ENGINE_LENGTH (line_ends); i++)
      add_range (parser, &ranges, line_ends[i].from, line_ends[i].to);
    return new_chars (parser, &ranges, true);
  case '\\':
    parser->at++;
    if (add_class (parser, &ranges, peek (parser), false)) {
      parser->at++;
      return new_chars (parser, &ranges, false);
    }
    character = read_escape (parser, false);
    break;
  default:
    character = read_plain (parser);
  }
  add_range (parser, &ranges, character, character);
  return new_chars (parser, &ranges, false);
}

static bool
read_count (Parser *parser, int32_t *count)
{
  const char *begin = parser->at;

  for (*count = 0; peek (parser) >= '0' && peek (parser) <= '9'; parser->at++) {
    *count = 10 * *count + (*parser->at - '0');
    if (*count > MOST_REPETITIONS) {
      engine_fail (parser->build->error, ENGINE_BAD_INPUT, "%s: the regular expression repeats something more than %d times.", parser->path, MOST_REPETITIONS);
      engine_build_leave (parser->build);
    }
  }
  return parser->at > begin;
}

/* `{2,4}`; a brace that is none of that is a brace. */
static bool
read_braces (Parser *parser, int32_t *least, int32_t *most)
{
  const char *begin = parser->at++;

  if (read_count (parser, least)) {
    *most = *least;
    if (peek (parser) == ',') {
      parser->at++;
      if (!read_count (parser, most))
        *most = -1;
    }
    if (peek (parser) == '}') {
      parser->at++;
      if (*most >= 0 && *most < *least)
        bad (parser);
      return true;
    }
  }
  parser->at = begin;
  return false;
}

static EngineExpression *
read_repeated (Parser *parser)
{
  EngineExpression *one = read_one (parser), *repeat;
  int32_t least = 0, most = -1;
  char c = peek (parser);

  if (c == '*' || c == '+' || c == '?') {
    parser->at++;
    least = c == '+';
    most = c == '?' ? 1 : -1;
  } else if (c != '{' || !read_braces (parser, &least, &most)) {
    return one;
  }
  /* How much is taken first makes no difference to what fits. */
  if (peek (parser) == '?')
    parser->at++;
  else if (peek (parser) == '+' || peek (parser) == '*')
    bad (parser);
  repeat = engine_expression_new (parser->build, ENGINE_EXPRESSION_REPEAT);
  engine_expression_add (parser->build, repeat, one);
  repeat->least = least;
  repeat->most = most;
  return repeat;
}

static EngineExpression *
read_choice (Parser *parser)
{
  EngineExpression *any = engine_expression_new (parser->build, ENGINE_EXPRESSION_ANY);

  if (++parser->nesting > MOST_NESTING)
    bad (parser);
  for (;;) {
    EngineExpression *all = engine_expression_new (parser->build, ENGINE_EXPRESSION_ALL);

    while (parser->at < parser->end && *parser->at != '|' && *parser->at != ')')
      engine_expression_add (parser->build, all, read_repeated (parser));
    engine_expression_add (parser->build, any, all);
    if (peek (parser) != '|')
      break;
    parser->at++;
  }
  parser->nesting--;
  return any;
}

EngineExpression *
engine_pattern_read (EngineBuild *build, const char *pattern, size_t n, const char *path)
{
  Parser parser = { build, pattern, pattern, pattern + n, path, 0 };
  EngineExpression *expression = read_choice (&parser);

  if (parser.at != parser.end)
    bad (&parser);
  return expression;
}
