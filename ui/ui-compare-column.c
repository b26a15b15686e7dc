/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-compare-column.h"

#include <glib/gi18n.h>

#include "ui-answer.h"
#include "ui-beside-layout.h"
#include "ui-column.h"
#include "ui-direction.h"
#include "ui-model-chip.h"

/* The width that a column likes to have, as a part of that of prose: two narrower ones do not stand beside each other. */
#define PART_OF_PROSE 0.55

struct _UiCompareColumn {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *head;
  GtkLabel *model;
  GtkLabel *place;
  GtkWidget *steps;
  GtkWidget *previous;
  GtkWidget *next;
  GtkWidget *keep;
  GtkScrolledWindow *scroller;
  UiAnswer *answer;

  AppMessage *message; /* (nullable) */
  gboolean at_end;     /* and stays there while the answer grows */
};

enum { KEEP, STEP, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiCompareColumn, ui_compare_column, GTK_TYPE_WIDGET)

char *
ui_compare_column_dup_model (UiCompareColumn *self)
{
  const char *name = self->message != NULL ? app_message_get_model_name (self->message) : NULL;

  return name != NULL ? ui_model_chip_dup_short_name (name) : g_strdup (_("a model"));
}

AppMessage *
ui_compare_column_get_message (UiCompareColumn *self)
{
  return self->message;
}

GtkWidget *
ui_compare_column_get_head (UiCompareColumn *self)
{
  return self->head;
}

/* What is still written, and what has no words, is nothing to keep. */
static void
update_state (UiCompareColumn *self)
{
  gtk_widget_set_sensitive (self->keep, app_message_get_state (self->message) >= APP_MESSAGE_DONE && *app_message_get_text (self->message) != '\0');
}

static void
update_head (UiCompareColumn *self, guint index, guint n_versions, gboolean current)
{
  const char *host = app_message_get_host (self->message);
  g_autofree char *model = ui_compare_column_dup_model (self);
  /* Translators: %s is the name of a server, like "kitchen.local". */
  g_autofree char *where = host != NULL ? g_strdup_printf (_("on %s"), host) : g_strdup (_("on this machine"));
  /* Translators: “current” is the version that the conversation goes on from. */
  g_autofree char *which = g_strdup_printf (current ? _ ("Version %u of %u, current") : _ ("Version %u of %u"), index + 1, n_versions);
  g_autofree char *place = g_strdup_printf ("%s · %s", which, where);
  /* Translators: the name of a model. */
  g_autofree char *keep = g_strdup_printf (_("Keep the answer of %s, version %u of %u"), model, index + 1, n_versions);
  g_autofree char *group = g_strdup_printf ("%s, %s", model, place);

  gtk_label_set_text (self->model, model);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->model), app_message_get_model_name (self->message));
  ui_direction_show_facts (self->place, place);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->keep), GTK_ACCESSIBLE_PROPERTY_LABEL, keep, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, group, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scroller), GTK_ACCESSIBLE_PROPERTY_LABEL, group, -1);
}

void
ui_compare_column_set_message (UiCompareColumn *self, AppMessage *message, guint index, guint n_versions, gboolean current)
{
  if (self->message != message) {
    if (self->message != NULL)
      g_signal_handlers_disconnect_by_data (self->message, self);
    g_set_object (&self->message, message);
    ui_answer_set_message (self->answer, message);
    if (message != NULL) {
      g_signal_connect_object (message, "notify::state", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (message, "notify::text", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
    }
    /* What is written is followed; what is there already is read from its beginning. */
    self->at_end = message != NULL && app_message_get_state (message) < APP_MESSAGE_DONE;
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  }
  if (message == NULL)
    return;
  update_head (self, index, n_versions, current);
  update_state (self);
}

void
ui_compare_column_set_named (UiCompareColumn *self, gboolean named)
{
  gtk_widget_set_visible (GTK_WIDGET (self->model), named);
}

void
ui_compare_column_set_steps (UiCompareColumn *self, gboolean previous, gboolean next)
{
  gtk_widget_set_visible (self->steps, previous || next);
  gtk_widget_set_sensitive (self->previous, previous);
  gtk_widget_set_sensitive (self->next, next);
}

static void
on_keep (UiCompareColumn *self)
{
  g_signal_emit (self, signals[KEEP], 0);
}

static void
on_previous (UiCompareColumn *self)
{
  g_signal_emit (self, signals[STEP], 0, -1);
}

static void
on_next (UiCompareColumn *self)
{
  g_signal_emit (self, signals[STEP], 0, 1);
}

/* Scrolling */

static void
on_value (GtkAdjustment *adjustment, UiCompareColumn *self)
{
  self->at_end = gtk_adjustment_get_value (adjustment) >= gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment) - 1;
}

static void
on_upper (GtkAdjustment *adjustment, GParamSpec *pspec, UiCompareColumn *self)
{
  if (self->at_end && self->message != NULL && app_message_get_state (self->message) == APP_MESSAGE_WRITING)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment));
}

/* Object */

/* Both columns like to be equally wide, whatever is written in them. */
static void
ui_compare_column_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  UiCompareColumn *self = UI_COMPARE_COLUMN (widget);

  gtk_widget_measure (self->box, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, (int) (ui_column_get_prose_width (widget) * PART_OF_PROSE));
  *minimum_baseline = *natural_baseline = -1;
}

static void
ui_compare_column_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_size_allocate (UI_COMPARE_COLUMN (widget)->box, &(GtkAllocation){ 0, 0, width, height }, baseline);
}

static void
ui_compare_column_dispose (GObject *object)
{
  UiCompareColumn *self = UI_COMPARE_COLUMN (object);

  if (self->box != NULL)
    ui_compare_column_set_message (self, NULL, 0, 0, FALSE);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_compare_column_parent_class)->dispose (object);
}

static void
ui_compare_column_class_init (UiCompareColumnClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_compare_column_dispose;
  widget_class->measure = ui_compare_column_measure;
  widget_class->size_allocate = ui_compare_column_size_allocate;
  signals[KEEP] = g_signal_new ("keep", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[STEP] = g_signal_new ("step", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  g_type_ensure (UI_TYPE_ANSWER);
  g_type_ensure (UI_TYPE_BESIDE_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-compare-column.ui");
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, box);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, head);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, model);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, place);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, steps);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, previous);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, next);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, keep);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiCompareColumn, answer);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_set_css_name (widget_class, "comparecolumn");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_compare_column_init (UiCompareColumn *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  ui_answer_set_beside (self->answer);
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value), self, 0);
  g_signal_connect_object (adjustment, "notify::upper", G_CALLBACK (on_upper), self, 0);
}
