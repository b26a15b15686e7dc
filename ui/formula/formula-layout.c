/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formula-layout.h"

#include <math.h>
#include <pango/pangocairo.h>

#include "formula-box.h"

#define BOX_PADDING 0.3
#define BOX_LINE 0.05

struct _UiFormulaLayout {
  grefcount ref_count;
  Box *box;
};

static Box *
set_style (const Setter *setter, const AppFormulaNode *node, Style style)
{
  style.level = CLAMP (node->number, 0, 3);
  return set_node (setter, app_formula_child (node, 0), style);
}

static Box *
set_phantom (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Box *box = set_node (setter, app_formula_child (node, 0), style);

  g_array_set_size (box->marks, 0);
  return box;
}

static Box *
set_frame (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Box *inside = set_node (setter, app_formula_child (node, 0), style);
  Box *box = box_new ();
  double width = inside->width + inside->italic + 2 * BOX_PADDING;
  double top = inside->height + BOX_PADDING;
  double bottom = -inside->depth - BOX_PADDING;

  box_put (box, inside, BOX_PADDING, 0);
  box_put_rule (box, 0, top - BOX_LINE, width, BOX_LINE);
  box_put_rule (box, 0, bottom, width, BOX_LINE);
  box_put_rule (box, 0, bottom, BOX_LINE, top - bottom);
  box_put_rule (box, width - BOX_LINE, bottom, BOX_LINE, top - bottom);
  box->width = width;
  return box;
}

/* A space that stands alone, as an argument. */
static Box *
set_space (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Box *box = box_new ();

  box->width = MAX (node->number, 0) / 18.0 * style_size (setter, style);
  return box;
}

static const SetNode setters[APP_FORMULA_N_KINDS] = {
  [APP_FORMULA_ROW] = set_row, [APP_FORMULA_SYMBOL] = set_symbol, [APP_FORMULA_NAME] = set_name, [APP_FORMULA_TEXT] = set_text,
  [APP_FORMULA_SOURCE] = set_source, [APP_FORMULA_SPACE] = set_space, [APP_FORMULA_FRACTION] = set_fraction, [APP_FORMULA_RADICAL] = set_radical,
  [APP_FORMULA_SCRIPTS] = set_scripts, [APP_FORMULA_FENCE] = set_fence, [APP_FORMULA_DELIMITER] = set_delimiter, [APP_FORMULA_ACCENT] = set_accent,
  [APP_FORMULA_LINE] = set_line, [APP_FORMULA_BRACE] = set_brace, [APP_FORMULA_ARROW] = set_arrow, [APP_FORMULA_STACK] = set_stack,
  [APP_FORMULA_TABLE] = set_table, [APP_FORMULA_STYLE] = set_style, [APP_FORMULA_PHANTOM] = set_phantom, [APP_FORMULA_BOX] = set_frame,
};

Box *
set_node (const Setter *setter, const AppFormulaNode *node, Style style)
{
  return node != NULL ? setters[node->kind](setter, node, style) : box_new ();
}

UiFormulaLayout *
ui_formula_layout_new (AppFormula *formula, gboolean display)
{
  Setter setter = { formula_font_get () };
  UiFormulaLayout *self;

  if (setter.font == NULL)
    return NULL;
  self = g_new0 (UiFormulaLayout, 1);
  g_ref_count_init (&self->ref_count);
  self->box = set_node (&setter, app_formula_get_root (formula), (Style){ display ? 0 : 1, FALSE });
  self->box->width += self->box->italic;
  return self;
}

UiFormulaLayout *
ui_formula_layout_ref (UiFormulaLayout *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
ui_formula_layout_unref (UiFormulaLayout *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  box_free (self->box);
  g_free (self);
}

void
ui_formula_layout_get_size (UiFormulaLayout *self, double *width, double *height, double *depth)
{
  *width = MAX (self->box->width, 0);
  *height = MAX (self->box->height, 0);
  *depth = MAX (self->box->depth, 0);
}

double
ui_formula_layout_em_for (double x_height)
{
  const FormulaFont *font = formula_font_get ();
  FormulaMetrics metrics = { 0 };

  if (font != NULL)
    formula_font_get_metrics (font, formula_font_find_glyph (font, 'x'), &metrics);
  return metrics.height > 0 ? x_height / metrics.height : x_height * 2;
}

static void
draw_words (cairo_t *cr, const Mark *mark, double x, double y, double em)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_new ();

  pango_font_description_set_family (description, mark->monospace ? "monospace" : "sans");
  pango_font_description_set_absolute_size (description, mark->size * em * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_text (layout, mark->words, -1);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  cairo_move_to (cr, x, y - pango_layout_get_baseline (layout) / (double) PANGO_SCALE);
  pango_cairo_show_layout (cr, layout);
  pango_font_description_free (description);
  g_object_unref (layout);
}

/* A rule thinner than a pixel would be grey: it is one pixel, on the pixels of the device. */
static void
draw_rule (cairo_t *cr, const Mark *mark, double x, double y, double em)
{
  double width = mark->width * em;
  double height = mark->height * em;
  double left = x;
  double top = y - height;

  cairo_user_to_device (cr, &left, &top);
  cairo_user_to_device_distance (cr, &width, &height);
  cairo_save (cr);
  cairo_identity_matrix (cr);
  if (mark->width > mark->height)
    cairo_rectangle (cr, left, round (top), width, MAX (round (height), 1));
  else
    cairo_rectangle (cr, round (left), top, MAX (round (width), 1), height);
  cairo_fill (cr);
  cairo_restore (cr);
}

void
ui_formula_layout_draw (UiFormulaLayout *self, cairo_t *cr, double x, double y, double em)
{
  const FormulaFont *font = formula_font_get ();
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_save (cr);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_set_font_options (cr, options);
  for (guint i = 0; i < self->box->marks->len; i++) {
    const Mark *mark = &g_array_index (self->box->marks, Mark, i);
    double mark_x = x + mark->x * em;
    double mark_y = y - mark->y * em;

    if (mark->kind == MARK_RULE) {
      draw_rule (cr, mark, mark_x, mark_y, em);
    } else if (mark->kind == MARK_WORDS) {
      draw_words (cr, mark, mark_x, mark_y, em);
    } else if (font != NULL) {
      cairo_glyph_t glyph = { mark->glyph, mark_x, mark_y };

      cairo_set_font_face (cr, formula_font_get_face (font));
      cairo_set_font_size (cr, mark->size * em);
      cairo_show_glyphs (cr, &glyph, 1);
    }
  }
  cairo_restore (cr);
  cairo_font_options_destroy (options);
}

char *
ui_formula_layout_dump (UiFormulaLayout *self)
{
  const FormulaFont *font = formula_font_get ();
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%ld wide, %ld above, %ld below\n", lround (self->box->width * 100), lround (self->box->height * 100), lround (self->box->depth * 100));
  for (guint i = 0; i < self->box->marks->len; i++) {
    const Mark *mark = &g_array_index (self->box->marks, Mark, i);

    if (mark->kind == MARK_GLYPH) {
      g_autofree char *name = formula_font_dup_glyph_name (font, mark->glyph);

      g_string_append_printf (out, "  %s %ld,%ld x%ld\n", name, lround (mark->x * 100), lround (mark->y * 100), lround (mark->size * 100));
    } else if (mark->kind == MARK_RULE) {
      g_string_append_printf (out, "  rule %ld,%ld %ldx%ld\n", lround (mark->x * 100), lround (mark->y * 100), lround (mark->width * 100), lround (mark->height * 100));
    } else {
      g_string_append_printf (out, "  \"%s\" %ld,%ld\n", mark->words, lround (mark->x * 100), lround (mark->y * 100));
    }
  }
  return g_string_free (out, FALSE);
}
