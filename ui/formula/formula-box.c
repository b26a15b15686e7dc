/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formula-box.h"

static void
mark_clear (gpointer data)
{
  g_free (((Mark *) data)->words);
}

Box *
box_new (void)
{
  Box *box = g_new0 (Box, 1);

  box->marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  g_array_set_clear_func (box->marks, mark_clear);
  return box;
}

void
box_free (Box *box)
{
  if (box->marks != NULL)
    g_array_unref (box->marks);
  g_free (box);
}

void
box_put (Box *box, Box *child, double x, double y)
{
  for (guint i = 0; i < child->marks->len; i++) {
    Mark *mark = &g_array_index (child->marks, Mark, i);

    mark->x += x;
    mark->y += y;
  }
  g_array_append_vals (box->marks, child->marks->data, child->marks->len);
  box->height = MAX (box->height, child->height + y);
  box->depth = MAX (box->depth, child->depth - y);
  /* The words now belong to the other array. */
  g_array_set_clear_func (child->marks, NULL);
  box_free (child);
}

void
box_put_rule (Box *box, double x, double y, double width, double height)
{
  Mark mark = { .kind = MARK_RULE, .x = x, .y = y, .width = width, .height = height };

  g_array_append_val (box->marks, mark);
  box->height = MAX (box->height, y + height);
  box->depth = MAX (box->depth, -y);
}

void
box_put_parts (Box *box, const FormulaFont *font, GArray *parts, double x, double y, double size, gboolean vertical)
{
  for (guint i = 0; i < parts->len; i++) {
    FormulaPart *part = &g_array_index (parts, FormulaPart, i);
    FormulaMetrics metrics;
    Mark mark = { .kind = MARK_GLYPH, .glyph = part->glyph, .x = x, .y = y, .size = size };

    formula_font_get_metrics (font, part->glyph, &metrics);
    /* A part is as long as its ink; its origin may be elsewhere. */
    if (vertical)
      mark.y = y + (part->offset + metrics.depth) * size;
    else
      mark.x = x + (part->offset - metrics.left) * size;
    g_array_append_val (box->marks, mark);
    box->width = MAX (box->width, vertical ? x + metrics.advance * size : x + (part->offset + metrics.right - metrics.left) * size);
    box->height = MAX (box->height, mark.y + metrics.height * size);
    box->depth = MAX (box->depth, metrics.depth * size - mark.y);
  }
}

double
style_size (const Setter *setter, Style style)
{
  static const hb_ot_math_constant_t constants[] = { HB_OT_MATH_CONSTANT_SCRIPT_PERCENT_SCALE_DOWN, HB_OT_MATH_CONSTANT_SCRIPT_SCRIPT_PERCENT_SCALE_DOWN };
  double percent = style.level < 2 ? 100 : formula_font_get_constant (setter->font, constants[MIN (style.level, 3) - 2]);

  return percent > 0 ? percent / 100 : 0.7;
}

Style
style_script (Style style, gboolean cramped)
{
  return (Style){ style.level < 2 ? 2 : 3, style.cramped || cramped };
}

double
style_constant (const Setter *setter, Style style, hb_ot_math_constant_t constant)
{
  return formula_font_get_constant (setter->font, constant) * style_size (setter, style);
}

double
style_axis (const Setter *setter, Style style)
{
  return style_constant (setter, style, HB_OT_MATH_CONSTANT_AXIS_HEIGHT);
}
