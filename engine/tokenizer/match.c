/* SPDX-License-Identifier: MIT */
#include "tokenizer/match.h"

#define LETTER ENGINE_UNICODE_LETTER
#define MARK ENGINE_UNICODE_MARK
#define NUMBER ENGINE_UNICODE_NUMBER
#define PUNCTUATION ENGINE_UNICODE_PUNCTUATION
#define SYMBOL ENGINE_UNICODE_SYMBOL
#define EVERY 0xFFFFFFFFu

/* The letters of tekken and gpt-4o: those a word may begin with, and those it may go on with. */
#define UPPER (ENGINE_UNICODE_BIT (LU) | ENGINE_UNICODE_BIT (LT) | ENGINE_UNICODE_BIT (LM) | ENGINE_UNICODE_BIT (LO) | MARK)
#define LOWER (ENGINE_UNICODE_BIT (LL) | ENGINE_UNICODE_BIT (LM) | ENGINE_UNICODE_BIT (LO) | MARK)

EngineCharacter
engine_character_at (const EnginePiece *piece, size_t position)
{
  EngineCharacter character = { 0 };

  if (position >= piece->end)
    return character;
  character.length = engine_utf8_read (piece->text + position, piece->end - position, &character.code);
  if (!character.length) {
    character.code = ENGINE_UNICODE_REPLACEMENT;
    character.length = 1;
  }
  character.bits = 1u << engine_unicode_category (character.code);
  if (engine_unicode_is_space (character.code))
    character.bits |= ENGINE_SPACE;
  return character;
}

/* ---- parts of expressions ------------------------------------------------ */

/* The end of the longest run of characters that have one of the bits `some` and none of `none`, at most `most`. */
static size_t
run (const EnginePiece *piece, size_t position, uint32_t some, uint32_t none, size_t most)
{
  for (; most; most--) {
    EngineCharacter c = engine_character_at (piece, position);

    if (!(c.bits & some) || c.bits & none)
      break;
    position += c.length;
  }
  return position;
}

/* The end of the run of ASCII characters out of `set`. */
static size_t
run_of (const EnginePiece *piece, size_t position, const char *set)
{
  while (position < piece->end) {
    const char *found = set;

    while (*found && *found != piece->text[position])
      found++;
    if (!*found)
      break;
    position++;
  }
  return position;
}

static char
byte_at (const EnginePiece *piece, size_t position, bool fold)
{
  char byte = position < piece->end ? piece->text[position] : 0;

  return fold && byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

/* 's|'t|'re|'ve|'m|'ll|'d; `fold`: capital letters too. */
static size_t
contraction (const EnginePiece *piece, size_t position, bool fold)
{
  char first, second;

  if (byte_at (piece, position, false) != '\'')
    return position;
  first = byte_at (piece, position + 1, fold);
  second = byte_at (piece, position + 2, fold);
  if (first == 's' || first == 't' || first == 'm' || first == 'd')
    return position + 2;
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l'))
    return position + 3;
  return position;
}

/* " ?" before a run. */
static size_t
spaced_run (const EnginePiece *piece, size_t position, uint32_t some, uint32_t none)
{
  size_t start = position + (byte_at (piece, position, false) == ' ');
  size_t end = run (piece, start, some, none, SIZE_MAX);

  if (end > start)
    return end;
  return run (piece, position, some, none, SIZE_MAX);
}

/* "\s?" before a run. */
static size_t
any_spaced_run (const EnginePiece *piece, size_t position, uint32_t some)
{
  EngineCharacter c = engine_character_at (piece, position);
  size_t start = position + (c.bits & ENGINE_SPACE ? c.length : 0);
  size_t end = run (piece, start, some, 0, SIZE_MAX);

  return end > start ? end : position;
}

/* \s*[\r\n]+ (when `lines`), then \s+(?!\S), then \s+ */
static size_t
spaces (const EnginePiece *piece, size_t position, bool lines)
{
  size_t last = position, end = position, after_line = position;

  for (;;) {
    EngineCharacter c = engine_character_at (piece, end);

    if (!(c.bits & ENGINE_SPACE))
      break;
    last = end;
    end += c.length;
    if (c.code == '\r' || c.code == '\n')
      after_line = end;
  }
  if (lines && after_line > position)
    return after_line;
  return end < piece->end && last > position ? last : end;
}

/* [^\r\n…]?[letters]+, … being `none_before` */
static size_t
word (const EnginePiece *piece, size_t position, uint32_t none_before, uint32_t letters)
{
  EngineCharacter c = engine_character_at (piece, position);
  size_t start = position + c.length;
  size_t end;

  if (c.code != '\r' && c.code != '\n' && !(c.bits & none_before)) {
    end = run (piece, start, letters, 0, SIZE_MAX);
    if (end > start)
      return end;
  }
  return run (piece, position, letters, 0, SIZE_MAX);
}

/* ---- the large expressions ------------------------------------------------ */

size_t
engine_match_gpt2 (EnginePiece *piece, size_t position)
{
  size_t end;

  if ((end = contraction (piece, position, false)) > position
      || (end = spaced_run (piece, position, LETTER, 0)) > position
      || (end = spaced_run (piece, position, NUMBER, 0)) > position
      || (end = spaced_run (piece, position, EVERY, ENGINE_SPACE | LETTER | NUMBER)) > position)
    return end;
  return spaces (piece, position, false);
}

/* What the expressions of Llama 3, Qwen 2 and their kin have in common. */
static size_t
match_llama (const EnginePiece *piece, size_t position, uint32_t letters, size_t most_digits)
{
  size_t end;

  if ((end = contraction (piece, position, true)) > position
      || (end = word (piece, position, LETTER | NUMBER, letters)) > position
      || (end = run (piece, position, NUMBER, 0, most_digits)) > position)
    return end;
  if ((end = spaced_run (piece, position, EVERY, ENGINE_SPACE | letters | NUMBER)) > position)
    return run_of (piece, end, "\r\n");
  return spaces (piece, position, true);
}

size_t
engine_match_llama3 (EnginePiece *piece, size_t position)
{
  return match_llama (piece, position, LETTER, 3);
}

size_t
engine_match_qwen2 (EnginePiece *piece, size_t position)
{
  return match_llama (piece, position, LETTER, 1);
}

size_t
engine_match_qwen35 (EnginePiece *piece, size_t position)
{
  return match_llama (piece, position, LETTER | MARK, 1);
}

size_t
engine_match_seed_coder (EnginePiece *piece, size_t position)
{
  size_t end;

  if ((end = contraction (piece, position, true)) > position
      || (end = word (piece, position, LETTER | NUMBER, LETTER)) > position
      || (end = run (piece, position, NUMBER, 0, 1)) > position
      || (end = spaced_run (piece, position, EVERY, ENGINE_SPACE | LETTER | NUMBER)) > position)
    return end;
  return spaces (piece, position, true);
}

/* [upper]*[lower]+|[upper]+[lower]*; `position` where neither matches. */
static size_t
cased_word (const EnginePiece *piece, size_t position)
{
  size_t last_both = SIZE_MAX, at = position, end;

  for (;;) {
    EngineCharacter c = engine_character_at (piece, at);

    if (!(c.bits & UPPER))
      break;
    if (c.bits & LOWER)
      last_both = at;
    at += c.length;
  }
  end = run (piece, at, LOWER, 0, SIZE_MAX);
  if (end > at)
    return end;
  /* [lower]+ needs one: give back as little as possible. */
  if (last_both != SIZE_MAX)
    return run (piece, last_both, LOWER, 0, SIZE_MAX);
  return at;
}

static size_t
match_cased (const EnginePiece *piece, size_t position, bool contractions, size_t most_digits)
{
  EngineCharacter c = engine_character_at (piece, position);
  size_t start = position + c.length, end = start;

  if (c.code != '\r' && c.code != '\n' && !(c.bits & (LETTER | NUMBER)))
    end = cased_word (piece, start);
  if (end == start) {
    start = position;
    end = cased_word (piece, start);
  }
  if (end > start)
    return contractions ? contraction (piece, end, true) : end;
  if ((end = run (piece, position, NUMBER, 0, most_digits)) > position)
    return end;
  if ((end = spaced_run (piece, position, EVERY, ENGINE_SPACE | LETTER | NUMBER)) > position)
    return run_of (piece, end, "\r\n/");
  return spaces (piece, position, true);
}

size_t
engine_match_tekken (EnginePiece *piece, size_t position)
{
  return match_cased (piece, position, false, 1);
}

size_t
engine_match_gpt4o (EnginePiece *piece, size_t position)
{
  return match_cased (piece, position, true, 3);
}

static bool
is_ascii_letter (char byte)
{
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

size_t
engine_match_deepseek3 (EnginePiece *piece, size_t position)
{
  char first = piece->text[position];
  size_t end = position + 1;

  if (first > ' ' && first < 0x7F && !is_ascii_letter (first) && !(first >= '0' && first <= '9')) {
    while (is_ascii_letter (byte_at (piece, end, false)))
      end++;
    if (end > position + 1)
      return end;
  }
  if ((end = word (piece, position, LETTER | PUNCTUATION | SYMBOL, LETTER | MARK)) > position)
    return end;
  if ((end = spaced_run (piece, position, PUNCTUATION | SYMBOL, 0)) > position)
    return run_of (piece, end, "\r\n");
  return spaces (piece, position, true);
}

/* ---- the small ones ------------------------------------------------------- */

size_t
engine_match_number (EnginePiece *piece, size_t position)
{
  return run (piece, position, NUMBER, 0, 1);
}

size_t
engine_match_numbers (EnginePiece *piece, size_t position)
{
  return run (piece, position, NUMBER, 0, SIZE_MAX);
}

size_t
engine_match_numbers_3 (EnginePiece *piece, size_t position)
{
  return run (piece, position, NUMBER, 0, 3);
}

size_t
engine_match_3_digits (EnginePiece *piece, size_t position)
{
  for (int i = 0; i < 3; i++) {
    char byte = byte_at (piece, position + i, false);

    if (byte < '0' || byte > '9')
      return position;
  }
  return position + 3;
}

/* [\p{P}…]+ */
static size_t
punctuation_and (const EnginePiece *piece, size_t position, const char *set)
{
  for (;;) {
    size_t end = run (piece, position, PUNCTUATION, 0, SIZE_MAX);

    end = run_of (piece, end, set);
    if (end == position)
      return end;
    position = end;
  }
}

size_t
engine_match_punctuation (EnginePiece *piece, size_t position)
{
  return punctuation_and (piece, position, "$+<=>^~|");
}

size_t
engine_match_punctuation_falcon (EnginePiece *piece, size_t position)
{
  return punctuation_and (piece, position, "$+<=>^~|`");
}

size_t
engine_match_newline (EnginePiece *piece, size_t position)
{
  return position + (piece->text[position] == '\r' || piece->text[position] == '\n');
}

size_t
engine_match_lines (EnginePiece *piece, size_t position)
{
  bool newline = piece->text[position] == '\n';

  while (position < piece->end && (piece->text[position] == '\n') == newline)
    position++;
  return position;
}

size_t
engine_match_letters (EnginePiece *piece, size_t position)
{
  return any_spaced_run (piece, position, LETTER);
}

size_t
engine_match_marks (EnginePiece *piece, size_t position)
{
  return any_spaced_run (piece, position, PUNCTUATION);
}

size_t
engine_match_trailing_space (EnginePiece *piece, size_t position)
{
  size_t end = run (piece, position, ENGINE_SPACE, 0, SIZE_MAX);

  if (end == piece->end)
    return end;
  piece->skip = end;
  return position;
}

/* The end of the run of characters within the ranges, pairs of first and last. With `space`
 * one white space may stand before it. */
static size_t
run_in (const EnginePiece *piece, size_t position, const uint32_t (*ranges)[2], size_t n_ranges, bool space)
{
  EngineCharacter c = engine_character_at (piece, position);
  size_t start = position + (space && c.bits & ENGINE_SPACE ? c.length : 0);
  size_t end = start;

  for (;;) {
    bool inside = false;

    c = engine_character_at (piece, end);
    for (size_t i = 0; c.length && i < n_ranges && !inside; i++)
      inside = c.code >= ranges[i][0] && c.code <= ranges[i][1];
    if (!inside)
      break;
    end += c.length;
  }
  if (end > start)
    return end;
  return start > position ? run_in (piece, position, ranges, n_ranges, false) : position;
}

size_t
engine_match_cjk (EnginePiece *piece, size_t position)
{
  static const uint32_t ranges[][2] = { { 0x4E00, 0x9FA5 }, { 0x800, 0x4E00 }, { 0xAC00, 0xD7FF } };

  return run_in (piece, position, ranges, ENGINE_LENGTH (ranges), false);
}

size_t
engine_match_kana (EnginePiece *piece, size_t position)
{
  static const uint32_t ranges[][2] = { { 0x4E00, 0x9FA5 }, { 0x3040, 0x309F }, { 0x30A0, 0x30FF } };

  return run_in (piece, position, ranges, ENGINE_LENGTH (ranges), false);
}

size_t
engine_match_wide_marks (EnginePiece *piece, size_t position)
{
  static const uint32_t ranges[][2] = { { '!', '/' }, { ':', '~' }, { 0xFF01, 0xFF0F }, { 0xFF1A, 0xFF5E }, { 0x2018, 0x201F }, { 0x3000, 0x3002 } };

  return run_in (piece, position, ranges, ENGINE_LENGTH (ranges), true);
}

/* The list is that of all cased letters without these blocks, which are younger or rarer. */
static bool
is_listed_letter (EngineCharacter c)
{
  static const uint32_t absent[][2] = {
    { 0x560, 0x588 }, { 0x10C6, 0x10FF }, { 0x1C80, 0x1C88 }, { 0x2D00, 0x2D2D }, { 0xA790, 0xA7FA },
    { 0xAB30, 0xAB68 }, { 0x10570, 0x105BC }, { 0x16E40, 0x16E7F }, { 0x1D400, 0x1D7CB }, { 0x1DF00, 0x1DF2A },
  };

  if (!(c.bits & (ENGINE_UNICODE_BIT (LU) | ENGINE_UNICODE_BIT (LL) | ENGINE_UNICODE_BIT (LT))))
    return false;
  for (size_t i = 0; i < ENGINE_LENGTH (absent); i++)
    if (c.code >= absent[i][0] && c.code <= absent[i][1])
      return false;
  return true;
}

size_t
engine_match_cased (EnginePiece *piece, size_t position)
{
  EngineCharacter c = engine_character_at (piece, position);
  size_t start = position + (c.bits & ENGINE_SPACE ? c.length : 0);
  size_t end = start;

  for (c = engine_character_at (piece, end); is_listed_letter (c); c = engine_character_at (piece, end))
    end += c.length;
  return end > start ? end : position;
}
