/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-tool-log.h"

#include <glib/gi18n.h>

#include "app-consent.h"
#include "ui-tool-row.h"

/* Calls that are read at once. */
#define PAGE 40
/* Of the arguments in a row, in characters: all of them are in the conversation. */
#define MAX_SUBTITLE 300

struct _UiToolLog {
  AdwPreferencesPage parent_instance;

  GtkSwitch *use_tools;
  GtkListBox *grants;
  GtkWidget *no_grants;
  GtkSearchEntry *search;
  GtkListBox *log;
  GtkLabel *no_log;
  GtkWidget *more;

  AppHistory *history;
  AppToolCall *last;  /* that is shown; NULL: none */
  guint n_reads;      /* a read that was overtaken by another is nothing */
};

G_DEFINE_FINAL_TYPE (UiToolLog, ui_tool_log, ADW_TYPE_PREFERENCES_PAGE)

/* A read on its way. */
typedef struct {
  UiToolLog *self;
  guint number;
} Read;

static GtkWidget *
make_row (const char *title, const char *subtitle)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title-lines", 0, "subtitle-lines", 6, "activatable", FALSE, NULL);

  /* Only now, when it is known that it is no markup. */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  return row;
}

static void
clear (GtkListBox *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
}

/* ---- grants ---- */

static void read_grants (UiToolLog *self);

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiToolLog) self = data;
  g_autoptr (GError) error = NULL;

  if (!app_consent_revoke_finish (APP_HISTORY (source), result, &error))
    g_warning ("%s", error->message);
  read_grants (self);
}

static void
on_revoke (GtkButton *button, UiToolLog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  app_consent_revoke_async (self->history, g_object_get_data (G_OBJECT (button), "grant"), on_revoked, g_object_ref (self));
}

static void
add_grant (UiToolLog *self, AppGrant *grant)
{
  const char *conversation = app_grant_get_conversation (grant);
  g_autofree char *time = g_date_time_format (app_grant_get_time (grant), _("%-d %B %Y, %H:%M"));
  g_autofree char *where = conversation != NULL ? g_strdup_printf (_("In “%s” · since %s"), conversation, time) : g_strdup_printf (_("Always · since %s"), time);
  GtkWidget *row = make_row (app_grant_get_title (grant), where), *button = gtk_button_new_with_label (_("Take back"));
  g_autofree char *spoken = g_strdup_printf (_("Take back “%s”"), app_grant_get_title (grant));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "grant", g_object_ref (grant), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_revoke), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->grants, row);
}

static void
on_grants (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiToolLog) self = data;
  g_autoptr (GPtrArray) grants = app_consent_read_grants_finish (APP_HISTORY (source), result, NULL);

  clear (self->grants);
  for (guint i = 0; grants != NULL && i < grants->len; i++)
    add_grant (self, grants->pdata[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->grants), grants != NULL && grants->len > 0);
  gtk_widget_set_visible (self->no_grants, grants == NULL || grants->len == 0);
}

static void
read_grants (UiToolLog *self)
{
  app_consent_read_grants_async (self->history, on_grants, g_object_ref (self));
}

/* ---- the log ---- */

static const char *
state_name (AppToolCall *call)
{
  switch (app_tool_call_get_state (call)) {
  case APP_CALL_DONE:
    return _("done");
  case APP_CALL_FAILED:
    return _("did not work");
  case APP_CALL_REFUSED:
    return _("not allowed");
  case APP_CALL_STOPPED:
    return _("stopped");
  case APP_CALL_UNKNOWN:
    return _("not known whether it happened");
  default:
    return _("under way");
  }
}

static const char *
consent_name (AppToolCall *call)
{
  switch (app_tool_call_get_consent (call)) {
  case APP_CONSENT_ONCE:
    return _("allowed once");
  case APP_CONSENT_CONVERSATION:
    return _("allowed for the conversation");
  case APP_CONSENT_ALWAYS:
    return _("allowed always");
  case APP_CONSENT_GRANTED:
    return _("allowed before");
  default:
    return NULL;
  }
}

static void
add_call (UiToolLog *self, AppToolCall *call)
{
  g_autofree char *time = g_date_time_format (app_tool_call_get_time (call), _("%-d %B %Y, %H:%M")), *title = ui_tool_row_dup_title (call);
  const char *consent = consent_name (call), *all = app_tool_call_get_arguments (call);
  g_autofree char *arguments = app_tool_reveal (all);
  gboolean longer = g_utf8_strlen (arguments, -1) > MAX_SUBTITLE;
  g_autofree char *shown = g_utf8_substring (arguments, 0, MIN (g_utf8_strlen (arguments, -1), MAX_SUBTITLE));
  g_autofree char *subtitle = g_strconcat (time, " · ", state_name (call), consent != NULL ? " · " : "", consent != NULL ? consent : "", *shown != '\0' ? "\n" : "", shown, longer ? "…" : "", NULL);
  GtkWidget *row = make_row (title, subtitle), *image = gtk_image_new_from_icon_name (app_tool_call_get_icon_name (call));

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  gtk_list_box_append (self->log, row);
}

static void
on_log (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Read *read = data;
  g_autoptr (UiToolLog) self = read->self;
  g_autoptr (GPtrArray) calls = app_consent_read_log_finish (APP_HISTORY (source), result, NULL);

  gboolean searches = *gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0';

  if (read->number != self->n_reads)
    return;
  if (self->last == NULL)
    clear (self->log);
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    add_call (self, calls->pdata[i]);
  if (calls != NULL && calls->len > 0)
    g_set_object (&self->last, calls->pdata[calls->len - 1]);
  gtk_widget_set_visible (self->more, calls != NULL && calls->len == PAGE);
  gtk_widget_set_visible (GTK_WIDGET (self->log), self->last != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->no_log), self->last == NULL);
  /* What is not there needs no search. */
  gtk_widget_set_visible (GTK_WIDGET (self->search), self->last != NULL || searches);
  gtk_label_set_text (self->no_log, searches ? _("No call has these words. Search for the name of a tool, or for a word that it was called with.") : _("Nothing yet: no answer has called a tool."));
}

static void
on_more (UiToolLog *self)
{
  Read *read = g_new (Read, 1);

  *read = (Read) { g_object_ref (self), ++self->n_reads };
  app_consent_read_log_async (self->history, gtk_editable_get_text (GTK_EDITABLE (self->search)), self->last, PAGE, on_log, read);
}

static void
on_search (UiToolLog *self)
{
  g_clear_object (&self->last);
  on_more (self);
}

/* Escape empties the search first, and then goes back. */
static void
on_stop_search (UiToolLog *self)
{
  GtkWidget *window = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_WINDOW);

  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else if (window != NULL)
    adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (window));
}

/* ---- object ---- */

static void
ui_tool_log_dispose (GObject *object)
{
  UiToolLog *self = UI_TOOL_LOG (object);

  g_clear_object (&self->history);
  g_clear_object (&self->last);
  G_OBJECT_CLASS (ui_tool_log_parent_class)->dispose (object);
}

static void
ui_tool_log_class_init (UiToolLogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_tool_log_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-tool-log.ui");
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, use_tools);
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, grants);
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, no_grants);
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, search);
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, log);
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, no_log);
  gtk_widget_class_bind_template_child (widget_class, UiToolLog, more);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
}

static void
ui_tool_log_init (UiToolLog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

UiToolLog *
ui_tool_log_new (AppHistory *history)
{
  UiToolLog *self = g_object_new (UI_TYPE_TOOL_LOG, NULL);
  AppSettings *settings = app_history_get_settings (history);

  self->history = g_object_ref (history);
  if (settings != NULL)
    g_settings_bind (app_settings_get_gsettings (settings), "use-tools", self->use_tools, "active", G_SETTINGS_BIND_DEFAULT);
  read_grants (self);
  on_more (self);
  return self;
}
