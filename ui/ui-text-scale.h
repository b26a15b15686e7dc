/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Icons grow with the person's text: GTK counts them in pixels, and they stay small beside large words. */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Once, when there is a display; follows the settings from then on. */
void ui_text_scale_follow (GdkDisplay *display);

/* How many times the usual size text has; at least 1. */
double ui_text_scale_get (void);

G_END_DECLS
