/* SPDX-License-Identifier: MIT */
/* The styles and lists of a DOCX: which paragraphs are headings, which are items, and of what number. */
#pragma once

#include "ooxml.h"

/* Levels of lists. */
#define DOCX_LEVELS 9

typedef struct {
  char *based_on;
  int heading;     /* 1 to 9; 0: none; -1: not said */
  int list, level; /* numId and ilvl; -1: not said */
} DocxStyle;

typedef struct _DocxStyles DocxStyles;

/* `relations`: of the main part. Empty where there are none. */
DocxStyles *docx_styles_read (Extract *extract, GHashTable *relations);
void docx_styles_free (DocxStyles *self);
/* Fills in what the style `id` (NULL for none) and those that it is based on say and *style does not yet. */
void docx_styles_inherit (DocxStyles *self, const char *id, DocxStyle *style);
/* The number of the next item of that list and level, from 0 to DOCX_LEVELS - 1; 0 when it has a bullet. */
unsigned docx_styles_next_number (DocxStyles *self, int list, int level);
