/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiDeskCode: the source of what lies on the desk. It grows while a model writes, and is edited by hand afterwards; what was edited is kept or discarded below it.
 *
 * Signals: "edited" (): after a pause in editing; "save" (), "discard" (): the person chose so. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_DESK_CODE (ui_desk_code_get_type ())
G_DECLARE_FINAL_TYPE (UiDeskCode, ui_desk_code, UI, DESK_CODE, GtkWidget)

/* As GtkSourceView knows it. */
void ui_desk_code_set_language (UiDeskCode *self, const char *language);
/* Shows `source`, and nothing edited any more. `writing`: it grows, its end is seen, and nobody can edit it. */
void ui_desk_code_show (UiDeskCode *self, const char *source, gboolean writing);
/* What the person has made of it; NULL: nothing is edited. (transfer full) */
char *ui_desk_code_dup_edited (UiDeskCode *self);

G_END_DECLS
