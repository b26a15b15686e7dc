/* SPDX-License-Identifier: MIT */
/* DOCX: the text of a Word document as it stands when all tracked changes are accepted. Styles tell headings, the numbering part tells lists; headers, footers and
 * comments are left out. Footnotes and endnotes follow at the end. */
#include <string.h>

#include "docx-styles.h"

#define MAX_NOTES 5000
/* Bytes of one note. */
#define MAX_NOTE (64 * 1024)
/* Text boxes in text boxes. */
#define MAX_BOXES 8

typedef struct {
  bool begun; /* its block is open */
  char *style;
  int heading, list, level; /* as in DocxStyle, said by the paragraph itself */
} Paragraph;

typedef struct {
  Extract *extract;
  Markdown *m; /* of the document, or of a note */
  GHashTable *relations;
  DocxStyles *styles;
  GHashTable *notes;      /* "footnote 2" → Markdown text */
  GPtrArray *labels;      /* keys of notes, in the order in which they are referred to */
  const char *note_kind;  /* while notes are read */
  char *note_key;

  Paragraph paragraph;
  Paragraph outside[MAX_BOXES]; /* paragraphs around text boxes */
  unsigned n_boxes;
  unsigned run;           /* MarkdownStyle of the run */
  bool hidden;            /* the run is not shown */
  bool in_text;
  bool cell_waits;        /* a cell has begun whose span is not known yet */
  unsigned cell_span;
} Docx;

/* Of the main part. */
static const char *const types[] = { "wordprocessingml", "ms-word", NULL };

static bool
matches (Extract *extract)
{
  return ooxml_matches (extract, types);
}

/* ---- the text -------------------------------------------------------------------------------------------------------------- */

static void
open_cell (Docx *docx)
{
  if (docx->cell_waits)
    markdown_open_cell (docx->m, docx->cell_span);
  docx->cell_waits = false;
}

/* The first words of a paragraph: by now its properties are known. */
static void
begin (Docx *docx)
{
  Paragraph *paragraph = &docx->paragraph;
  DocxStyle style = { NULL, paragraph->heading, paragraph->list, paragraph->level };

  if (paragraph->begun)
    return;
  paragraph->begun = true;
  docx_styles_inherit (docx->styles, paragraph->style, &style);
  int level = CLAMP (style.level, 0, DOCX_LEVELS - 1);
  if (style.heading > 0) {
    markdown_flat_item (docx->m, 0, 0);
    markdown_begin_heading (docx->m, (unsigned) style.heading);
  } else {
    markdown_flat_item (docx->m, style.list > 0 ? (unsigned)level + 1 : 0, style.list > 0 ? docx_styles_next_number (docx->styles, style.list, level) : 0);
    markdown_begin_paragraph (docx->m);
  }
}

static void
clear_paragraph (Docx *docx)
{
  g_free (docx->paragraph.style);
  docx->paragraph = (Paragraph) { false, NULL, -1, -1, -1 };
}

static void
paragraph_start (Xml *xml, void *data)
{
  Docx *docx = data;
  open_cell (docx);
  markdown_end_block (docx->m);
  clear_paragraph (docx);
}

static void
paragraph_end (Xml *xml, void *data)
{
  Docx *docx = data;
  markdown_end_block (docx->m);
  clear_paragraph (docx);
}

static void
paragraph_style (Xml *xml, void *data)
{
  Docx *docx = data;
  g_free (docx->paragraph.style);
  docx->paragraph.style = g_strdup (xml_attribute (xml, "val"));
}

static void
paragraph_list (Xml *xml, void *data)
{
  ((Docx *) data)->paragraph.list = (int) xml_number (xml, "val", -1);
}

static void
paragraph_level (Xml *xml, void *data)
{
  ((Docx *) data)->paragraph.level = (int) xml_number (xml, "val", -1);
}

static void
paragraph_outline (Xml *xml, void *data)
{
  long level = xml_number (xml, "val", 9);
  ((Docx *) data)->paragraph.heading = level >= 0 && level < 9 ? (int) level + 1 : 0;
}

static void
run_start (Xml *xml, void *data)
{
  Docx *docx = data;
  docx->run = 0;
  docx->hidden = false;
}

#define RUN_STYLE(name, bit)                        \
  static void name (Xml *xml, void *data)           \
  {                                                 \
    Docx *docx = data;                              \
    docx->run &= ~(unsigned) (bit);                 \
    docx->run |= xml_is_on (xml, "val") ? (bit) : 0; \
  }
RUN_STYLE (bold, MARKDOWN_BOLD)
RUN_STYLE (italic, MARKDOWN_ITALIC)
RUN_STYLE (strike, MARKDOWN_STRIKE)

static void
vanish (Xml *xml, void *data)
{
  ((Docx *) data)->hidden = xml_is_on (xml, "val");
}

static void
text_start (Xml *xml, void *data)
{
  ((Docx *) data)->in_text = true;
}

static void
text_end (Xml *xml, void *data)
{
  ((Docx *) data)->in_text = false;
}

static void
on_text (Xml *xml, const char *text, void *data)
{
  Docx *docx = data;
  if (!docx->in_text || docx->hidden || text[0] == '\0')
    return;
  begin (docx);
  markdown_text (docx->m, text, strlen (text), docx->run);
}

static void
add_text (Docx *docx, const char *text)
{
  if (!docx->hidden && docx->paragraph.begun)
    markdown_text (docx->m, text, strlen (text), docx->run);
}

static void
tab (Xml *xml, void *data)
{
  add_text (data, " ");
}

static void
hyphen (Xml *xml, void *data)
{
  add_text (data, "\xe2\x80\x91");
}

static void
line_break (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->paragraph.begun)
    markdown_break (docx->m);
}

static void
link_start (Xml *xml, void *data)
{
  Docx *docx = data;
  const OoxmlRelation *relation = ooxml_relation (docx->relations, xml_relation (xml));
  if (relation == NULL || !relation->external)
    return;
  begin (docx);
  markdown_link (docx->m, relation->target);
}

static void
link_end (Xml *xml, void *data)
{
  markdown_link (((Docx *) data)->m, NULL);
}

static void
table_start (Xml *xml, void *data)
{
  Docx *docx = data;
  open_cell (docx);
  markdown_flat_item (docx->m, 0, 0);
  markdown_open_table (docx->m, false);
}

static void
table_end (Xml *xml, void *data)
{
  markdown_close (((Docx *) data)->m, MARKDOWN_TABLE);
}

static void
row_start (Xml *xml, void *data)
{
  markdown_open_row (((Docx *) data)->m);
}

static void
row_end (Xml *xml, void *data)
{
  markdown_close (((Docx *) data)->m, MARKDOWN_ROW);
}

static void
cell_start (Xml *xml, void *data)
{
  Docx *docx = data;
  docx->cell_waits = true;
  docx->cell_span = 1;
}

static void
cell_end (Xml *xml, void *data)
{
  Docx *docx = data;
  open_cell (docx);
  markdown_close (docx->m, MARKDOWN_CELL);
}

static void
grid_span (Xml *xml, void *data)
{
  ((Docx *) data)->cell_span = (unsigned) CLAMP (xml_number (xml, "val", 1), 1, MARKDOWN_MAX_COLUMNS);
}

static void
deleted (Xml *xml, void *data)
{
  ((Docx *) data)->extract->counts[MEDIA_COUNT_DELETIONS]++;
  xml_skip (xml, data);
}

static void
picture (Xml *xml, void *data)
{
  ((Docx *) data)->extract->counts[MEDIA_COUNT_PICTURES]++;
}

/* What the picture shows, in the words of the one who put it there. */
static void
picture_words (Xml *xml, void *data)
{
  Docx *docx = data;
  g_autofree char *words = g_strdup (xml_attribute (xml, "descr"));
  if (words[0] == '\0')
    return;
  begin (docx);
  markdown_text (docx->m, words, strlen (words), MARKDOWN_ITALIC);
  markdown_text (docx->m, " ", 1, 0);
}

static void
box_start (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->n_boxes == MAX_BOXES) {
    xml_skip (xml, data);
    return;
  }
  markdown_end_block (docx->m);
  docx->outside[docx->n_boxes++] = docx->paragraph;
  docx->paragraph = (Paragraph) { false, NULL, -1, -1, -1 };
}

/* What follows of the paragraph around the box is one of its own. */
static void
box_end (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->n_boxes == 0)
    return;
  markdown_end_block (docx->m);
  clear_paragraph (docx);
  docx->paragraph = docx->outside[--docx->n_boxes];
  docx->paragraph.begun = false;
}

static void
refer (Docx *docx, const char *kind, const char *id)
{
  g_autofree char *key = g_strdup_printf ("%s %s", kind, id);
  guint place;

  if (!g_hash_table_contains (docx->notes, key) || docx->note_kind != NULL)
    return;
  if (!g_ptr_array_find_with_equal_func (docx->labels, key, g_str_equal, &place)) {
    place = docx->labels->len;
    g_ptr_array_add (docx->labels, g_strdup (key));
  }
  g_autofree char *label = g_strdup_printf ("^%u", place + 1);
  begin (docx);
  markdown_remark (docx->m, label);
}

static void
footnote_reference (Xml *xml, void *data)
{
  refer (data, "footnote", xml_attribute (xml, "id"));
}

static void
endnote_reference (Xml *xml, void *data)
{
  refer (data, "endnote", xml_attribute (xml, "id"));
}

static void
note_end (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->note_key == NULL)
    return;
  g_hash_table_insert (docx->notes, g_steal_pointer (&docx->note_key), markdown_finish (docx->m, NULL));
  markdown_free (docx->m);
  docx->m = docx->extract->markdown;
}

/* Only in the parts of the notes: each is written by itself. */
static void
note_start (Xml *xml, void *data)
{
  Docx *docx = data;
  const char *type = xml_attribute (xml, "type");
  /* The lines between text and notes are stored as notes too. */
  if (docx->note_kind == NULL || (type[0] != '\0' && strcmp (type, "normal") != 0) || g_hash_table_size (docx->notes) >= MAX_NOTES) {
    xml_skip (xml, data);
    return;
  }
  /* In a damaged document one may begin within another, which ends there. */
  note_end (xml, data);
  docx->note_key = g_strdup_printf ("%s %s", docx->note_kind, xml_attribute (xml, "id"));
  docx->m = markdown_new (MAX_NOTE);
}

static const XmlElement text_elements[] = {
  { "t", text_start, text_end },
  { "r", run_start, NULL },
  { "p", paragraph_start, paragraph_end },
  { "b", bold, NULL },
  { "i", italic, NULL },
  { "strike", strike, NULL },
  { "dstrike", strike, NULL },
  { "vanish", vanish, NULL },
  { "pStyle", paragraph_style, NULL },
  { "numId", paragraph_list, NULL },
  { "ilvl", paragraph_level, NULL },
  { "outlineLvl", paragraph_outline, NULL },
  { "tab", tab, NULL },
  { "br", line_break, NULL },
  { "cr", line_break, NULL },
  { "noBreakHyphen", hyphen, NULL },
  { "hyperlink", link_start, link_end },
  { "tbl", table_start, table_end },
  { "tr", row_start, row_end },
  { "tc", cell_start, cell_end },
  { "gridSpan", grid_span, NULL },
  { "footnoteReference", footnote_reference, NULL },
  { "endnoteReference", endnote_reference, NULL },
  { "footnote", note_start, note_end },
  { "endnote", note_start, note_end },
  { "blip", picture, NULL },
  { "chart", picture, NULL },
  { "imagedata", picture, NULL },
  { "docPr", picture_words, NULL },
  { "txbxContent", box_start, box_end },
  /* Changes that were tracked: what is deleted, and how things were before. */
  { "del", deleted, NULL },
  { "moveFrom", deleted, NULL },
  { "pPrChange", xml_skip, NULL },
  { "rPrChange", xml_skip, NULL },
  /* The same once more for older programs. */
  { "Fallback", xml_skip, NULL },
  { "instrText", xml_skip, NULL },
  { "rt", xml_skip, NULL },
  { "sdtPr", xml_skip, NULL },
  { "sectPr", xml_skip, NULL },
  { "tabs", xml_skip, NULL },
};
static const XmlHandler text_handler = { text_elements, G_N_ELEMENTS (text_elements), on_text };

static void
read_notes (Docx *docx, const char *relation, const char *kind)
{
  const char *part = ooxml_target (docx->relations, relation);
  if (part == NULL)
    return;
  docx->note_kind = kind;
  xml_read_part (docx->extract, part, &text_handler, docx);
  /* A note that the damage cut in two. */
  note_end (NULL, docx);
  docx->note_kind = NULL;
  docx->cell_waits = false;
  docx->n_boxes = 0;
  clear_paragraph (docx);
}

static void
write_notes (Docx *docx)
{
  for (guint i = 0; i < docx->labels->len && !extract_is_over (docx->extract); i++)
    markdown_note (docx->m, i + 1, g_hash_table_lookup (docx->notes, g_ptr_array_index (docx->labels, i)));
}

static void
read_docx (Extract *extract)
{
  g_autofree char *part = NULL;
  Docx docx = {
    .extract = extract,
    .m = extract->markdown,
    .relations = ooxml_open (extract, "DOCX", types, &part),
    .notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .labels = g_ptr_array_new_with_free_func (g_free),
  };

  clear_paragraph (&docx);
  docx.styles = docx_styles_read (extract, docx.relations);
  read_notes (&docx, "footnotes", "footnote");
  read_notes (&docx, "endnotes", "endnote");
  ooxml_read_main (extract, part, &text_handler, &docx);
  markdown_mark (docx.m);
  write_notes (&docx);

  while (docx.n_boxes > 0)
    box_end (NULL, &docx);
  clear_paragraph (&docx);
  g_hash_table_unref (docx.relations);
  docx_styles_free (docx.styles);
  g_hash_table_unref (docx.notes);
  g_ptr_array_unref (docx.labels);
}

const ExtractFormat extract_docx = { matches, read_docx };
