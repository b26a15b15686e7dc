/* SPDX-License-Identifier: MIT */
#include "xml.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "zip.h"

struct Xml {
  xmlTextReaderPtr reader;
  Extract *extract;
  bool skip, stop;
  GString *attribute; /* the last that was asked for */
};

static int
read_zip (void *context, char *buffer, int length)
{
  return zip_read (context, buffer, length);
}

void
xml_skip (Xml *xml, void *data)
{
  xml->skip = true;
}

void
xml_stop (Xml *xml)
{
  xml->stop = true;
}

/* `space`: how the attribute's namespace ends; NULL: any. */
static bool
find_attribute (Xml *xml, const char *name, const char *space)
{
  bool found = false;
  g_string_truncate (xml->attribute, 0);
  for (int more = xmlTextReaderMoveToFirstAttribute (xml->reader); more == 1 && !found; more = xmlTextReaderMoveToNextAttribute (xml->reader)) {
    const xmlChar *local = xmlTextReaderConstLocalName (xml->reader);
    if (local == NULL || strcmp ((const char *) local, name) != 0 || xmlTextReaderIsNamespaceDecl (xml->reader) == 1 || (space != NULL && !xml_is_in (xml, space)))
      continue;
    const xmlChar *value = xmlTextReaderConstValue (xml->reader);
    g_string_assign (xml->attribute, value != NULL ? (const char *) value : "");
    found = true;
  }
  xmlTextReaderMoveToElement (xml->reader);
  return found;
}

const char *
xml_attribute (Xml *xml, const char *name)
{
  find_attribute (xml, name, NULL);
  return xml->attribute->str;
}

const char *
xml_relation (Xml *xml)
{
  find_attribute (xml, "id", "relationships");
  return xml->attribute->str;
}

bool
xml_has_attribute (Xml *xml, const char *name)
{
  return find_attribute (xml, name, NULL);
}

long
xml_number (Xml *xml, const char *name, long fallback)
{
  char *end;
  const char *text = xml_attribute (xml, name);
  gint64 value = g_ascii_strtoll (text, &end, 10);
  return end == text || *end != '\0' ? fallback : (long) CLAMP (value, G_MININT, G_MAXINT);
}

bool
xml_is_on (Xml *xml, const char *name)
{
  const char *text = xml_attribute (xml, name);
  return strcmp (text, "0") != 0 && strcmp (text, "false") != 0 && strcmp (text, "off") != 0 && strcmp (text, "none") != 0;
}

bool
xml_is_in (Xml *xml, const char *end)
{
  const xmlChar *uri = xmlTextReaderConstNamespaceUri (xml->reader);
  return uri != NULL && g_str_has_suffix ((const char *) uri, end);
}

static const XmlElement *
find (const XmlHandler *handler, const char *name)
{
  for (size_t i = 0; i < handler->n_elements; i++)
    if (strcmp (handler->elements[i].name, name) == 0)
      return &handler->elements[i];
  return NULL;
}

/* Goes over the node that was just read. Returns what the reader says to the next one. */
static int
take (Xml *xml, const XmlHandler *handler, void *data)
{
  int type = xmlTextReaderNodeType (xml->reader);
  const xmlChar *local = xmlTextReaderConstLocalName (xml->reader);
  const XmlElement *element = NULL;

  if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE)
    return -1;
  if ((type == XML_READER_TYPE_ELEMENT || type == XML_READER_TYPE_END_ELEMENT) && local != NULL)
    element = find (handler, (const char *) local);
  if (type == XML_READER_TYPE_ELEMENT && element != NULL) {
    bool empty = xmlTextReaderIsEmptyElement (xml->reader) == 1;
    if (element->start != NULL)
      element->start (xml, data);
    if (xml->skip) {
      int depth = xmlTextReaderDepth (xml->reader), code = 1;
      xml->skip = false;
      if (!empty)
        do
          code = xmlTextReaderRead (xml->reader);
        while (code == 1 && xmlTextReaderDepth (xml->reader) > depth && !extract_is_over (xml->extract));
    } else if (empty && element->end != NULL)
      element->end (xml, data);
  } else if (type == XML_READER_TYPE_END_ELEMENT && element != NULL && element->end != NULL)
    element->end (xml, data);
  else if ((type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) && handler->text != NULL) {
    const xmlChar *value = xmlTextReaderConstValue (xml->reader);
    if (value != NULL)
      handler->text (xml, (const char *) value, data);
  }
  return xml->stop || extract_is_over (xml->extract) ? 0 : xmlTextReaderRead (xml->reader);
}

/* Takes the reader. */
static bool
run (Extract *extract, xmlTextReaderPtr reader, const XmlHandler *handler, void *data)
{
  Xml xml = { reader, extract, false, false, NULL };
  if (reader == NULL)
    return false;
  xml.attribute = g_string_new (NULL);
  int code = xmlTextReaderRead (reader);
  while (code == 1)
    code = take (&xml, handler, data);
  g_string_free (xml.attribute, TRUE);
  xmlFreeTextReader (reader);
  return code == 0;
}

#define OPTIONS (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT)

bool
xml_read_part (Extract *extract, const char *name, const XmlHandler *handler, void *data)
{
  if (!zip_enter (extract, name))
    return false;
  return run (extract, xmlReaderForIO (read_zip, NULL, extract, NULL, NULL, OPTIONS), handler, data);
}

bool
xml_read_memory (Extract *extract, const char *text, size_t length, const XmlHandler *handler, void *data)
{
  if (length > G_MAXINT)
    return false;
  return run (extract, xmlReaderForMemory (text, (int) length, NULL, NULL, OPTIONS), handler, data);
}
