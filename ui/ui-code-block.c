/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-code-block.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-code-style.h"
#include "ui-code-view.h"
#include "ui-direction.h"

#define MAX_LINES 1000 /* beyond, the block scrolls inside… */
#define LONG_HEIGHT 600 /* …and is so high */
#define COPIED_MS 1600

struct _UiCodeBlock {
  GtkWidget parent_instance;

  GtkWidget *header;
  GtkLabel *language;
  GtkButton *copy;
  GtkImage *copy_icon;
  GtkLabel *copy_label;
  GtkScrolledWindow *scroller;
  GtkSourceView *view;

  char *info;
  char *code;
  guint copied_id;
};

G_DEFINE_FINAL_TYPE (UiCodeBlock, ui_code_block, GTK_TYPE_WIDGET)

/* Words that people write after a fence and that are neither an id nor a file extension known to GtkSourceView. */
static const struct {
  const char *word;
  const char *id;
} aliases[] = {
  { "python", "python3" }, { "py", "python3" }, { "bash", "sh" }, { "shell", "sh" }, { "zsh", "sh" }, { "console", "sh" },
  { "javascript", "js" }, { "c++", "cpp" }, { "c#", "c-sharp" }, { "csharp", "c-sharp" }, { "golang", "go" }, { "rs", "rust" },
  { "ts", "typescript" }, { "yml", "yaml" }, { "html5", "html" }, { "makefile", "makefile" }, { "objective-c", "objc" },
};

static GtkSourceLanguage *
find_language (const char *info)
{
  GtkSourceLanguageManager *manager = gtk_source_language_manager_get_default ();
  g_autofree char *word = g_ascii_strdown (info, strcspn (info, " \t,{:"));
  g_autofree char *file = NULL;
  GtkSourceLanguage *language;

  if (*word == '\0' || strlen (word) > 32 || g_str_equal (word, "text") || g_str_equal (word, "plain"))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (g_str_equal (word, aliases[i].word))
      return gtk_source_language_manager_get_language (manager, aliases[i].id);
  language = gtk_source_language_manager_get_language (manager, word);
  if (language != NULL)
    return language;
  file = g_strdup_printf ("x.%s", word);
  return gtk_source_language_manager_guess_language (manager, file, NULL);
}

/* A GtkScrolledWindow that can move sideways takes the vertical wheel too, and does nothing with it: the page would stand still wherever the
 * pointer meets wide code. Only code that is so long that it scrolls inside keeps that wheel. */
static void
keep_wheel (UiCodeBlock *self, gboolean keep)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (self->scroller));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller) && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_BUBBLE) {
      GtkEventControllerScrollFlags flags = gtk_event_controller_scroll_get_flags (GTK_EVENT_CONTROLLER_SCROLL (controller));

      flags = keep ? flags | GTK_EVENT_CONTROLLER_SCROLL_VERTICAL : flags & ~GTK_EVENT_CONTROLLER_SCROLL_VERTICAL;
      gtk_event_controller_scroll_set_flags (GTK_EVENT_CONTROLLER_SCROLL (controller), flags);
    }
  }
}

static void
set_info (UiCodeBlock *self, const char *info)
{
  GtkSourceBuffer *buffer = GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view)));
  GtkSourceLanguage *language;

  if (g_strcmp0 (self->info, info) == 0)
    return;
  g_free (self->info);
  self->info = g_strdup (info);
  language = find_language (info);
  gtk_source_buffer_set_language (buffer, language);
  if (language != NULL) {
    gtk_label_set_text (self->language, gtk_source_language_get_name (language));
  } else {
    g_autofree char *word = g_strndup (info, strcspn (info, " \t"));

    gtk_label_set_text (self->language, *word != '\0' && g_utf8_strlen (word, -1) <= 32 ? word : _("Code"));
  }
}

static guint
count_lines (const char *code)
{
  guint lines = 1;

  while ((code = strchr (code, '\n')) != NULL) {
    code++;
    lines++;
  }
  return lines;
}

void
ui_code_block_set (UiCodeBlock *self, const char *info, const char *code)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  gsize length = strlen (code);
  gboolean is_long;
  gsize old;

  set_info (self, info);
  if (g_strcmp0 (self->code, code) == 0)
    return;
  old = self->code != NULL ? strlen (self->code) : 0;
  gtk_source_buffer_set_highlight_syntax (GTK_SOURCE_BUFFER (buffer), length <= UI_CODE_BLOCK_MAX_HIGHLIGHT);
  /* The cursor that nobody sees stands at the end: it would make the last pair of brackets bold. */
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (buffer), FALSE);
  if (old > 0 && old < length && memcmp (self->code, code, old) == 0) {
    GtkTextIter end;

    gtk_text_buffer_get_end_iter (buffer, &end);
    gtk_text_buffer_insert (buffer, &end, code + old, length - old);
  } else {
    gtk_text_buffer_set_text (buffer, code, length);
  }
  g_free (self->code);
  self->code = g_strdup (code);
  is_long = count_lines (code) > MAX_LINES;
  keep_wheel (self, is_long);
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_AUTOMATIC, is_long ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
  /* The transcript gives a row no more than it asks for. */
  gtk_scrolled_window_set_min_content_height (self->scroller, is_long ? LONG_HEIGHT : -1);
}

const char *
ui_code_block_get_language (UiCodeBlock *self)
{
  return gtk_label_get_text (self->language);
}

char *
ui_code_block_dup_code (UiCodeBlock *self)
{
  return g_strdup (self->code != NULL ? self->code : "");
}

static gboolean
on_copied_end (gpointer data)
{
  UiCodeBlock *self = data;

  self->copied_id = 0;
  gtk_image_set_from_icon_name (self->copy_icon, "edit-copy-symbolic");
  gtk_label_set_text (self->copy_label, _("Copy"));
  return G_SOURCE_REMOVE;
}

static void
on_copy (UiCodeBlock *self)
{
  g_autofree char *code = ui_code_block_dup_code (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), code);
  gtk_image_set_from_icon_name (self->copy_icon, "object-select-symbolic");
  gtk_label_set_text (self->copy_label, _("Copied"));
  g_clear_handle_id (&self->copied_id, g_source_remove);
  self->copied_id = g_timeout_add (COPIED_MS, on_copied_end, self);
}

static void
ui_code_block_dispose (GObject *object)
{
  UiCodeBlock *self = UI_CODE_BLOCK (object);

  g_clear_handle_id (&self->copied_id, g_source_remove);
  g_clear_pointer (&self->header, gtk_widget_unparent);
  if (self->scroller != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->scroller));
  self->scroller = NULL;
  G_OBJECT_CLASS (ui_code_block_parent_class)->dispose (object);
}

static void
ui_code_block_finalize (GObject *object)
{
  UiCodeBlock *self = UI_CODE_BLOCK (object);

  g_free (self->info);
  g_free (self->code);
  G_OBJECT_CLASS (ui_code_block_parent_class)->finalize (object);
}

static void
ui_code_block_class_init (UiCodeBlockClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_code_block_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_code_block_finalize;
  g_type_ensure (UI_TYPE_CODE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/melete/Melete/ui/ui-code-block.ui");
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, header);
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, language);
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, copy);
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, copy_icon);
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, copy_label);
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, scroller);
  gtk_widget_class_bind_template_child (widget_class, UiCodeBlock, view);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
ui_code_block_init (UiCodeBlock *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_direction (GTK_WIDGET (self->view), GTK_TEXT_DIR_LTR);
  ui_direction_set (self->header, GTK_TEXT_DIR_LTR);
  ui_code_style_follow (GTK_SOURCE_BUFFER (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view))));
}

GtkWidget *
ui_code_block_new (void)
{
  return g_object_new (UI_TYPE_CODE_BLOCK, NULL);
}
