/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-prompt-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-prompts.h"

/* Of the clipboard, in bytes. */
#define MAX_CLIPBOARD (256 * 1024)

/* A prompt on its way into `owner`. */
typedef struct {
  char *title, *text;
  GHashTable *values; /* name → text */
  UiPromptFunc done;
  GtkWidget *owner; /* weak; NULL when it is gone */
} Filling;

struct _UiPromptForm {
  AdwWindow parent_instance;

  GtkListBox *list;
  GtkWidget *insert;

  Filling *filling;
};

G_DEFINE_FINAL_TYPE (UiPromptForm, ui_prompt_form, ADW_TYPE_WINDOW)

static void
filling_free (Filling *filling)
{
  g_clear_weak_pointer (&filling->owner);
  g_hash_table_unref (filling->values);
  g_free (filling->title);
  g_free (filling->text);
  g_free (filling);
}

static void
finish (Filling *filling)
{
  g_autofree char *text = app_prompts_fill (filling->text, filling->values);

  if (filling->owner != NULL)
    filling->done (text, filling->owner);
}

/* The form */

static void
on_insert (UiPromptForm *self)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL; row = gtk_widget_get_next_sibling (row))
    g_hash_table_insert (self->filling->values, g_strdup (g_object_get_data (G_OBJECT (row), "ui-name")), g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
  finish (self->filling);
  gtk_window_close (GTK_WINDOW (self));
}

/* From field to field, and from the last into the composer. */
static void
on_activated (AdwEntryRow *row, UiPromptForm *self)
{
  GtkWidget *next = gtk_widget_get_next_sibling (GTK_WIDGET (row));

  if (next != NULL)
    gtk_widget_grab_focus (next);
  else
    on_insert (self);
}

static void
add_field (UiPromptForm *self, const AppPromptVariable *variable)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ENTRY_ROW, "focusable", FALSE, NULL); /* the focus is for the text in it */

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), variable->name);
  gtk_editable_set_text (GTK_EDITABLE (row), variable->usual);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, variable->name, -1);
  g_object_set_data_full (G_OBJECT (row), "ui-name", g_strdup (variable->name), g_free);
  g_signal_connect (row, "entry-activated", G_CALLBACK (on_activated), self);
  gtk_list_box_append (self->list, row);
}

static void
ui_prompt_form_finalize (GObject *object)
{
  g_clear_pointer (&UI_PROMPT_FORM (object)->filling, filling_free);
  G_OBJECT_CLASS (ui_prompt_form_parent_class)->finalize (object);
}

static void
ui_prompt_form_class_init (UiPromptFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ui_prompt_form_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-prompt-form.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPromptForm, list);
  gtk_widget_class_bind_template_child (widget_class, UiPromptForm, insert);
  gtk_widget_class_bind_template_callback (widget_class, on_insert);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_prompt_form_init (UiPromptForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What comes before it */

/* (transfer full) */
static void
ask (Filling *filling)
{
  g_autoptr (GPtrArray) variables = app_prompts_find_variables (filling->text);
  GtkRoot *root = filling->owner != NULL ? gtk_widget_get_root (filling->owner) : NULL;
  UiPromptForm *self = NULL;

  for (guint i = 0; i < variables->len; i++) {
    const AppPromptVariable *variable = variables->pdata[i];

    if (app_prompts_is_automatic (variable->name))
      continue;
    if (self == NULL)
      self = g_object_new (UI_TYPE_PROMPT_FORM, "title", filling->title, "transient-for", GTK_IS_WINDOW (root) ? root : NULL, NULL);
    add_field (self, variable);
  }
  if (self == NULL) {
    finish (filling);
    filling_free (filling);
    return;
  }
  self->filling = filling;
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static void
on_clipboard (GObject *source, GAsyncResult *result, gpointer data)
{
  Filling *filling = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL); /* none, or a picture: then there is nothing to fill in */
  const char *end = NULL;

  if (text != NULL && strlen (text) > MAX_CLIPBOARD) {
    g_utf8_validate (text, MAX_CLIPBOARD, &end);
    text[end - text] = '\0';
  }
  g_hash_table_insert (filling->values, g_strdup ("clipboard"), text != NULL ? g_strstrip (g_strdup (text)) : g_strdup (""));
  ask (filling);
}

void
ui_prompt_form_fill (const char *title, const char *text, UiPromptFunc done, GtkWidget *owner)
{
  Filling *filling = g_new0 (Filling, 1);
  g_autoptr (GPtrArray) variables = app_prompts_find_variables (text);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean wants_clipboard = FALSE;

  filling->title = g_strdup (title);
  filling->text = g_strdup (text);
  filling->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  filling->done = done;
  g_set_weak_pointer (&filling->owner, owner);
  /* Translators: a day in a text, as in "3 May 2024". */
  g_hash_table_insert (filling->values, g_strdup ("date"), g_date_time_format (now, _("%-d %B %Y")));
  for (guint i = 0; i < variables->len; i++)
    wants_clipboard = wants_clipboard || g_str_equal (((AppPromptVariable *) variables->pdata[i])->name, "clipboard");
  if (wants_clipboard)
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (owner), NULL, on_clipboard, filling);
  else
    ask (filling);
}
