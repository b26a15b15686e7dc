/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application as it starts, in a home of its own, with a history that cannot be opened. */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "ui-application.h"
#include "ui-banner.h"
#include "ui-window.h"

static char *home, *history;

typedef struct {
  GtkApplication *application;
  char *sentence; /* of the banner; NULL when none shows */
} Start;

static gboolean
on_look (gpointer data)
{
  Start *start = data;
  GList *windows = gtk_application_get_windows (start->application);
  GtkWidget *banner;

  if (windows == NULL || !gtk_widget_get_mapped (windows->data))
    return G_SOURCE_CONTINUE;
  banner = ui_test_child (windows->data, "banner");
  if (gtk_widget_get_mapped (banner))
    start->sentence = g_strdup (gtk_label_get_text (ui_test_child (banner, "label")));
  gtk_window_close (windows->data);
  return G_SOURCE_REMOVE;
}

/* Starts it, closes its window, and returns what the banner said. (transfer full) (nullable) */
static char *
start_and_close (void)
{
  g_autoptr (UiApplication) application = ui_application_new ();
  Start start = { GTK_APPLICATION (application), NULL };

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_timeout_add (20, on_look, &start);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  return start.sentence;
}

static void
assert_trouble (const char *what_to_do)
{
  g_autofree char *sentence = start_and_close ();

  g_assert_nonnull (sentence);
  g_assert_nonnull (strstr (sentence, history));
  g_assert_nonnull (strstr (sentence, what_to_do));
  g_assert_nonnull (strstr (sentence, "is not kept"));
}

static void
test_good (void)
{
  g_assert_null (start_and_close ());
  g_assert_null (start_and_close ());
}

static void
test_damaged (void)
{
  g_autofree char *after = NULL;

  g_assert_true (g_file_set_contents (history, "This is no history at all, whatever its name says.", -1, NULL));
  assert_trouble ("Move it away");
  /* It is left as it was: somebody may still be able to mend it. */
  g_assert_true (g_file_get_contents (history, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, "This is no history at all, whatever its name says.");
  g_unlink (history);
}

static void
test_newer (void)
{
  fixture_run_sql (history, "PRAGMA user_version = 4711");
  assert_trouble ("Update Melete");
  g_unlink (history);
}

static void
test_not_writable (void)
{
  g_assert_cmpint (g_mkdir (history, 0700), ==, 0);
  assert_trouble ("Check the permissions");
  g_rmdir (history);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  int status;

  home = g_dir_make_tmp ("melete-home-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  folder = g_build_filename (home, "melete", NULL);
  history = g_build_filename (folder, "history.db", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-application/good", test_good);
  g_test_add_func ("/ui-application/damaged", test_damaged);
  g_test_add_func ("/ui-application/newer", test_newer);
  g_test_add_func ("/ui-application/not-writable", test_not_writable);
  status = g_test_run ();
  fixture_delete_folder (home);
  return status;
}
