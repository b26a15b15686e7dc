/* SPDX-License-Identifier: MIT */
#include "media-encoding.h"

#include <string.h>

static void
expect (const char *bytes, gsize size, const char *text, const char *encoding)
{
  const char *found = NULL;
  gboolean cut;
  g_autofree char *got = media_encoding_to_utf8 ((const guint8 *) bytes, size, 100000, &found, &cut);
  g_assert_cmpstr (got, ==, text);
  g_assert_false (cut);
  if (text != NULL)
    g_assert_cmpstr (found, ==, encoding);
}
#define EXPECT(bytes, text, encoding) expect (bytes, sizeof (bytes) - 1, text, encoding)

static void
test_known (void)
{
  EXPECT ("plain\n", "plain\n", "UTF-8");
  EXPECT ("gr\xc3\xbc\xc3\x9f" "e\r\nb\rc", "grüße\nb\nc", "UTF-8");
  EXPECT ("\xef\xbb\xbfmark", "mark", "UTF-8");
  EXPECT ("caf\xe9 \x93quoted\x94 \x80", "café “quoted” €", "Windows-1252");
  EXPECT ("caf\xe9", "café", "Windows-1252");
  EXPECT ("caf\xc3\xa9 caf\xc3", "café caf", "UTF-8");
  EXPECT ("\xc8\xb9 o\xf9", "È¹ où", "Windows-1252"); /* no half of anything */
  EXPECT ("\xff\xfeh\0\xfc\0\x3d\xd8\x00\xde", "hü😀", "UTF-16LE");
  EXPECT ("\xfe\xff\0h\0\xfc\xd8\x3d\xde\x00", "hü😀", "UTF-16BE");
  EXPECT ("h\0e\0l\0l\0o\0", "hello", "UTF-16LE");
  EXPECT ("\0h\0e\0l\0l\0o", "hello", "UTF-16BE");
  EXPECT ("\xff\xfe\0\0h\0\0\0\x00\xf6\x01\0", "h😀", "UTF-32LE");
  EXPECT ("\0\0\xfe\xff\0\0\0h", "h", "UTF-32BE");
}

static void
test_no_text (void)
{
  EXPECT ("\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0", NULL, NULL);
  EXPECT ("\0\0\0\0\0\0\0\0", NULL, NULL);
  EXPECT ("\1\2\3\4\5\6\7\1\2\3", NULL, NULL);
  EXPECT ("PK\3\4\x14\0\0\0\x08\0\xa5\x5b", NULL, NULL);
}

/* The text ends at a character, not within, and the caller hears of it. */
static void
test_cut (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 1000; i++)
    g_string_append (text, "ü€😀");
  for (gsize limit = 0; limit < 40; limit++) {
    const char *encoding;
    gboolean cut;
    g_autofree char *got = media_encoding_to_utf8 ((const guint8 *) text->str, text->len, limit, &encoding, &cut);
    g_assert_nonnull (got);
    g_assert_true (cut);
    g_assert_cmpuint (strlen (got), <=, limit);
    g_assert_cmpuint (strlen (got) + 4, >, limit);
    g_assert_true (g_str_has_prefix (text->str, got));
  }
}

static void
test_round_trips (void)
{
  static const char *const encodings[] = { "UTF-8", "UTF-16", "UTF-32", "UTF-16LE", "WINDOWS-1252" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_test_rand_int ());

  for (int i = 0; i < 500; i++) {
    g_autoptr (GString) text = g_string_new ("A line of text that begins like any other.\n");
    const char *encoding = encodings[i % 5];
    /* What has no mark or no room is only Western. */
    guint32 limit = i % 5 < 3 ? 0x10ffff : 0xff;
    for (int n = g_rand_int_range (rand, 1, 200); n > 0; n--) {
      gunichar c = (gunichar) g_rand_int_range (rand, 0x20, (gint32) (g_rand_boolean (rand) ? 0x7e : limit));
      if (g_unichar_validate (c) && c != 0x7f && !(c >= 0x80 && c < 0xa0))
        g_string_append_unichar (text, c);
    }
    /* In Western bytes this is no UTF-8: without it a short text may be either. */
    g_string_append (text, "é.");
    gsize size;
    g_autoptr (GError) error = NULL;
    g_autofree char *bytes = g_convert (text->str, (gssize) text->len, encoding, "UTF-8", NULL, &size, &error);
    g_assert_no_error (error);
    const char *found;
    gboolean cut;
    g_autofree char *got = media_encoding_to_utf8 ((const guint8 *) bytes, size, 100000, &found, &cut);
    g_assert_cmpstr (got, ==, text->str);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/encoding/known", test_known);
  g_test_add_func ("/media/encoding/no-text", test_no_text);
  g_test_add_func ("/media/encoding/cut", test_cut);
  g_test_add_func ("/media/encoding/round-trips", test_round_trips);
  return g_test_run ();
}
