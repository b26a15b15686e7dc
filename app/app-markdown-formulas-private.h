/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What app-markdown-formulas.c found in a text, for app-markdown-formulas-nodes.c, which puts it into the parsed document. */
#pragma once

#include "app-markdown-formulas.h"

G_BEGIN_DECLS

typedef struct {
  char *source; /* with its delimiters */
  char *tex;    /* without; NULL: text that stands for itself */
  gboolean display;
} AppMarkdownFormula;

/* What the character at `p` stands for. (transfer none) (nullable): it is only a character. */
const AppMarkdownFormula *app_markdown_formulas_at (AppMarkdownFormulas *self, const char *p);
/* Where a line of the text without formulas, counted from 1, begins in the source, in bytes. */
gsize app_markdown_formulas_get_offset (AppMarkdownFormulas *self, int line);

G_END_DECLS
