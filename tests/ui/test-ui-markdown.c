/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "ui-code-block.h"
#include "ui-markdown.h"
#include "ui-table.h"

static UiMarkdown *
markdown_new (void)
{
  return UI_MARKDOWN (g_object_ref_sink (ui_markdown_new ()));
}

/* Every golden/NAME.md against golden/NAME.tree. MELETE_UPDATE_GOLDEN=1 writes the trees anew: read the difference then. */
static void
test_golden (gconstpointer data)
{
  const char *name = data;
  g_autofree char *source = g_strdup_printf ("%s/%s.md", UI_TEST_GOLDEN, name);
  g_autofree char *path = g_strdup_printf ("%s/%s.tree", UI_TEST_GOLDEN, name);
  g_autofree char *text = NULL;
  g_autofree char *tree = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;
  UiMarkdown *view = markdown_new ();

  g_file_get_contents (source, &text, NULL, &error);
  g_assert_no_error (error);
  ui_markdown_set_text (view, text, FALSE);
  tree = ui_test_dump (GTK_WIDGET (view));
  if (g_getenv ("MELETE_UPDATE_GOLDEN") != NULL)
    g_assert_true (g_file_set_contents (path, tree, -1, NULL));
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tree, ==, expected);
  g_assert_finalize_object (view);
}

/* An answer that is written piece by piece ends in the same widgets as one that comes whole. */
static void
test_streamed_equals_whole (gconstpointer data)
{
  const char *name = data;
  g_autofree char *source = g_strdup_printf ("%s/%s.md", UI_TEST_GOLDEN, name);
  g_autofree char *text = NULL;
  g_autofree char *whole_tree = NULL;
  g_autofree char *streamed_tree = NULL;
  UiMarkdown *whole = markdown_new ();
  UiMarkdown *streamed = markdown_new ();
  gsize length;

  g_assert_true (g_file_get_contents (source, &text, &length, NULL));
  for (gsize end = 1; end < length; end += 3) {
    g_autofree char *part = NULL;

    while ((text[end] & 0xc0) == 0x80)
      end++;
    part = g_strndup (text, end);
    ui_markdown_set_text (streamed, part, TRUE);
  }
  ui_markdown_set_text (streamed, text, FALSE);
  ui_markdown_set_text (whole, text, FALSE);
  whole_tree = ui_test_dump (GTK_WIDGET (whole));
  streamed_tree = ui_test_dump (GTK_WIDGET (streamed));
  g_assert_cmpstr (streamed_tree, ==, whole_tree);
  g_object_unref (whole);
  g_object_unref (streamed);
}

/* What does not change keeps its widget, and what is settled is not parsed again. */
static void
test_streaming_keeps_widgets (void)
{
  UiMarkdown *view = markdown_new ();
  GString *text = g_string_new ("# Title\n\nFirst paragraph.\n\n```c\nint a;\n```\n\n");
  GtkWidget *title;
  GtkWidget *paragraph;
  GtkWidget *code;

  ui_markdown_set_text (view, text->str, TRUE);
  title = gtk_widget_get_first_child (GTK_WIDGET (view));
  paragraph = gtk_widget_get_next_sibling (title);
  code = ui_test_find (GTK_WIDGET (view), UI_TYPE_CODE_BLOCK);
  g_assert_nonnull (code);
  for (guint i = 0; i < 400; i++) {
    g_string_append_printf (text, i % 10 == 9 ? "\n\n" : "word %u ", i);
    ui_markdown_set_text (view, text->str, TRUE);
    g_assert_true (gtk_widget_get_first_child (GTK_WIDGET (view)) == title);
    g_assert_true (gtk_widget_get_next_sibling (title) == paragraph);
    g_assert_true (ui_test_find (GTK_WIDGET (view), UI_TYPE_CODE_BLOCK) == code);
    g_assert_cmpuint (ui_markdown_get_parsed_bytes (view), <, 300);
  }
  ui_markdown_set_text (view, text->str, FALSE);
  g_assert_true (gtk_widget_get_first_child (GTK_WIDGET (view)) == title);
  g_assert_true (ui_test_find (GTK_WIDGET (view), UI_TYPE_CODE_BLOCK) == code);
  g_string_free (text, TRUE);
  g_assert_finalize_object (view);
}

static gboolean
ends_with_caret (UiMarkdown *view)
{
  GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (view));

  return GTK_IS_LABEL (last) && g_str_has_suffix (gtk_label_get_text (GTK_LABEL (last)), "\342\226\215");
}

static void
test_caret (void)
{
  UiMarkdown *view = markdown_new ();

  ui_markdown_set_text (view, "Writing", TRUE);
  g_assert_true (ends_with_caret (view));
  ui_markdown_set_text (view, "Writing more.\n\nAnd", TRUE);
  g_assert_true (ends_with_caret (view));
  ui_markdown_set_text (view, "Writing more.\n\nAnd done", FALSE);
  g_assert_false (ends_with_caret (view));
  g_object_unref (view);
}

/* A definition that comes later still makes its link, at the latest when the writing ends. */
static void
test_late_definition (void)
{
  UiMarkdown *view = markdown_new ();
  GtkWidget *first;

  ui_markdown_set_text (view, "See [here][a].\n\nMore.\n\n", TRUE);
  ui_markdown_set_text (view, "See [here][a].\n\nMore.\n\n[a]: https://example.org/\n", TRUE);
  ui_markdown_set_text (view, "See [here][a].\n\nMore.\n\n[a]: https://example.org/\n", FALSE);
  first = gtk_widget_get_first_child (GTK_WIDGET (view));
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (first)), "<a href=\"https://example.org/\""));
  g_object_unref (view);
}

/* Hostile input: each must be shown (or named as left out) in bounded time and with bounded widgets. */

static char *
repeat (const char *unit, guint n, const char *end)
{
  GString *out = g_string_sized_new (strlen (unit) * n + 16);

  for (guint i = 0; i < n; i++)
    g_string_append (out, unit);
  g_string_append (out, end);
  return g_string_free (out, FALSE);
}

static char *
many_cells (guint columns, guint row_count)
{
  GString *out = g_string_new (NULL);

  for (guint row = 0; row < row_count; row++) {
    for (guint column = 0; column < columns; column++)
      g_string_append (out, row == 1 ? "|-" : "|x");
    g_string_append (out, "|\n");
  }
  return g_string_free (out, FALSE);
}

static char *
many_languages (void)
{
  return repeat ("```x\ny\n```\n\n", 3000, "");
}

static void
test_hostile (void)
{
  char *cases[] = {
    repeat (">", 10000, " deep"),
    repeat ("- ", 10000, "deep"),
    repeat ("> - 1. ", 3000, "deep"),
    repeat ("[", 20000, ""),
    repeat ("![l", 9000, ""),
    repeat ("*a **b ", 4000, "end"),
    repeat ("**x** _y_ ~~z~~ `w` ", 1500, ""),
    repeat ("`", 20000, "x"),
    repeat ("<a b=\"", 5000, ""),
    repeat ("x", 2 * 1024 * 1024, ""),
    repeat ("word ", 400000, ""),
    repeat ("paragraph\n\n", 60000, ""),
    repeat ("- item\n", 4000, ""),
    repeat ("- item\n\n", 60000, ""),
    repeat ("# h\n", 7000, ""),
    repeat ("\360\237\230\200", 50000, ""),
    repeat ("\342\200\256", 9000, "turned"),
    repeat ("http://a.b/", 2500, ""),
    repeat ("&amp;", 6000, ""),
    repeat ("|", 30000, "\n|-"),
    many_cells (500, 30),
    many_cells (2, 4000),
    many_cells (60, 300),
    many_languages (),
    g_strdup ("\001\002\003 control \177"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    UiMarkdown *view = markdown_new ();
    g_autoptr (GTimer) timer = g_timer_new ();
    GtkWidget *window;

    ui_markdown_set_text (view, cases[i], FALSE);
    g_assert_cmpuint (ui_test_count (GTK_WIDGET (view), GTK_TYPE_LABEL), >, 0);
    g_assert_cmpuint (ui_test_count (GTK_WIDGET (view), GTK_TYPE_WIDGET), <, 40000);
    window = ui_test_window (g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", view, NULL), 600, 400);
    g_test_message ("hostile case %u: %.2f s", i, g_timer_elapsed (timer, NULL));
    gtk_window_destroy (GTK_WINDOW (window));
    ui_test_drain ();
    g_assert_finalize_object (view);
    g_free (cases[i]);
  }
}

/* The same, while it is written: every prefix is a text of its own. */
static void
test_hostile_streamed (void)
{
  UiMarkdown *view = markdown_new ();
  g_autofree char *text = repeat ("> - **a [b](c `d\n", 900, "");
  gsize length = strlen (text);

  for (gsize end = 0; end < length; end += 97) {
    g_autofree char *part = g_strndup (text, end);

    ui_markdown_set_text (view, part, TRUE);
  }
  ui_markdown_set_text (view, text, FALSE);
  g_assert_finalize_object (view);
}

static void
test_table_limits (void)
{
  UiMarkdown *view = markdown_new ();
  g_autofree char *text = many_cells (4, 1000);
  g_autofree char *tree = NULL;

  ui_markdown_set_text (view, text, FALSE);
  tree = ui_test_dump (GTK_WIDGET (view));
  g_assert_nonnull (strstr (tree, "699 more rows"));
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (view), GTK_TYPE_LABEL), ==, UI_TABLE_MAX_CELLS + 1);
  ui_markdown_set_text (view, "|a|b|\n|-|-|\n|1|2|\n", FALSE);
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (view), GTK_TYPE_LABEL), ==, 5);
  g_object_unref (view);
}

/* Nothing of a long text is dropped in silence. */
static void
test_long_text_is_named (void)
{
  UiMarkdown *view = markdown_new ();
  g_autofree char *text = repeat ("word ", 200000, "");
  g_autofree char *tree = NULL;

  ui_markdown_set_text (view, text, FALSE);
  tree = ui_test_dump (GTK_WIDGET (view));
  g_assert_nonnull (strstr (tree, "more are not shown"));
  g_object_unref (view);
}

int
main (int argc, char *argv[])
{
  static const char *const goldens[] = { "inlines", "links", "lists", "quotes", "tables", "code", "headings", "html", "rtl", "formulas", "notes" };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++) {
    g_autofree char *golden = g_strdup_printf ("/ui-markdown/golden/%s", goldens[i]);
    g_autofree char *streamed = g_strdup_printf ("/ui-markdown/streamed/%s", goldens[i]);

    g_test_add_data_func (golden, goldens[i], test_golden);
    g_test_add_data_func (streamed, goldens[i], test_streamed_equals_whole);
  }
  g_test_add_func ("/ui-markdown/streaming-keeps-widgets", test_streaming_keeps_widgets);
  g_test_add_func ("/ui-markdown/caret", test_caret);
  g_test_add_func ("/ui-markdown/late-definition", test_late_definition);
  g_test_add_func ("/ui-markdown/table-limits", test_table_limits);
  g_test_add_func ("/ui-markdown/long-text-is-named", test_long_text_is_named);
  g_test_add_func ("/ui-markdown/hostile", test_hostile);
  g_test_add_func ("/ui-markdown/hostile-streamed", test_hostile_streamed);
  return g_test_run ();
}
