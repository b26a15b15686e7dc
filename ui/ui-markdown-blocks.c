/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-markdown-blocks.h"

#include <glib/gi18n.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm-core-extensions.h>
#include <string.h>

#include "app-markdown.h"
#include "app-size.h"
#include "ui-code-block.h"
#include "ui-direction.h"
#include "ui-formula.h"
#include "ui-markdown-inline.h"
#include "ui-markdown-label.h"
#include "ui-markdown.h"
#include "ui-prose-layout.h"
#include "ui-sideways.h"
#include "ui-table.h"
#include "ui-wrap.h"

/* A kind of block: how its widget is made, and how the widget is brought to show a node. */
typedef struct {
  const char *name;
  GtkWidget *(*create) (void);
  void (*update) (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node);
} Kind;

static GQuark
kind_quark (void)
{
  return g_quark_from_static_string ("ui-markdown-kind");
}

/* A column of blocks. */
static GtkWidget *
create_box (const char *css_class)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_layout_manager (box, ui_prose_layout_new ());
  gtk_widget_add_css_class (box, css_class);
  return box;
}

static GtkWidget *
create_label (const char *css_class)
{
  GtkWidget *label = ui_markdown_label_new (GTK_ACCESSIBLE_ROLE_LABEL);

  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Paragraphs and headings */

static GtkWidget *
create_paragraph (void)
{
  return create_label ("paragraph");
}

static void
update_paragraph (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  ui_markdown_label_show (GTK_LABEL (widget), node, pass->caret == node);
}

static GtkWidget *
create_heading (void)
{
  return ui_markdown_label_new (GTK_ACCESSIBLE_ROLE_HEADING);
}

static void
update_heading (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  static const char *const classes[][3] = {
    { "heading", "h1", NULL }, { "heading", "h2", NULL }, { "heading", "h3", NULL }, { "heading", "h4", NULL },
  };
  int level = CLAMP (cmark_node_get_heading_level (node), 1, 6);

  gtk_widget_set_css_classes (widget, (const char **) classes[MIN (level, 4) - 1]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LEVEL, level, -1);
  update_paragraph (pass, widget, node);
}

/* Code and raw HTML */

static void
update_code (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  g_autofree char *code = g_strdup (cmark_node_get_literal (node));
  gsize length = code != NULL ? strlen (code) : 0;

  if (length > 0 && code[length - 1] == '\n')
    code[length - 1] = '\0';
  ui_code_block_set (UI_CODE_BLOCK (widget), cmark_node_get_fence_info (node), code != NULL ? code : "");
}

static GtkWidget *
create_html (void)
{
  return create_label ("html");
}

static void
update_html (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  g_autofree char *text = app_markdown_plain_text (node, UI_MARKDOWN_MAX_LABEL);
  g_autofree char *markup = g_markup_escape_text (text, -1);

  ui_wrap_set_markup (GTK_LABEL (widget), markup);
}

/* A formula on lines of its own, in the middle, or scrolled where it is wide. */
static GtkWidget *
create_formula (void)
{
  GtkWidget *sideways = ui_sideways_new (ui_formula_new ());

  gtk_widget_set_halign (sideways, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (sideways, "display");
  return sideways;
}

static void
update_formula (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  ui_formula_set (UI_FORMULA (gtk_widget_get_first_child (widget)), app_markdown_get_formula (node), cmark_node_get_literal (node));
}

/* Containers */

static void
update_children (UiMarkdownPass *pass, GtkWidget *box, cmark_node *node)
{
  pass->depth++;
  ui_markdown_blocks_update (pass, box, gtk_widget_get_first_child (box), cmark_node_first_child (node));
  pass->depth--;
}

static GtkWidget *
create_quote (void)
{
  return create_box ("quote");
}

static GtkWidget *
create_list (void)
{
  GtkWidget *box = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL,
                                 "accessible-role", GTK_ACCESSIBLE_ROLE_LIST, NULL);

  gtk_widget_add_css_class (box, "list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, _("List"), -1);
  return box;
}

static void
update_list (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  if (cmark_node_get_list_tight (node))
    gtk_widget_add_css_class (widget, "tight");
  else
    gtk_widget_remove_css_class (widget, "tight");
  pass->list_depth++;
  update_children (pass, widget, node);
  pass->list_depth--;
}

/* An item: its marker (bullet or number) beside its blocks. */
static GtkWidget *
create_item (void)
{
  GtkWidget *item = g_object_new (GTK_TYPE_BOX, "spacing", 8, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  GtkWidget *marker = g_object_new (GTK_TYPE_LABEL, "xalign", 1.0, "yalign", 0.0, "valign", GTK_ALIGN_START, NULL);
  GtkWidget *body = create_box ("item-body");

  gtk_widget_add_css_class (item, "item");
  gtk_widget_add_css_class (marker, "marker");
  gtk_widget_set_hexpand (body, TRUE);
  gtk_box_append (GTK_BOX (item), marker);
  gtk_box_append (GTK_BOX (item), body);
  return item;
}

static char *
dup_marker (cmark_node *item, guint list_depth, int *width)
{
  static const char *const bullets[] = { "\342\200\242", "\342\200\223", "\342\226\252" };
  cmark_node *list = cmark_node_parent (item);
  int index = 0;

  *width = 2;
  if (cmark_node_get_list_type (list) != CMARK_ORDERED_LIST)
    return g_strdup (bullets[(list_depth - 1) % G_N_ELEMENTS (bullets)]);
  for (cmark_node *n = cmark_node_previous (item); n != NULL; n = cmark_node_previous (n))
    index++;
  index += cmark_node_get_list_start (list);
  /* All markers of a list are as wide as its longest number is likely to be. */
  *width = cmark_node_get_list_start (list) > 989 ? 5 : 3;
  return g_strdup_printf (cmark_node_get_list_delim (list) == CMARK_PAREN_DELIM ? "%d)" : "%d.", index);
}

static void
update_item (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  GtkWidget *marker = gtk_widget_get_first_child (widget);
  GtkWidget *body = gtk_widget_get_last_child (widget);
  int width;
  g_autofree char *text = dup_marker (node, pass->list_depth, &width);

  gtk_label_set_text (GTK_LABEL (marker), text);
  gtk_label_set_width_chars (GTK_LABEL (marker), width);
  gtk_widget_set_direction (marker, pass->direction);
  gtk_widget_set_direction (body, pass->direction);
  update_children (pass, body, node);
}

/* A task: its box says to everyone whether it is done, and to nobody that one could change it. */
static GtkWidget *
create_task (void)
{
  GtkWidget *item = g_object_new (GTK_TYPE_BOX, "spacing", 6, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  GtkWidget *check = g_object_new (GTK_TYPE_CHECK_BUTTON, "valign", GTK_ALIGN_START, "focusable", FALSE, "can-focus", FALSE, "can-target", FALSE, NULL);
  GtkWidget *body = create_box ("item-body");

  gtk_widget_add_css_class (item, "item");
  gtk_widget_add_css_class (item, "task");
  gtk_widget_set_hexpand (body, TRUE);
  gtk_box_append (GTK_BOX (item), check);
  gtk_box_append (GTK_BOX (item), body);
  return item;
}

static void
update_task (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  GtkWidget *check = gtk_widget_get_first_child (widget);
  GtkWidget *body = gtk_widget_get_last_child (widget);
  g_autofree char *words = app_markdown_plain_text (node, 256);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), cmark_gfm_extensions_get_tasklist_item_checked (node));
  /* Its state follows the button's; that it cannot be pressed is said here. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, words, GTK_ACCESSIBLE_PROPERTY_READ_ONLY, TRUE, -1);
  gtk_widget_set_direction (check, pass->direction);
  gtk_widget_set_direction (body, pass->direction);
  update_children (pass, body, node);
}

/* A footnote: its number, which leads back to its first reference, beside its blocks. */
static GtkWidget *
create_note (void)
{
  GtkWidget *note = g_object_new (GTK_TYPE_BOX, "spacing", 8, "accessible-role", GTK_ACCESSIBLE_ROLE_NOTE, NULL);
  GtkWidget *number = ui_markdown_label_new (GTK_ACCESSIBLE_ROLE_LABEL);
  GtkWidget *body = create_box ("item-body");

  gtk_widget_add_css_class (note, "footnote");
  gtk_widget_add_css_class (number, "marker");
  gtk_label_set_width_chars (GTK_LABEL (number), 3);
  gtk_label_set_xalign (GTK_LABEL (number), 1.0);
  gtk_widget_set_valign (number, GTK_ALIGN_START);
  gtk_widget_set_hexpand (body, TRUE);
  gtk_box_append (GTK_BOX (note), number);
  gtk_box_append (GTK_BOX (note), body);
  return note;
}

static void
update_note (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  GtkWidget *number = gtk_widget_get_first_child (widget);
  GtkWidget *body = gtk_widget_get_last_child (widget);
  g_autofree char *markup = NULL;
  g_autofree char *name = NULL;
  guint index = 1;

  for (cmark_node *n = cmark_node_previous (node); n != NULL && cmark_node_get_type (n) == CMARK_NODE_FOOTNOTE_DEFINITION; n = cmark_node_previous (n))
    index++;
  markup = g_strdup_printf ("<a href=\"#" UI_MARKDOWN_REFERENCE "%u\" title=\"%s\">%u.</a>", index, _("Back to the text"), index);
  /* Translators: the name of a footnote for a screen reader. */
  name = g_strdup_printf (_("Note %u"), index);
  ui_wrap_set_markup (GTK_LABEL (number), markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_direction (number, pass->direction);
  gtk_widget_set_direction (body, pass->direction);
  update_children (pass, body, node);
}

static void
update_table (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
  ui_table_set_node (UI_TABLE (widget), node, pass->direction);
}

static GtkWidget *
create_rule (void)
{
  GtkWidget *rule = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);

  gtk_widget_add_css_class (rule, "rule");
  return rule;
}

static void
update_rule (UiMarkdownPass *pass, GtkWidget *widget, cmark_node *node)
{
}

/* What is nested too deeply, as one label without formatting. */
static GtkWidget *
create_flat (void)
{
  return create_label ("flat");
}

enum { PARAGRAPH, HEADING, CODE, HTML, FORMULA, QUOTE, LIST, ITEM, TASK, NOTE, TABLE, RULE, FLAT };

static const Kind kinds[] = {
  [PARAGRAPH] = { "paragraph", create_paragraph, update_paragraph },
  [HEADING] = { "heading", create_heading, update_heading },
  [CODE] = { "code", ui_code_block_new, update_code },
  [HTML] = { "html", create_html, update_html },
  [FORMULA] = { "formula", create_formula, update_formula },
  [QUOTE] = { "quote", create_quote, update_children },
  [LIST] = { "list", create_list, update_list },
  [ITEM] = { "item", create_item, update_item },
  [TASK] = { "task", create_task, update_task },
  [NOTE] = { "note", create_note, update_note },
  [TABLE] = { "table", ui_table_new, update_table },
  [RULE] = { "rule", create_rule, update_rule },
  [FLAT] = { "flat", create_flat, update_html },
};

static const Kind *
kind_of (UiMarkdownPass *pass, cmark_node *node)
{
  gboolean deep = pass->depth >= UI_MARKDOWN_MAX_DEPTH || pass->n_blocks >= UI_MARKDOWN_MAX_BLOCKS;

  switch (cmark_node_get_type (node)) {
  case CMARK_NODE_PARAGRAPH:
    return &kinds[PARAGRAPH];
  case CMARK_NODE_HEADING:
    return &kinds[HEADING];
  case CMARK_NODE_CODE_BLOCK:
    return &kinds[deep || pass->n_code_blocks >= UI_MARKDOWN_MAX_CODE_BLOCKS ? FLAT : CODE];
  case CMARK_NODE_HTML_BLOCK:
    return &kinds[app_markdown_get_formula (node) != NULL && ui_formula_can_show (app_markdown_get_formula (node)) ? FORMULA : HTML];
  case CMARK_NODE_THEMATIC_BREAK:
    return &kinds[RULE];
  case CMARK_NODE_BLOCK_QUOTE:
    return &kinds[deep ? FLAT : QUOTE];
  case CMARK_NODE_LIST:
    return &kinds[deep ? FLAT : LIST];
  case CMARK_NODE_ITEM:
    return &kinds[deep ? FLAT : g_str_equal (cmark_node_get_type_string (node), "tasklist") ? TASK : ITEM];
  case CMARK_NODE_FOOTNOTE_DEFINITION:
    return &kinds[deep ? FLAT : NOTE];
  default:
    break;
  }
  if (!deep && g_str_equal (cmark_node_get_type_string (node), "table"))
    return &kinds[TABLE];
  if (!deep && g_str_equal (cmark_node_get_type_string (node), "tasklist"))
    return &kinds[TASK];
  return &kinds[FLAT];
}

/* The direction of a top-level block is that of its first letter. */
static GtkTextDirection
direction_of (cmark_node *node)
{
  g_autofree char *text = app_markdown_plain_text (node, 256);

  return ui_direction_of_text (text) == GTK_TEXT_DIR_RTL ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR;
}

static void
remove_from (GtkWidget *box, GtkWidget *child)
{
  while (child != NULL) {
    GtkWidget *next = gtk_widget_get_next_sibling (child);

    gtk_widget_unparent (child);
    child = next;
  }
}

static GtkWidget *
put_widget (GtkWidget *box, GtkWidget *child, const Kind *kind)
{
  GtkWidget *widget;

  if (child != NULL && g_object_get_qdata (G_OBJECT (child), kind_quark ()) == kind)
    return child;
  widget = kind->create ();
  g_object_set_qdata (G_OBJECT (widget), kind_quark (), (gpointer) kind);
  gtk_widget_insert_before (widget, box, child);
  if (child != NULL)
    gtk_widget_unparent (child);
  return widget;
}

void
ui_markdown_blocks_update (UiMarkdownPass *pass, GtkWidget *box, GtkWidget *child, cmark_node *node)
{
  for (; node != NULL; node = cmark_node_next (node)) {
    const Kind *kind = kind_of (pass, node);
    GtkWidget *widget;

    if (pass->n_blocks >= UI_MARKDOWN_MAX_BLOCKS + UI_MARKDOWN_MAX_DEPTH)
      break;
    if (pass->n_blocks == UI_MARKDOWN_MAX_BLOCKS) {
      /* The last block that fits holds the text of everything after it. */
      GString *rest = g_string_new (NULL);

      for (cmark_node *n = node; n != NULL && rest->len < UI_MARKDOWN_MAX_PLAIN; n = cmark_node_next (n)) {
        g_autofree char *text = app_markdown_plain_text (n, UI_MARKDOWN_MAX_PLAIN);

        g_string_append_printf (rest, "%s\n", text);
      }
      pass->n_blocks++;
      ui_markdown_blocks_update_plain (pass, box, child, rest->str);
      g_string_free (rest, TRUE);
      return;
    }
    widget = put_widget (box, child, kind);
    pass->n_blocks++;
    pass->n_code_blocks += kind == &kinds[CODE];
    if (pass->depth == 0)
      pass->direction = direction_of (node);
    gtk_widget_set_direction (widget, kind == &kinds[CODE] || kind == &kinds[FORMULA] ? GTK_TEXT_DIR_LTR : pass->direction);
    kind->update (pass, widget, node);
    child = gtk_widget_get_next_sibling (widget);
  }
  remove_from (box, child);
}

void
ui_markdown_blocks_update_plain (UiMarkdownPass *pass, GtkWidget *box, GtkWidget *child, const char *text)
{
  GtkTextDirection direction = ui_direction_of_text (text);
  gsize length = strlen (text);
  const char *stop = text + MIN (length, UI_MARKDOWN_MAX_PLAIN);

  while (text < stop) {
    const char *end = text + MIN (stop - text, UI_WRAP_MAX_TEXT);
    g_autofree char *markup = NULL;

    if (end < stop) {
      /* Cut after a line, else after a word, else between two characters. */
      const char *cut = g_strrstr_len (text, end - text, "\n");

      if (cut == NULL)
        cut = g_strrstr_len (text, end - text, " ");
      end = cut != NULL && cut > text ? cut + 1 : g_utf8_find_prev_char (text, end + 1);
    }
    markup = g_markup_escape_text (text, end[-1] == '\n' ? end - text - 1 : end - text);
    child = put_widget (box, child, &kinds[FLAT]);
    gtk_widget_set_direction (child, direction);
    ui_wrap_set_markup (GTK_LABEL (child), markup);
    child = gtk_widget_get_next_sibling (child);
    text = end;
  }
  if (length > UI_MARKDOWN_MAX_PLAIN) {
    g_autofree char *size = app_size_dup_text (length - UI_MARKDOWN_MAX_PLAIN);
    g_autofree char *note = g_strdup_printf (_("%s more are not shown. Copy the answer to have all of it."), size);

    child = put_widget (box, child, &kinds[HTML]);
    ui_wrap_set_markup (GTK_LABEL (child), note);
    child = gtk_widget_get_next_sibling (child);
  }
  remove_from (box, child);
}

cmark_node *
ui_markdown_blocks_find_caret (cmark_node *document)
{
  cmark_node *node = cmark_node_last_child (document);

  while (node != NULL) {
    cmark_node_type type = cmark_node_get_type (node);

    if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)
      return node;
    if (type != CMARK_NODE_LIST && type != CMARK_NODE_ITEM && type != CMARK_NODE_BLOCK_QUOTE &&
        !g_str_equal (cmark_node_get_type_string (node), "tasklist"))
      return NULL;
    node = cmark_node_last_child (node);
  }
  return NULL;
}
