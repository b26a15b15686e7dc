/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <glib/gstdio.h>

#include "ui-attachment-chip.h"
#include "ui-composer.h"
#include "ui-composer-input.h"

typedef struct {
  UiComposer *composer;
  GtkTextView *view;
  GtkWidget *send;
  GtkStack *stack;
  GtkWidget *window;
  guint n_sent;
  guint n_stopped;
} Fixture;

static void
count (gpointer composer, guint *counter)
{
  ++*counter;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->composer = g_object_new (UI_TYPE_COMPOSER, NULL);
  f->view = ui_test_child (f->composer, "view");
  f->send = ui_test_child (f->composer, "send");
  f->stack = ui_test_child (f->composer, "send_stack");
  g_signal_connect (f->composer, "send", G_CALLBACK (count), &f->n_sent);
  g_signal_connect (f->composer, "stop", G_CALLBACK (count), &f->n_stopped);
  f->window = ui_test_window (GTK_WIDGET (f->composer), 500, 300);
  g_object_add_weak_pointer (G_OBJECT (f->composer), (gpointer *) &f->composer);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ui_test_drain ();
  g_assert_null (f->composer);
}

static gboolean
press (Fixture *f, guint keyval, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (f->view));
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (g_strcmp0 (gtk_event_controller_get_name (controller), "ui-composer-keys") == 0)
      g_signal_emit_by_name (controller, "key-pressed", keyval, 36u, state, &handled);
  }
  return handled;
}

static char *
text_of (Fixture *f)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (f->composer);

  return g_strdup (app_turn_get_text (turn));
}

static void
test_keys_table (void)
{
  static const struct {
    guint keyval;
    GdkModifierType state;
    gboolean with_enter;
    gboolean without;
  } cases[] = {
    { GDK_KEY_Return, 0, TRUE, FALSE },
    { GDK_KEY_KP_Enter, 0, TRUE, FALSE },
    { GDK_KEY_Return, GDK_LOCK_MASK, TRUE, FALSE },
    { GDK_KEY_Return, GDK_SHIFT_MASK, FALSE, FALSE },
    { GDK_KEY_Return, GDK_CONTROL_MASK, TRUE, TRUE },
    { GDK_KEY_Return, GDK_CONTROL_MASK | GDK_SHIFT_MASK, FALSE, FALSE },
    { GDK_KEY_Return, GDK_ALT_MASK, FALSE, FALSE },
    { GDK_KEY_a, 0, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_assert_cmpint (ui_composer_input_sends (cases[i].keyval, cases[i].state, TRUE), ==, cases[i].with_enter);
    g_assert_cmpint (ui_composer_input_sends (cases[i].keyval, cases[i].state, FALSE), ==, cases[i].without);
  }
}

static void
test_enter_sends (Fixture *f, gconstpointer data)
{
  g_assert_true (press (f, GDK_KEY_Return, 0));
  g_assert_cmpuint (f->n_sent, ==, 0); /* nothing to send */
  ui_composer_set_text (f->composer, "   \n ");
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 0);
  g_assert_false (gtk_widget_get_sensitive (f->send));
  ui_composer_set_text (f->composer, "Hello");
  g_assert_true (gtk_widget_get_sensitive (f->send));
  g_assert_false (press (f, GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_cmpuint (f->n_sent, ==, 0);
  g_assert_true (press (f, GDK_KEY_Return, 0));
  g_assert_cmpuint (f->n_sent, ==, 1);
  g_signal_emit_by_name (f->send, "clicked");
  g_assert_cmpuint (f->n_sent, ==, 2);
}

static void
test_busy (Fixture *f, gconstpointer data)
{
  ui_composer_set_text (f->composer, "Next");
  ui_composer_set_busy (f->composer, TRUE);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (f->stack), ==, "stop");
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 0);
  g_signal_emit_by_name (ui_test_child (f->composer, "stop"), "clicked");
  g_assert_cmpuint (f->n_stopped, ==, 1);
  ui_composer_set_busy (f->composer, FALSE);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (f->stack), ==, "send");
}

static void
test_reason (Fixture *f, gconstpointer data)
{
  ui_composer_set_text (f->composer, "Hello");
  ui_composer_set_reason (f->composer, "No model is loaded.");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (f->send), ==, "No model is loaded.");
  g_assert_false (gtk_widget_get_sensitive (f->send));
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 0);
  ui_composer_set_reason (f->composer, NULL);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (f->send), ==, "Send");
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 1);
}

static void
test_grows (Fixture *f, gconstpointer data)
{
  GtkWidget *scroller = ui_test_child (f->composer, "scroller");
  GString *text = g_string_new ("one");
  int one;
  int eight;

  ui_composer_set_text (f->composer, text->str);
  ui_test_frames (f->window, 4);
  gtk_widget_measure (scroller, GTK_ORIENTATION_VERTICAL, -1, NULL, &one, NULL, NULL);
  for (guint i = 0; i < 7; i++)
    g_string_append (text, "\nline");
  ui_composer_set_text (f->composer, text->str);
  ui_test_frames (f->window, 4);
  gtk_widget_measure (scroller, GTK_ORIENTATION_VERTICAL, -1, NULL, &eight, NULL, NULL);
  g_assert_cmpint (eight, >, one * 2);
  for (guint i = 0; i < 100; i++)
    g_string_append (text, "\nline");
  ui_composer_set_text (f->composer, text->str);
  ui_test_frames (f->window, 4);
  gtk_widget_measure (scroller, GTK_ORIENTATION_VERTICAL, -1, NULL, &one, NULL, NULL);
  g_assert_cmpint (one, <=, 200);
  g_string_free (text, TRUE);
}

/* It is as high as its text is when that wraps, also after the window has become narrower or a line longer. */
static void
test_wraps (Fixture *f, gconstpointer data)
{
  GtkWidget *scroller = ui_test_child (f->composer, "scroller");
  GString *text = g_string_new ("A line that is long enough to be broken once or twice where the window is narrow");
  int height;

  ui_composer_set_text (f->composer, text->str);
  ui_test_frames (f->window, 4);
  height = gtk_widget_get_height (scroller);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 300, 300);
  ui_test_frames (f->window, 6);
  g_assert_cmpint (gtk_widget_get_height (scroller), >, height);
  g_assert_cmpint (gtk_widget_get_height (scroller), ==, gtk_adjustment_get_upper (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller))));
  height = gtk_widget_get_height (scroller);
  for (guint i = 0; i < 20; i++)
    g_string_append (text, " and on");
  ui_composer_set_text (f->composer, text->str);
  ui_test_frames (f->window, 6);
  g_assert_cmpint (gtk_widget_get_height (scroller), >, height);
  g_string_free (text, TRUE);
}

static gboolean
nothing_loads (gpointer data)
{
  Fixture *f = data;
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (f->composer);

  for (guint i = 0; i < app_turn_get_n_attachments (turn); i++)
    if (app_attachment_get_state (app_turn_get_attachment (turn, i)) == APP_ATTACHMENT_LOADING)
      return FALSE;
  return TRUE;
}

static void
add_file (Fixture *f, const char *path)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_list_store_append (files, file);
  ui_composer_add_files (f->composer, G_LIST_MODEL (files));
}

/* A file becomes a chip; Enter while it is read sends when it is there; one that failed must be removed first. */
static void
test_attachments (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notes.txt", NULL);
  g_autofree char *missing = g_build_filename (folder, "missing.txt", NULL);
  UiAttachmentChip *chip;

  g_assert_true (g_file_set_contents (path, "The word is sesame.", -1, NULL));
  ui_composer_set_text (f->composer, "Look");
  add_file (f, path);
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (f->composer), UI_TYPE_ATTACHMENT_CHIP), ==, 1);
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 0);
  ui_test_wait (nothing_loads, f);
  ui_test_drain ();
  g_assert_cmpuint (f->n_sent, ==, 1);

  add_file (f, missing);
  ui_test_wait (nothing_loads, f);
  ui_test_drain ();
  g_assert_false (gtk_widget_get_sensitive (f->send));
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 1);
  for (GtkWidget *child = gtk_widget_get_last_child (ui_test_child (f->composer, "chips")); child != NULL; child = NULL) {
    chip = ui_test_find (child, UI_TYPE_ATTACHMENT_CHIP);
    g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (chip), "failed"));
    g_signal_emit_by_name (ui_test_child (chip, "remove"), "clicked");
  }
  g_assert_true (gtk_widget_get_sensitive (f->send));
  ui_composer_clear (f->composer);
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (f->composer), UI_TYPE_ATTACHMENT_CHIP), ==, 0);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_drafts (Fixture *f, gconstpointer data)
{
  g_autoptr (GObject) one = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) two = g_object_new (G_TYPE_OBJECT, NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *empty = NULL;

  ui_composer_set_text (f->composer, "for one");
  ui_composer_switch_draft (f->composer, one, two);
  empty = text_of (f);
  g_assert_cmpstr (empty, ==, "");
  ui_composer_set_text (f->composer, "for two");
  ui_composer_switch_draft (f->composer, two, one);
  first = text_of (f);
  g_assert_cmpstr (first, ==, "for one");
  ui_composer_switch_draft (f->composer, one, two);
  second = text_of (f);
  g_assert_cmpstr (second, ==, "for two");
}

static gboolean
has_chip (gpointer data)
{
  return ui_test_count (GTK_WIDGET (((Fixture *) data)->composer), UI_TYPE_ATTACHMENT_CHIP) == 1;
}

/* A picture in the clipboard becomes an attachment; words stay words. */
static void
test_paste (Fixture *f, gconstpointer data)
{
  static const guint8 red[4] = { 255, 0, 0, 255 };
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (f->view));
  g_autoptr (GBytes) bytes = g_bytes_new (red, 4);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (1, 1, GDK_MEMORY_R8G8B8A8, bytes, 4);
  g_autofree char *text = NULL;

  gdk_clipboard_set_texture (clipboard, texture);
  g_signal_emit_by_name (f->view, "paste-clipboard");
  ui_test_wait (has_chip, f);
  ui_test_wait (nothing_loads, f);
  ui_composer_clear (f->composer);
  gdk_clipboard_set_text (clipboard, "pasted words");
  g_signal_emit_by_name (f->view, "paste-clipboard");
  ui_test_frames (f->window, 4);
  text = text_of (f);
  g_assert_cmpstr (text, ==, "pasted words");
  g_assert_false (has_chip (f));
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/ui-composer/enter-sends", test_enter_sends }, { "/ui-composer/busy", test_busy },
    { "/ui-composer/reason", test_reason },           { "/ui-composer/grows", test_grows },
    { "/ui-composer/wraps", test_wraps },
    { "/ui-composer/attachments", test_attachments }, { "/ui-composer/drafts", test_drafts },
    { "/ui-composer/paste", test_paste },
  };

  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-composer/keys", test_keys_table);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
