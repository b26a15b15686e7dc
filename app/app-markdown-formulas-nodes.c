/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Back into the parsed document: formulas become nodes of their own, and where none can be their source stands again. */
#include "app-markdown-formulas-private.h"

#include <string.h>

#include "app-markdown.h"

/* ---- sources ---- */

/* `text` with the sources of its formulas; NULL when it has none. */
static char *
restore (AppMarkdownFormulas *self, const char *text)
{
  GString *out = NULL;

  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p)) {
    const AppMarkdownFormula *entry = app_markdown_formulas_at (self, p);

    if (entry != NULL && out == NULL)
      out = g_string_new_len (text, p - text);
    if (entry != NULL)
      g_string_append (out, entry->source);
    else if (out != NULL)
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
  }
  return out != NULL ? g_string_free (out, FALSE) : NULL;
}

static void
restore_node (AppMarkdownFormulas *self, cmark_node *node)
{
  static const struct {
    const char *(*get) (cmark_node *);
    int (*set) (cmark_node *, const char *);
  } fields[] = {
    { cmark_node_get_literal, cmark_node_set_literal }, { cmark_node_get_url, cmark_node_set_url }, { cmark_node_get_title, cmark_node_set_title },
    { cmark_node_get_fence_info, cmark_node_set_fence_info },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autofree char *restored = restore (self, fields[i].get (node));

    if (restored != NULL)
      fields[i].set (node, restored);
  }
}

/* ---- what is known of nodes ---- */

/* What this program knows of a node beyond the parser. */
typedef struct {
  gsize offset; /* of a block at the top */
  char *tex;    /* (nullable) */
} Note;

static void
note_free (cmark_mem *mem, void *data)
{
  Note *note = data;

  g_free (note->tex);
  g_free (note);
}

static void
set_note (cmark_node *node, gsize offset, const char *tex)
{
  Note *note = g_new0 (Note, 1);

  note->offset = offset;
  note->tex = g_strdup (tex);
  cmark_node_set_user_data (node, note);
  cmark_node_set_user_data_free_func (node, note_free);
}

gsize
app_markdown_get_offset (cmark_node *node)
{
  Note *note = cmark_node_get_user_data (node);

  return note != NULL ? note->offset : APP_MARKDOWN_NO_OFFSET;
}

const char *
app_markdown_get_formula (cmark_node *node)
{
  Note *note = cmark_node_get_user_data (node);

  return note != NULL ? note->tex : NULL;
}

gboolean
app_markdown_is_display (cmark_node *node)
{
  const char *source = cmark_node_get_literal (node);

  return !g_str_has_prefix (source, "\\(") && (*source != '$' || source[1] == '$');
}

/* Where a formula can stand raw HTML can stand too; to whom does not know of formulas its literal is its source. */
static cmark_node *
formula_node (cmark_node_type type, const char *tex, const char *source)
{
  cmark_node *node = cmark_node_new (type);

  cmark_node_set_literal (node, source);
  set_note (node, APP_MARKDOWN_NO_OFFSET, tex);
  return node;
}

/* ---- formulas ---- */

static cmark_node *
text_node (AppMarkdownFormulas *self, const char *text, gsize length)
{
  cmark_node *node = cmark_node_new (CMARK_NODE_TEXT);
  g_autofree char *copy = g_strndup (text, length);

  cmark_node_set_literal (node, copy);
  restore_node (self, node);
  return node;
}

/* A text becomes texts and formulas. */
static void
split_text (AppMarkdownFormulas *self, cmark_node *node)
{
  g_autofree char *text = g_strdup (cmark_node_get_literal (node));
  const char *begin = text;
  gboolean changed = FALSE;

  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p)) {
    const AppMarkdownFormula *entry = app_markdown_formulas_at (self, p);

    if (entry == NULL || entry->tex == NULL)
      continue;
    if (p > begin)
      cmark_node_insert_before (node, text_node (self, begin, p - begin));
    cmark_node_insert_before (node, formula_node (CMARK_NODE_HTML_INLINE, entry->tex, entry->source));
    begin = p + strlen ("\360\220\200\200");
    changed = TRUE;
  }
  if (!changed) {
    restore_node (self, node);
    return;
  }
  if (*begin != '\0')
    cmark_node_insert_before (node, text_node (self, begin, strlen (begin)));
  cmark_node_free (node);
}

static gboolean
is_display_node (cmark_node *node)
{
  return cmark_node_get_type (node) == CMARK_NODE_HTML_INLINE && app_markdown_get_formula (node) != NULL && app_markdown_is_display (node);
}

static gboolean
is_break (cmark_node *node)
{
  cmark_node_type type = cmark_node_get_type (node);

  return type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK ||
         (type == CMARK_NODE_TEXT && strspn (cmark_node_get_literal (node), " ") == strlen (cmark_node_get_literal (node)));
}

static void
strip_text (cmark_node *node)
{
  g_autofree char *text = NULL;

  if (node == NULL || cmark_node_get_type (node) != CMARK_NODE_TEXT)
    return;
  text = g_strdup (cmark_node_get_literal (node));
  if (cmark_node_previous (node) == NULL)
    g_strchug (text);
  if (cmark_node_next (node) == NULL)
    g_strchomp (text);
  cmark_node_set_literal (node, text);
}

static void
trim (cmark_node *paragraph)
{
  cmark_node *node;

  while ((node = cmark_node_first_child (paragraph)) != NULL && is_break (node))
    cmark_node_free (node);
  while ((node = cmark_node_last_child (paragraph)) != NULL && is_break (node))
    cmark_node_free (node);
  strip_text (cmark_node_first_child (paragraph));
  strip_text (cmark_node_last_child (paragraph));
}

/* Formulas on lines of their own are blocks between the paragraphs before and after them. The first of these has the place of the paragraph. */
static void
split_paragraph (cmark_node *paragraph)
{
  gsize offset = app_markdown_get_offset (paragraph);
  cmark_node *child = cmark_node_first_child (paragraph);
  gboolean split = FALSE;

  while (child != NULL) {
    cmark_node *next = cmark_node_next (child);

    if (is_display_node (child)) {
      cmark_node *block = formula_node (CMARK_NODE_HTML_BLOCK, app_markdown_get_formula (child), cmark_node_get_literal (child));
      cmark_node *before = cmark_node_new (CMARK_NODE_PARAGRAPH);

      if (!cmark_node_insert_before (paragraph, before) || !cmark_node_insert_before (paragraph, block)) {
        cmark_node_free (before);
        cmark_node_free (block);
        return;
      }
      while (cmark_node_first_child (paragraph) != child)
        cmark_node_append_child (before, cmark_node_first_child (paragraph));
      cmark_node_free (child);
      trim (before);
      if (cmark_node_first_child (before) == NULL)
        g_clear_pointer (&before, cmark_node_free);
      if (!split) {
        g_autofree char *tex = before == NULL ? g_strdup (app_markdown_get_formula (block)) : NULL;

        if (before == NULL)
          note_free (NULL, cmark_node_get_user_data (block));
        set_note (before != NULL ? before : block, offset, tex);
      }
      split = TRUE;
    }
    child = next;
  }
  if (!split)
    return;
  if (cmark_node_get_user_data (paragraph) != NULL)
    note_free (NULL, cmark_node_get_user_data (paragraph));
  cmark_node_set_user_data (paragraph, NULL);
  trim (paragraph);
  if (cmark_node_first_child (paragraph) == NULL)
    cmark_node_free (paragraph);
}

/* ```math, and a formula that four spaces made code. */
static void
replace_code (AppMarkdownFormulas *self, cmark_node *node)
{
  const char *literal = cmark_node_get_literal (node);
  const char *info = cmark_node_get_fence_info (node);
  const AppMarkdownFormula *entry = literal != NULL ? app_markdown_formulas_at (self, literal) : NULL;
  g_autofree char *tex = NULL;
  g_autofree char *source = NULL;
  cmark_node *block;

  if (info != NULL && strcmp (info, "math") == 0 && literal != NULL) {
    tex = restore (self, literal);
    tex = g_strstrip (tex != NULL ? tex : g_strdup (literal));
    source = g_strdup_printf ("```math\n%s\n```", tex);
  } else if ((info == NULL || *info == '\0') && entry != NULL && entry->tex != NULL && entry->display && strcspn (literal, "\n") == 4 && literal[4 + 1] == '\0') {
    tex = g_strdup (entry->tex);
    source = g_strdup (entry->source);
  }
  if (tex == NULL || *tex == '\0') {
    restore_node (self, node);
    return;
  }
  block = formula_node (CMARK_NODE_HTML_BLOCK, tex, source);
  note_free (NULL, cmark_node_get_user_data (block));
  set_note (block, app_markdown_get_offset (node), tex);
  if (cmark_node_insert_before (node, block))
    cmark_node_free (node);
  else
    cmark_node_free (block);
}

static void
note_offsets (AppMarkdownFormulas *self, cmark_node *document)
{
  for (cmark_node *node = cmark_node_first_child (document); node != NULL; node = cmark_node_next (node))
    set_note (node, app_markdown_formulas_get_offset (self, cmark_node_get_start_line (node)), NULL);
}

char *
app_markdown_formulas_restore (AppMarkdownFormulas *self, const char *text, char *(*replace) (const char *tex, gboolean display))
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p)) {
    const AppMarkdownFormula *entry = app_markdown_formulas_at (self, p);

    if (entry != NULL && entry->tex != NULL) {
      g_autofree char *replaced = replace (entry->tex, entry->display);

      g_string_append (out, replaced);
    } else if (entry != NULL) {
      g_string_append (out, entry->source);
    } else {
      g_string_append_len (out, p, g_utf8_next_char (p) - p);
    }
  }
  return g_string_free (out, FALSE);
}

void
app_markdown_formulas_put_back_sources (AppMarkdownFormulas *self, cmark_node *document)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    if (event == CMARK_EVENT_ENTER && cmark_node_get_type (cmark_iter_get_node (iter)) != CMARK_NODE_TEXT)
      restore_node (self, cmark_iter_get_node (iter));
  cmark_iter_free (iter);
}

void
app_markdown_formulas_put_back (AppMarkdownFormulas *self, cmark_node *document)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  note_offsets (self, document);
  /* Nodes change while they are visited: first they are only noted. Leaves come before the paragraphs that hold them. */
  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *node = cmark_iter_get_node (iter);
    gboolean leaf = cmark_node_first_child (node) == NULL;

    if (leaf ? event == CMARK_EVENT_ENTER : event == CMARK_EVENT_EXIT)
      g_ptr_array_add (nodes, node);
  }
  cmark_iter_free (iter);
  for (guint i = 0; i < nodes->len; i++) {
    cmark_node *node = g_ptr_array_index (nodes, i);

    if (cmark_node_get_type (node) == CMARK_NODE_TEXT)
      split_text (self, node);
    else if (cmark_node_get_type (node) == CMARK_NODE_CODE_BLOCK)
      replace_code (self, node);
    else if (cmark_node_get_type (node) == CMARK_NODE_PARAGRAPH)
      split_paragraph (node);
    else
      restore_node (self, node);
  }
}
