/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-markdown-inline.h"

#include <glib/gi18n.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

#include "app-formula.h"
#include "app-markdown.h"
#include "formula/formula-layout.h"
#include "ui-link.h"
#include "ui-sources.h"
#include "ui-markdown-label.h"

#define CARET "<span alpha=\"55%\">\342\226\215</span>"

/* What is being written. Tags are closed in the order of `closers`, a stack of constant strings;
 * a NULL stands for a node whose tag was left out. */
typedef struct {
  GString *out;
  GPtrArray *closers;
  GPtrArray *formulas; /* (nullable): UiFormulaLayout */
  GString *words;
  gsize text_bytes;
  guint n_tags;
  guint links; /* depth of <a>: GtkLabel does not nest them */
  gboolean full;
} Writer;

static void
write_text (Writer *w, const char *text)
{
  gsize length;
  g_autofree char *escaped = NULL;

  if (w->full || text == NULL)
    return;
  length = strlen (text);
  if (w->text_bytes + length > UI_MARKDOWN_MAX_LABEL) {
    const char *end = g_utf8_find_prev_char (text, text + MIN (length, UI_MARKDOWN_MAX_LABEL - w->text_bytes) + 1);

    length = end != NULL ? end - text : 0;
    w->full = TRUE;
  }
  w->text_bytes += length;
  g_string_append_len (w->words, text, length);
  escaped = g_markup_escape_text (text, length);
  g_string_append (w->out, escaped);
  if (w->full)
    g_string_append (w->out, "\342\200\246");
}

static void
open_tag (Writer *w, const char *tag, const char *closer)
{
  if (closer != NULL && w->closers->len < UI_MARKDOWN_MAX_INLINE_DEPTH && w->n_tags < UI_MARKDOWN_MAX_TAGS) {
    w->n_tags++;
    g_string_append (w->out, tag);
    g_ptr_array_add (w->closers, (gpointer) closer);
  } else {
    g_ptr_array_add (w->closers, NULL);
  }
}

static void
close_tag (Writer *w)
{
  const char *closer = g_ptr_array_steal_index (w->closers, w->closers->len - 1);

  if (closer == NULL)
    return;
  if (g_str_has_suffix (closer, "</a>"))
    w->links--;
  g_string_append (w->out, closer);
}

/* A link whose address can be seen before it is opened: GtkLabel shows the title as tooltip, and reads that as markup again. */
static void
open_link (Writer *w, const char *url)
{
  g_autofree char *href = NULL;
  g_autofree char *once = NULL;
  g_autofree char *title = NULL;
  g_autofree char *tag = NULL;

  if (w->links == 0 && ui_sources_parse_link (url) > 0) {
    g_autofree char *source = g_strdup_printf ("<a href=\"%s\"><span size=\"78%%\" rise=\"3pt\">", url);

    w->links++;
    open_tag (w, source, "</span></a>");
    return;
  }
  if (w->links > 0 || w->n_tags >= UI_MARKDOWN_MAX_TAGS || w->closers->len >= UI_MARKDOWN_MAX_INLINE_DEPTH || !ui_link_is_allowed (url)) {
    open_tag (w, "", NULL);
    return;
  }
  href = g_markup_escape_text (url, -1);
  once = ui_link_dup_display (url);
  title = g_markup_escape_text (once, -1);
  g_free (once);
  once = g_steal_pointer (&title);
  title = g_markup_escape_text (once, -1);
  tag = g_strdup_printf ("<a href=\"%s\" title=\"%s\">", href, title);
  w->links++;
  open_tag (w, tag, "</a>");
}

static void
write_code (Writer *w, const char *text)
{
  if (w->n_tags++ >= UI_MARKDOWN_MAX_TAGS) {
    write_text (w, text);
    return;
  }
  /* A background with alpha suits both light and dark. */
  g_string_append (w->out, "<span font_family=\"monospace\" size=\"92%\" background=\"#808080\" background_alpha=\"16%\">");
  write_text (w, text);
  g_string_append (w->out, "</span>");
}

/* Set as the Markdown says: one that was written to stand alone, but in a heading or a table, is in a line all the same. */
static void
write_formula (Writer *w, const char *tex, const char *source)
{
  g_autoptr (AppFormula) formula = w->formulas != NULL && w->n_tags < UI_MARKDOWN_MAX_TAGS ? app_formula_new (tex) : NULL;
  g_autoptr (UiFormulaLayout) layout = formula != NULL ? ui_formula_layout_new (formula, FALSE) : NULL;
  g_autofree char *flat = app_markdown_squeeze (source);
  g_autofree char *spoken = formula != NULL ? app_formula_dup_words (formula) : g_strdup (flat);

  if (layout == NULL || w->full || w->text_bytes + strlen (flat) > UI_MARKDOWN_MAX_LABEL) {
    write_code (w, flat);
    return;
  }
  w->n_tags++;
  /* Numbers and letters beside it are no part of it. */
  g_string_append (w->out, "<span allow_breaks=\"false\">");
  {
    gsize before = w->words->len;

    write_text (w, flat);
    g_string_truncate (w->words, before);
    g_string_append (w->words, spoken);
  }
  g_string_append (w->out, "</span>");
  g_ptr_array_add (w->formulas, g_steal_pointer (&layout));
}

/* The number of a footnote, raised; a link to the note. */
static void
write_reference (Writer *w, const char *number)
{
  if (w->n_tags >= UI_MARKDOWN_MAX_TAGS || w->links > 0) {
    write_text (w, number);
    return;
  }
  w->n_tags++;
  g_string_append_printf (w->out, "<a href=\"#" UI_MARKDOWN_NOTE "%d\"><span rise=\"5000\" size=\"75%%\">", atoi (number));
  write_text (w, number);
  g_string_append (w->out, "</span></a>");
}

static void
enter_node (Writer *w, cmark_node *node)
{
  switch (cmark_node_get_type (node)) {
  case CMARK_NODE_TEXT:
    write_text (w, cmark_node_get_literal (node));
    return;
  case CMARK_NODE_SOFTBREAK:
    write_text (w, " ");
    return;
  case CMARK_NODE_LINEBREAK:
    write_text (w, "\n");
    return;
  case CMARK_NODE_CODE:
    write_code (w, cmark_node_get_literal (node));
    return;
  case CMARK_NODE_HTML_INLINE:
    if (app_markdown_get_formula (node) != NULL)
      write_formula (w, app_markdown_get_formula (node), cmark_node_get_literal (node));
    else
      write_text (w, cmark_node_get_literal (node));
    return;
  case CMARK_NODE_FOOTNOTE_REFERENCE:
    write_reference (w, cmark_node_get_literal (node));
    return;
  case CMARK_NODE_EMPH:
    open_tag (w, "<i>", "</i>");
    return;
  case CMARK_NODE_STRONG:
    open_tag (w, "<b>", "</b>");
    return;
  case CMARK_NODE_LINK:
    open_link (w, cmark_node_get_url (node));
    return;
  case CMARK_NODE_IMAGE:
    open_link (w, cmark_node_get_url (node));
    /* Translators: stands before the description of a picture that is on the network and is not loaded. */
    write_text (w, _("Picture: "));
    if (cmark_node_first_child (node) == NULL)
      write_text (w, cmark_node_get_url (node));
    return;
  default:
    if (g_str_equal (cmark_node_get_type_string (node), "strikethrough"))
      open_tag (w, "<s>", "</s>");
    else
      open_tag (w, "", NULL);
  }
}

static gboolean
is_leaf (cmark_node *node)
{
  switch (cmark_node_get_type (node)) {
  case CMARK_NODE_TEXT:
  case CMARK_NODE_SOFTBREAK:
  case CMARK_NODE_LINEBREAK:
  case CMARK_NODE_CODE:
  case CMARK_NODE_HTML_INLINE:
  case CMARK_NODE_FOOTNOTE_REFERENCE:
    return TRUE;
  default:
    return FALSE;
  }
}

char *
ui_markdown_inline_markup (cmark_node *block, gboolean caret, GPtrArray *formulas, char **words)
{
  Writer w = { .out = g_string_new (NULL), .closers = g_ptr_array_new (), .formulas = formulas, .words = g_string_new (NULL) };
  cmark_iter *iter = cmark_iter_new (block);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);

    if (node == block)
      continue;
    if (event == CMARK_EVENT_ENTER)
      enter_node (&w, node);
    else if (!is_leaf (node))
      close_tag (&w);
  }
  cmark_iter_free (iter);
  g_ptr_array_unref (w.closers);
  if (words != NULL)
    *words = g_string_free (w.words, FALSE);
  else
    g_string_free (w.words, TRUE);
  if (caret)
    g_string_append (w.out, CARET);
  return g_string_free (w.out, FALSE);
}
