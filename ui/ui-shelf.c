/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-shelf.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app-shelf.h"
#include "artifacts/artifact-kind.h"
#include "ui-launcher.h"
#include "ui-toast.h"

/* Of a picture, in pixels. */
#define WIDTH 220
#define HEIGHT 140

struct _UiShelf {
  GtkWidget parent_instance;
  GtkStack *stack;
  GtkFlowBox *box;
  AdwStatusPage *empty;
  AppHistory *history;
  GCancellable *cancellable;
};

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiShelf, ui_shelf, GTK_TYPE_WIDGET)

/* Which message made it. */
typedef struct {
  gint64 conversation, message;
} Place;

static void
on_activated (GtkFlowBox *box, GtkFlowBoxChild *child, UiShelf *self)
{
  const Place *place = g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (child)), "place");

  g_signal_emit (self, signals[OPEN], 0, place->conversation, place->message);
}

static GtkWidget *
make_picture (const AppShelved *shelved)
{
  g_autoptr (GdkTexture) texture = shelved->thumbnail != NULL ? gdk_texture_new_from_bytes (shelved->thumbnail, NULL) : NULL;
  GtkWidget *picture;

  if (texture != NULL) {
    picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
    /* GTK 4.8 has it: the whole width, from the top. */
    gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_COVER);
    gtk_widget_set_valign (picture, GTK_ALIGN_FILL);
  } else {
    picture = gtk_image_new_from_icon_name (shelved->kind->icon_name);
    gtk_image_set_pixel_size (GTK_IMAGE (picture), 48);
  }
  gtk_widget_set_size_request (picture, -1, HEIGHT);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (picture, "picture");
  return picture;
}

static void
add_item (GMenu *menu, const char *label, const char *action, const char *handle)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", handle);
  g_menu_append_item (menu, item);
}

/* What can be done with one depends on whether it is among the applications. */
static void
on_menu (GtkMenuButton *button, gpointer data)
{
  UiShelf *self = UI_SHELF (gtk_widget_get_ancestor (GTK_WIDGET (button), UI_TYPE_SHELF));
  const char *handle = data;
  g_autoptr (GMenu) menu = g_menu_new ();

  if (app_launchers_has (app_history_get_launchers (self->history), handle))
    add_item (menu, _("_Remove from applications"), "shelf.launcher-remove", handle);
  else
    add_item (menu, _("_Add to applications…"), "shelf.launcher-add", handle);
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static GtkWidget *
make_menu (const AppShelved *shelved)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autofree char *label = g_strdup_printf (_("More about “%s”"), shelved->title);

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), on_menu, g_strdup (shelved->handle), g_free);
  gtk_widget_set_tooltip_text (button, _("More"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return button;
}

static GtkWidget *
make_card (UiShelf *self, const AppShelved *shelved)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *clamp = adw_clamp_new ();
  g_autofree char *time = g_date_time_format (shelved->time, "%x"), *subtitle = g_strdup_printf ("%s · %s", _(shelved->kind->name), time);
  GtkWidget *title = g_object_new (GTK_TYPE_LABEL, "label", shelved->title, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "hexpand", TRUE, NULL);
  GtkWidget *below = g_object_new (GTK_TYPE_LABEL, "label", subtitle, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  Place *place = g_new0 (Place, 1);

  *place = (Place) { shelved->conversation, shelved->message };
  g_object_set_data_full (G_OBJECT (clamp), "place", place, g_free);
  gtk_widget_add_css_class (title, "heading");
  gtk_widget_add_css_class (below, "caption");
  gtk_box_append (GTK_BOX (line), title);
  if (shelved->starred)
    gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name ("starred-symbolic"));
  gtk_box_append (GTK_BOX (card), make_picture (shelved));
  gtk_box_append (GTK_BOX (words), line);
  gtk_box_append (GTK_BOX (words), below);
  gtk_box_append (GTK_BOX (foot), words);
  if (app_history_get_launchers (self->history) != NULL && shelved->kind->is_page)
    gtk_box_append (GTK_BOX (foot), make_menu (shelved));
  gtk_box_append (GTK_BOX (card), foot);
  gtk_widget_set_size_request (card, WIDTH, -1);
  /* A picture would like to be as wide as it is. */
  g_object_set (clamp, "child", card, "maximum-size", WIDTH + 60, "tightening-threshold", WIDTH + 60, NULL);
  return clamp;
}

static void
on_shelf (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiShelf) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) shelf = app_history_read_shelf_finish (APP_HISTORY (source), result, &error);

  if (shelf == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      ui_toast_error (GTK_WIDGET (self), error);
    return;
  }
  for (guint i = 0; i < shelf->len; i++) {
    const AppShelved *shelved = shelf->pdata[i];
    GtkWidget *card = make_card (self, shelved);
    gtk_flow_box_insert (self->box, card, -1);
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (card)), GTK_ACCESSIBLE_PROPERTY_LABEL, shelved->title, -1);
  }
  gtk_stack_set_visible_child_name (self->stack, shelf->len > 0 ? "list" : "empty");
}

static void
action_launcher (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *handle = g_variant_get_string (parameter, NULL);

  if (g_str_equal (name, "shelf.launcher-add"))
    ui_launcher_add (widget, UI_SHELF (widget)->history, handle);
  else
    ui_launcher_remove (widget, UI_SHELF (widget)->history, handle);
}

static void
dispose (GObject *object)
{
  UiShelf *self = UI_SHELF (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->history);
  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  G_OBJECT_CLASS (ui_shelf_parent_class)->dispose (object);
}

static void
ui_shelf_class_init (UiShelfClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "shelf");
  gtk_widget_class_install_action (widget_class, "shelf.launcher-add", "s", action_launcher);
  gtk_widget_class_install_action (widget_class, "shelf.launcher-remove", "s", action_launcher);
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
}

static void
ui_shelf_init (UiShelf *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *clamp = adw_clamp_new (), *empty = adw_status_page_new ();

  self->box = GTK_FLOW_BOX (gtk_flow_box_new ());
  g_object_set (self->box, "selection-mode", GTK_SELECTION_NONE, "homogeneous", TRUE, "row-spacing", 12, "column-spacing", 12, "max-children-per-line", 6, "halign", GTK_ALIGN_START, "valign", GTK_ALIGN_START, "margin-top", 16, "margin-bottom", 24,
                "margin-start", 12, "margin-end", 12, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What was made"), -1);
  g_signal_connect (self->box, "child-activated", G_CALLBACK (on_activated), self);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1200);
  adw_clamp_set_child (ADW_CLAMP (clamp), GTK_WIDGET (self->box));
  g_object_set (scroller, "hscrollbar-policy", GTK_POLICY_NEVER, "child", clamp, NULL);
  g_object_set (empty, "icon-name", "view-grid-symbolic", "title", _("Nothing was made yet"), "description", _("Ask for a dashboard, a page, a game or a tool in a conversation. It is kept here, too."), NULL);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), "reading");
  gtk_stack_add_named (self->stack, scroller, "list");
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

GtkWidget *
ui_shelf_new (AppHistory *history)
{
  UiShelf *self = g_object_new (UI_TYPE_SHELF, NULL);

  self->history = g_object_ref (history);
  app_history_read_shelf_async (history, self->cancellable, on_shelf, g_object_ref (self));
  return GTK_WIDGET (self);
}
