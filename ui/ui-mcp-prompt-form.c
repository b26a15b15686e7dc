/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-mcp-prompt-form.h"

#include <glib/gi18n.h>

#include "ui-groups.h"

struct _UiMcpPromptForm {
  AdwWindow parent_instance;

  GtkWidget *get;
  GtkBox *fields;
  GtkLabel *description;
  GtkLabel *error;
  GtkSpinner *spinner;

  AppMcpServers *servers;
  AppMcpServer *server;
  AppMcpPrompt *prompt;
  GPtrArray *rows;           /* AdwEntryRow of each argument; not owned */
  UiMcpPromptFunc done;
  GtkWidget *owner;          /* weak; NULL when it is gone */
  GCancellable *cancellable; /* while the server is asked; else NULL */
};

G_DEFINE_FINAL_TYPE (UiMcpPromptForm, ui_mcp_prompt_form, ADW_TYPE_WINDOW)

/* Whether the server can be asked: it has what it needs, and is not asked already. */
static void
update (UiMcpPromptForm *self)
{
  gboolean whole = TRUE;

  for (guint i = 0; i < self->rows->len; i++)
    whole = whole && (!app_mcp_prompt_get_argument (self->prompt, i)->required || *gtk_editable_get_text (self->rows->pdata[i]) != '\0');
  gtk_widget_set_sensitive (self->get, whole && self->cancellable == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->cancellable != NULL);
  gtk_spinner_set_spinning (self->spinner, self->cancellable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->error), *gtk_label_get_text (self->error) != '\0');
}

static void
on_got (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMcpPromptForm) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = app_mcp_servers_get_prompt_finish (APP_MCP_SERVERS (source), result, &error);

  if (self->servers == NULL) /* the form was left */
    return;
  g_clear_object (&self->cancellable);
  if (words != NULL) {
    if (self->owner != NULL)
      self->done (words, self->owner);
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  gtk_label_set_text (self->error, error->message);
  update (self);
}

static void
on_get (UiMcpPromptForm *self)
{
  g_autoptr (JsonObject) arguments = json_object_new ();

  if (!gtk_widget_get_sensitive (self->get))
    return;
  for (guint i = 0; i < self->rows->len; i++) {
    const AppMcpPromptArgument *argument = app_mcp_prompt_get_argument (self->prompt, i);
    const char *text = gtk_editable_get_text (self->rows->pdata[i]);

    /* One that is left out is not there. */
    if (argument->required || *text != '\0')
      json_object_set_string_member (arguments, argument->name, text);
  }
  gtk_label_set_text (self->error, "");
  self->cancellable = g_cancellable_new ();
  update (self);
  app_mcp_servers_get_prompt_async (self->servers, self->server, self->prompt, arguments, self->cancellable, on_got, g_object_ref (self));
}

/* From field to field, and from the last to the server. */
static void
on_activated (AdwEntryRow *row, UiMcpPromptForm *self)
{
  guint index;

  if (g_ptr_array_find (self->rows, row, &index) && index + 1 < self->rows->len)
    gtk_widget_grab_focus (self->rows->pdata[index + 1]);
  else
    on_get (self);
}

static void
add_field (UiMcpPromptForm *self, const AppMcpPromptArgument *argument)
{
  GtkWidget *group = adw_preferences_group_new (), *row = g_object_new (ADW_TYPE_ENTRY_ROW, "focusable", FALSE, NULL); /* the focus is for the text in it */
  /* Translators: %s: the name of something that a prompt of a server needs not be told */
  g_autofree char *title = argument->required ? g_strdup (argument->name) : g_strdup_printf (_("%s (may be left out)"), argument->name), *escaped = g_markup_escape_text (argument->description, -1);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, argument->description, -1);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), *escaped != '\0' ? escaped : NULL);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (update), self);
  g_signal_connect (row, "entry-activated", G_CALLBACK (on_activated), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  gtk_box_append (self->fields, group);
  g_ptr_array_add (self->rows, row);
}

UiMcpPromptForm *
ui_mcp_prompt_form_open (AppMcpServers *servers, AppMcpServer *server, AppMcpPrompt *prompt, UiMcpPromptFunc done, GtkWidget *owner)
{
  GtkRoot *root = gtk_widget_get_root (owner);
  UiMcpPromptForm *self = g_object_new (UI_TYPE_MCP_PROMPT_FORM, "title", app_mcp_prompt_get_title (prompt), "transient-for", GTK_IS_WINDOW (root) ? root : NULL, NULL);
  const char *said = app_mcp_prompt_get_description (prompt);
  guint n = app_mcp_prompt_get_n_arguments (prompt);
  g_autofree char *what = n > 0 ? g_strdup_printf (_("“Get” starts the server “%s” and gives it what is written here. Its words come into the composer, where you can read them before you send them."), app_mcp_server_get_name (server))
                                : g_strdup_printf (_("“Get” starts the server “%s”. Its words come into the composer, where you can read them before you send them."), app_mcp_server_get_name (server)),
                   *text = g_strconcat (said, *said != '\0' ? "\n\n" : "", what, NULL);

  self->servers = g_object_ref (servers);
  self->server = g_object_ref (server);
  self->prompt = g_object_ref (prompt);
  self->done = done;
  g_set_weak_pointer (&self->owner, owner);
  gtk_label_set_text (self->description, text);
  for (guint i = 0; i < n; i++)
    add_field (self, app_mcp_prompt_get_argument (prompt, i));
  ui_groups_wrap (GTK_WIDGET (self->fields));
  gtk_widget_set_visible (GTK_WIDGET (self->fields), n > 0);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (n > 0 ? self->rows->pdata[0] : self->get);
  return self;
}

static void
ui_mcp_prompt_form_dispose (GObject *object)
{
  UiMcpPromptForm *self = UI_MCP_PROMPT_FORM (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->servers);
  g_clear_object (&self->server);
  g_clear_object (&self->prompt);
  g_clear_weak_pointer (&self->owner);
  G_OBJECT_CLASS (ui_mcp_prompt_form_parent_class)->dispose (object);
}

static void
ui_mcp_prompt_form_finalize (GObject *object)
{
  g_ptr_array_unref (UI_MCP_PROMPT_FORM (object)->rows);
  G_OBJECT_CLASS (ui_mcp_prompt_form_parent_class)->finalize (object);
}

static void
ui_mcp_prompt_form_class_init (UiMcpPromptFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_mcp_prompt_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_mcp_prompt_form_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-mcp-prompt-form.ui");
  gtk_widget_class_bind_template_child (widget_class, UiMcpPromptForm, get);
  gtk_widget_class_bind_template_child (widget_class, UiMcpPromptForm, fields);
  gtk_widget_class_bind_template_child (widget_class, UiMcpPromptForm, description);
  gtk_widget_class_bind_template_child (widget_class, UiMcpPromptForm, error);
  gtk_widget_class_bind_template_child (widget_class, UiMcpPromptForm, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_get);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ui_mcp_prompt_form_init (UiMcpPromptForm *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
}
