/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is set above, below and around: fractions, roots, scripts, limits, accents and braces, by OpenType's rules for mathematics. */
#include "formula-box.h"

/* Beside a fraction, in em: TeX's \nulldelimiterspace. */
#define FRACTION_SIDE 0.12

static Style
fraction_style (Style style, gboolean below)
{
  static const int levels[] = { 1, 2, 3, 3 };

  return (Style){ levels[style.level], style.cramped || below };
}

static void
place_centred (Box *box, Box *child, double left, double width, double y)
{
  box_put (box, child, left + (width - child->width) / 2, y);
}

Box *
set_fraction (const Setter *setter, const AppFormulaNode *node, Style style)
{
  gboolean display;
  Box *above;
  Box *below;
  Box *box = box_new ();
  double axis;
  double line;
  double up;
  double down;
  double width;
  double side;

  if (node->number >= 0)
    style.level = node->number;
  display = style.level == 0;
  above = set_node (setter, app_formula_child (node, 0), fraction_style (style, FALSE));
  below = set_node (setter, app_formula_child (node, 1), fraction_style (style, TRUE));
  axis = style_axis (setter, style);
  side = FRACTION_SIDE * style_size (setter, style);
  width = MAX (above->width, below->width);
  if (node->bare) {
    double gap = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_STACK_DISPLAY_STYLE_GAP_MIN : HB_OT_MATH_CONSTANT_STACK_GAP_MIN);
    double missing;

    line = 0;
    up = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_STACK_TOP_DISPLAY_STYLE_SHIFT_UP : HB_OT_MATH_CONSTANT_STACK_TOP_SHIFT_UP);
    down = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_STACK_BOTTOM_DISPLAY_STYLE_SHIFT_DOWN : HB_OT_MATH_CONSTANT_STACK_BOTTOM_SHIFT_DOWN);
    missing = gap - (up - above->depth) - (down - below->height);
    up += MAX (missing, 0) / 2;
    down += MAX (missing, 0) / 2;
  } else {
    double above_gap = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_FRACTION_NUM_DISPLAY_STYLE_GAP_MIN : HB_OT_MATH_CONSTANT_FRACTION_NUMERATOR_GAP_MIN);
    double below_gap = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_FRACTION_DENOM_DISPLAY_STYLE_GAP_MIN : HB_OT_MATH_CONSTANT_FRACTION_DENOMINATOR_GAP_MIN);

    line = style_constant (setter, style, HB_OT_MATH_CONSTANT_FRACTION_RULE_THICKNESS);
    up = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_FRACTION_NUMERATOR_DISPLAY_STYLE_SHIFT_UP : HB_OT_MATH_CONSTANT_FRACTION_NUMERATOR_SHIFT_UP);
    down = style_constant (setter, style, display ? HB_OT_MATH_CONSTANT_FRACTION_DENOMINATOR_DISPLAY_STYLE_SHIFT_DOWN : HB_OT_MATH_CONSTANT_FRACTION_DENOMINATOR_SHIFT_DOWN);
    up = MAX (up, axis + line / 2 + above_gap + above->depth);
    down = MAX (down, below_gap + below->height + line / 2 - axis);
  }
  place_centred (box, above, side, width, up);
  place_centred (box, below, side, width, -down);
  if (!node->bare)
    box_put_rule (box, side / 2, axis - line / 2, width + side, line);
  box->width = width + 2 * side;
  box->accent = box->width / 2;
  return box;
}

Box *
set_radical (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Style cramped = { style.level, TRUE };
  Box *body = set_node (setter, app_formula_child (node, 0), cramped);
  double gap = style_constant (setter, style, style.level == 0 ? HB_OT_MATH_CONSTANT_RADICAL_DISPLAY_STYLE_VERTICAL_GAP : HB_OT_MATH_CONSTANT_RADICAL_VERTICAL_GAP);
  double line = style_constant (setter, style, HB_OT_MATH_CONSTANT_RADICAL_RULE_THICKNESS);
  double unit = style_size (setter, style);
  double body_width = body->width + body->italic + 0.05 * unit;
  /* The sign goes at least as deep as a letter without one below, so that roots side by side are alike. */
  double size = MAX (body->height, 0.55 * unit) + MAX (body->depth, 0.1 * unit) + gap + line;
  Box *sign = set_stretched (setter, 0x221a, size, style);
  double length = sign->height + sign->depth;
  double top;
  double x = 0;
  Box *box = box_new ();

  /* What the sign is longer than asked for is shared above and below. */
  top = MAX (body->height, 0.55 * unit) + gap + MAX (length - size, 0) / 2 + line;
  if (app_formula_child (node, 1) != NULL) {
    Box *index = set_node (setter, app_formula_child (node, 1), (Style){ 3, TRUE });
    double raise = formula_font_get_constant (setter->font, HB_OT_MATH_CONSTANT_RADICAL_DEGREE_BOTTOM_RAISE_PERCENT) / 100 * length;
    double before = style_constant (setter, style, HB_OT_MATH_CONSTANT_RADICAL_KERN_BEFORE_DEGREE);
    double after = style_constant (setter, style, HB_OT_MATH_CONSTANT_RADICAL_KERN_AFTER_DEGREE);
    double width = index->width;

    box_put (box, index, MAX (before, 0), top - length + raise + index->depth);
    x = MAX (before + width + after, 0);
  }
  body_width = MAX (body_width, 0.3 * unit);
  box->width = x + sign->width + body_width;
  {
    double sign_width = sign->width;
    double rise = top - sign->height;

    box_put (box, sign, x, rise);
    box_put (box, body, x + sign_width, 0);
    box_put_rule (box, x + sign_width - 0.02 * unit, top - line, body_width + 0.02 * unit, line);
  }
  box->height += style_constant (setter, style, HB_OT_MATH_CONSTANT_RADICAL_EXTRA_ASCENDER);
  box->accent = box->width / 2;
  return box;
}

/* `above` and `below` (nullable, taken) over and under `base`, which is taken too. */
static Box *
put_limits (const Setter *setter, Box *base, Box *above, Box *below, Style style)
{
  double lean = base->italic / 2;
  double width = base->width;
  double left = 0;
  double right = 0;
  Box *box = box_new ();
  double height = base->height;
  double depth = base->depth;
  double base_accent;

  if (above != NULL) {
    left = MAX (left, (above->width - width) / 2 - lean);
    right = MAX (right, (above->width - width) / 2 + lean);
  }
  if (below != NULL) {
    left = MAX (left, (below->width - width) / 2 + lean);
    right = MAX (right, (below->width - width) / 2 - lean);
  }
  base_accent = base->accent;
  box_put (box, base, left, 0);
  if (above != NULL) {
    double rise = MAX (style_constant (setter, style, HB_OT_MATH_CONSTANT_UPPER_LIMIT_GAP_MIN) + above->depth,
                       style_constant (setter, style, HB_OT_MATH_CONSTANT_UPPER_LIMIT_BASELINE_RISE_MIN));

    place_centred (box, above, left + lean, width, height + rise);
  }
  if (below != NULL) {
    double drop = MAX (style_constant (setter, style, HB_OT_MATH_CONSTANT_LOWER_LIMIT_GAP_MIN) + below->height,
                       style_constant (setter, style, HB_OT_MATH_CONSTANT_LOWER_LIMIT_BASELINE_DROP_MIN));

    place_centred (box, below, left - lean, width, -depth - drop);
  }
  box->width = left + width + right;
  box->accent = left + base_accent;
  return box;
}

/* Primes are made to stand where they stand, at the size of their base. */
static gboolean
is_primes (const Setter *setter, const AppFormulaNode *node)
{
  FormulaMetrics metrics;

  if (node == NULL || node->kind != APP_FORMULA_ROW || node->children == NULL || node->children->len == 0)
    return FALSE;
  for (guint i = 0; i < node->children->len; i++) {
    const AppFormulaNode *child = app_formula_child (node, i);

    if (child == NULL || child->kind != APP_FORMULA_SYMBOL || child->character != 0x2032)
      return FALSE;
  }
  formula_font_get_metrics (setter->font, formula_font_find_glyph (setter->font, 0x2032), &metrics);
  return metrics.depth < -0.25;
}

static Box *
put_scripts (const Setter *setter, Box *base, Box *sup, Box *sub, Style style, gboolean primes)
{
  Box *box = box_new ();
  double width = base->width;
  double italic = base->italic;
  double up = style_constant (setter, style, style.cramped ? HB_OT_MATH_CONSTANT_SUPERSCRIPT_SHIFT_UP_CRAMPED : HB_OT_MATH_CONSTANT_SUPERSCRIPT_SHIFT_UP);
  double down = style_constant (setter, style, HB_OT_MATH_CONSTANT_SUBSCRIPT_SHIFT_DOWN);
  double after = style_constant (setter, style, HB_OT_MATH_CONSTANT_SPACE_AFTER_SCRIPT);
  double end = width;

  if (!base->is_character) {
    up = MAX (up, base->height - style_constant (setter, style, HB_OT_MATH_CONSTANT_SUPERSCRIPT_BASELINE_DROP_MAX));
    down = MAX (down, base->depth + style_constant (setter, style, HB_OT_MATH_CONSTANT_SUBSCRIPT_BASELINE_DROP_MIN));
  }
  if (primes)
    up = MAX (base->height - style_constant (setter, style, HB_OT_MATH_CONSTANT_ACCENT_BASE_HEIGHT) * 1.6, 0);
  else if (sup != NULL)
    up = MAX (up, sup->depth + style_constant (setter, style, HB_OT_MATH_CONSTANT_SUPERSCRIPT_BOTTOM_MIN));
  if (sub != NULL)
    down = MAX (down, sub->height - style_constant (setter, style, HB_OT_MATH_CONSTANT_SUBSCRIPT_TOP_MAX));
  if (sup != NULL && sub != NULL) {
    double gap = up - sup->depth - (sub->height - down);
    double least = style_constant (setter, style, HB_OT_MATH_CONSTANT_SUB_SUPERSCRIPT_GAP_MIN);

    if (gap < least && !primes) {
      double lift = style_constant (setter, style, HB_OT_MATH_CONSTANT_SUPERSCRIPT_BOTTOM_MAX_WITH_SUBSCRIPT) - (up - sup->depth);

      lift = CLAMP (lift, 0, least - gap);
      up += lift;
      down += least - gap - lift;
    }
  }
  box_put (box, base, 0, 0);
  if (sup != NULL) {
    end = MAX (end, width + italic + sup->width + sup->italic);
    box_put (box, sup, width + italic, up);
  }
  if (sub != NULL) {
    end = MAX (end, width + sub->width + sub->italic);
    box_put (box, sub, width, -down);
  }
  box->width = end + after;
  box->accent = box->width / 2;
  return box;
}

Box *
set_scripts (const Setter *setter, const AppFormulaNode *node, Style style)
{
  const AppFormulaNode *base_node = app_formula_child (node, 0);
  const AppFormulaNode *sub_node = app_formula_child (node, 1);
  const AppFormulaNode *sup_node = app_formula_child (node, 2);
  Box *base = set_node (setter, base_node, style);
  Box *sub = sub_node != NULL ? set_node (setter, sub_node, style_script (style, TRUE)) : NULL;
  gboolean primes = is_primes (setter, sup_node);
  Box *sup = sup_node != NULL ? set_node (setter, sup_node, primes ? style : style_script (style, FALSE)) : NULL;
  gboolean limits = node->number == 1 ||
                    (node->number < 0 && base_node != NULL && base_node->limits && (style.level == 0 || base_node->kind == APP_FORMULA_BRACE));

  return limits ? put_limits (setter, base, sup, sub, style) : put_scripts (setter, base, sup, sub, style, primes);
}

Box *
set_stack (const Setter *setter, const AppFormulaNode *node, Style style)
{
  const AppFormulaNode *above = app_formula_child (node, 1);
  const AppFormulaNode *below = app_formula_child (node, 2);
  Box *base = set_node (setter, app_formula_child (node, 0), style);

  return put_limits (setter, base, above != NULL ? set_node (setter, above, style_script (style, FALSE)) : NULL,
                     below != NULL ? set_node (setter, below, style_script (style, TRUE)) : NULL, style);
}

Box *
set_accent (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Box *base = set_node (setter, app_formula_child (node, 0), (Style){ style.level, TRUE });
  double unit = style_size (setter, style);
  guint glyph = formula_font_find_glyph (setter->font, node->character);
  FormulaMetrics metrics;
  Mark mark = { .kind = MARK_GLYPH, .size = unit };
  double lift;
  Box *box = box_new ();
  double width = base->width;
  double accent = base->is_character && base->accent > 0 ? base->accent : width / 2;

  box->italic = base->italic;
  box->is_character = base->is_character;
  lift = MIN (base->height, style_constant (setter, style, HB_OT_MATH_CONSTANT_ACCENT_BASE_HEIGHT));
  lift = base->height - lift;
  if (node->character == 0x338)
    lift = 0;
  box_put (box, base, 0, 0);
  box->width = width;
  box->accent = accent;
  if (glyph == 0)
    return box;
  if (node->wide)
    glyph = formula_font_shrink (setter->font, glyph, MAX (width / unit, 0.3));
  formula_font_get_metrics (setter->font, glyph, &metrics);
  mark.glyph = glyph;
  /* Over the middle of its ink: a combining mark has no advance. */
  mark.x = accent - (metrics.left + metrics.right) / 2 * unit;
  mark.y = lift;
  g_array_append_val (box->marks, mark);
  box->height = MAX (box->height, metrics.height * unit + lift);
  return box;
}

Box *
set_line (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Box *base = set_node (setter, app_formula_child (node, 0), (Style){ style.level, TRUE });
  double gap = style_constant (setter, style, node->under ? HB_OT_MATH_CONSTANT_UNDERBAR_VERTICAL_GAP : HB_OT_MATH_CONSTANT_OVERBAR_VERTICAL_GAP);
  double line = style_constant (setter, style, node->under ? HB_OT_MATH_CONSTANT_UNDERBAR_RULE_THICKNESS : HB_OT_MATH_CONSTANT_OVERBAR_RULE_THICKNESS);
  double width = base->width + base->italic;
  double y = node->under ? -base->depth - gap - line : base->height + gap;
  Box *box = box_new ();

  box_put (box, base, 0, 0);
  box_put_rule (box, 0, y, width, line);
  box->width = width;
  box->accent = width / 2;
  return box;
}

Box *
set_brace (const Setter *setter, const AppFormulaNode *node, Style style)
{
  Box *base = set_node (setter, app_formula_child (node, 0), (Style){ style.level, TRUE });
  Box *sign = set_sideways (setter, node->character, base->width, style);
  double gap = 0.12 * style_size (setter, style);
  Box *box = box_new ();
  double width = MAX (base->width, sign->width);
  double y = node->under ? -base->depth - gap - sign->height : base->height + gap + sign->depth;

  place_centred (box, base, 0, width, 0);
  place_centred (box, sign, 0, width, y);
  box->width = width;
  box->accent = width / 2;
  return box;
}

Box *
set_arrow (const Setter *setter, const AppFormulaNode *node, Style style)
{
  const AppFormulaNode *below_node = app_formula_child (node, 1);
  double unit = style_size (setter, style);
  Box *above = set_node (setter, app_formula_child (node, 0), style_script (style, FALSE));
  Box *below = below_node != NULL ? set_node (setter, below_node, style_script (style, TRUE)) : NULL;
  double width = MAX (MAX (above->width, below != NULL ? below->width : 0) + 0.7 * unit, 1.4 * unit);
  Box *arrow = set_sideways (setter, node->character, width, style);
  Box *box = box_new ();
  double axis = style_axis (setter, style);
  double rise = arrow->height + 0.1 * unit + above->depth;
  double drop = arrow->depth + 0.1 * unit;

  width = MAX (width, arrow->width);
  place_centred (box, arrow, 0, width, 0);
  place_centred (box, above, 0, width, MAX (rise, axis + 0.15 * unit + above->depth));
  if (below != NULL)
    place_centred (box, below, 0, width, -MAX (drop + below->height, 0.1 * unit));
  box->width = width;
  return box;
}
