/* SPDX-License-Identifier: MIT */
/* Which encoding a text file has. Used on both sides of the sandbox: for plain text by the application, for CSV, HTML and e-mail by the helper. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MediaEncoding MediaEncoding;

/* Knows UTF-8, UTF-16 and UTF-32 (by their mark; UTF-16 also without), and takes other 8-bit text for Windows-1252, which is Latin-1 with quotes.
 * `whole`: the file ends where the bytes end. Returns: (transfer none) (nullable): NULL when NUL bytes show that it is no text. */
const MediaEncoding *media_encoding_guess (const guint8 *bytes, gsize size, gboolean whole);
/* By its name, without a mark; NULL if it is none of those that the guess knows. (transfer none) */
const MediaEncoding *media_encoding_find (const char *name);
/* "UTF-8" (transfer none) */
const char *media_encoding_get_name (const MediaEncoding *encoding);
/* Bytes of the mark at the beginning. */
gsize media_encoding_get_mark (const MediaEncoding *encoding);
/* The character at *at, which moves on; `*at < size` when called. G_MAXUINT32 for one that is broken, 0 for a part of one at the end. */
gunichar media_encoding_next (const MediaEncoding *encoding, const guint8 *bytes, gsize size, gsize *at);

/* Turns the bytes of a text file into UTF-8 with \n line ends and without control characters (tab stays).
 * `max_text`: bytes of UTF-8 at most; *cut tells whether more was there. *encoding is set to its name, static.
 * Returns: (transfer full) (nullable): NULL when the bytes are no text. */
char *media_encoding_to_utf8 (const guint8 *bytes, gsize size, gsize max_text, const char **encoding, gboolean *cut);

G_END_DECLS
