/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-made-window.h"

#include <glib/gi18n.h>
#ifdef GDK_WINDOWING_WAYLAND
#include <gdk/wayland/gdkwayland.h>
#endif

#include "app-made.h"
#include "artifacts/artifact-kind.h"
#include "ui-launcher.h"
#include "ui-preview.h"
#include "ui-toast.h"

/* How long the way out of the full screen is seen after the pointer moved, in milliseconds. */
#define LEAVE_SEEN 2500

struct _UiMadeWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkRevealer *bar, *leave;
  AdwWindowTitle *heading;
  GtkStack *stack;
  GtkOverlay *place;
  AdwStatusPage *gone;
  GtkWidget *full, *remove, *menu;

  AppHistory *history;
  char *handle;
  AppMade *made;      /* NULL: not read yet, or not there */
  UiPreview *preview; /* NULL until there is something to show */
  GCancellable *loading;
  guint leave_timer;
};

G_DEFINE_FINAL_TYPE (UiMadeWindow, ui_made_window, ADW_TYPE_APPLICATION_WINDOW)

const char *
ui_made_window_get_handle (UiMadeWindow *self)
{
  return self->handle;
}

/* ---- what it shows ---- */

static void
on_storage (UiPreview *preview, const char *key, const char *value, UiMadeWindow *self)
{
  if (self->made != NULL)
    app_history_store_page_value (self->history, self->made->artifact, key, value);
}

/* Its keys go to the page, as a person expects of a game. */
static void
focus_page (UiMadeWindow *self)
{
  if (self->preview != NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->preview), GTK_DIR_TAB_FORWARD);
}

static void
need_preview (UiMadeWindow *self)
{
  if (self->preview != NULL)
    return;
  self->preview = ui_preview_new ();
  gtk_overlay_set_child (self->place, GTK_WIDGET (self->preview));
  g_signal_connect_object (self->preview, "storage-changed", G_CALLBACK (on_storage), self, 0);
  g_signal_connect_object (self->preview, "loaded", G_CALLBACK (focus_page), self, G_CONNECT_SWAPPED);
}

/* `sentence`: what happened. */
static void
show_gone (UiMadeWindow *self, const char *title, const char *sentence)
{
  adw_status_page_set_title (self->gone, title);
  adw_status_page_set_description (self->gone, sentence);
  gtk_stack_set_visible_child_name (self->stack, "gone");
}

static void
on_page (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMadeWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (AppBundle) bundle = app_history_make_page_finish (APP_HISTORY (source), result, &error);

  if (bundle != NULL && self->loading != NULL) {
    ui_preview_show (self->preview, bundle);
    gtk_stack_set_visible_child_name (self->stack, "page");
  } else if (bundle == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_autofree char *sentence = g_markup_escape_text (error->message, -1);
    show_gone (self, _("It cannot be shown"), sentence);
  }
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMadeWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) storage = app_history_read_page_storage_finish (APP_HISTORY (source), result, &error);

  if (self->loading == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  need_preview (self);
  if (storage != NULL)
    ui_preview_set_storage (self->preview, storage);
  app_history_make_page_async (self->history, self->made, self->loading, on_page, g_object_ref (self));
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiMadeWindow) self = data;
  g_autoptr (GError) error = NULL;
  AppMade *made = app_history_read_made_finish (APP_HISTORY (source), result, &error);

  if (self->loading == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_clear_pointer (&made, app_made_free);
    return;
  }
  g_clear_pointer (&self->made, app_made_free);
  self->made = made;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "made.reload", made != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "made.full", made != NULL);
  gtk_widget_set_visible (self->full, made != NULL);
  gtk_widget_set_visible (self->menu, made != NULL);
  if (made == NULL) {
    if (self->preview != NULL)
      ui_preview_stop (self->preview);
    g_autofree char *sentence = g_markup_escape_text (error->message, -1);
    show_gone (self, _("Nothing is here any more"), sentence);
    return;
  }
  gtk_window_set_title (GTK_WINDOW (self), made->title);
  adw_window_title_set_title (self->heading, made->title);
  app_history_read_page_storage_async (self->history, made->artifact, self->loading, on_kept, g_object_ref (self));
}

static void
read_made (UiMadeWindow *self)
{
  g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->loading = g_cancellable_new ();
  app_history_read_made_async (self->history, self->handle, self->loading, on_made, g_object_ref (self));
}

/* ---- the full screen ---- */

static gboolean
on_leave_timer (gpointer data)
{
  UiMadeWindow *self = data;

  self->leave_timer = 0;
  gtk_revealer_set_reveal_child (self->leave, FALSE);
  return G_SOURCE_REMOVE;
}

static void
show_leave (UiMadeWindow *self)
{
  g_clear_handle_id (&self->leave_timer, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self->leave), TRUE);
  gtk_revealer_set_reveal_child (self->leave, TRUE);
  self->leave_timer = g_timeout_add (LEAVE_SEEN, on_leave_timer, self);
}

static void
on_full (UiMadeWindow *self)
{
  gboolean full = gtk_window_is_fullscreen (GTK_WINDOW (self));

  gtk_revealer_set_reveal_child (self->bar, !full);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), !full);
  if (full) {
    show_leave (self);
  } else {
    g_clear_handle_id (&self->leave_timer, g_source_remove);
    gtk_widget_set_visible (GTK_WIDGET (self->leave), FALSE);
  }
  focus_page (self);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, UiMadeWindow *self)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
    show_leave (self);
}

/* ---- actions ---- */

static void
action_full (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (widget)))
    gtk_window_unfullscreen (GTK_WINDOW (widget));
  else
    gtk_window_fullscreen (GTK_WINDOW (widget));
}

/* What the page does not want itself. */
static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  if (!gtk_window_is_fullscreen (GTK_WINDOW (widget)))
    return FALSE;
  gtk_window_unfullscreen (GTK_WINDOW (widget));
  return TRUE;
}

static void
action_reload (GtkWidget *widget, const char *name, GVariant *parameter)
{
  read_made (UI_MADE_WINDOW (widget));
}

static void
action_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiMadeWindow *self = UI_MADE_WINDOW (widget);

  ui_launcher_remove (GTK_WIDGET (self->stack), self->history, self->handle);
}

static void
action_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiMadeWindow *self = UI_MADE_WINDOW (widget);

  if (self->made != NULL)
    gtk_widget_activate_action (widget, "app.show-made", "s", self->handle);
  else
    gtk_widget_activate_action (widget, "app.show-window", NULL);
}

static void
on_launchers (UiMadeWindow *self)
{
  AppLaunchers *launchers = app_history_get_launchers (self->history);
  gboolean there = launchers != NULL && app_launchers_has (launchers, self->handle);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "made.remove", there);
  gtk_widget_set_visible (self->remove, there);
}

/* ---- object ---- */

/* The shell groups the window with its entry, and not with the program's. */
static void
on_realize (UiMadeWindow *self)
{
  g_autofree char *id = g_strconcat ("org.melete.Melete.Made_", self->handle, NULL);

  gtk_window_set_icon_name (GTK_WINDOW (self), id);
#ifdef GDK_WINDOWING_WAYLAND
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  if (GDK_IS_WAYLAND_TOPLEVEL (surface))
    gdk_wayland_toplevel_set_application_id (GDK_TOPLEVEL (surface), id);
#endif
}

static void
dispose (GObject *object)
{
  UiMadeWindow *self = UI_MADE_WINDOW (object);

  g_clear_handle_id (&self->leave_timer, g_source_remove);
  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  g_clear_object (&self->history);
  g_clear_pointer (&self->made, app_made_free);
  g_clear_pointer (&self->handle, g_free);
  G_OBJECT_CLASS (ui_made_window_parent_class)->dispose (object);
}

static void
ui_made_window_class_init (UiMadeWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-made-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, leave);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, place);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, gone);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, full);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, remove);
  gtk_widget_class_bind_template_child (widget_class, UiMadeWindow, menu);
  gtk_widget_class_install_action (widget_class, "made.full", NULL, action_full);
  gtk_widget_class_install_action (widget_class, "made.reload", NULL, action_reload);
  gtk_widget_class_install_action (widget_class, "made.remove", NULL, action_remove);
  gtk_widget_class_install_action (widget_class, "made.open", NULL, action_open);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
ui_made_window_init (UiMadeWindow *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new (), *motion = gtk_event_controller_motion_new ();
  static const struct {
    const char *keys, *action;
  } shortcuts[] = { { "F11", "action(made.full)" }, { "<Control>r", "action(made.reload)" }, { "<Control>w", "action(window.close)" } };

  gtk_widget_init_template (GTK_WIDGET (self));
  ui_toast_name_buttons (GTK_WIDGET (self->toasts));
  /* Before the page, which would have all keys to itself. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_shortcut_trigger_parse_string (shortcuts[i].keys), gtk_shortcut_action_parse_string (shortcuts[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (on_full), NULL);
  g_signal_connect (self, "realize", G_CALLBACK (on_realize), NULL);
}

UiMadeWindow *
ui_made_window_new (GtkApplication *application, AppHistory *history, const char *handle)
{
  UiMadeWindow *self = g_object_new (UI_TYPE_MADE_WINDOW, "application", application, NULL);

  self->history = g_object_ref (history);
  self->handle = g_strdup (handle);
  gtk_window_set_title (GTK_WINDOW (self), "Melete");
  adw_window_title_set_title (self->heading, "Melete");
  if (app_history_get_launchers (history) != NULL)
    g_signal_connect_object (app_history_get_launchers (history), "changed", G_CALLBACK (on_launchers), self, G_CONNECT_SWAPPED);
  on_launchers (self);
  read_made (self);
  return self;
}
