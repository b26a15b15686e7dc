/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PreviewLog: the last entries of a page's console, a GListModel of UiPreviewEntry. Main thread. */
#pragma once

#include <gio/gio.h>

#include "ui-preview-entry.h"

G_BEGIN_DECLS

#define PREVIEW_LOG_MAX 500

#define PREVIEW_TYPE_LOG (preview_log_get_type ())
G_DECLARE_FINAL_TYPE (PreviewLog, preview_log, PREVIEW, LOG, GObject)

PreviewLog *preview_log_new (void);
/* The entry that says it now: `entry` itself, or the one before when that is like it. (transfer none) */
UiPreviewEntry *preview_log_add (PreviewLog *self, UiPreviewEntry *entry);
void preview_log_clear (PreviewLog *self);

G_END_DECLS
