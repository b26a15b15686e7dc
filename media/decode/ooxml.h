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

/* The main part, when [Content_Types].xml names one whose type holds one of `words` ("wordprocessingml", NULL at the end). Returns: g_free () it; NULL if it is none. */
char *ooxml_find_main (Extract *extract, const char *const *words);

/* Returns: g_hash_table_unref () it; empty when there are none. */
GHashTable *ooxml_relations (Extract *extract, const char *part);
/* (transfer none) NULL if there is none. */
const OoxmlRelation *ooxml_relation (GHashTable *relations, const char *id);
/* The target of the first relation of that type within the document; NULL if there is none. */
const char *ooxml_target (GHashTable *relations, const char *type);

/* dc:title of docProps/core.xml becomes the title. */
void ooxml_read_title (Extract *extract);
