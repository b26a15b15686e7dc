/* SPDX-License-Identifier: MIT */
/* PPTX: slide by slide under "## Slide 3: Title", then what the speaker noted below it. A slide is read twice: its title may stand anywhere in it. */
#include <string.h>

#include "ooxml.h"

#define MAX_SLIDES 5000

typedef enum { PASS_TITLE, PASS_WORDS, PASS_NOTES } Pass;

typedef struct {
  Extract *extract;
  Pass pass;
  GPtrArray *ids;    /* relations of the slides, in their order */
  GString *title;    /* of the slide */
  GHashTable *relations; /* of the slide */
  bool hidden;       /* the slide is not shown */

  /* The shape. */
  bool holder;       /* stands in a place that the layout made */
  char type[16];     /* of that place; "" for the usual one */
  unsigned depth;    /* of shapes in shapes */

  /* The paragraph and its run. */
  bool begun, bullet, plain, ordered;
  unsigned level, number;
  unsigned run;
  bool in_text;
  unsigned in_table;
} Pptx;

/* Of the main part. */
static const char *const types[] = { "presentationml", "ms-powerpoint", NULL };

static bool
matches (Extract *extract)
{
  return ooxml_matches (extract, types);
}

static void
slide_id (Xml *xml, void *data)
{
  Pptx *pptx = data;
  if (pptx->ids->len < MAX_SLIDES)
    g_ptr_array_add (pptx->ids, g_strdup (xml_relation (xml)));
}

static const XmlElement presentation_elements[] = { { "sldId", slide_id, NULL } };
static const XmlHandler presentation = { presentation_elements, G_N_ELEMENTS (presentation_elements), NULL };

static bool
is_title (const Pptx *pptx)
{
  return pptx->holder && (strcmp (pptx->type, "title") == 0 || strcmp (pptx->type, "ctrTitle") == 0);
}

/* Whether this pass takes the words of the shape. Numbers, dates and footers of the layout are nobody's words. */
static bool
is_wanted (const Pptx *pptx)
{
  bool extra = pptx->holder && (strcmp (pptx->type, "sldNum") == 0 || strcmp (pptx->type, "dt") == 0 || strcmp (pptx->type, "ftr") == 0 || strcmp (pptx->type, "hdr") == 0);
  if (pptx->pass == PASS_TITLE)
    return is_title (pptx);
  if (pptx->pass == PASS_NOTES)
    return pptx->holder && strcmp (pptx->type, "body") == 0;
  return !extra && !is_title (pptx);
}

static void
slide_start (Xml *xml, void *data)
{
  ((Pptx *) data)->hidden = strcmp (xml_attribute (xml, "show"), "0") == 0;
}

static void
shape_start (Xml *xml, void *data)
{
  Pptx *pptx = data;
  pptx->holder = false;
  pptx->type[0] = '\0';
  pptx->number = 0;
}

static void
shape_end (Xml *xml, void *data)
{
  Pptx *pptx = data;
  if (pptx->pass != PASS_TITLE)
    markdown_flat_item (pptx->extract->markdown, 0, 0);
  pptx->holder = false;
}

static void
placeholder (Xml *xml, void *data)
{
  Pptx *pptx = data;
  pptx->holder = true;
  g_strlcpy (pptx->type, xml_attribute (xml, "type"), sizeof pptx->type);
}

static void
paragraph_start (Xml *xml, void *data)
{
  Pptx *pptx = data;
  pptx->begun = pptx->bullet = pptx->plain = pptx->ordered = false;
  pptx->level = 0;
  pptx->run = 0;
}

static void
paragraph_properties (Xml *xml, void *data)
{
  ((Pptx *) data)->level = (unsigned) CLAMP (xml_number (xml, "lvl", 0), 0, 8);
}

static void
no_bullet (Xml *xml, void *data)
{
  ((Pptx *) data)->plain = true;
}

static void
with_bullet (Xml *xml, void *data)
{
  ((Pptx *) data)->bullet = true;
}

static void
with_number (Xml *xml, void *data)
{
  ((Pptx *) data)->bullet = ((Pptx *) data)->ordered = true;
}

/* The first words of a paragraph. The main text of a layout has bullets unless it says otherwise, everything else has none. */
static void
begin (Pptx *pptx)
{
  Markdown *m = pptx->extract->markdown;
  bool main_text = pptx->holder && pptx->pass == PASS_WORDS && (pptx->type[0] == '\0' || strcmp (pptx->type, "body") == 0 || strcmp (pptx->type, "obj") == 0);
  bool item = pptx->in_table == 0 && !pptx->plain && (pptx->bullet || main_text);

  if (pptx->begun)
    return;
  pptx->begun = true;
  if (!pptx->ordered)
    pptx->number = 0;
  markdown_flat_item (m, item ? pptx->level + 1 : 0, item && pptx->ordered ? ++pptx->number : 0);
  markdown_begin_paragraph (m);
}

static void
paragraph_end (Xml *xml, void *data)
{
  Pptx *pptx = data;
  if (pptx->pass != PASS_TITLE)
    markdown_end_block (pptx->extract->markdown);
  else if (is_title (pptx))
    g_string_append_c (pptx->title, ' ');
}

static void
run_properties (Xml *xml, void *data)
{
  Pptx *pptx = data;
  pptx->run = (xml_has_attribute (xml, "b") && xml_is_on (xml, "b") ? MARKDOWN_BOLD : 0) | (xml_has_attribute (xml, "i") && xml_is_on (xml, "i") ? MARKDOWN_ITALIC : 0);
}

static void
run_start (Xml *xml, void *data)
{
  ((Pptx *) data)->run = 0;
}

static void
text_start (Xml *xml, void *data)
{
  ((Pptx *) data)->in_text = true;
}

static void
text_end (Xml *xml, void *data)
{
  ((Pptx *) data)->in_text = false;
}

static void
on_text (Xml *xml, const char *text, void *data)
{
  Pptx *pptx = data;
  if (!pptx->in_text || !is_wanted (pptx))
    return;
  if (pptx->pass == PASS_TITLE) {
    if (pptx->title->len < 2000)
      g_string_append (pptx->title, text);
    return;
  }
  begin (pptx);
  markdown_text (pptx->extract->markdown, text, strlen (text), pptx->run);
}

static void
line_break (Xml *xml, void *data)
{
  Pptx *pptx = data;
  if (pptx->pass == PASS_TITLE && is_title (pptx))
    g_string_append_c (pptx->title, ' ');
  else if (pptx->pass != PASS_TITLE && pptx->begun)
    markdown_break (pptx->extract->markdown);
}

static void
link_click (Xml *xml, void *data)
{
  Pptx *pptx = data;
  const OoxmlRelation *relation = pptx->pass == PASS_WORDS ? ooxml_relation (pptx->relations, xml_relation (xml)) : NULL;
  if (relation == NULL || !relation->external || !is_wanted (pptx))
    return;
  begin (pptx);
  markdown_link (pptx->extract->markdown, relation->target);
}

static void
run_end (Xml *xml, void *data)
{
  Pptx *pptx = data;
  if (pptx->pass == PASS_WORDS)
    markdown_link (pptx->extract->markdown, NULL);
}

static void
table_start (Xml *xml, void *data)
{
  Pptx *pptx = data;
  if (pptx->pass != PASS_WORDS) {
    xml_skip (xml, data);
    return;
  }
  pptx->in_table++;
  markdown_flat_item (pptx->extract->markdown, 0, 0);
  markdown_open_table (pptx->extract->markdown, false);
}

static void
table_end (Xml *xml, void *data)
{
  Pptx *pptx = data;
  pptx->in_table -= pptx->in_table > 0;
  markdown_close (pptx->extract->markdown, MARKDOWN_TABLE);
}

static void
row_start (Xml *xml, void *data)
{
  markdown_open_row (((Pptx *) data)->extract->markdown);
}

static void
row_end (Xml *xml, void *data)
{
  markdown_close (((Pptx *) data)->extract->markdown, MARKDOWN_ROW);
}

/* Cells that a wide one covers are in the file too, empty. */
static void
cell_start (Xml *xml, void *data)
{
  markdown_open_cell (((Pptx *) data)->extract->markdown, 1);
}

static void
cell_end (Xml *xml, void *data)
{
  markdown_close (((Pptx *) data)->extract->markdown, MARKDOWN_CELL);
}

static void
picture (Xml *xml, void *data)
{
  Pptx *pptx = data;
  pptx->extract->counts[MEDIA_COUNT_PICTURES] += pptx->pass == PASS_WORDS;
}

static void
picture_words (Xml *xml, void *data)
{
  Pptx *pptx = data;
  Markdown *m = pptx->extract->markdown;
  g_autofree char *words = g_strdup (xml_attribute (xml, "descr"));
  if (pptx->pass != PASS_WORDS || words[0] == '\0')
    return;
  markdown_flat_item (m, 0, 0);
  markdown_begin_paragraph (m);
  markdown_text (m, words, strlen (words), MARKDOWN_ITALIC);
  markdown_end_block (m);
}

static const XmlElement slide_elements[] = {
  { "t", text_start, text_end },
  { "r", run_start, run_end },
  { "rPr", run_properties, NULL },
  { "p", paragraph_start, paragraph_end },
  { "pPr", paragraph_properties, NULL },
  { "buNone", no_bullet, NULL },
  { "buChar", with_bullet, NULL },
  { "buBlip", with_bullet, NULL },
  { "buAutoNum", with_number, NULL },
  { "br", line_break, NULL },
  { "hlinkClick", link_click, NULL },
  { "sld", slide_start, NULL },
  { "sp", shape_start, shape_end },
  { "ph", placeholder, NULL },
  { "tbl", table_start, table_end },
  { "tr", row_start, row_end },
  { "tc", cell_start, cell_end },
  { "pic", picture, NULL },
  { "chart", picture, NULL },
  { "cNvPr", picture_words, NULL },
  { "Fallback", xml_skip, NULL },
  { "lstStyle", xml_skip, NULL },
  { "timing", xml_skip, NULL },
};
static const XmlHandler slide_handler = { slide_elements, G_N_ELEMENTS (slide_elements), on_text };

static void
read_notes (Pptx *pptx)
{
  Markdown *m = pptx->extract->markdown;
  const char *notes = ooxml_target (pptx->relations, "notesSlide");
  bool heading;

  if (notes == NULL)
    return;
  size_t mark = markdown_mark (m);
  pptx->pass = PASS_NOTES;
  xml_read_part (pptx->extract, notes, &slide_handler, pptx);
  markdown_mark (m);
  if (markdown_wrote (m, mark, &heading))
    markdown_insert_heading (m, mark, 3, "Notes");
}

static void
read_slide (Pptx *pptx, const char *name, unsigned number)
{
  Extract *extract = pptx->extract;
  Markdown *m = extract->markdown;

  g_string_truncate (pptx->title, 0);
  pptx->relations = ooxml_relations (extract, name);
  pptx->pass = PASS_TITLE;
  pptx->in_table = 0;
  bool whole = xml_read_part (extract, name, &slide_handler, pptx);
  g_autofree char *label = g_strdup_printf ("Slide %u%s%s", number, pptx->hidden ? " (hidden)" : "", pptx->title->len > 0 ? ": " : "");
  markdown_mark (m);
  markdown_begin_heading (m, 2);
  markdown_own_text (m, label);
  markdown_text (m, pptx->title->str, pptx->title->len, 0);
  markdown_end_block (m);
  pptx->pass = PASS_WORDS;
  pptx->in_text = false;
  whole = xml_read_part (extract, name, &slide_handler, pptx) && whole;
  markdown_mark (m);
  if (!whole && !extract_is_over (extract)) {
    markdown_remark_block (m, "This slide is damaged.");
    extract->counts[MEDIA_COUNT_PARTS_DAMAGED]++;
  }
  pptx->in_text = false;
  read_notes (pptx);
  g_hash_table_unref (pptx->relations);
  pptx->relations = NULL;
}

static void
read_pptx (Extract *extract)
{
  g_autofree char *part = NULL;
  GHashTable *relations = ooxml_open (extract, "PPTX", types, &part);
  Pptx pptx = { .extract = extract, .ids = g_ptr_array_new_with_free_func (g_free), .title = g_string_new (NULL) };

  ooxml_read_main (extract, part, &presentation, &pptx);
  extract->counts[MEDIA_COUNT_PARTS] = pptx.ids->len;
  for (guint i = 0; i < pptx.ids->len && !extract_is_over (extract); i++) {
    const OoxmlRelation *relation = ooxml_relation (relations, g_ptr_array_index (pptx.ids, i));
    if (relation != NULL && !relation->external)
      read_slide (&pptx, relation->target, i + 1);
    else
      extract->counts[MEDIA_COUNT_PARTS_DAMAGED]++;
  }
  g_hash_table_unref (relations);
  g_ptr_array_unref (pptx.ids);
  g_string_free (pptx.title, TRUE);
}

const ExtractFormat extract_pptx = { matches, read_pptx };
