/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between two texts, line by line. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { LINE_DIFF_SAME, LINE_DIFF_GONE, LINE_DIFF_NEW } LineDiffKind;
typedef struct {
  LineDiffKind kind;
  char *text; /* without its end */
} LineDiffLine;

/* All lines of both, in their order (LineDiffLine); where much differs, what is gone stands before what is new. (transfer full) */
GPtrArray *line_diff_new (const char *before, const char *after);

G_END_DECLS
