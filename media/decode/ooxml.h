/* SPDX-License-Identifier: MIT */
/* What DOCX, PPTX and XLSX share: a list of the parts' types, and relations from a part to others. */
#pragma once

#include "xml.h"
#include "zip.h"

/* Relations of one part: id → OoxmlRelation. */
typedef struct {
  char *type;   /* the last word of its address: "slide", "hyperlink" */
  char *target; /* a part's name; an address when `external` */
  bool external;
} OoxmlRelation;

/* Whether [Content_Types].xml names a main part whose type holds one of `words` ("wordprocessingml", NULL at the end). */
bool ooxml_matches (Extract *extract, const char *const *words);

/* Begins to read one that matches: format, title, the name of its main part (g_free () it) and that part's relations (g_hash_table_unref () them). */
GHashTable *ooxml_open (Extract *extract, const char *format, const char *const *words, char **part);
/* Reads the main part, without which the document is damaged. */
void ooxml_read_main (Extract *extract, const char *part, const XmlHandler *handler, void *data);

/* Returns: g_hash_table_unref () it; empty when there are none. */
GHashTable *ooxml_relations (Extract *extract, const char *part);
/* (transfer none) NULL if there is none. */
const OoxmlRelation *ooxml_relation (GHashTable *relations, const char *id);
/* The target of the first relation of that type within the document; NULL if there is none. */
const char *ooxml_target (GHashTable *relations, const char *type);
