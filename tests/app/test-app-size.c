/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>

#include "app-size.h"

static void
test_sizes (void)
{
  /* A space that does not break stands between number and unit. */
  static const struct { guint64 bytes; const char *text; } cases[] = {
    { 0, "0 bytes" },
    { 1, "1 byte" },
    { 999, "999 bytes" },
    { 1000, "1 kB" },
    { 1540, "1.5 kB" },
    { 98362432, "98.4 MB" },
    { 400000000, "400 MB" },
    { 491400064, "491 MB" },
    { 491500000, "492 MB" },
    { 999400000, "999 MB" },
    { 999700000, "1 GB" },
    { 1117320736, "1.1 GB" },
    { 10000000000, "10 GB" },
    { 243000000000, "243 GB" },
    { 18446744073709551615u, "18.4 EB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text = app_size_dup_text (cases[i].bytes);
    g_auto (GStrv) parts = g_strsplit (text, "\302\240", -1);
    g_autofree char *plain = g_strjoinv (" ", parts);
    g_assert_cmpstr (plain, ==, cases[i].text);
  }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/size/sizes", test_sizes);
  return g_test_run ();
}
