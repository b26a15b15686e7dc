/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kills a program a hundred times while it writes answers: the file must be sound each time, and hold all that was acknowledged.
 *
 * How old what is lost may be is the promise of AppPace, which its own test checks in virtual time. Here the real program is watched keeping it, by
 * what it did one thing after the other: how many frames of text came before the next save began. The clock is asked only where the machine
 * itself was quick enough for the promise to hold. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app-pace.h"
#include "fixture.h"

#define ROUNDS 100
/* Text comes once in a frame of 16 ms at most, and a save begins 120 ms after the one before at the latest: so many times can text come between the two
 * beginnings, the first and the last time at the same instant as they, and the end of the answer at any. */
#define MOST_FRAMES (120 / 16 + 3)

/* One answer, as the child told of it. Times are in microseconds. */
typedef struct {
  gint64 id;
  gint64 stored;       /* bytes in the file */
  gint64 acknowledged; /* bytes of the newest save that had ended */
  GArray *begun;       /* gint64: bytes of each save that began */
  gboolean saving;
  int frames, waiting; /* times that text came since the newest save began; …of these, while none was under way */
  gint64 began, told;  /* when the newest save began; when something was told last */
  gint64 first_lost;   /* when the first text came that is not in the file; 0: none */
  gint64 cost, stall;  /* the longest save; the longest that the child was silent */
} Answer;

typedef struct {
  int saves;     /* that began */
  int over;      /* rounds in which more was lost than promised */
  int measured;  /* rounds in which the machine was quick enough for the clock to count */
  gint64 most;   /* lost */
} Total;

/* Lets the child write for a while and kills it. Returns what it said; `*killed` is the time. */
static char *
run_and_kill (const char *child, const char *path, guint ms, gint64 *killed)
{
  const char *argv[] = { child, path, NULL };
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  GPid pid;
  int out;
  gssize n;

  g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  /* The clock starts with its first word, so that a slow start is no different. */
  n = read (out, buffer, sizeof buffer);
  g_assert_cmpint (n, >, 0);
  g_string_append_len (said, buffer, n);
  g_usleep (ms * 1000);
  *killed = g_get_monotonic_time ();
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  while ((n = read (out, buffer, sizeof buffer)) > 0)
    g_string_append_len (said, buffer, n);
  close (out);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  return g_string_free (g_steal_pointer (&said), FALSE);
}

static gint64
length_of (const char *path, gint64 message)
{
  g_autofree char *sql = g_strdup_printf ("SELECT length (text) FROM messages WHERE id = %" G_GINT64_FORMAT, message);

  return fixture_ask_number (path, sql);
}

static void
begin_answer (Answer *answer, const char *path, gint64 id)
{
  GArray *begun = answer->begun;

  g_array_set_size (begun, 0);
  *answer = (Answer){ .id = id, .stored = length_of (path, id), .begun = begun };
}

/* What must be true of an answer that was cut off, or is done. */
static void
check_answer (const Answer *answer)
{
  gboolean known = answer->stored == 0;

  g_assert_cmpint (answer->stored, >=, answer->acknowledged);
  for (guint i = 0; i < answer->begun->len; i++)
    known |= g_array_index (answer->begun, gint64, i) == answer->stored;
  g_assert_true (known); /* a whole save, never a part of one */
}

static void
on_text (Answer *answer, gint64 length, gint64 time)
{
  answer->frames++;
  if (!answer->saving)
    answer->waiting++;
  /* A save that took longer than the interval is followed by the next at once, without text in between. */
  g_assert_true (answer->waiting == 0 || answer->frames <= MOST_FRAMES);
  if (length > answer->stored && !answer->first_lost)
    answer->first_lost = time;
}

static void
on_begin (Answer *answer, gint64 length, gint64 time)
{
  g_assert_false (answer->saving);
  answer->saving = TRUE;
  answer->frames = answer->waiting = 0;
  answer->began = time;
  g_array_append_val (answer->begun, length);
}

static void
on_end (Answer *answer, gint64 length, gint64 time)
{
  g_assert_true (answer->saving);
  answer->saving = FALSE;
  answer->acknowledged = length;
  answer->cost = MAX (answer->cost, time - answer->began);
}

/* Goes through what the child said. */
static void
check (const char *path, const char *said, gint64 killed, Total *total)
{
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  g_autoptr (GArray) begun = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *integrity = fixture_ask (path, "PRAGMA integrity_check");
  g_autofree char *broken = fixture_ask (path, "PRAGMA foreign_key_check");
  Answer answer = { .begun = begun };
  gint64 lost;

  g_assert_cmpstr (integrity, ==, "ok");
  g_assert_null (broken);
  for (guint i = 0; lines[i] && lines[i + 1]; i++) { /* the last line may be cut */
    char what[8];
    gint64 id, n, time;
    g_assert_cmpint (sscanf (lines[i], "%7s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, what, &id, &n, &time), ==, 4);
    if (g_str_equal (what, "ack")) {
      g_autofree char *sql = g_strdup_printf ("SELECT parent FROM messages WHERE id = %" G_GINT64_FORMAT, id);
      g_assert_cmpint (length_of (path, n), ==, strlen ("Go on, and on"));
      g_assert_cmpint (fixture_ask_number (path, sql), ==, n);
      begin_answer (&answer, path, id);
    } else {
      g_assert_cmpint (id, ==, answer.id);
      answer.stall = MAX (answer.stall, time - answer.told);
      if (g_str_equal (what, "text"))
        on_text (&answer, n, time);
      else if (g_str_equal (what, "begin"))
        on_begin (&answer, n, time);
      else if (g_str_equal (what, "end"))
        on_end (&answer, n, time);
      else if (g_str_equal (what, "done"))
        g_assert_cmpint (answer.stored, ==, n);
      else
        g_assert_not_reached ();
    }
    answer.told = time;
    if (i > 0 && g_str_equal (what, "done"))
      check_answer (&answer);
  }
  check_answer (&answer);

  total->saves += answer.begun->len;
  lost = answer.first_lost ? killed - answer.first_lost : 0;
  total->most = MAX (total->most, lost);
  total->over += lost > APP_PACE_PROMISE;
  if (answer.saving)
    answer.cost = MAX (answer.cost, killed - answer.began);
  answer.stall = MAX (answer.stall, killed - answer.told);
  if (answer.cost + answer.stall > APP_PACE_PROMISE / 2)
    return; /* the disk or the processor was elsewhere: the promise is for less than that */
  total->measured++;
  g_assert_cmpint (lost, <=, APP_PACE_PROMISE);
}

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *child = g_test_build_filename (G_TEST_BUILT, "crash-child", NULL);
  Total total = { 0 };
  guint interrupted = 0;

  for (int i = 0; i < ROUNDS; i++) {
    gint64 killed;
    g_autofree char *said = run_and_kill (child, fixture->path, g_test_rand_int_range (0, 450), &killed);
    check (fixture->path, said, killed, &total);
  }
  g_test_message ("at most %d ms of an answer lost, more than promised in %d of %d rounds; the clock counted in %d, %d saves began", (int) (total.most / 1000),
                  total.over, ROUNDS, total.measured, total.saves);
  g_assert_cmpint (total.saves, >, ROUNDS / 4);

  /* In the end nothing is under way any more, and what was cut off says so. */
  fixture_open (fixture);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->history)); i++) {
    AppConversation *conversation = conversation_at (fixture, i);
    load (conversation);
    for (guint k = 0; k < n_messages (conversation); k++) {
      AppMessage *message = message_at (conversation, k);
      AppMessageState state = app_message_get_state (message);
      g_assert_true (state == APP_MESSAGE_DONE || (state == APP_MESSAGE_STOPPED && app_message_get_interrupted (message)));
      interrupted += state == APP_MESSAGE_STOPPED;
    }
  }
  g_assert_cmpuint (interrupted, >, ROUNDS / 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/crash/kill", Fixture, NULL, fixture_set_up_closed, test_kill, fixture_tear_down);
  return g_test_run ();
}
