/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-desk-code.h"

#include <gtksourceview/gtksource.h>
#include <string.h>

#include "ui-code-style.h"

/* After such a pause in editing the preview follows, in milliseconds. */
#define EDIT_PAUSE 600

struct _UiDeskCode {
  GtkWidget parent_instance;
  GtkWidget *box;
  GtkSourceView *view;
  GtkRevealer *edited;
  gboolean filling; /* the program writes, not the person */
  guint pause_timer;
};

enum { EDITED, SAVE, DISCARD, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiDeskCode, ui_desk_code, GTK_TYPE_WIDGET)

static GtkTextBuffer *
get_buffer (UiDeskCode *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

static char *
dup_text (UiDeskCode *self)
{
  char *text;

  g_object_get (get_buffer (self), "text", &text, NULL);
  return text;
}

void
ui_desk_code_set_language (UiDeskCode *self, const char *language)
{
  gtk_source_buffer_set_language (GTK_SOURCE_BUFFER (get_buffer (self)), gtk_source_language_manager_get_language (gtk_source_language_manager_get_default (), language));
}

void
ui_desk_code_show (UiDeskCode *self, const char *source, gboolean writing)
{
  GtkTextBuffer *buffer = get_buffer (self);
  g_autofree char *shown = dup_text (self);
  gsize n_shown = strlen (shown);
  GtkTextIter end;

  g_clear_handle_id (&self->pause_timer, g_source_remove);
  self->filling = TRUE;
  if (n_shown > 0 && strncmp (source, shown, n_shown) == 0) {
    /* What grows is added to. */
    gtk_text_buffer_get_end_iter (buffer, &end);
    gtk_text_buffer_insert (buffer, &end, source + n_shown, -1);
  } else {
    gtk_text_buffer_set_text (buffer, source, -1);
  }
  self->filling = FALSE;
  gtk_revealer_set_reveal_child (self->edited, FALSE);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), !writing);
  if (writing) {
    gtk_text_buffer_get_end_iter (buffer, &end);
    gtk_text_buffer_place_cursor (buffer, &end);
    gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (buffer));
  }
}

char *
ui_desk_code_dup_edited (UiDeskCode *self)
{
  return gtk_revealer_get_reveal_child (self->edited) ? dup_text (self) : NULL;
}

static gboolean
on_pause (gpointer data)
{
  UiDeskCode *self = data;

  self->pause_timer = 0;
  g_signal_emit (self, signals[EDITED], 0);
  return G_SOURCE_REMOVE;
}

static void
on_changed (UiDeskCode *self)
{
  if (self->filling)
    return;
  gtk_revealer_set_reveal_child (self->edited, TRUE);
  g_clear_handle_id (&self->pause_timer, g_source_remove);
  self->pause_timer = g_timeout_add (EDIT_PAUSE, on_pause, self);
}

static void
on_save (UiDeskCode *self)
{
  g_signal_emit (self, signals[SAVE], 0);
}

static void
on_discard (UiDeskCode *self)
{
  g_signal_emit (self, signals[DISCARD], 0);
}

static void
dispose (GObject *object)
{
  UiDeskCode *self = UI_DESK_CODE (object);

  g_clear_handle_id (&self->pause_timer, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_desk_code_parent_class)->dispose (object);
}

static void
ui_desk_code_class_init (UiDeskCodeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-desk-code.ui");
  gtk_widget_class_bind_template_child (widget_class, UiDeskCode, box);
  gtk_widget_class_bind_template_child (widget_class, UiDeskCode, view);
  gtk_widget_class_bind_template_child (widget_class, UiDeskCode, edited);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_discard);
  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DISCARD] = g_signal_new ("discard", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ui_desk_code_init (UiDeskCode *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_code_style_follow (GTK_SOURCE_BUFFER (get_buffer (self)));
  g_signal_connect_object (get_buffer (self), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}
