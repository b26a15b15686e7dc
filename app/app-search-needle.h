/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppSearchNeedle: a query that is looked for in a text which no index knows, by the rules of the index: every word must occur, in any case and with or
 * without accents, and the last one may be a beginning; a word with signs inside is a phrase. Writing without spaces is searched as it is. Internal to app/.
 * Immutable; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _AppSearchNeedle AppSearchNeedle;

/* `words`: of app_search_words (). (transfer full) (nullable): NULL when there is nothing to look for */
AppSearchNeedle *app_search_needle_new (char **words);
void app_search_needle_free (AppSearchNeedle *needle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppSearchNeedle, app_search_needle_free)

/* The text with APP_SEARCH_MARK_START and …_END around each match, NULL when a word does not occur. `text` must be UTF-8. Takes time in proportion to its
 * length. (transfer full) (nullable) */
char *app_search_needle_mark (const AppSearchNeedle *needle, const char *text);

G_END_DECLS
