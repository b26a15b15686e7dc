/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-connections.h"
#include "ui-direction.h"

typedef struct {
  Fixture app;
  AppConnections *connections;
  UiConnections *page;
  GtkListBox *list;
  GtkWidget *empty, *notice, *window;
} View;

/* `data`: the path of the history, NULL for a file. */
static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up_closed (&v->app, NULL);
  if (data != NULL) {
    g_free (v->app.path);
    v->app.path = g_strdup (data);
  }
  fixture_open (&v->app);
  v->connections = app_history_get_connections (v->app.history);
  v->page = ui_connections_new (v->connections);
  v->list = ui_test_child (v->page, "list");
  v->empty = ui_test_child (v->page, "empty");
  v->notice = ui_test_child (v->page, "notice");
  v->window = ui_test_window (GTK_WIDGET (v->page), 560, 620);
  g_object_add_weak_pointer (G_OBJECT (v->page), (gpointer *) &v->page);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_assert_null (v->page);
  fixture_tear_down (&v->app, NULL);
}

static AppConnection *
begin (View *v, const char *purpose)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_connections_begin_async (v->connections, purpose, "https://index.example", keep_result, &result);
  return app_connections_begin_finish (v->connections, wait_result (&result), NULL);
}

/* `outcome`: what follows the time. */
static void
assert_row (View *v, int position, const char *title, const char *outcome)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (v->list, position);
  g_autoptr (AppConnection) connection = g_list_model_get_item (app_connections_get_list (v->connections), position);
  g_autofree char *time = g_date_time_format (app_connection_get_time (connection), "%-d %B %Y, %H:%M");
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", time, outcome);

  g_assert_nonnull (row);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, title);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, subtitle);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, title);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle);
}

static void
test_empty (View *v, gconstpointer data)
{
  g_autoptr (AppConnection) connection = NULL;

  g_assert_true (gtk_widget_is_visible (v->empty));
  g_assert_false (gtk_widget_is_visible (GTK_WIDGET (v->list)));
  g_assert_false (gtk_widget_is_visible (v->notice));
  connection = begin (v, "Download of a bird");
  g_assert_false (gtk_widget_is_visible (v->empty));
  g_assert_true (gtk_widget_is_visible (GTK_WIDGET (v->list)));
}

/* The newest stands first, and a row follows its connection to the end. What it says is text, whatever it looks like. */
static void
test_rows (View *v, gconstpointer data)
{
  g_autoptr (AppConnection) a = begin (v, "Download of <b>A & B</b>");
  g_autoptr (AppConnection) b = begin (v, "Download of C");
  g_autofree char *size = g_format_size (1100000000);
  g_autofree char *done = g_strdup_printf ("Done · %s received\nhttps://index.example", size);
  g_autofree char *none = g_format_size (0);
  g_autofree char *under_way = g_strdup_printf ("Under way · %s received so far\nhttps://index.example", none);
  g_autofree char *failed = g_strdup_printf ("Failed · %s received\nhttps://index.example\nNo <route>.", none);

  gtk_test_accessible_assert_property (v->list, GTK_ACCESSIBLE_PROPERTY_LABEL, "Connections");
  assert_row (v, 0, "Download of C", under_way);
  assert_row (v, 1, "Download of <b>A & B</b>", under_way);
  app_connections_received (v->connections, a, 1100000000);
  app_connections_end (v->connections, a, APP_CONNECTION_DONE, NULL);
  app_connections_end (v->connections, b, APP_CONNECTION_FAILED, "No <route>.");
  assert_row (v, 0, "Download of C", failed);
  assert_row (v, 1, "Download of <b>A & B</b>", done);
  g_assert_null (gtk_list_box_get_row_at_index (v->list, 2));
  ui_test_frames (v->window, 2);
}

/* From right to left the address, which runs the other way, begins on the side of the lines above it. */
static void
test_mirrored (View *v, gconstpointer data)
{
  g_autofree char *peer = ui_direction_dup_facts ("https://index.example", GTK_TEXT_DIR_RTL);
  g_autoptr (AppConnection) connection = NULL;
  GtkListBoxRow *row;

  g_assert_cmpstr (peer, !=, "https://index.example");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  connection = begin (v, "Download of A");
  row = gtk_list_box_get_row_at_index (v->list, 0);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  g_assert_nonnull (row);
  g_assert_true (g_str_has_suffix (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), peer));
}

static void
test_in_memory (View *v, gconstpointer data)
{
  g_assert_true (gtk_widget_is_visible (v->notice));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (v->notice)), ==, app_connections_get_notice (v->connections));
  g_assert_nonnull (strstr (gtk_label_get_label (GTK_LABEL (v->notice)), "gone when Melete ends"));
}

int
main (int argc, char *argv[])
{
  /* What assistive technology would get; the runner turns it off for the other tests. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_test_add ("/ui/connections/empty", View, NULL, set_up, test_empty, tear_down);
  g_test_add ("/ui/connections/rows", View, NULL, set_up, test_rows, tear_down);
  g_test_add ("/ui/connections/mirrored", View, NULL, set_up, test_mirrored, tear_down);
  g_test_add ("/ui/connections/in-memory", View, ":memory:", set_up, test_in_memory, tear_down);
  return g_test_run ();
}
