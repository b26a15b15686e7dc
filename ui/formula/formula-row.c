/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Characters, words and rows of them, with the spaces that the classes of atoms ask for (The TeXbook, appendix G and page 170). */
#include "formula-box.h"

#include <pango/pangocairo.h>

/* Eighteenths of an em: thin, medium and thick; negative: not in scripts. */
static const signed char spaces[APP_FORMULA_N_ATOMS][APP_FORMULA_N_ATOMS] = {
  /*               ORD  OP BIN REL OPEN CLOSE PUNCT INNER */
  [APP_FORMULA_ORD] = { 0, 3, -4, -5, 0, 0, 0, -3 },
  [APP_FORMULA_OP] = { 3, 3, 0, -5, 0, 0, 0, -3 },
  [APP_FORMULA_BIN] = { -4, -4, 0, 0, -4, 0, 0, -4 },
  [APP_FORMULA_REL] = { -5, -5, 0, 0, -5, 0, 0, -5 },
  [APP_FORMULA_OPEN] = { 0, 0, 0, 0, 0, 0, 0, 0 },
  [APP_FORMULA_CLOSE] = { 0, 3, -4, -5, 0, 0, 0, -3 },
  [APP_FORMULA_PUNCT] = { -3, -3, 0, -3, -3, -3, -3, -3 },
  [APP_FORMULA_INNER] = { -3, 3, -4, -5, -3, 0, -3, -3 },
};

/* Words that the font cannot show, or should not: they are measured at a size at which rounding does not matter. */
static Box *
set_foreign (const char *text, double size, gboolean monospace)
{
  const double measure = 256;
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *description = pango_font_description_new ();
  Box *box = box_new ();
  Mark mark = { .kind = MARK_WORDS, .words = g_strdup (text), .monospace = monospace, .size = monospace ? size * 0.85 : size };
  PangoRectangle logical;
  double unit = mark.size / measure / PANGO_SCALE;

  pango_font_description_set_family (description, monospace ? "monospace" : "sans");
  pango_font_description_set_absolute_size (description, measure * PANGO_SCALE);
  pango_layout_set_font_description (layout, description);
  pango_layout_set_text (layout, text, -1);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_get_extents (layout, NULL, &logical);
  box->width = logical.width * unit;
  box->height = pango_layout_get_baseline (layout) * unit;
  box->depth = (logical.height - pango_layout_get_baseline (layout)) * unit;
  box->accent = box->width / 2;
  g_array_append_val (box->marks, mark);
  pango_font_description_free (description);
  g_object_unref (layout);
  g_object_unref (context);
  return box;
}

static Box *
set_words (const Setter *setter, const char *text, AppFormulaAlphabet alphabet, Style style)
{
  double size = style_size (setter, style);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FormulaPart));
  GString *mapped = g_string_new (NULL);
  g_autofree char *shown = NULL;
  Box *box;
  double width;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_unichar (mapped, app_formula_map_letter (g_utf8_get_char (p), alphabet));
  shown = g_string_free (mapped, FALSE);
  if (!formula_font_shape (setter->font, shown, parts, &width))
    return set_foreign (text, size, FALSE);
  box = box_new ();
  for (guint i = 0; i < parts->len; i++) {
    FormulaPart *part = &g_array_index (parts, FormulaPart, i);
    Mark mark = { .kind = MARK_GLYPH, .glyph = part->glyph, .x = part->offset * size, .size = size };
    FormulaMetrics metrics;

    formula_font_get_metrics (setter->font, part->glyph, &metrics);
    box->height = MAX (box->height, metrics.height * size);
    box->depth = MAX (box->depth, metrics.depth * size);
    g_array_append_val (box->marks, mark);
  }
  box->width = width * size;
  box->accent = box->width / 2;
  return box;
}

Box *
set_text (const Setter *setter, const AppFormulaNode *node, Style style)
{
  return set_words (setter, node->text, node->alphabet, style);
}

Box *
set_name (const Setter *setter, const AppFormulaNode *node, Style style)
{
  return set_words (setter, node->text, APP_FORMULA_ROMAN, style);
}

Box *
set_source (const Setter *setter, const AppFormulaNode *node, Style style)
{
  return set_foreign (node->text, style_size (setter, style), TRUE);
}

static Box *
set_glyph (const Setter *setter, guint glyph, double size)
{
  Box *box = box_new ();
  Mark mark = { .kind = MARK_GLYPH, .glyph = glyph, .size = size };
  FormulaMetrics metrics;

  formula_font_get_metrics (setter->font, glyph, &metrics);
  box->width = metrics.advance * size;
  box->height = metrics.height * size;
  box->depth = metrics.depth * size;
  /* Fonts do not say it of every letter; what leans out of its place has to be kept away from all the same. */
  box->italic = MAX (metrics.italic, metrics.right - metrics.advance) * size;
  box->accent = metrics.accent * size;
  box->is_character = TRUE;
  g_array_append_val (box->marks, mark);
  return box;
}

Box *
set_symbol (const Setter *setter, const AppFormulaNode *node, Style style)
{
  double size = style_size (setter, style);
  guint glyph = formula_font_find_glyph (setter->font, app_formula_map_letter (node->character, node->alphabet));
  char text[8] = "";
  Box *box;

  if (glyph == 0)
    glyph = formula_font_find_glyph (setter->font, node->character);
  if (glyph == 0) {
    text[g_unichar_to_utf8 (node->character, text)] = '\0';
    return set_foreign (text, size, FALSE);
  }
  if (node->atom == APP_FORMULA_OP) {
    /* Large operators stand around the axis; in display style they are larger. */
    Box *centred = box_new ();
    double rise;

    if (style.level == 0) {
      g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FormulaPart));
      double least = formula_font_get_constant (setter->font, HB_OT_MATH_CONSTANT_DISPLAY_OPERATOR_MIN_HEIGHT);

      formula_font_stretch (setter->font, glyph, MAX (least, 1.3), TRUE, parts);
      if (parts->len == 1)
        glyph = g_array_index (parts, FormulaPart, 0).glyph;
    }
    box = set_glyph (setter, glyph, size);
    rise = style_axis (setter, style) - (box->height - box->depth) / 2;
    centred->width = box->width;
    centred->italic = box->italic > 0 ? box->italic + 0.05 * size : 0;
    centred->accent = box->accent;
    box_put (centred, box, 0, rise);
    return centred;
  }
  return set_glyph (setter, glyph, size);
}

Box *
set_stretched (const Setter *setter, gunichar c, double size, Style style)
{
  double unit = style_size (setter, style);
  guint glyph = formula_font_find_glyph (setter->font, c);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FormulaPart));
  Box *box = box_new ();
  double length;

  if (c == 0 || glyph == 0) {
    box->width = 0.12 * unit;
    return box;
  }
  length = formula_font_stretch (setter->font, glyph, size / unit, TRUE, parts) * unit;
  if (parts->len == 1) {
    FormulaMetrics metrics;

    formula_font_get_metrics (setter->font, g_array_index (parts, FormulaPart, 0).glyph, &metrics);
    length = (metrics.height + metrics.depth) * unit;
  }
  box->height = box->depth = -G_MAXDOUBLE;
  box_put_parts (box, setter->font, parts, 0, style_axis (setter, style) - length / 2, unit, TRUE);
  return box;
}

Box *
set_sideways (const Setter *setter, gunichar c, double width, Style style)
{
  double unit = style_size (setter, style);
  guint glyph = formula_font_find_glyph (setter->font, c);
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (FormulaPart));
  Box *box = box_new ();

  if (glyph == 0)
    return box;
  formula_font_stretch (setter->font, glyph, width / unit, FALSE, parts);
  box->height = box->depth = -G_MAXDOUBLE;
  box_put_parts (box, setter->font, parts, 0, 0, unit, FALSE);
  return box;
}

/* What stands in a row before its place is known. */
typedef struct {
  const AppFormulaNode *node;
  AppFormulaAtom atom;
  Box *box; /* NULL: a \middle delimiter, which waits for the others; or a space */
} Item;

static gboolean
is_space (const AppFormulaNode *node)
{
  return node->kind == APP_FORMULA_SPACE;
}

/* A binary sign without something on both sides is a sign of what follows: -x, (+1), a = -b. */
static void
fix_binaries (GArray *items, gboolean after)
{
  Item *before = NULL;

  for (guint i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);

    if (is_space (item->node))
      continue;
    if (item->atom == APP_FORMULA_BIN) {
      AppFormulaAtom left = before != NULL ? before->atom : after ? APP_FORMULA_ORD : APP_FORMULA_OPEN;

      if (left == APP_FORMULA_BIN || left == APP_FORMULA_OP || left == APP_FORMULA_REL || left == APP_FORMULA_OPEN || left == APP_FORMULA_PUNCT)
        item->atom = APP_FORMULA_ORD;
    } else if (before != NULL && before->atom == APP_FORMULA_BIN &&
               (item->atom == APP_FORMULA_REL || item->atom == APP_FORMULA_CLOSE || item->atom == APP_FORMULA_PUNCT)) {
      before->atom = APP_FORMULA_ORD;
    }
    before = item;
  }
}

static Box *
join (const Setter *setter, GArray *items, Style style, gboolean after)
{
  double em = style_size (setter, style);
  Box *row = box_new ();
  double x = 0;
  gboolean begun = after;
  AppFormulaAtom left = APP_FORMULA_ORD;

  row->height = row->depth = items->len > 0 ? -G_MAXDOUBLE : 0;
  for (guint i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);
    gboolean last = i + 1 == items->len;
    int space = begun ? spaces[left][item->atom] : 0;
    double italic;
    double width;

    if (is_space (item->node)) {
      x += item->node->number / 18.0 * em;
      row->height = MAX (row->height, 0);
      row->depth = MAX (row->depth, 0);
      continue;
    }
    x += (space < 0 && style.level >= 2 ? 0 : ABS (space)) / 18.0 * em;
    italic = item->box->italic;
    width = item->box->width;
    if (items->len == 1) {
      row->italic = italic;
      row->accent = item->box->accent;
      row->is_character = item->box->is_character;
      italic = 0;
    } else if (last) {
      row->italic = italic;
      italic = 0;
    }
    box_put (row, g_steal_pointer (&item->box), x, 0);
    x += width + italic;
    left = item->atom;
    begun = TRUE;
  }
  row->width = MAX (x, 0);
  if (items->len != 1)
    row->accent = row->width / 2;
  return row;
}

static Box *
set_items (const Setter *setter, const AppFormulaNode *node, Style style, gboolean after, gboolean fence)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (Item));
  double reach = 0;

  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    Item item = { .node = app_formula_child (node, i) };
    gboolean waits;

    if (item.node == NULL)
      continue;
    item.atom = item.node->atom;
    waits = fence && item.node->kind == APP_FORMULA_DELIMITER && item.node->number == 0;
    if (!is_space (item.node) && !waits) {
      item.box = set_node (setter, item.node, style);
      reach = MAX (reach, MAX (item.box->height - style_axis (setter, style), item.box->depth + style_axis (setter, style)));
    }
    g_array_append_val (items, item);
  }
  for (guint i = 0; i < items->len; i++) {
    Item *item = &g_array_index (items, Item, i);

    if (item->box == NULL && !is_space (item->node))
      item->box = set_stretched (setter, item->node->character, reach * 2, style);
  }
  fix_binaries (items, after);
  return join (setter, items, style, after);
}

Box *
set_row (const Setter *setter, const AppFormulaNode *node, Style style)
{
  return set_items (setter, node, style, FALSE, FALSE);
}

Box *
set_row_after (const Setter *setter, const AppFormulaNode *node, Style style)
{
  return set_items (setter, node, style, TRUE, FALSE);
}

Box *
set_fence (const Setter *setter, const AppFormulaNode *node, Style style)
{
  const AppFormulaNode *inside = app_formula_child (node, 0);
  Box *content = inside->kind == APP_FORMULA_ROW ? set_items (setter, inside, style, FALSE, TRUE) : set_node (setter, inside, style);
  double axis = style_axis (setter, style);
  double reach = MAX (content->height - axis, content->depth + axis);
  /* TeX's \delimiterfactor and \delimitershortfall: it need not cover the last bit. */
  double size = MAX (reach * 2 * 0.901, reach * 2 - 0.5);
  Box *left = set_stretched (setter, node->character, size, style);
  Box *right = set_stretched (setter, node->second, size, style);
  Box *box = box_new ();
  double x = left->width;
  double width = x + content->width + content->italic;

  box->width = width + right->width;
  box->height = content->height;
  box->depth = content->depth;
  box_put (box, left, 0, 0);
  box_put (box, content, x, 0);
  box_put (box, right, width, 0);
  box->accent = box->width / 2;
  return box;
}

Box *
set_delimiter (const Setter *setter, const AppFormulaNode *node, Style style)
{
  static const double sizes[] = { 1.0, 1.2, 1.8, 2.4, 3.0 };

  return set_stretched (setter, node->character, sizes[CLAMP (node->number, 0, 4)] * style_size (setter, style), style);
}
