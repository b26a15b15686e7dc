/* SPDX-License-Identifier: MIT */
#include "markdown.h"

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#include "markdown-private.h"

/* Bytes that a cell or a block counts beside its words. */
#define OVERHEAD 4

Markdown *
markdown_new (size_t max_bytes)
{
  Markdown *m = g_new0 (Markdown, 1);
  m->max = max_bytes;
  m->out = g_string_new (NULL);
  m->line = g_string_new (NULL);
  m->stack = g_array_new (FALSE, TRUE, sizeof (Container));
  return m;
}

void
markdown_free (Markdown *m)
{
  while (m->stack->len > 0)
    markdown_pop (m);
  g_array_unref (m->stack);
  g_string_free (m->out, TRUE);
  g_string_free (m->line, TRUE);
  g_free (m->url);
  g_free (m);
}

bool
markdown_is_full (const Markdown *m)
{
  return m->used >= m->max;
}

uint64_t
markdown_get_words (const Markdown *m)
{
  return m->words;
}

char *
markdown_finish (Markdown *m, bool *cut)
{
  markdown_end_block (m);
  while (m->stack->len > 0)
    markdown_pop (m);
  if (cut != NULL)
    *cut = markdown_is_full (m) || m->out->len > m->max;
  if (m->out->len > m->max) {
    size_t length = m->max;
    while (length > 0 && ((guchar) m->out->str[length] & 0xc0) == 0x80)
      length--;
    g_string_truncate (m->out, length);
  }
  return g_strdup (m->out->str);
}

/* ---- blocks ---------------------------------------------------------------------------------------------------------------- */

/* What stands before a line. `first`: of a block, so that the marks of items that have not begun are written. */
static void
append_prefix (Markdown *m, bool first)
{
  size_t start = m->out->len;
  for (guint i = m->base; i < m->stack->len; i++) {
    Container *container = &g_array_index (m->stack, Container, i);
    if (container->kind == MARKDOWN_QUOTE)
      g_string_append (m->out, "> ");
    else if (container->kind == MARKDOWN_ITEM && first && !container->written) {
      size_t before = m->out->len;
      if (container->number > 0)
        g_string_append_printf (m->out, "%u. ", container->number);
      else
        g_string_append (m->out, "- ");
      container->width = (guint) (m->out->len - before);
    } else if (container->kind == MARKDOWN_ITEM)
      g_string_append_printf (m->out, "%*s", (int) container->width, "");
  }
  m->used += m->out->len - start;
}

static void
trim_line (GString *out)
{
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
}

/* Between two blocks: nothing between the items of a list, an empty line elsewhere (of the quote that both are in). A list within an item needs the line too when it
 * does not begin with 1, or it would be taken for more of the item's paragraph. */
static void
append_gap (Markdown *m)
{
  bool item = false, interrupts = true, begins = false;
  if (m->out->len == 0)
    return;
  for (guint i = m->base; i < m->stack->len; i++) {
    const Container *container = &g_array_index (m->stack, Container, i);
    if (container->kind == MARKDOWN_LIST)
      begins = !container->written;
    if (container->kind == MARKDOWN_ITEM && !container->written) {
      item = true;
      interrupts &= container->number <= 1 || !(begins || container->flat > m->after_flat);
    }
  }
  if (item && m->after_item && interrupts)
    return;
  for (guint i = m->base; i < m->stack->len; i++) {
    const Container *container = &g_array_index (m->stack, Container, i);
    if (!container->written)
      break;
    if (container->kind == MARKDOWN_QUOTE)
      g_string_append (m->out, "> ");
    else if (container->kind == MARKDOWN_ITEM)
      g_string_append_printf (m->out, "%*s", (int) container->width, "");
  }
  trim_line (m->out);
  g_string_append_c (m->out, '\n');
}

void
markdown_emit (Markdown *m, const char *block, bool heading)
{
  append_gap (m);
  if (m->out->len == m->mark)
    m->mark_heading = heading;
  for (const char *at = block; at != NULL;) {
    const char *end = strchr (at, '\n');
    append_prefix (m, at == block);
    g_string_append_len (m->out, at, end != NULL ? end - at : (gssize) strlen (at));
    if (at == block)
      for (guint i = m->base; i < m->stack->len; i++)
        g_array_index (m->stack, Container, i).written = true;
    if (end == NULL || end == at)
      trim_line (m->out);
    g_string_append_c (m->out, '\n');
    at = end != NULL ? end + 1 : NULL;
  }
  m->after_item = false;
  m->after_flat = 0;
  for (guint i = m->base; i < m->stack->len; i++) {
    const Container *container = &g_array_index (m->stack, Container, i);
    m->after_item |= container->kind == MARKDOWN_ITEM;
    m->after_flat = MAX (m->after_flat, container->flat);
  }
  m->used += OVERHEAD;
}

void
markdown_begin_paragraph (Markdown *m)
{
  markdown_end_block (m);
  m->block = BLOCK_PARAGRAPH;
}

void
markdown_begin_heading (Markdown *m, unsigned level)
{
  markdown_end_block (m);
  m->block = BLOCK_HEADING;
  m->level = CLAMP (level, 1, 6);
}

/* Words at the beginning of a line that would be the mark of a block. */
static bool
begins_block (const char *line)
{
  size_t n = strspn (line, "#");
  if (n >= 1 && n <= 6 && (line[n] == ' ' || line[n] == '\0' || line[n] == '\n'))
    return true;
  if (line[0] == '>' || g_str_has_prefix (line, "~~~"))
    return true;
  if (strchr ("-+*=_", line[0]) != NULL && line[0] != '\0') {
    n = strspn (line, (const char[]) { line[0], ' ', '\0' });
    if (line[n] == '\0' || line[n] == '\n')
      return true;
    return strchr ("-+*", line[0]) != NULL && line[1] == ' ';
  }
  return false;
}

/* "1." and "1)": the backslash belongs before the full stop. Returns its place, 0 if there is none. */
static size_t
begins_number (const char *line)
{
  size_t n = strspn (line, "0123456789");
  return n >= 1 && n <= 9 && (line[n] == '.' || line[n] == ')') && (line[n + 1] == ' ' || line[n + 1] == '\0' || line[n + 1] == '\n') ? n : 0;
}

static void
escape_lines (GString *text)
{
  for (size_t at = 0; at < text->len;) {
    size_t number = begins_number (text->str + at);
    if (number > 0)
      g_string_insert_c (text, (gssize) (at + number), '\\');
    else if (begins_block (text->str + at))
      g_string_insert_c (text, (gssize) at, '\\');
    const char *end = strchr (text->str + at, '\n');
    at = end != NULL ? (size_t) (end - text->str) + 1 : text->len;
  }
}

void
markdown_end_block (Markdown *m)
{
  markdown_close_marks (m);
  if (m->line->len > 0) {
    if (m->block == BLOCK_HEADING) {
      char marks[8];
      size_t last = m->line->len;
      /* Such signs at its end would only be taken for its frame. */
      while (last > 0 && m->line->str[last - 1] == '#')
        last--;
      if (last < m->line->len && (last == 0 || m->line->str[last - 1] == ' '))
        g_string_insert_c (m->line, (gssize) last, '\\');
      memset (marks, '#', m->level);
      marks[m->level] = ' ';
      g_string_insert_len (m->line, 0, marks, m->level + 1);
    } else
      escape_lines (m->line);
    GString *line = m->line;
    m->line = g_string_new (NULL);
    markdown_emit (m, line->str, m->block == BLOCK_HEADING);
    g_string_free (line, TRUE);
  }
  m->block = BLOCK_NONE;
  m->space = m->new_line = m->in_word = false;
  g_clear_pointer (&m->url, g_free);
}

void
markdown_code_block (Markdown *m, const char *text, size_t length)
{
  size_t longest = 2, run = 0;

  markdown_end_block (m);
  if (markdown_is_full (m))
    return;
  length = MIN (length, m->max - m->used);
  g_autofree char *copy = g_strndup (text, length);
  g_autofree char *valid = g_utf8_make_valid (copy, -1);
  g_strchomp (valid);
  for (const char *at = valid; *at != '\0'; at++) {
    run = *at == '`' ? run + 1 : 0;
    longest = MAX (longest, run);
  }
  g_autofree char *fence = g_strnfill (longest + 1, '`');
  g_autofree char *block = g_strdup_printf ("%s\n%s\n%s", fence, valid, fence);
  m->used += length;
  markdown_count_words (m, valid);
  markdown_emit (m, block, false);
}

void
markdown_rule (Markdown *m)
{
  markdown_end_block (m);
  if (!markdown_is_full (m))
    markdown_emit (m, "---", false);
}

void
markdown_remark_block (Markdown *m, const char *format, ...)
{
  va_list arguments;

  markdown_end_block (m);
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *block = g_strdup_printf ("[%s]", words);
  m->used += strlen (block);
  markdown_emit (m, block, false);
}

/* Its further paragraphs are indented, as the dialects that know notes have it. */
void
markdown_note (Markdown *m, unsigned number, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) block = g_string_new (NULL);

  markdown_end_block (m);
  if (markdown_is_full (m))
    return;
  g_string_printf (block, "[^%u]: ", number);
  for (unsigned i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '\0')
      g_string_append_printf (block, "%s%s", i > 0 ? "\n    " : "", lines[i]);
  m->used += block->len;
  markdown_emit (m, block->str, false);
}

/* ---- containers ------------------------------------------------------------------------------------------------------------ */

static Container *
push (Markdown *m, MarkdownContainer kind)
{
  markdown_end_block (m);
  if (m->stack->len >= MARKDOWN_MAX_DEPTH) {
    m->too_deep++;
    return NULL;
  }
  g_array_set_size (m->stack, m->stack->len + 1);
  Container *container = &g_array_index (m->stack, Container, m->stack->len - 1);
  container->kind = kind;
  return container;
}

void
markdown_open_quote (Markdown *m)
{
  push (m, MARKDOWN_QUOTE);
}

void
markdown_open_list (Markdown *m, bool ordered, unsigned start)
{
  Container *container = push (m, MARKDOWN_LIST);
  if (container != NULL)
    container->number = ordered ? MIN (start, 100000000) : 0;
  if (container != NULL)
    container->ordered = ordered;
}

void
markdown_open_item (Markdown *m)
{
  Container *container = push (m, MARKDOWN_ITEM);
  if (container == NULL)
    return;
  for (guint i = m->stack->len - 1; i-- > m->base;) {
    Container *list = &g_array_index (m->stack, Container, i);
    if (list->kind == MARKDOWN_LIST) {
      container->number = list->ordered ? list->number++ : 0;
      break;
    }
  }
}

void
markdown_flat_item (Markdown *m, unsigned depth, unsigned number)
{
  markdown_end_block (m);
  while (m->stack->len > m->base) {
    const Container *last = &g_array_index (m->stack, Container, m->stack->len - 1);
    if (last->flat == 0 || last->flat < depth)
      break;
    if (depth > 0 && last->flat == depth && !last->written)
      break; /* an item without words: the next takes its place */
    markdown_pop (m);
  }
  if (depth == 0) {
    while (m->stack->len > m->base && g_array_index (m->stack, Container, m->stack->len - 1).flat > 0)
      markdown_pop (m);
    return;
  }
  Container *item = m->stack->len > m->base ? &g_array_index (m->stack, Container, m->stack->len - 1) : NULL;
  if (item == NULL || item->flat != depth)
    item = push (m, MARKDOWN_ITEM);
  if (item != NULL) {
    item->flat = depth;
    item->number = number;
  }
}

bool
markdown_is_in (const Markdown *m, MarkdownContainer kind)
{
  for (guint i = 0; i < m->stack->len; i++)
    if (g_array_index (m->stack, Container, i).kind == kind)
      return true;
  return false;
}

void
markdown_open_table (Markdown *m, bool layout)
{
  for (guint i = 0; i < m->stack->len; i++)
    if (g_array_index (m->stack, Container, i).table != NULL)
      g_array_index (m->stack, Container, i).table->nested = true;
  Container *container = push (m, MARKDOWN_TABLE);
  if (container != NULL)
    container->table = markdown_table_new (layout);
}

static Table *
innermost_table (Markdown *m)
{
  for (guint i = m->stack->len; i-- > 0;)
    if (g_array_index (m->stack, Container, i).table != NULL)
      return g_array_index (m->stack, Container, i).table;
  return NULL;
}

void
markdown_table_is_layout (Markdown *m)
{
  Table *table = innermost_table (m);
  if (table != NULL)
    table->places = true;
}

/* Rows and cells stand in a table, or nowhere; what is still open of the one before is closed. */
void
markdown_open_row (Markdown *m)
{
  Table *table = innermost_table (m);
  markdown_close (m, MARKDOWN_ROW);
  if (table == NULL || push (m, MARKDOWN_ROW) == NULL)
    return;
  markdown_table_add_row (table);
}

void
markdown_open_cell (Markdown *m, unsigned span)
{
  Table *table = innermost_table (m);
  markdown_close (m, MARKDOWN_CELL);
  if (table == NULL)
    return;
  if (table->rows->len == 0)
    markdown_open_row (m);
  Container *cell = push (m, MARKDOWN_CELL);
  if (cell == NULL)
    return;
  cell->outside = m->out;
  cell->outside_base = m->base;
  cell->outside_after_item = m->after_item;
  m->out = markdown_table_add_cell (table, span);
  m->base = m->stack->len;
  m->after_item = false;
  m->used += OVERHEAD * MIN (span, MARKDOWN_MAX_COLUMNS);
}

void
markdown_pop (Markdown *m)
{
  Container container = g_array_index (m->stack, Container, m->stack->len - 1);
  markdown_end_block (m);
  g_array_set_size (m->stack, m->stack->len - 1);
  if (container.kind == MARKDOWN_CELL) {
    m->out = container.outside;
    m->base = container.outside_base;
    m->after_item = container.outside_after_item;
  } else if (container.kind == MARKDOWN_TABLE) {
    markdown_table_write (m, container.table);
    markdown_table_free (container.table);
  }
}

void
markdown_close (Markdown *m, MarkdownContainer kind)
{
  /* A row closes its cells, a table its rows; but nothing in a cell closes what is around it. */
  bool through_cells = kind == MARKDOWN_TABLE || kind == MARKDOWN_ROW || kind == MARKDOWN_CELL;
  guint i = m->stack->len;

  markdown_end_block (m);
  if (m->too_deep > 0) {
    m->too_deep--;
    return;
  }
  while (i-- > 0) {
    const Container *container = &g_array_index (m->stack, Container, i);
    if (container->kind == kind && container->flat == 0)
      break;
    if ((container->kind == MARKDOWN_TABLE && kind != MARKDOWN_TABLE) || (container->kind == MARKDOWN_CELL && !through_cells))
      return;
  }
  if (i == G_MAXUINT)
    return;
  while (m->stack->len > i)
    markdown_pop (m);
}

/* ---- places ---------------------------------------------------------------------------------------------------------------- */

size_t
markdown_mark (Markdown *m)
{
  markdown_end_block (m);
  while (m->stack->len > 0)
    markdown_pop (m);
  m->too_deep = 0;
  /* The gap that the next block will make. */
  m->mark = m->out->len + (m->out->len > 0);
  m->mark_heading = false;
  m->after_item = false;
  return m->mark;
}

bool
markdown_wrote (const Markdown *m, size_t mark, bool *heading)
{
  *heading = m->mark_heading;
  return m->out->len > mark;
}

void
markdown_insert_heading (Markdown *m, size_t mark, unsigned level, const char *text)
{
  g_autoptr (GString) heading = g_string_new (NULL);
  Markdown *other = markdown_new (4096);
  markdown_begin_heading (other, level);
  markdown_text (other, text, strlen (text), 0);
  g_autofree char *line = markdown_finish (other, NULL);
  markdown_free (other);
  g_string_printf (heading, "%s\n", line);
  if (mark <= m->out->len)
    g_string_insert_len (m->out, (gssize) mark, heading->str, (gssize) heading->len);
  m->used += heading->len;
}
