/* SPDX-License-Identifier: MIT */
#include "grammar/strings.h"

#include "tokenizer/unicode.h"

#include <string.h>

static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

static bool
has (const EngineCharRange *ranges, size_t n, uint32_t character)
{
  for (size_t i = 0; i < n; i++)
    if (ranges[i].from <= character && character <= ranges[i].to)
      return true;
  return false;
}

static void
add_hex (EngineByteSet *set, int digit)
{
  if (digit < 10) {
    engine_byte_set_add (set, (uint8_t) ('0' + digit), (uint8_t) ('0' + digit));
  } else {
    engine_byte_set_add (set, (uint8_t) ('a' + digit - 10), (uint8_t) ('a' + digit - 10));
    engine_byte_set_add (set, (uint8_t) ('A' + digit - 10), (uint8_t) ('A' + digit - 10));
  }
}

/* Control characters without a letter: \u001b. */
static int32_t
emit_controls (EngineNetBuilder *b, const EngineCharRange *ranges, size_t n, int32_t next)
{
  int32_t at = ENGINE_NET_NODE_NONE;

  for (int high = 0; high < 2; high++) {
    EngineByteSet low = { { 0 } };

    for (int c = 16 * high; c < 16 * high + 16; c++)
      if (has (ranges, n, (uint32_t) c) && (c == 0 || !strchr (named, c)))
        add_hex (&low, c % 16);
    at = engine_net_fork (b, engine_net_text (b, high ? "u001" : "u000", 4, engine_net_bytes (b, &low, next)), at);
  }
  return at;
}

int32_t
engine_json_chars_emit (EngineNetBuilder *b, const EngineCharRange *ranges, size_t n, int32_t next)
{
  static const EngineCharRange plain[] = { { 0x20, 0x21 }, { 0x23, 0x5B }, { 0x5D, ENGINE_CHAR_MOST } };
  EngineCharRange *kept = engine_build_alloc (b->build, n + 2, sizeof *kept);
  EngineByteSet escaped = { { 0 } };
  size_t n_kept = 0;
  int32_t behind;

  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < ENGINE_LENGTH (plain); k++)
      if (ranges[i].from <= plain[k].to && ranges[i].to >= plain[k].from) {
        if (n_kept == n + 2)
          break;
        kept[n_kept++] = (EngineCharRange) { ENGINE_MAX (ranges[i].from, plain[k].from), ENGINE_MIN (ranges[i].to, plain[k].to) };
      }
  for (size_t i = 0; named[i]; i++)
    if (has (ranges, n, (uint32_t) (unsigned char) named[i]))
      engine_byte_set_add (&escaped, (uint8_t) letters[i], (uint8_t) letters[i]);
  behind = engine_net_fork (b, engine_net_bytes (b, &escaped, next), emit_controls (b, ranges, n, next));
  return engine_net_fork (b, engine_net_chars (b, kept, n_kept, next), engine_net_text (b, "\\", 1, behind));
}

static int32_t
hex_digit (EngineNetBuilder *b, int from, int to, int32_t next)
{
  EngineByteSet set = { { 0 } };

  for (int digit = from; digit <= to; digit++)
    add_hex (&set, digit);
  return engine_net_bytes (b, &set, next);
}

int32_t
engine_json_any_char_emit (EngineNetBuilder *b, int32_t next)
{
  static const EngineCharRange plain[] = { { 0x20, 0x21 }, { 0x23, 0x5B }, { 0x5D, 0x7E }, { 0x80, ENGINE_CHAR_MOST } };
  EngineByteSet escaped = { { 0 } }, not_d = { { 0 } }, d = { { 0 } };
  int32_t two = hex_digit (b, 0, 15, hex_digit (b, 0, 15, next)), unicode, low;

  for (const char *letter = "\"\\/bfnrt"; *letter; letter++)
    engine_byte_set_add (&escaped, (uint8_t) *letter, (uint8_t) *letter);
  for (int digit = 0; digit < 16; digit++)
    add_hex (digit == 13 ? &d : &not_d, digit);
  /* Beyond the first 65,536 a character is two such numbers; neither of them stands alone. */
  low = engine_net_text (b, "\\u", 2, engine_net_bytes (b, &d, hex_digit (b, 12, 15, two)));
  unicode = engine_net_fork (b, hex_digit (b, 0, 7, two), hex_digit (b, 8, 11, hex_digit (b, 0, 15, hex_digit (b, 0, 15, low))));
  unicode = engine_net_fork (b, engine_net_bytes (b, &d, unicode), engine_net_bytes (b, &not_d, hex_digit (b, 0, 15, two)));
  unicode = engine_net_text (b, "u", 1, unicode);
  return engine_net_fork (b, engine_net_chars (b, plain, ENGINE_LENGTH (plain), next), engine_net_text (b, "\\", 1, engine_net_fork (b, engine_net_bytes (b, &escaped, next), unicode)));
}

int32_t
engine_json_text_emit (EngineNetBuilder *b, const char *text, size_t n, int32_t next)
{
  uint32_t *characters = engine_build_alloc (b->build, n, sizeof *characters);
  size_t n_characters = 0;

  for (size_t i = 0; i < n;) {
    int length = engine_utf8_read (text + i, n - i, &characters[n_characters]);

    n_characters += length > 0;
    i += (size_t) ENGINE_MAX (length, 1);
  }
  next = engine_net_text (b, "\"", 1, next);
  while (n_characters-- > 0) {
    EngineCharRange range = { characters[n_characters], characters[n_characters] };

    next = engine_json_chars_emit (b, &range, 1, next);
  }
  return engine_net_text (b, "\"", 1, next);
}

static bool
takes_all (const EngineRegular *regular, int32_t state)
{
  const EngineRegularState *s = &regular->states[state];
  uint32_t from = 0;

  for (int32_t i = 0; i < s->n; i++) {
    if (s->edges[i].next != state || s->edges[i].from > (from == 0xD800 ? 0xE000 : from))
      return false;
    from = s->edges[i].to + 1;
  }
  return s->accepts && from == ENGINE_CHAR_MOST + 1;
}

int32_t
engine_json_regular_emit (EngineNetBuilder *b, const EngineRegular *regular, int32_t tail_rule, int32_t next)
{
  int32_t *nodes = engine_build_alloc (b->build, regular->n, sizeof *nodes), quote = engine_net_text (b, "\"", 1, next);

  for (size_t i = 0; i < regular->n; i++)
    nodes[i] = engine_net_hold (b);
  for (size_t i = 0; i < regular->n; i++) {
    const EngineRegularState *state = &regular->states[i];
    bool *done = engine_build_alloc (b->build, (size_t) state->n, 1);
    EngineCharRange *ranges = engine_build_alloc (b->build, (size_t) state->n, sizeof *ranges);
    int32_t at = ENGINE_NET_NODE_NONE;

    /* What is read from here on makes no difference: the rest of any string. */
    if (takes_all (regular, (int32_t) i)) {
      engine_net_set (b, nodes[i], engine_net_call (b, tail_rule, next), ENGINE_NET_NODE_NONE);
      continue;
    }
    for (int32_t e = 0; e < state->n; e++) {
      size_t n = 0;

      if (done[e])
        continue;
      engine_build_step (b->build, (size_t) (state->n - e));
      for (int32_t k = e; k < state->n; k++)
        if (state->edges[k].next == state->edges[e].next) {
          ranges[n++] = (EngineCharRange) { state->edges[k].from, state->edges[k].to };
          done[k] = true;
        }
      at = engine_net_fork (b, engine_json_chars_emit (b, ranges, n, nodes[state->edges[e].next]), at);
    }
    engine_net_set (b, nodes[i], at, state->accepts ? quote : ENGINE_NET_NODE_NONE);
  }
  return engine_net_text (b, "\"", 1, nodes[0]);
}

/* ---- formats ------------------------------------------------------------------------------- */

#define OCTET "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define IPV4 OCTET "(\\." OCTET "){3}"
#define H "[0-9a-fA-F]{1,4}"
#define IPV6 "((" H ":){7}" H "|(" H ":){1,7}:|(" H ":){1,6}:" H "|(" H ":){1,5}(:" H "){1,2}|(" H ":){1,4}(:" H "){1,3}|(" H ":){1,3}(:" H "){1,4}|(" H ":){1,2}(:" H "){1,5}|" H ":(:" H "){1,6}|:((:" H "){1,7}|:))"
/* No 30th of February, and a 29th in leap years alone. */
#define LEAP_YEAR "([0-9][0-9](0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
#define YEAR "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
#define DATE "(" YEAR "-(((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))|((0[469]|11)-(0[1-9]|[12][0-9]|30))|02-(0[1-9]|1[0-9]|2[0-8]))|" LEAP_YEAR "-02-29)"
#define TIME "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
#define LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define HOST LABEL "(\\." LABEL "){0,2}"
#define LOCAL "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
#define PCHAR "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
#define URI_TAIL "(\\?(" PCHAR "|[/?])*)?(#(" PCHAR "|[/?])*)?"
#define URI "[A-Za-z][A-Za-z0-9+.-]*:(//" HOST "(:[0-9]{1,4})?(/" PCHAR "*)*|" PCHAR "+(/" PCHAR "*)*)" URI_TAIL

static const struct { const char *name, *pattern; } formats[] = {
  { "date", "^" DATE "$" },
  { "time", "^" TIME "$" },
  { "date-time", "^" DATE "T" TIME "$" },
  { "duration", "^P([0-9]+W|([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)(T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))?|T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S))$" },
  { "email", "^" LOCAL "@" HOST "$" },
  { "hostname", "^" HOST "$" },
  { "ipv4", "^" IPV4 "$" },
  { "ipv6", "^" IPV6 "$" },
  { "uri", "^" URI "$" },
  { "uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$" },
};

const char *
engine_format_pattern (const EngineJson *format)
{
  for (size_t i = 0; i < ENGINE_LENGTH (formats); i++)
    if (engine_json_is (format, formats[i].name))
      return formats[i].pattern;
  return NULL;
}
