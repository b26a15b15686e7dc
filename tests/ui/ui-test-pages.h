/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes in which WebKit shows pages. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The process ids, of int, of those that this program has started. (transfer full) */
GArray *ui_test_find_pages (void);
/* A file of a process in /proc, or NULL when it has ended. (transfer full) */
char *ui_test_read_process (int pid, const char *file);

G_END_DECLS
