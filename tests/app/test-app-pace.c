/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The promise about growing answers, in virtual time: pieces, saves and a busy main loop are drawn, and no clock is read. */
#include <glib.h>

#include "app-pace.h"

#define MS 1000
#define FOREVER G_MAXINT64

/* What is drawn: how far pieces lie apart, how long a save takes, and how late the main loop comes to what is ready. In microseconds, at most. */
typedef struct {
  int gap, cost, stall;
  gboolean steady; /* always as much as that, rather than up to it */
} Load;

typedef struct {
  gint64 oldest; /* the greatest age of a piece when it was stored */
  int saves;
} Seen;

static gint64
draw (const Load *load, int most)
{
  return load->steady || most == 0 ? most : g_test_rand_int_range (0, most + 1);
}

/* Runs `duration` of an answer, as AppAnswer does: the due time is looked at when a piece comes and when a save has ended. */
static Seen
run (const Load *load, gint64 duration)
{
  AppPace pace;
  Seen seen = { 0, 0 };
  gint64 now = 0;
  gint64 piece = 0, timer = FOREVER, stored = FOREVER, heard = FOREVER; /* when each comes next */
  gint64 waiting = -1, taken = -1;                                      /* the oldest piece that no save has; that the one under way has */

  app_pace_init (&pace);
  for (;;) {
    gint64 due;
    now = MIN (MIN (piece, timer), MIN (stored, heard));
    if (now > duration)
      break;
    if (now == stored) {
      stored = FOREVER;
      seen.oldest = MAX (seen.oldest, now - taken);
      taken = -1;
    } else if (now == heard) {
      heard = FOREVER;
      app_pace_end (&pace, now, TRUE);
    } else if (now == piece) {
      piece = now + MAX (1, draw (load, load->gap));
      app_pace_changed (&pace, now);
      if (waiting < 0)
        waiting = now;
    }
    due = app_pace_due (&pace);
    if (timer == FOREVER && due >= 0)
      timer = due <= now ? now : due + draw (load, load->stall);
    if (now == timer) {
      timer = FOREVER;
      app_pace_begin (&pace, now);
      taken = waiting;
      waiting = -1;
      seen.saves++;
      stored = now + draw (load, load->cost);
      heard = stored + draw (load, load->stall);
      g_assert_cmpint (taken, >=, 0); /* nothing is saved without need */
    }
  }
  return seen;
}

/* Whatever the saves and the main loop do within the bounds, and however it changes, nothing is older than the promise when it is stored. */
static void
test_promise (void)
{
  for (int i = 0; i < 2000; i++) {
    int together = g_test_rand_int_range (0, APP_PACE_PROMISE / 2 + 1);
    int stall = g_test_rand_int_range (0, together + 1);
    Load load = { g_test_rand_int_range (1, 400 * MS), together - stall, stall, FALSE };
    Seen seen = run (&load, 30000 * MS);
    if (seen.oldest > APP_PACE_PROMISE)
      g_test_message ("pieces up to %d µs apart, saves up to %d µs, main loop late by up to %d µs", load.gap, load.cost, load.stall);
    g_assert_cmpint (seen.oldest, <=, APP_PACE_PROMISE);
  }
}

/* Where saves are slow they begin sooner, so that 50 ms of the promise are left. */
static void
test_slow_saves (void)
{
  for (int cost = 0; cost <= 100 * MS; cost += 5 * MS) {
    Load load = { 2 * MS, cost, 0, TRUE };
    g_assert_cmpint (run (&load, 30000 * MS).oldest, <=, APP_PACE_PROMISE - 50 * MS);
  }
}

/* And where they are quick, nothing is saved more often than the promise needs. */
static void
test_quick_saves (void)
{
  Load fast = { 2 * MS, 10 * MS, 0, TRUE }, slow = { 300 * MS, 10 * MS, 0, TRUE };
  Seen seen = run (&fast, 12000 * MS);

  g_assert_cmpint (seen.saves, >=, 95);
  g_assert_cmpint (seen.saves, <=, 101);
  seen = run (&slow, 12000 * MS); /* one for each piece, at once */
  g_assert_cmpint (seen.saves, ==, 41);
  g_assert_cmpint (seen.oldest, ==, 10 * MS);
}

/* What a save took that failed is to be saved again; one slow save is forgotten after a while. */
static void
test_steps (void)
{
  AppPace pace;
  gint64 now = 5;

  app_pace_init (&pace);
  g_assert_cmpint (app_pace_due (&pace), ==, -1);
  app_pace_changed (&pace, now);
  g_assert_cmpint (app_pace_due (&pace), ==, now);
  app_pace_begin (&pace, now);
  g_assert_true (app_pace_is_saving (&pace));
  g_assert_false (app_pace_is_dirty (&pace));
  app_pace_end (&pace, now + 1 * MS, FALSE);
  g_assert_false (app_pace_is_saving (&pace));
  g_assert_true (app_pace_is_dirty (&pace));

  now += 1000 * MS;
  app_pace_begin (&pace, now);
  app_pace_changed (&pace, now + 1 * MS);
  g_assert_cmpint (app_pace_due (&pace), ==, -1);
  app_pace_end (&pace, now + 100 * MS, TRUE);
  g_assert_cmpint (app_pace_due (&pace), ==, now + 1 * MS); /* long due */
  for (int i = 0; i < 10; i++) {
    now += 1000 * MS;
    app_pace_changed (&pace, now);
    app_pace_begin (&pace, now);
    app_pace_end (&pace, now + 1 * MS, TRUE);
  }
  app_pace_changed (&pace, now + 2 * MS);
  g_assert_cmpint (app_pace_due (&pace), ==, now + 120 * MS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/pace/promise", test_promise);
  g_test_add_func ("/app/pace/slow-saves", test_slow_saves);
  g_test_add_func ("/app/pace/quick-saves", test_quick_saves);
  g_test_add_func ("/app/pace/steps", test_steps);
  return g_test_run ();
}
