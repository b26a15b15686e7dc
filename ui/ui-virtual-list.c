/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-virtual-list.h"

#include <math.h>

/* Space above the first and below the last row. */
#define PADDING 18
/* Rows are kept ready this many pixels beyond the view. */
#define OVERSCAN 400
#define NATURAL_WIDTH 700
/* Row widgets that wait to be used again, at most, of one kind. */
#define MAX_SPARE 12

/* What is known of an item: its height, measured for `width`, or guessed (measured FALSE). */
typedef struct {
  int height;
  gboolean measured;
} Item;

/* A row widget and what it shows. `y` is relative to the view. */
typedef struct {
  GtkWidget *widget;
  guint position;
  guint kind;
  int y;
  gboolean used;
} Row;

struct _UiVirtualList {
  GtkWidget parent_instance;

  const UiVirtualListRows *funcs;
  gpointer data;
  GListModel *model;
  GArray *items; /* Item, one per item of the model */
  GArray *rows;  /* Row, by position since the last allocation */
  GArray *spare; /* Row, without an item */
  int width;     /* that heights were measured for */

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
  guint n_created;
};

enum { PROP_0, PROP_AT_END, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

G_DEFINE_FINAL_TYPE_WITH_CODE (UiVirtualList, ui_virtual_list, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static Item *
item_at (UiVirtualList *self, guint position)
{
  return &g_array_index (self->items, Item, position);
}

/* Rows */

static Row *
find_row (UiVirtualList *self, guint position)
{
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);

    if (row->position == position)
      return row;
  }
  return NULL;
}

static gboolean
take_spare (UiVirtualList *self, guint kind, Row *row)
{
  for (guint i = self->spare->len; i-- > 0;) {
    *row = g_array_index (self->spare, Row, i);
    if (row->kind == kind) {
      g_array_remove_index_fast (self->spare, i);
      return TRUE;
    }
  }
  return FALSE;
}

/* The row of an item, made or bound now if it has none, measured for the width. */
static Row *
ensure_row (UiVirtualList *self, guint position)
{
  Row *row = find_row (self, position);
  int height;

  if (row == NULL) {
    g_autoptr (GObject) item = g_list_model_get_item (self->model, position);
    guint kind = self->funcs->kind (item);
    Row fresh;

    if (!take_spare (self, kind, &fresh)) {
      fresh.widget = self->funcs->create (kind, self->data);
      fresh.kind = kind;
      gtk_widget_set_parent (fresh.widget, GTK_WIDGET (self));
      self->n_created++;
    }
    fresh.position = position;
    fresh.used = TRUE;
    fresh.y = 0;
    self->funcs->bind (fresh.widget, item, self->data);
    gtk_widget_set_child_visible (fresh.widget, TRUE);
    g_array_append_val (self->rows, fresh);
    row = &g_array_index (self->rows, Row, self->rows->len - 1);
  }
  row->used = TRUE;
  gtk_widget_measure (row->widget, GTK_ORIENTATION_VERTICAL, self->width, &height, NULL, NULL, NULL);
  item_at (self, position)->height = height;
  item_at (self, position)->measured = TRUE;
  return row;
}

static void
release_row (UiVirtualList *self, guint index)
{
  Row row = g_array_index (self->rows, Row, index);
  guint n_spare = 0;

  g_array_remove_index_fast (self->rows, index);
  self->funcs->unbind (row.widget, self->data);
  for (guint i = 0; i < self->spare->len; i++)
    n_spare += g_array_index (self->spare, Row, i).kind == row.kind;
  if (n_spare >= MAX_SPARE) {
    gtk_widget_unparent (row.widget);
    return;
  }
  gtk_widget_set_child_visible (row.widget, FALSE);
  g_array_append_val (self->spare, row);
}

static void
release_all (UiVirtualList *self)
{
  while (self->rows->len > 0)
    release_row (self, self->rows->len - 1);
}

/* Layout */

static double
height_before (UiVirtualList *self, guint position)
{
  double height = PADDING;

  for (guint i = 0; i < position; i++)
    height += item_at (self, i)->height;
  return height;
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
  guint n = self->items->len;
  guint first;
  guint last;
  int top;
  int bottom;

  if (self->at_end) {
    self->anchor = n - 1;
    ensure_row (self, self->anchor);
    self->anchor_y = height - PADDING - item_at (self, self->anchor)->height;
  }
  self->anchor = MIN (self->anchor, n - 1);
  first = last = self->anchor;
  top = self->anchor_y;
  ensure_row (self, first);
  bottom = top + item_at (self, last)->height;
  while (bottom < height + OVERSCAN && last + 1 < n) {
    ensure_row (self, ++last);
    bottom += item_at (self, last)->height;
  }
  /* Nothing below the last row but the padding, if there is enough above. */
  if (last + 1 == n && bottom < height - PADDING) {
    top += height - PADDING - bottom;
    bottom = height - PADDING;
  }
  while (top > -OVERSCAN && first > 0) {
    ensure_row (self, --first);
    top -= item_at (self, first)->height;
  }
  /* Nothing above the first row but the padding. */
  if (first == 0 && top > PADDING) {
    bottom -= top - PADDING;
    top = PADDING;
    while (bottom < height + OVERSCAN && last + 1 < n) {
      ensure_row (self, ++last);
      bottom += item_at (self, last)->height;
    }
  }
  for (guint i = first; i <= last; i++) {
    find_row (self, i)->y = top;
    top += item_at (self, i)->height;
  }
}

/* The anchor becomes the first row that can be seen, so that what is read stays when rows above it change. */
static void
choose_anchor (UiVirtualList *self, int height)
{
  Row *best = NULL;

  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);

    if (row->used && row->y + item_at (self, row->position)->height > 0 && (best == NULL || row->y < best->y))
      best = row;
  }
  if (best != NULL) {
    self->anchor = best->position;
    self->anchor_y = best->y;
  }
}

static void
configure_vertical (UiVirtualList *self, int height)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double above = self->items->len > 0 ? height_before (self, self->anchor) - self->anchor_y : 0;
  double upper;

  if (self->at_end || above < 2 * height)
    self->slack = 0;
  else if (!self->moved && self->value >= 2 * height)
    self->slack = self->value - above;
  self->moved = FALSE;
  upper = MAX (height_before (self, self->items->len) + PADDING + self->slack, height);
  self->value = CLAMP (above + self->slack, 0, upper - height);
  if (adjustment == NULL)
    return;
  self->configuring = TRUE;
  gtk_adjustment_configure (adjustment, self->value, 0, upper, height * 0.1, height * 0.9, height);
  self->configuring = FALSE;
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  guint first = ((const Row *) a)->position;
  guint second = ((const Row *) b)->position;

  return first < second ? -1 : first > second;
}

/* Assistive technology reads the children in their order. */
static void
order_children (UiVirtualList *self)
{
  GtkWidget *previous = NULL;

  g_array_sort (self->rows, compare_rows);
  for (guint i = 0; i < self->rows->len; i++) {
    GtkWidget *widget = g_array_index (self->rows, Row, i).widget;

    if (gtk_widget_get_prev_sibling (widget) != previous)
      gtk_widget_insert_after (widget, GTK_WIDGET (self), previous);
    previous = widget;
  }
}

static void
ui_virtual_list_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (widget);
  GtkAdjustment *horizontal = self->adjustments[GTK_ORIENTATION_HORIZONTAL];
  GtkWidget *focus = gtk_widget_get_focus_child (widget);

  if (horizontal != NULL)
    gtk_adjustment_configure (horizontal, 0, 0, width, width * 0.1, width * 0.9, width);
  if (width != self->width) {
    self->width = width;
    for (guint i = 0; i < self->items->len; i++)
      item_at (self, i)->measured = FALSE;
  }
  for (guint i = 0; i < self->rows->len; i++)
    g_array_index (self->rows, Row, i).used = FALSE;
  if (self->items->len > 0) {
    place_rows (self, height);
    choose_anchor (self, height);
  }
  for (guint i = self->rows->len; i-- > 0;) {
    Row *row = &g_array_index (self->rows, Row, i);

    /* Where the person writes or reads with the keyboard is kept, out of sight. */
    if (!row->used && row->widget == focus)
      row->y = row->position < self->anchor ? -item_at (self, row->position)->height - OVERSCAN : height + OVERSCAN;
    else if (!row->used)
      release_row (self, i);
  }
  order_children (self);
  configure_vertical (self, height);
  for (guint i = 0; i < self->rows->len; i++) {
    Row *row = &g_array_index (self->rows, Row, i);
    int row_height = item_at (self, row->position)->height;

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
  for (guint i = 0; i < self->rows->len; i++) {
    int row;

    gtk_widget_measure (g_array_index (self->rows, Row, i).widget, orientation, -1, &row, NULL, NULL, NULL);
    *minimum = MAX (*minimum, row);
  }
  *natural = MAX (*minimum, NATURAL_WIDTH);
}

/* Scrolling */

static void
on_value_changed (UiVirtualList *self)
{
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_VERTICAL];
  double value = gtk_adjustment_get_value (adjustment);
  double page = gtk_adjustment_get_page_size (adjustment);
  double delta = value - self->value;

  if (self->configuring || self->items->len == 0)
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

    while (i + 1 < self->items->len && y + item_at (self, i)->height <= 0)
      y += item_at (self, i++)->height;
    self->anchor = i;
    self->anchor_y = (int) round (y);
  }
  self->value = value;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
ui_virtual_list_scroll_to_end (UiVirtualList *self)
{
  set_at_end (self, TRUE);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

void
ui_virtual_list_scroll_to (UiVirtualList *self, guint position)
{
  g_return_if_fail (position < self->items->len);
  set_at_end (self, FALSE);
  self->anchor = position;
  self->anchor_y = PADDING;
  self->moved = TRUE;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
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
  gtk_widget_queue_allocate (widget);
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
on_items_changed (GListModel *model, guint position, guint removed, guint added, UiVirtualList *self)
{
  for (guint i = self->rows->len; i-- > 0;) {
    Row *row = &g_array_index (self->rows, Row, i);

    if (row->position >= position + removed)
      row->position += added - removed;
    else if (row->position >= position)
      release_row (self, i);
  }
  if (removed > 0)
    g_array_remove_range (self->items, position, removed);
  for (guint i = 0; i < added; i++) {
    g_autoptr (GObject) object = g_list_model_get_item (model, position + i);
    Item item = { self->funcs->estimate (object, self->width > 0 ? self->width : NATURAL_WIDTH), FALSE };

    g_array_insert_val (self->items, position + i, item);
  }
  if (self->anchor >= position + removed)
    self->anchor += added - removed;
  else if (self->anchor >= position)
    self->anchor = position;
  self->moved = TRUE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ui_virtual_list_set_model (UiVirtualList *self, GListModel *model)
{
  if (self->model == model)
    return;
  if (self->model != NULL) {
    g_signal_handlers_disconnect_by_func (self->model, on_items_changed, self);
    release_all (self);
    g_array_set_size (self->items, 0);
  }
  g_set_object (&self->model, model);
  self->anchor = 0;
  self->anchor_y = PADDING;
  self->slack = 0;
  if (model != NULL) {
    g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
    on_items_changed (model, 0, 0, g_list_model_get_n_items (model), self);
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
  Row *row = find_row (self, position);

  return row != NULL ? row->widget : NULL;
}

guint
ui_virtual_list_get_n_created (UiVirtualList *self)
{
  return self->n_created;
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
  for (guint i = 0; i < self->spare->len; i++)
    gtk_widget_unparent (g_array_index (self->spare, Row, i).widget);
  g_array_set_size (self->spare, 0);
  g_clear_object (&self->adjustments[0]);
  g_clear_object (&self->adjustments[1]);
  G_OBJECT_CLASS (ui_virtual_list_parent_class)->dispose (object);
}

static void
ui_virtual_list_finalize (GObject *object)
{
  UiVirtualList *self = UI_VIRTUAL_LIST (object);

  g_array_unref (self->items);
  g_array_unref (self->rows);
  g_array_unref (self->spare);
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

  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->spare = g_array_new (FALSE, FALSE, sizeof (Row));
  self->at_end = TRUE;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}

GtkWidget *
ui_virtual_list_new (const UiVirtualListRows *rows, gpointer data)
{
  UiVirtualList *self = g_object_new (UI_TYPE_VIRTUAL_LIST, NULL);

  self->funcs = rows;
  self->data = data;
  return GTK_WIDGET (self);
}
