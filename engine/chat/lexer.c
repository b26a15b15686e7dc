/* SPDX-License-Identifier: MIT */
#include "chat/lexer.h"

#include "tokenizer/unicode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  JinjaRun   *run;
  const char *at, *end;
  bool        line_starts; /* what comes next stands at the beginning of a line */
  JinjaToken *tokens;
  size_t      n, capacity;
  char       *open;        /* brackets of an expression that are open */
  size_t      n_open, open_capacity;
} Lexer;

static void
push (Lexer *lexer, JinjaToken token)
{
  if (lexer->n == lexer->capacity) {
    size_t capacity = lexer->capacity ? 2 * lexer->capacity : 256;
    JinjaToken *tokens = jinja_alloc (lexer->run, capacity, sizeof *tokens);

    if (lexer->n)
      memcpy (tokens, lexer->tokens, lexer->n * sizeof *tokens);
    lexer->tokens = tokens;
    lexer->capacity = capacity;
  }
  token.line = lexer->run->line;
  lexer->tokens[lexer->n++] = token;
}

static void
push_simple (Lexer *lexer, JinjaTokenKind kind)
{
  push (lexer, (JinjaToken){ .kind = kind });
}

static bool
starts (const Lexer *lexer, const char *at, const char *text)
{
  size_t n = strlen (text);

  return (size_t) (lexer->end - at) >= n && !memcmp (at, text, n);
}

static bool
is_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_name_start (char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Moves on and counts the lines. */
static void
advance (Lexer *lexer, const char *to)
{
  for (; lexer->at < to; lexer->at++)
    lexer->run->line += *lexer->at == '\n';
}

/* ---- tags ------------------------------------------------------------------------ */

/* The end of the text before the tag at `tag`, whose sign is '-', '+' or something else. */
static const char *
text_end (const Lexer *lexer, const char *start, const char *tag, char sign, bool is_print)
{
  const char *end = tag;

  if (sign == '-') {
    while (end > start && is_space (end[-1]))
      end--;
    return end;
  }
  if (sign == '+' || is_print)
    return tag;
  while (end > start && is_space (end[-1]) && end[-1] != '\n')
    end--;
  if (end == start ? lexer->line_starts : end[-1] == '\n')
    return end;
  return tag;
}

/* Past the end of a tag at `at`, which is "-%}", "+%}" or "%}" with `close` for "%}"; NULL when it is not there. */
static const char *
tag_end (const Lexer *lexer, const char *at, const char *close, bool trim)
{
  if (starts (lexer, at, close)) {
    at += strlen (close);
    return trim && at < lexer->end && *at == '\n' ? at + 1 : at;
  }
  if (at < lexer->end && *at == '-' && starts (lexer, at + 1, close)) {
    at += 1 + strlen (close);
    while (at < lexer->end && is_space (*at))
      at++;
    return at;
  }
  if (trim && at < lexer->end && *at == '+' && starts (lexer, at + 1, close))
    return at + 1 + strlen (close);
  return NULL;
}

static void
leave_tag (Lexer *lexer, const char *to)
{
  advance (lexer, to);
  lexer->line_starts = to[-1] == '\n';
}

static void
push_text (Lexer *lexer, const char *start, const char *end)
{
  if (end > start)
    push (lexer, (JinjaToken){ .kind = JINJA_TOKEN_TEXT, .string = { start, (size_t) (end - start) } });
}

static void
skip_comment (Lexer *lexer)
{
  for (const char *at = lexer->at + 2; at < lexer->end; at++) {
    const char *end = tag_end (lexer, at, "#}", true);

    if (end) {
      leave_tag (lexer, end);
      return;
    }
  }
  jinja_fail (lexer->run, "a comment does not end: \"#}\" is missing");
}

/* At "{%": is it "{% word %}"? Returns what follows the word. */
static const char *
tag_word (const Lexer *lexer, const char *at, const char *word)
{
  at += 2;
  if (at < lexer->end && (*at == '-' || *at == '+'))
    at++;
  while (at < lexer->end && is_space (*at))
    at++;
  if (!starts (lexer, at, word))
    return NULL;
  at += strlen (word);
  while (at < lexer->end && is_space (*at))
    at++;
  return at;
}

/* "{% raw %} … {% endraw %}"; false when the tag is another one. */
static bool
take_raw (Lexer *lexer)
{
  const char *at = tag_word (lexer, lexer->at, "raw"), *start, *after;

  start = at ? tag_end (lexer, at, "%}", false) : NULL;
  if (!start)
    return false;
  for (at = start; at < lexer->end; at++) {
    after = starts (lexer, at, "{%") ? tag_word (lexer, at, "endraw") : NULL;
    after = after ? tag_end (lexer, after, "%}", true) : NULL;
    if (after) {
      lexer->line_starts = start[-1] == '\n';
      push_text (lexer, start, text_end (lexer, start, at, at[2], false));
      leave_tag (lexer, after);
      return true;
    }
  }
  jinja_fail (lexer->run, "a raw block does not end: \"{%% endraw %%}\" is missing");
}

/* ---- expressions ------------------------------------------------------------------ */

static int
hex_digit (char c)
{
  return is_digit (c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* \xHH, \uHHHH, \UHHHHHHHH after the letter. */
static const char *
take_hex (Lexer *lexer, const char *at, const char *end, int n, JinjaBuffer *out)
{
  uint32_t character = 0;
  char utf8[4];

  for (int i = 0; i < n; i++) {
    int digit = at < end ? hex_digit (*at++) : -1;

    if (digit < 0)
      jinja_fail (lexer->run, "an escape in a string needs %d hexadecimal digits", n);
    character = character << 4 | (uint32_t) digit;
  }
  if (character > 0x10FFFF)
    jinja_fail (lexer->run, "an escape in a string names no character");
  jinja_append (lexer->run, out, utf8, engine_utf8_write (character, utf8));
  return at;
}

static const char *
take_escape (Lexer *lexer, const char *at, const char *end, JinjaBuffer *out)
{
  static const char letters[] = "\\'\"abfnrtv", meant[] = "\\'\"\a\b\f\n\r\t\v";
  char c = *at++;
  const char *found = c ? strchr (letters, c) : NULL;
  char utf8[4];

  if (found) {
    jinja_append (lexer->run, out, meant + (found - letters), 1);
  } else if (c == '\n') {
    /* A line that goes on. */
  } else if (c == 'x' || c == 'u' || c == 'U') {
    return take_hex (lexer, at, end, c == 'x' ? 2 : c == 'u' ? 4 : 8, out);
  } else if (c >= '0' && c <= '7') {
    uint32_t character = (uint32_t) (c - '0');

    for (int i = 0; i < 2 && at < end && *at >= '0' && *at <= '7'; i++)
      character = character << 3 | (uint32_t) (*at++ - '0');
    jinja_append (lexer->run, out, utf8, engine_utf8_write (character, utf8));
  } else {
    jinja_append (lexer->run, out, at - 2, 2);
  }
  return at;
}

static void
take_string (Lexer *lexer)
{
  char quote = *lexer->at;
  const char *start = lexer->at + 1, *end = start, *plain;
  JinjaBuffer out = { 0 };

  while (end < lexer->end && *end != quote)
    end += *end == '\\' && end + 1 < lexer->end ? 2 : 1;
  if (end >= lexer->end)
    jinja_fail (lexer->run, "a string does not end: %c is missing", quote);
  for (const char *at = plain = start; at < end;) {
    if (*at != '\\') {
      at++;
      continue;
    }
    jinja_append (lexer->run, &out, plain, (size_t) (at - plain));
    plain = at = take_escape (lexer, at + 1, end, &out);
  }
  jinja_append (lexer->run, &out, plain, (size_t) (end - plain));
  push (lexer, (JinjaToken){ .kind = JINJA_TOKEN_STRING, .string = jinja_buffer_string (&out).as.string });
  advance (lexer, end + 1);
}

static void
take_number (Lexer *lexer)
{
  char text[128];
  size_t n = 0;
  const char *at = lexer->at;
  bool is_float = false;
  int base = 10;
  char *end;

  if (*at == '0' && at + 1 < lexer->end && strchr ("xXoObB", at[1]) && at[1]) {
    base = (at[1] | 32) == 'x' ? 16 : (at[1] | 32) == 'o' ? 8 : 2;
    at += 2;
  }
  for (; at < lexer->end && n < sizeof text - 1; at++) {
    bool exponent = base == 10 && (*at | 32) == 'e' && n && at + 1 < lexer->end
                    && (is_digit (at[1]) || ((at[1] == '+' || at[1] == '-') && at + 2 < lexer->end && is_digit (at[2])));

    if (*at == '_')
      continue;
    if (exponent || (*at == '.' && base == 10 && !is_float && at + 1 < lexer->end && is_digit (at[1]))) {
      is_float = true;
      text[n++] = *at;
      if (exponent && !is_digit (at[1]))
        text[n++] = *++at;
    } else if (base == 16 ? hex_digit (*at) >= 0 : is_digit (*at)) {
      text[n++] = *at;
    } else {
      break;
    }
  }
  text[n] = '\0';
  errno = 0;
  if (is_float) {
    push (lexer, (JinjaToken){ .kind = JINJA_TOKEN_FLOAT, .as.number = strtod (text, &end) });
  } else {
    push (lexer, (JinjaToken){ .kind = JINJA_TOKEN_INT, .as.integer = strtoll (text, &end, base) });
    if (errno)
      jinja_fail (lexer->run, "the number %s is too large", text);
  }
  if (*end || !n || n >= sizeof text - 1)
    jinja_fail (lexer->run, "a number cannot be read");
  advance (lexer, at);
}

static void
take_bracket (Lexer *lexer, char c)
{
  static const char opening[] = "([{", closing[] = ")]}";
  const char *found;

  if (strchr (opening, c)) {
    if (lexer->n_open == lexer->open_capacity) {
      char *larger = jinja_alloc (lexer->run, 2 * lexer->open_capacity + 64, 1);

      if (lexer->n_open)
        memcpy (larger, lexer->open, lexer->n_open);
      lexer->open = larger;
      lexer->open_capacity = 2 * lexer->open_capacity + 64;
    }
    lexer->open[lexer->n_open++] = c;
    return;
  }
  found = strchr (closing, c);
  if (!found)
    return;
  if (!lexer->n_open || lexer->open[--lexer->n_open] != opening[found - closing])
    jinja_fail (lexer->run, "\"%c\" closes nothing", c);
}

static void
take_operator (Lexer *lexer)
{
  static const char *const operators[] = { "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]",
                                           "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";" };

  for (size_t i = 0; i < ENGINE_LENGTH (operators); i++) {
    if (!starts (lexer, lexer->at, operators[i]))
      continue;
    take_bracket (lexer, *lexer->at);
    push (lexer, (JinjaToken){ .kind = JINJA_TOKEN_OPERATOR, .string = { operators[i], strlen (operators[i]) } });
    lexer->at += strlen (operators[i]);
    return;
  }
  if ((unsigned char) *lexer->at > ' ' && (unsigned char) *lexer->at < 0x7F)
    jinja_fail (lexer->run, "\"%c\" stands where it has no meaning", *lexer->at);
  jinja_fail (lexer->run, "the byte 0x%02X stands where it has no meaning", (unsigned char) *lexer->at);
}

/* What stands between "{{" and "}}", or "{%" and "%}". */
static void
take_expression (Lexer *lexer, bool is_print)
{
  const char *close = is_print ? "}}" : "%}", *end;
  int line = lexer->run->line;

  lexer->n_open = 0;
  while (lexer->at < lexer->end) {
    char c = *lexer->at;

    end = lexer->n_open ? NULL : tag_end (lexer, lexer->at, close, !is_print);
    if (end) {
      push_simple (lexer, is_print ? JINJA_TOKEN_PRINT_END : JINJA_TOKEN_BLOCK_END);
      leave_tag (lexer, end);
      return;
    }
    if (is_space (c)) {
      advance (lexer, lexer->at + 1);
    } else if (is_digit (c)) {
      take_number (lexer);
    } else if (is_name_start (c)) {
      const char *start = lexer->at;

      while (lexer->at < lexer->end && (is_name_start (*lexer->at) || is_digit (*lexer->at)))
        lexer->at++;
      push (lexer, (JinjaToken){ .kind = JINJA_TOKEN_NAME, .string = { start, (size_t) (lexer->at - start) } });
    } else if (c == '"' || c == '\'') {
      take_string (lexer);
    } else {
      take_operator (lexer);
    }
  }
  lexer->run->line = line;
  jinja_fail (lexer->run, "a tag does not end: \"%s\" is missing", close);
}

/* ---- the whole ---------------------------------------------------------------------- */

/* Every kind of line break becomes "\n", and the last one is left out. */
static void
normalise (Lexer *lexer, const char *source, size_t n_bytes)
{
  char *copy = jinja_alloc (lexer->run, n_bytes + 1, 1);
  size_t n = 0;

  for (size_t i = 0; i < n_bytes; i++) {
    if (source[i] == '\r') {
      copy[n++] = '\n';
      i += i + 1 < n_bytes && source[i + 1] == '\n';
    } else {
      copy[n++] = source[i];
    }
  }
  if (n && copy[n - 1] == '\n')
    n--;
  lexer->at = copy;
  lexer->end = copy + n;
}

JinjaToken *
jinja_tokenize (JinjaRun *run, const char *source, size_t n_bytes, size_t *n_tokens)
{
  Lexer lexer = { .run = run, .line_starts = true };

  run->line = 1;
  normalise (&lexer, source, n_bytes);
  while (lexer.at < lexer.end) {
    const char *start = lexer.at, *tag = start;
    bool is_print;

    while (tag < lexer.end && !(*tag == '{' && tag + 1 < lexer.end && strchr ("{%#", tag[1]) && tag[1]))
      tag++;
    if (tag == lexer.end) {
      push_text (&lexer, start, tag);
      advance (&lexer, tag);
      break;
    }
    is_print = tag[1] == '{';
    push_text (&lexer, start, text_end (&lexer, start, tag, tag + 2 < lexer.end ? tag[2] : 0, is_print));
    advance (&lexer, tag);
    if (tag[1] == '#') {
      skip_comment (&lexer);
      continue;
    }
    if (!is_print && take_raw (&lexer))
      continue;
    push_simple (&lexer, is_print ? JINJA_TOKEN_PRINT_BEGIN : JINJA_TOKEN_BLOCK_BEGIN);
    lexer.at += 2;
    if (lexer.at < lexer.end && (*lexer.at == '-' || *lexer.at == '+'))
      lexer.at++;
    take_expression (&lexer, is_print);
  }
  push_simple (&lexer, JINJA_TOKEN_END);
  *n_tokens = lexer.n;
  return lexer.tokens;
}
