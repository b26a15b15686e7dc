/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "app-formula.h"
#include "formula/formula-font.h"
#include "formula/formula-layout.h"
#include "ui-formula.h"
#include "ui-markdown-label.h"
#include "ui-markdown.h"

/* Every formula of formulas.txt against its places in formulas.golden. MELETE_UPDATE_GOLDEN=1 writes them anew: look at the pictures then. */
static void
test_golden (void)
{
  g_autofree char *path = g_build_filename (UI_TEST_FORMULA_DATA, "formulas.golden", NULL);
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;
  g_auto (GStrv) lines = NULL;
  GString *out = g_string_new (NULL);
  guint n = 0;

  g_assert_true (g_file_get_contents (UI_TEST_FORMULAS, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    const char *bar = strstr (lines[i], " | ");
    g_autoptr (AppFormula) formula = NULL;
    g_autoptr (UiFormulaLayout) layout = NULL;
    g_autofree char *dump = NULL;

    if (*lines[i] == '#' || bar == NULL)
      continue;
    formula = app_formula_new (bar + 3);
    layout = ui_formula_layout_new (formula, TRUE);
    dump = ui_formula_layout_dump (layout);
    g_string_append_printf (out, "%.*s: %s", (int) (bar - lines[i]), lines[i], dump);
    n++;
  }
  g_assert_cmpuint (n, >=, 60);
  if (g_getenv ("MELETE_UPDATE_GOLDEN") != NULL)
    g_assert_true (g_file_set_contents (path, out->str, -1, NULL));
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  g_assert_cmpstr (out->str, ==, expected);
  g_string_free (out, TRUE);
}

static void
get_size (const char *tex, gboolean display, double *width, double *height, double *depth)
{
  g_autoptr (AppFormula) formula = app_formula_new (tex);
  g_autoptr (UiFormulaLayout) layout = ui_formula_layout_new (formula, display);

  ui_formula_layout_get_size (layout, width, height, depth);
}

/* What holds for any font: bigger things are bigger. */
static void
test_sizes (void)
{
  static const struct { const char *smaller, *larger; } heights[] = {
    { "x", "x^2" }, { "x", "\\frac{x}{y}" }, { "\\frac{x}{y}", "\\left(\\frac{x}{\\frac{y}{z}}\\right)" }, { "x", "\\hat{X}" }, { "x", "\\overline{x}" },
    { "x", "\\sqrt{x}" }, { "\\sqrt{x}", "\\sqrt{\\frac{x}{y}}" }, { "\\int x", "\\sum_i^n x" }, { "a", "\\begin{matrix} a \\\\ b \\end{matrix}" },
  };
  static const struct { const char *narrower, *wider; } widths[] = {
    { "ab", "a b c" }, { "a{+}b", "a+b" }, { "a+b", "a=b" }, { "a", "a\\quad" }, { "x_i", "xi" }, { "\\,", "\\quad" }, { "-b", "a-b" },
  };
  double w[2];
  double h[2];
  double d[2];

  for (gsize i = 0; i < G_N_ELEMENTS (heights); i++) {
    get_size (heights[i].smaller, TRUE, &w[0], &h[0], &d[0]);
    get_size (heights[i].larger, TRUE, &w[1], &h[1], &d[1]);
    g_assert_cmpfloat (h[0] + d[0], <, h[1] + d[1]);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++) {
    get_size (widths[i].narrower, TRUE, &w[0], &h[0], &d[0]);
    get_size (widths[i].wider, TRUE, &w[1], &h[1], &d[1]);
    g_assert_cmpfloat (w[0], <, w[1]);
  }
  get_size ("\\sum_{i=1}^n i", TRUE, &w[0], &h[0], &d[0]);
  get_size ("\\sum_{i=1}^n i", FALSE, &w[1], &h[1], &d[1]);
  g_assert_cmpfloat (h[0] + d[0], >, h[1] + d[1] + 0.5);
}

static GtkWidget *
show (const char *text)
{
  GtkWidget *view = ui_markdown_new ();

  ui_markdown_set_text (UI_MARKDOWN (view), text, FALSE);
  return view;
}

/* A formula in a line is as wide as it is, and its text is its source, for the clipboard. */
static void
test_in_line (void)
{
  GtkWidget *view = show ("So $\\frac{a}{b} + \\sqrt{cccccccccccccccccccccccc}$, and on.");
  GtkWidget *window = ui_test_window (view, 600, 400);
  GtkLabel *label = ui_test_find (view, GTK_TYPE_LABEL);
  const char *text = gtk_label_get_text (label);
  PangoLayout *layout = gtk_label_get_layout (label);
  double em = ui_markdown_label_get_em (GTK_WIDGET (label));
  double width;
  double height;
  double depth;
  PangoRectangle begin;
  PangoRectangle end;
  int lines[2];

  g_assert_cmpstr (text, ==, "So $\\frac{a}{b} + \\sqrt{cccccccccccccccccccccccc}$, and on.");
  pango_layout_index_to_pos (layout, strchr (text, '$') - text, &begin);
  pango_layout_index_to_pos (layout, strrchr (text, ',') - text, &end);
  get_size ("\\frac{a}{b} + \\sqrt{cccccccccccccccccccccccc}", FALSE, &width, &height, &depth);
  g_assert_cmpfloat_with_epsilon ((end.x - begin.x) / (double) PANGO_SCALE, width * em, 3.0);
  pango_layout_index_to_line_x (layout, strchr (text, '$') - text, FALSE, &lines[0], NULL);
  pango_layout_index_to_line_x (layout, strrchr (text, ',') - text, FALSE, &lines[1], NULL);
  g_assert_cmpint (lines[0], ==, lines[1]);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Larger text has larger formulas, without a new text. */
static void
test_follows_text_scale (void)
{
  GtkWidget *view = show ("A $x$ b\n\n$$\\frac{x}{y}$$");
  GtkWidget *window = ui_test_window (view, 600, 400);
  GtkWidget *block = ui_test_find (view, UI_TYPE_FORMULA);
  GtkLabel *label = ui_test_find (view, GTK_TYPE_LABEL);
  int dpi;
  int small;
  int large;
  int small_line;
  int large_line;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  gtk_widget_measure (block, GTK_ORIENTATION_VERTICAL, -1, &small, NULL, NULL, NULL);
  pango_layout_get_pixel_size (gtk_label_get_layout (label), &small_line, NULL);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  ui_test_frames (window, 3);
  gtk_widget_measure (block, GTK_ORIENTATION_VERTICAL, -1, &large, NULL, NULL, NULL);
  pango_layout_get_pixel_size (gtk_label_get_layout (label), &large_line, NULL);
  g_assert_cmpint (large, >, small * 3 / 2);
  g_assert_cmpint (large_line, >, small_line * 3 / 2);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", dpi, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static gboolean
has_text (gpointer data)
{
  return *(char **) data != NULL;
}

static void
test_copy (void)
{
  GtkWidget *view = show ("Before\n\\[ x^2 \\]");
  GtkWidget *window = ui_test_window (view, 600, 400);
  GtkWidget *block = ui_test_find (view, UI_TYPE_FORMULA);
  g_autofree char *copied = NULL;

  g_assert_true (gtk_widget_grab_focus (block));
  gtk_widget_activate_action (block, "formula.copy", NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (block), NULL, on_text, &copied);
  ui_test_wait (has_text, &copied);
  g_assert_cmpstr (copied, ==, "\\[ x^2 \\]");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Without a font, and beyond the limits, the source is shown, in the line and on lines of its own. */
static void
test_fallback (void)
{
  GString *text = g_string_new ("A $x$ b\n\n$$y$$\n\n$");
  GtkWidget *view;
  g_autofree char *tree = NULL;
  g_autofree char *many = NULL;

  formula_font_set_missing (TRUE);
  view = g_object_ref_sink (show (text->str));
  tree = ui_test_dump (view);
  g_assert_nonnull (strstr (tree, "background_alpha=\"16%\">$x$<"));
  g_assert_nonnull (strstr (tree, "GtkLabel .html | $$y$$"));
  g_assert_null (ui_test_find (view, UI_TYPE_FORMULA));
  formula_font_set_missing (FALSE);
  g_object_unref (view);

  for (guint i = 0; i <= APP_FORMULA_MAX_NODES; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "$");
  view = g_object_ref_sink (show (text->str));
  many = ui_test_dump (view);
  g_assert_nonnull (strstr (many, ">$xxxx"));
  g_object_unref (view);
  g_string_free (text, TRUE);
}

/* While it is written the source is there; then the formula takes its place, and the blocks before it stay. */
static void
test_streaming (void)
{
  const char *text = "First.\n\nThe sum\n\\[\n\\sum_{i=1}^n i\n\\]\nis known.";
  UiMarkdown *view = UI_MARKDOWN (g_object_ref_sink (ui_markdown_new ()));
  GtkWidget *first = NULL;
  guint shown = 0;

  for (gsize end = 8; end <= strlen (text); end++) {
    g_autofree char *part = g_strndup (text, end);
    gboolean closed = end >= strlen ("First.\n\nThe sum\n\\[\n\\sum_{i=1}^n i\n\\]");
    gboolean begun = end > strlen ("First.\n\nThe sum\n\\[\n\\s");

    ui_markdown_set_text (view, part, TRUE);
    if (first == NULL)
      first = gtk_widget_get_first_child (GTK_WIDGET (view));
    g_assert_true (gtk_widget_get_first_child (GTK_WIDGET (view)) == first);
    g_assert_cmpuint (ui_test_count (GTK_WIDGET (view), UI_TYPE_FORMULA), ==, closed);
    if (begun && !closed) {
      g_autofree char *tree = ui_test_dump (GTK_WIDGET (view));

      g_assert_nonnull (strstr (tree, "\\\\[\\n\\\\s"));
      shown++;
    }
  }
  g_assert_cmpuint (shown, >, 10);
  g_object_unref (view);
}

/* A reference leads to its note, and the note back. */
static void
test_footnotes_jump (void)
{
  GtkWidget *view = show ("A claim[^a].\n\nMore.\n\n[^a]: The note.");
  GtkWidget *window = ui_test_window (view, 600, 400);
  GtkWidget *claim = gtk_widget_get_first_child (view);
  GtkWidget *note = gtk_widget_get_last_child (view);
  gboolean handled;

  g_assert_true (gtk_widget_has_css_class (note, "footnote"));
  g_signal_emit_by_name (claim, "activate-link", "#note-1", &handled);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (window)) == gtk_widget_get_first_child (note));
  g_signal_emit_by_name (gtk_widget_get_first_child (note), "activate-link", "#reference-1", &handled);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (window)) == claim);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The boxes of tasks say whether they are done, and cannot be used. */
static void
test_tasks (void)
{
  GtkWidget *view = show ("- [x] bread\n- [ ] *salt*");
  GtkWidget *window = ui_test_window (view, 600, 400);
  GtkWidget *list = gtk_widget_get_first_child (view);
  GtkWidget *done = gtk_widget_get_first_child (gtk_widget_get_first_child (list));
  GtkWidget *open = gtk_widget_get_first_child (gtk_widget_get_last_child (list));

  gtk_test_accessible_assert_state (done, GTK_ACCESSIBLE_STATE_CHECKED, GTK_ACCESSIBLE_TRISTATE_TRUE);
  gtk_test_accessible_assert_state (open, GTK_ACCESSIBLE_STATE_CHECKED, GTK_ACCESSIBLE_TRISTATE_FALSE);
  gtk_test_accessible_assert_property (done, GTK_ACCESSIBLE_PROPERTY_LABEL, "bread");
  gtk_test_accessible_assert_property (open, GTK_ACCESSIBLE_PROPERTY_LABEL, "salt");
  gtk_test_accessible_assert_property (open, GTK_ACCESSIBLE_PROPERTY_READ_ONLY, TRUE);
  g_assert_false (gtk_widget_grab_focus (open));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Both kinds of formulas are heard in words. */
static void
test_accessible (void)
{
  GtkWidget *view = g_object_ref_sink (show ("So $x^2$ is.\n\n$$\\frac{a}{b}$$"));

  gtk_test_accessible_assert_property (gtk_widget_get_first_child (view), GTK_ACCESSIBLE_PROPERTY_LABEL, "So x squared is.");
  gtk_test_accessible_assert_property (GTK_WIDGET (ui_test_find (view, UI_TYPE_FORMULA)), GTK_ACCESSIBLE_PROPERTY_LABEL, "a over b");
  gtk_test_accessible_assert_role (GTK_WIDGET (ui_test_find (view, UI_TYPE_FORMULA)), GTK_ACCESSIBLE_ROLE_MATH);
  g_object_unref (view);
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_assert_nonnull (formula_font_get ());
  g_test_add_func ("/ui-formula/golden", test_golden);
  g_test_add_func ("/ui-formula/sizes", test_sizes);
  g_test_add_func ("/ui-formula/in-line", test_in_line);
  g_test_add_func ("/ui-formula/follows-text-scale", test_follows_text_scale);
  g_test_add_func ("/ui-formula/copy", test_copy);
  g_test_add_func ("/ui-formula/fallback", test_fallback);
  g_test_add_func ("/ui-formula/streaming", test_streaming);
  g_test_add_func ("/ui-formula/footnotes-jump", test_footnotes_jump);
  g_test_add_func ("/ui-formula/tasks", test_tasks);
  g_test_add_func ("/ui-formula/accessible", test_accessible);
  return g_test_run ();
}
