/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing how deeply the model thinks: for the conversation, or for one message alone. */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-composer.h"

typedef struct {
  Fixture app;
  AppConversation *conversation;
  UiComposer *composer;
  UiDepthButton *button;
  GtkWidget *window;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  v->conversation = app_history_new_conversation (v->app.history);
  v->composer = g_object_new (UI_TYPE_COMPOSER, NULL);
  v->button = ui_composer_get_depth_button (v->composer);
  ui_composer_set_settings (v->composer, app_history_get_settings (v->app.history));
  ui_depth_button_set_engine (v->button, APP_ENGINE (v->app.engine));
  v->window = ui_test_window (GTK_WIDGET (v->composer), 500, 300);
  /* Without a conversation there is nothing to choose. */
  g_assert_false (gtk_widget_get_visible (ui_test_child (v->button, "button")));
  ui_depth_button_set_conversation (v->button, v->conversation);
  g_assert_true (gtk_widget_get_visible (ui_test_child (v->button, "button")));
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_object_unref (v->conversation);
  fixture_tear_down (&v->app, data);
}

static const char *
own (View *v)
{
  return app_conversation_settings_get_text (app_conversation_get_settings (v->conversation), APP_SETTING_DEPTH);
}

static void
assert_turn (View *v, const char *depth)
{
  g_autoptr (AppTurn) turn = ui_composer_dup_turn (v->composer);

  g_assert_cmpstr (app_turn_get_depth (turn), ==, depth);
}

static void
assert_shown (View *v, const char *title, gboolean only)
{
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (v->button, "label")), ==, title);
  g_assert_cmpint (gtk_check_button_get_active (ui_test_child (v->button, "only")), ==, only);
  g_assert_cmpint (gtk_widget_has_css_class (GTK_WIDGET (v->button), "only"), ==, only);
}

static GtkWidget *
choice (View *v, guint index)
{
  GtkWidget *child = gtk_widget_get_first_child (ui_test_child (v->button, "choices"));

  while (index-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
test_choose (View *v, gconstpointer data)
{
  assert_shown (v, "Compact", FALSE);
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (choice (v, APP_DEPTH_COMPACT))));
  g_assert_true (gtk_widget_get_visible (choice (v, APP_DEPTH_CONTEMPLATE)));

  /* For the conversation. */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (choice (v, APP_DEPTH_INSTANT)), TRUE);
  assert_shown (v, "Instant", FALSE);
  g_assert_cmpstr (own (v), ==, "instant");
  assert_turn (v, "");

  /* For this message: the conversation stays as it was. */
  gtk_check_button_set_active (ui_test_child (v->button, "only"), TRUE);
  assert_turn (v, "instant");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (choice (v, APP_DEPTH_THOROUGH)), TRUE);
  assert_shown (v, "Thorough", TRUE);
  g_assert_cmpstr (own (v), ==, "instant");
  assert_turn (v, "thorough");
  /* It was sent. */
  ui_composer_clear (v->composer);
  assert_shown (v, "Instant", FALSE);
  assert_turn (v, "");

  /* For the conversation after all; and what the preferences say is said by nothing. */
  gtk_check_button_set_active (ui_test_child (v->button, "only"), TRUE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (choice (v, APP_DEPTH_COMPACT)), TRUE);
  gtk_check_button_set_active (ui_test_child (v->button, "only"), FALSE);
  assert_shown (v, "Compact", FALSE);
  g_assert_null (own (v));
}

/* The menu of a narrow window has the same. */
static void
test_narrow (View *v, gconstpointer data)
{
  g_autofree char *depth = NULL;

  ui_composer_set_narrow (v->composer, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (v->composer), "composer.depth", "s", "thorough");
  assert_shown (v, "Thorough", FALSE);
  g_object_get (v->composer, "depth", &depth, NULL);
  g_assert_cmpstr (depth, ==, "thorough");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (v->button)));
  /* There is no room for both. */
  ui_composer_set_destination (v->composer, "kitchen.local");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (v->button)));
}

/* What is chosen from stays within the window, whichever edge the button is near. */
static void
test_popover (View *v, gconstpointer data)
{
  static const GtkAlign sides[] = { GTK_ALIGN_START, GTK_ALIGN_CENTER, GTK_ALIGN_END };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++) {
    g_autoptr (AppConversation) conversation = app_history_new_conversation (v->app.history);
    UiDepthButton *button = g_object_new (UI_TYPE_DEPTH_BUTTON, "halign", sides[i], NULL);
    GtkWidget *window = ui_test_window (GTK_WIDGET (button), 360, 640);
    GtkPopover *popover = ui_test_child (button, "popover");
    graphene_rect_t bounds;
    double left, x, y;

    ui_depth_button_set_settings (button, app_history_get_settings (v->app.history));
    ui_depth_button_set_conversation (button, conversation);
    ui_test_frames (window, 3);
    gtk_menu_button_popup (ui_test_child (button, "button"));
    ui_test_frames (window, 10);
    /* Its surface has room around it for its shadow. */
    gtk_native_get_surface_transform (GTK_NATIVE (popover), &x, &y);
    g_assert_true (gtk_widget_compute_bounds (gtk_popover_get_child (popover), GTK_WIDGET (popover), &bounds));
    left = gdk_popup_get_position_x (GDK_POPUP (gtk_native_get_surface (GTK_NATIVE (popover)))) + x + bounds.origin.x;
    g_test_message ("%.0f to %.0f", left, left + bounds.size.width);
    g_assert_cmpfloat (left, >=, 0);
    g_assert_cmpfloat (left + bounds.size.width, <=, gtk_widget_get_width (window));
    gtk_popover_popdown (popover);
    ui_test_frames (window, 10);
    gtk_window_destroy (GTK_WINDOW (window));
  }
}

/* It stays with what is typed, and with what is edited. */
static void
test_draft (View *v, gconstpointer data)
{
  g_autoptr (AppConversation) other = app_history_new_conversation (v->app.history);
  Script script = { .text = "Well." };
  g_autoptr (AppTurn) words = app_turn_new ("One", NULL), turn = app_turn_new_depth (words, "thorough");

  scripted_engine_set_script (v->app.engine, &script);
  g_assert_true (try_send (v->conversation, turn, NULL));
  wait_idle (v->conversation);
  ui_composer_set_text (v->composer, "Typed");
  ui_depth_button_set_message_depth (v->button, "instant");
  g_assert_cmpstr (ui_composer_get_draft_depth (v->composer), ==, "instant");
  ui_composer_begin_edit (v->composer, message_at (v->conversation, 0));
  assert_turn (v, "thorough");
  g_assert_cmpstr (ui_composer_get_draft_depth (v->composer), ==, "instant");
  ui_composer_clear (v->composer);
  assert_turn (v, "instant");
  ui_composer_switch_draft (v->composer, v->conversation, other);
  assert_turn (v, "");
  ui_composer_switch_draft (v->composer, other, v->conversation);
  assert_turn (v, "instant");
  /* What another version may know, and this one does not. */
  ui_depth_button_set_message_depth (v->button, "deeper");
  assert_turn (v, "");
}

/* What the model makes of it is said where it matters. */
static void
test_hint (View *v, gconstpointer data)
{
  GtkWidget *hint = ui_test_child (v->button, "hint");
  g_autoptr (GAsyncResult) loaded = NULL;

  g_assert_false (gtk_widget_get_visible (hint));
  scripted_engine_set_thinks (v->app.engine, APP_THINKS_NO);
  scripted_engine_set_stale (v->app.engine, TRUE);
  app_engine_load_async (APP_ENGINE (v->app.engine), v->app.model, NULL, keep_result, &loaded);
  g_assert_true (app_engine_load_finish (APP_ENGINE (v->app.engine), wait_result (&loaded), NULL));
  g_assert_true (gtk_widget_get_visible (hint));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (hint)), "plan"));
}

int
main (int argc, char *argv[])
{
  ui_test_init (&argc, &argv);
  g_test_add ("/ui-depth-button/choose", View, NULL, set_up, test_choose, tear_down);
  g_test_add ("/ui-depth-button/narrow", View, NULL, set_up, test_narrow, tear_down);
  g_test_add ("/ui-depth-button/popover", View, NULL, set_up, test_popover, tear_down);
  g_test_add ("/ui-depth-button/draft", View, NULL, set_up, test_draft, tear_down);
  g_test_add ("/ui-depth-button/hint", View, NULL, set_up, test_hint, tear_down);
  return g_test_run ();
}
