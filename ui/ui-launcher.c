/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-launcher.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#ifdef GDK_WINDOWING_WAYLAND
#include <gdk/wayland/gdkwayland.h>
#endif
#ifdef GDK_WINDOWING_X11
#include <gdk/x11/gdkx.h>
#endif

#include "app-made.h"
#include "artifacts/artifact-kind.h"
#include "ui-launcher-icon.h"
#include "ui-toast.h"

/* An icon in the question, in pixels. */
#define SHOWN 96

/* One that is being added. */
typedef struct {
  GtkWidget *widget;
  AppHistory *history;
  AppMade *made;
  char *title;
  GBytes *icon;
  GtkWidget *entry;     /* the name's, while it is asked for */
  GdkToplevel *exported; /* Wayland: a portal has its name; NULL: none */
} Adding;

static void
adding_free (Adding *adding)
{
#ifdef GDK_WINDOWING_WAYLAND
  if (adding->exported != NULL)
    gdk_wayland_toplevel_unexport_handle (adding->exported);
#endif
  g_object_unref (adding->widget);
  g_object_unref (adding->history);
  g_clear_pointer (&adding->made, app_made_free);
  g_clear_pointer (&adding->icon, g_bytes_unref);
  g_free (adding->title);
  g_free (adding);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  Adding *adding = data;
  g_autoptr (GError) error = NULL;

  if (app_launchers_add_finish (APP_LAUNCHERS (source), result, &error))
    ui_toast (adding->widget, _("It is among the applications now"));
  else
    ui_toast_error (adding->widget, error);
  adding_free (adding);
}

static void
add (Adding *adding, const char *parent)
{
  const AppArtifactKind *kind = adding->made->kind;
  AppLauncher launcher = { adding->made->handle, adding->title, kind->category != NULL ? kind->category : "Utility", adding->icon };

  app_launchers_add_async (app_history_get_launchers (adding->history), &launcher, parent, NULL, on_added, adding);
}

/* ---- the portal asks ---- */

#ifdef GDK_WINDOWING_WAYLAND
static void
on_exported (GdkToplevel *toplevel, const char *handle, gpointer data)
{
  Adding *adding = data;
  g_autofree char *parent = g_strconcat ("wayland:", handle, NULL);

  add (adding, parent);
}
#endif

/* Over which window it is asked, as portals name it. */
static void
add_over_window (Adding *adding)
{
  GtkNative *native = gtk_widget_get_native (adding->widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;
  g_autofree char *parent = NULL;

#ifdef GDK_WINDOWING_WAYLAND
  if (GDK_IS_WAYLAND_TOPLEVEL (surface) && gdk_wayland_toplevel_export_handle (GDK_TOPLEVEL (surface), on_exported, adding, NULL)) {
    adding->exported = GDK_TOPLEVEL (surface);
    return;
  }
#endif
#ifdef GDK_WINDOWING_X11
  if (GDK_IS_X11_SURFACE (surface))
    parent = g_strdup_printf ("x11:%lx", gdk_x11_surface_get_xid (surface));
#endif
  add (adding, parent != NULL ? parent : "");
}

/* ---- we ask ---- */

static void
on_response (AdwMessageDialog *dialog, const char *response, Adding *adding)
{
  const char *title = gtk_editable_get_text (GTK_EDITABLE (adding->entry));

  if (!g_str_equal (response, "add")) {
    adding_free (adding);
    return;
  }
  if (*title != '\0') {
    g_free (adding->title);
    adding->title = g_strdup (title);
  }
  add (adding, "");
}

static void
on_name (GtkEditable *entry, AdwMessageDialog *dialog)
{
  adw_message_dialog_set_response_enabled (dialog, "add", gtk_editable_get_text (entry)[0] != '\0');
}

static void
ask (Adding *adding)
{
  GtkRoot *root = gtk_widget_get_root (adding->widget);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Add to applications"),
                                              _("It then starts like any other application, in a window of its own."));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *image = gtk_image_new ();
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (adding->icon, NULL);

  adding->entry = gtk_entry_new ();
  gtk_image_set_from_paintable (GTK_IMAGE (image), GDK_PAINTABLE (texture));
  gtk_image_set_pixel_size (GTK_IMAGE (image), SHOWN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Its icon"), -1);
  gtk_widget_add_css_class (image, "icon-dropshadow");
  gtk_editable_set_text (GTK_EDITABLE (adding->entry), adding->title);
  gtk_entry_set_activates_default (GTK_ENTRY (adding->entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (adding->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), adding->entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "add", _("_Add"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "add", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "add");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (adding->entry, "changed", G_CALLBACK (on_name), dialog, 0);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), adding);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Adding *adding = data;
  g_autoptr (GError) error = NULL;

  adding->made = app_history_read_made_finish (APP_HISTORY (source), result, &error);
  if (adding->made == NULL || gtk_widget_get_root (adding->widget) == NULL) {
    if (error != NULL)
      ui_toast_error (adding->widget, error);
    adding_free (adding);
    return;
  }
  adding->title = g_strdup (adding->made->title);
  adding->icon = ui_launcher_icon_new (adding->widget, adding->made->thumbnail, adding->made->kind->icon_name);
  if (app_launchers_asks (app_history_get_launchers (adding->history)))
    add_over_window (adding);
  else
    ask (adding);
}

void
ui_launcher_add (GtkWidget *widget, AppHistory *history, const char *handle)
{
  Adding *adding = g_new0 (Adding, 1);

  adding->widget = g_object_ref (widget);
  adding->history = g_object_ref (history);
  app_history_read_made_async (history, handle, NULL, on_read, adding);
}

/* ---- removing ---- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWidget) widget = data;
  g_autoptr (GError) error = NULL;

  if (app_launchers_remove_finish (APP_LAUNCHERS (source), result, &error))
    ui_toast (widget, _("It is no longer among the applications"));
  else
    ui_toast_error (widget, error);
}

void
ui_launcher_remove (GtkWidget *widget, AppHistory *history, const char *handle)
{
  app_launchers_remove_async (app_history_get_launchers (history), handle, on_removed, g_object_ref (widget));
}
