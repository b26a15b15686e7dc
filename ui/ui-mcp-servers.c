/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-mcp-servers.h"

#include <glib/gi18n.h>

#include "tools/sandbox.h"
#include "ui-mcp-dialog.h"
#include "ui-mcp-tool-row.h"
#include "ui-row-menu.h"
#include "ui-toast.h"

/* Starts of servers that are shown, and how many more at a time. */
#define RUNS 50

struct _UiMcpServers {
  AdwPreferencesPage parent_instance;

  GtkWidget *missing;
  GtkLabel *missing_label;
  GtkWidget *none;
  GtkListBox *list;
  AdwPreferencesGroup *runs_group;
  GtkListBox *runs;

  GtkWidget *more;

  AppMcpServers *servers;
  guint n_runs;       /* that are shown at most */
  gboolean refilling; /* an idle is pending */
};

G_DEFINE_FINAL_TYPE (UiMcpServers, ui_mcp_servers, ADW_TYPE_PREFERENCES_PAGE)

/* ---- one server ---- */

#define SERVER_KEY "ui-mcp-server"

/* What a row of a tool needs of its server: its data. */
typedef struct {
  UiMcpServers *page;
  AppMcpServer *server;
} Of;

static void
on_agree (AppMcpTool *tool, gboolean agree, gpointer data)
{
  Of *of = data;

  app_mcp_servers_agree (of->page->servers, of->server, tool, agree);
}

static void
on_may (GtkSwitch *toggle, GParamSpec *pspec, Of *of)
{
  app_mcp_servers_set_may (of->page->servers, of->server, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toggle), "which")), gtk_switch_get_active (toggle));
}

static void
on_enabled (GtkSwitch *toggle, GParamSpec *pspec, Of *of)
{
  app_mcp_servers_set_enabled (of->page->servers, of->server, gtk_switch_get_active (toggle));
}

static GtkWidget *
create_may_row (Of *of, AppMcpOffers which, const char *title, const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "subtitle", subtitle, NULL), *toggle = gtk_switch_new ();

  gtk_switch_set_active (GTK_SWITCH (toggle), (app_mcp_server_get_offers (of->server) & which) != 0);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data (G_OBJECT (toggle), "which", GUINT_TO_POINTER (which));
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_may), of);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  return row;
}

static GtkWidget *
create_menu_button (AppMcpServer *server)
{
  static const UiRowMenuItem items[] = { { N_("_Change…"), "mcp.edit" }, { N_("_Look at its tools again"), "mcp.check" }, { N_("_Remove"), "mcp.remove" } };

  return ui_row_menu_new (items, G_N_ELEMENTS (items), app_mcp_server_get_name (server), app_mcp_server_get_id (server));
}

/* How many answers may call, of how many; what has to be looked at stands first. */
static char *
dup_summary (AppMcpServer *server)
{
  GListModel *tools = app_mcp_server_get_tools (server);
  guint n = g_list_model_get_n_items (tools), on = 0, changed = 0;
  g_autofree char *calls = NULL, *changes = NULL, *command = g_markup_escape_text (app_mcp_server_get_command (server), -1);

  for (guint i = 0; i < n; i++) {
    g_autoptr (AppMcpTool) tool = g_list_model_get_item (tools, i);
    on += app_mcp_tool_get_state (tool) == APP_MCP_TOOL_ON;
    changed += app_mcp_tool_get_state (tool) == APP_MCP_TOOL_CHANGED;
  }
  /* Translators: how many of a server's tools answers may call: “3 of 14 tools” */
  calls = g_strdup_printf (ngettext ("%u of %u tool", "%u of %u tools", n), on, n);
  changes = changed > 0 ? g_strdup_printf (ngettext ("%u changed since you agreed", "%u changed since you agreed", changed), changed) : g_strdup ("");
  return g_strconcat (changes, changed > 0 ? " · " : "", calls, " · ", app_mcp_server_get_network (server) ? _("with network") : _("without network"), "\n", command, NULL);
}

static void
update_summary (GtkWidget *row)
{
  g_autofree char *summary = dup_summary (g_object_get_data (G_OBJECT (row), SERVER_KEY));

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), summary);
}

static GtkWidget *
create_server_row (UiMcpServers *self, AppMcpServer *server)
{
  g_autofree char *title = g_markup_escape_text (app_mcp_server_get_name (server), -1), *spoken = g_strdup_printf (_("Answers may call tools of %s"), app_mcp_server_get_name (server));
  GtkWidget *row = g_object_new (ADW_TYPE_EXPANDER_ROW, "title", title, NULL), *toggle = gtk_switch_new ();
  GListModel *tools = app_mcp_server_get_tools (server);
  AppMcpOffers offers = app_mcp_server_get_offers (server);
  Of *of = g_new (Of, 1);

  *of = (Of) { self, server };
  g_object_set_data_full (G_OBJECT (row), "of", of, g_free);
  g_object_set_data_full (G_OBJECT (row), SERVER_KEY, g_object_ref (server), g_object_unref);
  gtk_switch_set_active (GTK_SWITCH (toggle), app_mcp_server_get_enabled (server));
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_enabled), of);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), create_menu_button (server));
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), toggle);
  for (guint i = 0; i < g_list_model_get_n_items (tools); i++) {
    g_autoptr (AppMcpTool) tool = g_list_model_get_item (tools, i);

    adw_expander_row_add_row (ADW_EXPANDER_ROW (row), ui_mcp_tool_row_new (tool, on_agree, of));
    g_signal_connect_object (tool, "notify::state", G_CALLBACK (update_summary), row, G_CONNECT_SWAPPED);
  }
  if (offers & APP_MCP_HAS_RESOURCES)
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row), create_may_row (of, APP_MCP_MAY_RESOURCES, _("Read what it offers"), _("Lists and reads the server’s own texts (“resources”)")));
  if (offers & APP_MCP_HAS_PROMPTS)
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row), create_may_row (of, APP_MCP_MAY_PROMPTS, _("Get its prompts"), _("Answers may list and get prepared prompts of the server. You find them in a message that begins with “/”.")));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), app_mcp_server_has_changes (server));
  update_summary (row);
  ui_row_menu_name_lists (row, app_mcp_server_get_name (server));
  return row;
}

/* ---- the lists ---- */

static void
clear (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
}

static void
add_run (UiMcpServers *self, const AppMcpRunRow *run)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (run->began / 1000), local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *time = local != NULL ? g_date_time_format (local, _("%-d %B %Y, %H:%M")) : g_strdup (""), *duration = NULL, *subtitle = NULL;
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 0, "subtitle-lines", 8, "activatable", FALSE, NULL);
  guint seconds = (guint) CLAMP ((run->ended - run->began + 999) / 1000, 0, G_MAXINT);

  if (run->ended > run->began)
    duration = g_strdup_printf (ngettext ("ran for %u second", "ran for %u seconds", seconds), seconds);
  else
    duration = g_strdup (run->outcome != NULL ? _("ended with Melete") : _("runs"));
  subtitle = g_strconcat (time, " · ", duration, " · ", run->network ? _("with network") : _("without network"), run->outcome != NULL && *run->outcome != '\0' ? "\n" : "", run->outcome != NULL ? run->outcome : "", NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), run->server);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_append (self->runs, row);
}

static void
on_runs (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMcpServers) self = data;
  g_autoptr (GPtrArray) runs = app_mcp_servers_read_runs_finish (APP_MCP_SERVERS (source), result, NULL);

  clear (self->runs);
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    add_run (self, runs->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->runs_group), runs != NULL && runs->len > 0);
  gtk_widget_set_visible (self->more, runs != NULL && runs->len == self->n_runs);
}

static void
on_more (UiMcpServers *self)
{
  self->n_runs += RUNS;
  app_mcp_servers_read_runs_async (self->servers, self->n_runs, on_runs, g_object_ref (self));
}

/* There are few, and they change only by the person's hand, or when a server runs. */
static gboolean
refill (gpointer data)
{
  UiMcpServers *self = data;
  guint n;

  self->refilling = FALSE;
  if (self->servers == NULL)
    return G_SOURCE_REMOVE;
  clear (self->list);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->servers));
  for (guint i = 0; i < n; i++) {
    g_autoptr (AppMcpServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);
    gtk_list_box_append (self->list, create_server_row (self, server));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->none, n == 0);
  app_mcp_servers_read_runs_async (self->servers, self->n_runs, on_runs, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

/* Not at once: a switch of the row that goes may be what changed it. */
static void
refill_soon (UiMcpServers *self)
{
  if (self->refilling)
    return;
  self->refilling = TRUE;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, refill, g_object_ref (self), g_object_unref);
}

static void
on_servers_changed (GListModel *servers, guint position, guint removed, guint added, UiMcpServers *self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (AppMcpServer) server = g_list_model_get_item (servers, i);
    g_signal_handlers_disconnect_by_func (server, refill_soon, self);
    g_signal_connect_object (app_mcp_server_get_tools (server), "items-changed", G_CALLBACK (refill_soon), self, G_CONNECT_SWAPPED);
  }
  refill_soon (self);
}

static void
on_notice (AppMcpServers *servers, const char *sentence, UiMcpServers *self)
{
  ui_toast (GTK_WIDGET (self), sentence);
}

/* ---- actions ---- */

static AppMcpServer *
find (UiMcpServers *self, GVariant *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++) {
    g_autoptr (AppMcpServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);
    if (app_mcp_server_get_id (server) == g_variant_get_int64 (id))
      return server; /* the list holds it */
  }
  return NULL;
}

static void
open_dialog (UiMcpServers *self, AppMcpServer *server)
{
  GtkWidget *dialog = ui_mcp_dialog_new (GTK_WIDGET (self), self->servers, server);

  g_signal_connect_object (dialog, "destroy", G_CALLBACK (refill_soon), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
action_add (GtkWidget *widget, const char *action, GVariant *parameter)
{
  open_dialog (UI_MCP_SERVERS (widget), NULL);
}

static void
action_edit (GtkWidget *widget, const char *action, GVariant *id)
{
  AppMcpServer *server = find (UI_MCP_SERVERS (widget), id);

  if (server != NULL)
    open_dialog (UI_MCP_SERVERS (widget), server);
}

static gboolean
has_changes (UiMcpServers *self)
{
  for (guint i = 0; self->servers != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++) {
    g_autoptr (AppMcpServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);
    if (app_mcp_server_has_changes (server))
      return TRUE;
  }
  return FALSE;
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMcpServers) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_mcp_servers_check_finish (APP_MCP_SERVERS (source), result, &error))
    ui_toast_error (GTK_WIDGET (self), error);
  else
    ui_toast (GTK_WIDGET (self), has_changes (self) ? _("Some tools are described otherwise than you agreed") : _("The list of its tools is up to date"));
  refill_soon (self);
}

static void
action_check (GtkWidget *widget, const char *action, GVariant *id)
{
  UiMcpServers *self = UI_MCP_SERVERS (widget);
  AppMcpServer *server = find (self, id);

  if (server != NULL)
    app_mcp_servers_check_async (self->servers, server, NULL, on_checked, g_object_ref (self));
}

static void
on_remove_response (AdwMessageDialog *dialog, const char *response, UiMcpServers *self)
{
  if (g_str_equal (response, "remove"))
    app_mcp_servers_remove_async (self->servers, g_object_get_data (G_OBJECT (dialog), SERVER_KEY), ui_toast_on_done, ui_toast_done_new (self, (UiToastFinish) app_mcp_servers_remove_finish));
}

static void
action_remove (GtkWidget *widget, const char *action, GVariant *id)
{
  UiMcpServers *self = UI_MCP_SERVERS (widget);
  AppMcpServer *server = find (self, id);
  g_autofree char *heading = NULL;
  GtkWidget *dialog;

  if (server == NULL)
    return;
  heading = g_strdup_printf (_("Remove “%s”?"), app_mcp_server_get_name (server));
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), heading, _("Its environment and what you allowed of it go with it. The program itself stays where it is."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), SERVER_KEY, g_object_ref (server), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- object ---- */

static void
ui_mcp_servers_dispose (GObject *object)
{
  UiMcpServers *self = UI_MCP_SERVERS (object);

  if (self->servers != NULL)
    clear (self->list); /* its rows speak of this */
  g_clear_object (&self->servers);
  G_OBJECT_CLASS (ui_mcp_servers_parent_class)->dispose (object);
}

static void
ui_mcp_servers_class_init (UiMcpServersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_mcp_servers_dispose;
  gtk_widget_class_install_action (widget_class, "mcp.add", NULL, action_add);
  gtk_widget_class_install_action (widget_class, "mcp.edit", "x", action_edit);
  gtk_widget_class_install_action (widget_class, "mcp.check", "x", action_check);
  gtk_widget_class_install_action (widget_class, "mcp.remove", "x", action_remove);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-mcp-servers.ui");
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, missing);
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, missing_label);
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, none);
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, list);
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, runs_group);
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, runs);
  gtk_widget_class_bind_template_child (widget_class, UiMcpServers, more);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
}

static void
ui_mcp_servers_init (UiMcpServers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->n_runs = RUNS;
}

UiMcpServers *
ui_mcp_servers_new (AppMcpServers *servers)
{
  UiMcpServers *self = g_object_new (UI_TYPE_MCP_SERVERS, NULL);
  g_autoptr (GError) error = NULL;

  self->servers = g_object_ref (servers);
  if (!app_sandbox_is_there (&error))
    gtk_label_set_text (self->missing_label, error->message);
  gtk_widget_set_visible (self->missing, error != NULL);
  g_signal_connect_object (servers, "items-changed", G_CALLBACK (on_servers_changed), self, 0);
  g_signal_connect_object (servers, "notice", G_CALLBACK (on_notice), self, 0);
  on_servers_changed (G_LIST_MODEL (servers), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (servers)), self);
  refill (self);
  return self;
}
