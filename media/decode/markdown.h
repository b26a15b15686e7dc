/* SPDX-License-Identifier: MIT */
/* Writes Markdown from what the parser of a document says: blocks, containers, tables, and runs of text with a style.
 *
 * Whatever the document says is escaped, so that its words are never taken for marks: above all, "[" at the beginning of a line is always
 * this writer's own. Memory is bounded by `max_bytes`; when that is used up, the writer is full and lets further words go.
 *
 * A writer is a stack of containers (quotes, items of lists, tables, rows, cells). A cell has an output of its own; a table is written when
 * it ends and its columns are known. Closing what is not open does nothing: documents are often nested badly. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Markdown Markdown;

typedef enum { MARKDOWN_BOLD = 1, MARKDOWN_ITALIC = 2, MARKDOWN_STRIKE = 4, MARKDOWN_CODE = 8 } MarkdownStyle;

typedef enum { MARKDOWN_QUOTE, MARKDOWN_LIST, MARKDOWN_ITEM, MARKDOWN_TABLE, MARKDOWN_ROW, MARKDOWN_CELL } MarkdownContainer;

/* Containers beyond this depth are left out, their words are not. */
#define MARKDOWN_MAX_DEPTH 64
/* Columns of a table beyond this number are joined to the last one. */
#define MARKDOWN_MAX_COLUMNS 128

Markdown *markdown_new (size_t max_bytes);
void markdown_free (Markdown *markdown);
/* Closes everything and gives the text, no longer than max_bytes, valid UTF-8. `cut`: whether that is not all; may be NULL. Returns: g_free () it. */
char *markdown_finish (Markdown *markdown, bool *cut);
/* Nothing more is taken. */
bool markdown_is_full (const Markdown *markdown);
/* Words of the document, without those that the writer or the parser added. */
uint64_t markdown_get_words (const Markdown *markdown);

/* Begins a block, and ends the one that was open. Text outside of a block begins a paragraph. `level`: from 1. */
void markdown_begin_paragraph (Markdown *markdown);
void markdown_begin_heading (Markdown *markdown, unsigned level);
void markdown_end_block (Markdown *markdown);

/* Words of the document; runs of white space count as one space. `style`: MarkdownStyle bits. */
void markdown_text (Markdown *markdown, const char *text, size_t length, unsigned style);
/* The parser's own words, not counted: "Slide 3: ". */
void markdown_own_text (Markdown *markdown, const char *text);
/* A new line within the block. */
void markdown_break (Markdown *markdown);
/* What follows leads to `url`, until the link or the block ends (NULL). Only addresses of the web and of e-mail are written. */
void markdown_link (Markdown *markdown, const char *url);
/* The parser's own words within a block, in square brackets, not escaped and not counted: "[^1]". */
void markdown_remark (Markdown *markdown, const char *words);

/* Blocks of their own. */
void markdown_code_block (Markdown *markdown, const char *text, size_t length);
void markdown_rule (Markdown *markdown);
/* The parser's own words about the document, in square brackets. */
void markdown_remark_block (Markdown *markdown, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
/* The note that markdown_remark ("^1") refers to; `text` is Markdown already. */
void markdown_note (Markdown *markdown, unsigned number, const char *text);

void markdown_open_quote (Markdown *markdown);
/* `start`: the first number. */
void markdown_open_list (Markdown *markdown, bool ordered, unsigned start);
void markdown_open_item (Markdown *markdown);
/* `layout`: in this format tables are also used to place things, so that one which does not look like a table is written as blocks. */
void markdown_open_table (Markdown *markdown, bool layout);
/* This table only places things. */
void markdown_table_is_layout (Markdown *markdown);
void markdown_open_row (Markdown *markdown);
/* `span`: the columns that it takes, at least 1. */
void markdown_open_cell (Markdown *markdown, unsigned span);
/* Closes the innermost container of that kind with all that is in it. */
void markdown_close (Markdown *markdown, MarkdownContainer container);
bool markdown_is_in (const Markdown *markdown, MarkdownContainer container);

/* For formats whose lists are only paragraphs with a depth: what follows is an item of depth `depth`, from 1. 0: no item any more. `number`: 0 if not ordered. */
void markdown_flat_item (Markdown *markdown, unsigned depth, unsigned number);

/* To put a heading before a part of the document when it turns out to have none: the place, outside of all containers … */
size_t markdown_mark (Markdown *markdown);
/* … what became of it since: whether anything was written, and whether that began with a heading … */
bool markdown_wrote (const Markdown *markdown, size_t mark, bool *heading);
/* … and the heading. */
void markdown_insert_heading (Markdown *markdown, size_t mark, unsigned level, const char *text);
