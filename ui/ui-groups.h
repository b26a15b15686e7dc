/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What libadwaita 1.2 leaves to be mended in groups of preferences. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Lets the descriptions of all groups below `root` wrap. GtkBox asks them how wide they are at the height that it has given them, and where letters come from
 * several fonts, whose lines differ in height by a part of a pixel, a label then wants to have all of its words on one line, past the edge of the window. */
void ui_groups_wrap (GtkWidget *root);

G_END_DECLS
