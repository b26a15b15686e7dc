/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tools for artifacts share. Main thread. */
#pragma once

#include "app-artifacts.h"
#include "tool.h"

G_BEGIN_DECLS

/* For AppTool.is_offered. */
gboolean tool_has_artifacts (const AppToolScope *scope); /* there is a place for them */
gboolean tool_has_made (const AppToolScope *scope);      /* there is one */
/* The newest with this title, or the newest of all for "". NULL with an error that names those there are. (transfer none) */
AppVersion *tool_find_version (const AppToolScope *scope, const char *title, GError **error);
/* Looks at a version that is whole, and answers `task` (transfer full) with what was seen, behind `words` (transfer full). */
void tool_look (const AppToolScope *scope, AppVersion *version, char *words, GTask *task);

G_END_DECLS
