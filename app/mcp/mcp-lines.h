/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppMcpLines: cuts what a program writes into lines, none longer than a bound. Internal to app/. Any thread, one at a time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _AppMcpLines AppMcpLines;

/* One line without its end ("\n" or "\r\n"), valid UTF-8 and ended by NUL; empty ones are left out. FALSE: no more of this piece. */
typedef gboolean (*AppMcpLineFunc) (const char *line, gsize n_bytes, gpointer data);

AppMcpLines *app_mcp_lines_new (gsize max, AppMcpLineFunc func, gpointer data);
void app_mcp_lines_free (AppMcpLines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppMcpLines, app_mcp_lines_free)

/* FALSE: a line is too long; then nothing more may be fed. */
gboolean app_mcp_lines_feed (AppMcpLines *self, const char *bytes, gsize n_bytes);

G_END_DECLS
