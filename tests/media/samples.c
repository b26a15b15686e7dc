/* SPDX-License-Identifier: MIT */
#include "samples.h"

#include <cairo-pdf.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gexiv2/gexiv2.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <webp/encode.h>

char *
sample_word (GRand *rand)
{
  GString *word = g_string_new (NULL);
  for (int i = 0; i < 4; i++) {
    g_string_append_c (word, "bdfgkmnprstvz"[g_rand_int_range (rand, 0, 13)]);
    g_string_append_c (word, "aeou"[g_rand_int_range (rand, 0, 4)]);
  }
  return g_string_free (word, FALSE);
}

static cairo_status_t
append (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
draw_text (cairo_t *cairo, const char *text, double font_size)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  cairo_select_font_face (cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size (cairo, font_size);
  for (guint i = 0; lines[i] != NULL; i++) {
    cairo_move_to (cairo, font_size * 1.5, font_size * (2.5 + 1.6 * i));
    cairo_show_text (cairo, lines[i]);
  }
}

static GBytes *
to_png (cairo_surface_t *surface)
{
  GByteArray *bytes = g_byte_array_new ();
  g_assert_cmpint (cairo_surface_write_to_png_stream (surface, append, bytes), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
sample_text_png (const char *text, double font_size, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cairo = cairo_create (surface);
  draw_text (cairo, text, font_size);
  cairo_destroy (cairo);
  return to_png (surface);
}

static GBytes *
to_gif (GdkPixbuf *pixbuf)
{
  /* Without compression: eight-bit codes over 128 colours and a clear code before the table grows. */
  GByteArray *gif = g_byte_array_new ();
  guint width = (guint) gdk_pixbuf_get_width (pixbuf), height = (guint) gdk_pixbuf_get_height (pixbuf);
  guint8 head[] = { 'G', 'I', 'F', '8', '9', 'a', (guint8) width, (guint8) (width >> 8), (guint8) height, (guint8) (height >> 8), 0xf6, 0, 0 };
  guint8 frame[] = { ',', 0, 0, 0, 0, (guint8) width, (guint8) (width >> 8), (guint8) height, (guint8) (height >> 8), 0, 7 };
  GByteArray *data = g_byte_array_new ();
  guint32 bits = 0, n_bits = 0, since_clear = 0;
  guint8 byte;

  g_byte_array_append (gif, head, sizeof head);
  for (int i = 0; i < 128; i++) {
    guint8 colour[] = { (guint8) ((i & 3) * 85), (guint8) ((i >> 2 & 3) * 85), (guint8) ((i >> 4 & 7) * 36) };
    g_byte_array_append (gif, colour, 3);
  }
  g_byte_array_append (gif, frame, sizeof frame);
#define CODE(value)                           \
  do {                                        \
    bits |= (guint32) (value) << n_bits;      \
    n_bits += 8;                              \
    while (n_bits >= 8) {                     \
      byte = (guint8) bits;                   \
      g_byte_array_append (data, &byte, 1);   \
      bits >>= 8;                             \
      n_bits -= 8;                            \
    }                                         \
  } while (0)
  CODE (128);
  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++) {
      const guint8 *pixel = gdk_pixbuf_read_pixels (pixbuf) + y * (guint) gdk_pixbuf_get_rowstride (pixbuf) + 3 * x;
      CODE (pixel[0] / 64 | pixel[1] / 64 << 2 | pixel[2] / 32 << 4);
      if (++since_clear == 100) {
        CODE (128);
        since_clear = 0;
      }
    }
  CODE (129);
#undef CODE
  for (guint at = 0; at < data->len; at += 255) {
    byte = (guint8) MIN (255, data->len - at);
    g_byte_array_append (gif, &byte, 1);
    g_byte_array_append (gif, data->data + at, byte);
  }
  g_byte_array_append (gif, (const guint8 *) "\0;", 2);
  g_byte_array_unref (data);
  return g_byte_array_free_to_bytes (gif);
}

static GBytes *
to_webp (GdkPixbuf *pixbuf)
{
  guint8 *out = NULL;
  gsize size = WebPEncodeRGB (gdk_pixbuf_read_pixels (pixbuf), gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf), gdk_pixbuf_get_rowstride (pixbuf), 90, &out);
  g_assert_cmpuint (size, >, 0);
  GBytes *bytes = g_bytes_new (out, size);
  WebPFree (out);
  return bytes;
}

GBytes *
sample_picture (const char *format, int width, int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  guint8 *pixels = gdk_pixbuf_get_pixels (pixbuf);
  g_autoptr (GError) error = NULL;
  char *out;
  gsize size;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      guint8 *pixel = pixels + y * gdk_pixbuf_get_rowstride (pixbuf) + 3 * x;
      gboolean corner = x < width / 2 && y < height / 2;
      pixel[0] = corner ? 230 : 20;
      pixel[1] = (guint8) (corner ? 20 : 40 + 160 * x / width);
      pixel[2] = (guint8) (corner ? 20 : 40 + 160 * y / height);
    }
  if (strcmp (format, "gif") == 0)
    return to_gif (pixbuf);
  if (strcmp (format, "webp") == 0)
    return to_webp (pixbuf);
  gdk_pixbuf_save_to_buffer (pixbuf, &out, &size, format, &error, NULL);
  g_assert_no_error (error);
  return g_bytes_new_take (out, size);
}

GBytes *
sample_exif (int orientation)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sample_picture ("jpeg", 80, 48);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "melete-exif-XXXXXX", NULL);
  char *out;
  gsize size;

  close (g_mkstemp (path));
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  g_autoptr (GExiv2Metadata) metadata = gexiv2_metadata_new ();
  g_assert_true (gexiv2_metadata_open_path (metadata, path, NULL));
  gexiv2_metadata_try_set_orientation (metadata, (GExiv2Orientation) orientation, &error);
  g_assert_no_error (error);
  gexiv2_metadata_try_set_tag_string (metadata, "Exif.Photo.DateTimeOriginal", "2024:05:17 14:03:22", &error);
  g_assert_no_error (error);
  gexiv2_metadata_try_set_gps_info (metadata, 11.5755, 48.1372, 519, &error);
  g_assert_no_error (error);
  g_assert_true (gexiv2_metadata_save_file (metadata, path, NULL));
  g_assert_true (g_file_get_contents (path, &out, &size, NULL));
  g_unlink (path);
  return g_bytes_new_take (out, size);
}

#define A4_WIDTH 595.0
#define A4_HEIGHT 842.0

GBytes *
sample_pdf (const char *title, const char *const *pages)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, bytes, A4_WIDTH, A4_HEIGHT);
  cairo_t *cairo = cairo_create (surface);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, title);
  for (guint i = 0; pages[i] != NULL; i++) {
    draw_text (cairo, pages[i], 14);
    cairo_show_page (cairo);
  }
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
sample_scan (const char *const *pages)
{
  const double dots = 150.0 / 72.0;
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append, bytes, A4_WIDTH, A4_HEIGHT);
  cairo_t *cairo = cairo_create (surface);

  for (guint i = 0; pages[i] != NULL; i++) {
    cairo_surface_t *scan = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (A4_WIDTH * dots), (int) (A4_HEIGHT * dots));
    cairo_t *pen = cairo_create (scan);
    draw_text (pen, pages[i], 12 * dots);
    cairo_destroy (pen);
    cairo_save (cairo);
    cairo_scale (cairo, 1 / dots, 1 / dots);
    cairo_set_source_surface (cairo, scan, 0, 0);
    cairo_paint (cairo);
    cairo_restore (cairo);
    cairo_show_page (cairo);
    cairo_surface_destroy (scan);
  }
  cairo_destroy (cairo);
  cairo_surface_destroy (surface);
  return g_byte_array_free_to_bytes (bytes);
}

static guint32
crc32_of (const guint8 *bytes, gsize size)
{
  guint32 crc = ~0u;
  for (gsize i = 0; i < size; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

static void
append_be (GByteArray *to, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);
  g_byte_array_append (to, (const guint8 *) &big, 4);
}

static void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint size)
{
  append_be (png, size);
  guint at = png->len;
  g_byte_array_append (png, (const guint8 *) type, 4);
  if (size > 0)
    g_byte_array_append (png, data, size);
  append_be (png, crc32_of (png->data + at, size + 4));
}

GBytes *
sample_png_bomb (guint32 width, guint32 height, guint32 rows, gboolean interlaced)
{
  GByteArray *png = g_byte_array_new (), *header = g_byte_array_new (), *packed = g_byte_array_new ();
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  guint64 left = (guint64) rows * ((width + 7) / 8 + 1);
  static const guint8 zeros[65536];
  guint8 out[65536];
  GConverterResult result;

  do {
    gsize taken, given;
    gsize n = (gsize) MIN (left, sizeof zeros);
    g_autoptr (GError) error = NULL;
    result = g_converter_convert (G_CONVERTER (zlib), zeros, n, out, sizeof out, n == left ? G_CONVERTER_INPUT_AT_END : 0, &taken, &given, &error);
    g_assert_no_error (error);
    left -= taken;
    g_byte_array_append (packed, out, (guint) given);
  } while (result != G_CONVERTER_FINISHED);

  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  append_be (header, width);
  append_be (header, height);
  guint8 rest[] = { 1, 0, 0, 0, interlaced ? 1 : 0 };
  g_byte_array_append (header, rest, sizeof rest);
  append_chunk (png, "IHDR", header->data, header->len);
  append_chunk (png, "IDAT", packed->data, packed->len);
  append_chunk (png, "IEND", NULL, 0);
  g_byte_array_unref (header);
  g_byte_array_unref (packed);
  return g_byte_array_free_to_bytes (png);
}

GBytes *
sample_ean13 (const char *digits)
{
  static const char *const left[10] = { "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011" };
  static const char *const parity[10] = { "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL" };
  g_autoptr (GString) bars = g_string_new ("101");
  const int module = 3;

  g_assert_cmpuint (strlen (digits), ==, 13);
  for (int i = 1; i < 13; i++) {
    const char *code = left[digits[i] - '0'];
    gboolean reversed = i <= 6 && parity[digits[0] - '0'][i - 1] == 'G';
    if (i == 7)
      g_string_append (bars, "01010");
    for (int k = 0; k < 7; k++) {
      gboolean bar = code[reversed ? 6 - k : k] == '1';
      if (reversed || i > 6)
        bar = !bar;
      g_string_append_c (bars, bar ? '1' : '0');
    }
  }
  g_string_append (bars, "101");
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (bars->len + 40) * module, 160);
  cairo_t *cairo = cairo_create (surface);
  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_set_source_rgb (cairo, 0, 0, 0);
  for (gsize i = 0; i < bars->len; i++)
    if (bars->str[i] == '1')
      cairo_rectangle (cairo, (double) (i + 20) * module, 20, module, 120);
  cairo_fill (cairo);
  cairo_destroy (cairo);
  return to_png (surface);
}

GBytes *
sample_mutate (GBytes *bytes, GRand *rand)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  GByteArray *copy = g_byte_array_new ();

  g_byte_array_append (copy, data, (guint) size);
  if (g_rand_int_range (rand, 0, 4) == 0)
    g_byte_array_set_size (copy, (guint) g_rand_int_range (rand, 0, (gint32) size));
  int changes = g_rand_int_range (rand, 1, 12);
  for (int i = 0; i < changes && copy->len > 8; i++) {
    /* Half of them in the head, where the sizes stand. */
    guint at = (guint) g_rand_int_range (rand, 0, (gint32) (g_rand_boolean (rand) ? MIN (copy->len, 64) : copy->len));
    switch (g_rand_int_range (rand, 0, 4)) {
    case 0:
      copy->data[at] = (guint8) g_rand_int (rand);
      break;
    case 1:
      copy->data[at] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      break;
    case 2:
      copy->data[at] = g_rand_boolean (rand) ? 0xff : 0;
      break;
    default: {
      guint length = (guint) g_rand_int_range (rand, 1, 16);
      g_byte_array_remove_range (copy, at, MIN (copy->len - at, length));
    }
    }
  }
  return g_byte_array_free_to_bytes (copy);
}
