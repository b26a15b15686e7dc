/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-test.h"

#include <string.h>

#include "fixture.h"
#include "ui-answer.h"
#include "ui-attachment-chip.h"
#include "ui-attachment-viewer.h"
#include "ui-branches.h"
#include "ui-markdown.h"
#include "ui-note.h"
#include "ui-transcript.h"

typedef struct {
  Fixture app;
  AppConversation *conversation;
  UiTranscript *transcript;
  GtkWidget *window;
  char *sample;
} View;

static void
set_up (View *v, gconstpointer data)
{
  fixture_set_up (&v->app, data);
  g_assert_true (g_file_get_contents (UI_TEST_SAMPLE, &v->sample, NULL, NULL));
  v->conversation = app_history_new_conversation (v->app.history);
  v->transcript = g_object_new (UI_TYPE_TRANSCRIPT, NULL);
  ui_transcript_set_conversation (v->transcript, v->conversation);
  v->window = ui_test_window (GTK_WIDGET (v->transcript), 700, 700);
  g_object_add_weak_pointer (G_OBJECT (v->transcript), (gpointer *) &v->transcript);
}

static void
tear_down (View *v, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (v->window));
  ui_test_drain ();
  g_assert_null (v->transcript);
  g_object_unref (v->conversation);
  g_free (v->sample);
  fixture_tear_down (&v->app, data);
}

static void
say (View *v, const char *note, const char *answer)
{
  Script script = { .text = answer, .piece = 1 << 20 };

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, note);
  wait_idle (v->conversation);
}

/* A conversation of 5,000 messages opens and is walked with few widgets. */
static void
test_long (View *v, gconstpointer data)
{
  GtkScrolledWindow *scroller = ui_test_child (v->transcript, "scroller");
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  g_autoptr (GTimer) timer = NULL;
  double slowest = 0;

  ui_transcript_set_conversation (v->transcript, NULL);
  for (guint i = 0; i < 2500; i++)
    say (v, "A question?", i % 5 ? "A short answer, in a line or two." : v->sample);
  g_assert_cmpuint (n_messages (v->conversation), ==, 5000);
  timer = g_timer_new ();
  ui_transcript_set_conversation (v->transcript, v->conversation);
  ui_test_frames (v->window, 2);
  g_test_message ("5,000 messages shown after %.0f ms", g_timer_elapsed (timer, NULL) * 1000);
  for (guint i = 0; i < 100; i++) {
    g_timer_start (timer);
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 400);
    ui_test_frames (v->window, 1);
    slowest = MAX (slowest, g_timer_elapsed (timer, NULL));
  }
  g_test_message ("the slowest of 100 steps took %.0f ms", slowest * 1000);
  for (double part = 0.9; part >= 0; part -= 0.1) {
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) * part);
    ui_test_frames (v->window, 1);
  }
  g_test_message ("%u rows were made", ui_transcript_get_n_rows_created (v->transcript));
  g_assert_cmpuint (ui_transcript_get_n_rows_created (v->transcript), <, 100);
}

/* A jump to the far end, while the button that leads back appears over the rows: all of it is in the next frame. GTK warns of what it would have to
 * draw without a place, and that ends the test. */
static void
test_jump (View *v, gconstpointer data)
{
  static const double parts[] = { 0, 1, 0.5, 1, 0 };
  GtkScrolledWindow *scroller = ui_test_child (v->transcript, "scroller");
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);
  GtkRevealer *down = ui_test_child (v->transcript, "down_revealer");

  for (guint i = 0; i < 30; i++)
    say (v, "A question?", i % 3 ? "A short answer, in a line or two." : v->sample);
  ui_test_frames (v->window, 3);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) * parts[i]);
    ui_test_frames (v->window, 1);
    g_assert_true (gtk_revealer_get_reveal_child (down) == (parts[i] < 1));
  }
}

/* While the answer comes in thousands of pieces, it is drawn at most once a frame. */
static void
count_frame (GdkFrameClock *clock, guint *n_frames)
{
  ++*n_frames;
}

static void
test_coalesces (View *v, gconstpointer data)
{
  Script script = { .text = v->sample, .piece = 1, .ms = 1 };
  GdkFrameClock *clock = gtk_widget_get_frame_clock (v->window);
  UiAnswer *answer;
  guint before;
  guint n_frames = 0;

  scripted_engine_set_script (v->app.engine, &script);
  g_signal_connect (clock, "update", G_CALLBACK (count_frame), &n_frames);
  send_text (v->conversation, "Write");
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  before = ui_answer_get_n_drawn (answer);
  wait_idle (v->conversation);
  ui_test_frames (v->window, 3);
  g_assert_true (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER) == answer);
  g_test_message ("%zu pieces, %u frames, %u drawings", strlen (v->sample), n_frames, ui_answer_get_n_drawn (answer) - before);
  /* The changes of state (writing, done, figures) draw at once. */
  g_assert_cmpuint (ui_answer_get_n_drawn (answer) - before, <=, n_frames + 6);
  g_signal_handlers_disconnect_by_func (clock, count_frame, &n_frames);
}

static void
test_states (View *v, gconstpointer data)
{
  Script script = { .text = "Half of", .hold = TRUE };
  UiAnswer *answer;
  GtkWidget *failure;
  GtkWidget *ending;

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "Begin");
  wait_state (v->conversation, APP_MESSAGE_WRITING);
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  failure = ui_test_child (answer, "failure");
  ending = ui_test_child (answer, "ending");
  g_assert_false (gtk_widget_get_visible (failure));
  g_assert_false (gtk_widget_get_sensitive (ui_test_child (answer, "footer")));
  app_conversation_stop (v->conversation);
  wait_idle (v->conversation);
  g_assert_true (gtk_widget_get_visible (ending));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (ending)), ==, "Stopped.");
  g_assert_true (gtk_widget_get_sensitive (ui_test_child (answer, "footer")));

  script = (Script){ .text = "Then", .error = "The engine fell over." };
  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "Again");
  wait_idle (v->conversation);
  ui_test_frames (v->window, 3);
  answer = UI_ANSWER (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER));
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER), ==, 2);
}

static void
press (gpointer row, const char *button)
{
  g_signal_emit_by_name (ui_test_child (row, button), "clicked");
}

static gboolean
shows (gpointer row, const char *child)
{
  return gtk_widget_get_mapped (ui_test_child (row, child));
}

/* What failed offers Retry, and nothing that does the same or nothing. */
static void
test_failed (View *v, gconstpointer data)
{
  Script script = { .error = "The engine fell over." };
  UiAnswer *answer;

  scripted_engine_set_script (v->app.engine, &script);
  send_text (v->conversation, "Begin");
  wait_idle (v->conversation);
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  g_assert_true (shows (answer, "retry"));
  g_assert_false (shows (answer, "again_menu"));
  g_assert_false (shows (answer, "footer"));

  /* The first words can be copied, and after Retry the other version can be reached. */
  script.text = "It begins well, but";
  scripted_engine_set_script (v->app.engine, &script);
  press (answer, "retry");
  while (!app_conversation_get_busy (v->conversation))
    g_main_context_iteration (NULL, TRUE);
  wait_idle (v->conversation);
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  g_assert_true (shows (answer, "retry"));
  g_assert_true (shows (answer, "copy"));
  g_assert_false (shows (answer, "regenerate"));
  g_assert_true (shows (answer, "branches"));
}

static float
x_of (gpointer widget, gpointer in)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, in, &bounds));
  return bounds.origin.x;
}

/* A message that runs from right to left is mirrored, whatever the window does, and a row that is used again forgets it. */
static void
test_directions (View *v, gconstpointer data)
{
  UiNote *note;
  UiAnswer *answer;
  GtkWidget *card;

  say (v, "مرحبا", "```c\nint a;\n```\n\nأهلا وسهلا");
  ui_test_frames (v->window, 3);
  note = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  card = ui_test_child (note, "card");
  g_assert_cmpint (gtk_widget_get_direction (card), ==, GTK_TEXT_DIR_RTL);
  g_assert_cmpfloat (x_of (card, note), <, 100);
  g_assert_cmpfloat (x_of (ui_test_child (answer, "copy"), answer), >, x_of (ui_test_child (answer, "figures"), answer));
  g_assert_cmpint (gtk_widget_get_direction (ui_test_child (answer, "go_on")), ==, GTK_TEXT_DIR_RTL);

  ui_transcript_set_conversation (v->transcript, NULL);
  g_clear_object (&v->conversation);
  v->conversation = app_history_new_conversation (v->app.history);
  ui_transcript_set_conversation (v->transcript, v->conversation);
  say (v, "Hello", "Good day.");
  ui_test_frames (v->window, 3);
  g_assert_true (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE) == note);
  g_assert_cmpint (gtk_widget_get_direction (card), ==, GTK_TEXT_DIR_LTR);
  g_assert_cmpfloat (x_of (card, note), >, 300);
  g_assert_cmpfloat (x_of (ui_test_child (answer, "copy"), answer), <, x_of (ui_test_child (answer, "figures"), answer));
}

/* The note that is in the composer is marked, and only that one, also when its row is made anew. */
static void
test_edited (View *v, gconstpointer data)
{
  g_autoptr (AppMessage) first = NULL;
  UiNote *note;

  say (v, "First", "One.");
  ui_test_frames (v->window, 3);
  first = ui_transcript_get_last_note (v->transcript);
  note = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE);
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (note), "edited"));
  ui_transcript_set_edited (v->transcript, first);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (note), "edited"));
  ui_transcript_set_conversation (v->transcript, NULL);
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (note), "edited"));
  ui_transcript_set_conversation (v->transcript, v->conversation);
  ui_test_frames (v->window, 3);
  note = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (note), "edited"));
  ui_transcript_set_edited (v->transcript, NULL);
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (note), "edited"));
}

/* Retry and "Answer again" make a second version; the arrows walk between them. */
static void
test_branches (View *v, gconstpointer data)
{
  Script script = { .text = "The second." };
  UiAnswer *answer;
  GtkWidget *branches;
  g_autoptr (AppMessage) last = NULL;

  say (v, "Say", "The first.");
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  g_assert_false (gtk_widget_get_visible (ui_test_child (answer, "branches")));
  scripted_engine_set_script (v->app.engine, &script);
  g_signal_emit_by_name (ui_test_child (answer, "regenerate"), "clicked");
  while (!app_conversation_get_busy (v->conversation))
    g_main_context_iteration (NULL, TRUE);
  wait_idle (v->conversation);
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  branches = ui_test_child (answer, "branches");
  g_assert_true (gtk_widget_get_visible (branches));
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (branches, "label")), ==, "2/2");
  g_signal_emit_by_name (ui_test_child (branches, "previous"), "clicked");
  do {
    g_clear_object (&last);
    g_main_context_iteration (NULL, TRUE);
    last = ui_transcript_get_last_answer (v->transcript);
  } while (strcmp (app_message_get_text (last), "The first.") != 0);
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  g_assert_cmpstr (gtk_label_get_text (ui_test_child (ui_test_child (answer, "branches"), "label")), ==, "1/2");
}

/* Honesty lines and attachments of a note. */
static void
test_note (View *v, gconstpointer data)
{
  g_autofree char *path = g_build_filename (v->app.folder, "notes.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (file);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AppTurn) turn = NULL;
  UiNote *note;

  g_assert_true (g_file_set_contents (path, "Sesame.", -1, NULL));
  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  g_assert_true (app_attachment_load_finish (attachment, wait_result (&result), NULL));
  g_list_store_append (list, attachment);
  turn = app_turn_new ("Read <b>this</b> & tell", G_LIST_MODEL (list));
  g_assert_true (try_send (v->conversation, turn, NULL));
  wait_idle (v->conversation);
  ui_test_frames (v->window, 4);
  note = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE);
  g_assert_cmpuint (ui_test_count (GTK_WIDGET (note), UI_TYPE_ATTACHMENT_CHIP), ==, 1);
  g_assert_cmpstr (gtk_label_get_text (ui_test_find (ui_test_child (note, "text"), GTK_TYPE_LABEL)), ==, "Read <b>this</b> & tell");
  /* At most 80 % wide. */
  g_assert_cmpint (gtk_widget_get_width (ui_test_child (note, "card")), <=, 700 * 8 / 10);
}

static gboolean
is_viewer_open (gpointer data)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

    if (UI_IS_ATTACHMENT_VIEWER (window)) {
      gtk_window_destroy (window);
      return TRUE;
    }
  }
  return FALSE;
}

/* An answer from passages cites them; each citation, and each source below, opens the place. */
static void
test_sources (View *v, gconstpointer data)
{
  Script script = { .text = "I looked. The secret word is MALLARD.", .passage = "The secret word is MALLARD.", .piece = 1000 };
  g_autofree char *path = g_build_filename (v->app.folder, "ducks.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (AppAttachment) attachment = app_attachment_new_for_file (file);
  g_autoptr (GListStore) list = g_list_store_new (APP_TYPE_ATTACHMENT);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AppTurn) turn = NULL;
  UiAnswer *answer;
  GtkWidget *box, *button;
  GtkLabel *words;
  gboolean handled;

  g_assert_true (g_file_set_contents (path, "A duck swims. The secret word is MALLARD.", -1, NULL));
  app_attachment_load_async (attachment, FALSE, NULL, keep_result, &result);
  g_assert_true (app_attachment_load_finish (attachment, wait_result (&result), NULL));
  g_list_store_append (list, attachment);
  turn = app_turn_new ("Which word?", G_LIST_MODEL (list));
  scripted_engine_set_script (v->app.engine, &script);
  g_assert_true (try_send (v->conversation, turn, NULL));
  wait_idle (v->conversation);
  ui_test_frames (v->window, 4);

  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  box = ui_test_child (answer, "sources");
  g_assert_true (gtk_widget_get_visible (box));
  g_assert_cmpuint (ui_test_count (box, GTK_TYPE_BUTTON), ==, 1);
  button = ui_test_find (box, GTK_TYPE_BUTTON);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)))), ==, "1\302\240 ducks.txt");
  g_signal_emit_by_name (button, "clicked");
  ui_test_wait (is_viewer_open, NULL);

  words = ui_test_find (ui_test_child (answer, "markdown"), GTK_TYPE_LABEL);
  g_assert_cmpstr (gtk_label_get_text (words), ==, "I looked. The secret word is MALLARD.\302\2401");
  g_signal_emit_by_name (words, "activate-link", "melete-source:1", &handled);
  ui_test_wait (is_viewer_open, NULL);
  /* Neither is any other address taken for one, nor is there a second source. */
  g_signal_emit_by_name (words, "activate-link", "melete-source:2", &handled);
  ui_test_drain ();
  g_assert_false (is_viewer_open (NULL));
  gtk_widget_activate_action (GTK_WIDGET (answer), "transcript.copy", "x", app_message_get_id (message_at (v->conversation, 1)));
  g_assert_cmpstr (app_message_get_text (message_at (v->conversation, 1)), ==, script.text);
}

/* A very long note is folded, and unfolds to all of it. */
static void
test_long_note (View *v, gconstpointer data)
{
  GString *text = g_string_new (NULL);
  UiNote *note;
  GtkWidget *more;

  for (guint i = 0; i < 4000; i++)
    g_string_append_printf (text, "Line %u of the note.\n", i);
  say (v, text->str, "Much.");
  ui_test_frames (v->window, 3);
  note = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE);
  more = ui_test_child (note, "more");
  g_assert_true (gtk_widget_get_visible (more));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (note)), <, 700);
  g_signal_emit_by_name (more, "clicked");
  ui_test_frames (v->window, 3);
  g_assert_false (gtk_widget_get_visible (more));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (note)), >, 4000 * 10);
  g_string_free (text, TRUE);
}

static void
count_edit (UiTranscript *transcript, AppMessage *note, guint *n_edits)
{
  ++*n_edits;
}

/* A row that waits to be used again is out of sight, but assistive technology may still know its buttons: they do nothing. */
static void
test_recycled_buttons (View *v, gconstpointer data)
{
  UiNote *note;
  UiAnswer *answer;
  guint n_edits = 0;

  say (v, "Say", "Said.");
  ui_test_frames (v->window, 3);
  note = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  g_signal_connect (v->transcript, "edit", G_CALLBACK (count_edit), &n_edits);
  press (note, "edit");
  g_assert_cmpuint (n_edits, ==, 1);

  ui_transcript_set_conversation (v->transcript, NULL);
  ui_test_frames (v->window, 3);
  /* The rows are kept; they show nothing. */
  g_assert_true (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE) == note);
  g_assert_true (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER) == answer);
  press (note, "edit");
  press (note, "more");
  press (answer, "copy");
  press (answer, "regenerate");
  press (answer, "retry");
  press (ui_test_child (note, "branches"), "previous");
  press (ui_test_child (answer, "branches"), "next");
  g_assert_cmpuint (n_edits, ==, 1);
  g_assert_false (app_conversation_get_busy (v->conversation));

  /* And they can be used again. */
  ui_transcript_set_conversation (v->transcript, v->conversation);
  ui_test_frames (v->window, 3);
  g_assert_true (ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_NOTE) == note);
  press (note, "edit");
  g_assert_cmpuint (n_edits, ==, 2);
}

static void
on_copied_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **) data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
on_copied_html (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GInputStream) stream = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, NULL);
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes (stream, 4096, NULL, NULL);

  *(char **) data = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
is_set (gpointer data)
{
  return *(char **) data != NULL;
}

static char *
copied_text (View *v)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (v->transcript)), NULL, on_copied_text, &text);
  ui_test_wait (is_set, &text);
  return text;
}

/* The menu beside the button: as Markdown, as rich text, which is HTML and plain text at once, and as plain text. */
static void
test_copy_ways (View *v, gconstpointer data)
{
  static const char *const html_types[] = { "text/html", NULL };
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (v->transcript));
  GdkContentFormats *formats;
  GtkWidget *answer;
  g_autofree char *markdown = NULL;
  g_autofree char *rich = NULL;
  g_autofree char *html = NULL;
  g_autofree char *plain = NULL;

  say (v, "Say", "So **bold** <i>x</i> and $x$.");
  ui_test_frames (v->window, 3);
  answer = ui_test_find (GTK_WIDGET (v->transcript), UI_TYPE_ANSWER);
  g_assert_true (gtk_widget_get_visible (ui_test_child (answer, "copy_menu")));
  gtk_widget_activate_action (answer, "answer.copy-markdown", NULL);
  markdown = copied_text (v);
  g_assert_cmpstr (markdown, ==, "So **bold** <i>x</i> and $x$.");
  gtk_widget_activate_action (answer, "answer.copy-rich", NULL);
  formats = gdk_clipboard_get_formats (clipboard);
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "text/html"));
  gdk_clipboard_read_async (clipboard, (const char **) html_types, G_PRIORITY_DEFAULT, NULL, on_copied_html, &html);
  ui_test_wait (is_set, &html);
  g_assert_nonnull (strstr (html, "<strong>bold</strong> <!-- raw HTML omitted -->x"));
  g_assert_nonnull (strstr (html, "<math>"));
  rich = copied_text (v);
  g_assert_cmpstr (rich, ==, "So bold <i>x</i> and $x$.");
  gtk_widget_activate_action (answer, "answer.copy-plain", NULL);
  plain = copied_text (v);
  g_assert_cmpstr (plain, ==, "So bold <i>x</i> and $x$.");
  g_assert_false (gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard), "text/html"));
}

static void
test_figures (void)
{
  AppStats stats = { .tokens = 1234, .tokens_per_second = 14.2, .first_token_ms = 412 };
  AppStats slow = { .tokens = 1, .tokens_per_second = 3.25 };
  AppStats nothing = { 0 };
  g_autofree char *full = ui_answer_dup_figures (&stats);
  g_autofree char *part = ui_answer_dup_figures (&slow);
  g_autofree char *empty = ui_answer_dup_figures (&nothing);

  g_assert_cmpstr (full, ==, "1234\302\240tokens · 14/s · first word after\302\240" "0.4\302\240s");
  g_assert_cmpstr (part, ==, "1\302\240token · 3.2/s");
  g_assert_cmpstr (empty, ==, "");
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *path;
    void (*run) (View *, gconstpointer);
  } tests[] = {
    { "/ui-transcript/copy-ways", test_copy_ways },
    { "/ui-transcript/states", test_states },
    { "/ui-transcript/branches", test_branches },
    { "/ui-transcript/sources", test_sources },
    { "/ui-transcript/note", test_note },
    { "/ui-transcript/long-note", test_long_note },
    { "/ui-transcript/coalesces", test_coalesces },
    { "/ui-transcript/jump", test_jump },
    { "/ui-transcript/long", test_long },
    { "/ui-transcript/failed", test_failed },
    { "/ui-transcript/directions", test_directions },
    { "/ui-transcript/edited", test_edited },
    { "/ui-transcript/recycled-buttons", test_recycled_buttons },
  };

  ui_test_init (&argc, &argv);
  g_test_add_func ("/ui-transcript/figures", test_figures);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, View, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
