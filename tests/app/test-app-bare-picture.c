/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a camera wrote into a picture does not leave with it. */
#include "app-bare-picture.h"

#include <string.h>

#define BYTES(text) text, sizeof (text) - 1

static GBytes *
bytes_of (const char *const *parts, const gsize *sizes, guint n)
{
  GByteArray *all = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    g_byte_array_append (all, (const guint8 *) parts[i], sizes[i]);
  return g_byte_array_free_to_bytes (all);
}

typedef struct {
  const char *bytes;
  gsize n;
  gboolean kept;
} Part;

static const Part jpeg[] = {
  { BYTES ("\xff\xd8"), TRUE },
  { BYTES ("\xff\xe0\0\x07JFIF\0"), TRUE },
  { BYTES ("\xff\xe1\0\x0c" "Exif\0SECRT"), FALSE },          /* place and date */
  { BYTES ("\xff\xe2\0\x10" "ICC_PROFILE\0\1\1"), TRUE },
  { BYTES ("\xff\xe2\0\x0c" "MPF\0SECRET"), FALSE },          /* more pictures behind this one */
  { BYTES ("\xff\xff"), FALSE },                              /* fills up */
  { BYTES ("\xff\xed\0\x0c" "PhotoSECRT"), FALSE },
  { BYTES ("\xff\xee\0\x07" "Adobe"), TRUE },
  { BYTES ("\xff\xfe\0\x08" "SECRET"), FALSE },
  { BYTES ("\xff\xdb\0\x04" "QQ"), TRUE },
  { BYTES ("\xff\xda\0\x03" "S" "coded\xff\0bytes\xff\xd0more"), TRUE },
  { BYTES ("\xff\xc4\0\x04" "HH"), TRUE },                     /* progressive: a table between two scans */
  { BYTES ("\xff\xda\0\x03" "S" "rest"), TRUE },
  { BYTES ("\xff\xd9"), TRUE },
  { BYTES ("a film with SECRETs"), FALSE },
};

static const Part png[] = {
  { BYTES ("\x89PNG\r\n\x1a\n"), TRUE },
  { BYTES ("\0\0\0\4IHDRabcdCRCC"), TRUE },
  { BYTES ("\0\0\0\6tEXtSECRETCRCC"), FALSE },
  { BYTES ("\0\0\0\6eXIfSECRETCRCC"), FALSE },
  { BYTES ("\0\0\0\4iCCPabcdCRCC"), TRUE },
  { BYTES ("\0\0\0\6iTXtSECRETCRCC"), FALSE },
  { BYTES ("\0\0\0\4IDATabcdCRCC"), TRUE },
  { BYTES ("\0\0\0\0IENDCRCC"), TRUE },
  { BYTES ("SECRET"), FALSE },
};

static void
check (const Part *parts, guint n, const char *type)
{
  const char *all[16], *kept[16];
  gsize all_sizes[16], kept_sizes[16];
  guint n_kept = 0;
  g_autoptr (GBytes) picture = NULL, bare = NULL, expected = NULL, again = NULL;

  g_assert_cmpuint (n, <=, 16);
  for (guint i = 0; i < n; i++) {
    all[i] = parts[i].bytes;
    all_sizes[i] = parts[i].n;
    if (parts[i].kept) {
      kept[n_kept] = parts[i].bytes;
      kept_sizes[n_kept++] = parts[i].n;
    }
  }
  picture = bytes_of (all, all_sizes, n);
  expected = bytes_of (kept, kept_sizes, n_kept);
  g_assert_cmpstr (app_bare_picture_type (picture), ==, type);
  bare = app_bare_picture (picture);
  g_assert_nonnull (bare);
  g_assert_true (g_bytes_equal (bare, expected));
  again = app_bare_picture (bare);
  g_assert_true (g_bytes_equal (again, expected));
  /* Cut anywhere before its end it is not sent. */
  for (gsize length = 0; length < g_bytes_get_size (expected); length++) {
    g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (expected, NULL), length);
    g_assert_null (app_bare_picture (cut));
  }
}

static void
test_jpeg (void)
{
  check (jpeg, G_N_ELEMENTS (jpeg), "image/jpeg");
}

static void
test_png (void)
{
  check (png, G_N_ELEMENTS (png), "image/png");
}

static void
test_others (void)
{
  static const char *const others[] = { "", "G", "GIF89a", "RIFF1234WEBPVP8 ", "II*\0", "\xff\xd8", "%PDF" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (others[i], strlen (others[i]));
    g_assert_null (app_bare_picture_type (bytes));
    g_assert_null (app_bare_picture (bytes));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bare-picture/jpeg", test_jpeg);
  g_test_add_func ("/bare-picture/png", test_png);
  g_test_add_func ("/bare-picture/others", test_others);
  return g_test_run ();
}
