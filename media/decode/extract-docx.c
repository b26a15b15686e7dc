/* SPDX-License-Identifier: MIT */
/* DOCX: the text of a Word document as it stands when all tracked changes are accepted. Styles tell headings, the numbering part tells lists; headers, footers and
 * comments are left out. Footnotes and endnotes follow at the end. */
#include <string.h>

#include "ooxml.h"

#define MAX_STYLES 20000
#define MAX_NOTES 5000
/* Bytes of one note. */
#define MAX_NOTE (64 * 1024)
#define LEVELS 9
/* Styles based on styles. */
#define MAX_BASES 12
/* Text boxes in text boxes. */
#define MAX_BOXES 8

typedef struct {
  char *based_on;
  int heading; /* 1 to 9; 0: none; -1: not said */
  int list, level; /* numId and ilvl; -1: not said */
} Style;

typedef struct {
  bool ordered[LEVELS];
  unsigned start[LEVELS];
} Numbering;

typedef struct {
  bool begun; /* its block is open */
  char *style;
  int heading, list, level; /* as in Style, said by the paragraph itself */
} Paragraph;

typedef struct {
  Extract *extract;
  Markdown *m; /* of the document, or of a note */
  GHashTable *relations;
  GHashTable *styles;     /* id → Style */
  GHashTable *abstract;   /* abstractNumId → Numbering */
  GHashTable *lists;      /* numId → abstractNumId, as text */
  GHashTable *counters;   /* numId → unsigned[LEVELS] */
  GHashTable *notes;      /* "footnote 2" → Markdown text */
  GPtrArray *labels;      /* keys of notes, in the order in which they are referred to */
  const char *note_kind;  /* while notes are read */
  char *note_key;

  Style *style;           /* while styles are read */
  Numbering *numbering;   /* while numbering is read */
  char *number_id;
  int number_level;

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

/* ---- styles ---------------------------------------------------------------------------------------------------------------- */

static void
free_style (gpointer data)
{
  g_free (((Style *) data)->based_on);
  g_free (data);
}

static void
style_start (Xml *xml, void *data)
{
  Docx *docx = data;
  if (g_hash_table_size (docx->styles) >= MAX_STYLES)
    return;
  docx->style = g_new (Style, 1);
  *docx->style = (Style) { NULL, -1, -1, -1 };
  g_hash_table_insert (docx->styles, g_strdup (xml_attribute (xml, "styleId")), docx->style);
}

static void
style_end (Xml *xml, void *data)
{
  ((Docx *) data)->style = NULL;
}

static void
style_name (Xml *xml, void *data)
{
  Docx *docx = data;
  const char *name = xml_attribute (xml, "val");
  if (docx->style == NULL)
    return;
  if (g_ascii_strcasecmp (name, "title") == 0)
    docx->style->heading = 1;
  else if (g_ascii_strncasecmp (name, "heading ", 8) == 0 && name[8] >= '1' && name[8] <= '9' && name[9] == '\0')
    docx->style->heading = name[8] - '0';
}

static void
style_base (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->style != NULL && docx->style->based_on == NULL)
    docx->style->based_on = g_strdup (xml_attribute (xml, "val"));
}

static void
style_outline (Xml *xml, void *data)
{
  Docx *docx = data;
  long level = xml_number (xml, "val", 9);
  if (docx->style != NULL && docx->style->heading < 0)
    docx->style->heading = level >= 0 && level < 9 ? (int) level + 1 : 0;
}

static void
style_list (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->style != NULL)
    docx->style->list = (int) xml_number (xml, "val", -1);
}

static void
style_level (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->style != NULL)
    docx->style->level = (int) xml_number (xml, "val", -1);
}

static const XmlElement style_elements[] = {
  { "basedOn", style_base, NULL }, { "docDefaults", xml_skip, NULL }, { "ilvl", style_level, NULL }, { "latentStyles", xml_skip, NULL },
  { "name", style_name, NULL }, { "numId", style_list, NULL }, { "outlineLvl", style_outline, NULL }, { "style", style_start, style_end },
};
static const XmlHandler style_handler = { style_elements, G_N_ELEMENTS (style_elements), NULL };

/* Fills in what the style `id` and those that it is based on say and *style does not yet. */
static void
inherit (Docx *docx, const char *id, Style *style)
{
  for (int i = 0; i < MAX_BASES && id != NULL; i++) {
    const Style *base = g_hash_table_lookup (docx->styles, id);
    if (base == NULL)
      return;
    style->heading = style->heading < 0 ? base->heading : style->heading;
    style->list = style->list < 0 ? base->list : style->list;
    style->level = style->level < 0 ? base->level : style->level;
    id = base->based_on;
  }
}

/* ---- numbering ------------------------------------------------------------------------------------------------------------- */

static void
abstract_start (Xml *xml, void *data)
{
  Docx *docx = data;
  if (g_hash_table_size (docx->abstract) >= MAX_STYLES)
    return;
  docx->numbering = g_new0 (Numbering, 1);
  g_hash_table_insert (docx->abstract, g_strdup (xml_attribute (xml, "abstractNumId")), docx->numbering);
}

static void
abstract_end (Xml *xml, void *data)
{
  ((Docx *) data)->numbering = NULL;
}

static void
level_start (Xml *xml, void *data)
{
  ((Docx *) data)->number_level = (int) CLAMP (xml_number (xml, "ilvl", 0), 0, LEVELS - 1);
}

static void
level_format (Xml *xml, void *data)
{
  Docx *docx = data;
  const char *format = xml_attribute (xml, "val");
  if (docx->numbering != NULL)
    docx->numbering->ordered[docx->number_level] = strcmp (format, "bullet") != 0 && strcmp (format, "none") != 0;
}

static void
level_first (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->numbering != NULL)
    docx->numbering->start[docx->number_level] = (unsigned) CLAMP (xml_number (xml, "val", 1), 0, 1000000);
}

static void
number_start (Xml *xml, void *data)
{
  Docx *docx = data;
  g_free (docx->number_id);
  docx->number_id = g_strdup (xml_attribute (xml, "numId"));
}

static void
number_abstract (Xml *xml, void *data)
{
  Docx *docx = data;
  if (docx->number_id != NULL && g_hash_table_size (docx->lists) < MAX_STYLES)
    g_hash_table_insert (docx->lists, g_strdup (docx->number_id), g_strdup (xml_attribute (xml, "val")));
}

static const XmlElement numbering_elements[] = {
  { "abstractNum", abstract_start, abstract_end }, { "abstractNumId", number_abstract, NULL }, { "lvl", level_start, NULL },
  { "lvlOverride", xml_skip, NULL }, { "num", number_start, NULL }, { "numFmt", level_format, NULL }, { "start", level_first, NULL },
};
static const XmlHandler numbering_handler = { numbering_elements, G_N_ELEMENTS (numbering_elements), NULL };

/* The number of the next item of that list and level; 0 when it has a bullet. */
static unsigned
next_number (Docx *docx, int list, int level)
{
  g_autofree char *id = g_strdup_printf ("%d", list);
  const char *abstract_id = g_hash_table_lookup (docx->lists, id);
  const Numbering *numbering = abstract_id != NULL ? g_hash_table_lookup (docx->abstract, abstract_id) : NULL;
  unsigned *counters = g_hash_table_lookup (docx->counters, GINT_TO_POINTER (list));

  if (numbering == NULL || !numbering->ordered[level])
    return 0;
  if (counters == NULL) {
    counters = g_new0 (unsigned, LEVELS);
    g_hash_table_insert (docx->counters, GINT_TO_POINTER (list), counters);
  }
  counters[level] = counters[level] > 0 ? counters[level] + 1 : MAX (numbering->start[level], 1);
  for (int i = level + 1; i < LEVELS; i++)
    counters[i] = 0;
  return counters[level];
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
  Style style = { NULL, paragraph->heading, paragraph->list, paragraph->level };

  if (paragraph->begun)
    return;
  paragraph->begun = true;
  inherit (docx, paragraph->style, &style);
  int level = CLAMP (style.level, 0, LEVELS - 1);
  if (style.heading > 0) {
    markdown_flat_item (docx->m, 0, 0);
    markdown_begin_heading (docx->m, (unsigned) style.heading);
  } else {
    markdown_flat_item (docx->m, style.list > 0 ? (unsigned) level + 1 : 0, style.list > 0 ? next_number (docx, style.list, level) : 0);
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
  docx->note_key = g_strdup_printf ("%s %s", docx->note_kind, xml_attribute (xml, "id"));
  docx->m = markdown_new (MAX_NOTE);
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
    .styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_style),
    .abstract = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .counters = g_hash_table_new_full (NULL, NULL, NULL, g_free),
    .notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .labels = g_ptr_array_new_with_free_func (g_free),
  };
  const char *other;

  clear_paragraph (&docx);
  if ((other = ooxml_target (docx.relations, "styles")) != NULL)
    xml_read_part (extract, other, &style_handler, &docx);
  if ((other = ooxml_target (docx.relations, "numbering")) != NULL)
    xml_read_part (extract, other, &numbering_handler, &docx);
  read_notes (&docx, "footnotes", "footnote");
  read_notes (&docx, "endnotes", "endnote");
  ooxml_read_main (extract, part, &text_handler, &docx);
  markdown_mark (docx.m);
  write_notes (&docx);

  while (docx.n_boxes > 0)
    box_end (NULL, &docx);
  clear_paragraph (&docx);
  g_free (docx.number_id);
  g_hash_table_unref (docx.relations);
  g_hash_table_unref (docx.styles);
  g_hash_table_unref (docx.abstract);
  g_hash_table_unref (docx.lists);
  g_hash_table_unref (docx.counters);
  g_hash_table_unref (docx.notes);
  g_ptr_array_unref (docx.labels);
}

const ExtractFormat extract_docx = { matches, read_docx };
