/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "ui-wrap.h"

static GtkLabel *
label_new (void)
{
  return GTK_LABEL (g_object_ref_sink (g_object_new (GTK_TYPE_LABEL, "use-markup", TRUE, "wrap", TRUE, NULL)));
}

static int
least_width (GtkLabel *label)
{
  int min;

  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  return min;
}

static void
check (const char *markup, PangoWrapMode mode, gboolean exact)
{
  GtkLabel *label = label_new ();

  ui_wrap_set_markup (label, markup);
  g_assert_cmpint (gtk_label_get_wrap_mode (label), ==, mode);
  g_assert_cmpint (strstr (gtk_label_get_label (label), "\342\200\213") == NULL, ==, exact);
  /* Whatever the text, the label fits into the narrowest window. */
  g_assert_cmpint (least_width (label), <, 340);
  g_assert_finalize_object (label);
}

static void
test_modes (void)
{
  g_autofree char *run = g_strnfill (1000, 'x');
  g_autofree char *spaced = g_strdup_printf ("<b>before</b> %s &amp; after", run);
  GString *many = g_string_new (NULL);
  GString *wide = g_string_new (NULL);

  check ("", PANGO_WRAP_WORD, TRUE);
  check ("Some <b>ordinary</b> words &amp; a <a href=\"https://example.org/which/is/quite/a/long/address/but/in/a/tag\">link</a>", PANGO_WRAP_WORD, TRUE);
  check ("https://example.org/a/long/address/in/the/text/itself", PANGO_WRAP_WORD_CHAR, TRUE);
  check (run, PANGO_WRAP_WORD, FALSE);
  check (spaced, PANGO_WRAP_WORD, FALSE);
  for (guint i = 0; i < 1000; i++)
    g_string_append (wide, "\346\227\245");
  check (wide->str, PANGO_WRAP_WORD, TRUE);
  for (guint i = 0; i < 1000; i++)
    g_string_append (many, "&lt;");
  check (many->str, PANGO_WRAP_WORD, FALSE);
  g_string_free (many, TRUE);
  g_string_free (wide, TRUE);
}

/* Time grows with the text, not with its square. */
static void
test_bounded (void)
{
  g_autofree char *run = g_strnfill (16000, '[');
  GtkLabel *label = label_new ();
  int height;

  ui_wrap_set_markup (label, run);
  gtk_widget_measure (GTK_WIDGET (label), GTK_ORIENTATION_VERTICAL, 600, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, >, 0);
  g_assert_cmpint (least_width (label), <, 340);
  g_object_unref (label);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-wrap/modes", test_modes);
  g_test_add_func ("/ui-wrap/bounded", test_bounded);
  return g_test_run ();
}
