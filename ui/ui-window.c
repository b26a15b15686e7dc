/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-window.h"

#include <glib/gi18n.h>

#include "app-personas.h"
#include "ui-banner.h"
#include "ui-conversation-page.h"
#include "ui-folders.h"
#include "ui-conversation-settings.h"
#include "ui-incoming.h"
#include "ui-library.h"
#include "ui-model-chip.h"
#include "ui-model-page.h"
#include "ui-model-status.h"
#include "ui-pane.h"
#include "ui-shortcuts.h"
#include "ui-sidebar.h"
#include "ui-speaker.h"
#include "ui-toast.h"
#include "ui-transfer.h"
#include "ui-shelf.h"
#include "ui-window-desk.h"
#include "ui-work.h"

/* In pixels, with what a compositor has around the window. */
#define NARROW 620

struct _UiWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwFlap *flap;
  UiSidebar *sidebar;
  GtkWidget *pane;
  GtkWidget *header;
  GtkWidget *sidebar_button;
  GtkWidget *back;
  UiModelChip *chip;
  UiBanner *banner;
  GtkStack *pages;
  UiModelStatus *status;
  GtkWidget *drop_overlay;
  GtkRevealer *drop_hint;
  GtkOverlay *stage;
  UiDeskSplit *split;
  UiDesk *desk;
  UiWindowDesk *keeper; /* of the desk */
  UiConversationPage *page;
  GtkMenuButton *menu;
  GMenu *export_menu;
  GMenu *export_all_menu;

  AppHistory *history;
  AppModels *models;
  GtkWidget *extra; /* the page in the place of the conversation; not owned */
  gboolean narrow;            /* one page at a time: the sidebar covers all of it */
  GSignalGroup *conversation; /* watches the title of the shown conversation */
};

G_DEFINE_FINAL_TYPE (UiWindow, ui_window, ADW_TYPE_APPLICATION_WINDOW)

static void
update_title (UiWindow *self)
{
  AppConversation *conversation = ui_conversation_page_get_conversation (self->page);
  const char *title = conversation != NULL ? app_conversation_get_title (conversation) : "";
  gboolean temporary = conversation != NULL && app_conversation_get_temporary (conversation);
  gboolean stored = conversation != NULL && app_conversation_get_id (conversation) != 0 && !temporary;

  /* The menu offers them only for a conversation that is seen. */
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.rename", self->extra == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.conversation-settings", self->extra == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.compare", conversation != NULL && app_conversation_get_id (conversation) != 0 && self->extra == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.delete", stored && self->extra == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.export", stored && self->extra == NULL);
  if (self->extra != NULL)
    return;
  ui_model_chip_set_title (self->chip, *title != '\0' ? title : temporary ? _("Temporary conversation") : _("New conversation"));
  gtk_window_set_title (GTK_WINDOW (self), *title != '\0' ? title : "Melete");
}

static void
on_conversation_changed (UiWindow *self)
{
  AppConversation *conversation = ui_conversation_page_get_conversation (self->page);

  g_signal_group_set_target (self->conversation, conversation);
  ui_sidebar_set_current (self->sidebar, conversation);
  update_title (self);
}

/* Escape stops only what is written or read aloud; else it is left to the search, the editing, the dialogs. */
static void
on_busy (UiWindow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop",
                                 ui_conversation_page_get_busy (self->page) || ui_speaker_get_message (ui_speaker_get ()) != NULL);
}

/* A new conversation enters the history with its first turn. */
static void
on_conversation_id (UiWindow *self)
{
  ui_sidebar_set_current (self->sidebar, ui_conversation_page_get_conversation (self->page));
  update_title (self);
}

/* A sidebar that lies over the page has the focus to itself: below the shade nothing is typed, and nothing shows a ring. */
static void
on_flap (UiWindow *self)
{
  gboolean over = adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap);

  ui_sidebar_set_over (self->sidebar, adw_flap_get_folded (self->flap), adw_flap_get_folded (self->flap) && self->narrow);
  if (gtk_widget_get_can_focus (self->pane) == !over)
    return;
  gtk_widget_set_can_focus (self->pane, !over);
  if (over)
    ui_sidebar_focus (self->sidebar);
  else if (!adw_flap_get_reveal_flap (self->flap) && self->extra == NULL)
    ui_conversation_page_focus_composer (self->page);
}

/* In a narrow window Back leads to where the sidebar can be shown, and the title has the room of its button. */
static void
update_sidebar_button (UiWindow *self)
{
  gtk_widget_set_visible (self->sidebar_button, !self->narrow || !gtk_widget_get_visible (self->back));
}

/* Runs before the window is laid out for its new size. */
static void
on_layout (GdkSurface *surface, int width, int height, UiWindow *self)
{
  gboolean narrow = width <= NARROW;

  if (narrow == self->narrow)
    return;
  self->narrow = narrow;
  ui_conversation_page_set_narrow (self->page, narrow);
  update_sidebar_button (self);
  on_flap (self);
}

static void
ui_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ui_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "layout", G_CALLBACK (on_layout), widget, 0);
}

static void
hide_folded_sidebar (UiWindow *self)
{
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

void
ui_window_open_conversation (UiWindow *self, AppConversation *conversation, gint64 message_id)
{
  ui_window_close_page (self);
  ui_conversation_page_open (self->page, conversation, message_id);
  hide_folded_sidebar (self);
  if (message_id == 0)
    ui_conversation_page_focus_composer (self->page);
}

static void
on_open (UiWindow *self, AppConversation *conversation, gint64 message_id)
{
  ui_window_close_page (self);
  ui_conversation_page_open (self->page, conversation, message_id);
  if (adw_flap_get_folded (self->flap))
    ui_conversation_page_focus_composer (self->page);
  hide_folded_sidebar (self);
}

static void
on_deleted (UiWindow *self, AppConversation *conversation)
{
  if (conversation == ui_conversation_page_get_conversation (self->page))
    ui_conversation_page_open (self->page, NULL, 0);
}

/* Pages */

void
ui_window_show_page (UiWindow *self, GtkWidget *page, const char *title)
{
  ui_window_close_page (self);
  self->extra = page;
  gtk_stack_add_child (self->pages, page);
  gtk_stack_set_visible_child (self->pages, page);
  gtk_widget_set_visible (self->back, TRUE);
  ui_sidebar_set_models_shown (self->sidebar, TRUE);
  update_title (self);
  ui_model_chip_set_title (self->chip, title);
  hide_folded_sidebar (self);
  /* Not in what the page covers: one would go on typing there. */
  if (!gtk_widget_child_focus (page, GTK_DIR_TAB_FORWARD))
    gtk_widget_grab_focus (self->back);
}

void
ui_window_close_page (UiWindow *self)
{
  GtkWidget *extra = self->extra;

  if (extra == NULL)
    return;
  self->extra = NULL;
  gtk_stack_set_visible_child_name (self->pages, "conversation");
  gtk_stack_remove (self->pages, extra);
  gtk_widget_set_visible (self->back, FALSE);
  ui_sidebar_set_models_shown (self->sidebar, FALSE);
  update_title (self);
}

/* The rows show them when they come. */
static void
on_speeds (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (AppModels) models = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) speeds = app_history_get_speeds_finish (APP_HISTORY (source), result, &error);

  if (speeds != NULL)
    app_models_set_speeds (models, speeds);
  else
    g_debug ("%s", error->message);
}

void
ui_window_show_models (UiWindow *self, gboolean first_run)
{
  GtkWidget *page = ui_model_page_new (self->models, app_history_get_engine (self->history), first_run);

  g_signal_connect_object (page, "ready", G_CALLBACK (ui_window_close_page), self, G_CONNECT_SWAPPED);
  app_history_get_speeds_async (self->history, NULL, on_speeds, g_object_ref (self->models));
  ui_window_show_page (self, page, first_run ? _("Welcome") : _("Models"));
  /* There is nothing to go back to: a conversation needs a model. */
  gtk_widget_set_visible (self->back, !first_run);
}

/* A page of the hub is left for the one before it. */
static void
on_back (UiWindow *self)
{
  if (!UI_IS_MODEL_PAGE (self->extra) || !ui_model_page_go_back (UI_MODEL_PAGE (self->extra)))
    ui_window_close_page (self);
}

static void
action_models (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_window_show_models (UI_WINDOW (widget), FALSE);
}

/* In the same event in which it failed: what is written goes on, and the person knows on what. */
static void
on_gpu_state (AppGpu *gpu, GParamSpec *pspec, UiWindow *self)
{
  if (app_gpu_get_state (gpu) == APP_GPU_FAILED)
    ui_toast_with_action (GTK_WIDGET (self->pages), _("The graphics card failed"), _("_Details"), "app.hardware");
}

void
ui_window_toast (UiWindow *self, const char *sentence)
{
  ui_toast (GTK_WIDGET (self->pages), sentence);
}

void
ui_window_watch_gpu (UiWindow *self, AppGpu *gpu)
{
  g_signal_connect_object (gpu, "notify::state", G_CALLBACK (on_gpu_state), self, 0);
  if (app_gpu_get_crashed (gpu))
    ui_toast_with_action (GTK_WIDGET (self->pages), _("The graphics card is off"), _("_Details"), "app.hardware");
}

void
ui_window_set_trouble (UiWindow *self, const char *sentence)
{
  ui_banner_set_sentence (self->banner, sentence);
}

AppHistory *
ui_window_get_history (UiWindow *self)
{
  return self->history;
}

AppModels *
ui_window_get_models (UiWindow *self)
{
  return self->models;
}

/* Files */

void
ui_window_open_files (UiWindow *self, GListModel *files)
{
  ui_window_open_conversation (self, NULL, 0);
  ui_conversation_page_add_files (self->page, files);
}

static gboolean
on_drop (GtkDropTargetAsync *target, GdkDrop *drop, double x, double y, UiWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_hint, FALSE);
  /* GTK takes the state away when the pointer leaves, which after a drop it does not: the frame around the page would stay. */
  gtk_widget_unset_state_flags (GTK_WIDGET (self->drop_overlay), GTK_STATE_FLAG_DROP_ACTIVE);
  ui_conversation_page_take_drop (self->page, drop);
  return TRUE;
}

static GdkDragAction
on_drag_enter (GtkDropTargetAsync *target, GdkDrop *drop, double x, double y, UiWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
on_drag_leave (GtkDropTargetAsync *target, GdkDrop *drop, UiWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_hint, FALSE);
}

/* Actions */

static void
action_page (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct {
    const char *name;
    void (*run) (UiConversationPage *);
  } runs[] = {
    { "win.composer", ui_conversation_page_focus_composer }, { "win.stop", ui_conversation_page_stop },
    { "win.regenerate", ui_conversation_page_regenerate },   { "win.edit", ui_conversation_page_edit_last },
    { "win.compare", ui_conversation_page_compare_last },
    { "win.copy", ui_conversation_page_copy_last },          { "win.attach", ui_conversation_page_attach },
    { "win.microphone", ui_conversation_page_record },      { "win.camera", ui_conversation_page_take_picture },
  };
  UiWindow *self = UI_WINDOW (widget);

  ui_window_close_page (self);
  hide_folded_sidebar (self);
  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    if (g_str_equal (name, runs[i].name))
      runs[i].run (self->page);
}

static void
action_new (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_window_open_conversation (UI_WINDOW (widget), NULL, 0);
}

static void
action_new_temporary (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  g_autoptr (AppConversation) conversation = app_history_new_temporary (self->history);

  ui_window_open_conversation (self, conversation, 0);
}

static void
action_search (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_flap_set_reveal_flap (UI_WINDOW (widget)->flap, TRUE);
  ui_sidebar_begin_search (UI_WINDOW (widget)->sidebar);
}

static void
action_sidebar (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AdwFlap *flap = UI_WINDOW (widget)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
action_shortcuts (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_present (GTK_WINDOW (ui_shortcuts_new (GTK_WINDOW (widget))));
}

static void
action_desk (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);

  ui_window_close_page (self);
  if (!ui_window_desk_toggle (self->keeper))
    ui_toast (GTK_WIDGET (self->pages), _("Nothing was made in this conversation yet."));
}

void
ui_window_show_made (UiWindow *self, gint64 id, gint64 message)
{
  AppConversation *conversation = app_history_find (self->history, id);

  if (conversation == NULL)
    return;
  ui_window_open_conversation (self, conversation, message);
  ui_window_desk_wait (self->keeper, message);
}

static void
action_shelf (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  GtkWidget *shelf = ui_shelf_new (self->history);

  g_signal_connect_object (shelf, "open", G_CALLBACK (ui_window_show_made), self, G_CONNECT_SWAPPED);
  ui_window_show_page (self, shelf, _("What was made"));
}

/* The id of the answer that made it. */
static void
action_open_artifact (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_window_desk_open (UI_WINDOW (widget)->keeper, g_variant_get_int64 (parameter));
}

static void
action_rename (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);

  ui_sidebar_rename (self->sidebar, ui_conversation_page_get_conversation (self->page));
}

static void
action_conversation_settings (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);

  gtk_window_present (GTK_WINDOW (ui_conversation_settings_new (GTK_WINDOW (self), ui_conversation_page_get_conversation (self->page), self->history, self->models)));
}

static void
on_use_prompt (UiWindow *self, AppLibraryItem *prompt)
{
  ui_window_close_page (self);
  ui_conversation_page_use_prompt (self->page, prompt);
}

static void
on_use_persona (UiWindow *self, AppLibraryItem *persona)
{
  ui_window_close_page (self);
  app_persona_apply (persona, app_conversation_get_settings (ui_conversation_page_get_conversation (self->page)));
}

static void
action_library (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  gboolean prompts = g_str_equal (name, "win.prompts");
  AppLibrary *library = prompts ? app_history_get_prompts (self->history) : app_history_get_personas (self->history);
  GtkWidget *window = ui_library_new (GTK_WINDOW (self), library, app_history_get_settings (self->history), self->models);

  g_signal_connect_object (window, "use", prompts ? G_CALLBACK (on_use_prompt) : G_CALLBACK (on_use_persona), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
action_delete (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);

  ui_sidebar_delete (self->sidebar, ui_conversation_page_get_conversation (self->page));
}

static void
action_export (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);
  AppConversation *conversation = g_str_equal (name, "win.export") ? ui_conversation_page_get_conversation (self->page) : NULL;

  ui_transfer_export (GTK_WIDGET (self->pages), self->history, conversation, g_variant_get_string (parameter, NULL));
}

static void
action_import (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ui_transfer_import (GTK_WIDGET (UI_WINDOW (widget)->pages), UI_WINDOW (widget)->history);
}

static void
action_new_folder (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWindow *self = UI_WINDOW (widget);

  ui_folders_new (GTK_WIDGET (self->pages), app_history_get_folders (self->history), NULL);
}

/* What nobody nearer to the focus wanted. */
static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, UiWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean in_sidebar = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar));

  if (keyval != GDK_KEY_Escape || !ui_sidebar_end_search (self->sidebar))
    return GDK_EVENT_PROPAGATE;
  if (in_sidebar && adw_flap_get_folded (self->flap)) /* in a list that goes */
    ui_sidebar_focus (self->sidebar);
  else if (in_sidebar)
    ui_conversation_page_focus_composer (self->page);
  return GDK_EVENT_STOP;
}

/* Object */

/* What was typed in the last moment. */
static gboolean
ui_window_close_request (GtkWindow *window)
{
  ui_conversation_page_keep_draft (UI_WINDOW (window)->page);
  return GTK_WINDOW_CLASS (ui_window_parent_class)->close_request (window);
}

static void
ui_window_dispose (GObject *object)
{
  UiWindow *self = UI_WINDOW (object);

  g_clear_pointer (&self->keeper, ui_window_desk_free);
  g_clear_object (&self->conversation);
  g_clear_object (&self->history);
  g_clear_object (&self->models);
  G_OBJECT_CLASS (ui_window_parent_class)->dispose (object);
}

static void
ui_window_class_init (UiWindowClass *klass)
{
  static const char *const page_actions[] = { "win.composer", "win.stop", "win.regenerate", "win.compare", "win.edit", "win.copy", "win.attach", "win.microphone", "win.camera" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ui_window_close_request;
  g_type_ensure (UI_TYPE_DESK);
  g_type_ensure (UI_TYPE_DESK_SPLIT);
  g_type_ensure (UI_TYPE_PANE);
  g_type_ensure (UI_TYPE_SIDEBAR);
  g_type_ensure (UI_TYPE_BANNER);
  g_type_ensure (UI_TYPE_MODEL_CHIP);
  g_type_ensure (UI_TYPE_MODEL_STATUS);
  g_type_ensure (UI_TYPE_CONVERSATION_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UiWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, pane);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, header);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, back);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, chip);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, stage);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, split);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, desk);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, status);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, drop_overlay);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, drop_hint);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, page);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, menu);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, export_menu);
  gtk_widget_class_bind_template_child (widget_class, UiWindow, export_all_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_deleted);
  gtk_widget_class_bind_template_callback (widget_class, on_flap);
  gtk_widget_class_bind_template_callback (widget_class, on_back);
  widget_class->realize = ui_window_realize;
  for (guint i = 0; i < G_N_ELEMENTS (page_actions); i++)
    gtk_widget_class_install_action (widget_class, page_actions[i], NULL, action_page);
  gtk_widget_class_install_action (widget_class, "win.new", NULL, action_new);
  gtk_widget_class_install_action (widget_class, "win.new-temporary", NULL, action_new_temporary);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, action_search);
  gtk_widget_class_install_action (widget_class, "win.sidebar", NULL, action_sidebar);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, action_shortcuts);
  gtk_widget_class_install_action (widget_class, "win.rename", NULL, action_rename);
  gtk_widget_class_install_action (widget_class, "win.conversation-settings", NULL, action_conversation_settings);
  gtk_widget_class_install_action (widget_class, "win.personas", NULL, action_library);
  gtk_widget_class_install_action (widget_class, "win.prompts", NULL, action_library);
  gtk_widget_class_install_action (widget_class, "win.delete", NULL, action_delete);
  gtk_widget_class_install_action (widget_class, "win.models", NULL, action_models);
  gtk_widget_class_install_action (widget_class, "win.desk", NULL, action_desk);
  gtk_widget_class_install_action (widget_class, "win.shelf", NULL, action_shelf);
  gtk_widget_class_install_action (widget_class, "win.open-artifact", "x", action_open_artifact);
  gtk_widget_class_install_action (widget_class, "win.export", "s", action_export);
  gtk_widget_class_install_action (widget_class, "win.export-all", "s", action_export);
  gtk_widget_class_install_action (widget_class, "win.new-folder", NULL, action_new_folder);
  gtk_widget_class_install_action (widget_class, "win.import", NULL, action_import);
}

static void
ui_window_init (UiWindow *self)
{
  GtkDropTargetAsync *drop = gtk_drop_target_async_new (ui_incoming_formats (), GDK_ACTION_COPY);
  GtkEventController *key = gtk_event_controller_key_new ();
  g_autoptr (GtkSizeGroup) headers = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);

  gtk_widget_init_template (GTK_WIDGET (self));
  ui_toast_name_buttons (GTK_WIDGET (self->toasts));
  ui_transfer_fill_menu (self->export_menu, "win.export", 0);
  ui_transfer_fill_menu (self->export_all_menu, "win.export-all", 0);
  self->conversation = g_signal_group_new (APP_TYPE_CONVERSATION);
  g_signal_group_connect_swapped (self->conversation, "notify::title", G_CALLBACK (update_title), self);
  g_signal_group_connect_swapped (self->conversation, "notify::id", G_CALLBACK (on_conversation_id), self);
  g_signal_connect_object (self->back, "notify::visible", G_CALLBACK (update_sidebar_button), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->page, "notify::busy", G_CALLBACK (on_busy), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ui_speaker_get (), "changed", G_CALLBACK (on_busy), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->page, "notify::conversation", G_CALLBACK (on_conversation_changed), self, G_CONNECT_SWAPPED);

  gtk_event_controller_set_name (key, "ui-window-keys");
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);

  /* Before the text view's own target, which would insert the path as text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drop), GTK_PHASE_CAPTURE);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  g_signal_connect (drop, "drag-enter", G_CALLBACK (on_drag_enter), self);
  g_signal_connect (drop, "drag-leave", G_CALLBACK (on_drag_leave), self);
  gtk_widget_add_controller (self->drop_overlay, GTK_EVENT_CONTROLLER (drop));

  /* One line across both, however large the text. */
  gtk_size_group_add_widget (headers, self->header);
  gtk_size_group_add_widget (headers, ui_sidebar_get_header (self->sidebar));
}

/* The sidebar is remembered as it is beside the page; folded, it comes and goes. */
static void
on_reveal_flap (AdwFlap *flap, GParamSpec *pspec, GSettings *settings)
{
  if (!adw_flap_get_folded (flap))
    g_settings_set_boolean (settings, "sidebar", adw_flap_get_reveal_flap (flap));
}

static void
restore_state (UiWindow *self)
{
  AppSettings *settings = app_history_get_settings (self->history);
  GSettings *gsettings = settings != NULL ? app_settings_get_gsettings (settings) : NULL;

  if (gsettings == NULL)
    return;
  g_settings_bind (gsettings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  adw_flap_set_reveal_flap (self->flap, g_settings_get_boolean (gsettings, "sidebar"));
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (on_reveal_flap), gsettings, 0);
}

UiWindow *
ui_window_new (GtkApplication *application, AppHistory *history, AppModels *models)
{
  UiWindow *self = g_object_new (UI_TYPE_WINDOW, "application", application, NULL);

  self->history = g_object_ref (history);
  self->models = g_object_ref (models);
  ui_model_chip_set_engine (self->chip, app_history_get_engine (history), models);
  ui_model_status_set_engine (self->status, app_history_get_engine (history), models);
  ui_sidebar_set_history (self->sidebar, history);
  ui_conversation_page_set_history (self->page, history, models);
  ui_desk_set_history (self->desk, history);
  ui_work_add_actions (G_ACTION_MAP (self), history, self->menu);
  self->keeper = ui_window_desk_new (self->split, self->desk, self->page, self->stage);
  restore_state (self);
  ui_conversation_page_focus_composer (self->page);
  return self;
}
