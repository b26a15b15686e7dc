/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a model runs, in words. Each is (transfer full), and "" where it is not known, or on a server. */
#pragma once

#include "app-message.h"

G_BEGIN_DECLS

/* "22 of 28 layers on the graphics card (NAME), the rest on the processor" */
char *ui_place_dup_text (const AppPlace *place);
/* "22 of 28 layers on the graphics card" */
char *ui_place_dup_short_text (const AppPlace *place);

G_END_DECLS
