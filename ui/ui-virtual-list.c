/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-virtual-list.h"

#include <math.h>

#include "ui-virtual-rows.h"

/* Space above the first and below the last row. */
#define PADDING 18
/* Rows are kept ready this many pixels beyond the view. */
#define OVERSCAN 400
#define NATURAL_WIDTH 700

struct _UiVirtualList {
  GtkWidget parent_instance;

  UiVirtualRows rows;

  /* What stays in its place: the top of row `anchor` at `anchor_y` in the view; or the end. */
  guint anchor;
  int anchor_y;
  gboolean at_end;

  GtkAdjustment *adjustments[2]; /* by GtkOrientation */
  GtkScrollablePolicy policies[2];
  double value; /* the vertical value that this widget set last */
  /* Rows that are measured turn out higher or lower than guessed. A kinetic scrolling that is under way knows only absolute values: the
   * difference is kept here, value = height of the rows above the view + slack, and is given back near the top and at the end. */
  double slack;
  gboolean moved; /* the view was moved by other means than the adjustment: the value follows */
  gboolean configuring;
};

enum { PROP_0, PROP_AT_END, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

G_DEFINE_FINAL_TYPE_WITH_CODE (UiVirtualList, ui_virtual_list, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

/* Layout */

static double
top_of (UiVirtualList *self, guint position)
{
  return PADDING + ui_virtual_rows_get_height_before (&self->rows, position);
}

static void
set_at_end (UiVirtualList *self, gboolean at_end)
{
  if (self->at_end == at_end)
    return;
  self->at_end = at_end;
  g_object_notify (G_OBJECT (self), "at-end");
}

/* Gives every row that the view needs a widget and a place, beginning with the anchor. */
static void
place_rows (UiVirtualList *self, int height)
{
  UiVirtualRows *rows = &self->rows;
  guint n = ui_virtual_rows_get_n_items (rows);
  guint first;
  guint last;
  int top;
  int bottom;

  if (self->at_end) {
    self->anchor = n - 1;
    self->anchor_y = height - PADDING - ui_virtual_rows_ensure (rows, self->anchor);
  }
  self->anchor = MIN (self->anchor, n - 1);
  first = last = self->anchor;
  top = self->anchor_y;
  bottom = top + ui_virtual_rows_ensure (rows, first);
  while (bottom < height + OVERSCAN && last + 1 < n)
    bottom += ui_virtual_rows_ensure (rows, ++last);
  /* Nothing below the last row but the padding, if there is enough above. */
  if (last + 1 == n && bottom < height - PADDING) {
    top += height - PADDING - bottom;
    bottom = height - PADDING;
  }
  while (top > -OVERSCAN && first > 0)
    top -= ui_virtual_rows_ensure (rows, --first);
  /* Nothing above the first row but the padding. */
  if (first == 0 && top > PADDING) {
    bottom -= top - PADDING;
    top = PADDING;
    while (bottom < height + OVERSCAN && last + 1 < n)
      bottom += ui_virtual_rows_ensure (rows, ++last);
  }
  for (guint i = first; i <= last; i++) {
    ui_virtual_rows_find (rows, i)->y = top;
    top += ui_virtual_rows_get_height (rows, i);
  }
}

static int
height_of (UiVirtualList *self, const UiVirtualRow *row)
{
  return ui_virtual_rows_get_height (&self->rows, row->position);
}

/* The anchor becomes the first row that can be seen, so that what is read stays when rows above it change. */
static void
choose_anchor (UiVirtualList *self, int height)
{
  UiVirtualRow *best = NULL;

  for (guint i = 0; i < self->rows.rows->len; i++) {
    UiVirtualRow *row = ui_virtual_rows_at (&self->rows, i);

    if (row->used && row->y + height_of (self, row) > 0 && (best == NULL || row->y < best->y))
      best = row;
  }
  if (best != NULL) {
    self->anchor = best->position;
    self->anchor_y = best->y;
  }
}

/* What the view no longer needs is released. Where the person writes or reads with the keyboard is kept, out of sight. */
static void
release_unused (UiVirtualList *self, int height)
{
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self));

  for (guint i = self->rows.rows->len; i-- > 0;) {
    UiVirtualRow *row = ui_virtual_rows_at (&self->rows, i);

    if (!row->used && row->widget == focus)
      row->y = row->position < self->anchor ? -height_of (self, row) - OVERSCAN : height + OVERSCAN;
    else if (!row->used)
      ui_virtual_rows_release (&self->rows, i);
  }
}

static void
configure_vertical (UiVirtualList *self, int height)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  guint n = ui_virtual_rows_get_n_items (&self->rows);
  double above = n > 0 ? top_of (self, self->anchor) - self->anchor_y : 0;
  double upper;

  if (self->at_end || above < 2 * height)
    self->slack = 0;
  else if (!self->moved && self->value >= 2 * height)
    self->slack = self->value - above;
  self->moved = FALSE;
  upper = MAX (top_of (self, n) + PADDING + self->slack, height);
  self->value = CLAMP (above + self->slack, 0, upper - height);
  if (adjustment == NULL)
    return;
  self->configuring = TRUE;
  gtk_adjustment_configure (adjustment, self->value, 0, upper, height * 0.1, height * 0.9, height);
  self->configuring = FALSE;
}

static void
ui_virtual_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (widget);
  GtkAdjustment *horizontal = self->adjustments[GTK_ORIENTATION_HORIZONTAL];

  if (horizontal != NULL)
    gtk_adjustment_configure (horizontal, 0, 0, width, width * 0.1, width * 0.9, width);
  ui_virtual_rows_begin (&self->rows, width);
  if (ui_virtual_rows_get_n_items (&self->rows) > 0) {
    place_rows (self, height);
    choose_anchor (self, height);
  }
  release_unused (self, height);
  ui_virtual_rows_order (&self->rows);
  configure_vertical (self, height);
  for (guint i = 0; i < self->rows.rows->len; i++) {
    UiVirtualRow *row = ui_virtual_rows_at (&self->rows, i);
    int row_height = height_of (self, row);

    if (!row->used)
      gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, width, &row_height, NULL, NULL, NULL);
    gtk_widget_size_allocate (row->widget, &(GtkAllocation){ 0, row->y, width, row_height }, -1);
  }
}

static void
ui_virtual_list_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                         int *minimum_baseline, int *natural_baseline)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    return;
  for (guint i = 0; i < self->rows.rows->len; i++) {
    int row;

    gtk_widget_measure (ui_virtual_rows_at (&self->rows, i)->widget, orientation, -1, &row, NULL, NULL, NULL);
    *minimum = MAX (*minimum, row);
  }
  *natural = MAX (*minimum, NATURAL_WIDTH);
}

/* Scrolling */

/* Rows are made and bound while they are given their places, and each asks for a layout then. GTK forgets that wish in all widgets around that are being allocated
 * themselves, and remembers it in one that only passes through to the list: what is in between would be left out of the frame. So
 * all of them are allocated again, not the list alone. */
static void
ask_for_place (UiVirtualList *self)
{
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
on_value_changed (UiVirtualList *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double value = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);
  double delta = value - self->value;

  if (self->configuring || ui_virtual_rows_get_n_items (&self->rows) == 0)
    return;
  set_at_end (self, value >= gtk_adjustment_get_upper (adjustment) - page - 1.0);
  if (value <= 0.5) {
    self->anchor = 0;
    self->anchor_y = PADDING;
  } else if (fabs (delta) < 2 * page) {
    self->anchor_y -= (int) round (delta);
  } else {
    double y = PADDING + self->slack - value;
    guint i = 0;

    while (i + 1 < ui_virtual_rows_get_n_items (&self->rows) && y + ui_virtual_rows_get_height (&self->rows, i) <= 0)
      y += ui_virtual_rows_get_height (&self->rows, i++);
    self->anchor = i;
    self->anchor_y = (int) round (y);
  }
  self->value = value;
  ask_for_place (self);
}

void
ui_virtual_list_scroll_to_end (UiVirtualList *self)
{
  set_at_end (self, TRUE);
  ask_for_place (self);
}

void
ui_virtual_list_hold (UiVirtualList *self)
{
  set_at_end (self, FALSE);
}

void
ui_virtual_list_scroll_to (UiVirtualList *self, guint position)
{
  g_return_if_fail (position < ui_virtual_rows_get_n_items (&self->rows));
  set_at_end (self, FALSE);
  self->anchor = position;
  self->anchor_y = PADDING;
  self->moved = TRUE;
  ask_for_place (self);
}

/* A focus that moves out of sight (by Tab) is followed; a click into a long row moves nothing. */
static void
ui_virtual_list_set_focus_child (GtkWidget *widget, GtkWidget *child)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  int height = gtk_widget_get_height (widget);
  graphene_rect_t bounds;
  int shift = 0;

  GTK_WIDGET_CLASS (ui_virtual_list_parent_class)->set_focus_child (widget, child);
  if (child == NULL || focus == NULL || !gtk_widget_is_ancestor (focus, child) || !gtk_widget_compute_bounds (focus, widget, &bounds))
    return;
  if (bounds.origin.y + bounds.size.height < 8)
    shift = PADDING - (int) bounds.origin.y;
  else if (bounds.origin.y > height - 8)
    shift = height - PADDING - (int) MIN (bounds.origin.y + bounds.size.height, bounds.origin.y + height / 2);
  if (shift == 0)
    return;
  set_at_end (self, FALSE);
  self->anchor_y += shift;
  self->moved = TRUE;
  ask_for_place (self);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, UiVirtualList *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double page;
  double value;

  if (adjustment == NULL || state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  page = gtk_adjustment_get_page_size (adjustment);
  value = gtk_adjustment_get_value (adjustment);
  switch (keyval) {
  case GDK_KEY_Page_Up:
    value -= page * 0.9;
    break;
  case GDK_KEY_Page_Down:
    value += page * 0.9;
    break;
  case GDK_KEY_Up:
    value -= 48;
    break;
  case GDK_KEY_Down:
    value += 48;
    break;
  case GDK_KEY_Home:
    value = 0;
    break;
  case GDK_KEY_End:
    ui_virtual_list_scroll_to_end (self);
    return GDK_EVENT_STOP;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  gtk_adjustment_set_value (adjustment, value);
  return GDK_EVENT_STOP;
}

/* Model */

static void
follow_change (UiVirtualList *self, guint position, guint removed, guint added)
{
  if (self->anchor >= position + removed)
    self->anchor += added - removed;
  else if (self->anchor >= position)
    self->anchor = position;
  self->moved = TRUE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, UiVirtualList *self)
{
  ui_virtual_rows_change (&self->rows, position, removed, added);
  follow_change (self, position, removed, added);
}

void
ui_virtual_list_set_model (UiVirtualList *self, GListModel *model)
{
  if (self->rows.model == model)
    return;
  if (self->rows.model != NULL)
    g_signal_handlers_disconnect_by_func (self->rows.model, on_items_changed, self);
  ui_virtual_rows_set_model (&self->rows, model);
  self->anchor = 0;
  self->anchor_y = PADDING;
  self->slack = 0;
  if (model != NULL) {
    g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
    follow_change (self, 0, 0, g_list_model_get_n_items (model));
  }
  ui_virtual_list_scroll_to_end (self);
}

gboolean
ui_virtual_list_get_at_end (UiVirtualList *self)
{
  return self->at_end;
}

GtkWidget *
ui_virtual_list_get_row (UiVirtualList *self, guint position)
{
  UiVirtualRow *row = ui_virtual_rows_find (&self->rows, position);

  return row != NULL ? row->widget : NULL;
}

guint
ui_virtual_list_get_n_created (UiVirtualList *self)
{
  return self->rows.n_created;
}

/* Object */

static void
set_adjustment (UiVirtualList *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  if (self->adjustments[orientation] != NULL)
    g_signal_handlers_disconnect_by_func (self->adjustments[orientation], on_value_changed, self);
  g_set_object (&self->adjustments[orientation], adjustment);
  if (adjustment != NULL && orientation == GTK_ORIENTATION_VERTICAL)
    g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
ui_virtual_list_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (object);

  switch (id) {
  case PROP_HADJUSTMENT:
    set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
    break;
  case PROP_VADJUSTMENT:
    set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
    break;
  case PROP_HSCROLL_POLICY:
    self->policies[GTK_ORIENTATION_HORIZONTAL] = g_value_get_enum (value);
    break;
  case PROP_VSCROLL_POLICY:
    self->policies[GTK_ORIENTATION_VERTICAL] = g_value_get_enum (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_virtual_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (object);

  switch (id) {
  case PROP_AT_END:
    g_value_set_boolean (value, self->at_end);
    break;
  case PROP_HADJUSTMENT:
    g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
    break;
  case PROP_VADJUSTMENT:
    g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
    break;
  case PROP_HSCROLL_POLICY:
    g_value_set_enum (value, self->policies[GTK_ORIENTATION_HORIZONTAL]);
    break;
  case PROP_VSCROLL_POLICY:
    g_value_set_enum (value, self->policies[GTK_ORIENTATION_VERTICAL]);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_virtual_list_dispose (GObject *object)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (object);

  ui_virtual_list_set_model (self, NULL);
  ui_virtual_rows_dispose (&self->rows);
  g_clear_object (&self->adjustments[0]);
  g_clear_object (&self->adjustments[1]);
  G_OBJECT_CLASS (ui_virtual_list_parent_class)->dispose (object);
}

static void
ui_virtual_list_finalize (GObject *object)
{
  ui_virtual_rows_finish (&UI_VIRTUAL_LIST (object)->rows);
  G_OBJECT_CLASS (ui_virtual_list_parent_class)->finalize (object);
}

static void
ui_virtual_list_class_init (UiVirtualListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ui_virtual_list_set_property;
  object_class->get_property = ui_virtual_list_get_property;
  object_class->dispose = ui_virtual_list_dispose;
  object_class->finalize = ui_virtual_list_finalize;
  widget_class->measure = ui_virtual_list_measure;
  widget_class->size_allocate = ui_virtual_list_size_allocate;
  widget_class->set_focus_child = ui_virtual_list_set_focus_child;
  g_object_class_install_property (object_class, PROP_AT_END,
                                   g_param_spec_boolean ("at-end", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  gtk_widget_class_set_css_name (widget_class, "virtuallist");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
ui_virtual_list_init (UiVirtualList *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();

  ui_virtual_rows_init (&self->rows, GTK_WIDGET (self));
  self->at_end = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
ui_virtual_list_new (const UiVirtualListRows *rows, gpointer data)
{
  UiVirtualList *self = g_object_new (UI_TYPE_VIRTUAL_LIST, NULL);

  self->rows.funcs = rows;
  self->rows.data = data;
  return GTK_WIDGET (self);
}
