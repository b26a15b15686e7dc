/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UiBanner: a sentence over the page that stays as long as what it tells of. It can be selected: mostly it names a file. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_BANNER (ui_banner_get_type ())
G_DECLARE_FINAL_TYPE (UiBanner, ui_banner, UI, BANNER, GtkWidget)

/* NULL hides it. */
void ui_banner_set_sentence (UiBanner *self, const char *sentence);

G_END_DECLS
