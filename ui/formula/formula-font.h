/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The font of formulas: one with OpenType's MATH table, which says how mathematics is set. All lengths are in em. Main thread only. */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <hb-ot.h>

G_BEGIN_DECLS

typedef struct _FormulaFont FormulaFont;

/* The first of the known fonts that is installed; NULL: none is, and formulas are shown as their source. (transfer none) */
const FormulaFont *formula_font_get (void);
/* As if no font were installed: for tests. */
void formula_font_set_missing (gboolean missing);

cairo_font_face_t *formula_font_get_face (const FormulaFont *font);
const char *formula_font_get_family (const FormulaFont *font);

/* 0 when the font does not have it. */
guint formula_font_find_glyph (const FormulaFont *font, gunichar c);
/* "glyph.name". (transfer full) */
char *formula_font_dup_glyph_name (const FormulaFont *font, guint glyph);

/* Of em; percentages as they are. */
double formula_font_get_constant (const FormulaFont *font, hb_ot_math_constant_t constant);

typedef struct {
  double advance, left, right, height, depth; /* the ink, right of and above the origin; depth is below it */
  double italic; /* how far it leans beyond its advance */
  double accent; /* where an accent stands over it */
} FormulaMetrics;

void formula_font_get_metrics (const FormulaFont *font, guint glyph, FormulaMetrics *metrics);

/* A part of a stretched glyph: how far its origin is from the beginning (bottom or left). */
typedef struct {
  guint glyph;
  double offset;
} FormulaPart;

/* The smallest variant of `glyph` that is at least `size` long, else an assembly, else the largest. `size` in em of the glyph's own size.
 * Returns: how long it is; `parts` (element-type FormulaPart) is appended to: one for a variant, several for an assembly. */
double formula_font_stretch (const FormulaFont *font, guint glyph, double size, gboolean vertical, GArray *parts);
/* The largest variant that is at most `size` long. */
guint formula_font_shrink (const FormulaFont *font, guint glyph, double size);

/* The advances of `text`, glyph by glyph, as FormulaPart (offset from the left). FALSE when the font lacks a character. */
gboolean formula_font_shape (const FormulaFont *font, const char *text, GArray *parts, double *width);

G_END_DECLS
