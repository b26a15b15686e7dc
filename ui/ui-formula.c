/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-formula.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui-markdown-label.h"
#include "ui-toast.h"

/* Around the formula, in pixels: for the ring of the focus. */
#define PADDING 4

struct _UiFormula {
  GtkWidget parent_instance;

  char *tex;
  char *source;
  UiFormulaLayout *layout; /* (nullable) */
  GtkWidget *menu;         /* (nullable): made when it is asked for */
};

G_DEFINE_FINAL_TYPE (UiFormula, ui_formula, GTK_TYPE_WIDGET)

static UiFormulaLayout *
make_layout (const char *tex, char **words)
{
  g_autoptr (AppFormula) formula = app_formula_new (tex);

  if (formula != NULL && words != NULL)
    *words = app_formula_dup_words (formula);
  return formula != NULL ? ui_formula_layout_new (formula, TRUE) : NULL;
}

gboolean
ui_formula_can_show (const char *tex)
{
  g_autoptr (UiFormulaLayout) layout = make_layout (tex, NULL);

  return layout != NULL;
}

gboolean
ui_formula_set (UiFormula *self, const char *tex, const char *source)
{
  g_autofree char *words = NULL;

  if (g_strcmp0 (tex, self->tex) == 0 && g_strcmp0 (source, self->source) == 0)
    return self->layout != NULL;
  g_free (self->tex);
  g_free (self->source);
  self->tex = g_strdup (tex);
  self->source = g_strdup (source);
  g_clear_pointer (&self->layout, ui_formula_layout_unref);
  self->layout = make_layout (tex, &words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words != NULL ? words : tex, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  return self->layout != NULL;
}

const char *
ui_formula_get_source (UiFormula *self)
{
  return self->source;
}

UiFormulaLayout *
ui_formula_get_layout (UiFormula *self)
{
  return self->layout;
}

static void
ui_formula_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiFormula *self = UI_FORMULA (widget);
  double em = ui_markdown_label_get_em (widget);
  double width = 0;
  double height = 0;
  double depth = 0;

  if (self->layout != NULL)
    ui_formula_layout_get_size (self->layout, &width, &height, &depth);
  *minimum = *natural = (int) ceil ((orientation == GTK_ORIENTATION_HORIZONTAL ? width : height + depth) * em) + 2 * PADDING;
}

static void
ui_formula_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiFormula *self = UI_FORMULA (widget);
  double em = ui_markdown_label_get_em (widget);
  double width;
  double height;
  double depth;
  GdkRGBA colour;
  cairo_t *cr;

  if (self->layout == NULL)
    return;
  ui_formula_layout_get_size (self->layout, &width, &height, &depth);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  /* Ink may reach beyond the box a little: accents, slanted letters. */
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (-PADDING, -PADDING, gtk_widget_get_width (widget) + 2 * PADDING, gtk_widget_get_height (widget) + 2 * PADDING));
  gdk_cairo_set_source_rgba (cr, &colour);
  ui_formula_layout_draw (self->layout, cr, PADDING, round (PADDING + height * em), em);
  cairo_destroy (cr);
}

static void
ui_formula_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ui_formula_parent_class)->css_changed (widget, change);
  gtk_widget_queue_resize (widget);
}

static void
action_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiFormula *self = UI_FORMULA (widget);

  if (self->source == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->source);
  ui_toast (widget, _("Formula copied"));
}

static void
open_menu (UiFormula *self, double x, double y)
{
  if (self->menu == NULL) {
    g_autoptr (GMenu) menu = g_menu_new ();

    g_menu_append (menu, _("_Copy the formula"), "formula.copy");
    self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
    gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
    gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, UiFormula *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (click)) == GDK_BUTTON_SECONDARY)
    open_menu (self, x, y);
}

static void
action_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_menu (UI_FORMULA (widget), 0, gtk_widget_get_height (widget));
}

static void
ui_formula_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiFormula *self = UI_FORMULA (widget);

  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
ui_formula_dispose (GObject *object)
{
  UiFormula *self = UI_FORMULA (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->layout, ui_formula_layout_unref);
  g_clear_pointer (&self->tex, g_free);
  g_clear_pointer (&self->source, g_free);
  G_OBJECT_CLASS (ui_formula_parent_class)->dispose (object);
}

static void
ui_formula_class_init (UiFormulaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_formula_dispose;
  widget_class->measure = ui_formula_measure;
  widget_class->snapshot = ui_formula_snapshot;
  widget_class->size_allocate = ui_formula_size_allocate;
  widget_class->css_changed = ui_formula_css_changed;
  gtk_widget_class_install_action (widget_class, "formula.copy", NULL, action_copy);
  gtk_widget_class_install_action (widget_class, "formula.menu", NULL, action_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "formula.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Insert, GDK_CONTROL_MASK, "formula.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "formula.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "formula.menu", NULL);
  gtk_widget_class_set_css_name (widget_class, "formula");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_MATH);
}

static void
ui_formula_init (UiFormula *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
ui_formula_new (void)
{
  return g_object_new (UI_TYPE_FORMULA, NULL);
}
