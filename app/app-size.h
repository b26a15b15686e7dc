/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes for a person to read. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "98.4 MB", "400 MB", "1 GB": no more than three digits, and none after the point that says nothing. (transfer full) */
char *app_size_dup_text (guint64 bytes);

G_END_DECLS
