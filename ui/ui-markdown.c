/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-markdown.h"

#include <string.h>

#include "app-markdown.h"
#include "ui-code-block.h"
#include "ui-markdown-blocks.h"
#include "ui-prose-layout.h"
#include "ui-spoken.h"

/* Of what marks stand out by, in pixels. */
#define MARK_RADIUS 4
#define MARK_MARGIN 1

/* Of the shown text, [0, tail) is settled: its blocks are the first `n_settled` children, and nothing that is appended to the
 * text can change them (a link definition that comes later excepted; the last pass, when the writing ends, sees all of the text).
 * A block is settled once another one has begun after a blank line. */
struct _UiMarkdown {
  GtkWidget parent_instance;

  char *text;
  gboolean writing;
  gsize tail;
  guint n_settled;
  gsize parsed;
  GArray *marks; /* (nullable) UiSpokenRange */
};

G_DEFINE_FINAL_TYPE (UiMarkdown, ui_markdown, GTK_TYPE_WIDGET)

static gboolean
follows_blank_line (const char *text, gsize offset)
{
  if (offset == 0 || text[offset - 1] != '\n')
    return FALSE;
  for (offset--; offset > 0 && (text[offset - 1] == ' ' || text[offset - 1] == '\t'); offset--)
    ;
  return offset > 0 && text[offset - 1] == '\n';
}

/* Moves the tail to the last block that surely stands alone. */
static void
settle (UiMarkdown *self, cmark_node *document)
{
  guint n = self->n_settled;
  guint settled = n;
  gsize tail = self->tail;

  for (cmark_node *node = cmark_node_first_child (document); node != NULL; node = cmark_node_next (node), n++) {
    gsize offset = app_markdown_get_offset (node);

    if (offset != APP_MARKDOWN_NO_OFFSET && follows_blank_line (self->text, self->tail + offset)) {
      settled = n;
      tail = self->tail + offset;
    }
  }
  self->n_settled = settled;
  self->tail = tail;
}

/* The block that is being written is kept from screen readers until it is whole: its name and its text change with every token, and GTK tells of each change. What is
 * said of it meanwhile are its sentences: ui-announcer.h. */
static void
hide_unfinished (UiMarkdown *self, GtkWidget *child)
{
  for (; child != NULL; child = gtk_widget_get_next_sibling (child)) {
    gboolean unfinished = self->writing && gtk_widget_get_next_sibling (child) == NULL;

    gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, unfinished, -1);
  }
}

/* Shows the text behind the tail in the children from `child` (nullable) on. */
static void
render_tail (UiMarkdown *self, GtkWidget *child)
{
  UiMarkdownPass pass = { .n_blocks = self->n_settled };
  const char *text = self->text + self->tail;
  cmark_node *document;

  self->parsed = strlen (text);
  if (self->tail + self->parsed > APP_MARKDOWN_MAX_BYTES || !app_markdown_is_parseable (text)) {
    ui_markdown_blocks_update_plain (&pass, GTK_WIDGET (self), child, text);
    return;
  }
  document = app_markdown_parse (text, self->parsed);
  if (self->writing)
    pass.caret = ui_markdown_blocks_find_caret (document);
  ui_markdown_blocks_update (&pass, GTK_WIDGET (self), child, cmark_node_first_child (document));
  if (self->writing)
    settle (self, document);
  cmark_node_free (document);
}

static GtkWidget *
nth_child (UiMarkdown *self, guint n)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  for (guint i = 0; i < n && child != NULL; i++)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
render (UiMarkdown *self)
{
  guint n = self->n_settled;

  render_tail (self, nth_child (self, n));
  hide_unfinished (self, nth_child (self, n));
}

/* A note stands at the end, but its reference may be anywhere: with notes, everything is parsed every time. */
static gboolean
has_notes (const char *text)
{
  for (const char *p = strstr (text, "[^"); p != NULL; p = strstr (p + 1, "[^")) {
    const char *close = strchr (p, ']');

    if (close != NULL && close[1] == ':' && close - p < 256 && (p == text || p[-1] == '\n' || p[-1] == ' '))
      return TRUE;
  }
  return FALSE;
}

void
ui_markdown_set_text (UiMarkdown *self, const char *text, gboolean writing)
{
  gsize old = strlen (self->text);

  if (writing == self->writing && strcmp (text, self->text) == 0)
    return;
  /* Only a text that grows while it is written is continued; else everything is looked at again, for link definitions that came late. */
  if (!writing || !self->writing || strncmp (text, self->text, old) != 0 || has_notes (text)) {
    self->tail = 0;
    self->n_settled = 0;
  }
  ui_markdown_set_marks (self, NULL);
  g_free (self->text);
  self->text = g_strdup (text);
  self->writing = writing;
  render (self);
}

void
ui_markdown_set_plain (UiMarkdown *self, const char *text)
{
  UiMarkdownPass pass = { 0 };

  g_free (self->text);
  self->text = g_strdup ("");
  self->writing = FALSE;
  self->tail = 0;
  self->n_settled = 0;
  ui_markdown_blocks_update_plain (&pass, GTK_WIDGET (self), gtk_widget_get_first_child (GTK_WIDGET (self)), text);
}

void
ui_markdown_set_marks (UiMarkdown *self, GArray *marks)
{
  if (self->marks == NULL && marks == NULL)
    return;
  g_clear_pointer (&self->marks, g_array_unref);
  self->marks = marks;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What of a rectangle in `widget` shows: a table may be scrolled. */
static gboolean
get_visible (UiMarkdown *self, GtkWidget *widget, graphene_rect_t *rect)
{
  for (; widget != GTK_WIDGET (self); widget = gtk_widget_get_parent (widget)) {
    graphene_rect_t bounds;

    if (gtk_widget_get_overflow (widget) == GTK_OVERFLOW_HIDDEN &&
        (!gtk_widget_compute_bounds (widget, GTK_WIDGET (self), &bounds) || !graphene_rect_intersection (rect, &bounds, rect)))
      return FALSE;
  }
  return TRUE;
}

static void
draw_mark (UiMarkdown *self, GtkSnapshot *snapshot, const UiSpokenRange *mark, const GdkRGBA *colour)
{
  GtkWidget *label = GTK_WIDGET (mark->label);
  PangoLayout *layout = gtk_label_get_layout (mark->label);
  int range[] = { mark->start, mark->end };
  cairo_region_t *region;
  int x;
  int y;

  gtk_label_get_layout_offsets (mark->label, &x, &y);
  region = gdk_pango_layout_get_clip_region (layout, x, y, range, 1);
  for (int i = 0; i < cairo_region_num_rectangles (region); i++) {
    cairo_rectangle_int_t part;
    graphene_point_t origin;
    graphene_rect_t rect;
    GskRoundedRect rounded;

    cairo_region_get_rectangle (region, i, &part);
    if (!gtk_widget_compute_point (label, GTK_WIDGET (self), &GRAPHENE_POINT_INIT (part.x, part.y), &origin))
      continue;
    rect = GRAPHENE_RECT_INIT (origin.x - MARK_MARGIN, origin.y, part.width + 2 * MARK_MARGIN, part.height);
    if (!get_visible (self, label, &rect))
      continue;
    gsk_rounded_rect_init_from_rect (&rounded, &rect, MARK_RADIUS);
    gtk_snapshot_push_rounded_clip (snapshot, &rounded);
    gtk_snapshot_append_color (snapshot, colour, &rect);
    gtk_snapshot_pop (snapshot);
  }
  cairo_region_destroy (region);
}

static void
ui_markdown_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UiMarkdown *self = UI_MARKDOWN (widget);
  GdkRGBA colour;

  if (self->marks != NULL && gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "spoken_color", &colour))
    for (guint i = 0; i < self->marks->len; i++) {
      const UiSpokenRange *mark = &g_array_index (self->marks, UiSpokenRange, i);

      if (gtk_widget_get_mapped (GTK_WIDGET (mark->label)) && gtk_widget_is_ancestor (GTK_WIDGET (mark->label), widget))
        draw_mark (self, snapshot, mark, &colour);
    }
  GTK_WIDGET_CLASS (ui_markdown_parent_class)->snapshot (widget, snapshot);
}

GtkTextDirection
ui_markdown_get_text_direction (UiMarkdown *self)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (!UI_IS_CODE_BLOCK (child))
      return gtk_widget_get_direction (child);
  return GTK_TEXT_DIR_NONE;
}

guint
ui_markdown_get_n_marks (UiMarkdown *self)
{
  return self->marks != NULL ? self->marks->len : 0;
}

gsize
ui_markdown_get_parsed_bytes (UiMarkdown *self)
{
  return self->parsed;
}

static void
ui_markdown_dispose (GObject *object)
{
  GtkWidget *child;

  ui_markdown_set_marks (UI_MARKDOWN (object), NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (ui_markdown_parent_class)->dispose (object);
}

static void
ui_markdown_finalize (GObject *object)
{
  g_free (UI_MARKDOWN (object)->text);
  G_OBJECT_CLASS (ui_markdown_parent_class)->finalize (object);
}

static void
ui_markdown_class_init (UiMarkdownClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_markdown_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_markdown_finalize;
  widget_class->snapshot = ui_markdown_snapshot;
  gtk_widget_class_set_layout_manager_type (widget_class, UI_TYPE_PROSE_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "markdown");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_markdown_init (UiMarkdown *self)
{
  self->text = g_strdup ("");
}

GtkWidget *
ui_markdown_new (void)
{
  return g_object_new (UI_TYPE_MARKDOWN, NULL);
}
