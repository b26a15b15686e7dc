/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-attachment-chip.h"

#include <glib/gi18n.h>

#include "app-size.h"
#include "ui-attachment-viewer.h"
#include "ui-direction.h"
#include "ui-picture.h"

struct _UiAttachmentChip {
  GtkWidget parent_instance;

  GtkButton *open;
  GtkStack *lead;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkImage *thumbnail;
  GtkWidget *badge; /* that it plays */
  GtkLabel *name;
  GtkLabel *summary;
  GtkButton *remove;

  AppAttachment *attachment;
  MediaPicture *shown; /* whose texture the thumbnail holds; not owned, only compared */
};

enum { REMOVE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (UiAttachmentChip, ui_attachment_chip, GTK_TYPE_WIDGET)

static const char *
icon_name_of (AppAttachmentKind kind)
{
  static const char *const names[APP_ATTACHMENT_N_KINDS] = {
    [APP_ATTACHMENT_PICTURE] = "image-x-generic-symbolic",
    [APP_ATTACHMENT_SOUND] = "audio-x-generic-symbolic",
    [APP_ATTACHMENT_VIDEO] = "video-x-generic-symbolic",
    [APP_ATTACHMENT_PDF] = "x-office-document-symbolic",
    [APP_ATTACHMENT_PRESENTATION] = "x-office-presentation-symbolic",
    [APP_ATTACHMENT_SPREADSHEET] = "x-office-spreadsheet-symbolic",
    [APP_ATTACHMENT_BOOK] = "melete-book-symbolic",
    [APP_ATTACHMENT_DOCUMENT] = "x-office-document-symbolic",
    [APP_ATTACHMENT_WEBPAGE] = "web-browser-symbolic",
    [APP_ATTACHMENT_MAIL] = "mail-unread-symbolic",
    [APP_ATTACHMENT_TABLE] = "x-office-spreadsheet-symbolic",
    [APP_ATTACHMENT_DATABASE] = "x-office-spreadsheet-symbolic",
    [APP_ATTACHMENT_MARKDOWN] = "melete-markdown-symbolic",
    [APP_ATTACHMENT_TEXT] = "text-x-generic-symbolic",
  };

  return names[kind] != NULL ? names[kind] : "text-x-generic-symbolic";
}

static void
update_lead (UiAttachmentChip *self)
{
  MediaPicture *picture = app_attachment_get_thumbnail (self->attachment);
  gboolean failed = app_attachment_get_state (self->attachment) == APP_ATTACHMENT_FAILED;

  if (picture != NULL && picture != self->shown) {
    g_autoptr (GdkTexture) texture = ui_picture_to_square_texture (picture);

    gtk_image_set_from_paintable (self->thumbnail, GDK_PAINTABLE (texture));
    self->shown = picture;
  }
  gtk_widget_set_visible (self->badge, app_attachment_get_kind (self->attachment) == APP_ATTACHMENT_VIDEO);
  if (failed)
    gtk_image_set_from_icon_name (self->icon, "dialog-warning-symbolic");
  else
    gtk_image_set_from_icon_name (self->icon, icon_name_of (app_attachment_get_kind (self->attachment)));
  if (picture != NULL && !failed)
    gtk_stack_set_visible_child_name (self->lead, "thumbnail");
  else if (app_attachment_get_state (self->attachment) == APP_ATTACHMENT_LOADING)
    gtk_stack_set_visible_child_name (self->lead, "spinner");
  else
    gtk_stack_set_visible_child_name (self->lead, "icon");
}

static void
update (UiAttachmentChip *self)
{
  AppAttachmentState state = app_attachment_get_state (self->attachment);
  const char *name = app_attachment_get_name (self->attachment);
  const char *summary = app_attachment_get_summary (self->attachment);
  g_autofree char *size = app_size_dup_text (app_attachment_get_size (self->attachment));
  g_autofree char *line = NULL;
  g_autofree char *label = NULL;

  update_lead (self);
  gtk_spinner_set_spinning (self->spinner, state == APP_ATTACHMENT_LOADING);
  if (state == APP_ATTACHMENT_FAILED)
    line = g_strdup (app_attachment_get_error (self->attachment));
  else if (app_attachment_get_size (self->attachment) == 0)
    line = g_strdup (summary);
  else
    line = *summary != '\0' ? g_strdup_printf ("%s · %s", size, summary) : g_strdup (size);
  gtk_label_set_text (self->name, name);
  /* What to do about a file that could not be read stands at the end. */
  gtk_label_set_lines (self->summary, state == APP_ATTACHMENT_FAILED ? 6 : 3);
  ui_direction_show_facts (self->summary, line);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), line);
  if (state == APP_ATTACHMENT_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self), "failed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "failed");
  gtk_widget_set_sensitive (GTK_WIDGET (self->open), state == APP_ATTACHMENT_READY);
  label = g_strdup_printf (_("Attachment %s: %s"), name, line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->open), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_free (label);
  label = g_strdup_printf (_("Remove %s"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_open (UiAttachmentChip *self)
{
  ui_attachment_viewer_present (GTK_WIDGET (self), self->attachment);
}

static void
on_remove (UiAttachmentChip *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

AppAttachment *
ui_attachment_chip_get_attachment (UiAttachmentChip *self)
{
  return self->attachment;
}

static void
ui_attachment_chip_dispose (GObject *object)
{
  UiAttachmentChip *self = UI_ATTACHMENT_CHIP (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  if (self->attachment != NULL)
    g_signal_handlers_disconnect_by_func (self->attachment, update, self);
  g_clear_object (&self->attachment);
  G_OBJECT_CLASS (ui_attachment_chip_parent_class)->dispose (object);
}

static void
ui_attachment_chip_class_init (UiAttachmentChipClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_attachment_chip_dispose;
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-attachment-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, open);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, lead);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, spinner);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, icon);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, badge);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, name);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, summary);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentChip, remove);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_attachment_chip_init (UiAttachmentChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ui_attachment_chip_new (AppAttachment *attachment, gboolean removable)
{
  UiAttachmentChip *self = g_object_new (UI_TYPE_ATTACHMENT_CHIP, NULL);

  self->attachment = g_object_ref (attachment);
  gtk_widget_set_visible (GTK_WIDGET (self->remove), removable);
  if (!removable) {
    gtk_image_set_pixel_size (self->thumbnail, 72);
    gtk_widget_add_css_class (GTK_WIDGET (self), "sent");
  }
  g_signal_connect_object (attachment, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
