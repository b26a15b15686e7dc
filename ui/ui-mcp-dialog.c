/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-mcp-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-keys.h"
#include "tools/tool.h"
#include "ui-groups.h"
#include "ui-mcp-tool-row.h"
#include "ui-toast.h"

struct _UiMcpDialog {
  AdwWindow parent_instance;

  GtkButton *go;
  GtkEditable *command;
  GtkEditable *name;
  GtkEditable *folder;
  GtkSwitch *network;
  GtkTextView *environment;
  GtkWidget *messages;
  GtkWidget *waiting;
  GtkSpinner *spinner;
  GtkLabel *error;
  AdwPreferencesGroup *tools_group;
  GtkListBox *tools;

  GtkWidget *owner;
  AppMcpServers *servers;
  AppMcpServer *server;      /* NULL: a new one */
  AppMcpTrial *found;        /* NULL: it was not asked, or something was changed since */
  GCancellable *cancellable; /* of what is under way, or NULL */
};

G_DEFINE_FINAL_TYPE (UiMcpDialog, ui_mcp_dialog, ADW_TYPE_WINDOW)

static void
update (UiMcpDialog *self)
{
  gboolean failed = *gtk_label_get_text (self->error) != '\0';

  gtk_button_set_label (self->go, !self->found ? _("_Start") : self->server != NULL ? _("_Save") : _("_Add"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->go), self->cancellable == NULL && *gtk_editable_get_text (self->command) != '\0');
  gtk_widget_set_visible (self->waiting, self->cancellable != NULL);
  gtk_spinner_set_spinning (self->spinner, self->cancellable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->error), failed);
  gtk_widget_set_visible (self->messages, failed || self->cancellable != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->tools_group), self->found != NULL);
}

/* ---- what was found ---- */

static void
on_agree (AppMcpTool *tool, gboolean agree, gpointer data)
{
  app_mcp_tool_agree (tool, agree);
}

static void
on_may (GtkSwitch *toggle, GParamSpec *pspec, UiMcpDialog *self)
{
  AppMcpOffers which = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toggle), "which"));

  if (self->found)
    self->found->offers = gtk_switch_get_active (toggle) ? self->found->offers | which : self->found->offers & ~which;
}

static void
add_may (UiMcpDialog *self, AppMcpOffers which, const char *title, const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", subtitle, NULL), *toggle = gtk_switch_new ();

  gtk_switch_set_active (GTK_SWITCH (toggle), (self->found->offers & which) != 0);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data (G_OBJECT (toggle), "which", GUINT_TO_POINTER (which));
  g_signal_connect_object (toggle, "notify::active", G_CALLBACK (on_may), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  gtk_list_box_append (self->tools, row);
}

/* What was agreed to before, and is as it was, stays so; of a new server all is on: it is looked at now, and added by the person's hand. */
static void
take_over (UiMcpDialog *self, AppMcpTool *tool)
{
  AppMcpTool *older = self->server != NULL ? app_mcp_server_find_tool (self->server, app_mcp_tool_get_name (tool)) : NULL;
  g_autofree char *now = app_mcp_tool_print (tool), *agreed = older != NULL ? app_mcp_tool_print_agreed (older) : NULL;

  if (app_mcp_tool_get_state (tool) == APP_MCP_TOOL_OFF && (self->server == NULL || g_strcmp0 (now, agreed) == 0))
    app_mcp_tool_agree (tool, TRUE);
}

static void
set_found (UiMcpDialog *self, AppMcpTrial *trial)
{
  g_autofree char *title = NULL, *name = NULL;
  GtkWidget *row;

  g_clear_pointer (&self->found, app_mcp_trial_free);
  self->found = trial;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->tools))) != NULL)
    gtk_list_box_remove (self->tools, row);
  if (trial == NULL) {
    update (self);
    return;
  }
  if (self->server != NULL)
    trial->offers |= app_mcp_server_get_offers (self->server) & (APP_MCP_MAY_RESOURCES | APP_MCP_MAY_PROMPTS);
  for (guint i = 0; i < trial->tools->len; i++) {
    take_over (self, trial->tools->pdata[i]);
    gtk_list_box_append (self->tools, ui_mcp_tool_row_new (trial->tools->pdata[i], on_agree, NULL));
  }
  if (trial->offers & APP_MCP_HAS_RESOURCES)
    add_may (self, APP_MCP_MAY_RESOURCES, _("Read what it offers"), _("Lists and reads the server’s own texts (“resources”)"));
  if (trial->offers & APP_MCP_HAS_PROMPTS)
    add_may (self, APP_MCP_MAY_PROMPTS, _("Get its prompts"), _("Answers may list and get prepared prompts of the server. You find them in a message that begins with “/”."));
  if (*gtk_editable_get_text (self->name) == '\0') {
    g_autofree char *shown = app_tool_reveal (trial->title);
    gtk_editable_set_text (self->name, g_strdelimit (shown, "\r\n\t", ' '));
  }
  name = g_markup_escape_text (trial->name, -1);
  /* Translators: what a program says of itself: its name and version, and the version of the protocol that it speaks */
  title = g_strdup_printf (_("It calls itself “%s” and speaks version %s. Read what its tools say of themselves, and switch off what answers need not call: each tool takes room in the model’s memory."), name, trial->version);
  adw_preferences_group_set_description (self->tools_group, title);
  ui_groups_wrap (GTK_WIDGET (self->tools_group));
  update (self);
}

/* ---- entries ---- */

static void
on_changed (UiMcpDialog *self)
{
  gtk_label_set_text (self->error, "");
  set_found (self, NULL);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, UiMcpDialog *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    if (file != NULL && g_file_peek_path (file) != NULL)
      gtk_editable_set_text (self->folder, g_file_peek_path (file));
  }
  gtk_native_dialog_destroy (dialog);
}

static void
on_choose (UiMcpDialog *self)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_("Folder in which the server is installed"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Choose"), _("_Cancel"));

  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  g_object_set_data_full (G_OBJECT (self), "chooser", dialog, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* What is written there is kept in the keyring: it is often a key. (transfer full) */
static char *
dup_environment (UiMcpDialog *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->environment);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

/* ---- starting and saving ---- */

static void
end (UiMcpDialog *self)
{
  g_clear_object (&self->cancellable);
  update (self);
}

static void
show_error (UiMcpDialog *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_label_set_text (self->error, error->message);
  update (self);
}

/* What is to be read stands below: when it has its place, it is brought into view. */
static gboolean
show_tools (gpointer data)
{
  UiMcpDialog *self = data;

  if (self->found != NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->tools), GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMcpDialog) self = data;
  g_autoptr (GError) error = NULL;
  AppMcpTrial *trial = app_mcp_servers_try_finish (APP_MCP_SERVERS (source), result, &error);

  if (self->servers == NULL) { /* the dialog was closed */
    g_clear_pointer (&trial, app_mcp_trial_free);
    return;
  }
  end (self);
  if (trial != NULL) {
    set_found (self, trial);
    g_idle_add_full (G_PRIORITY_LOW, show_tools, g_object_ref (self), g_object_unref);
  } else {
    show_error (self, error);
  }
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMcpDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autoptr (AppMcpServer) server = app_mcp_servers_save_finish (APP_MCP_SERVERS (source), result, &notice, &error);

  if (self->servers == NULL)
    return;
  end (self);
  if (server == NULL) {
    show_error (self, error);
    return;
  }
  if (notice != NULL)
    ui_toast (self->owner, notice);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_go (UiMcpDialog *self)
{
  char *environment;
  g_autofree char *command = g_strstrip (g_strdup (gtk_editable_get_text (self->command))), *folder = g_strstrip (g_strdup (gtk_editable_get_text (self->folder)));
  gsize n = strlen (folder);

  if (!gtk_widget_get_sensitive (GTK_WIDGET (self->go)))
    return;
  while (n > 1 && folder[n - 1] == '/')
    folder[--n] = '\0';
  environment = dup_environment (self);
  AppMcpLaunch launch = { command, folder, environment, gtk_switch_get_active (self->network) };
  gtk_label_set_text (self->error, "");
  self->cancellable = g_cancellable_new ();
  update (self);
  if (self->found != NULL)
    app_mcp_servers_save_async (self->servers, self->server, gtk_editable_get_text (self->name), &launch, self->found->offers, self->found->tools, self->found->prompts, on_saved, g_object_ref (self));
  else
    app_mcp_servers_try_async (self->servers, gtk_editable_get_text (self->name), &launch, self->cancellable, on_tried, g_object_ref (self));
  app_keys_free (environment);
}

/* ---- life ---- */

static void
on_environment (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMcpDialog) self = data;
  char *environment = app_mcp_servers_lookup_environment_finish (APP_MCP_SERVERS (source), result);
  g_autofree char *written = self->servers != NULL ? dup_environment (self) : NULL;

  /* What the person has written meanwhile counts. */
  if (written != NULL && *written == '\0' && *environment != '\0')
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->environment), environment, -1);
  app_keys_free (environment);
}

GtkWidget *
ui_mcp_dialog_new (GtkWidget *owner, AppMcpServers *servers, AppMcpServer *server)
{
  UiMcpDialog *self = g_object_new (UI_TYPE_MCP_DIALOG, NULL);
  GtkRoot *root = gtk_widget_get_root (owner);

  gtk_window_set_transient_for (GTK_WINDOW (self), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  self->owner = g_object_ref (owner);
  self->servers = g_object_ref (servers);
  if (server != NULL) {
    self->server = g_object_ref (server);
    gtk_window_set_title (GTK_WINDOW (self), _("Change a server of tools"));
    gtk_editable_set_text (self->command, app_mcp_server_get_command (server));
    gtk_editable_set_text (self->name, app_mcp_server_get_name (server));
    gtk_editable_set_text (self->folder, app_mcp_server_get_folder (server));
    gtk_switch_set_active (self->network, app_mcp_server_get_network (server));
    app_mcp_servers_lookup_environment_async (servers, server, NULL, on_environment, g_object_ref (self));
  }
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->command));
  return GTK_WIDGET (self);
}

static void
ui_mcp_dialog_dispose (GObject *object)
{
  UiMcpDialog *self = UI_MCP_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->owner);
  g_clear_object (&self->servers);
  g_clear_object (&self->server);
  g_clear_pointer (&self->found, app_mcp_trial_free);
  G_OBJECT_CLASS (ui_mcp_dialog_parent_class)->dispose (object);
}

static void
ui_mcp_dialog_class_init (UiMcpDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_mcp_dialog_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-mcp-dialog.ui");
  gtk_widget_class_bind_template_child_full (widget_class, "title", FALSE, 0);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, go);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, command);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, name);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, folder);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, network);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, environment);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, messages);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, waiting);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, error);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, tools_group);
  gtk_widget_class_bind_template_child (widget_class, UiMcpDialog, tools);
  gtk_widget_class_bind_template_callback (widget_class, on_go);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
}

static void
ui_mcp_dialog_init (UiMcpDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->environment), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  ui_groups_wrap (GTK_WIDGET (self));
}
