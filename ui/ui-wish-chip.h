/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiWishChip: what is written is to become something: "Make: Game", until that is removed again.
 *
 * Signal: "remove" (). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_WISH_CHIP (ui_wish_chip_get_type ())
G_DECLARE_FINAL_TYPE (UiWishChip, ui_wish_chip, UI, WISH_CHIP, GtkWidget)

/* As AppTurn has it. Nothing is to be seen of "". */
void ui_wish_chip_set_wish (UiWishChip *self, const char *wish);

/* What can be made, each with the action `action` (s: the wish). (transfer full) */
GMenu *ui_wish_menu_new (const char *action);

G_END_DECLS
