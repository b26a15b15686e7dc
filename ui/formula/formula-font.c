/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formula-font.h"

#include <pango/pangocairo.h>
#include <string.h>

#define MAX_EXTENDERS 200

struct _FormulaFont {
  PangoFont *pango; /* keeps the file of the face */
  hb_font_t *hb;    /* in units of the design, unhinted */
  cairo_font_face_t *face;
  char *family;
  double upem;
};

static gboolean is_missing;

/* A name that is not installed gives some other font, which has no such table. */
static FormulaFont *
load (const char *family)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *description = pango_font_description_new ();
  PangoFont *pango;
  cairo_scaled_font_t *scaled;
  hb_face_t *face;
  FormulaFont *font;

  pango_font_description_set_family (description, family);
  pango_font_description_set_absolute_size (description, 64 * PANGO_SCALE);
  pango = pango_context_load_font (context, description);
  pango_font_description_free (description);
  g_object_unref (context);
  if (pango == NULL)
    return NULL;
  face = hb_font_get_face (pango_font_get_hb_font (pango));
  scaled = pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (pango));
  if (!hb_ot_math_has_data (face) || scaled == NULL || cairo_scaled_font_status (scaled) != CAIRO_STATUS_SUCCESS) {
    g_object_unref (pango);
    return NULL;
  }
  font = g_new0 (FormulaFont, 1);
  font->upem = hb_face_get_upem (face);
  font->hb = hb_font_create (face);
  hb_font_set_scale (font->hb, (int) font->upem, (int) font->upem);
  font->face = cairo_font_face_reference (cairo_scaled_font_get_font_face (scaled));
  font->family = g_strdup (family);
  font->pango = pango;
  return font;
}

const FormulaFont *
formula_font_get (void)
{
  static const char *const families[] = { "STIX Math", "STIX Two Math", "XITS Math", "Latin Modern Math", "Libertinus Math", "TeX Gyre Termes Math",
                                          "Noto Sans Math", "Cambria Math", "DejaVu Math TeX Gyre" };
  static FormulaFont *found;
  static gboolean searched;

  for (guint i = 0; i < G_N_ELEMENTS (families) && !searched && found == NULL; i++)
    found = load (families[i]);
  searched = TRUE;
  return is_missing ? NULL : found;
}

void
formula_font_set_missing (gboolean missing)
{
  is_missing = missing;
}

cairo_font_face_t *
formula_font_get_face (const FormulaFont *font)
{
  return font->face;
}

const char *
formula_font_get_family (const FormulaFont *font)
{
  return font->family;
}

guint
formula_font_find_glyph (const FormulaFont *font, gunichar c)
{
  hb_codepoint_t glyph;

  return hb_font_get_nominal_glyph (font->hb, c, &glyph) ? glyph : 0;
}

char *
formula_font_dup_glyph_name (const FormulaFont *font, guint glyph)
{
  char name[64];

  hb_font_glyph_to_string (font->hb, glyph, name, sizeof name);
  return g_strdup (name);
}

double
formula_font_get_constant (const FormulaFont *font, hb_ot_math_constant_t constant)
{
  double value = hb_ot_math_get_constant (font->hb, constant);

  switch (constant) {
  case HB_OT_MATH_CONSTANT_SCRIPT_PERCENT_SCALE_DOWN:
  case HB_OT_MATH_CONSTANT_SCRIPT_SCRIPT_PERCENT_SCALE_DOWN:
  case HB_OT_MATH_CONSTANT_RADICAL_DEGREE_BOTTOM_RAISE_PERCENT:
    return value;
  default:
    return value / font->upem;
  }
}

void
formula_font_get_metrics (const FormulaFont *font, guint glyph, FormulaMetrics *metrics)
{
  hb_glyph_extents_t extents = { 0 };

  hb_font_get_glyph_extents (font->hb, glyph, &extents);
  metrics->advance = hb_font_get_glyph_h_advance (font->hb, glyph) / font->upem;
  metrics->left = extents.x_bearing / font->upem;
  metrics->right = (extents.x_bearing + extents.width) / font->upem;
  metrics->height = extents.y_bearing / font->upem;
  metrics->depth = -(extents.y_bearing + extents.height) / font->upem;
  metrics->italic = hb_ot_math_get_glyph_italics_correction (font->hb, glyph) / font->upem;
  metrics->accent = hb_ot_math_get_glyph_top_accent_attachment (font->hb, glyph) / font->upem;
}

static double
assemble (const FormulaFont *font, const hb_ot_math_glyph_part_t *pieces, guint n_pieces, double size, double min_overlap, GArray *parts)
{
  double fixed = 0;
  double extending = 0;
  guint n_fixed = 0;
  guint n_extenders = 0;
  guint repeats = 0;
  double length;
  double overlap = min_overlap;
  double at = 0;
  guint n;

  for (guint i = 0; i < n_pieces; i++) {
    double advance = pieces[i].full_advance / font->upem;

    if (pieces[i].flags & HB_OT_MATH_GLYPH_PART_FLAG_EXTENDER) {
      extending += advance;
      n_extenders++;
    } else {
      fixed += advance;
      n_fixed++;
    }
  }
  do {
    n = n_fixed + repeats * n_extenders;
    length = fixed + repeats * extending - (n > 0 ? n - 1 : 0) * min_overlap;
  } while ((length < size || n == 0) && n_extenders > 0 && ++repeats < MAX_EXTENDERS);
  /* What is too long is taken in evenly, as far as the parts allow. */
  if (length > size && n > 1) {
    double most = G_MAXDOUBLE;

    for (guint i = 0; i < n_pieces; i++)
      for (guint side = 0; side < 2; side++) {
        double connector = (side == 0 ? pieces[i].start_connector_length : pieces[i].end_connector_length) / font->upem;

        if (connector > 0)
          most = MIN (most, connector);
      }
    overlap = CLAMP (min_overlap + (length - size) / (n - 1), min_overlap, MAX (most, min_overlap));
  }
  for (guint i = 0; i < n_pieces; i++) {
    guint times = pieces[i].flags & HB_OT_MATH_GLYPH_PART_FLAG_EXTENDER ? repeats : 1;

    for (guint k = 0; k < times; k++) {
      FormulaPart part = { pieces[i].glyph, at };

      g_array_append_val (parts, part);
      at += pieces[i].full_advance / font->upem - overlap;
    }
  }
  return at + overlap;
}

double
formula_font_stretch (const FormulaFont *font, guint glyph, double size, gboolean vertical, GArray *parts)
{
  hb_direction_t direction = vertical ? HB_DIRECTION_BTT : HB_DIRECTION_LTR;
  hb_ot_math_glyph_variant_t variants[32];
  hb_ot_math_glyph_part_t pieces[16];
  guint n = G_N_ELEMENTS (variants);
  guint n_pieces = G_N_ELEMENTS (pieces);
  hb_position_t italic;
  FormulaPart one = { glyph, 0 };
  FormulaMetrics metrics;
  double length;

  formula_font_get_metrics (font, glyph, &metrics);
  length = vertical ? metrics.height + metrics.depth : metrics.right - metrics.left;
  if (length < size) {
    hb_ot_math_get_glyph_variants (font->hb, glyph, direction, 0, &n, variants);
    for (guint i = 0; i < n && length < size; i++) {
      one.glyph = variants[i].glyph;
      length = variants[i].advance / font->upem;
    }
    if (length < size) {
      hb_ot_math_get_glyph_assembly (font->hb, glyph, direction, 0, &n_pieces, pieces, &italic);
      if (n_pieces > 0)
        return assemble (font, pieces, n_pieces, size, hb_ot_math_get_min_connector_overlap (font->hb, direction) / font->upem, parts);
    }
  }
  g_array_append_val (parts, one);
  return length;
}

guint
formula_font_shrink (const FormulaFont *font, guint glyph, double size)
{
  hb_ot_math_glyph_variant_t variants[32];
  guint n = G_N_ELEMENTS (variants);

  hb_ot_math_get_glyph_variants (font->hb, glyph, HB_DIRECTION_LTR, 0, &n, variants);
  for (guint i = 0; i < n && variants[i].advance / font->upem <= size; i++)
    glyph = variants[i].glyph;
  return glyph;
}

gboolean
formula_font_shape (const FormulaFont *font, const char *text, GArray *parts, double *width)
{
  hb_buffer_t *buffer = hb_buffer_create ();
  hb_glyph_info_t *infos;
  hb_glyph_position_t *positions;
  gboolean complete = TRUE;
  guint n;

  *width = 0;
  hb_buffer_add_utf8 (buffer, text, -1, 0, -1);
  hb_buffer_guess_segment_properties (buffer);
  /* What runs from right to left, or joins, is for Pango. */
  complete = hb_buffer_get_direction (buffer) == HB_DIRECTION_LTR;
  hb_shape (font->hb, buffer, NULL, 0);
  infos = hb_buffer_get_glyph_infos (buffer, &n);
  positions = hb_buffer_get_glyph_positions (buffer, &n);
  for (guint i = 0; i < n; i++) {
    FormulaPart part = { infos[i].codepoint, *width + positions[i].x_offset / font->upem };

    complete = complete && infos[i].codepoint != 0;
    g_array_append_val (parts, part);
    *width += positions[i].x_advance / font->upem;
  }
  hb_buffer_destroy (buffer);
  return complete;
}
