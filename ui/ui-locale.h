/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The person's language and numbers, for all of the program: before anything of GTK. The translations are where they were installed,
 * or in $MELETE_LOCALEDIR: in a build folder that is "po". */
void ui_locale_init (void);
