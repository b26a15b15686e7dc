/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-note.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-attachment-chip.h"
#include "ui-branches.h"
#include "ui-column.h"
#include "ui-direction.h"
#include "ui-markdown.h"
#include "ui-notices.h"
#include "ui-prose-layout.h"
#include "ui-share.h"

/* A longer note is folded to so much. */
#define FOLDED_BYTES 1600
#define FOLDED_LINES 14

struct _UiNote {
  GtkWidget parent_instance;

  GtkWidget *column;
  GtkWidget *share;
  GtkWidget *card;
  UiMarkdown *text;
  GtkWidget *more;
  GtkBox *attachments;
  GtkBox *notices;
  GtkWidget *edit;
  UiBranches *branches;

  AppMessage *message;
  GListModel *list; /* of attachments, watched */
  gboolean unfolded;
};

G_DEFINE_FINAL_TYPE (UiNote, ui_note, GTK_TYPE_WIDGET)

/* How many bytes of `text` the folded note shows; its length when it need not be folded. */
static gsize
folded_length (const char *text)
{
  gsize length = strlen (text);
  const char *p = text;

  for (guint line = 0; line < FOLDED_LINES && p != NULL; line++) {
    p = strchr (p, '\n');
    if (p != NULL)
      p++;
  }
  if (p != NULL && *p != '\0')
    length = p - text - 1;
  if (length > FOLDED_BYTES)
    length = g_utf8_find_prev_char (text, text + FOLDED_BYTES + 1) - text;
  return length;
}

static void
update_text (UiNote *self)
{
  const char *text = app_message_get_text (self->message);
  gsize length = strlen (text);
  gsize shown = self->unfolded ? length : folded_length (text);

  /* Folding for a line or two would only hide them. */
  if (length < shown + 200)
    shown = length;
  if (shown < length) {
    g_autofree char *head = g_strndup (text, g_utf8_find_prev_char (text, text + shown + 1) - text);
    g_autofree char *cut = g_strconcat (head, "\342\200\246", NULL);

    ui_markdown_set_plain (self->text, cut);
  } else {
    ui_markdown_set_plain (self->text, text);
  }
  /* The side on which it stands, its corner and its buttons follow the words. */
  ui_direction_set (self->share, ui_direction_of_text (text));
  gtk_widget_set_visible (self->more, !self->unfolded && shown < length);
  gtk_widget_set_visible (GTK_WIDGET (self->text), length > 0);
}

/* The arrows to the other versions show without being pointed at: one would not know of them. */
static void
update_branched (UiNote *self)
{
  if (app_message_get_branch_count (self->message) > 1)
    gtk_widget_add_css_class (GTK_WIDGET (self), "branched");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "branched");
}

static void
update_notices (UiNote *self)
{
  ui_notices_update (self->notices, app_message_get_notices (self->message));
}

static void
update_attachments (UiNote *self)
{
  GtkWidget *child;
  guint n = self->list != NULL ? g_list_model_get_n_items (self->list) : 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->attachments))) != NULL)
    gtk_box_remove (self->attachments, child);
  for (guint i = 0; i < n; i++) {
    g_autoptr (AppAttachment) attachment = g_list_model_get_item (self->list, i);

    gtk_box_append (self->attachments, ui_attachment_chip_new (attachment, FALSE));
  }
  ui_direction_set (GTK_WIDGET (self->attachments), gtk_widget_get_direction (self->share));
  gtk_widget_set_visible (GTK_WIDGET (self->attachments), n > 0);
}

static void
on_more (UiNote *self)
{
  /* Assistive technology can press a button of a row that waits to be used again. */
  if (self->message == NULL)
    return;
  self->unfolded = TRUE;
  update_text (self);
}

static void
on_edit (UiNote *self)
{
  if (self->message != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "transcript.edit", "x", app_message_get_id (self->message));
}

void
ui_note_set_edited (UiNote *self, gboolean edited)
{
  if (edited) {
    gtk_widget_add_css_class (GTK_WIDGET (self), "edited");
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _("Being edited"), -1);
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (self), "edited");
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
  }
}

void
ui_note_set_message (UiNote *self, AppMessage *message)
{
  if (self->message == message)
    return;
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  g_set_object (&self->message, message);
  ui_branches_set_message (self->branches, message);
  if (message == NULL)
    return;
  self->unfolded = FALSE;
  g_signal_connect_object (message, "notify::text", G_CALLBACK (update_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::branch-count", G_CALLBACK (update_branched), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "notify::notices", G_CALLBACK (update_notices), self, G_CONNECT_SWAPPED);
  /* Asking for the list reads the bytes: only for messages that have some. */
  if (app_message_get_n_attachments (message) > 0) {
    self->list = g_object_ref (app_message_get_attachments (message));
    g_signal_connect_object (self->list, "items-changed", G_CALLBACK (update_attachments), self, G_CONNECT_SWAPPED);
  }
  update_text (self);
  update_branched (self);
  update_notices (self);
  update_attachments (self);
}

static void
ui_note_dispose (GObject *object)
{
  UiNote *self = UI_NOTE (object);

  if (self->column != NULL)
    ui_note_set_message (self, NULL);
  g_clear_pointer (&self->column, gtk_widget_unparent);
  G_OBJECT_CLASS (ui_note_parent_class)->dispose (object);
}

static void
ui_note_class_init (UiNoteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_note_dispose;
  g_type_ensure (UI_TYPE_MARKDOWN);
  g_type_ensure (UI_TYPE_SHARE);
  g_type_ensure (UI_TYPE_BRANCHES);
  g_type_ensure (UI_TYPE_COLUMN);
  g_type_ensure (UI_TYPE_PROSE_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-note.ui");
  gtk_widget_class_bind_template_child (widget_class, UiNote, column);
  gtk_widget_class_bind_template_child (widget_class, UiNote, share);
  gtk_widget_class_bind_template_child (widget_class, UiNote, card);
  gtk_widget_class_bind_template_child (widget_class, UiNote, text);
  gtk_widget_class_bind_template_child (widget_class, UiNote, more);
  gtk_widget_class_bind_template_child (widget_class, UiNote, attachments);
  gtk_widget_class_bind_template_child (widget_class, UiNote, notices);
  gtk_widget_class_bind_template_child (widget_class, UiNote, edit);
  gtk_widget_class_bind_template_child (widget_class, UiNote, branches);
  gtk_widget_class_bind_template_callback (widget_class, on_more);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_set_css_name (widget_class, "noterow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
ui_note_init (UiNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Your note"), -1);
}

GtkWidget *
ui_note_new (void)
{
  return g_object_new (UI_TYPE_NOTE, NULL);
}
