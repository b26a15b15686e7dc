/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-prompt-picker.h"

#include <glib/gi18n.h>
#include <string.h>

/* What is longer, in characters, is no beginning of a name. */
#define LONGEST_FILTER 40

struct _UiPromptPicker {
  GtkPopover parent_instance;

  GtkWidget *scroller;
  GtkListBox *list;

  GtkTextView *view;   /* not owned: it goes with the parent */
  AppLibrary *prompts; /* (nullable) */
  AppMcpServers *servers; /* (nullable) */
  gboolean put_away;   /* by Escape, until the text does not begin with "/" any more */
};

enum { USE, USE_SERVER, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiPromptPicker, ui_prompt_picker, GTK_TYPE_POPOVER)

/* What stands after "/", lower-case, or NULL when the text asks for no prompt. (transfer full) */
static char *
dup_filter (UiPromptPicker *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *text = NULL;

  if (gtk_text_buffer_get_char_count (buffer) > LONGEST_FILTER)
    return NULL;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  return text[0] == '/' && strchr (text, '\n') == NULL ? g_utf8_casefold (text + 1, -1) : NULL;
}

/* `about`: what stands below the name, in one line. */
static GtkWidget *
create_row (const char *title, const char *about)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  g_autofree char *line = g_strdelimit (g_utf8_substring (about, 0, MIN (g_utf8_strlen (about, -1), 80)), "\n\r\t", ' ');
  GtkWidget *text = g_object_new (GTK_TYPE_LABEL, "label", line, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "max-width-chars", 40, NULL);
  GtkWidget *row = g_object_new (GTK_TYPE_LIST_BOX_ROW, "focusable", FALSE, "child", box, NULL);

  gtk_widget_add_css_class (text, "caption");
  gtk_widget_add_css_class (text, "dim-label");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, line, -1);
  return row;
}

/* Whether the name has what was typed. */
static gboolean
fits (const char *name, const char *filter)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return strstr (folded, filter) != NULL;
}

static void
add_prompts (UiPromptPicker *self, const char *filter)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->prompts)); i++) {
    g_autoptr (AppLibraryItem) item = g_list_model_get_item (G_LIST_MODEL (self->prompts), i);
    GtkWidget *row;

    if (!fits (app_library_item_get_name (item), filter))
      continue;
    row = create_row (app_library_item_get_name (item), app_library_item_get_text (item));
    g_object_set_data_full (G_OBJECT (row), "ui-item", g_steal_pointer (&item), g_object_unref);
    gtk_list_box_append (self->list, row);
  }
}

/* By the prompt's name or the server's. */
static void
add_prompts_of (UiPromptPicker *self, AppMcpServer *server, const char *filter)
{
  GListModel *prompts = app_mcp_server_get_prompts (server);

  for (guint i = 0; i < g_list_model_get_n_items (prompts); i++) {
    g_autoptr (AppMcpPrompt) prompt = g_list_model_get_item (prompts, i);
    g_autofree char *about = NULL;
    GtkWidget *row;

    if (!fits (app_mcp_prompt_get_title (prompt), filter) && !fits (app_mcp_server_get_name (server), filter))
      continue;
    /* Translators: below the name of a prompt that a server of tools has ready; the server's name, and what the prompt is for */
    about = *app_mcp_prompt_get_description (prompt) != '\0' ? g_strdup_printf (_("from “%s” · %s"), app_mcp_server_get_name (server), app_mcp_prompt_get_description (prompt))
                                                            : g_strdup_printf (_("from “%s”"), app_mcp_server_get_name (server));
    row = create_row (app_mcp_prompt_get_title (prompt), about);
    g_object_set_data_full (G_OBJECT (row), "ui-server", g_object_ref (server), g_object_unref);
    g_object_set_data_full (G_OBJECT (row), "ui-item", g_steal_pointer (&prompt), g_object_unref);
    gtk_list_box_append (self->list, row);
  }
}

/* A screen reader follows what is chosen, though the focus stays in the text. */
static void
select_row (UiPromptPicker *self, GtkListBoxRow *row)
{
  gtk_list_box_select_row (self->list, row);
  if (row != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT, row, -1);
  else
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT);
}

static void
hide (UiPromptPicker *self)
{
  GtkWidget *row;

  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    gtk_popover_popdown (GTK_POPOVER (self));
  select_row (self, NULL);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
}

static void
on_changed (UiPromptPicker *self)
{
  g_autofree char *filter = self->prompts != NULL ? dup_filter (self) : NULL;

  hide (self);
  if (filter == NULL)
    self->put_away = FALSE;
  if (filter == NULL || self->put_away || !gtk_widget_has_focus (GTK_WIDGET (self->view)))
    return;
  add_prompts (self, filter);
  for (guint i = 0; self->servers != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++) {
    g_autoptr (AppMcpServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);

    if (app_mcp_server_get_enabled (server))
      add_prompts_of (self, server, filter);
  }
  if (gtk_widget_get_first_child (GTK_WIDGET (self->list)) == NULL)
    return;
  select_row (self, gtk_list_box_get_row_at_index (self->list, 0));
  gtk_popover_popup (GTK_POPOVER (self));
}

static void
on_activated (UiPromptPicker *self, GtkListBoxRow *row)
{
  g_autoptr (GObject) item = g_object_ref (g_object_get_data (G_OBJECT (row), "ui-item"));
  AppMcpServer *of = g_object_get_data (G_OBJECT (row), "ui-server");
  g_autoptr (AppMcpServer) server = of != NULL ? g_object_ref (of) : NULL;

  hide (self);
  if (server != NULL)
    g_signal_emit (self, signals[USE_SERVER], 0, server, item);
  else
    g_signal_emit (self, signals[USE], 0, item);
}

static void
move (UiPromptPicker *self, int step)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->list);
  GtkListBoxRow *next = gtk_list_box_get_row_at_index (self->list, MAX (0, (selected != NULL ? gtk_list_box_row_get_index (selected) : 0) + step));
  graphene_rect_t bounds;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  if (next == NULL)
    return;
  select_row (self, next);
  if (gtk_widget_compute_bounds (GTK_WIDGET (next), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

gboolean
ui_prompt_picker_take_key (UiPromptPicker *self, guint keyval, GdkModifierType state)
{
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (self->list);

  if (!gtk_widget_get_visible (GTK_WIDGET (self)) || selected == NULL || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;
  switch (keyval) {
  case GDK_KEY_Down:
  case GDK_KEY_KP_Down:
    move (self, 1);
    return TRUE;
  case GDK_KEY_Up:
  case GDK_KEY_KP_Up:
    move (self, -1);
    return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
  case GDK_KEY_ISO_Enter:
  case GDK_KEY_Tab:
    on_activated (self, selected);
    return TRUE;
  case GDK_KEY_Escape:
    self->put_away = TRUE;
    hide (self);
    return TRUE;
  }
  return FALSE;
}

void
ui_prompt_picker_set_prompts (UiPromptPicker *self, AppLibrary *prompts)
{
  g_set_object (&self->prompts, prompts);
}

void
ui_prompt_picker_set_servers (UiPromptPicker *self, AppMcpServers *servers)
{
  g_set_object (&self->servers, servers);
}

static void
ui_prompt_picker_dispose (GObject *object)
{
  g_clear_object (&UI_PROMPT_PICKER (object)->servers);
  g_clear_object (&UI_PROMPT_PICKER (object)->prompts);
  G_OBJECT_CLASS (ui_prompt_picker_parent_class)->dispose (object);
}

static void
ui_prompt_picker_class_init (UiPromptPickerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_prompt_picker_dispose;
  signals[USE] = g_signal_new ("use", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, APP_TYPE_LIBRARY_ITEM);
  signals[USE_SERVER] = g_signal_new ("use-server", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, APP_TYPE_MCP_SERVER, APP_TYPE_MCP_PROMPT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-prompt-picker.ui");
  gtk_widget_class_bind_template_child (widget_class, UiPromptPicker, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiPromptPicker, list);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
}

static void
ui_prompt_picker_init (UiPromptPicker *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

UiPromptPicker *
ui_prompt_picker_new (GtkTextView *view, GtkWidget *parent)
{
  UiPromptPicker *self = g_object_new (UI_TYPE_PROMPT_PICKER, NULL);

  self->view = view;
  gtk_widget_set_parent (GTK_WIDGET (self), parent);
  g_signal_connect_object (gtk_text_view_get_buffer (view), "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return self;
}
