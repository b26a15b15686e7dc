/* SPDX-License-Identifier: MIT */
/* A text that grows, and how it is written as JSON.
 *
 * Internal. Zero-initialise it; free `bytes`. When memory runs out the text stops
 * growing and `failed` stays set, so that a writer checks once, at its end. */
#pragma once

#include "base.h"

typedef struct {
  char  *bytes;  /* NUL-terminated; NULL while empty */
  size_t length, capacity;
  bool   failed;
} EngineText;

void engine_text_append (EngineText *text, const char *bytes, size_t n_bytes);
void engine_text_printf (EngineText *text, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

/* A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD. */
void engine_text_json (EngineText *text, const char *bytes, size_t n_bytes);

/* The length in bytes, 1 … 4, of the valid UTF-8 character at `bytes`; 0 when there is none. */
size_t engine_utf8_length (const char *bytes, size_t n_bytes);
