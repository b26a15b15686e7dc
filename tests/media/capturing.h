/* SPDX-License-Identifier: MIT */
/* For the tests of cameras and microphones: waiting, and counting what is left over. */
#pragma once

#include <gio/gio.h>

/* Runs the default main context until `*flag`; ends the test when that takes a minute. */
void wait_until (const gboolean *flag);
/* Until *n is at least `least`. */
void wait_for (const guint *n, guint least);
/* Runs it for as long as there is anything to do, without waiting. */
void settle (void);

guint count_descriptors (void);
/* Whether `path` is open in this process. */
gboolean is_open (const char *path);
/* Waits until the process has at most `most` threads; those of GLib's pools that have nothing to do end first. Ends the test when they stay. */
void wait_for_threads (guint most);
guint count_threads (void);
