/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <gtksourceview/gtksource.h>

#include "ui-code-block.h"

static void
test_languages (void)
{
  static const struct {
    const char *info;
    const char *language;
  } cases[] = {
    { "python", "Python" }, { "py", "Python" },         { "c++", "C++" },           { "cpp title=x", "C++" },
    { "rs", "Rust" },       { "js", "JavaScript" },     { "bash", "sh" },           { "", "Code" },
    { "text", "text" },     { "klingon", "klingon" },   { "C", "C" },               { "json,ignore", "JSON" },
    { "../../etc/passwd", "../../etc/passwd" },
  };
  UiCodeBlock *block = UI_CODE_BLOCK (g_object_ref_sink (ui_code_block_new ()));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ui_code_block_set (block, cases[i].info, "x");
    g_assert_cmpstr (ui_code_block_get_language (block), ==, cases[i].language);
  }
  g_assert_finalize_object (block);
}

/* The height is right in the first frame, and follows every line that is appended. */
static void
test_height (void)
{
  GtkWidget *block = ui_code_block_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *window;
  GString *code = g_string_new ("line");
  int first;
  int last = 0;

  gtk_box_append (GTK_BOX (box), block);
  window = ui_test_window (box, 500, 600);
  ui_code_block_set (UI_CODE_BLOCK (block), "c", code->str);
  ui_test_frames (window, 2);
  first = gtk_widget_get_height (block);
  for (guint i = 0; i < 10; i++) {
    g_string_append (code, "\nline");
    ui_code_block_set (UI_CODE_BLOCK (block), "c", code->str);
    ui_test_frames (window, 2);
    g_assert_cmpint (gtk_widget_get_height (block), >, last);
    last = gtk_widget_get_height (block);
  }
  g_assert_cmpint (last, >, first + 100);
  ui_test_frames (window, 20);
  g_assert_cmpint (gtk_widget_get_height (block), ==, last);
  gtk_window_destroy (GTK_WINDOW (window));
  g_string_free (code, TRUE);
}

/* The lines have air between them, and a very long block is still as high as a view, though it scrolls inside. */
static void
test_lines (void)
{
  GtkWidget *block = ui_code_block_new ();
  GtkWidget *view = ui_test_child (block, "view");
  GtkWidget *window = ui_test_window (block, 500, 400);
  GString *code = g_string_new ("first");
  g_autoptr (PangoLayout) layout = NULL;
  GdkRectangle first;
  GdkRectangle second;
  GtkTextIter iter;
  int natural;
  int height;

  ui_code_block_set (UI_CODE_BLOCK (block), "c", "first\nsecond");
  ui_test_frames (window, 3);
  layout = gtk_widget_create_pango_layout (view, "first");
  pango_layout_get_pixel_size (layout, NULL, &natural);
  gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), &iter);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (view), &iter, &first);
  gtk_text_iter_forward_line (&iter);
  gtk_text_view_get_iter_location (GTK_TEXT_VIEW (view), &iter, &second);
  g_assert_cmpint (second.y - first.y, >=, natural * 6 / 5);
  for (guint i = 0; i < 1500; i++)
    g_string_append (code, "\nline");
  ui_code_block_set (UI_CODE_BLOCK (block), "c", code->str);
  ui_test_frames (window, 3);
  gtk_widget_measure (block, GTK_ORIENTATION_VERTICAL, 500, &height, NULL, NULL, NULL);
  g_assert_cmpint (height, >=, 400);
  g_assert_cmpint (height, <, 1000);
  gtk_window_destroy (GTK_WINDOW (window));
  g_string_free (code, TRUE);
}

static void
on_text (GObject *clipboard, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

/* Whether the vertical wheel is taken from the page around. */
static gboolean
takes_wheel (GtkWidget *block)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (ui_test_child (block, "scroller"));
  gboolean takes = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_BUBBLE)
      takes |= (gtk_event_controller_scroll_get_flags (GTK_EVENT_CONTROLLER_SCROLL (controller)) & GTK_EVENT_CONTROLLER_SCROLL_VERTICAL) != 0;
  }
  return takes;
}

static void
test_wheel (void)
{
  GtkWidget *block = ui_code_block_new ();
  GtkWidget *window = ui_test_window (block, 200, 300);
  GString *code = g_string_new ("a line that is wider than the card by far, and so moves sideways");

  ui_code_block_set (UI_CODE_BLOCK (block), "c", code->str);
  ui_test_frames (window, 3);
  g_assert_false (takes_wheel (block));
  for (guint i = 0; i < 1100; i++)
    g_string_append (code, "\nline");
  ui_code_block_set (UI_CODE_BLOCK (block), "c", code->str);
  ui_test_frames (window, 3);
  g_assert_true (takes_wheel (block));
  gtk_window_destroy (GTK_WINDOW (window));
  g_string_free (code, TRUE);
}

static gboolean
is_set (gpointer data)
{
  return *(char **) data != NULL;
}

static void
test_copy (void)
{
  GtkWidget *block = ui_code_block_new ();
  GtkWidget *window = ui_test_window (block, 400, 300);
  g_autofree char *text = NULL;

  ui_code_block_set (UI_CODE_BLOCK (block), "c", "int a;\n\tint b; // <&>");
  g_signal_emit_by_name (ui_test_child (block, "copy"), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (block), NULL, on_text, &text);
  ui_test_wait (is_set, &text);
  g_assert_cmpstr (text, ==, "int a;\n\tint b; // <&>");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-code-block/languages", test_languages);
  g_test_add_func ("/ui-code-block/height", test_height);
  g_test_add_func ("/ui-code-block/lines", test_lines);
  g_test_add_func ("/ui-code-block/wheel", test_wheel);
  g_test_add_func ("/ui-code-block/copy", test_copy);
  return g_test_run ();
}
