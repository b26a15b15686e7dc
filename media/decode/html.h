/* SPDX-License-Identifier: MIT */
/* HTML as Markdown, with libxml2's forgiving parser: pages, chapters of books, e-mails. Scripts, styles, forms and what is hidden are left out.
 * The parser tells what it meets and keeps no tree. */
#pragma once

#include "extract.h"

/* Writes `html` (UTF-8) into extract->markdown. `title`: the first <title> is put there, g_free (); may be NULL. */
void html_read (Extract *extract, const char *html, size_t length, char **title);

/* The encoding that a page says it has, in its first bytes. Returns: g_free () it; NULL if it says none. */
char *html_find_charset (const uint8_t *bytes, size_t size);

/* Whether the bytes begin like a page. */
bool html_matches (const uint8_t *bytes, size_t size);
