/* SPDX-License-Identifier: MIT */
/* Between markdown.c (blocks and containers), markdown-inline.c (words and styles) and markdown-table.c. */
#pragma once

#include <glib.h>

#include "markdown.h"

/* Rows are arrays of cells, cells are Markdown of their own, of any number of lines. */
typedef struct {
  GPtrArray *rows; /* of GPtrArray of GString */
  guint columns;   /* of the widest row */
  bool layout;     /* may be one that only places things */
  bool places;     /* is one */
  bool nested;     /* holds another table */
} Table;

typedef struct {
  MarkdownContainer kind;
  bool written;  /* something stands in it */
  bool ordered;  /* LIST */
  guint number;  /* LIST: of the next item; ITEM: its own, 0 for a dash */
  guint width;   /* ITEM: of its mark */
  guint flat;    /* ITEM of markdown_flat_item (): its depth */
  Table *table;  /* TABLE */
  GString *outside; /* CELL: what the writer goes back to */
  guint outside_base;
  bool outside_after_item;
} Container;

struct Markdown {
  size_t max, used; /* bytes */
  GString *out;     /* of the document, or of the innermost cell */
  guint base;       /* the first container that stands in `out` */
  GArray *stack;    /* of Container */
  guint too_deep;   /* containers that were not opened */
  bool after_item;  /* the last block of `out` stood in an item */
  guint after_flat; /* and this was the depth of its flat item */
  size_t mark;
  bool mark_heading;
  uint64_t words;
  bool in_word;

  /* The block that is open. */
  enum { BLOCK_NONE, BLOCK_PARAGRAPH, BLOCK_HEADING } block;
  guint level;
  GString *line;     /* as it will be written, but for its prefix */
  bool space;        /* white space was read and not written yet */
  bool new_line;     /* likewise a break */
  unsigned style;    /* whose marks are open */
  bool link_open;
  char *url;         /* of the link that is open or will be; NULL if none */
};

/* Writes one block. */
void markdown_emit (Markdown *markdown, const char *block, bool heading);
/* Closes the innermost container. */
void markdown_pop (Markdown *markdown);

/* Ends styles and link, as far as they are open. */
void markdown_close_marks (Markdown *markdown);
void markdown_count_words (Markdown *markdown, const char *text);

Table *markdown_table_new (bool layout);
void markdown_table_free (Table *table);
void markdown_table_add_row (Table *table);
/* Returns: (transfer none) */
GString *markdown_table_add_cell (Table *table, guint span);
void markdown_table_write (Markdown *markdown, const Table *table);
