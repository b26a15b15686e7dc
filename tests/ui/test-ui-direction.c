/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of facts in a window that runs from right to left. */
#include <string.h>

#include "ui-direction.h"

#define CODES "\331\212\331\203\330\252\330\250" /* "writes", in Arabic */

static int
x_of (GtkLabel *label, const char *part)
{
  const char *text = gtk_label_get_text (label);
  const char *found = strstr (text, part);
  PangoRectangle place;

  g_assert_nonnull (found);
  pango_layout_index_to_pos (gtk_label_get_layout (label), (int) (found - text), &place);
  /* Of what runs from right to left the beginning is on the right. */
  return place.x + MIN (place.width, 0);
}

static GtkLabel *
show (GtkTextDirection direction, const char *facts)
{
  GtkWidget *label = g_object_ref_sink (gtk_label_new (NULL));

  gtk_widget_set_direction (label, direction);
  ui_direction_show_facts (GTK_LABEL (label), facts);
  return GTK_LABEL (label);
}

static void
test_right_to_left (void)
{
  g_autoptr (GtkLabel) label = show (GTK_TEXT_DIR_RTL, CODES " · 491 MB · Apache-2.0");

  g_assert_cmpint (x_of (label, "Apache"), <, x_of (label, "491"));
  g_assert_cmpint (x_of (label, "491"), <, x_of (label, "MB"));
  g_assert_cmpint (x_of (label, "MB"), <, x_of (label, CODES));
}

/* The first letter is Latin, and the line begins on the right nevertheless. */
static void
test_begins_latin (void)
{
  g_autoptr (GtkLabel) label = show (GTK_TEXT_DIR_RTL, "8.5 kB · 1 " CODES);

  g_assert_cmpint (x_of (label, CODES), <, x_of (label, "1 "));
  g_assert_cmpint (x_of (label, "1 "), <, x_of (label, "8.5"));
  g_assert_cmpint (x_of (label, "8.5"), <, x_of (label, "kB"));
}

static void
test_left_to_right (void)
{
  g_autoptr (GtkLabel) label = show (GTK_TEXT_DIR_LTR, "491 MB · Apache-2.0");
  g_autofree char *none = ui_direction_dup_facts ("", GTK_TEXT_DIR_RTL);

  g_assert_cmpstr (gtk_label_get_text (label), ==, "491 MB · Apache-2.0");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui-direction/right-to-left", test_right_to_left);
  g_test_add_func ("/ui-direction/begins-latin", test_begins_latin);
  g_test_add_func ("/ui-direction/left-to-right", test_left_to_right);
  return g_test_run ();
}
