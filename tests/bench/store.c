/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the history takes to open, search, append and scroll, with so many conversations and messages in it:
 *
 *   store-bench CONVERSATIONS MESSAGES
 *
 * prints one line of JSON, times in milliseconds, medians. The store is written with SQL in one transaction and then used through the
 * application's own calls. Its words are drawn from a made-up vocabulary as words are drawn in a language: few are frequent, most are rare. The first conversation has a
 * tenth of all messages, up to 5,000, and is the one that is scrolled. */
#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "fixture.h"
#include "ui-test.h"
#include "ui-transcript.h"

enum { N_WORDS = 20000, N_ROUNDS = 15, N_STEPS = 60, NOTE_WORDS = 12, ANSWER_WORDS = 120 };

typedef struct {
  char *words[N_WORDS]; /* the most frequent first */
  GRand *random;
} Language;

static void
language_init (Language *language)
{
  static const char *const syllables[] = { "ba", "ne", "ri", "to", "lu", "sha", "men", "kor", "vi", "del", "pa", "qui", "som", "tra", "wen", "zo" };

  language->random = g_rand_new_with_seed (1);
  for (guint i = 0; i < N_WORDS; i++) {
    GString *word = g_string_new (NULL);
    guint rest = i + G_N_ELEMENTS (syllables);

    for (; rest > 0; rest /= G_N_ELEMENTS (syllables))
      g_string_append (word, syllables[rest % G_N_ELEMENTS (syllables)]);
    language->words[i] = g_string_free (word, FALSE);
  }
}

static void
language_clear (Language *language)
{
  g_rand_free (language->random);
  for (guint i = 0; i < N_WORDS; i++)
    g_free (language->words[i]);
}

/* Zipf's law: the rank of a word is the exponential of an even draw. */
static const char *
language_draw (Language *language)
{
  return language->words[(guint) exp (g_rand_double (language->random) * log (N_WORDS - 1))];
}

static char *
language_write (Language *language, guint n_words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n_words; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : i % 12 ? " " : ". ", language_draw (language));
  return g_string_free (text, FALSE);
}

static void
check (sqlite3 *db, int result)
{
  if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW)
    g_error ("The store could not be written: %s.", sqlite3_errmsg (db));
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;

  check (db, sqlite3_prepare_v2 (db, sql, -1, &statement, NULL));
  return statement;
}

static void
step (sqlite3 *db, sqlite3_stmt *statement)
{
  check (db, sqlite3_step (statement));
  sqlite3_reset (statement);
}

static void
fill (const char *path, guint n_conversations, guint n_messages)
{
  Language language;
  sqlite3 *db;
  sqlite3_stmt *conversation, *message;
  gint64 id = 0, now = 1700000000000;
  guint left = n_messages;

  language_init (&language);
  check (NULL, sqlite3_open (path, &db));
  check (db, sqlite3_exec (db, "PRAGMA foreign_keys = ON; BEGIN", NULL, NULL, NULL));
  conversation = prepare (db, "INSERT INTO conversations (id, title, model, created, updated, chosen) VALUES (?1, ?2, 'scripted', ?3, ?3, ?4)");
  message = prepare (db, "INSERT INTO messages (id, conversation, parent, chosen, role, state, created, text, model) VALUES (?1, ?2, ?3, ?4, ?5, 2, ?6, ?7, ?8)");
  for (guint i = 0; i < n_conversations; i++) {
    /* Notes and answers come in pairs. */
    guint n = i == 0 ? MIN (5000, n_messages / 10) : left / (n_conversations - i);
    g_autofree char *title = language_write (&language, 4);

    n = MAX (2, n & ~1u);
    left -= MIN (left, n);
    sqlite3_bind_int64 (conversation, 1, i + 1);
    sqlite3_bind_text (conversation, 2, title, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64 (conversation, 3, now += 1000);
    sqlite3_bind_int64 (conversation, 4, id + 1);
    step (db, conversation);
    for (guint j = 0; j < n; j++) {
      g_autofree char *text = language_write (&language, j % 2 ? ANSWER_WORDS : NOTE_WORDS);

      id++;
      sqlite3_bind_int64 (message, 1, id);
      sqlite3_bind_int64 (message, 2, i + 1);
      if (j > 0)
        sqlite3_bind_int64 (message, 3, id - 1);
      else
        sqlite3_bind_null (message, 3);
      if (j + 1 < n)
        sqlite3_bind_int64 (message, 4, id + 1);
      else
        sqlite3_bind_null (message, 4);
      sqlite3_bind_int (message, 5, j % 2 ? 2 : 1);
      sqlite3_bind_int64 (message, 6, now);
      sqlite3_bind_text (message, 7, text, -1, SQLITE_TRANSIENT);
      sqlite3_bind_text (message, 8, j % 2 ? "scripted" : NULL, -1, SQLITE_STATIC);
      step (db, message);
    }
  }
  sqlite3_finalize (conversation);
  sqlite3_finalize (message);
  check (db, sqlite3_exec (db, "COMMIT", NULL, NULL, NULL));
  check (db, sqlite3_close (db));
  language_clear (&language);
}

/* ---- measuring ---- */

static int
compare (gconstpointer a, gconstpointer b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

/* Takes the times. */
static double
median (GArray *times)
{
  double middle;

  g_array_sort (times, compare);
  middle = times->len > 0 ? g_array_index (times, double, times->len / 2) : 0;
  g_array_free (times, TRUE);
  return middle;
}

static void
note_time (GArray *times, GTimer *timer)
{
  double ms = g_timer_elapsed (timer, NULL) * 1000;

  g_array_append_val (times, ms);
  g_timer_start (timer);
}

static double
time_open (Fixture *fixture, GTimer *timer)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_ROUNDS; i++) {
    g_timer_start (timer);
    fixture_open (fixture);
    note_time (times, timer);
    fixture_close (fixture);
  }
  return median (times);
}

static double
time_load (Fixture *fixture, GTimer *timer)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  guint n = MIN (N_ROUNDS, g_list_model_get_n_items (G_LIST_MODEL (fixture->history)));

  for (guint i = 0; i < n; i++) {
    g_timer_start (timer);
    load (conversation_at (fixture, i));
    note_time (times, timer);
  }
  return median (times);
}

static double
time_search (Fixture *fixture, GTimer *timer, const char *query)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_ROUNDS; i++) {
    g_autoptr (GListModel) hits = NULL;

    g_timer_start (timer);
    hits = search (fixture, query);
    note_time (times, timer);
  }
  return median (times);
}

/* From the send of a note until it is safe on the disk. */
static double
time_append (Fixture *fixture, GTimer *timer)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (AppConversation) conversation = fixture_talk (fixture, "Hello", "An answer.");

  for (guint i = 0; i < N_ROUNDS * 3; i++) {
    g_timer_start (timer);
    send_text (conversation, "How do the birds know where to go?");
    note_time (times, timer);
    wait_idle (conversation);
  }
  return median (times);
}

/* What a frame costs: from its beginning to the end of its painting, without the waiting for the next one. */
static void
on_before_paint (GdkFrameClock *clock, GTimer *timer)
{
  g_timer_start (timer);
}

static void
on_after_paint (GdkFrameClock *clock, GTimer *timer)
{
  g_timer_stop (timer);
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer drawn)
{
  *(gboolean *) drawn = TRUE;
  return G_SOURCE_REMOVE;
}

/* A frame of scrolling up the conversation by half a page. */
static double
time_scroll (Fixture *fixture, GTimer *timer, AppConversation *conversation)
{
  GArray *times = g_array_new (FALSE, FALSE, sizeof (double));
  UiTranscript *transcript = g_object_new (UI_TYPE_TRANSCRIPT, NULL);
  GtkWidget *window = ui_test_window (GTK_WIDGET (transcript), 760, 800);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (ui_test_child (transcript, "scroller"));

  GdkFrameClock *clock;
  gboolean drawn;

  ui_transcript_set_conversation (transcript, conversation);
  ui_test_frames (window, 3);
  clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), timer);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), timer);
  for (guint i = 0; i < N_STEPS; i++) {
    double value = gtk_adjustment_get_value (adjustment), ms;

    gtk_adjustment_set_value (adjustment, value > 400 ? value - 400 : gtk_adjustment_get_upper (adjustment));
    /* The frame that shows it is followed by one that ends the waiting. */
    gtk_widget_add_tick_callback (window, on_frame, &drawn, NULL);
    for (drawn = FALSE; !drawn;)
      g_main_context_iteration (NULL, TRUE);
    ui_test_drain ();
    ms = g_timer_elapsed (timer, NULL) * 1000;
    g_array_append_val (times, ms);
  }
  g_signal_handlers_disconnect_by_data (clock, timer);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_test_drain ();
  return median (times);
}

static gint64
size_of (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 ? info.st_size : 0;
}

int
main (int argc, char **argv)
{
  Fixture fixture = { NULL };
  g_autoptr (GTimer) timer = g_timer_new ();
  g_autoptr (AppConversation) longest = NULL;
  guint n_conversations, n_messages;
  double open_ms, load_ms, rare_ms, frequent_ms, append_ms, scroll_ms;

  ui_test_init (&argc, &argv);
  /* This is no test: a warning of the toolkit is for the person who reads along. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  if (argc != 3)
    g_error ("Usage: store-bench CONVERSATIONS MESSAGES");
  n_conversations = (guint) strtoul (argv[1], NULL, 10);
  n_messages = (guint) strtoul (argv[2], NULL, 10);

  fixture_set_up (&fixture, NULL);
  fixture_close (&fixture);
  if (n_conversations > 0)
    fill (fixture.path, n_conversations, n_messages);
  open_ms = time_open (&fixture, timer);
  fixture_open (&fixture);
  load_ms = time_load (&fixture, timer);
  /* Two words of the vocabulary: its most frequent one, and one of its rarest as the beginning of a word. */
  frequent_ms = time_search (&fixture, timer, "bane ");
  rare_ms = time_search (&fixture, timer, "zowentra");
  append_ms = time_append (&fixture, timer);
  longest = n_conversations > 0 ? g_object_ref (app_history_find (fixture.history, 1)) : g_object_ref (conversation_at (&fixture, 0));
  load (longest);
  scroll_ms = time_scroll (&fixture, timer, longest);
  g_print ("{\"open\": %.3f, \"load\": %.3f, \"frequent\": %.3f, \"rare\": %.3f, \"append\": %.3f, \"scroll\": %.3f, \"longest\": %u, \"bytes\": %" G_GINT64_FORMAT "}\n", open_ms,
           load_ms, frequent_ms, rare_ms, append_ms, scroll_ms, n_messages ? MIN (5000, n_messages / 10) : 2,
           size_of (fixture.path));
  g_clear_object (&longest);
  fixture_tear_down (&fixture, NULL);
  return 0;
}
