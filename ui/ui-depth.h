/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The depths of thinking (app-thinking.h) in words, where a person chooses one. */
#pragma once

#include <adwaita.h>

#include "app-thinking.h"

G_BEGIN_DECLS

const char *ui_depth_get_title (AppDepth depth);    /* translated: "Compact" */
const char *ui_depth_get_subtitle (AppDepth depth); /* translated: what that means */

/* The depths that can be chosen here, in their order, so that the number of a line is that of its depth. `first`: (nullable) a line before all. (transfer full) */
GtkStringList *ui_depth_list (const char *first);

G_END_DECLS
