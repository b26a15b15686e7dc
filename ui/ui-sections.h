/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiSections: the conversations of a history with a heading before each day: "Pinned", "Today", "Yesterday", "Last seven days", a month.
 *
 * A GListModel whose items are UiSection (headings) and AppConversation. GTK 4.8 has no sections of its own. */
#pragma once

#include <gio/gio.h>

#include "app-conversation.h"

G_BEGIN_DECLS

#define UI_TYPE_SECTION (ui_section_get_type ())
G_DECLARE_FINAL_TYPE (UiSection, ui_section, UI, SECTION, GObject)

const char *ui_section_get_title (UiSection *self);

#define UI_TYPE_SECTIONS (ui_sections_get_type ())
G_DECLARE_FINAL_TYPE (UiSections, ui_sections, UI, SECTIONS, GObject)

/* `conversations`: AppConversation, pinned ones first, then newest first. */
UiSections *ui_sections_new (GListModel *conversations);

/* Looks at the clock again: yesterday's "Today" becomes "Yesterday". */
void ui_sections_refresh (UiSections *self);

/* The heading over a conversation of that time, seen at `now`. Returns: (transfer full) */
char *ui_sections_dup_title (GDateTime *time, gboolean pinned, GDateTime *now);
/* The day of that time, seen at `now`: "Today", "Yesterday", "Monday", "14 March", "14 March 2025". Returns: (transfer full) */
char *ui_sections_dup_day (GDateTime *time, GDateTime *now);

G_END_DECLS
