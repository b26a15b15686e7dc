/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiAnnouncer: says sentences to a screen reader, one after the other, and shows nothing.
 *
 * Its accessible is an alert of no size whose name is the newest sentence: one change of a name for each sentence, and none for a token. From GTK 4.14 on
 * the sentence is announced by GTK's own call too, which a screen reader speaks whatever it looks at; before, it depends on the
 * screen reader whether it follows the alert. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_ANNOUNCER (ui_announcer_get_type ())
G_DECLARE_FINAL_TYPE (UiAnnouncer, ui_announcer, UI, ANNOUNCER, GtkWidget)

/* Announces the sentences of a text that grows, each when it is whole and once; a text that does not go on with what was announced before is begun anew.
 * `final`: nothing more comes, so that the last words are a sentence too. */
void ui_announcer_follow (UiAnnouncer *self, const char *markdown, gboolean final);

/* `markdown` counts as announced: what was there before. */
void ui_announcer_skip (UiAnnouncer *self, const char *markdown);

G_END_DECLS
