/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links in answers: only http, https and mailto, and never opened before the person has seen all of the address. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether `url` may become a link: http or https with a host, or mailto with an address; no control characters;
 * at most 8 KiB. (nullable) */
gboolean ui_link_is_allowed (const char *url);

/* `url` for the eye: characters that are invisible or turn the writing direction are shown percent-encoded.
 * Returns: (transfer full) */
char *ui_link_dup_display (const char *url);

/* Shows the complete address over the window of `widget` and opens it only if the person says so.
 * Does nothing when the address is not allowed. */
void ui_link_open (GtkWidget *widget, const char *url);

G_END_DECLS
