/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-attachment-viewer.h"

#include <glib/gi18n.h>

#include "ui-markdown.h"
#include "ui-picture.h"
#include "ui-sound-view.h"
#include "ui-table-view.h"
#include "ui-zoom.h"

/* The longest side that is rendered, in pixels. */
#define MAX_SIDE 2400
/* So much of the text is laid out; longer ones end with a note. */
#define MAX_TEXT (256 * 1024)
/* So much of it is formatted, because every block is a widget. */
#define MAX_FORMATTED (64 * 1024)

/* Of a window with a table, which is wide. */
#define TABLE_WIDTH 1080
#define TABLE_HEIGHT 740

struct _UiAttachmentViewer {
  AdwWindow parent_instance;

  AdwWindowTitle *title;
  GtkWidget *switcher;
  GtkToggleButton *show_sound;
  GtkToggleButton *show_table;
  GtkToggleButton *show_picture;
  GtkToggleButton *show_formatted;
  GtkToggleButton *show_text;
  GtkStack *stack;
  UiSoundView *sound;
  UiTableView *table;
  GtkStackPage *picture_page;
  GtkStack *picture_stack;
  GtkScrolledWindow *zoomed;
  GtkWidget *zoom_in;
  GtkWidget *zoom_out;
  GtkAspectFrame *frame;
  GtkPicture *picture;
  AdwStatusPage *error;
  GtkWidget *pages;
  GtkWidget *previous;
  GtkWidget *next;
  GtkLabel *page_label;
  UiMarkdown *formatted;
  GtkTextView *text;
  GtkWidget *quote_scroller;
  GtkLabel *quote;

  AppAttachment *attachment;
  GCancellable *cancellable; /* of the page that is being rendered */
  guint page;
};

G_DEFINE_FINAL_TYPE (UiAttachmentViewer, ui_attachment_viewer, ADW_TYPE_WINDOW)

static void
on_rendered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiAttachmentViewer) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaPicture) picture = app_attachment_render_finish (APP_ATTACHMENT (source), result, &error);
  g_autoptr (GdkTexture) texture = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->picture_stack == NULL)
    return;
  if (picture == NULL) {
    adw_status_page_set_description (self->error, error->message);
    gtk_stack_set_visible_child_name (self->picture_stack, "error");
    return;
  }
  texture = ui_picture_to_texture (picture);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  /* The frame is as large as the page, so that the page has an edge. */
  gtk_aspect_frame_set_ratio (self->frame, (float) picture->width / picture->height);
  gtk_stack_set_visible_child_name (self->picture_stack, "picture");
}

static void
show_page (UiAttachmentViewer *self, guint page)
{
  guint n = app_attachment_get_n_pages (self->attachment);
  g_autofree char *label = g_strdup_printf (_("Page %u of %u"), page + 1, n);

  self->page = page;
  gtk_label_set_text (self->page_label, label);
  gtk_picture_set_alternative_text (self->picture, n > 1 ? label : app_attachment_get_name (self->attachment));
  gtk_widget_set_visible (self->pages, n > 1);
  gtk_widget_set_sensitive (self->previous, page > 0);
  gtk_widget_set_sensitive (self->next, page + 1 < n);
  gtk_stack_set_visible_child_name (self->picture_stack, "spinner");
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  app_attachment_render_async (self->attachment, page, MAX_SIDE, self->cancellable, on_rendered, g_object_ref (self));
}

static void
on_previous (UiAttachmentViewer *self)
{
  if (self->page > 0)
    show_page (self, self->page - 1);
}

static void
on_next (UiAttachmentViewer *self)
{
  if (self->page + 1 < app_attachment_get_n_pages (self->attachment))
    show_page (self, self->page + 1);
}

/* GtkStackSwitcher does not break its words, and would not fit into a narrow window with large text. */
static void
on_switch (UiAttachmentViewer *self)
{
  gboolean picture = gtk_toggle_button_get_active (self->show_picture);

  gtk_stack_set_visible_child_name (self->stack, picture ? "picture" : gtk_toggle_button_get_active (self->show_sound) ? "sound" :
                                                                   gtk_toggle_button_get_active (self->show_table) ? "table" : gtk_toggle_button_get_active (self->show_formatted) ? "formatted" : "text");
  gtk_widget_set_visible (self->zoom_in, picture);
  gtk_widget_set_visible (self->zoom_out, picture);
}

/* Of a text that is too long to be laid out, the part around `start`. */
static void
show_text (UiAttachmentViewer *self, gsize start, gsize length)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  const char *text = app_attachment_get_model_text (self->attachment);
  gsize size = text != NULL ? strlen (text) : 0, from = 0, to = size;
  GtkTextIter begin, end;

  if (size > MAX_TEXT) {
    from = start > MAX_TEXT / 2 ? (gsize) (g_utf8_find_prev_char (text, text + start - MAX_TEXT / 2 + 1) - text) : 0;
    to = MIN (size, from + MAX_TEXT);
    if (to < size)
      to = (gsize) (g_utf8_find_prev_char (text, text + to + 1) - text);
  }
  gtk_text_buffer_set_text (buffer, from > 0 ? _("(The model gets more than is shown here.)\n\n") : "", -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, text != NULL ? text + from : "", (int) (to - from));
  if (to < size)
    gtk_text_buffer_insert (buffer, &end, _("\n\n(The model gets more than is shown here.)"), -1);
  if (length == 0 || start < from || start + length > to)
    return;
  gtk_text_buffer_get_start_iter (buffer, &begin);
  gtk_text_iter_forward_chars (&begin, (from > 0 ? (int) g_utf8_strlen (_("(The model gets more than is shown here.)\n\n"), -1) : 0) + (int) g_utf8_strlen (text + from, (gssize) (start - from)));
  end = begin;
  gtk_text_iter_forward_chars (&end, (int) g_utf8_strlen (text + start, (gssize) length));
  gtk_text_buffer_create_tag (buffer, "passage", "background", "#f6d32d", "foreground", "#000000", NULL);
  gtk_text_buffer_apply_tag_by_name (buffer, "passage", &begin, &end);
  gtk_text_buffer_place_cursor (buffer, &begin);
  gtk_text_view_scroll_to_mark (self->text, gtk_text_buffer_get_insert (buffer), 0.1, TRUE, 0.0, 0.3);
}

static void
show_quote (UiAttachmentViewer *self, gsize start, gsize length)
{
  g_autofree char *words = g_strndup (app_attachment_get_model_text (self->attachment) + start, length);

  gtk_label_set_text (self->quote, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->quote), GTK_ACCESSIBLE_PROPERTY_LABEL, _("The passage"), -1);
  gtk_widget_set_visible (self->quote_scroller, TRUE);
}

/* Where `text` may be cut so that no line is: at most `most` bytes. */
static gsize
whole_lines (const char *text, gsize most)
{
  const char *end = g_strrstr_len (text, (gssize) most, "\n");
  return end != NULL ? (gsize) (end - text) : (gsize) (g_utf8_find_prev_char (text, text + most + 1) - text);
}

/* As the document's reader would see it. Returns whether there is something to show. */
static gboolean
show_formatted (UiAttachmentViewer *self)
{
  g_autofree char *markdown = app_attachment_dup_markdown (self->attachment);

  if (markdown == NULL)
    return FALSE;
  if (strlen (markdown) > MAX_FORMATTED) {
    gsize length = whole_lines (markdown, MAX_FORMATTED);
    g_autofree char *part = g_strndup (markdown, length);
    g_autofree char *cut = g_strdup_printf ("%s\n\n---\n\n*%s*\n", part, _("The beginning of a long document. Everything that the model gets stands under “What the model reads”."));

    ui_markdown_set_text (self->formatted, cut, FALSE);
  } else {
    ui_markdown_set_text (self->formatted, markdown, FALSE);
  }
  return TRUE;
}

/* It has no tables after all: the words are what there is to see. */
static void
on_no_table (UiAttachmentViewer *self)
{
  gboolean formatted = gtk_widget_get_visible (GTK_WIDGET (self->show_formatted));

  gtk_widget_set_visible (GTK_WIDGET (self->show_table), FALSE);
  if (gtk_toggle_button_get_active (self->show_table))
    gtk_toggle_button_set_active (formatted ? self->show_formatted : self->show_text, TRUE);
  gtk_widget_set_visible (self->switcher, formatted);
  if (!formatted)
    adw_window_title_set_subtitle (self->title, _("What the model reads"));
}

static void
ui_attachment_viewer_dispose (GObject *object)
{
  UiAttachmentViewer *self = UI_ATTACHMENT_VIEWER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->attachment);
  self->picture_stack = NULL;
  G_OBJECT_CLASS (ui_attachment_viewer_parent_class)->dispose (object);
}

static void
ui_attachment_viewer_class_init (UiAttachmentViewerClass *klass)
{
  static const struct {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_plus, "zoom.in" },      { GDK_KEY_equal, "zoom.in" },     { GDK_KEY_KP_Add, "zoom.in" },
    { GDK_KEY_minus, "zoom.out" },    { GDK_KEY_KP_Subtract, "zoom.out" },
    { GDK_KEY_0, "zoom.fit" },        { GDK_KEY_KP_0, "zoom.fit" },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (UI_TYPE_MARKDOWN);
  g_type_ensure (UI_TYPE_SOUND_VIEW);
  g_type_ensure (UI_TYPE_TABLE_VIEW);
  G_OBJECT_CLASS (klass)->dispose = ui_attachment_viewer_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-attachment-viewer.ui");
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, title);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, switcher);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, show_sound);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, show_table);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, sound);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, table);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, show_picture);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, show_formatted);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, show_text);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, stack);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, picture_page);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, picture_stack);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, zoomed);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, zoom_in);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, zoom_out);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, frame);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, picture);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, error);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, pages);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, previous);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, next);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, page_label);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, formatted);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, text);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, quote_scroller);
  gtk_widget_class_bind_template_child (widget_class, UiAttachmentViewer, quote);
  gtk_widget_class_bind_template_callback (widget_class, on_previous);
  gtk_widget_class_bind_template_callback (widget_class, on_next);
  gtk_widget_class_bind_template_callback (widget_class, on_switch);
  gtk_widget_class_bind_template_callback (widget_class, on_no_table);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, GDK_CONTROL_MASK, keys[i].action, NULL);
}

static void
ui_attachment_viewer_init (UiAttachmentViewer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_zoom_add (GTK_WIDGET (self), self->zoomed, GTK_WIDGET (self->frame));
}

static void
name_toggle (GtkToggleButton *toggle, const char *name)
{
  gtk_label_set_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (toggle))), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (toggle), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
ui_attachment_viewer_present_passage (GtkWidget *widget, AppAttachment *attachment, guint page, gsize start, gsize length)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  UiAttachmentViewer *self = g_object_new (UI_TYPE_ATTACHMENT_VIEWER, "title", app_attachment_get_name (attachment),
                                           "transient-for", GTK_IS_WINDOW (root) ? root : NULL, NULL);
  const char *text = app_attachment_get_model_text (attachment);
  guint n_pages = app_attachment_get_n_pages (attachment);

  /* A damaged history must not point outside of the text, nor into a character. */
  if (text == NULL || start > strlen (text) || length > strlen (text) - start || !g_utf8_validate (text + start, (gssize) length, NULL))
    start = length = 0;
  self->attachment = g_object_ref (attachment);
  adw_window_title_set_title (self->title, app_attachment_get_name (attachment));
  show_text (self, start, length);
  if (n_pages > 0) {
    gtk_widget_set_visible (GTK_WIDGET (self->show_formatted), FALSE);
    show_page (self, CLAMP (page, 1, n_pages) - 1);
    if (length > 0)
      show_quote (self, start, length);
  } else {
    gboolean video = app_attachment_get_kind (attachment) == APP_ATTACHMENT_VIDEO;
    gboolean sound = (video || app_attachment_get_kind (attachment) == APP_ATTACHMENT_SOUND) && app_attachment_get_bytes (attachment) != NULL;
    gboolean table = ui_table_view_can_show (attachment);
    /* The beginning of one table need not be shown twice. */
    gboolean formatted = !(table && app_attachment_get_kind (attachment) == APP_ATTACHMENT_TABLE) && show_formatted (self);

    if (sound)
      ui_sound_view_set_attachment (self->sound, attachment);
    if (video)
      name_toggle (self->show_sound, _("Video"));
    if (table) {
      gtk_window_set_default_size (GTK_WINDOW (self), TABLE_WIDTH, TABLE_HEIGHT);
      ui_table_view_set_attachment (self->table, attachment);
    }
    gtk_widget_set_visible (GTK_WIDGET (self->show_table), table);
    gtk_widget_set_visible (GTK_WIDGET (self->show_sound), sound);
    gtk_widget_set_visible (GTK_WIDGET (self->show_formatted), formatted);
    gtk_stack_page_set_visible (self->picture_page, FALSE);
    gtk_widget_set_visible (GTK_WIDGET (self->show_picture), FALSE);
    /* A passage is marked where the model read it. */
    gtk_toggle_button_set_active (length > 0 ? self->show_text : sound ? self->show_sound : table ? self->show_table : formatted ? self->show_formatted : self->show_text, TRUE);
    /* One page needs no switch. */
    gtk_widget_set_visible (self->switcher, formatted || sound || table);
    if (!formatted && !sound && !table)
      adw_window_title_set_subtitle (self->title, _("What the model reads"));
  }
  gtk_window_present (GTK_WINDOW (self));
}

void
ui_attachment_viewer_present (GtkWidget *widget, AppAttachment *attachment)
{
  ui_attachment_viewer_present_passage (widget, attachment, 0, 0, 0);
}
