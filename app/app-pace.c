/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-pace.h"

#define LONGEST_INTERVAL (120 * 1000)
/* What the wait and the save shall take together, with the rest of the promise to spare. */
#define AIM (200 * 1000)

void
app_pace_init (AppPace *pace)
{
  *pace = (AppPace){ .oldest = -1, .taken = -1, .began = -1 };
}

void
app_pace_changed (AppPace *pace, gint64 now)
{
  if (pace->oldest < 0)
    pace->oldest = now;
}

void
app_pace_begin (AppPace *pace, gint64 now)
{
  g_assert (pace->taken < 0);
  pace->taken = pace->oldest < 0 ? now : pace->oldest;
  pace->oldest = -1;
  pace->began = now;
}

void
app_pace_end (AppPace *pace, gint64 now, gboolean stored)
{
  g_assert (pace->taken >= 0);
  if (!stored)
    pace->oldest = pace->taken;
  pace->taken = -1;
  pace->cost = MAX (now - pace->began, pace->cost * 3 / 4);
}

gboolean
app_pace_is_saving (const AppPace *pace)
{
  return pace->taken >= 0;
}

gboolean
app_pace_is_dirty (const AppPace *pace)
{
  return pace->oldest >= 0;
}

gint64
app_pace_due (const AppPace *pace)
{
  if (pace->oldest < 0 || pace->taken >= 0)
    return -1;
  if (pace->began < 0)
    return pace->oldest;
  return MAX (pace->oldest, pace->began + CLAMP (AIM - 2 * pace->cost, 0, LONGEST_INTERVAL));
}
