/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queries and snippets of the full-text search, without a database. Internal to app/. Pure functions; any thread. */
#pragma once

#include "app-history.h"

G_BEGIN_DECLS

typedef struct {
  gint64 conversation, message; /* message 0: the title */
  char *snippet;
  GArray *ranges; /* of AppRange */
} AppSearchRow;

AppSearchRow *app_search_row_new (void);
void app_search_row_free (AppSearchRow *row);

/* The words of a query; white space parts them. (transfer full) */
char **app_search_words (const char *query);
/* Words that FTS5's tokenizer cannot part: writing without spaces (Han, kana, Thai…), or words without letter and digit. They are searched as they are. */
gboolean app_search_is_plain (char **words);
/* The words as an FTS5 expression in which nothing is an operator. (transfer full) */
char *app_search_fts_expression (char **words);
/* A word as a LIKE pattern with escape character '\'. (transfer full) */
char *app_search_like_pattern (const char *word);

/* Marks around a match in what snippet () gives; control characters that no text should hold. */
#define APP_SEARCH_MARK_START '\001'
#define APP_SEARCH_MARK_END '\002'

/* Makes one line of a marked snippet and fills `ranges`. (transfer full) */
char *app_search_parse_marks (const char *marked, GArray *ranges);
/* The surroundings of the first word in `text` as one line, with every word's places in it. (transfer full) */
char *app_search_plain_snippet (const char *text, char **words, GArray *ranges);

/* (transfer full) */
AppSearchHit *app_search_hit_new (AppConversation *conversation, const AppSearchRow *row);

G_END_DECLS
