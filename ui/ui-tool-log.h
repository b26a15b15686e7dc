/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiToolLog: the page of the preferences on tools: whether answers may call any, what needs not be asked for any more, to be taken back, and the log of all that was ever called. */
#pragma once

#include <adwaita.h>

#include "app-history.h"

G_BEGIN_DECLS

#define UI_TYPE_TOOL_LOG (ui_tool_log_get_type ())
G_DECLARE_FINAL_TYPE (UiToolLog, ui_tool_log, UI, TOOL_LOG, AdwPreferencesPage)

UiToolLog *ui_tool_log_new (AppHistory *history);

G_END_DECLS
