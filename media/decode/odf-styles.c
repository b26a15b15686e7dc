/* SPDX-License-Identifier: MIT */
#include "odf.h"

#include <string.h>

#define MAX_STYLES 50000

static void
free_text_style (gpointer data)
{
  g_free (((OdfTextStyle *) data)->parent);
  g_free (data);
}

void
odf_style_start (Xml *xml, void *data)
{
  Odf *odf = data;
  const char *name = xml_attribute (xml, "name");
  odf->text_style = NULL;
  g_string_assign (odf->style_name, name);
  if (name[0] == '\0' || g_hash_table_size (odf->text_styles) >= MAX_STYLES)
    return;
  odf->text_style = g_new0 (OdfTextStyle, 1);
  g_hash_table_insert (odf->text_styles, g_strdup (name), odf->text_style);
  odf->text_style->parent = g_strdup (xml_attribute (xml, "parent-style-name"));
}

void
odf_style_end (Xml *xml, void *data)
{
  ((Odf *) data)->text_style = NULL;
}

void
odf_table_properties (Xml *xml, void *data)
{
  Odf *odf = data;
  if (strcmp (xml_attribute (xml, "display"), "false") == 0 && g_hash_table_size (odf->hidden) < MAX_STYLES)
    g_hash_table_add (odf->hidden, g_strdup (odf->style_name->str));
}

void
odf_text_properties (Xml *xml, void *data)
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

void
odf_list_style_start (Xml *xml, void *data)
{
  Odf *odf = data;
  if (g_hash_table_size (odf->list_styles) >= MAX_STYLES)
    return;
  odf->list_style = g_new0 (OdfListStyle, 1);
  g_hash_table_insert (odf->list_styles, g_strdup (xml_attribute (xml, "name")), odf->list_style);
}

void
odf_list_style_end (Xml *xml, void *data)
{
  ((Odf *) data)->list_style = NULL;
}

void
odf_list_number (Xml *xml, void *data)
{
  Odf *odf = data;
  long level = xml_number (xml, "level", 0);
  if (odf->list_style == NULL || level < 1 || level > ODF_LEVELS)
    return;
  odf->list_style->ordered[level] = xml_attribute (xml, "num-format")[0] != '\0';
  odf->list_style->start[level] = (unsigned) CLAMP (xml_number (xml, "start-value", 1), 1, 1000000);
}

static const XmlElement style_elements[] = { ODF_STYLE_ELEMENTS, { "master-styles", xml_skip, NULL } };
static const XmlHandler style_handler = { style_elements, G_N_ELEMENTS (style_elements), NULL };

void
odf_read_styles (Odf *odf)
{
  odf->text_styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_text_style);
  odf->list_styles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  xml_read_part (odf->extract, "styles.xml", &style_handler, odf);
  odf->text_style = NULL;
  odf->list_style = NULL;
}

bool
odf_is_title (const Odf *odf, const char *name)
{
  const OdfTextStyle *style = g_hash_table_lookup (odf->text_styles, name);
  return strcmp (name, "Title") == 0 || (style != NULL && g_strcmp0 (style->parent, "Title") == 0);
}
