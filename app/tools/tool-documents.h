/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tool.h"

G_BEGIN_DECLS

/* For AppTool.is_offered: something is attached that has words. */
gboolean tool_has_documents (const AppToolScope *scope);

G_END_DECLS
