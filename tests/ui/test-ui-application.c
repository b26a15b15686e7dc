/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application as it starts, in a home of its own, with a history that cannot be opened. */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "app-backup.h"
#include "fixture.h"
#include "ui-application.h"
#include "ui-banner.h"
#include "ui-made-window.h"
#include "ui-preferences.h"
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

static gboolean
on_end (gpointer data)
{
  GtkApplication *application = data;
  GList *windows = gtk_application_get_windows (application);

  if (windows == NULL || !gtk_widget_get_mapped (windows->data))
    return G_SOURCE_CONTINUE;
  kill (getpid (), SIGTERM);
  return G_SOURCE_REMOVE;
}

/* At the end of a session programs are sent a signal: it ends in order, and leaves no sign of a crash. */
static void
test_signal (void)
{
  g_autoptr (UiApplication) application = ui_application_new ();

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_timeout_add (20, on_end, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (application)));
}

typedef struct {
  GtkApplication *application;
  gboolean alone, asked; /* it was seen by itself; the program's own window was asked for */
} Alone;

static gboolean
on_alone (gpointer data)
{
  Alone *alone = data;
  GList *windows = gtk_application_get_windows (alone->application);

  if (!alone->alone) {
    if (windows == NULL || !gtk_widget_get_mapped (windows->data) || g_strcmp0 (gtk_stack_get_visible_child_name (ui_test_child (windows->data, "stack")), "gone") != 0)
      return G_SOURCE_CONTINUE;
    g_assert_true (UI_IS_MADE_WINDOW (windows->data));
    g_assert_cmpuint (g_list_length (windows), ==, 1);
    g_assert_cmpstr (ui_made_window_get_handle (windows->data), ==, "1_1f");
    alone->alone = TRUE;
    /* The same again is the window that is there; and the program's own comes when it is asked for. */
    g_action_group_activate_action (G_ACTION_GROUP (alone->application), "show-artifact", g_variant_new_string ("1_1f"));
    g_assert_cmpuint (g_list_length (gtk_application_get_windows (alone->application)), ==, 1);
    gtk_widget_activate_action (windows->data, "made.open", NULL);
    return G_SOURCE_CONTINUE;
  }
  for (GList *at = windows; at != NULL; at = at->next)
    if (UI_IS_WINDOW (at->data) && gtk_widget_get_mapped (at->data)) {
      alone->asked = TRUE;
      kill (getpid (), SIGTERM);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

/* With --artifact there is only a window of what was made, until somebody asks for more; one signal ends all of it. */
static void
test_alone (void)
{
  g_autoptr (UiApplication) application = ui_application_new ();
  Alone alone = { GTK_APPLICATION (application), FALSE, FALSE };
  char *argv[] = { (char *) "melete", (char *) "--artifact", (char *) "1_1f", NULL };

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_timeout_add (20, on_alone, &alone);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 3, argv), ==, 0);
  g_assert_true (alone.asked);
  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (application)));
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

/* ---- a backup that is restored while the program runs ---- */

typedef struct {
  GtkApplication *application;
  GtkWidget *first; /* the window before; NULL once it has gone, for the next one may be where it was */
  gboolean begun, asked, restored;
} Restoring;

static GtkWidget *
find_toplevel (GType type, GtkWidget *other_than)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) && window != other_than && gtk_widget_get_mapped (window))
      return window;
  }
  return NULL;
}

static void
on_backup_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Restoring *restoring = data;
  g_autoptr (AppBackupInfo) info = app_backup_read_finish (result, NULL);

  g_assert_nonnull (info);
  g_signal_emit_by_name (find_toplevel (UI_TYPE_PREFERENCES, NULL), "restore", info);
  restoring->restored = TRUE;
}

static gboolean
on_restore_step (gpointer data)
{
  Restoring *restoring = data;
  GtkWidget *window = find_toplevel (UI_TYPE_WINDOW, restoring->restored ? restoring->first : NULL);

  if (window == NULL)
    return G_SOURCE_CONTINUE;
  if (!restoring->begun) {
    restoring->begun = TRUE;
    g_set_weak_pointer (&restoring->first, window);
    g_action_group_activate_action (G_ACTION_GROUP (restoring->application), "preferences", NULL);
    return G_SOURCE_CONTINUE;
  }
  if (!restoring->asked && find_toplevel (UI_TYPE_PREFERENCES, NULL) != NULL) {
    g_autofree char *path = g_build_filename (home, "a.melete-backup", NULL);
    g_autoptr (GFile) file = g_file_new_for_path (path);

    restoring->asked = TRUE;
    app_backup_read_async (history, file, NULL, on_backup_read, restoring);
  }
  if (!restoring->restored)
    return G_SOURCE_CONTINUE;
  gtk_window_close (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

static void
test_restore (void)
{
  g_autoptr (UiApplication) application = ui_application_new ();
  Restoring restoring = { .application = GTK_APPLICATION (application) };
  g_autofree char *path = g_build_filename (home, "a.melete-backup", NULL), *title = NULL, *replaced = app_backup_dup_replaced_path (history), *before = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) opened = NULL, written = NULL, closed = NULL;
  g_autoptr (AppEngine) engine = app_local_engine_new (NULL, NULL);
  g_autoptr (AppHistory) first = NULL;

  app_history_open_async (history, engine, NULL, NULL, keep_result, &opened);
  first = app_history_open_finish (wait_result (&opened), NULL);
  g_assert_nonnull (first);
  app_history_close_async (first, keep_result, &closed);
  wait_result (&closed);
  g_clear_object (&first);
  g_clear_object (&opened);
  fixture_run_sql (history, "INSERT INTO conversations (title, created, updated) VALUES ('As it was', 1, 1)");
  app_history_open_async (history, engine, NULL, NULL, keep_result, &opened);
  first = app_history_open_finish (wait_result (&opened), NULL);
  app_backup_write_async (first, file, NULL, keep_result, &written);
  g_assert_true (app_backup_write_finish (first, wait_result (&written), NULL));
  g_clear_object (&closed);
  app_history_close_async (first, keep_result, &closed);
  wait_result (&closed);
  g_clear_object (&first);
  fixture_run_sql (history, "UPDATE conversations SET title = 'As it became'");

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_timeout_add (20, on_restore_step, &restoring);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  g_clear_weak_pointer (&restoring.first);
  title = fixture_ask (history, "SELECT title FROM conversations");
  g_assert_cmpstr (title, ==, "As it was");
  before = fixture_ask (replaced, "SELECT title FROM conversations");
  g_assert_cmpstr (before, ==, "As it became");
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
  g_test_add_func ("/ui-application/signal", test_signal);
  g_test_add_func ("/ui-application/alone", test_alone);
  g_test_add_func ("/ui-application/restore", test_restore);
  g_test_add_func ("/ui-application/damaged", test_damaged);
  g_test_add_func ("/ui-application/newer", test_newer);
  g_test_add_func ("/ui-application/not-writable", test_not_writable);
  status = g_test_run ();
  fixture_delete_folder (home);
  return status;
}
