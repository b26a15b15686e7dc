/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
engine_text_append (EngineText *text, const char *bytes, size_t n_bytes)
{
  size_t wanted;

  if (text->failed || !engine_sum (text->length, n_bytes, &wanted) || !engine_sum (wanted, 1, &wanted)) {
    text->failed = true;
    return;
  }
  if (wanted > text->capacity) {
    size_t capacity = ENGINE_MAX (wanted, text->capacity < SIZE_MAX / 2 ? text->capacity * 2 : wanted);
    char *larger = realloc (text->bytes, ENGINE_MAX (capacity, 64));

    if (!larger) {
      text->failed = true;
      return;
    }
    text->bytes = larger;
    text->capacity = ENGINE_MAX (capacity, 64);
  }
  if (n_bytes)
    memcpy (text->bytes + text->length, bytes, n_bytes);
  text->length += n_bytes;
  text->bytes[text->length] = '\0';
}

void
engine_text_printf (EngineText *text, const char *format, ...)
{
  char *formatted = NULL;
  va_list args;
  int n;

  va_start (args, format);
  n = vasprintf (&formatted, format, args);
  va_end (args);
  if (n < 0) {
    text->failed = true;
    return;
  }
  engine_text_append (text, formatted, (size_t) n);
  free (formatted);
}

/* Table 3-7 of the Unicode standard: the second byte's range depends on the first. */
size_t
engine_utf8_length (const char *bytes, size_t n_bytes)
{
  const uint8_t *b = (const uint8_t *) bytes;
  uint8_t low = 0x80, high = 0xbf;
  size_t n;

  if (n_bytes == 0)
    return 0;
  if (b[0] < 0x80)
    return 1;
  if (b[0] < 0xc2 || b[0] > 0xf4)
    return 0;
  n = b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
  if (b[0] == 0xe0)
    low = 0xa0;
  else if (b[0] == 0xed)
    high = 0x9f;
  else if (b[0] == 0xf0)
    low = 0x90;
  else if (b[0] == 0xf4)
    high = 0x8f;
  if (n_bytes < n || b[1] < low || b[1] > high)
    return 0;
  for (size_t i = 2; i < n; i++)
    if (b[i] < 0x80 || b[i] > 0xbf)
      return 0;
  return n;
}

void
engine_text_json (EngineText *text, const char *bytes, size_t n_bytes)
{
  engine_text_append (text, "\"", 1);
  for (size_t i = 0; i < n_bytes;) {
    size_t n = engine_utf8_length (bytes + i, n_bytes - i);
    uint8_t c = (uint8_t) bytes[i];

    if (n == 0)
      engine_text_append (text, "\xef\xbf\xbd", 3);
    else if (c == '"' || c == '\\')
      engine_text_append (text, (char[]) { '\\', (char) c }, 2);
    else if (c == '\n')
      engine_text_append (text, "\\n", 2);
    else if (c < 0x20 || c == 0x7f)
      engine_text_printf (text, "\\u%04x", c);
    else
      engine_text_append (text, bytes + i, n);
    i += ENGINE_MAX (n, 1);
  }
  engine_text_append (text, "\"", 1);
}
