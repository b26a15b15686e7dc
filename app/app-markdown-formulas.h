/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas in Markdown: private to app-markdown.c.
 *
 * CommonMark knows none: it would take \( for an escaped bracket and the _ of a formula for emphasis. So each formula is replaced by one
 * character of a private plane before the parser sees the text, and put back into the tree as a node of its own afterwards. */
#pragma once

#include <cmark-gfm.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct _AppMarkdownFormulas AppMarkdownFormulas;

/* `text` without its formulas is app_markdown_formulas_get_text (). */
AppMarkdownFormulas *app_markdown_formulas_new (const char *text, gsize length);
void app_markdown_formulas_free (AppMarkdownFormulas *self);
const char *app_markdown_formulas_get_text (AppMarkdownFormulas *self, gsize *length);

/* Puts the formulas into the parsed tree; where no formula can be, as in code, their source. */
void app_markdown_formulas_put_back (AppMarkdownFormulas *self, cmark_node *document);

/* The same without the formulas of running text, which stay characters, for app_markdown_formulas_restore (). */
void app_markdown_formulas_put_back_sources (AppMarkdownFormulas *self, cmark_node *document);

/* `text` with what `replace` makes of each formula ((transfer full)) in its place. (transfer full) */
char *app_markdown_formulas_restore (AppMarkdownFormulas *self, const char *text, char *(*replace) (const char *tex, gboolean display));

G_END_DECLS
