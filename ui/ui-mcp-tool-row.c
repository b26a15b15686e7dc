/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-mcp-tool-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "artifacts/line-diff.h"
#include "tools/tool.h"

/* Of a description in the row, in characters: all of it is behind the button. */
#define MAX_SHOWN 400

struct _UiMcpToolRow {
  AdwActionRow parent_instance;

  GtkWidget *toggle;
  GtkWidget *look;
  AppMcpTool *tool;
  UiMcpAgree agree;
  gpointer data;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (UiMcpToolRow, ui_mcp_tool_row, ADW_TYPE_ACTION_ROW)

static char *
dup_subtitle (UiMcpToolRow *self)
{
  g_autofree char *description = app_tool_reveal (app_mcp_tool_get_description (self->tool)), *shown = NULL;
  glong n = g_utf8_strlen (description, -1);

  switch (app_mcp_tool_get_state (self->tool)) {
  case APP_MCP_TOOL_CHANGED:
    return g_strdup (_("Describes itself otherwise than you agreed to, so it is off. Look at what changed."));
  case APP_MCP_TOOL_GONE:
    return g_strdup (_("The server does not have it any more."));
  case APP_MCP_TOOL_UNUSABLE:
    return g_strdup (app_mcp_tool_get_reason (self->tool));
  default:
    shown = g_utf8_substring (description, 0, MIN (n, MAX_SHOWN));
    return g_strconcat (g_strstrip (shown), n > MAX_SHOWN ? "…" : "", NULL);
  }
}

static void
update (UiMcpToolRow *self)
{
  AppMcpToolState state = app_mcp_tool_get_state (self->tool);
  g_autofree char *subtitle = dup_subtitle (self), *title = g_strdelimit (g_strdup (app_mcp_tool_get_title (self->tool)), "\r\n\t", ' ');
  g_autofree char *allow = g_strdup_printf (_("Answers may call “%s”"), title), *look = g_strdup_printf (state == APP_MCP_TOOL_CHANGED ? _("Look at what changed in “%s”") : _("All that “%s” says of itself"), title);

  self->updating = TRUE;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_switch_set_active (GTK_SWITCH (self->toggle), state == APP_MCP_TOOL_ON);
  gtk_widget_set_visible (self->toggle, state == APP_MCP_TOOL_ON || state == APP_MCP_TOOL_OFF);
  gtk_widget_set_visible (self->look, state != APP_MCP_TOOL_GONE);
  if (state == APP_MCP_TOOL_CHANGED)
    gtk_button_set_label (GTK_BUTTON (self->look), _("Look…"));
  else
    gtk_button_set_icon_name (GTK_BUTTON (self->look), "dialog-information-symbolic");
  if (state == APP_MCP_TOOL_CHANGED)
    gtk_widget_remove_css_class (self->look, "flat");
  else
    gtk_widget_add_css_class (self->look, "flat");
  gtk_widget_set_tooltip_text (self->look, look);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, allow, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->look), GTK_ACCESSIBLE_PROPERTY_LABEL, look, -1);
  self->updating = FALSE;
}

static void
on_toggled (UiMcpToolRow *self)
{
  if (!self->updating)
    self->agree (self->tool, gtk_switch_get_active (GTK_SWITCH (self->toggle)), self->data);
}

/* ---- all of it ---- */

static void
add_line (GtkTextBuffer *buffer, const char *sign, const char *line, const char *tag)
{
  g_autofree char *text = g_strconcat (sign, line, "\n", NULL);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, -1, tag, NULL);
}

static GtkWidget *
create_text (AppMcpTool *tool, gboolean changed)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *view = gtk_text_view_new ();
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  g_autofree char *now = app_mcp_tool_print (tool), *agreed = app_mcp_tool_print_agreed (tool);

  gtk_text_buffer_create_tag (buffer, "same", NULL);
  gtk_text_buffer_create_tag (buffer, "new", "paragraph-background", dark ? "#163d26" : "#dcf5e4", NULL);
  gtk_text_buffer_create_tag (buffer, "gone", "paragraph-background", dark ? "#4a1d22" : "#fbe3e4", NULL);
  if (changed && agreed != NULL) {
    g_autoptr (GPtrArray) lines = line_diff_new (agreed, now);
    for (guint i = 0; i < lines->len; i++) {
      const LineDiffLine *line = lines->pdata[i];
      /* Also without colours it is seen what is which. */
      add_line (buffer, line->kind == LINE_DIFF_NEW ? "+ " : line->kind == LINE_DIFF_GONE ? "− " : "  ", line->text, line->kind == LINE_DIFF_NEW ? "new" : line->kind == LINE_DIFF_GONE ? "gone" : "same");
    }
  } else {
    gtk_text_buffer_set_text (buffer, now, -1);
  }
  g_object_set (view, "editable", FALSE, "cursor-visible", FALSE, "monospace", TRUE, "wrap-mode", GTK_WRAP_WORD_CHAR, "left-margin", 8, "right-margin", 8, "top-margin", 6, "bottom-margin", 6, NULL);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, changed ? _("What changed") : _("What the model is told"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), 180);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 360);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_widget_set_overflow (scroller, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (scroller, "card");
  return scroller;
}

static void
on_response (AdwMessageDialog *dialog, const char *response, UiMcpToolRow *self)
{
  if (g_str_equal (response, "agree"))
    self->agree (self->tool, TRUE, self->data);
  else if (g_str_equal (response, "off"))
    self->agree (self->tool, FALSE, self->data);
}

GtkWidget *
ui_mcp_tool_row_show (UiMcpToolRow *self)
{
  gboolean changed = app_mcp_tool_get_state (self->tool) == APP_MCP_TOOL_CHANGED;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, NULL);

  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               changed ? _("The server describes this tool otherwise now. The model reads what stands here; agree only if it is what the tool should do.") : _("The model reads what stands here. It is the server’s word, and not checked by anybody."));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), create_text (self->tool, changed));
  if (changed) {
    adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "close", _("_Later"), "off", _("Leave it _off"), "agree", _("_Agree"), NULL);
    adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "agree", ADW_RESPONSE_SUGGESTED);
  } else {
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  }
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return dialog;
}

static void
on_look (UiMcpToolRow *self)
{
  ui_mcp_tool_row_show (self);
}

/* ---- object ---- */

static void
ui_mcp_tool_row_dispose (GObject *object)
{
  g_clear_object (&UI_MCP_TOOL_ROW (object)->tool);
  G_OBJECT_CLASS (ui_mcp_tool_row_parent_class)->dispose (object);
}

static void
ui_mcp_tool_row_class_init (UiMcpToolRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_mcp_tool_row_dispose;
}

static void
ui_mcp_tool_row_init (UiMcpToolRow *self)
{
  g_object_set (self, "use-markup", FALSE, "title-lines", 0, "subtitle-lines", 0, "activatable", FALSE, NULL);
  self->look = gtk_button_new ();
  self->toggle = gtk_switch_new ();
  gtk_widget_set_valign (self->look, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (self->toggle, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->look, "clicked", G_CALLBACK (on_look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->toggle, "notify::active", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->look);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->toggle);
}

GtkWidget *
ui_mcp_tool_row_new (AppMcpTool *tool, UiMcpAgree agree, gpointer data)
{
  UiMcpToolRow *self = g_object_new (UI_TYPE_MCP_TOOL_ROW, NULL);

  self->tool = g_object_ref (tool);
  self->agree = agree;
  self->data = data;
  g_signal_connect_object (tool, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
