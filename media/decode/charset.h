/* SPDX-License-Identifier: MIT */
/* Text in the encodings that old web pages and e-mails name. The converters of the C library are modules that are opened by their path, so all
 * are opened before the sandbox closes and stay open. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void charset_prepare (void);

/* `name`: of the encoding, as a document gives it; NULL or one that nobody knows: it is guessed. No longer than `max_bytes` of UTF-8; what cannot be read becomes U+FFFD.
 * Returns: g_free () it; NULL when the bytes are no text. */
char *charset_to_utf8 (const uint8_t *bytes, size_t size, const char *name, size_t max_bytes);
