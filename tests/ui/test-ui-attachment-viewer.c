/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window that shows an attachment large, and beside it what the model gets. The decoder is the real one. */
#include "ui-test.h"

#include <cairo-pdf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "ui-attachment-viewer.h"

#define N_PAGES 3

static void
write_pdf (const char *path)
{
  cairo_surface_t *surface = cairo_pdf_surface_create (path, 300, 200);
  cairo_t *cr = cairo_create (surface);

  for (int page = 1; page <= N_PAGES; page++) {
    g_autofree char *words = g_strdup_printf ("The word of page %d is heron.", page);

    cairo_move_to (cr, 20, 100);
    cairo_set_font_size (cr, 16);
    cairo_show_text (cr, words);
    cairo_show_page (cr);
  }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static AppAttachment *
read_attachment (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  AppAttachment *attachment = app_attachment_new_for_file (file);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  app_attachment_load_finish (attachment, wait_result (&result), &error);
  g_assert_no_error (error);
  return attachment;
}

/* Presents it, and finds its window. */
static UiAttachmentViewer *
view_passage (GtkWidget *parent, AppAttachment *attachment, guint page, gsize start, gsize length)
{
  GListModel *windows = gtk_window_get_toplevels ();

  if (length > 0)
    ui_attachment_viewer_present_passage (parent, attachment, page, start, length);
  else
    ui_attachment_viewer_present (parent, attachment);
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (UI_IS_ATTACHMENT_VIEWER (window))
      return UI_ATTACHMENT_VIEWER (window);
  }
  g_assert_not_reached ();
}

static UiAttachmentViewer *
view (GtkWidget *parent, AppAttachment *attachment)
{
  return view_passage (parent, attachment, 0, 0, 0);
}

static char *
text_of (UiAttachmentViewer *viewer)
{
  char *text;

  g_object_get (gtk_text_view_get_buffer (ui_test_child (viewer, "text")), "text", &text, NULL);
  return text;
}

static const char *
shown (UiAttachmentViewer *viewer, const char *stack)
{
  return gtk_stack_get_visible_child_name (ui_test_child (viewer, stack));
}

typedef struct {
  char *folder, *path;
  GtkWidget *window;
} Desk;

static void
set_up (Desk *desk, gconstpointer name)
{
  desk->folder = g_dir_make_tmp ("melete-ui-XXXXXX", NULL);
  desk->path = g_build_filename (desk->folder, name, NULL);
  desk->window = ui_test_window (gtk_label_new ("Behind it"), 600, 500);
}

static void
tear_down (Desk *desk, gconstpointer name)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  ui_test_drain ();
  fixture_delete_folder (desk->folder);
  g_free (desk->folder);
  g_free (desk->path);
}

/* Words have no picture: there is nothing to switch between. */
static void
test_text (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  g_autofree char *text = NULL;
  UiAttachmentViewer *viewer;

  g_assert_true (g_file_set_contents (desk->path, "The word is sesame.", -1, NULL));
  attachment = read_attachment (desk->path);
  viewer = view (desk->window, attachment);
  ui_test_frames (GTK_WIDGET (viewer), 3);
  g_assert_cmpstr (shown (viewer, "stack"), ==, "text");
  g_assert_false (gtk_widget_get_mapped (ui_test_child (viewer, "switcher")));
  text = text_of (viewer);
  g_assert_cmpstr (text, ==, app_attachment_get_model_text (attachment));
  g_assert_nonnull (strstr (text, "sesame"));
  gtk_window_destroy (GTK_WINDOW (viewer));
}

/* A document without a picture is shown formatted, and as the model gets it. */
static void
test_formatted (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  g_autofree char *text = NULL;
  UiAttachmentViewer *viewer;
  GtkWidget *formatted;

  g_assert_true (g_file_set_contents (desk->path, "<html><h1>Herons</h1><p>They <b>stand</b>.</p><ul><li>one</li></ul></html>", -1, NULL));
  attachment = read_attachment (desk->path);
  viewer = view (desk->window, attachment);
  ui_test_frames (GTK_WIDGET (viewer), 3);
  g_assert_cmpstr (shown (viewer, "stack"), ==, "formatted");
  g_assert_true (gtk_widget_get_mapped (ui_test_child (viewer, "switcher")));
  g_assert_false (gtk_widget_get_mapped (ui_test_child (viewer, "show_picture")));
  formatted = gtk_widget_get_first_child (ui_test_child (viewer, "formatted"));
  g_assert_true (gtk_widget_has_css_class (formatted, "heading"));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (formatted)), ==, "Herons");
  gtk_toggle_button_set_active (ui_test_child (viewer, "show_text"), TRUE);
  g_assert_cmpstr (shown (viewer, "stack"), ==, "text");
  text = text_of (viewer);
  g_assert_nonnull (strstr (text, "# Herons\n\nThey **stand**.\n\n- one\n"));
  gtk_window_destroy (GTK_WINDOW (viewer));
}

static gboolean
is_rendered (gpointer viewer)
{
  return g_strcmp0 (shown (viewer, "picture_stack"), "picture") == 0;
}

static void
assert_page (UiAttachmentViewer *viewer, guint page)
{
  g_autofree char *label = g_strdup_printf ("Page %u of %u", page, N_PAGES);

  ui_test_wait (is_rendered, viewer);
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (viewer, "page_label")), ==, label);
  g_assert_cmpint (gtk_widget_get_sensitive (ui_test_child (viewer, "previous")), ==, page > 1);
  g_assert_cmpint (gtk_widget_get_sensitive (ui_test_child (viewer, "next")), ==, page < N_PAGES);
}

/* Page by page, and what the model reads of it. */
static void
test_pdf (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  g_autofree char *text = NULL;
  UiAttachmentViewer *viewer;

  write_pdf (desk->path);
  attachment = read_attachment (desk->path);
  viewer = view (desk->window, attachment);
  assert_page (viewer, 1);
  for (guint page = 2; page <= N_PAGES; page++) {
    g_signal_emit_by_name (ui_test_child (viewer, "next"), "clicked");
    assert_page (viewer, page);
  }
  g_signal_emit_by_name (ui_test_child (viewer, "previous"), "clicked");
  assert_page (viewer, N_PAGES - 1);
  gtk_toggle_button_set_active (ui_test_child (viewer, "show_text"), TRUE);
  g_assert_cmpstr (shown (viewer, "stack"), ==, "text");
  text = text_of (viewer);
  g_assert_nonnull (strstr (text, "The word of page 3 is heron."));
  gtk_window_destroy (GTK_WINDOW (viewer));
}

/* At a passage: its page, its words below, and marked in the text. */
static void
test_passage (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  UiAttachmentViewer *viewer;
  GtkTextBuffer *buffer;
  GtkTextIter begin, end;
  g_autofree char *marked = NULL;
  const char *text, *found;
  static const char words[] = "The word of page 2 is heron.";

  write_pdf (desk->path);
  attachment = read_attachment (desk->path);
  text = app_attachment_get_model_text (attachment);
  found = strstr (text, words);
  g_assert_nonnull (found);
  viewer = view_passage (desk->window, attachment, 2, (gsize) (found - text), strlen (words));
  assert_page (viewer, 2);
  g_assert_true (gtk_widget_get_visible (ui_test_child (viewer, "quote_scroller")));
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (viewer, "quote")), ==, words);
  buffer = gtk_text_view_get_buffer (ui_test_child (viewer, "text"));
  gtk_text_buffer_get_iter_at_mark (buffer, &begin, gtk_text_buffer_get_insert (buffer));
  end = begin;
  g_assert_true (gtk_text_iter_starts_tag (&begin, NULL));
  g_assert_true (gtk_text_iter_forward_to_tag_toggle (&end, NULL));
  marked = gtk_text_buffer_get_text (buffer, &begin, &end, FALSE);
  g_assert_cmpstr (marked, ==, words);
  gtk_window_destroy (GTK_WINDOW (viewer));
  ui_test_drain ();

  /* Nonsense marks nothing. */
  viewer = view_passage (desk->window, attachment, 99, strlen (text) - 1, 50);
  assert_page (viewer, N_PAGES);
  g_assert_false (gtk_widget_get_visible (ui_test_child (viewer, "quote_scroller")));
  gtk_window_destroy (GTK_WINDOW (viewer));
}

/* Closed while the page is still drawn: nothing comes after it. */
static void
test_closed (Desk *desk, gconstpointer data)
{
  g_autoptr (AppAttachment) attachment = NULL;
  UiAttachmentViewer *viewer;

  write_pdf (desk->path);
  attachment = read_attachment (desk->path);
  viewer = view (desk->window, attachment);
  g_object_add_weak_pointer (G_OBJECT (viewer), (gpointer *) &viewer);
  gtk_window_destroy (GTK_WINDOW (viewer));
  WAIT_UNTIL (viewer == NULL);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-attachment-viewer/text", Desk, "notes.txt", set_up, test_text, tear_down);
  g_test_add ("/ui-attachment-viewer/formatted", Desk, "herons.html", set_up, test_formatted, tear_down);
  g_test_add ("/ui-attachment-viewer/pdf", Desk, "pages.pdf", set_up, test_pdf, tear_down);
  g_test_add ("/ui-attachment-viewer/passage", Desk, "pages.pdf", set_up, test_passage, tear_down);
  g_test_add ("/ui-attachment-viewer/closed", Desk, "pages.pdf", set_up, test_closed, tear_down);
  return g_test_run ();
}
