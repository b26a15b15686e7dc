/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "ui-code-block.h"
#include "ui-column.h"
#include "ui-markdown.h"

static const char prose[] =
    "There are three ways across the lake, and which of them is best depends on the wind, on how much you carry and on the hour at which you have to be "
    "there. The ferry goes once an hour while the season lasts, and every second hour when it is over; the boat goes when you want it to, provided that two "
    "people row and the water is calm; and the road around the lake is always there, long and steep behind the mill, and quiet in the morning.\n\n"
    "```c\nint main (void) { return 0; }\n```\n";

typedef struct {
  GtkWidget *markdown;
  GtkWidget *window;
} View;

static View
show (const char *text, int width)
{
  View v = { ui_markdown_new (), NULL };

  ui_markdown_set_text (UI_MARKDOWN (v.markdown), text, FALSE);
  v.window = ui_test_window (g_object_new (UI_TYPE_COLUMN, "child", v.markdown, NULL), width, 500);
  return v;
}

/* The longest line of a label, in characters. */
static guint
longest_line (GtkWidget *label)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  guint longest = 0;

  for (GSList *l = pango_layout_get_lines_readonly (layout); l != NULL; l = l->next)
    longest = MAX (longest, (guint) ((PangoLayoutLine *) l->data)->length);
  return longest;
}

static void
check_lines (View *v)
{
  GtkWidget *label = gtk_widget_get_first_child (v->markdown);

  g_test_message ("the longest line has %u characters", longest_line (label));
  g_assert_cmpuint (longest_line (label), >=, 60);
  g_assert_cmpuint (longest_line (label), <=, 80);
}

/* Prose has lines of 60 to 75 characters, within what words are long, whatever the size of the text; code has all of the column. */
static void
test_lines (void)
{
  View v = show (prose, 1300);
  GtkWidget *code = ui_test_find (v.markdown, UI_TYPE_CODE_BLOCK);
  int dpi;
  int before;

  check_lines (&v);
  g_assert_cmpint (gtk_widget_get_width (v.markdown), ==, ui_column_get_width (v.markdown));
  g_assert_cmpint (gtk_widget_get_width (code), ==, gtk_widget_get_width (v.markdown));
  g_assert_cmpint (gtk_widget_get_width (gtk_widget_get_first_child (v.markdown)), ==, ui_column_get_prose_width (v.markdown));
  before = gtk_widget_get_width (v.markdown);

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi * 3 / 2, NULL);
  ui_test_frames (v.window, 4);
  check_lines (&v);
  g_assert_cmpint (gtk_widget_get_width (v.markdown), >, before * 4 / 3);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  gtk_window_destroy (GTK_WINDOW (v.window));
}

/* Where there is less room than that, all of it is used. */
static void
test_narrow (void)
{
  View v = show (prose, 360);
  GtkWidget *label = gtk_widget_get_first_child (v.markdown);

  g_assert_cmpint (gtk_widget_get_width (label), ==, gtk_widget_get_width (v.markdown));
  g_assert_cmpint (gtk_widget_get_width (label), >, 320);
  gtk_window_destroy (GTK_WINDOW (v.window));
}

/* The column is in the middle, and prose stands where its lines begin. */
static void
test_places (void)
{
  static const char arabic[] = "عاصمة مصر هي القاهرة وهي أكبر مدنها وفيها النيل والأهرام";
  View v = show (arabic, 1300);
  GtkWidget *label = gtk_widget_get_first_child (v.markdown);
  GtkWidget *column = gtk_widget_get_parent (v.markdown);
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (v.markdown, column, &bounds));
  g_assert_cmpfloat_with_epsilon (bounds.origin.x, gtk_widget_get_width (column) - bounds.origin.x - bounds.size.width, 1.5);
  g_assert_true (gtk_widget_compute_bounds (label, v.markdown, &bounds));
  g_assert_cmpfloat_with_epsilon (bounds.origin.x + bounds.size.width, gtk_widget_get_width (v.markdown), 0.5);
  g_assert_cmpfloat (bounds.origin.x, >, 0);
  ui_markdown_set_text (UI_MARKDOWN (v.markdown), "From left to right", FALSE);
  ui_test_frames (v.window, 2);
  g_assert_true (gtk_widget_compute_bounds (gtk_widget_get_first_child (v.markdown), v.markdown, &bounds));
  g_assert_cmpfloat (bounds.origin.x, ==, 0);
  gtk_window_destroy (GTK_WINDOW (v.window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-column/lines", test_lines);
  g_test_add_func ("/ui-column/narrow", test_narrow);
  g_test_add_func ("/ui-column/places", test_places);
  return g_test_run ();
}
