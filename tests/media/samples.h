/* SPDX-License-Identifier: MIT */
/* Files that the tests make themselves. */
#pragma once

#include <gio/gio.h>

/* A word that no dictionary has, out of syllables that no recogniser mistakes. Returns: (transfer full) */
char *sample_word (GRand *rand);

/* White, with `text` in black; a line for each \n. Returns PNG bytes. (transfer full) */
GBytes *sample_text_png (const char *text, double font_size, int width, int height);

/* A gradient with a red upper left corner, in the format of GdkPixbuf's name ("png", "jpeg", "tiff", "bmp", "ico"), or "gif", "webp". (transfer full) */
GBytes *sample_picture (const char *format, int width, int height);

/* sample_picture ("jpeg", 80, 48) as a camera writes it: with an orientation, the date 2024-05-17 14:03:22 and the place 48.1372° north,
 * 11.5755° east. (transfer full) */
GBytes *sample_exif (int orientation);

/* A PDF of A4 pages, one string for each, with a title. (transfer full) */
GBytes *sample_pdf (const char *title, const char *const *pages);

/* The same as a scanner makes it: each page only a picture. (transfer full) */
GBytes *sample_scan (const char *const *pages);

/* A PNG header that promises width × height pixels of one bit, followed by `rows` rows of zeros, compressed. `interlaced`: Adam7
 * (only the header says so). (transfer full) */
GBytes *sample_png_bomb (guint32 width, guint32 height, guint32 rows, gboolean interlaced);

/* An EAN-13 code of thirteen digits, drawn in bars. Returns PNG bytes. (transfer full) */
GBytes *sample_ean13 (const char *digits);

/* Some bytes changed, cut out, doubled or the end cut off, by `rand`. (transfer full) */
GBytes *sample_mutate (GBytes *bytes, GRand *rand);
