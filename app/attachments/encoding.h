/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which encoding a text file has. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Turns the bytes of a text file into UTF-8 with \n line ends and without control characters (tab stays).
 * Knows UTF-8, UTF-16 and UTF-32 (by their mark; UTF-16 also without), and takes other 8-bit text for Windows-1252, which is Latin-1 with quotes.
 * `max_text`: bytes of UTF-8 at most; *cut tells whether more was there. *encoding is set to its name, static.
 * Returns: (transfer full) (nullable): NULL when the bytes are no text. */
char *app_encoding_to_utf8 (const guint8 *bytes, gsize size, gsize max_text, const char **encoding, gboolean *cut);

G_END_DECLS
