/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiPreviewEntry: one line of the console of a page: what it printed, what failed, what it was denied. What follows itself without a change is one entry with a count.
 *
 * Properties, all to be read: "level", "text", "source", "line", "count". Main thread. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  UI_PREVIEW_DEBUG,
  UI_PREVIEW_INFO,
  UI_PREVIEW_LOG,
  UI_PREVIEW_WARNING,
  UI_PREVIEW_ERROR,     /* console.error */
  UI_PREVIEW_EXCEPTION, /* an error that nothing caught */
  UI_PREVIEW_REJECTION, /* a promise that failed, likewise */
  UI_PREVIEW_BLOCKED,   /* what the page wanted and did not get */
  UI_PREVIEW_NOTE,      /* a sentence of ours about the page */
} UiPreviewLevel;

#define UI_TYPE_PREVIEW_ENTRY (ui_preview_entry_get_type ())
G_DECLARE_FINAL_TYPE (UiPreviewEntry, ui_preview_entry, UI, PREVIEW_ENTRY, GObject)

/* `source`: a path of the page's, or NULL; `line`: 0 when it is not known. */
UiPreviewEntry *ui_preview_entry_new (UiPreviewLevel level, const char *text, const char *source, guint line);

UiPreviewLevel ui_preview_entry_get_level (UiPreviewEntry *self);
/* (transfer none) */
const char *ui_preview_entry_get_text (UiPreviewEntry *self);
/* (transfer none) (nullable) */
const char *ui_preview_entry_get_source (UiPreviewEntry *self);
guint ui_preview_entry_get_line (UiPreviewEntry *self);
guint ui_preview_entry_get_count (UiPreviewEntry *self);

/* Whether both say the same of the same place. */
gboolean ui_preview_entry_is_like (UiPreviewEntry *self, UiPreviewEntry *other);
void ui_preview_entry_count (UiPreviewEntry *self, guint more);
/* Whether a person would call it a fault of the page. */
gboolean ui_preview_entry_is_fault (UiPreviewEntry *self);

G_END_DECLS
