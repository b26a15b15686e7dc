/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "ui-link.h"
#include "ui-markdown.h"

static void
test_allowed (void)
{
  static const struct {
    const char *url;
    gboolean allowed;
  } cases[] = {
    { "https://example.org/", TRUE },
    { "HTTP://example.org", TRUE },
    { "https://user@example.org:8080/a?b=c#d", TRUE },
    { "https://xn--bcher-kva.example/%E2%80%AE", TRUE },
    { "https://b\303\274cher.example/", TRUE },
    { "mailto:someone@example.org", TRUE },
    { "mailto:someone", FALSE },
    { "mailto:", FALSE },
    { "javascript:alert(1)", FALSE },
    { "JAVASCRIPT:alert(1)", FALSE },
    { " javascript:alert(1)", FALSE },
    { "java\tscript:alert(1)", FALSE },
    { "data:text/html,x", FALSE },
    { "file:///etc/passwd", FALSE },
    { "ftp://example.org", FALSE },
    { "smb://example.org/share", FALSE },
    { "vscode://x", FALSE },
    { "https:", FALSE },
    { "https:///path", FALSE },
    { "https://", FALSE },
    { "//example.org", FALSE },
    { "example.org", FALSE },
    { "#here", FALSE },
    { "", FALSE },
    { NULL, FALSE },
    { "https://example.org/\nX: y", FALSE },
    { "https://example.org/a b", FALSE },
    { "https://example.org/\377", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].url != NULL ? cases[i].url : "NULL");
    g_assert_cmpint (ui_link_is_allowed (cases[i].url), ==, cases[i].allowed);
  }
}

static void
test_too_long (void)
{
  g_autofree char *path = g_strnfill (9000, 'a');
  g_autofree char *url = g_strconcat ("https://example.org/", path, NULL);

  g_assert_false (ui_link_is_allowed (url));
}

static void
test_display (void)
{
  g_autofree char *turned = ui_link_dup_display ("https://example.org/\342\200\256gpj.exe");
  g_autofree char *hidden = ui_link_dup_display ("https://exa\342\200\213mple.org/");
  g_autofree char *plain = ui_link_dup_display ("https://b\303\274cher.example/?a=1&b");

  g_assert_cmpstr (turned, ==, "https://example.org/%E2%80%AEgpj.exe");
  g_assert_cmpstr (hidden, ==, "https://exa%E2%80%8Bmple.org/");
  g_assert_cmpstr (plain, ==, "https://b\303\274cher.example/?a=1&b");
}

static guint
count_windows (void)
{
  return g_list_model_get_n_items (gtk_window_get_toplevels ());
}

/* A click shows the whole address in a dialog; nothing is opened by it. */
static void
test_dialog (void)
{
  const char *url = "https://example.org/a/rather/long/path?with=a&query=that%20ends#somewhere";
  UiMarkdown *view = UI_MARKDOWN (ui_markdown_new ());
  GtkWidget *window = ui_test_window (GTK_WIDGET (view), 400, 300);
  g_autofree char *text = g_strdup_printf ("[harmless](%s)", url);
  GtkWidget *label;
  GtkWidget *dialog = NULL;
  g_autofree char *tree = NULL;
  gboolean handled = FALSE;

  ui_markdown_set_text (view, text, FALSE);
  label = gtk_widget_get_first_child (GTK_WIDGET (view));
  g_signal_emit_by_name (label, "activate-link", url, &handled);
  g_assert_true (handled);
  g_assert_cmpuint (count_windows (), ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GtkWidget) toplevel = g_list_model_get_item (gtk_window_get_toplevels (), i);

    if (toplevel != window)
      dialog = toplevel;
  }
  tree = ui_test_dump (dialog);
  g_assert_nonnull (strstr (tree, url));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_destroy (GTK_WINDOW (dialog));

  /* What is not allowed is handled, too, so that GTK does not open it, and shows nothing. */
  g_signal_emit_by_name (label, "activate-link", "file:///etc/passwd", &handled);
  g_assert_true (handled);
  g_assert_cmpuint (count_windows (), ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-link/allowed", test_allowed);
  g_test_add_func ("/ui-link/too-long", test_too_long);
  g_test_add_func ("/ui-link/display", test_display);
  g_test_add_func ("/ui-link/dialog", test_dialog);
  return g_test_run ();
}
