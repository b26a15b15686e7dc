/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-prompt-editor.h"

struct _UiPromptEditor {
  AdwPreferencesPage parent_instance;

  GtkTextView *view;
};

G_DEFINE_FINAL_TYPE (UiPromptEditor, ui_prompt_editor, ADW_TYPE_PREFERENCES_PAGE)

GtkWidget *
ui_prompt_editor_new (const char *text)
{
  UiPromptEditor *self = g_object_new (UI_TYPE_PROMPT_EDITOR, NULL);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
  return GTK_WIDGET (self);
}

char *
ui_prompt_editor_dup_text (UiPromptEditor *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start;
  GtkTextIter end;
  char *text;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = g_strchomp (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

static void
ui_prompt_editor_class_init (UiPromptEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-prompt-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPromptEditor, view);
}

static void
ui_prompt_editor_init (UiPromptEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
