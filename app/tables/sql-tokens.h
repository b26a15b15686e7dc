/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement of SQL in its words. Not a grammar: SQLite has that. Enough to see which tables a statement names, and to find the parts of a simple one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { SQL_TOKEN_NAME, SQL_TOKEN_NUMBER, SQL_TOKEN_STRING, SQL_TOKEN_SYMBOL } SqlTokenKind;

typedef struct {
  SqlTokenKind kind;
  gsize start, end; /* in the statement, bytes */
  char *text;       /* a name without its quotes; otherwise as it stands */
  gboolean quoted;  /* a name in quotes is no keyword */
  guint depth;      /* parentheses around it; those of its own count to the inside */
} SqlToken;

/* Without spaces and comments. (transfer full): of SqlToken */
GPtrArray *sql_tokens_new (const char *sql);
/* Whether the token is this keyword or symbol. FALSE behind the last. */
gboolean sql_token_is (const GPtrArray *tokens, guint i, const char *word);
/* The first token from `from` on, outside of all parentheses, that is one of the keywords; the number of tokens if there is none. */
guint sql_tokens_find (const GPtrArray *tokens, guint from, const char *const *words);

G_END_DECLS
