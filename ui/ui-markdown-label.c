/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-markdown-label.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "formula/formula-layout.h"
#include "ui-link.h"
#include "ui-sources.h"
#include "ui-markdown-inline.h"
#include "ui-markdown.h"
#include "ui-wrap.h"

#define DATA "ui-markdown-label"
/* Left and right of a formula, in em: letters that lean may touch the words. */
#define SIDE 0.06

/* What a label with formulas knows of them. */
typedef struct {
  GPtrArray *formulas; /* UiFormulaLayout, in the order of the text */
  double em;           /* that they are shown at; 0: not yet */
} Shown;

static void
shown_free (gpointer data)
{
  Shown *shown = data;

  g_ptr_array_unref (shown->formulas);
  g_free (shown);
}

double
ui_markdown_label_get_em (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (gtk_widget_get_pango_context (widget));
  PangoRectangle ink;

  pango_layout_set_text (layout, "x", 1);
  pango_layout_get_extents (layout, &ink, NULL);
  return ui_formula_layout_em_for ((double) ink.height / PANGO_SCALE);
}

static void
draw_shape (cairo_t *cr, PangoAttrShape *attribute, gboolean path, gpointer data)
{
  Shown *shown = g_object_get_data (G_OBJECT (data), DATA);
  double x;
  double y;

  /* The other characters of the source have a shape without a formula. */
  if (attribute->data == NULL || shown == NULL || path)
    return;
  cairo_get_current_point (cr, &x, &y);
  ui_formula_layout_draw (attribute->data, cr, x + SIDE * shown->em, y, shown->em);
}

static gpointer
copy_layout (gconstpointer layout)
{
  return layout != NULL ? ui_formula_layout_ref ((UiFormulaLayout *) layout) : NULL;
}

static void
free_layout (gpointer layout)
{
  if (layout != NULL)
    ui_formula_layout_unref (layout);
}

/* At least as high as the words beside it, so that a line of formulas alone stands as others do. */
static void
add_shape (PangoAttrList *list, UiFormulaLayout *layout, double em, PangoFontMetrics *metrics, guint start, guint end)
{
  PangoRectangle extents = { 0 };
  PangoAttribute *attribute;

  if (layout != NULL) {
    double width;
    double height;
    double depth;

    ui_formula_layout_get_size (layout, &width, &height, &depth);
    height = MAX (height * em * PANGO_SCALE, pango_font_metrics_get_ascent (metrics));
    depth = MAX (depth * em * PANGO_SCALE, pango_font_metrics_get_descent (metrics));
    extents = (PangoRectangle){ 0, (int) -height, (int) (ceil ((width + 2 * SIDE) * em) * PANGO_SCALE), (int) (height + depth) };
  }
  attribute = pango_attr_shape_new_with_data (&extents, &extents, layout != NULL ? ui_formula_layout_ref (layout) : NULL, copy_layout, free_layout);
  attribute->start_index = start;
  attribute->end_index = end;
  pango_attr_list_insert (list, attribute);
}

/* The places of the formulas are those that must not be broken: nothing else in such a label has that attribute. */
static void
set_shapes (GtkLabel *label, Shown *shown)
{
  g_autoptr (PangoAttrList) list = pango_attr_list_new ();
  const char *text = gtk_label_get_text (label);
  PangoFontMetrics *metrics = pango_context_get_metrics (gtk_widget_get_pango_context (GTK_WIDGET (label)), NULL, NULL);
  PangoAttrList *attributes;
  PangoAttrIterator *iter;
  guint n = 0;
  int last = -1;

  gtk_label_set_attributes (label, NULL);
  attributes = pango_layout_get_attributes (gtk_label_get_layout (label));
  iter = attributes != NULL ? pango_attr_list_get_iterator (attributes) : NULL;
  for (gboolean more = iter != NULL; more && n < shown->formulas->len; more = pango_attr_iterator_next (iter)) {
    PangoAttribute *whole = pango_attr_iterator_get (iter, PANGO_ATTR_ALLOW_BREAKS);
    guint next;

    if (whole == NULL || (int) whole->start_index <= last)
      continue;
    last = whole->start_index;
    next = g_utf8_next_char (text + whole->start_index) - text;
    add_shape (list, g_ptr_array_index (shown->formulas, n++), shown->em, metrics, whole->start_index, next);
    if (next < whole->end_index)
      add_shape (list, NULL, shown->em, metrics, next, whole->end_index);
  }
  if (iter != NULL)
    pango_attr_iterator_destroy (iter);
  pango_font_metrics_unref (metrics);
  pango_cairo_context_set_shape_renderer (gtk_widget_get_pango_context (GTK_WIDGET (label)), draw_shape, label, NULL);
  gtk_label_set_attributes (label, list);
}

void
ui_markdown_label_refresh (GtkLabel *label)
{
  Shown *shown = g_object_get_data (G_OBJECT (label), DATA);
  double em;

  if (shown == NULL)
    return;
  em = ui_markdown_label_get_em (GTK_WIDGET (label));
  if (fabs (em - shown->em) < 0.01)
    return;
  shown->em = em;
  set_shapes (label, shown);
}

void
ui_markdown_label_show (GtkLabel *label, cmark_node *block, gboolean caret)
{
  g_autoptr (GPtrArray) formulas = g_ptr_array_new_with_free_func ((GDestroyNotify) ui_formula_layout_unref);
  g_autofree char *words = NULL;
  g_autofree char *markup = ui_markdown_inline_markup (block, caret, formulas, &words);
  g_autofree char *before = g_strdup (gtk_label_get_label (label));
  Shown *shown = g_object_get_data (G_OBJECT (label), DATA);

  ui_wrap_set_markup (label, markup);
  if (shown == NULL && formulas->len == 0)
    return;
  if (shown != NULL && strcmp (before, gtk_label_get_label (label)) == 0)
    return;
  if (formulas->len == 0) {
    gtk_label_set_attributes (label, NULL);
    g_object_set_data (G_OBJECT (label), DATA, NULL);
    gtk_accessible_reset_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL);
    return;
  }
  shown = g_new0 (Shown, 1);
  shown->formulas = g_steal_pointer (&formulas);
  g_object_set_data_full (G_OBJECT (label), DATA, shown, shown_free);
  /* Heard as one would read it, not as its source. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  ui_markdown_label_refresh (label);
}

/* The first label below `root` with a link to `url`, or NULL. */
static GtkWidget *
find_link (GtkWidget *root, const char *url)
{
  g_autofree char *attribute = g_strdup_printf ("href=\"%s\"", url);

  if (GTK_IS_LABEL (root))
    return gtk_label_get_use_markup (GTK_LABEL (root)) && strstr (gtk_label_get_label (GTK_LABEL (root)), attribute) != NULL ? root : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find_link (child, url);

    if (found != NULL)
      return found;
  }
  return NULL;
}

/* From a reference to the note's own link, which leads back, and the other way. */
static void
jump (GtkWidget *label, const char *url)
{
  gboolean to_note = g_str_has_prefix (url, "#" UI_MARKDOWN_NOTE);
  GtkWidget *answer = gtk_widget_get_ancestor (label, UI_TYPE_MARKDOWN);
  const char *number = strrchr (url, '-') + 1;
  g_autofree char *back = g_strdup_printf ("#%s%s", to_note ? UI_MARKDOWN_REFERENCE : UI_MARKDOWN_NOTE, number);
  GtkWidget *target = answer != NULL ? find_link (answer, back) : NULL;

  if (target != NULL)
    gtk_widget_grab_focus (target);
}

static gboolean
on_activate_link (GtkLabel *label, const char *url, gpointer data)
{
  if (g_str_has_prefix (url, "#" UI_MARKDOWN_NOTE) || g_str_has_prefix (url, "#" UI_MARKDOWN_REFERENCE)) {
    jump (GTK_WIDGET (label), url);
    return TRUE;
  }
  if (ui_sources_parse_link (url) > 0)
    gtk_widget_activate_action (GTK_WIDGET (label), "answer.source", "u", ui_sources_parse_link (url));
  else
    ui_link_open (GTK_WIDGET (label), url);
  return TRUE;
}

GtkWidget *
ui_markdown_label_new (GtkAccessibleRole role)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, "use-markup", TRUE, "wrap", TRUE, "selectable", TRUE, "xalign", 0.0, "yalign", 0.0, NULL);

  g_signal_connect (label, "activate-link", G_CALLBACK (on_activate_link), NULL);
  g_signal_connect (label, "map", G_CALLBACK (ui_markdown_label_refresh), NULL);
  return label;
}
