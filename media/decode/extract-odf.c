/* SPDX-License-Identifier: MIT */
/* OpenDocument: ODT, ODP and ODS are one format whose content.xml is read from front to back. Text that was deleted stands apart and is left out, as are
 * annotations. Notes follow at the end, as do those of a slide below it. */
#include <string.h>

#include "sheet.h"
#include "xml.h"
#include "zip.h"

#define MAX_STYLES 50000
#define MAX_SLIDES 5000
#define MAX_NOTES 5000
#define MAX_NOTE (64 * 1024)
#define LEVELS 10
/* Spans in spans, lists in lists, boxes in boxes. */
#define MAX_NESTING 32
/* No sheet has more rows or columns. */
#define MAX_REPEATED 1048576

typedef struct {
  unsigned bits; /* MarkdownStyle */
  char *parent;
} TextStyle;

typedef struct {
  bool ordered[LEVELS + 1];
  unsigned start[LEVELS + 1];
} ListStyle;

typedef struct {
  Extract *extract;
  Markdown *m; /* of the document, or of a note */
  bool sheets; /* ODS */
  GHashTable *text_styles, *list_styles; /* by name */
  TextStyle *text_style;                 /* while it is read */
  ListStyle *list_style;
  GPtrArray *titles; /* of the slides, of GString */
  bool find_titles;  /* the first of two passes over a presentation */

  unsigned n_paragraphs; /* that are open: a box stands within one */
  unsigned spans[MAX_NESTING];
  unsigned n_spans;
  const ListStyle *lists[MAX_NESTING];
  unsigned n_lists;
  unsigned n_slides;
  bool in_title_box;
  GPtrArray *notes; /* of char: Markdown */
  bool in_note;
  size_t speaker;   /* where the notes of a slide begin */
  bool in_speaker;

  Sheet sheet;
  bool in_sheet;
  unsigned in_cell;
  unsigned column;
  long row_repeated, cell_repeated;
  GString *cell;
  GString *row; /* for a repeated row: its cells, each with a NUL behind */
} Odf;

static const struct {
  const char *mime_type, *format;
} types[] = {
  { "application/vnd.oasis.opendocument.text", "ODT" },
  { "application/vnd.oasis.opendocument.presentation", "ODP" },
  { "application/vnd.oasis.opendocument.spreadsheet", "ODS" },
};

/* The type may have a tail ("-template", "-flat-xml"). */
static bool
matches (Extract *extract)
{
  if (!zip_matches (extract) || !zip_open (extract) || !zip_has (extract, "content.xml"))
    return false;
  g_autofree char *type = zip_load (extract, "mimetype", 200, NULL);
  for (size_t i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_str_has_prefix (type, types[i].mime_type)) {
      extract->format = types[i].format;
      return true;
    }
  return false;
}

/* ---- what the package says ------------------------------------------------------------------------------------------------- */

static void
on_encrypted (Xml *xml, void *data)
{
  extract_fail (((Odf *) data)->extract, MEDIA_FAULT_LOCKED, 0, 0);
}

static const XmlElement manifest_elements[] = { { "encryption-data", on_encrypted, NULL } };
static const XmlHandler manifest = { manifest_elements, G_N_ELEMENTS (manifest_elements), NULL };

static void
meta_title (Xml *xml, void *data)
{
  ((Odf *) data)->in_title_box = true;
}

static void
meta_title_end (Xml *xml, void *data)
{
  ((Odf *) data)->in_title_box = false;
}

static void
meta_text (Xml *xml, const char *text, void *data)
{
  Odf *odf = data;
  if (odf->in_title_box)
    extract_set_line (&odf->extract->title, text);
}

static const XmlElement meta_elements[] = { { "title", meta_title, meta_title_end } };
static const XmlHandler meta = { meta_elements, G_N_ELEMENTS (meta_elements), meta_text };

/* ---- styles ---------------------------------------------------------------------------------------------------------------- */

static void
free_text_style (gpointer data)
{
  g_free (((TextStyle *) data)->parent);
  g_free (data);
}

static void
style_start (Xml *xml, void *data)
{
  Odf *odf = data;
  const char *name = xml_attribute (xml, "name");
  odf->text_style = NULL;
  if (name[0] == '\0' || g_hash_table_size (odf->text_styles) >= MAX_STYLES)
    return;
  odf->text_style = g_new0 (TextStyle, 1);
  g_hash_table_insert (odf->text_styles, g_strdup (name), odf->text_style);
  odf->text_style->parent = g_strdup (xml_attribute (xml, "parent-style-name"));
}

static void
style_end (Xml *xml, void *data)
{
  ((Odf *) data)->text_style = NULL;
}

static void
text_properties (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->text_style == NULL)
    return;
  const char *weight = xml_attribute (xml, "font-weight");
  if (strcmp (weight, "bold") == 0 || g_ascii_strtoull (weight, NULL, 10) >= 600)
    odf->text_style->bits |= MARKDOWN_BOLD;
  const char *slant = xml_attribute (xml, "font-style");
  if (strcmp (slant, "italic") == 0 || strcmp (slant, "oblique") == 0)
    odf->text_style->bits |= MARKDOWN_ITALIC;
  const char *line = xml_attribute (xml, "text-line-through-style");
  if (line[0] != '\0' && strcmp (line, "none") != 0)
    odf->text_style->bits |= MARKDOWN_STRIKE;
}

static void
list_style_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (g_hash_table_size (odf->list_styles) >= MAX_STYLES)
    return;
  odf->list_style = g_new0 (ListStyle, 1);
  g_hash_table_insert (odf->list_styles, g_strdup (xml_attribute (xml, "name")), odf->list_style);
}

static void
list_style_end (Xml *xml, void *data)
{
  ((Odf *) data)->list_style = NULL;
}

static void
list_number (Xml *xml, void *data)
{
  Odf *odf = data;
  long level = xml_number (xml, "level", 0);
  if (odf->list_style == NULL || level < 1 || level > LEVELS)
    return;
  odf->list_style->ordered[level] = xml_attribute (xml, "num-format")[0] != '\0';
  odf->list_style->start[level] = (unsigned) CLAMP (xml_number (xml, "start-value", 1), 1, 1000000);
}

#define STYLE_ELEMENTS                                                                       \
  { "style", style_start, style_end }, { "text-properties", text_properties, NULL },         \
  { "list-style", list_style_start, list_style_end }, { "list-level-style-number", list_number, NULL }

static const XmlElement style_elements[] = { STYLE_ELEMENTS, { "master-styles", xml_skip, NULL } };
static const XmlHandler style_handler = { style_elements, G_N_ELEMENTS (style_elements), NULL };

/* Whether the paragraph's style is the title of the document, by its own name or the one that it is based on. */
static bool
is_title (const Odf *odf, const char *name)
{
  const TextStyle *style = g_hash_table_lookup (odf->text_styles, name);
  return strcmp (name, "Title") == 0 || (style != NULL && g_strcmp0 (style->parent, "Title") == 0);
}

/* ---- text ------------------------------------------------------------------------------------------------------------------ */

/* Where words go now. */
static GString *
own_text (const Odf *odf)
{
  if (odf->find_titles)
    return odf->in_title_box && odf->n_slides > 0 ? g_ptr_array_index (odf->titles, odf->n_slides - 1) : NULL;
  return odf->in_cell > 0 ? odf->cell : NULL;
}

static void
add (Odf *odf, const char *text, bool line)
{
  GString *own = own_text (odf);
  if (own != NULL) {
    if (own->len < 64 * 1024)
      g_string_append (own, line ? "\n" : text);
  } else if (odf->find_titles || odf->in_sheet || (odf->in_title_box && odf->n_slides > 0 && !odf->in_speaker))
    return;
  else if (line)
    markdown_break (odf->m);
  else
    markdown_text (odf->m, text, strlen (text), odf->n_spans > 0 ? odf->spans[odf->n_spans - 1] : 0);
}

static void
on_text (Xml *xml, const char *text, void *data)
{
  Odf *odf = data;
  if (odf->n_paragraphs > 0)
    add (odf, text, false);
}

static void
begin_text (Odf *odf)
{
  GString *own = own_text (odf);
  odf->n_paragraphs++;
  odf->n_spans = 0;
  if (own != NULL && own->len > 0)
    g_string_append_c (own, odf->find_titles ? ' ' : '\n');
}

static void
paragraph_start (Xml *xml, void *data)
{
  Odf *odf = data;
  begin_text (odf);
  if (odf->find_titles || odf->in_sheet)
    return;
  if (is_title (odf, xml_attribute (xml, "style-name")) && odf->n_slides == 0)
    markdown_begin_heading (odf->m, 1);
  else
    markdown_begin_paragraph (odf->m);
}

static void
heading_start (Xml *xml, void *data)
{
  Odf *odf = data;
  long level = xml_number (xml, "outline-level", 1);
  begin_text (odf);
  if (!odf->find_titles && !odf->in_sheet)
    markdown_begin_heading (odf->m, (unsigned) CLAMP (level, 1, 6));
}

static void
paragraph_end (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->n_paragraphs -= odf->n_paragraphs > 0;
  if (!odf->find_titles && !odf->in_sheet)
    markdown_end_block (odf->m);
}

static void
span_start (Xml *xml, void *data)
{
  Odf *odf = data;
  const TextStyle *style = g_hash_table_lookup (odf->text_styles, xml_attribute (xml, "style-name"));
  unsigned around = odf->n_spans > 0 && odf->n_spans <= MAX_NESTING ? odf->spans[odf->n_spans - 1] : 0;
  if (odf->n_spans < MAX_NESTING)
    odf->spans[odf->n_spans] = around | (style != NULL ? style->bits : 0);
  odf->n_spans = MIN (odf->n_spans + 1, MAX_NESTING);
}

static void
span_end (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->n_spans -= odf->n_spans > 0;
}

static void
space (Xml *xml, void *data)
{
  add (data, " ", false);
}

static void
line_break (Xml *xml, void *data)
{
  add (data, "", true);
}

static void
link_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (own_text (odf) == NULL && !odf->find_titles && !odf->in_sheet && odf->n_paragraphs > 0)
    markdown_link (odf->m, xml_attribute (xml, "href"));
}

static void
link_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->find_titles)
    markdown_link (odf->m, NULL);
}

/* ---- lists ----------------------------------------------------------------------------------------------------------------- */

static void
list_start (Xml *xml, void *data)
{
  Odf *odf = data;
  const char *name = xml_attribute (xml, "style-name");
  const ListStyle *style = name[0] != '\0' ? g_hash_table_lookup (odf->list_styles, name) : odf->n_lists > 0 && odf->n_lists <= MAX_NESTING ? odf->lists[odf->n_lists - 1] : NULL;
  if (odf->n_lists < MAX_NESTING)
    odf->lists[odf->n_lists] = style;
  odf->n_lists = MIN (odf->n_lists + 1, MAX_NESTING);
  if (odf->find_titles || odf->in_sheet)
    return;
  unsigned level = MIN (odf->n_lists, LEVELS);
  markdown_open_list (odf->m, style != NULL && style->ordered[level], style != NULL ? style->start[level] : 1);
}

static void
list_end (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->n_lists -= odf->n_lists > 0;
  if (!odf->find_titles && !odf->in_sheet)
    markdown_close (odf->m, MARKDOWN_LIST);
}

static void
item_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->find_titles && !odf->in_sheet)
    markdown_open_item (odf->m);
}

static void
item_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->find_titles && !odf->in_sheet)
    markdown_close (odf->m, MARKDOWN_ITEM);
}

/* ---- notes, pictures ------------------------------------------------------------------------------------------------------- */

static void
note_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->in_note || odf->find_titles || odf->in_sheet || odf->notes->len >= MAX_NOTES) {
    xml_skip (xml, data);
    return;
  }
  g_autofree char *label = g_strdup_printf ("^%u", odf->notes->len + 1);
  markdown_remark (odf->m, label);
  odf->in_note = true;
}

static void
note_body (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->in_note && odf->m == odf->extract->markdown)
    odf->m = markdown_new (MAX_NOTE);
}

static void
note_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->in_note)
    return;
  odf->in_note = false;
  g_ptr_array_add (odf->notes, odf->m != odf->extract->markdown ? markdown_finish (odf->m, NULL) : g_strdup (""));
  if (odf->m != odf->extract->markdown)
    markdown_free (odf->m);
  odf->m = odf->extract->markdown;
}

static void
picture (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->extract->counts[MEDIA_COUNT_PICTURES] += !odf->find_titles;
}

/* What a picture shows, in the words of the one who put it there. They stand beside the paragraphs. */
static void
words_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->in_sheet || odf->find_titles) {
    xml_skip (xml, data);
    return;
  }
  odf->n_paragraphs++;
  odf->n_spans = MIN (odf->n_spans + 1, MAX_NESTING);
  odf->spans[odf->n_spans - 1] = MARKDOWN_ITALIC;
}

static void
words_end (Xml *xml, void *data)
{
  Odf *odf = data;
  markdown_text (odf->m, " ", 1, 0);
  odf->n_paragraphs -= odf->n_paragraphs > 0;
  span_end (xml, data);
}

static void
deleted (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->extract->counts[MEDIA_COUNT_DELETIONS] += !odf->find_titles;
  xml_skip (xml, data);
}

/* ---- slides ---------------------------------------------------------------------------------------------------------------- */

static void
slide_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->n_slides >= MAX_SLIDES || strcmp (odf->extract->format, "ODP") != 0) {
    xml_skip (xml, data);
    return;
  }
  odf->n_slides++;
  if (odf->find_titles) {
    g_ptr_array_add (odf->titles, g_string_new (NULL));
    return;
  }
  const GString *title = odf->n_slides <= odf->titles->len ? g_ptr_array_index (odf->titles, odf->n_slides - 1) : NULL;
  g_autofree char *label = g_strdup_printf ("Slide %u%s", odf->n_slides, title != NULL && title->len > 0 ? ": " : "");
  markdown_mark (odf->m);
  markdown_begin_heading (odf->m, 2);
  markdown_own_text (odf->m, label);
  if (title != NULL)
    markdown_text (odf->m, title->str, title->len, 0);
  markdown_end_block (odf->m);
}

static void
frame_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->in_title_box = strcmp (xml_attribute (xml, "class"), "title") == 0;
}

static void
frame_end (Xml *xml, void *data)
{
  ((Odf *) data)->in_title_box = false;
}

/* The same name is given to the notes of a slide and to the settings of the pages that show them. */
static void
speaker_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->find_titles || odf->n_slides == 0) {
    xml_skip (xml, data);
    return;
  }
  odf->in_speaker = true;
  odf->speaker = markdown_mark (odf->m);
}

static void
speaker_end (Xml *xml, void *data)
{
  Odf *odf = data;
  bool heading;
  if (!odf->in_speaker)
    return;
  odf->in_speaker = false;
  markdown_mark (odf->m);
  if (markdown_wrote (odf->m, odf->speaker, &heading))
    markdown_insert_heading (odf->m, odf->speaker, 3, "Notes");
}

/* ---- tables ---------------------------------------------------------------------------------------------------------------- */

static void
table_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->find_titles) {
    xml_skip (xml, data);
    return;
  }
  if (!odf->sheets || odf->in_sheet) {
    /* A table within a cell of a sheet is nobody's sheet. */
    if (odf->in_sheet)
      xml_skip (xml, data);
    else
      markdown_open_table (odf->m, false);
    return;
  }
  g_autofree char *name = g_strdup (xml_attribute (xml, "name"));
  odf->in_sheet = true;
  odf->extract->counts[MEDIA_COUNT_PARTS]++;
  markdown_mark (odf->m);
  markdown_begin_heading (odf->m, 2);
  markdown_own_text (odf->m, "Sheet: ");
  markdown_text (odf->m, name, strlen (name), 0);
  markdown_end_block (odf->m);
  sheet_begin (&odf->sheet, odf->extract);
}

static void
table_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (odf->in_sheet) {
    odf->in_sheet = false;
    sheet_end (&odf->sheet);
  } else
    markdown_close (odf->m, MARKDOWN_TABLE);
}

static void
row_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->column = 0;
  odf->row_repeated = CLAMP (xml_number (xml, "number-rows-repeated", 1), 1, MAX_REPEATED);
  g_string_truncate (odf->row, 0);
  if (!odf->in_sheet)
    markdown_open_row (odf->m);
}

/* The cells of a repeated row were kept: they are given again. */
static void
row_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->in_sheet) {
    markdown_close (odf->m, MARKDOWN_ROW);
    return;
  }
  bool used = odf->sheet.row_used;
  sheet_end_row (&odf->sheet);
  for (long i = 1; i < odf->row_repeated && used; i++) {
    unsigned column = 0;
    if (!sheet_has_room (&odf->sheet)) {
      sheet_count_rows (&odf->sheet, (uint64_t) (odf->row_repeated - i));
      break;
    }
    for (size_t at = 0; at < odf->row->len; column++) {
      size_t length = strlen (odf->row->str + at);
      sheet_cell (&odf->sheet, column, odf->row->str + at, length);
      at += length + 1;
    }
    sheet_end_row (&odf->sheet);
  }
}

static void
cell_start (Xml *xml, void *data)
{
  Odf *odf = data;
  odf->cell_repeated = CLAMP (xml_number (xml, "number-columns-repeated", 1), 1, MAX_REPEATED);
  if (!odf->in_sheet) {
    /* The cells that a wide one covers are in the file too. */
    for (long i = 0; i < MIN (odf->cell_repeated, MARKDOWN_MAX_COLUMNS); i++)
      markdown_open_cell (odf->m, 1);
    return;
  }
  odf->in_cell++;
  g_string_truncate (odf->cell, 0);
}

static void
cell_end (Xml *xml, void *data)
{
  Odf *odf = data;
  if (!odf->in_sheet) {
    markdown_close (odf->m, MARKDOWN_CELL);
    return;
  }
  odf->in_cell -= odf->in_cell > 0;
  bool empty = odf->cell->len == 0;
  for (long i = 0; i < odf->cell_repeated && !empty && i < 2 * SHEET_COLUMNS; i++)
    sheet_cell (&odf->sheet, odf->column + (unsigned) i, odf->cell->str, odf->cell->len);
  if (odf->row_repeated > 1)
    for (long i = 0; i < odf->cell_repeated && odf->row->len < 64 * 1024 && i < 2 * SHEET_COLUMNS; i++)
      g_string_append_len (odf->row, odf->cell->str, (gssize) odf->cell->len + 1);
  odf->column = (unsigned) MIN ((guint64) odf->column + (guint64) odf->cell_repeated, G_MAXINT);
}

static const XmlElement content_elements[] = {
  { "p", paragraph_start, paragraph_end },
  { "span", span_start, span_end },
  { "table-cell", cell_start, cell_end },
  { "covered-table-cell", cell_start, cell_end },
  { "table-row", row_start, row_end },
  { "h", heading_start, paragraph_end },
  { "s", space, NULL },
  { "tab", space, NULL },
  { "line-break", line_break, NULL },
  { "a", link_start, link_end },
  { "list", list_start, list_end },
  { "list-item", item_start, item_end },
  { "table", table_start, table_end },
  { "page", slide_start, NULL },
  { "frame", frame_start, frame_end },
  { "image", picture, NULL },
  { "object", picture, NULL },
  { "title", words_start, words_end },
  { "desc", words_start, words_end },
  { "note", note_start, note_end },
  { "note-citation", xml_skip, NULL },
  { "note-body", note_body, NULL },
  { "notes", speaker_start, speaker_end },
  { "deletion", deleted, NULL },
  { "tracked-changes", NULL, NULL },
  { "annotation", xml_skip, NULL },
  { "forms", xml_skip, NULL },
  { "scripts", xml_skip, NULL },
  { "ruby-text", xml_skip, NULL },
  { "shapes", xml_skip, NULL },
  { "tracked-change", xml_skip, NULL },
  { "change-info", xml_skip, NULL },
  STYLE_ELEMENTS,
};
static const XmlHandler content = { content_elements, G_N_ELEMENTS (content_elements), on_text };

static void
write_notes (Odf *odf)
{
  for (guint i = 0; i < odf->notes->len && !extract_is_over (odf->extract); i++)
    markdown_note (odf->m, i + 1, g_ptr_array_index (odf->notes, i));
}

static void
free_title (gpointer data)
{
  g_string_free (data, TRUE);
}

static void
read_odf (Extract *extract)
{
  Odf odf = {
    .extract = extract,
    .m = extract->markdown,
    .sheets = strcmp (extract->format, "ODS") == 0,
    .text_styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_text_style),
    .list_styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .titles = g_ptr_array_new_with_free_func (free_title),
    .notes = g_ptr_array_new_with_free_func (g_free),
    .cell = g_string_new (NULL),
    .row = g_string_new (NULL),
  };

  xml_read_part (extract, "META-INF/manifest.xml", &manifest, &odf);
  xml_read_part (extract, "meta.xml", &meta, &odf);
  odf.in_title_box = false;
  xml_read_part (extract, "styles.xml", &style_handler, &odf);
  odf.text_style = NULL;
  odf.list_style = NULL;
  if (strcmp (extract->format, "ODP") == 0) {
    odf.find_titles = true;
    xml_read_part (extract, "content.xml", &content, &odf);
    odf.find_titles = odf.in_title_box = false;
    odf.n_paragraphs = odf.n_spans = odf.n_lists = odf.n_slides = 0;
  }
  if (!xml_read_part (extract, "content.xml", &content, &odf) && !extract_is_over (extract))
    extract_damaged (extract);
  note_end (NULL, &odf);
  if (odf.in_sheet)
    sheet_end (&odf.sheet);
  markdown_mark (odf.m);
  write_notes (&odf);
  if (odf.n_slides > 0)
    extract->counts[MEDIA_COUNT_PARTS] = odf.n_slides;
  if (odf.sheets && extract->counts[MEDIA_COUNT_PARTS] == 1) {
    extract->counts[MEDIA_COUNT_ROWS] = odf.sheet.rows;
    extract->counts[MEDIA_COUNT_COLUMNS] = odf.sheet.columns;
  }
  g_hash_table_unref (odf.text_styles);
  g_hash_table_unref (odf.list_styles);
  g_ptr_array_unref (odf.titles);
  g_ptr_array_unref (odf.notes);
  g_string_free (odf.cell, TRUE);
  g_string_free (odf.row, TRUE);
}

const ExtractFormat extract_odf = { matches, read_odf };
