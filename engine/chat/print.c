/* SPDX-License-Identifier: MIT */
/* Values as Python prints them. */
#include "chat/jinja.h"

#include "tokenizer/unicode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The shortest decimal that reads back as the same number, as repr () chooses it. */
static void
print_float (JinjaRun *run, JinjaBuffer *out, double number)
{
  char text[40], digits[40];
  int precision = 1, exponent;
  char *e;

  if (isnan (number) || isinf (number)) {
    jinja_append_text (run, out, isnan (number) ? "nan" : number > 0 ? "inf" : "-inf");
    return;
  }
  do
    snprintf (text, sizeof text, "%.*e", precision - 1, number);
  while (strtod (text, NULL) != number && ++precision <= 17);
  e = strchr (text, 'e');
  exponent = atoi (e + 1);
  if (exponent < -4 || exponent >= 16) {
    snprintf (digits, sizeof digits, "%.*se%c%02d", (int) (e - text), text, exponent < 0 ? '-' : '+', abs (exponent));
  } else {
    snprintf (digits, sizeof digits, "%.*f", ENGINE_MAX (precision - 1 - exponent, 0), number);
    if (!strchr (digits, '.'))
      strcat (digits, ".0");
  }
  jinja_append_text (run, out, digits);
}

/* One character of repr () of a string. */
static void
print_escaped (JinjaRun *run, JinjaBuffer *out, uint32_t character, const char *bytes, int length, char quote)
{
  char text[16];
  uint32_t unprintable = ENGINE_UNICODE_BIT (CC) | ENGINE_UNICODE_BIT (CF) | ENGINE_UNICODE_BIT (CS) | ENGINE_UNICODE_BIT (CO)
                         | ENGINE_UNICODE_BIT (CN) | ENGINE_UNICODE_BIT (ZL) | ENGINE_UNICODE_BIT (ZP) | ENGINE_UNICODE_BIT (ZS);

  if (character == (uint32_t) quote || character == '\\')
    snprintf (text, sizeof text, "\\%c", (char) character);
  else if (character == '\n' || character == '\r' || character == '\t')
    snprintf (text, sizeof text, "\\%c", character == '\n' ? 'n' : character == '\r' ? 'r' : 't');
  else if (character == ' ' || !((1u << engine_unicode_category (character)) & unprintable)) {
    jinja_append (run, out, bytes, length);
    return;
  } else {
    snprintf (text, sizeof text, character < 0x100 ? "\\x%02x" : character < 0x10000 ? "\\u%04x" : "\\U%08x", character);
  }
  jinja_append_text (run, out, text);
}

static void
print_string (JinjaRun *run, JinjaBuffer *out, JinjaString string)
{
  bool single = memchr (string.bytes, '\'', string.n) != NULL;
  char quote = single && !memchr (string.bytes, '"', string.n) ? '"' : '\'';

  jinja_append (run, out, &quote, 1);
  for (size_t i = 0; i < string.n;) {
    uint32_t character;
    int length = engine_utf8_read (string.bytes + i, string.n - i, &character);

    if (!length) {
      character = ENGINE_UNICODE_REPLACEMENT;
      length = 1;
    }
    print_escaped (run, out, character, string.bytes + i, length, quote);
    i += length;
  }
  jinja_append (run, out, &quote, 1);
}

static void
print_list (JinjaRun *run, JinjaBuffer *out, const JinjaList *list, const char *open, const char *close)
{
  jinja_append_text (run, out, open);
  for (size_t i = 0; i < list->n; i++) {
    if (i)
      jinja_append_text (run, out, ", ");
    jinja_print_quoted (run, out, list->items[i]);
  }
  jinja_append_text (run, out, close);
}

static void
print_dict (JinjaRun *run, JinjaBuffer *out, const JinjaDict *dict)
{
  jinja_append_text (run, out, "{");
  for (size_t i = 0; i < dict->n; i++) {
    if (i)
      jinja_append_text (run, out, ", ");
    jinja_print_quoted (run, out, dict->entries[i].key);
    jinja_append_text (run, out, ": ");
    jinja_print_quoted (run, out, dict->entries[i].value);
  }
  jinja_append_text (run, out, "}");
}

void
jinja_print (JinjaRun *run, JinjaBuffer *out, JinjaValue value)
{
  char text[32];

  jinja_enter (run);
  switch (value.kind) {
  case JINJA_ABSENT:
  case JINJA_UNDEFINED:
    break;
  case JINJA_NONE:
    jinja_append_text (run, out, "None");
    break;
  case JINJA_BOOL:
    jinja_append_text (run, out, value.as.boolean ? "True" : "False");
    break;
  case JINJA_INT:
    snprintf (text, sizeof text, "%lld", (long long) value.as.integer);
    jinja_append_text (run, out, text);
    break;
  case JINJA_FLOAT:
    print_float (run, out, value.as.number);
    break;
  case JINJA_STRING:
    jinja_append (run, out, value.as.string.bytes, value.as.string.n);
    break;
  case JINJA_LIST:
    print_list (run, out, value.as.list, "[", "]");
    break;
  case JINJA_TUPLE:
    print_list (run, out, value.as.list, "(", value.as.list->n == 1 ? ",)" : ")");
    break;
  case JINJA_DICT:
    print_dict (run, out, value.as.dict);
    break;
  case JINJA_NAMESPACE:
    jinja_append_text (run, out, "<Namespace ");
    print_dict (run, out, value.as.dict);
    jinja_append_text (run, out, ">");
    break;
  case JINJA_GENERATOR:
  case JINJA_LOOP:
  case JINJA_FUNCTION:
  case JINJA_METHOD:
  case JINJA_MACRO:
    jinja_fail (run, "%s cannot be printed", jinja_kind_name (value));
  }
  jinja_leave (run);
}

void
jinja_print_quoted (JinjaRun *run, JinjaBuffer *out, JinjaValue value)
{
  if (value.kind == JINJA_STRING)
    print_string (run, out, value.as.string);
  else if (value.kind == JINJA_UNDEFINED)
    jinja_append_text (run, out, "Undefined");
  else
    jinja_print (run, out, value);
}

JinjaString
jinja_to_string (JinjaRun *run, JinjaValue value)
{
  JinjaBuffer out = { 0 };

  if (value.kind == JINJA_STRING)
    return value.as.string;
  jinja_print (run, &out, value);
  return jinja_buffer_string (&out).as.string;
}
