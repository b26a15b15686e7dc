/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSections: the conversations of a history under headings: "Pinned", each folder, then the days: "Today", "Yesterday", "Last seven days", a month.
 * A folder can be folded: its conversations are then not in the list.
 *
 * A GListModel whose items are UiSection (headings) and AppConversation. GTK 4.8 has no sections of its own. */
#pragma once

#include <gio/gio.h>

#include "app-conversation.h"
#include "app-folders.h"

G_BEGIN_DECLS

#define UI_TYPE_SECTION (ui_section_get_type ())
G_DECLARE_FINAL_TYPE (UiSection, ui_section, UI, SECTION, GObject)

const char *ui_section_get_title (UiSection *self);
AppFolder *ui_section_get_folder (UiSection *self); /* NULL for a day; (transfer none) */
/* Of a folder; "state" notifies when these or the name change. */
gboolean ui_section_get_folded (UiSection *self);
guint ui_section_get_n_conversations (UiSection *self);

#define UI_TYPE_SECTIONS (ui_sections_get_type ())
G_DECLARE_FINAL_TYPE (UiSections, ui_sections, UI, SECTIONS, GObject)

/* `conversations`: AppConversation, pinned ones first, then newest first. `folders`: (nullable) */
UiSections *ui_sections_new (GListModel *conversations, AppFolders *folders);

/* Nothing for a day. The signal "folded" () comes when a folder was folded or unfolded. */
void ui_sections_set_folded (UiSections *self, UiSection *section, gboolean folded);
/* The folder of a conversation that is to be seen. */
void ui_sections_unfold (UiSections *self, AppConversation *conversation);
/* The ids (gint64) of the folders that are folded, in ascending order. (transfer full) */
GArray *ui_sections_get_folded (UiSections *self);
/* Folds those of these folders that are there, without the signal. */
void ui_sections_fold (UiSections *self, const gint64 *ids, gsize n_ids);

/* Looks at the clock again: yesterday's "Today" becomes "Yesterday". */
void ui_sections_refresh (UiSections *self);

/* The heading over a conversation of that time, seen at `now`. Returns: (transfer full) */
char *ui_sections_dup_title (GDateTime *time, gboolean pinned, GDateTime *now);
/* The day of that time, seen at `now`: "Today", "Yesterday", "Monday", "14 March", "14 March 2025". Returns: (transfer full) */
char *ui_sections_dup_day (GDateTime *time, GDateTime *now);

G_END_DECLS
