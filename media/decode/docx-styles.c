/* SPDX-License-Identifier: MIT */
#include "docx-styles.h"

#include <string.h>

#define MAX_STYLES 20000
/* Styles based on styles. */
#define MAX_BASES 12

typedef struct {
  bool ordered[DOCX_LEVELS];
  unsigned start[DOCX_LEVELS];
} Numbering;

struct _DocxStyles {
  GHashTable *styles;   /* id → DocxStyle */
  GHashTable *abstract; /* abstractNumId → Numbering */
  GHashTable *lists;    /* numId → abstractNumId, as text */
  GHashTable *counters; /* numId → unsigned[DOCX_LEVELS] */

  /* While they are read. */
  DocxStyle *style;
  Numbering *numbering;
  char *number_id;
  int number_level;
};

/* ---- styles ---------------------------------------------------------------------------------------------------------------- */

static void
free_style (gpointer data)
{
  g_free (((DocxStyle *) data)->based_on);
  g_free (data);
}

static void
style_start (Xml *xml, void *data)
{
  DocxStyles *self = data;
  if (g_hash_table_size (self->styles) >= MAX_STYLES)
    return;
  self->style = g_new (DocxStyle, 1);
  *self->style = (DocxStyle) { NULL, -1, -1, -1 };
  g_hash_table_insert (self->styles, g_strdup (xml_attribute (xml, "styleId")), self->style);
}

static void
style_end (Xml *xml, void *data)
{
  ((DocxStyles *) data)->style = NULL;
}

static void
style_name (Xml *xml, void *data)
{
  DocxStyles *self = data;
  const char *name = xml_attribute (xml, "val");
  if (self->style == NULL)
    return;
  if (g_ascii_strcasecmp (name, "title") == 0)
    self->style->heading = 1;
  else if (g_ascii_strncasecmp (name, "heading ", 8) == 0 && name[8] >= '1' && name[8] <= '9' && name[9] == '\0')
    self->style->heading = name[8] - '0';
}

static void
style_base (Xml *xml, void *data)
{
  DocxStyles *self = data;
  if (self->style != NULL && self->style->based_on == NULL)
    self->style->based_on = g_strdup (xml_attribute (xml, "val"));
}

static void
style_outline (Xml *xml, void *data)
{
  DocxStyles *self = data;
  long level = xml_number (xml, "val", 9);
  if (self->style != NULL && self->style->heading < 0)
    self->style->heading = level >= 0 && level < 9 ? (int) level + 1 : 0;
}

static void
style_list (Xml *xml, void *data)
{
  DocxStyles *self = data;
  if (self->style != NULL)
    self->style->list = (int) xml_number (xml, "val", -1);
}

static void
style_level (Xml *xml, void *data)
{
  DocxStyles *self = data;
  if (self->style != NULL)
    self->style->level = (int) xml_number (xml, "val", -1);
}

static const XmlElement style_elements[] = {
  { "basedOn", style_base, NULL }, { "docDefaults", xml_skip, NULL }, { "ilvl", style_level, NULL }, { "latentStyles", xml_skip, NULL },
  { "name", style_name, NULL }, { "numId", style_list, NULL }, { "outlineLvl", style_outline, NULL }, { "style", style_start, style_end },
};
static const XmlHandler style_handler = { style_elements, G_N_ELEMENTS (style_elements), NULL };

void
docx_styles_inherit (DocxStyles *self, const char *id, DocxStyle *style)
{
  for (int i = 0; i < MAX_BASES && id != NULL; i++) {
    const DocxStyle *base = g_hash_table_lookup (self->styles, id);
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
  DocxStyles *self = data;
  if (g_hash_table_size (self->abstract) >= MAX_STYLES)
    return;
  self->numbering = g_new0 (Numbering, 1);
  g_hash_table_insert (self->abstract, g_strdup (xml_attribute (xml, "abstractNumId")), self->numbering);
}

static void
abstract_end (Xml *xml, void *data)
{
  ((DocxStyles *) data)->numbering = NULL;
}

static void
level_start (Xml *xml, void *data)
{
  ((DocxStyles *) data)->number_level = (int) CLAMP (xml_number (xml, "ilvl", 0), 0, DOCX_LEVELS - 1);
}

static void
level_format (Xml *xml, void *data)
{
  DocxStyles *self = data;
  const char *format = xml_attribute (xml, "val");
  if (self->numbering != NULL)
    self->numbering->ordered[self->number_level] = strcmp (format, "bullet") != 0 && strcmp (format, "none") != 0;
}

static void
level_first (Xml *xml, void *data)
{
  DocxStyles *self = data;
  if (self->numbering != NULL)
    self->numbering->start[self->number_level] = (unsigned) CLAMP (xml_number (xml, "val", 1), 0, 1000000);
}

static void
number_start (Xml *xml, void *data)
{
  DocxStyles *self = data;
  g_free (self->number_id);
  self->number_id = g_strdup (xml_attribute (xml, "numId"));
}

static void
number_abstract (Xml *xml, void *data)
{
  DocxStyles *self = data;
  if (self->number_id != NULL && g_hash_table_size (self->lists) < MAX_STYLES)
    g_hash_table_insert (self->lists, g_strdup (self->number_id), g_strdup (xml_attribute (xml, "val")));
}

static const XmlElement numbering_elements[] = {
  { "abstractNum", abstract_start, abstract_end }, { "abstractNumId", number_abstract, NULL }, { "lvl", level_start, NULL },
  { "lvlOverride", xml_skip, NULL }, { "num", number_start, NULL }, { "numFmt", level_format, NULL }, { "start", level_first, NULL },
};
static const XmlHandler numbering_handler = { numbering_elements, G_N_ELEMENTS (numbering_elements), NULL };

unsigned
docx_styles_next_number (DocxStyles *self, int list, int level)
{
  g_autofree char *id = g_strdup_printf ("%d", list);
  const char *abstract_id = g_hash_table_lookup (self->lists, id);
  const Numbering *numbering = abstract_id != NULL ? g_hash_table_lookup (self->abstract, abstract_id) : NULL;
  unsigned *counters = g_hash_table_lookup (self->counters, GINT_TO_POINTER (list));

  if (numbering == NULL || !numbering->ordered[level])
    return 0;
  if (counters == NULL) {
    counters = g_new0 (unsigned, DOCX_LEVELS);
    g_hash_table_insert (self->counters, GINT_TO_POINTER (list), counters);
  }
  counters[level] = counters[level] > 0 ? counters[level] + 1 : MAX (numbering->start[level], 1);
  for (int i = level + 1; i < DOCX_LEVELS; i++)
    counters[i] = 0;
  return counters[level];
}

/* ---- all of it ------------------------------------------------------------------------------------------------------------- */

DocxStyles *
docx_styles_read (Extract *extract, GHashTable *relations)
{
  DocxStyles *self = g_new0 (DocxStyles, 1);
  const char *part;

  self->styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_style);
  self->abstract = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->counters = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if ((part = ooxml_target (relations, "styles")) != NULL)
    xml_read_part (extract, part, &style_handler, self);
  if ((part = ooxml_target (relations, "numbering")) != NULL)
    xml_read_part (extract, part, &numbering_handler, self);
  return self;
}

void
docx_styles_free (DocxStyles *self)
{
  g_hash_table_unref (self->styles);
  g_hash_table_unref (self->abstract);
  g_hash_table_unref (self->lists);
  g_hash_table_unref (self->counters);
  g_free (self->number_id);
  g_free (self);
}
