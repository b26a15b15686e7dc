/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left behind in the window; what a screen reader gets is the matter of announce.py. */
#include "ui-test.h"

#include <string.h>

#include "ui-announcer.h"

typedef struct {
  GtkWidget *window;
  GtkWidget *entry;
  GtkWidget *button; /* with a description */
} View;

static void
set_up (View *v, gconstpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  v->entry = gtk_entry_new ();
  v->button = gtk_button_new_with_label ("Stop");
  gtk_widget_set_tooltip_text (v->button, "Ends the answer");
  gtk_box_append (GTK_BOX (box), v->entry);
  gtk_box_append (GTK_BOX (box), v->button);
  v->window = ui_test_window (box, 300, 200);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
}

static void
assert_description (gpointer widget, const char *expected)
{
  g_autofree char *other = gtk_test_accessible_check_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, expected);

  g_assert_cmpstr (other, ==, NULL);
}

/* A sentence is gone as soon as it was said; a description of the widget's own is back when the focus leaves. */
static void
test_descriptions (View *v, gconstpointer data)
{
  gtk_widget_grab_focus (v->entry);
  ui_announcer_say (v->button, "One.");
  assert_description (v->entry, "");
  assert_description (v->button, "Ends the answer");
#if !GTK_CHECK_VERSION(4, 14, 0)
  gtk_widget_grab_focus (v->button);
  ui_announcer_say (v->entry, "Two.");
  ui_announcer_say (v->entry, "Three.");
  assert_description (v->button, "");
  gtk_widget_grab_focus (v->entry);
  assert_description (v->button, "Ends the answer");
  /* What it got meanwhile stays. */
  gtk_widget_grab_focus (v->button);
  ui_announcer_say (v->entry, "Four.");
  gtk_widget_set_tooltip_text (v->button, "Nothing to end");
  gtk_widget_grab_focus (v->entry);
  assert_description (v->button, "Nothing to end");
  gtk_widget_grab_focus (v->button);
  ui_announcer_say (v->entry, "Five.");
#endif
}

/* Outside a window nothing is said, and nothing fails. */
static void
test_nowhere (View *v, gconstpointer data)
{
  GtkWidget *alone = g_object_ref_sink (gtk_button_new ());
  UiAnnouncer announcer = { 0 };

  ui_announcer_follow (&announcer, alone, "One. Two. Thr", FALSE);
  g_assert_cmpuint (announcer.said, ==, strlen ("One. Two."));
  ui_announcer_follow (&announcer, alone, "One. Two. Three", TRUE);
  g_assert_cmpuint (announcer.said, ==, strlen ("One. Two. Three"));
  g_object_unref (alone);
}

int
main (int argc, char *argv[])
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-announcer/descriptions", View, NULL, set_up, test_descriptions, tear_down);
  g_test_add ("/ui-announcer/nowhere", View, NULL, set_up, test_nowhere, tear_down);
  return g_test_run ();
}
