/* SPDX-License-Identifier: MIT */
/* OpenDocument: ODT, ODP and ODS are one format whose content.xml is read from front to back. Text that was deleted stands apart and is left out, as are
 * annotations. Notes follow at the end, as do those of a slide below it. */
#include <string.h>

#include "odf.h"
#include "zip.h"

#define MAX_SLIDES 5000
#define MAX_NOTES 5000
#define MAX_NOTE (64 * 1024)

static const struct {
  const char *mime_type, *format;
} types[] = {
  { "application/vnd.oasis.opendocument.text", "ODT" },
  { "application/vnd.oasis.opendocument.presentation", "ODP" },
  { "application/vnd.oasis.opendocument.spreadsheet", "ODS" },
};

/* The type may have a tail ("-template", "-flat-xml"). */
bool
odf_matches (Extract *extract)
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
  if (odf_is_title (odf, xml_attribute (xml, "style-name")) && odf->n_slides == 0)
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
  const OdfTextStyle *style = g_hash_table_lookup (odf->text_styles, xml_attribute (xml, "style-name"));
  unsigned around = odf->n_spans > 0 && odf->n_spans <= ODF_NESTING ? odf->spans[odf->n_spans - 1] : 0;
  if (odf->n_spans < ODF_NESTING)
    odf->spans[odf->n_spans] = around | (style != NULL ? style->bits : 0);
  odf->n_spans = MIN (odf->n_spans + 1, ODF_NESTING);
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
  const OdfListStyle *style = name[0] != '\0' ? g_hash_table_lookup (odf->list_styles, name) : odf->n_lists > 0 && odf->n_lists <= ODF_NESTING ? odf->lists[odf->n_lists - 1]
                                                                                                                                               : NULL;
  if (odf->n_lists < ODF_NESTING)
    odf->lists[odf->n_lists] = style;
  odf->n_lists = MIN (odf->n_lists + 1, ODF_NESTING);
  if (odf->find_titles || odf->in_sheet)
    return;
  unsigned level = MIN (odf->n_lists, ODF_LEVELS);
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
  odf->n_spans = MIN (odf->n_spans + 1, ODF_NESTING);
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

static const XmlElement content_elements[] = {
  { "p", paragraph_start, paragraph_end },
  { "span", span_start, span_end },
  { "table-cell", odf_cell_start, odf_cell_end },
  { "covered-table-cell", odf_cell_start, odf_cell_end },
  { "table-row", odf_row_start, odf_row_end },
  { "h", heading_start, paragraph_end },
  { "s", space, NULL },
  { "tab", space, NULL },
  { "line-break", line_break, NULL },
  { "a", link_start, link_end },
  { "list", list_start, list_end },
  { "list-item", item_start, item_end },
  { "table", odf_table_start, odf_table_end },
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
  ODF_STYLE_ELEMENTS,
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

void
odf_read (Extract *extract, Grid *grid)
{
  Odf odf = {
    .extract = extract,
    .m = extract->markdown,
    .sheets = strcmp (extract->format, "ODS") == 0,
    .titles = g_ptr_array_new_with_free_func (free_title),
    .notes = g_ptr_array_new_with_free_func (g_free),
    .grid = grid,
    .cell = g_string_new (NULL),
    .date = g_string_new (NULL),
    .style_name = g_string_new (NULL),
    .hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .texts = g_string_new (NULL),
    .cells = g_array_new (FALSE, FALSE, sizeof (OdfCell)),
  };

  xml_read_part (extract, "META-INF/manifest.xml", &manifest, &odf);
  xml_read_part (extract, "meta.xml", &meta, &odf);
  odf.in_title_box = false;
  odf_read_styles (&odf);
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
    odf.grid->end (odf.grid, extract_is_over (extract) ? GRID_WHOLE : GRID_DAMAGED);
  markdown_mark (odf.m);
  write_notes (&odf);
  if (odf.n_slides > 0)
    extract->counts[MEDIA_COUNT_PARTS] = odf.n_slides;
  g_hash_table_unref (odf.text_styles);
  g_hash_table_unref (odf.list_styles);
  g_ptr_array_unref (odf.titles);
  g_ptr_array_unref (odf.notes);
  g_string_free (odf.cell, TRUE);
  g_string_free (odf.date, TRUE);
  g_string_free (odf.style_name, TRUE);
  g_hash_table_unref (odf.hidden);
  g_string_free (odf.texts, TRUE);
  g_array_unref (odf.cells);
}
