/* SPDX-License-Identifier: MIT */
#include "ooxml.h"

#include <string.h>

#define MAX_RELATIONS 50000

typedef struct {
  const char *const *words;
  char *found;
} Search;

static void
on_override (Xml *xml, void *data)
{
  Search *search = data;
  g_autofree char *type = g_ascii_strdown (xml_attribute (xml, "ContentType"), -1);
  bool known = false;

  if (search->found != NULL || !g_str_has_suffix (type, "main+xml"))
    return;
  for (size_t i = 0; search->words[i] != NULL; i++)
    known |= strstr (type, search->words[i]) != NULL;
  if (known)
    search->found = zip_resolve ("", xml_attribute (xml, "PartName"));
}

static const XmlElement type_elements[] = { { "Override", on_override, NULL } };
static const XmlHandler types = { type_elements, G_N_ELEMENTS (type_elements), NULL };

/* Returns: g_free () it; NULL if it is none. */
static char *
find_main (Extract *extract, const char *const *words)
{
  Search search = { words, NULL };
  if (!zip_matches (extract) || !zip_open (extract))
    return NULL;
  xml_read_part (extract, "[Content_Types].xml", &types, &search);
  return search.found;
}

bool
ooxml_matches (Extract *extract, const char *const *words)
{
  g_autofree char *part = find_main (extract, words);
  return part != NULL;
}

static void
free_relation (gpointer data)
{
  OoxmlRelation *relation = data;
  g_free (relation->type);
  g_free (relation->target);
  g_free (relation);
}

typedef struct {
  GHashTable *relations;
  const char *part;
} Reading;

static void
on_relation (Xml *xml, void *data)
{
  Reading *reading = data;
  if (g_hash_table_size (reading->relations) >= MAX_RELATIONS)
    return;
  OoxmlRelation *relation = g_new0 (OoxmlRelation, 1);
  char *id = g_strdup (xml_attribute (xml, "Id"));
  const char *type = xml_attribute (xml, "Type"), *slash = strrchr (type, '/');
  relation->type = g_strdup (slash != NULL ? slash + 1 : type);
  relation->external = strcmp (xml_attribute (xml, "TargetMode"), "External") == 0;
  const char *target = xml_attribute (xml, "Target");
  relation->target = relation->external ? g_strdup (target) : zip_resolve (reading->part, target);
  g_hash_table_insert (reading->relations, id, relation);
}

static const XmlElement relation_elements[] = { { "Relationship", on_relation, NULL } };
static const XmlHandler relation_handler = { relation_elements, G_N_ELEMENTS (relation_elements), NULL };

GHashTable *
ooxml_relations (Extract *extract, const char *part)
{
  GHashTable *relations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_relation);
  Reading reading = { relations, part };
  const char *slash = strrchr (part, '/');
  const char *base = slash != NULL ? slash + 1 : part;
  g_autofree char *name = g_strdup_printf ("%.*s_rels/%s.rels", (int) (base - part), part, base);

  xml_read_part (extract, name, &relation_handler, &reading);
  return relations;
}

const OoxmlRelation *
ooxml_relation (GHashTable *relations, const char *id)
{
  return g_hash_table_lookup (relations, id);
}

const char *
ooxml_target (GHashTable *relations, const char *type)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, relations);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OoxmlRelation *relation = value;
    if (!relation->external && strcmp (relation->type, type) == 0)
      return relation->target;
  }
  return NULL;
}

typedef struct {
  Extract *extract;
  bool in_title;
} Properties;

static void
on_title (Xml *xml, void *data)
{
  ((Properties *) data)->in_title = true;
}

static void
on_title_end (Xml *xml, void *data)
{
  ((Properties *) data)->in_title = false;
}

static void
on_text (Xml *xml, const char *text, void *data)
{
  Properties *properties = data;
  if (properties->in_title)
    extract_set_line (&properties->extract->title, text);
}

static const XmlElement property_elements[] = { { "title", on_title, on_title_end } };
static const XmlHandler property_handler = { property_elements, G_N_ELEMENTS (property_elements), on_text };

/* dc:title of docProps/core.xml becomes the title. */
static void
read_title (Extract *extract)
{
  Properties properties = { extract, false };
  if (zip_has (extract, "docProps/core.xml"))
    xml_read_part (extract, "docProps/core.xml", &property_handler, &properties);
}

GHashTable *
ooxml_open (Extract *extract, const char *format, const char *const *words, char **part)
{
  extract->format = format;
  *part = find_main (extract, words);
  read_title (extract);
  return ooxml_relations (extract, *part);
}

void
ooxml_read_main (Extract *extract, const char *part, const XmlHandler *handler, void *data)
{
  if (!xml_read_part (extract, part, handler, data) && !extract_is_over (extract))
    extract_damaged (extract);
}
