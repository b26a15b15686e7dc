/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-split.h"

/* Less than that is too little for both. */
#define LEAST_CONTENT 400
#define LEAST_DESK 360

struct _UiDeskSplit {
  GtkWidget parent_instance;
  GtkWidget *content, *separator, *desk;
  gboolean open, full;
  gboolean covered; /* as it was allocated last */
};

enum { PROP_0, PROP_CONTENT, PROP_DESK, PROP_OPEN, PROP_FULL, PROP_COVERED, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (UiDeskSplit, ui_desk_split, GTK_TYPE_WIDGET)

static gboolean
on_covered (gpointer data)
{
  g_object_notify_by_pspec (data, properties[PROP_COVERED]);
  return G_SOURCE_REMOVE;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiDeskSplit *self = UI_DESK_SPLIT (widget);
  int min, nat;

  gtk_widget_measure (self->content, orientation, -1, minimum, natural, NULL, NULL);
  if (!self->open)
    return;
  /* One of them is enough. */
  gtk_widget_measure (self->desk, orientation, -1, &min, &nat, NULL, NULL);
  *minimum = MAX (*minimum, min);
  *natural = MAX (*natural, nat);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UiDeskSplit *self = UI_DESK_SPLIT (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gboolean beside = self->open && !self->full && width >= LEAST_CONTENT + 1 + LEAST_DESK, covered = self->open && !beside;
  int least = 0, desk = 0;

  gtk_widget_set_child_visible (self->content, !covered);
  gtk_widget_set_child_visible (self->desk, self->open);
  gtk_widget_set_child_visible (self->separator, beside);
  if (beside) {
    gtk_widget_measure (self->content, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    desk = CLAMP (width * 11 / 20, LEAST_DESK, width - 1 - MAX (least, LEAST_CONTENT));
    gtk_widget_size_allocate (self->content, &(GtkAllocation) { rtl ? desk + 1 : 0, 0, width - desk - 1, height }, -1);
    gtk_widget_size_allocate (self->separator, &(GtkAllocation) { rtl ? desk : width - desk - 1, 0, 1, height }, -1);
    gtk_widget_size_allocate (self->desk, &(GtkAllocation) { rtl ? 0 : width - desk, 0, desk, height }, -1);
  } else {
    gtk_widget_size_allocate (covered ? self->desk : self->content, &(GtkAllocation) { 0, 0, width, height }, -1);
  }
  if (covered != self->covered) {
    self->covered = covered;
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, on_covered, g_object_ref (self), g_object_unref);
  }
}

void
ui_desk_split_set_open (UiDeskSplit *self, gboolean open)
{
  if (self->open == open)
    return;
  self->open = open;
  gtk_widget_set_visible (self->desk, open);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

gboolean
ui_desk_split_get_open (UiDeskSplit *self)
{
  return self->open;
}

gboolean
ui_desk_split_get_covered (UiDeskSplit *self)
{
  return self->covered;
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  UiDeskSplit *self = UI_DESK_SPLIT (object);

  switch (id) {
  case PROP_CONTENT:
    g_value_set_object (value, self->content);
    break;
  case PROP_DESK:
    g_value_set_object (value, self->desk);
    break;
  case PROP_OPEN:
    g_value_set_boolean (value, self->open);
    break;
  case PROP_FULL:
    g_value_set_boolean (value, self->full);
    break;
  case PROP_COVERED:
    g_value_set_boolean (value, self->covered);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UiDeskSplit *self = UI_DESK_SPLIT (object);

  switch (id) {
  case PROP_CONTENT:
    self->content = g_value_get_object (value);
    gtk_widget_insert_after (self->content, GTK_WIDGET (self), NULL);
    break;
  case PROP_DESK:
    self->desk = g_value_get_object (value);
    gtk_widget_insert_before (self->desk, GTK_WIDGET (self), NULL);
    gtk_widget_set_visible (self->desk, FALSE);
    break;
  case PROP_OPEN:
    ui_desk_split_set_open (self, g_value_get_boolean (value));
    break;
  case PROP_FULL:
    self->full = g_value_get_boolean (value);
    gtk_widget_queue_allocate (GTK_WIDGET (self));
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dispose (GObject *object)
{
  UiDeskSplit *self = UI_DESK_SPLIT (object);

  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_pointer (&self->separator, gtk_widget_unparent);
  g_clear_pointer (&self->desk, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_desk_split_parent_class)->dispose (object);
}

static void
ui_desk_split_class_init (UiDeskSplitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  widget_class->measure = measure;
  widget_class->size_allocate = size_allocate;
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DESK] = g_param_spec_object ("desk", NULL, NULL, GTK_TYPE_WIDGET, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_FULL] = g_param_spec_boolean ("full", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_COVERED] = g_param_spec_boolean ("covered", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "desksplit");
}

static void
ui_desk_split_init (UiDeskSplit *self)
{
  self->separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (self->separator, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}
