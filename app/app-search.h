/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queries and snippets of the full-text search, without a database. Internal to app/. Pure functions; any thread. */
#pragma once

#include "app-history.h"

G_BEGIN_DECLS

typedef struct {
  gint64 conversation, message; /* message 0: the title */
  AppRole role;
  gint64 time; /* milliseconds since 1970 in UTC */
  char *snippet;
  GArray *ranges; /* of AppRange */
  char *attachment; /* the name of what it was found in; NULL: in the message itself */
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

/* What the index puts around a match: U+FDD0 and U+FDD1, which no text holds, and which are neither space nor punctuation to the parser of Markdown,
 * so that it reads a marked text as it would read the text. */
#define APP_SEARCH_MARK_START "\357\267\220"
#define APP_SEARCH_MARK_END "\357\267\221"

/* One line of a marked text; fills `ranges` with the places of the marks. (transfer full) */
char *app_search_parse_marks (const char *marked, GArray *ranges);
/* One line of a text; fills `ranges` with every place of every word, those that overlap as one. (transfer full) */
char *app_search_find_words (const char *text, char **words, GArray *ranges);
/* The part of a line where the ranges stand closest, or its beginning, with "…" where it goes on; the ranges move along. Takes `line`. (transfer full) */
char *app_search_cut (char *line, GArray *ranges);

/* (transfer full) */
AppSearchHit *app_search_hit_new (AppConversation *conversation, const AppSearchRow *row);

G_END_DECLS
