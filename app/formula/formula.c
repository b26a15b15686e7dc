/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From source to tree: rows, groups, scripts and characters. The commands are in formula-commands.c, the tables in formula-tables.c.
 *
 * It is a descent without steps back. Every function either consumes source or makes nothing, so that time is linear. */
#include "formula-private.h"

#include <string.h>

static void
node_free (gpointer data)
{
  AppFormulaNode *node = data;

  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_free (node->text);
  g_free (node);
}

AppFormulaNode *
formula_node_new (Reader *reader, AppFormulaKind kind)
{
  AppFormulaNode *node = g_new0 (AppFormulaNode, 1);

  node->kind = kind;
  node->number = -1;
  g_ptr_array_add (reader->formula->nodes, node);
  reader->failed = reader->failed || reader->formula->nodes->len > APP_FORMULA_MAX_NODES;
  return node;
}

void
formula_node_add (AppFormulaNode *node, AppFormulaNode *child)
{
  if (node->children == NULL)
    node->children = g_ptr_array_new ();
  g_ptr_array_add (node->children, child);
}

void
formula_skip_spaces (Reader *reader)
{
  while (g_ascii_isspace (*reader->at))
    reader->at++;
}

gboolean
formula_take (Reader *reader, const char *word)
{
  gsize length = strlen (word);

  if (strncmp (reader->at, word, length) != 0)
    return FALSE;
  /* A command of letters ends where its letters end. */
  if (g_ascii_isalpha (word[length - 1]) && g_ascii_isalpha (reader->at[length]))
    return FALSE;
  reader->at += length;
  return TRUE;
}

static gboolean
is_next (Reader *reader, const char *word)
{
  const char *at = reader->at;
  gboolean next = formula_take (reader, word);

  reader->at = at;
  return next;
}

static gboolean
at_stop (Reader *reader, Stops stops)
{
  return (stops & STOP_BRACE && *reader->at == '}') || (stops & STOP_BRACKET && *reader->at == ']') ||
         (stops & STOP_CELL && (*reader->at == '&' || is_next (reader, "\\\\") || is_next (reader, "\\cr") || is_next (reader, "\\end"))) ||
         (stops & STOP_RIGHT && is_next (reader, "\\right"));
}

static AppFormulaNode *
source_new (Reader *reader, const char *text, gsize length)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_SOURCE);

  node->text = g_strndup (text, length);
  return node;
}

/* Characters that a keyboard or a person's script has, without a command. */
static AppFormulaNode *
read_character (Reader *reader)
{
  static const struct {
    char typed;
    gunichar meant;
  } signs[] = { { '-', 0x2212 }, { '*', 0x2217 } };
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_SYMBOL);
  gunichar c = g_utf8_get_char (reader->at);

  reader->at = g_utf8_next_char (reader->at);
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (c == (gunichar) signs[i].typed)
      c = signs[i].meant;
  node->character = c;
  node->symbol = app_formula_find_character (c);
  node->atom = node->symbol != NULL ? node->symbol->atom : APP_FORMULA_ORD;
  node->limits = node->symbol != NULL && node->symbol->limits;
  node->alphabet = reader->alphabet;
  if (c == '[' || c == '(')
    node->atom = APP_FORMULA_OPEN;
  return node;
}

static AppFormulaNode *
read_group (Reader *reader)
{
  AppFormulaAlphabet alphabet = reader->alphabet;
  AppFormulaNode *row;

  reader->at++;
  row = formula_read_row (reader, STOP_BRACE);
  reader->at += *reader->at == '}';
  reader->alphabet = alphabet;
  return row;
}

static AppFormulaNode *
read_command (Reader *reader)
{
  static const char starred[] = "\\operatorname"; /* the one command that an asterisk belongs to */
  const char *begin = reader->at;
  g_autofree char *name = NULL;
  const Command *command;
  const AppFormulaSymbol *symbol;
  AppFormulaNode *node;

  reader->at++;
  if (g_ascii_isalpha (*reader->at))
    while (g_ascii_isalpha (*reader->at))
      reader->at++;
  else if (*reader->at != '\0')
    reader->at = g_utf8_next_char (reader->at);
  if (*reader->at == '*' && reader->at - begin == strlen (starred) && g_str_has_prefix (begin, starred))
    reader->at++;
  name = g_strndup (begin + 1, reader->at - begin - 1);
  command = formula_find_command (name);
  if (command != NULL)
    return command->read (reader, command);
  /* Of the signs in the table, only these have a command. */
  symbol = g_ascii_isalpha (name[0]) || (name[0] != '\0' && strchr ("{}|%$#&_", name[0]) != NULL) ? app_formula_find_command (name) : NULL;
  if (symbol == NULL)
    return source_new (reader, begin, reader->at - begin);
  node = formula_node_new (reader, APP_FORMULA_SYMBOL);
  node->character = symbol->character;
  node->symbol = symbol;
  node->atom = symbol->atom;
  node->limits = symbol->limits;
  node->alphabet = reader->alphabet;
  return node;
}

/* One thing without its scripts; NULL where a command makes nothing. */
static AppFormulaNode *
read_nucleus (Reader *reader)
{
  static const struct {
    char c;
    int width;
  } spaces[] = { { '~', 6 } };

  if (*reader->at == '{')
    return read_group (reader);
  if (*reader->at == '\\')
    return read_command (reader);
  for (guint i = 0; i < G_N_ELEMENTS (spaces); i++)
    if (*reader->at == spaces[i].c) {
      AppFormulaNode *space = formula_node_new (reader, APP_FORMULA_SPACE);

      reader->at++;
      space->number = spaces[i].width;
      return space;
    }
  /* Out of place: it stays visible. */
  if (*reader->at == '}' || *reader->at == '&') {
    reader->at++;
    return source_new (reader, reader->at - 1, 1);
  }
  return read_character (reader);
}

AppFormulaNode *
formula_read_argument (Reader *reader)
{
  AppFormulaNode *row;

  formula_skip_spaces (reader);
  if (*reader->at == '{')
    return read_group (reader);
  row = formula_node_new (reader, APP_FORMULA_ROW);
  if (reader->failed || ++reader->depth > APP_FORMULA_MAX_DEPTH) {
    reader->failed = TRUE;
    return row;
  }
  if (*reader->at != '\0' && *reader->at != '}' && *reader->at != '&' && !is_next (reader, "\\\\") && !is_next (reader, "\\end") && !is_next (reader, "\\right")) {
    AppFormulaNode *one = read_nucleus (reader);

    if (one != NULL)
      formula_node_add (row, one);
  }
  reader->depth--;
  return row;
}

char *
formula_read_text_argument (Reader *reader)
{
  const char *begin;
  guint depth = 0;

  formula_skip_spaces (reader);
  if (*reader->at != '{') {
    const char *one = reader->at;

    if (*one != '\0')
      reader->at = g_utf8_next_char (one);
    return g_strndup (one, reader->at - one);
  }
  begin = ++reader->at;
  for (; *reader->at != '\0' && (*reader->at != '}' || depth > 0); reader->at++) {
    if (*reader->at == '\\' && reader->at[1] != '\0')
      reader->at++;
    else if (*reader->at == '{')
      depth++;
    else if (*reader->at == '}')
      depth--;
  }
  reader->at += *reader->at == '}';
  return g_strndup (begin, reader->at - begin - (reader->at[-1] == '}' && reader->at > begin));
}

AppFormulaNode *
formula_read_option (Reader *reader)
{
  AppFormulaNode *row;

  formula_skip_spaces (reader);
  if (*reader->at != '[')
    return NULL;
  reader->at++;
  row = formula_read_row (reader, STOP_BRACKET | STOP_BRACE);
  reader->at += *reader->at == ']';
  return row;
}

gunichar
formula_read_delimiter (Reader *reader)
{
  static const struct {
    gunichar typed, meant;
  } angles[] = { { '<', 0x27e8 }, { '>', 0x27e9 } };
  const AppFormulaSymbol *symbol;
  const char *begin;
  g_autofree char *name = NULL;
  gunichar c;

  formula_skip_spaces (reader);
  if (*reader->at == '\0')
    return 0;
  begin = reader->at;
  c = g_utf8_get_char (begin);
  if (c != '\\') {
    reader->at = g_utf8_next_char (begin);
    for (guint i = 0; i < G_N_ELEMENTS (angles); i++)
      if (angles[i].typed == c)
        return angles[i].meant;
    return c == '.' ? 0 : c;
  }
  if (begin[1] == '|') {
    reader->at += 2;
    return 0x2016;
  }
  reader->at++;
  if (g_ascii_isalpha (*reader->at))
    while (g_ascii_isalpha (*reader->at))
      reader->at++;
  else if (*reader->at != '\0')
    reader->at = g_utf8_next_char (reader->at);
  name = g_strndup (begin + 1, reader->at - begin - 1);
  symbol = app_formula_find_command (name);
  if (symbol == NULL)
    reader->at = begin;
  return symbol != NULL ? symbol->character : 0;
}

/* As many primes as there are, as one superscript; a ^ may follow them. */
static AppFormulaNode *
read_primes (Reader *reader)
{
  AppFormulaNode *row = formula_node_new (reader, APP_FORMULA_ROW);

  while (*reader->at == '\'' && !reader->failed) {
    AppFormulaNode *prime = formula_node_new (reader, APP_FORMULA_SYMBOL);

    prime->character = 0x2032;
    prime->symbol = app_formula_find_character (0x2032);
    formula_node_add (row, prime);
    reader->at++;
  }
  if (*reader->at == '^') {
    reader->at++;
    formula_node_add (row, formula_read_argument (reader));
  }
  return row;
}

/* The scripts that follow `base`, in any order; `base` itself when there are none. A second script of a kind begins a new base, as if it stood after {}. */
static AppFormulaNode *
read_scripts (Reader *reader, AppFormulaNode *base)
{
  AppFormulaNode *parts[2] = { NULL, NULL };
  int limits = -1;
  AppFormulaNode *node;

  for (;;) {
    formula_skip_spaces (reader);
    if (formula_take (reader, "\\limits")) {
      limits = 1;
    } else if (formula_take (reader, "\\nolimits")) {
      limits = 0;
    } else if (*reader->at == '\'' && parts[1] == NULL) {
      parts[1] = read_primes (reader);
    } else if ((*reader->at == '_' || *reader->at == '^') && parts[*reader->at == '^'] == NULL) {
      AppFormulaNode **part = &parts[*reader->at == '^'];

      reader->at++;
      *part = formula_read_argument (reader);
    } else {
      break;
    }
    if (reader->failed)
      break;
  }
  if (parts[0] == NULL && parts[1] == NULL)
    return base;
  node = formula_node_new (reader, APP_FORMULA_SCRIPTS);
  node->atom = base != NULL ? base->atom : APP_FORMULA_ORD;
  node->number = limits;
  formula_node_add (node, base);
  formula_node_add (node, parts[0]);
  formula_node_add (node, parts[1]);
  return node;
}

/* \over and its kin part the row that they stand in. */
static AppFormulaNode *
read_infix (Reader *reader, AppFormulaNode *above, Stops stops)
{
  static const struct {
    const char *name;
    gboolean bare, binomial;
  } infixes[] = { { "\\over", FALSE, FALSE }, { "\\choose", TRUE, TRUE }, { "\\atop", TRUE, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (infixes); i++)
    if (formula_take (reader, infixes[i].name)) {
      AppFormulaNode *row = formula_node_new (reader, APP_FORMULA_ROW);
      AppFormulaNode *fraction = formula_node_new (reader, APP_FORMULA_FRACTION);
      AppFormulaNode *fence = formula_node_new (reader, APP_FORMULA_FENCE);

      fraction->atom = APP_FORMULA_INNER;
      fraction->bare = infixes[i].bare;
      formula_node_add (fraction, above);
      formula_node_add (fraction, formula_read_row (reader, stops));
      fence->atom = APP_FORMULA_INNER;
      fence->character = '(';
      fence->second = ')';
      formula_node_add (fence, fraction);
      formula_node_add (row, infixes[i].binomial ? fence : fraction);
      return row;
    }
  return NULL;
}

AppFormulaNode *
formula_read_row (Reader *reader, Stops stops)
{
  AppFormulaNode *row = formula_node_new (reader, APP_FORMULA_ROW);

  if (reader->failed || ++reader->depth > APP_FORMULA_MAX_DEPTH) {
    reader->failed = TRUE;
    return row;
  }
  for (formula_skip_spaces (reader); !reader->failed && *reader->at != '\0' && !at_stop (reader, stops); formula_skip_spaces (reader)) {
    AppFormulaNode *infix = *reader->at == '\\' ? read_infix (reader, row, stops) : NULL;
    AppFormulaNode *node = NULL;

    if (infix != NULL) {
      row = infix;
      break;
    }
    if (*reader->at != '_' && *reader->at != '^' && *reader->at != '\'')
      node = read_nucleus (reader);
    node = read_scripts (reader, node);
    if (node != NULL)
      formula_node_add (row, node);
  }
  reader->depth--;
  return row;
}

AppFormula *
app_formula_new (const char *tex)
{
  AppFormula *self;
  Reader reader = { .at = tex };

  if (strlen (tex) > APP_FORMULA_MAX_BYTES)
    return NULL;
  self = g_new0 (AppFormula, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  reader.formula = self;
  self->root = formula_read_row (&reader, 0);
  if (reader.failed)
    g_clear_pointer (&self, app_formula_unref);
  return self;
}

AppFormula *
app_formula_ref (AppFormula *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
app_formula_unref (AppFormula *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

const AppFormulaNode *
app_formula_get_root (AppFormula *self)
{
  return self->root;
}
