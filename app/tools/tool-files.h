/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tools for files share. */
#pragma once

#include <glib/gi18n.h>

#include "tool.h"

G_BEGIN_DECLS

/* For AppTool.is_offered: there is a folder for files. */
gboolean tool_has_files (const AppToolScope *scope);
/* A file that is text, UTF-8 without NUL. (transfer full) (nullable) */
char *tool_read_text (AppWorkspace *workspace, const char *path, GError **error);
/* "Wrote notes.txt (12 bytes)." with what is in the file now. (transfer full) */
AppToolResult *tool_written (const char *path, const char *text);

G_END_DECLS
