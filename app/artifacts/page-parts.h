/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages that the program draws itself have in common: dashboards, starting points. */
#pragma once

#include <gio/gio.h>

#include "app-bundle.h"

G_BEGIN_DECLS

/* Of the program, "de-DE"; "en" where it speaks none. (transfer full) */
char *page_dup_language (void);
gboolean page_is_right_to_left (const char *language);
/* The file `name` of `resource`, which stands there behind `prefix`. Errors: APP_ERROR_MISSING. */
gboolean page_add_resource (AppBundle *bundle, GResource *resource, const char *prefix, const char *name, GError **error);

/* Whether a word of `text` begins with `beginning`; both in small letters. */
gboolean words_begin (const char *text, const char *beginning);
/* …with one of these, between which `separator` stands. */
gboolean words_begin_any (const char *text, const char *beginnings, const char *separator);

G_END_DECLS
