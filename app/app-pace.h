/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppPace: when a growing text is saved next, so that a crash loses less than 250 ms of it. Internal to app/. Plain arithmetic on the times that it is told,
 * in microseconds of any clock that only goes forward; the caller has the timer.
 *
 * One save runs at a time and takes all that is there when it begins. A change that comes just after that waits for the next one: for what is left of the
 * interval, or of the save under way when that takes longer, and then for its own save. So the oldest change that is not stored is never older than
 *
 *   max (interval, save) + save
 *
 * The interval is 120 ms, and less where saves are slow: 200 ms less two saves. That keeps the promise for saves of up to 125 ms each, and leaves at least
 * 50 ms for a busy main loop while they take up to 100 ms. What a save takes is measured, with its wait for other jobs of the database: the longest of
 * late, which fades.
 *
 * A save is safe from the end of the program as soon as its bytes are handed to the system, and from the end of the power when it has ended. So a disk
 * that is slower than that breaks the promise for the second only, unless a single save takes longer than 250 ms. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The promise. */
#define APP_PACE_PROMISE (250 * 1000)

typedef struct {
  gint64 oldest;  /* when the oldest change came that no save has taken; -1: none */
  gint64 taken;   /* …that the save under way has taken; -1: none is under way */
  gint64 began;   /* when the newest save began; -1: never */
  gint64 cost;    /* what a save takes */
} AppPace;

void app_pace_init (AppPace *pace);
/* The text changed. */
void app_pace_changed (AppPace *pace, gint64 now);
/* A save begins; none is under way. */
void app_pace_begin (AppPace *pace, gint64 now);
/* It has ended. Not `stored`: what it had taken is to be saved again. */
void app_pace_end (AppPace *pace, gint64 now, gboolean stored);

gboolean app_pace_is_saving (const AppPace *pace);
/* Whether something changed that no save has taken. */
gboolean app_pace_is_dirty (const AppPace *pace);
/* When the next save is to begin, perhaps in the past; -1 while there is nothing to save, or a save is under way. */
gint64 app_pace_due (const AppPace *pace);

G_END_DECLS
