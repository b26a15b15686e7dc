/* SPDX-License-Identifier: MIT */
/* What the parts of the reader of OpenDocument share: odf.c has the text, lists, notes and slides, odf-styles.c what words and lists look like,
 * odf-tables.c tables and sheets. */
#pragma once

#include "extract.h"
#include "grid.h"
#include "xml.h"

/* Levels of lists. */
#define ODF_LEVELS 10
/* Spans in spans, lists in lists, boxes in boxes. */
#define ODF_NESTING 32

typedef struct {
  unsigned bits; /* MarkdownStyle */
  char *parent;
} OdfTextStyle;

typedef struct {
  bool ordered[ODF_LEVELS + 1];
  unsigned start[ODF_LEVELS + 1];
} OdfListStyle;

/* A cell of the row that is read. */
typedef struct {
  unsigned column, repeated;
  size_t text; /* in `texts` */
  Cell value;
} OdfCell;

typedef struct {
  Extract *extract;
  Markdown *m; /* of the document, or of a note */
  bool sheets; /* ODS */
  GHashTable *text_styles, *list_styles; /* by name */
  OdfTextStyle *text_style;                 /* while it is read */
  OdfListStyle *list_style;
  GPtrArray *titles; /* of the slides, of GString */
  bool find_titles;  /* the first of two passes over a presentation */

  unsigned n_paragraphs; /* that are open: a box stands within one */
  unsigned spans[ODF_NESTING];
  unsigned n_spans;
  const OdfListStyle *lists[ODF_NESTING];
  unsigned n_lists;
  unsigned n_slides;
  bool in_title_box;
  GPtrArray *notes; /* of char: Markdown */
  bool in_note;
  size_t speaker;   /* where the notes of a slide begin */
  bool in_speaker;

  /* ODS: the cells of a row are kept until it ends, for it may be repeated. */
  Grid *grid;
  bool in_sheet;
  unsigned in_cell;
  uint64_t row;
  unsigned column;
  long row_repeated, cell_repeated;
  Cell value;       /* of the cell that is read; without its text */
  bool has_formula;
  GString *cell;    /* its text */
  GString *date;    /* its date or time */
  GString *style_name; /* of the style that is read */
  GHashTable *hidden; /* names of the styles of hidden sheets */
  GString *texts;   /* of the cells of the row, each with a NUL behind */
  GArray *cells;    /* of OdfCell */
} Odf;

/* ---- odf.c ---- */

/* Sets extract->format to "ODT", "ODP" or "ODS". */
bool odf_matches (Extract *extract);
/* `grid`: where the cells of an ODS file go; NULL for the others. */
void odf_read (Extract *extract, Grid *grid);

/* ---- odf-styles.c ---- */

/* Makes the tables of styles and reads those of styles.xml; content.xml has more of them, for whose elements these are. */
void odf_read_styles (Odf *odf);
void odf_style_start (Xml *xml, void *data);
void odf_style_end (Xml *xml, void *data);
void odf_text_properties (Xml *xml, void *data);
void odf_table_properties (Xml *xml, void *data);
void odf_list_style_start (Xml *xml, void *data);
void odf_list_style_end (Xml *xml, void *data);
void odf_list_number (Xml *xml, void *data);
#define ODF_STYLE_ELEMENTS                                                                           \
  { "style", odf_style_start, odf_style_end }, { "text-properties", odf_text_properties, NULL },     \
  { "table-properties", odf_table_properties, NULL }, \
  { "list-style", odf_list_style_start, odf_list_style_end }, { "list-level-style-number", odf_list_number, NULL }
/* Whether the paragraph's style is the title of the document, by its own name or the one that it is based on. */
bool odf_is_title (const Odf *odf, const char *name);

/* ---- odf-tables.c: elements ---- */

void odf_table_start (Xml *xml, void *data);
void odf_table_end (Xml *xml, void *data);
void odf_row_start (Xml *xml, void *data);
void odf_row_end (Xml *xml, void *data);
void odf_cell_start (Xml *xml, void *data);
void odf_cell_end (Xml *xml, void *data);
