/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "ui-virtual-list.h"

/* Items are strings; a row is a label as high as the number in its string says. */

static guint n_bound;

static guint
row_kind (gpointer item)
{
  return 0;
}

static GtkWidget *
row_create (guint kind, gpointer data)
{
  return gtk_label_new (NULL);
}

static void
row_bind (GtkWidget *row, gpointer item, gpointer data)
{
  const char *string = gtk_string_object_get_string (item);

  n_bound++;
  gtk_label_set_text (GTK_LABEL (row), string);
  gtk_widget_set_size_request (row, -1, (int) g_ascii_strtoll (string, NULL, 10));
}

static void
row_unbind (GtkWidget *row, gpointer data)
{
  n_bound--;
}

static int
row_estimate (gpointer item, int width)
{
  return 60;
}

static const UiVirtualListRows rows = { row_kind, row_create, row_bind, row_unbind, row_estimate };

typedef struct {
  GtkStringList *model;
  UiVirtualList *list;
  GtkWidget *window;
  GtkAdjustment *adjustment;
} Fixture;

static void
set_up (Fixture *f, gconstpointer n_items)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  n_bound = 0;
  f->model = gtk_string_list_new (NULL);
  for (guint i = 0; i < GPOINTER_TO_UINT (n_items); i++) {
    g_autofree char *height = g_strdup_printf ("%u", 20 + i * 37 % 300);

    gtk_string_list_append (f->model, height);
  }
  f->list = UI_VIRTUAL_LIST (ui_virtual_list_new (&rows, NULL));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (f->list));
  ui_virtual_list_set_model (f->list, G_LIST_MODEL (f->model));
  f->window = ui_test_window (scroller, 500, 600);
  f->adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  g_object_add_weak_pointer (G_OBJECT (f->list), (gpointer *) &f->list);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_drain ();
  g_assert_null (f->list);
  g_assert_cmpuint (n_bound, ==, 0);
  g_assert_finalize_object (f->model);
}

static double
value_of (Fixture *f)
{
  return gtk_adjustment_get_value (f->adjustment);
}

static double
end_of (Fixture *f)
{
  return gtk_adjustment_get_upper (f->adjustment) - gtk_adjustment_get_page_size (f->adjustment);
}

/* Where the top of a row stands in the view. */
static double
top_of (Fixture *f, guint position)
{
  GtkWidget *row = ui_virtual_list_get_row (f->list, position);
  graphene_rect_t bounds;

  g_assert_nonnull (row);
  g_assert_true (gtk_widget_compute_bounds (row, GTK_WIDGET (f->list), &bounds));
  return bounds.origin.y;
}

static void
test_begins_at_end (Fixture *f, gconstpointer data)
{
  g_assert_true (ui_virtual_list_get_at_end (f->list));
  g_assert_cmpfloat_with_epsilon (value_of (f), end_of (f), 1.0);
  g_assert_nonnull (ui_virtual_list_get_row (f->list, 4999));
  g_assert_null (ui_virtual_list_get_row (f->list, 0));
}

/* From the end to the beginning and back: few widgets, each row in its place right under the one before. */
static void
test_recycles (Fixture *f, gconstpointer data)
{
  for (int step = 0; step < 120; step++) {
    gtk_adjustment_set_value (f->adjustment, value_of (f) - 251);
    ui_test_frames (f->window, 1);
  }
  g_assert_false (ui_virtual_list_get_at_end (f->list));
  for (double part = 0.9; part >= 0; part -= 0.3) {
    gtk_adjustment_set_value (f->adjustment, end_of (f) * part);
    ui_test_frames (f->window, 1);
  }
  gtk_adjustment_set_value (f->adjustment, 0);
  ui_test_frames (f->window, 2);
  g_assert_cmpfloat_with_epsilon (top_of (f, 0), 18, 0.5);
  for (guint i = 1; i < 5; i++)
    g_assert_cmpfloat_with_epsilon (top_of (f, i), top_of (f, i - 1) + gtk_widget_get_height (ui_virtual_list_get_row (f->list, i - 1)), 0.5);
  ui_virtual_list_scroll_to_end (f->list);
  ui_test_frames (f->window, 2);
  g_assert_cmpfloat_with_epsilon (value_of (f), end_of (f), 1.0);
  g_assert_cmpuint (ui_virtual_list_get_n_created (f->list), <, 100);
  g_assert_cmpuint (n_bound, <, 100);
}

/* At the end it stays at the end, whatever is added; elsewhere what is read stays where it is. */
static void
test_sticks_only_at_end (Fixture *f, gconstpointer data)
{
  double before;

  for (guint i = 0; i < 10; i++) {
    gtk_string_list_append (f->model, "80");
    ui_test_frames (f->window, 2);
    g_assert_cmpfloat_with_epsilon (value_of (f), end_of (f), 1.0);
  }
  gtk_adjustment_set_value (f->adjustment, end_of (f) - 900);
  ui_test_frames (f->window, 2);
  g_assert_false (ui_virtual_list_get_at_end (f->list));
  before = top_of (f, 5000);
  for (guint i = 0; i < 10; i++)
    gtk_string_list_append (f->model, "80");
  ui_test_frames (f->window, 2);
  g_assert_cmpfloat_with_epsilon (top_of (f, 5000), before, 0.5);
  g_assert_false (ui_virtual_list_get_at_end (f->list));
}

/* A row that grows above the view does not move what is read; the last row that grows keeps its end in sight. */
static void
test_growing_rows (Fixture *f, gconstpointer data)
{
  GtkWidget *last = ui_virtual_list_get_row (f->list, 4999);
  GtkWidget *above;
  guint read;
  double before;

  for (int height = 100; height < 1500; height += 100) {
    gtk_widget_set_size_request (last, -1, height);
    ui_test_frames (f->window, 2);
    g_assert_cmpfloat_with_epsilon (top_of (f, 4999) + height, 600 - 18, 1.0);
  }
  gtk_adjustment_set_value (f->adjustment, end_of (f) - 2400);
  ui_test_frames (f->window, 2);
  for (read = 4900; ui_virtual_list_get_row (f->list, read) == NULL || top_of (f, read) < 0; read++)
    ;
  above = ui_virtual_list_get_row (f->list, read - 2);
  g_assert_nonnull (above);
  before = top_of (f, read);
  gtk_widget_set_size_request (above, -1, 777);
  ui_test_frames (f->window, 2);
  g_assert_cmpfloat_with_epsilon (top_of (f, read), before, 0.5);
}

/* What the person unfolds at the end of the list grows downwards: its head stays. */
static void
test_hold (Fixture *f, gconstpointer data)
{
  GtkWidget *last = ui_virtual_list_get_row (f->list, 4999);
  double before = top_of (f, 4999);

  ui_virtual_list_hold (f->list);
  for (int height = 400; height < 1500; height += 100) {
    gtk_widget_set_size_request (last, -1, height);
    ui_test_frames (f->window, 2);
    g_assert_cmpfloat_with_epsilon (top_of (f, 4999), before, 1.0);
  }
  g_assert_false (ui_virtual_list_get_at_end (f->list));
}

/* A kinetic scrolling sets absolute values: what it set must stay, though the rows that come into sight are not as high as guessed, and
 * what is seen must move by just as much. */
static void
test_kinetic (Fixture *f, gconstpointer data)
{
  double value = end_of (f) - 300;

  gtk_adjustment_set_value (f->adjustment, value);
  ui_test_frames (f->window, 2);
  for (int step = 0; step < 80; step++) {
    guint seen = 0;
    double before;

    while (ui_virtual_list_get_row (f->list, seen) == NULL || top_of (f, seen) < 0)
      seen++;
    before = top_of (f, seen);
    value -= 90;
    gtk_adjustment_set_value (f->adjustment, value);
    ui_test_frames (f->window, 2);
    g_assert_cmpfloat_with_epsilon (value_of (f), value, 0.5);
    g_assert_cmpfloat_with_epsilon (top_of (f, seen), before + 90, 1.0);
  }
}

/* Assistive technology meets the rows in their order. */
static void
test_order (Fixture *f, gconstpointer data)
{
  for (int step = 0; step < 12; step++) {
    guint position = 0;
    gboolean began = FALSE;

    gtk_adjustment_set_value (f->adjustment, value_of (f) + (step % 3 == 2 ? 500 : -700));
    ui_test_frames (f->window, 2);
    for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (f->list)); child != NULL && gtk_widget_get_child_visible (child); child = gtk_widget_get_next_sibling (child)) {
      if (!began)
        while (ui_virtual_list_get_row (f->list, position) == NULL)
          position++;
      began = TRUE;
      g_assert_true (ui_virtual_list_get_row (f->list, position++) == child);
    }
    g_assert_true (began);
  }
}

/* A screen reader finds what is bound, and not what waits to be used again. */
static void
test_hidden (Fixture *f, gconstpointer data)
{
  guint n_hidden = 0;

  for (guint step = 0; step < 40; step++) {
    gtk_adjustment_set_value (f->adjustment, end_of (f) - (step % 7) * 700.0);
    ui_test_frames (f->window, 1);
    n_hidden = 0;
    for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (f->list)); row != NULL; row = gtk_widget_get_next_sibling (row)) {
      g_autofree char *differs = gtk_test_accessible_check_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_HIDDEN, !gtk_widget_get_child_visible (row));

      g_assert_cmpstr (differs, ==, NULL);
      n_hidden += !gtk_widget_get_child_visible (row);
    }
  }
  g_assert_cmpuint (n_hidden, >, 0);
}

static void
test_scroll_to (Fixture *f, gconstpointer data)
{
  for (guint position = 100; position < 5000; position += 700) {
    ui_virtual_list_scroll_to (f->list, position);
    ui_test_frames (f->window, 2);
    g_assert_cmpfloat_with_epsilon (top_of (f, position), 18, 0.5);
  }
}

/* A branch is changed: the rows from some position on are others. */
static void
test_splice (Fixture *f, gconstpointer data)
{
  const char *more[] = { "50", "60", "70", NULL };

  gtk_string_list_splice (f->model, 4990, 10, more);
  ui_test_frames (f->window, 2);
  g_assert_cmpfloat_with_epsilon (value_of (f), end_of (f), 1.0);
  g_assert_nonnull (ui_virtual_list_get_row (f->list, 4992));
  gtk_string_list_splice (f->model, 0, g_list_model_get_n_items (G_LIST_MODEL (f->model)), NULL);
  ui_test_frames (f->window, 2);
  g_assert_cmpuint (n_bound, ==, 0);
  gtk_string_list_splice (f->model, 0, 0, more);
  ui_test_frames (f->window, 2);
  g_assert_cmpfloat_with_epsilon (top_of (f, 0), 18, 0.5);
}

/* Another width measures anew, and the view keeps its end. */
static void
test_width (Fixture *f, gconstpointer data)
{
  gtk_window_set_default_size (GTK_WINDOW (f->window), 380, 600);
  ui_test_frames (f->window, 6);
  g_assert_cmpfloat_with_epsilon (value_of (f), end_of (f), 1.0);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    guint n;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/ui-virtual-list/begins-at-end", 5000, test_begins_at_end },
    { "/ui-virtual-list/recycles", 5000, test_recycles },
    { "/ui-virtual-list/sticks-only-at-end", 5000, test_sticks_only_at_end },
    { "/ui-virtual-list/growing-rows", 5000, test_growing_rows },
    { "/ui-virtual-list/hold", 5000, test_hold },
    { "/ui-virtual-list/kinetic", 5000, test_kinetic },
    { "/ui-virtual-list/order", 5000, test_order },
    { "/ui-virtual-list/scroll-to", 5000, test_scroll_to },
    { "/ui-virtual-list/hidden", 5000, test_hidden },
    { "/ui-virtual-list/splice", 5000, test_splice },
    { "/ui-virtual-list/width", 5000, test_width },
  };

  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, GUINT_TO_POINTER (tests[i].n), set_up, tests[i].run, tear_down);
  return g_test_run ();
}
