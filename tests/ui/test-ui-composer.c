/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <glib/gstdio.h>
#include <string.h>

#include "ui-attachment-chip.h"
#include "ui-composer.h"

typedef struct {
  UiComposer *composer;
  GtkTextView *view;
  GtkWidget *send;
  GtkWidget *stop;
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
  f->stop = ui_test_child (f->composer, "stop");
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

/* Which key sends, and whether it does so by the preference too. */
static void
test_keys (Fixture *f, gconstpointer data)
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
  g_autoptr (AppSettings) settings = app_settings_new (NULL);

  ui_composer_set_settings (f->composer, settings);
  ui_composer_set_text (f->composer, "Hello");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint enter = 0; enter < 2; enter++) {
      guint before = f->n_sent;
      gboolean sends = enter ? cases[i].with_enter : cases[i].without;

      g_settings_set_boolean (app_settings_get_gsettings (settings), "enter-sends", enter);
      g_assert_cmpint (press (f, cases[i].keyval, cases[i].state), ==, sends);
      g_assert_cmpuint (f->n_sent, ==, before + sends);
    }
  g_settings_reset (app_settings_get_gsettings (settings), "enter-sends");
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

/* While an answer is written Stop is there, and Send beside it when there is something that could wait. */
static void
test_busy (Fixture *f, gconstpointer data)
{
  g_assert_false (gtk_widget_get_visible (f->stop));
  ui_composer_set_busy (f->composer, TRUE);
  g_assert_true (gtk_widget_get_visible (f->stop));
  g_assert_false (gtk_widget_get_visible (f->send));
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 0);
  ui_composer_set_reason (f->composer, "No model is loaded.");
  ui_composer_set_text (f->composer, "Next");
  g_assert_true (gtk_widget_get_visible (f->stop));
  g_assert_true (gtk_widget_get_visible (f->send) && gtk_widget_get_sensitive (f->send));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (f->send), ==, "Send after this answer");
  press (f, GDK_KEY_Return, 0);
  g_signal_emit_by_name (f->send, "clicked");
  g_assert_cmpuint (f->n_sent, ==, 2);
  g_signal_emit_by_name (f->stop, "clicked");
  g_assert_cmpuint (f->n_stopped, ==, 1);
  /* What is being stored is not sent twice. */
  ui_composer_set_sending (f->composer, TRUE);
  g_assert_false (gtk_widget_get_visible (f->send));
  press (f, GDK_KEY_Return, 0);
  g_assert_cmpuint (f->n_sent, ==, 2);
  ui_composer_set_sending (f->composer, FALSE);
  ui_composer_set_busy (f->composer, FALSE);
  g_assert_false (gtk_widget_get_visible (f->stop));
  g_assert_true (gtk_widget_get_visible (f->send));
  g_assert_false (gtk_widget_get_sensitive (f->send));
}

static gboolean
on_recall (UiComposer *composer, guint *n)
{
  ++*n;
  return TRUE;
}

/* Up belongs to the text as soon as there is one. */
static void
test_recall (Fixture *f, gconstpointer data)
{
  guint n = 0;

  g_assert_false (press (f, GDK_KEY_Up, 0));
  g_signal_connect (f->composer, "recall", G_CALLBACK (on_recall), &n);
  g_assert_true (press (f, GDK_KEY_Up, 0));
  g_assert_false (press (f, GDK_KEY_Up, GDK_SHIFT_MASK));
  g_assert_false (press (f, GDK_KEY_Up, GDK_CONTROL_MASK));
  ui_composer_set_text (f->composer, " ");
  g_assert_false (press (f, GDK_KEY_Up, 0));
  g_assert_cmpuint (n, ==, 1);
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

static void
on_layout (guint *n_layouts)
{
  (*n_layouts)++;
}

/* Once it stands, nothing is laid out again: a window that nobody touches costs nothing. */
static void
test_rests (Fixture *f, gconstpointer data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (f->window);
  guint n_layouts = 0;
  gulong handler;

  ui_composer_set_text (f->composer, "");
  ui_test_frames (f->window, 8);
  ui_composer_set_text (f->composer, "Hello");
  ui_test_frames (f->window, 8);
  handler = g_signal_connect_swapped (clock, "layout", G_CALLBACK (on_layout), &n_layouts);
  ui_test_frames (f->window, 20);
  g_signal_handler_disconnect (clock, handler);
  g_assert_cmpuint (n_layouts, ==, 0);
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

static char *
dup_wish (Fixture *f)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (f->composer);

  return g_strdup (app_turn_get_wish (turn));
}

#define ASSERT_WISH(wish)                         \
  G_STMT_START                                    \
  {                                               \
    g_autofree char *wish_ = dup_wish (f);        \
    g_assert_cmpstr (wish_, ==, (wish));          \
    g_assert_cmpint (gtk_widget_get_visible (chip), ==, *(wish) != '\0'); \
  }                                               \
  G_STMT_END

/* What is to be made of it is a chip, goes along, and can be taken back by its button or the key. */
static void
test_wish (Fixture *f, gconstpointer data)
{
  GtkWidget *chip = ui_test_child (f->composer, "wish_chip");
  GMenuModel *kinds = gtk_menu_button_get_menu_model (ui_test_child (f->composer, "make")), *narrow = gtk_menu_button_get_menu_model (ui_test_child (f->composer, "attach_menu"));
  g_autoptr (GMenuModel) section = g_menu_model_get_item_link (narrow, g_menu_model_get_n_items (narrow) - 1, G_MENU_LINK_SECTION), same = g_menu_model_get_item_link (section, 0, G_MENU_LINK_SUBMENU);
  g_autoptr (AppPick) pick = app_pick_new ("h1", "/title", "Moon", "<h1>");

  ASSERT_WISH ("");
  /* One entry for each kind that can be written. */
  g_assert_cmpint (g_menu_model_get_n_items (kinds), >=, 4);
  g_assert_true (kinds == same);
  for (int i = 0; i < g_menu_model_get_n_items (kinds); i++) {
    g_autoptr (GVariant) target = g_menu_model_get_item_attribute_value (kinds, i, G_MENU_ATTRIBUTE_TARGET, G_VARIANT_TYPE_STRING);
    gtk_widget_activate_action (GTK_WIDGET (f->composer), "composer.make", "s", g_variant_get_string (target, NULL));
    ASSERT_WISH (g_variant_get_string (target, NULL));
  }
  gtk_widget_activate_action (GTK_WIDGET (f->composer), "composer.make", "s", "game");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (chip, "label")), ==, "Make: Game");
  gtk_widget_activate_action (GTK_WIDGET (f->composer), "composer.make", "s", "job");
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (chip, "label")), ==, "Work on something big");
  gtk_widget_activate_action (GTK_WIDGET (f->composer), "composer.make", "s", "game");
  g_assert_false (ui_composer_has_content (f->composer)); /* a kind alone says too little to be sent */
  ui_composer_set_text (f->composer, "about planets");
  ASSERT_WISH ("game");
  g_assert_false (press (f, GDK_KEY_BackSpace, 0)); /* the end of the words */
  ASSERT_WISH ("game");
  g_signal_emit_by_name (ui_test_child (chip, "remove"), "clicked");
  ASSERT_WISH ("");
  /* What is typed says so, too. */
  ui_composer_set_text (f->composer, "/job sort all of it");
  {
    g_autofree char *wish = dup_wish (f);
    g_assert_cmpstr (wish, ==, "job");
  }
  ui_composer_set_text (f->composer, "/jobs are no wish");
  ASSERT_WISH ("");

  ui_composer_set_text (f->composer, "");
  gtk_widget_activate_action (GTK_WIDGET (f->composer), "composer.make", "s", "tool");
  g_assert_true (press (f, GDK_KEY_BackSpace, 0));
  ASSERT_WISH ("");
  g_assert_false (press (f, GDK_KEY_BackSpace, 0));

  /* What was pointed at goes with the wish that it belongs to. */
  ui_composer_set_wish (f->composer, "change", pick);
  ASSERT_WISH ("change");
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (f->composer);
  g_assert_cmpstr (app_turn_get_pick (turn)->part, ==, "/title");
  ui_composer_clear (f->composer);
  ASSERT_WISH ("");
}

/* A sound is a chip that says how long it is. */
static void
test_sound (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "heron.wav", NULL);
  g_autofree float *samples = g_new0 (float, 7 * 8000);
  g_autoptr (GBytes) silence = g_bytes_new (samples, 7 * 8000 * sizeof *samples);
  g_autoptr (MediaSound) sound = media_sound_new (silence, 8000);
  g_autoptr (GBytes) wav = media_sound_to_wav (sound, NULL);
  UiAttachmentChip *chip;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (wav, NULL), (gssize) g_bytes_get_size (wav), NULL));
  add_file (f, path);
  ui_test_wait (nothing_loads, f);
  ui_test_drain ();
  chip = ui_test_find (GTK_WIDGET (f->composer), UI_TYPE_ATTACHMENT_CHIP);
  g_assert_cmpstr (gtk_image_get_icon_name (ui_test_child (chip, "icon")), ==, "audio-x-generic-symbolic");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (ui_test_child (chip, "lead")), ==, "icon");
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (chip, "summary")), "0:07"));
  g_assert_nonnull (strstr (gtk_label_get_text (ui_test_child (chip, "summary")), "WAV"));
  g_assert_true (gtk_widget_get_sensitive (f->send));
  g_unlink (path);
  g_rmdir (folder);
}

/* Whether all of the chip shows in the part of the composer that scrolls. */
static gboolean
chip_shows (Fixture *f, GtkWidget *chip)
{
  GtkWidget *scroller = ui_test_child (f->composer, "chips_scroller");
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (chip, scroller, &bounds) && bounds.origin.y >= 0 && bounds.origin.y + bounds.size.height <= (float)gtk_widget_get_height (scroller);
}

/* Many files leave the words their place in a narrow window: they scroll, to what came last, and to what has the focus. */
static void
test_many (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-ui-XXXXXX", NULL);
  GtkWidget *chips = ui_test_child (f->composer, "chips");
  GtkWidget *frame = ui_test_child (f->composer, "frame");
  GtkWidget *first;
  GtkWidget *last;
  int height;

  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 700);
  gtk_widget_set_valign (GTK_WIDGET (f->composer), GTK_ALIGN_END);
  for (guint i = 0; i < 9; i++) {
    g_autofree char *name = g_strdup_printf ("notes-%u.txt", i);
    g_autofree char *path = g_build_filename (folder, name, NULL);

    g_assert_true (g_file_set_contents (path, "The word is sesame.", -1, NULL));
    add_file (f, path);
    ui_test_wait (nothing_loads, f);
    g_unlink (path);
    /* A few are as high as they are anyway. */
    if (i == 1) {
      ui_test_frames (f->window, 6);
      first = ui_test_find (gtk_widget_get_first_child (chips), UI_TYPE_ATTACHMENT_CHIP);
      gtk_widget_measure (first, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (first), NULL, &height, NULL, NULL);
      g_assert_cmpint (gtk_widget_get_height (first), ==, height);
      g_assert_cmpint (gtk_widget_get_height (ui_test_child (f->composer, "chips_room")), <=, height + 24);
    }
  }
  /* The last one says at length why it could not be read. */
  add_file (f, folder);
  ui_test_wait (nothing_loads, f);
  ui_test_frames (f->window, 6);
  /* As the window does it. */
  ui_composer_set_narrow (f->composer, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 360, 700);
  ui_test_frames (f->window, 12);
  gtk_widget_measure (frame, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (frame), NULL, &height, NULL, NULL);
  g_assert_cmpint (height, <, 320);
  gtk_widget_measure (chips, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (chips), NULL, &height, NULL, NULL);
  g_assert_cmpfloat (gtk_adjustment_get_upper (gtk_scrolled_window_get_vadjustment (ui_test_child (f->composer, "chips_scroller"))), >=, height);
  first = ui_test_find (gtk_widget_get_first_child (chips), UI_TYPE_ATTACHMENT_CHIP);
  last = ui_test_find (gtk_widget_get_last_child (chips), UI_TYPE_ATTACHMENT_CHIP);
  g_assert_true (chip_shows (f, last));
  g_assert_false (chip_shows (f, first));
  gtk_widget_grab_focus (ui_test_child (first, "open"));
  ui_test_frames (f->window, 30);
  g_assert_true (chip_shows (f, first));
  ui_composer_clear (f->composer);
  ui_test_frames (f->window, 4);
  g_assert_false (gtk_widget_get_visible (ui_test_child (f->composer, "chips_room")));
  g_rmdir (folder);
}

static gboolean
has_chip (gpointer data)
{
  return ui_test_count (GTK_WIDGET (((Fixture *) data)->composer), UI_TYPE_ATTACHMENT_CHIP) == 1;
}

static void
paste (Fixture *f, GdkContentProvider *provider)
{
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (f->view)), provider);
  g_signal_emit_by_name (f->view, "paste-clipboard");
  ui_test_frames (f->window, 4);
}

static GdkContentProvider *
provider_of (const char *mime_type, const char *content)
{
  g_autoptr (GBytes) bytes = g_bytes_new (content, strlen (content));

  return gdk_content_provider_new_for_bytes (mime_type, bytes);
}

/* A picture in the clipboard becomes an attachment with the very bytes that the other program gave: nothing here has decoded them. Words stay words. */
static void
test_paste (Fixture *f, gconstpointer data)
{
  static const char broken[] = "\x89PNG\r\n\x1a\n and then nothing that a decoder likes";
  GdkContentProvider *both[] = { provider_of ("image/jpeg", "never read"), provider_of ("image/png", broken) };
  g_autoptr (GdkContentProvider) picture = gdk_content_provider_new_union (both, 2);
  g_autoptr (GdkContentProvider) words = provider_of ("text/plain;charset=utf-8", "pasted words");
  g_autoptr (AppTurn) turn = NULL;
  g_autofree char *text = NULL;
  AppAttachment *attachment;

  paste (f, picture);
  ui_test_wait (has_chip, f);
  ui_test_wait (nothing_loads, f);
  turn = ui_composer_dup_turn (f->composer);
  attachment = app_turn_get_attachment (turn, 0);
  g_assert_cmpstr (app_attachment_get_name (attachment), ==, "Pasted picture.png");
  g_assert_cmpmem (g_bytes_get_data (app_attachment_get_bytes (attachment), NULL), g_bytes_get_size (app_attachment_get_bytes (attachment)), broken, strlen (broken));
  ui_composer_clear (f->composer);
  paste (f, words);
  text = text_of (f);
  g_assert_cmpstr (text, ==, "pasted words");
  g_assert_false (has_chip (f));
}

/* A whole picture, too, of another kind. */
static void
test_paste_picture (Fixture *f, gconstpointer data)
{
  static const guint8 red[4] = { 255, 0, 0, 255 };
  g_autoptr (GBytes) pixels = g_bytes_new (red, 4);
  g_autoptr (GdkTexture) texture = gdk_memory_texture_new (1, 1, GDK_MEMORY_R8G8B8A8, pixels, 4);
  g_autoptr (GBytes) bytes = gdk_texture_save_to_tiff_bytes (texture);
  g_autoptr (GdkContentProvider) picture = gdk_content_provider_new_for_bytes ("image/tiff", bytes);
  g_autoptr (AppTurn) turn = NULL;

  paste (f, picture);
  ui_test_wait (has_chip, f);
  ui_test_wait (nothing_loads, f);
  turn = ui_composer_dup_turn (f->composer);
  g_assert_cmpint (app_attachment_get_state (app_turn_get_attachment (turn, 0)), ==, APP_ATTACHMENT_READY);
  g_assert_cmpstr (app_attachment_get_name (app_turn_get_attachment (turn, 0)), ==, "Pasted picture.tiff");
}

/* Files become chips; an address of the network is refused, or pasted where it is text as well. */
static void
test_paste_files (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-ui-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notes.txt", NULL);
  g_autofree char *uris = g_strdup_printf ("file://%s\r\nhttps://example.org/cat.png\r\n", path);
  g_autoptr (GdkContentProvider) mixed = provider_of ("text/uri-list", uris);
  g_autoptr (GdkContentProvider) address = provider_of ("text/uri-list", "https://example.org/cat.png\r\n");
  GdkContentProvider *both[] = { g_object_ref (address), provider_of ("text/plain;charset=utf-8", "https://example.org/cat.png") };
  g_autoptr (GdkContentProvider) link = gdk_content_provider_new_union (both, 2);
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (path, "The word is sesame.", -1, NULL));
  paste (f, mixed);
  ui_test_wait (has_chip, f);
  ui_test_wait (nothing_loads, f);
  ui_composer_clear (f->composer);
  paste (f, address);
  ui_test_frames (f->window, 4);
  g_assert_false (has_chip (f));
  g_assert_false (ui_composer_has_content (f->composer));
  paste (f, link);
  ui_test_frames (f->window, 4);
  text = text_of (f);
  g_assert_cmpstr (text, ==, "https://example.org/cat.png");
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (Fixture *, gconstpointer);
  } tests[] = {
    { "/ui-composer/enter-sends", test_enter_sends },
    { "/ui-composer/busy", test_busy },
    { "/ui-composer/recall", test_recall },
    { "/ui-composer/reason", test_reason },
    { "/ui-composer/grows", test_grows },
    { "/ui-composer/rests", test_rests },
    { "/ui-composer/wraps", test_wraps },
    { "/ui-composer/attachments", test_attachments },
    { "/ui-composer/sound", test_sound },
    { "/ui-composer/wish", test_wish },
    { "/ui-composer/many", test_many },
    { "/ui-composer/paste", test_paste },
    { "/ui-composer/paste-picture", test_paste_picture },
    { "/ui-composer/paste-files", test_paste_files },
    { "/ui-composer/keys", test_keys },
  };

  ui_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
