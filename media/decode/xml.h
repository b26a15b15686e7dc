/* SPDX-License-Identifier: MIT */
/* The XML parts of documents: read once from front to back with libxml2's reader, which keeps only the path to where it stands.
 *
 * No network, no document type definition, no entities of the document's own (a part that declares any is refused), 256 levels at most, no text longer
 * than libxml2's 10 MB. A parser gives a table of the elements that it knows, by their local names: the namespaces of one format do not
 * use one name for two things that matter here, except where xml_is_in () is asked. */
#pragma once

#include "extract.h"

typedef struct Xml Xml;

typedef struct {
  const char *name;
  /* Either may be NULL. An empty element gets both. */
  void (*start) (Xml *xml, void *data);
  void (*end) (Xml *xml, void *data);
} XmlElement;

typedef struct {
  const XmlElement *elements;
  size_t n_elements;
  void (*text) (Xml *xml, const char *text, void *data); /* may be NULL */
} XmlHandler;

/* Reads the part `name` of the archive. FALSE when it is missing or broken; what was read before the damage has been told. */
bool xml_read_part (Extract *extract, const char *name, const XmlHandler *handler, void *data);
/* The same for bytes in memory. */
bool xml_read_memory (Extract *extract, const char *text, size_t length, const XmlHandler *handler, void *data);

/* Within a start function: leaves out what the element holds, and its end. Can stand in a table as a start function. */
void xml_skip (Xml *xml, void *data);
/* No more of this part is wanted. */
void xml_stop (Xml *xml);

/* An attribute of the element that has just started, by its local name; "" if there is none. (transfer none): until the next call for the same part. */
const char *xml_attribute (Xml *xml, const char *name);
/* The attribute "id" that names a relation of an OOXML part, which stands beside another "id". (transfer none) as above. */
const char *xml_relation (Xml *xml);
bool xml_has_attribute (Xml *xml, const char *name);
/* As a number, `fallback` if it is none. */
long xml_number (Xml *xml, const char *name, long fallback);
/* Whether an attribute that is on when it is there without a value ("<w:b/>") is on. */
bool xml_is_on (Xml *xml, const char *name);
/* Whether the namespace of this element ends in `end`. */
bool xml_is_in (Xml *xml, const char *end);
