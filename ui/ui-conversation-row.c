/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-conversation-row.h"

#include <glib/gi18n.h>

#include "app-history.h"
#include "ui-direction.h"
#include "ui-folders.h"
#include "ui-sections.h"
#include "ui-transfer.h"

struct _UiConversationRow {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkImage *arrow; /* of a folder */
  GtkLabel *count;
  GtkLabel *title;
  GtkLabel *place;
  GtkLabel *snippet;
  GtkWidget *busy; /* a dot: a spinner would draw sixty frames a second beside a model that needs the processor */
  GtkMenuButton *menu;

  GObject *item;
  gboolean found; /* it stands in the list of what a search found */
  AppFolders *folders; /* for the menu; nullable */
};

G_DEFINE_FINAL_TYPE (UiConversationRow, ui_conversation_row, GTK_TYPE_WIDGET)

static void
add_menu_item (GMenu *menu, const char *label, const char *action, gint64 id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "x", id);
  g_menu_append_item (menu, item);
}

/* The menu is made when it is opened: most rows never are. */
static void
on_create_popup (GtkMenuButton *button, gpointer data)
{
  UiConversationRow *self = data;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) formats = g_menu_new ();
  g_autoptr (GMenu) move = NULL;
  gint64 id;

  if (UI_IS_SECTION (self->item) && ui_section_get_folder (UI_SECTION (self->item)) != NULL) {
    id = app_folder_get_id (ui_section_get_folder (UI_SECTION (self->item)));
    add_menu_item (menu, _("_Rename…"), "sidebar.rename-folder", id);
    add_menu_item (menu, _("Remo_ve the folder"), "sidebar.remove-folder", id);
    gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
    return;
  }
  if (!APP_IS_CONVERSATION (self->item))
    return;
  id = app_conversation_get_id (APP_CONVERSATION (self->item));
  add_menu_item (menu, _("_Rename…"), "sidebar.rename", id);
  add_menu_item (menu, app_conversation_get_pinned (APP_CONVERSATION (self->item)) ? _("Un_pin") : _("_Pin"), "sidebar.pin", id);
  move = g_menu_new ();
  ui_folders_fill_menu (move, self->folders, APP_CONVERSATION (self->item));
  g_menu_append_submenu (menu, _("_Move to"), G_MENU_MODEL (move));
  ui_transfer_fill_menu (formats, "sidebar.export", id);
  g_menu_append_submenu (menu, _("_Export"), G_MENU_MODEL (formats));
  add_menu_item (menu, _("_Delete"), "sidebar.delete", id);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
on_right_click (GtkGestureClick *gesture, int n_press, double x, double y, UiConversationRow *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->menu)))
    gtk_menu_button_popup (self->menu);
}

/* GTK 4.8 gives the list's own row around this one no name. */
static void
set_name (UiConversationRow *self, const char *name, const char *description)
{
  GtkWidget *around = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (around != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (around), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
update_conversation (UiConversationRow *self)
{
  AppConversation *conversation = APP_CONVERSATION (self->item);
  const char *title = app_conversation_get_title (conversation);
  gboolean busy = app_conversation_get_busy (conversation);
  g_autofree char *menu_name = NULL;

  if (*title == '\0')
    title = _("New conversation");
  gtk_label_set_text (self->title, title);
  if (app_conversation_get_folder (conversation) != 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "within");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "within");
  gtk_widget_set_visible (self->busy, busy);
  menu_name = g_strdup_printf (_("Menu of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, menu_name, -1);
  set_name (self, title, "");
}

/* A place that was found: whose words they are, or in which file they stand, and when they were sent, then the words. */
static void
show_hit (UiConversationRow *self, AppSearchHit *hit)
{
  const char *attachment = app_search_hit_get_attachment (hit);
  const char *kind = attachment != NULL ? attachment : app_search_hit_get_role (hit) == APP_ROLE_USER ? _("Question") : _("Answer");
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *day = ui_sections_dup_day (app_search_hit_get_time (hit), now);
  g_autofree char *place = g_strdup_printf ("%s · %s", kind, day);
  g_autofree char *markup = app_search_hit_dup_markup (hit);

  ui_direction_show_facts (self->place, place);
  gtk_label_set_markup (self->snippet, markup);
  set_name (self, place, app_search_hit_get_snippet (hit));
}

static void
show_found_title (UiConversationRow *self, AppSearchHit *hit)
{
  g_autofree char *markup = app_search_hit_dup_markup (hit);
  g_autoptr (GString) marked = g_string_new (markup);

  /* The title is bold as a whole: what was found in it has a line. */
  g_string_replace (marked, "<b>", "<u>", 0);
  g_string_replace (marked, "</b>", "</u>", 0);
  gtk_label_set_markup (self->title, marked->str);
  set_name (self, app_search_hit_get_snippet (hit), "");
}

/* A heading of a folder: what it holds, and whether it is open. */
static void
update_section (UiConversationRow *self)
{
  UiSection *section = UI_SECTION (self->item);
  const char *title = ui_section_get_title (section);
  gboolean folded = ui_section_get_folded (section);
  guint n = ui_section_get_n_conversations (section);
  g_autofree char *count = g_strdup_printf ("%u", n);
  g_autofree char *description = NULL;
  g_autofree char *menu_name = NULL;

  gtk_label_set_text (self->title, title);
  if (ui_section_get_folder (section) == NULL) {
    set_name (self, title, "");
    return;
  }
  gtk_image_set_from_icon_name (self->arrow, folded ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_label_set_text (self->count, count);
  description = g_strdup_printf (folded ? ngettext ("Folder with %u conversation, closed", "Folder with %u conversations, closed", n)
                                        : ngettext ("Folder with %u conversation, open", "Folder with %u conversations, open", n),
                                 n);
  set_name (self, title, description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, !folded, -1);
  menu_name = g_strdup_printf (_("Menu of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, menu_name, -1);
}

typedef enum { SECTION,
               FOLDER,
               CONVERSATION,
               FOUND_CONVERSATION,
               FOUND_TITLE,
               HIT,
               N_KINDS } Kind;

static Kind
kind_of (UiConversationRow *self, GObject *item)
{
  if (UI_IS_SECTION (item))
    return ui_section_get_folder (UI_SECTION (item)) != NULL ? FOLDER : SECTION;
  if (APP_IS_CONVERSATION (item))
    return self->found ? FOUND_CONVERSATION : CONVERSATION;
  return app_search_hit_get_message_id (APP_SEARCH_HIT (item)) == 0 ? FOUND_TITLE : HIT;
}

void
ui_conversation_row_set_item (UiConversationRow *self, GObject *item)
{
  static const char *const classes[N_KINDS] = { "section", "folder", "conversation", "found", "found", "hit" };
  Kind kind;

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;
  kind = kind_of (self, item);
  for (guint i = 0; i < N_KINDS; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self), classes[kind]);
  gtk_widget_set_visible (GTK_WIDGET (self->menu), kind == CONVERSATION || kind == FOLDER);
  gtk_widget_set_visible (GTK_WIDGET (self->arrow), kind == FOLDER);
  gtk_widget_set_visible (GTK_WIDGET (self->count), kind == FOLDER);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->menu), kind == FOLDER ? _("Rename, remove") : _("Rename, pin, move, export, delete"));
  gtk_widget_set_visible (GTK_WIDGET (self->title), kind != HIT);
  gtk_widget_set_visible (GTK_WIDGET (self->place), kind == HIT);
  gtk_widget_set_visible (GTK_WIDGET (self->snippet), kind == HIT);
  gtk_widget_set_visible (self->busy, FALSE);
  /* The row around a heading is not selectable and cannot have the focus; a list of GTK 4.8 lets nobody in, or past it, without one that can. */
  gtk_widget_set_focusable (GTK_WIDGET (self), kind == SECTION || kind == FOLDER);
  switch (kind) {
  case SECTION:
  case FOLDER:
    g_signal_connect_object (item, "notify::state", G_CALLBACK (update_section), self, G_CONNECT_SWAPPED);
    update_section (self);
    break;
  case CONVERSATION:
  case FOUND_CONVERSATION:
    g_signal_connect_object (item, "notify::title", G_CALLBACK (update_conversation), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (item, "notify::folder", G_CALLBACK (update_conversation), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (item, "notify::busy", G_CALLBACK (update_conversation), self, G_CONNECT_SWAPPED);
    update_conversation (self);
    break;
  case FOUND_TITLE:
    show_found_title (self, APP_SEARCH_HIT (item));
    break;
  default:
    show_hit (self, APP_SEARCH_HIT (item));
  }
}

static void
ui_conversation_row_dispose (GObject *object)
{
  UiConversationRow *self = UI_CONVERSATION_ROW (object);

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
  g_clear_object (&self->folders);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_conversation_row_parent_class)->dispose (object);
}

/* A click on a folder opens or closes it. */
static void
on_click (GtkGestureClick *gesture, int n_press, double x, double y, UiConversationRow *self)
{
  if (UI_IS_SECTION (self->item))
    gtk_widget_activate_action (GTK_WIDGET (self), "sidebar.fold", "x", ui_conversation_row_get_folder (self));
}

/* A conversation is dragged by its row, onto a folder or a row within one; onto another row it leaves its folder. */
static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, UiConversationRow *self)
{
  return APP_IS_CONVERSATION (self->item) && !self->found ? gdk_content_provider_new_typed (APP_TYPE_CONVERSATION, self->item) : NULL;
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, UiConversationRow *self)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self));

  gtk_drag_source_set_icon (source, paintable, 12, gtk_widget_get_height (GTK_WIDGET (self)) / 2);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, UiConversationRow *self)
{
  AppConversation *conversation = g_value_get_object (value);

  if (self->found || conversation == NULL)
    return FALSE;
  return gtk_widget_activate_action (GTK_WIDGET (self), "sidebar.move", "(xx)", app_conversation_get_id (conversation), ui_conversation_row_get_folder (self));
}

gint64
ui_conversation_row_get_folder (UiConversationRow *self)
{
  AppFolder *folder = UI_IS_SECTION (self->item) ? ui_section_get_folder (UI_SECTION (self->item)) : NULL;

  if (folder != NULL)
    return app_folder_get_id (folder);
  return APP_IS_CONVERSATION (self->item) ? app_conversation_get_folder (APP_CONVERSATION (self->item)) : 0;
}

static void
ui_conversation_row_class_init (UiConversationRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_conversation_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-conversation-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, box);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, count);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, title);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, place);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, snippet);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, busy);
  gtk_widget_class_bind_template_child (widget_class, UiConversationRow, menu);
  gtk_widget_class_set_css_name (widget_class, "conversationrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_conversation_row_init (UiConversationRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkDropTarget *drop = gtk_drop_target_new (APP_TYPE_CONVERSATION, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu, on_create_popup, self, NULL);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_right_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (on_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}

GtkWidget *
ui_conversation_row_new (gboolean found, AppFolders *folders)
{
  UiConversationRow *self = g_object_new (UI_TYPE_CONVERSATION_ROW, NULL);

  self->found = found;
  g_set_object (&self->folders, folders);
  return GTK_WIDGET (self);
}
