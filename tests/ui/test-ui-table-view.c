/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of a file, row by row, and what a person corrects there, with keys as they are. The helper is the real one. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-attachment-viewer.h"
#include "ui-table-column.h"
#include "ui-table-grid.h"
#include "ui-table-reading.h"
#include "ui-table-view.h"
#include "ui-test-input.h"

typedef struct {
  char *folder;
  AppDatasets *datasets;
  GtkWidget *window;
  UiTableView *view;
  UiTableGrid *grid;
} Desk;

static void
set_up (Desk *desk, gconstpointer data)
{
  desk->folder = g_dir_make_tmp ("melete-ui-XXXXXX", NULL);
  desk->datasets = app_datasets_new (desk->folder);
}

static void
tear_down (Desk *desk, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  ui_test_drain ();
  g_object_unref (desk->datasets);
  fixture_delete_folder (desk->folder);
  g_free (desk->folder);
}

static AppAttachment *
attach (Desk *desk, const char *text, const char *name)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  AppAttachment *attachment = app_attachment_new_for_bytes (bytes, name);

  app_attachment_set_datasets (attachment, desk->datasets);
  return fixture_loaded (attachment);
}

static gboolean
is_filled (gpointer data)
{
  return ui_table_grid_get_rows (((Desk *) data)->grid) != NULL;
}

static void
show (Desk *desk, AppAttachment *attachment, int width)
{
  desk->view = g_object_new (UI_TYPE_TABLE_VIEW, NULL);
  desk->grid = ui_test_child (desk->view, "grid");
  desk->window = ui_test_window (GTK_WIDGET (desk->view), width, 500);
  ui_table_view_set_attachment (desk->view, attachment);
  ui_test_wait (is_filled, desk);
  ui_test_frames (desk->window, 3);
}

static gboolean
shows (GtkWidget *root, const char *text)
{
  g_autofree char *dump = ui_test_dump (root);
  return strstr (dump, text) != NULL;
}

/* The text of a cell that shows, "" for none. */
static gboolean
has_cell (UiTableGrid *grid, const char *text, const char *class)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (grid)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_INSCRIPTION (child) && gtk_widget_get_child_visible (child) && g_strcmp0 (gtk_inscription_get_text (GTK_INSCRIPTION (child)), text) == 0 &&
        (class == NULL || gtk_widget_has_css_class (child, class)))
      return TRUE;
  return FALSE;
}

typedef struct {
  UiTableGrid *grid;
  const char *text;
} Cell;

static gboolean
cell_shows (gpointer data)
{
  return has_cell (((Cell *) data)->grid, ((Cell *) data)->text, NULL);
}

static void
wait_cell (Desk *desk, const char *text)
{
  Cell cell = { desk->grid, text };
  ui_test_wait (cell_shows, &cell);
  ui_test_frames (desk->window, 2);
}

static GtkWidget *
find_head (Desk *desk, const char *name)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (desk->grid)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_MENU_BUTTON (child) && gtk_widget_get_child_visible (child) && g_str_has_prefix (gtk_widget_get_tooltip_text (child), name))
      return child;
  g_assert_not_reached ();
}

/* A table is there at once, whatever its size, and there are widgets for what shows alone. */
static void
test_many (Desk *desk, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("id");
  for (int i = 1; i < 300; i++)
    g_string_append_printf (text, ",c%d", i);
  for (int row = 0; row < 3000; row++) {
    g_string_append_printf (text, "\n%d", row);
    for (int i = 1; i < 300; i++)
      g_string_append (text, ",x");
  }
  g_autoptr (AppAttachment) attachment = attach (desk, text->str, "many.csv");

  show (desk, attachment, 800);
  wait_cell (desk, "0");
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (desk->grid), GTK_TYPE_INSCRIPTION), <, 800);
  gtk_widget_grab_focus (GTK_WIDGET (desk->grid));
  ui_test_key (desk->grid, "ctrl+End");
  wait_cell (desk, "3001");
  g_assert_nonnull (find_head (desk, "c299"));
  ui_test_key (desk->grid, "Home");
  wait_cell (desk, "2999");
  ui_test_key (desk->grid, "ctrl+Home");
  wait_cell (desk, "0");
  ui_test_key (desk->grid, "Page_Down");
  ui_test_key (desk->grid, "Down");
  guint row, column;
  ui_test_drain ();
  ui_table_grid_get_cursor (desk->grid, &row, &column);
  g_assert_cmpuint (row, >, 5);
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (desk->grid), GTK_TYPE_INSCRIPTION), <, 800);
}

static void
test_marks (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach (desk, "a,b,c\n1,x,2024-01-01\n2,,2024-01-02\noops,y,2024-01-03\n4,z,2024-01-04\n", "x.csv");

  show (desk, attachment, 800);
  wait_cell (desk, "oops");
  g_assert_true (has_cell (desk->grid, "oops", "misfit"));
  g_assert_true (has_cell (desk->grid, "", "empty"));
  g_assert_true (shows (GTK_WIDGET (desk->view), "4 rows, 3 columns"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_head (desk, "a")), ==, "a: Whole number");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_head (desk, "c")), ==, "c: Date");
}

static gboolean
is_closed (gpointer popover)
{
  return !gtk_widget_get_mapped (popover);
}

/* Through the head of a column, with keys: the cursor's cell opens it, Enter in the name reads again. */
static void
test_column (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach (desk, "day,n\n03/04/2024,1\n05/06/2024,2\n", "x.csv");
  g_autoptr (AppTableChoices) choices = NULL;

  show (desk, attachment, 800);
  gtk_widget_grab_focus (GTK_WIDGET (desk->grid));
  ui_test_key (desk->grid, "Return");
  ui_test_frames (desk->window, 5);
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (find_head (desk, "day")));
  g_assert_true (UI_IS_TABLE_COLUMN (popover));
  g_autofree char *nameless = ui_test_nameless (popover);
  g_assert_cmpstr (nameless, ==, "");
  adw_combo_row_set_selected (ui_test_child (popover, "order"), 1);
  gtk_editable_set_text (GTK_EDITABLE (ui_test_child (popover, "name")), "When");
  gtk_widget_grab_focus (ui_test_child (popover, "name"));
  ui_test_key (desk->grid, "Return");
  wait_cell (desk, "2024-04-03");
  find_head (desk, "When");
  choices = app_table_choices_new (app_datasets_get_choices (desk->datasets, app_attachment_get_sha256 (attachment)));
  g_assert_cmpstr (app_table_choices_get_order (choices, 0, 0), ==, "dmy");

  /* And back. */
  GtkWidget *reading = GTK_WIDGET (gtk_menu_button_get_popover (ui_test_child (desk->view, "reading")));
  gtk_menu_button_popup (ui_test_child (desk->view, "reading"));
  ui_test_frames (desk->window, 3);
  g_assert_true (gtk_widget_get_visible (ui_test_child (reading, "guess")));
  g_signal_emit_by_name (ui_test_child (reading, "guess"), "clicked");
  ui_test_wait (is_closed, reading);
  WAIT_UNTIL (*app_datasets_get_choices (desk->datasets, app_attachment_get_sha256 (attachment)) == '\0');
  ui_test_frames (desk->window, 3);
  find_head (desk, "day");
}

/* How the file is read: another separator gives other columns. */
static void
test_file (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach (desk, "a;b,c\n1;2,5\n3;4,5\n", "x.csv");

  show (desk, attachment, 800);
  GtkWidget *reading = GTK_WIDGET (gtk_menu_button_get_popover (ui_test_child (desk->view, "reading")));
  g_autofree char *nameless = NULL;
  gtk_menu_button_popup (ui_test_child (desk->view, "reading"));
  ui_test_frames (desk->window, 3);
  nameless = ui_test_nameless (reading);
  g_assert_cmpstr (nameless, ==, "");
  adw_combo_row_set_selected (ui_test_child (reading, "delimiter"), 1);
  g_signal_emit_by_name (ui_test_child (reading, "apply"), "clicked");
  wait_cell (desk, "3;4");
  find_head (desk, "a;b");
}

static gboolean
has_failed (gpointer data)
{
  return gtk_widget_get_visible (ui_test_child (((Desk *) data)->view, "failure"));
}

static void
test_refused (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach (desk, "who,n\nAda,1\nBert,2\n", "x.csv");

  show (desk, attachment, 800);
  gtk_menu_button_popup (GTK_MENU_BUTTON (find_head (desk, "who")));
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (find_head (desk, "who")));
  adw_combo_row_set_selected (ui_test_child (popover, "type"), MEDIA_COLUMN_DATE);
  g_signal_emit_by_name (ui_test_child (popover, "apply"), "clicked");
  ui_test_wait (has_failed, desk);
  g_assert_true (has_cell (desk->grid, "Ada", NULL));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_head (desk, "who")), ==, "who: Text");
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (desk->view, "failure_label")), "“Ada” in row 2"));
  g_signal_emit_by_name (ui_test_child (desk->view, "close_failure"), "clicked");
  g_assert_false (has_failed (desk));
}

/* Everything has a name, in a narrow window too. */
static void
test_names (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = attach (desk, "amount;what is said of it\n1,5;a\n2,5;\nx;b\n3;c\n", "x.csv");

  show (desk, attachment, 360);
  wait_cell (desk, "1.5");
  g_autofree char *nameless = ui_test_nameless (desk->view);
  g_assert_cmpstr (nameless, ==, "");
  int least;
  gtk_widget_measure (GTK_WIDGET (desk->view), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 350);
}

/* The window of the file's card begins with the table, and without one with the words. */
static void
test_viewer (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) table = attach (desk, "a,b\n1,2\n", "x.csv"), none = attach (desk, "{\"a\": 1", "y.json");
  static const char *const expected[] = { "table", "text" };

  desk->window = ui_test_window (gtk_label_new ("Behind it"), 600, 500);
  for (guint i = 0; i < 2; i++) {
    ui_attachment_viewer_present (desk->window, i == 0 ? table : none);
    GtkWindow *viewer = ui_test_wait_dialog (desk->window);
    GtkStack *stack = ui_test_child (viewer, "stack");
    WAIT_UNTIL (strcmp (gtk_stack_get_visible_child_name (stack), expected[i]) == 0);
    g_assert_cmpint (gtk_widget_get_visible (ui_test_child (viewer, "show_table")), ==, i == 0);
    gtk_window_destroy (viewer);
    ui_test_drain ();
  }
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
#define ADD(path, test) g_test_add ("/table-view/" path, Desk, NULL, set_up, test, tear_down)
  ADD ("many", test_many);
  ADD ("marks", test_marks);
  ADD ("column", test_column);
  ADD ("file", test_file);
  ADD ("refused", test_refused);
  ADD ("names", test_names);
  ADD ("viewer", test_viewer);
  return g_test_run ();
}
