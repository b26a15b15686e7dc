/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include "ui-application.h"
#include "ui-shortcuts.h"

static guint
count_rows (GtkWidget *root, const char *accelerator)
{
  guint count = GTK_IS_SHORTCUT_LABEL (root) && g_strcmp0 (gtk_shortcut_label_get_accelerator (GTK_SHORTCUT_LABEL (root)), accelerator) == 0;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    count += count_rows (child, accelerator);
  return count;
}

/* Every key is listed once, is one that GTK knows, and fits into the narrowest window. */
static void
test_window (void)
{
  GtkWidget *window = ui_shortcuts_new (NULL);
  guint n_shortcuts;
  const UiShortcut *shortcuts = ui_shortcuts_get (&n_shortcuts);
  int min;

  gtk_window_set_default_size (GTK_WINDOW (window), 360, 600);
  gtk_window_present (GTK_WINDOW (window));
  ui_test_frames (window, 3);
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  g_assert_cmpint (min, <=, 360);
  g_assert_cmpuint (ui_test_count (window, GTK_TYPE_SHORTCUT_LABEL), ==, n_shortcuts);
  for (guint i = 0; i < n_shortcuts; i++) {
    GdkModifierType modifiers;
    guint key;

    g_test_message ("%s", shortcuts[i].title);
    if (shortcuts[i].action == NULL && shortcuts[i].accelerators[1] != NULL) {
      g_autofree char *both = g_strjoinv (" ", (char **) shortcuts[i].accelerators);

      g_assert_cmpuint (count_rows (window, both), ==, 1);
    } else {
      g_assert_cmpuint (count_rows (window, shortcuts[i].accelerators[0]), ==, 1);
    }
    for (guint a = 0; shortcuts[i].accelerators[a] != NULL; a++) {
      g_assert_true (gtk_accelerator_parse (shortcuts[i].accelerators[a], &key, &modifiers));
      /* Alt and Super belong to the menus and to the shell. */
      g_assert_cmpint (modifiers & (GDK_ALT_MASK | GDK_SUPER_MASK), ==, 0);
    }
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What the application listens to is what is listed, no more and no less. */
static void
test_application (void)
{
  g_autoptr (UiApplication) application = ui_application_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) described = NULL;
  guint n_shortcuts;
  const UiShortcut *shortcuts = ui_shortcuts_get (&n_shortcuts);
  guint n_actions = 0;

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
  for (guint i = 0; i < n_shortcuts; i++) {
    g_auto (GStrv) accelerators = NULL;

    if (shortcuts[i].action == NULL)
      continue;
    n_actions++;
    accelerators = gtk_application_get_accels_for_action (GTK_APPLICATION (application), shortcuts[i].action);
    g_assert_cmpuint (g_strv_length (accelerators), >, 0);
  }
  described = gtk_application_list_action_descriptions (GTK_APPLICATION (application));
  g_assert_cmpuint (g_strv_length (described), ==, n_actions);
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-shortcuts/window", test_window);
  g_test_add_func ("/ui-shortcuts/application", test_application);
  return g_test_run ();
}
