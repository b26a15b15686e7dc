/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture without what a camera or a program wrote into it (place, date, names, a thumbnail, a film behind it), as it may be sent to a server.
 * Internal to app/. Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The largest picture that is sent, in bytes. */
#define APP_BARE_PICTURE_MOST (20u * 1024 * 1024)

/* "image/jpeg" or "image/png", which every server that sees knows; NULL for all others and for what is too large. By the first bytes. */
const char *app_bare_picture_type (GBytes *bytes);
/* The pixels and their colours as they were, byte by byte. Returns: (transfer full) (nullable): NULL for another type, or what is not whole. */
GBytes *app_bare_picture (GBytes *bytes);

G_END_DECLS
