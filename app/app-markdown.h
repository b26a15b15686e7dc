/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Markdown of answers: CommonMark with GitHub's tables, task lists, strikethrough, autolinks, footnotes and formulas. The window shows it, the search shows its plain
 * words; both read it here, so that they agree. The text is foreign: the limits bound time and stack for any input. Any thread. */
#pragma once

#include <cmark-gfm.h>
#include <glib.h>

G_BEGIN_DECLS

/* Longer texts are not parsed. */
#define APP_MARKDOWN_MAX_BYTES (512 * 1024)
/* Nor is a run of lines without a blank one longer than this: the parser's worst cases are quadratic in it. */
#define APP_MARKDOWN_MAX_PARAGRAPH (32 * 1024)
/* The same holds for a line with more of the bars that part the columns of a table. */
#define APP_MARKDOWN_MAX_BARS 500

/* Whether a text lies within the limits; else it is shown as it is. */
gboolean app_markdown_is_parseable (const char *text);

/* Only what is parseable. Returns: (transfer full), for cmark_node_free () */
cmark_node *app_markdown_parse (const char *text, gsize length);

/* The TeX of a formula, without its delimiters; NULL for all other nodes. Its literal is its source with them. A formula in a line is of the type
 * CMARK_NODE_HTML_INLINE, one on lines of its own CMARK_NODE_HTML_BLOCK. (transfer none) */
const char *app_markdown_get_formula (cmark_node *node);
/* Whether a formula was written to stand on lines of its own. */
gboolean app_markdown_is_display (cmark_node *formula);

/* Where in the text a block at the top of the tree begins, in bytes. */
#define APP_MARKDOWN_NO_OFFSET G_MAXSIZE
gsize app_markdown_get_offset (cmark_node *block);

/* A text as HTML, for the clipboard: raw HTML is left out, and addresses that are not for a browser; formulas are MathML. A text that is not
 * parseable is one preformatted block. (transfer full) */
char *app_markdown_dup_html (const char *text);

/* A text without its marks, a line for each paragraph, item and row of a table; as it is where it is not parseable. (transfer full) */
char *app_markdown_dup_plain (const char *text);

/* The text of a block without its marks: a line for each paragraph and heading. Cut with "…" after `max_bytes`. (transfer full) */
char *app_markdown_plain_text (cmark_node *block, gsize max_bytes);

/* The words of a whole text on one line, without its marks and without the addresses of its links; as it is, on one line, where it is not
 * parseable. (transfer full) */
char *app_markdown_dup_words (const char *text);

/* Runs of white space and control characters become one space. (transfer full) */
char *app_markdown_squeeze (const char *text);

G_END_DECLS
