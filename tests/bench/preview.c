/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a preview costs: from ui_preview_show () to its first drawn frame, and how long a typed character takes to be seen beside it. Prints Markdown. `./dev bench preview` gives it a screen. */
#include "ui-test.h"

#include <math.h>

#include "ui-preview.h"

#define VERSIONS 20
#define CHARACTERS 150
#define TYPING_MS 40 /* between two characters: a quick typist */
#define UPDATE_MS 500 /* between two versions, as while an answer is written */

typedef struct {
  UiPreview *preview;
  GtkTextView *text;
  guint n_drawn;   /* reports of the page that it was drawn */
  guint n_version;
  gint64 typed;    /* when a character came that was not drawn yet; 0: none */
  GArray *waits;   /* double, ms */
  guint left;      /* characters */
  gboolean updates;
} Bench;

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
quantile (GArray *values, double share)
{
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, MIN (values->len - 1, (guint) (share * values->len)));
}

static void
on_report (UiPreview *preview, const char *name, const char *value, Bench *bench)
{
  bench->n_drawn++;
}

static void
show_version (Bench *bench)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  GString *html = g_string_new ("<!doctype html><title>x</title><h1>Sales</h1><table>");

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (html, "<tr><td>Row %u of version %u<td>%u", i, bench->n_version, i * 37);
  g_string_append (html, "</table><script>requestAnimationFrame (() => requestAnimationFrame (() => melete.report ('ready')))</script>");
  bench->n_version++;
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, html->str);
  ui_preview_show (bench->preview, bundle);
  g_string_free (html, TRUE);
}

static gboolean
was_drawn (gpointer data)
{
  return ((Bench *) data)->n_drawn > 0;
}

static double
time_version (Bench *bench)
{
  gint64 begin = g_get_monotonic_time ();

  bench->n_drawn = 0;
  show_version (bench);
  ui_test_wait_long (was_drawn, bench, 60);
  return (double) (g_get_monotonic_time () - begin) * 1e-3;
}

/* ---- typing ---- */

static void
on_after_paint (GdkFrameClock *clock, Bench *bench)
{
  double wait;

  if (bench->typed == 0)
    return;
  wait = (double) (g_get_monotonic_time () - bench->typed) * 1e-3;
  g_array_append_val (bench->waits, wait);
  bench->typed = 0;
}

static gboolean
on_type (gpointer data)
{
  Bench *bench = data;

  if (bench->left == 0)
    return G_SOURCE_REMOVE;
  bench->left--;
  if (bench->typed == 0)
    bench->typed = g_get_monotonic_time ();
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (bench->text), bench->left % 8 == 0 ? " " : "a", 1);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_update (gpointer data)
{
  Bench *bench = data;

  if (bench->left == 0)
    return G_SOURCE_REMOVE;
  show_version (bench);
  return G_SOURCE_CONTINUE;
}

static gboolean
has_typed (gpointer data)
{
  return ((Bench *) data)->left == 0;
}

static void
type (Bench *bench, const char *name, gboolean updates)
{
  bench->left = CHARACTERS;
  g_array_set_size (bench->waits, 0);
  g_timeout_add (TYPING_MS, on_type, bench);
  if (updates)
    g_timeout_add (UPDATE_MS, on_update, bench);
  ui_test_wait_long (has_typed, bench, 60);
  g_print ("| a character is seen, %s | %.1f | %.1f |\n", name, quantile (bench->waits, 0.5), quantile (bench->waits, 0.95));
}

int
main (int argc, char *argv[])
{
  Bench bench = { .waits = g_array_new (FALSE, FALSE, sizeof (double)) };
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (double));
  GtkWidget *box, *window, *scroller;
  double first;

  ui_test_init (&argc, &argv);
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  scroller = gtk_scrolled_window_new ();
  bench.preview = ui_preview_new ();
  bench.text = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (bench.text, GTK_WRAP_WORD_CHAR);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (bench.text));
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (bench.preview));
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (bench.preview), TRUE);
  window = ui_test_window (box, 1200, 800);
  g_signal_connect (bench.preview, "report", G_CALLBACK (on_report), &bench);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_after_paint), &bench);

  g_print ("| ms | half | 95 of 100 |\n|---|---|---|\n");
  type (&bench, "without a preview", FALSE);
  first = time_version (&bench);
  g_print ("| the first page, from ui_preview_show () to its second frame, with the module and WebKit's processes | %.0f | – |\n", first);
  for (guint i = 0; i < VERSIONS; i++) {
    double time = time_version (&bench);

    g_array_append_val (versions, time);
  }
  g_print ("| another version of it | %.0f | %.0f |\n", quantile (versions, 0.5), quantile (versions, 0.95));
  type (&bench, "beside a page", FALSE);
  type (&bench, "beside a page that is replaced twice a second", TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
