/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of a formula that take something: one line each in the table at the end. Commands of one character are in formula-symbols.c. */
#include "formula-private.h"

#include <string.h>

static AppFormulaNode *
read_space (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_SPACE);

  node->number = command->number;
  return node;
}

/* Commands about pages and numbers, which have nothing to show; `number`: how many arguments they take. */
static AppFormulaNode *
read_nothing (Reader *reader, const Command *command)
{
  for (gint64 i = 0; i < command->number; i++)
    g_free (formula_read_text_argument (reader));
  return NULL;
}

static AppFormulaNode *
read_name (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_NAME);

  node->atom = APP_FORMULA_OP;
  node->text = command->text != NULL ? g_strdup (command->text) : g_strdup (command->name);
  node->limits = command->number;
  return node;
}

/* Words: of the little that TeX does in them, only the escapes of its own signs are undone. */
static char *
dup_words (Reader *reader)
{
  g_autofree char *source = formula_read_text_argument (reader);
  GString *out = g_string_new (NULL);

  for (const char *p = source; *p != '\0'; p++) {
    if (*p == '\\' && p[1] != '\0' && strchr ("%$&#_{} ,;\\", p[1]) != NULL) {
      p++;
      g_string_append_c (out, strchr (",;\\", *p) != NULL ? ' ' : *p);
    } else if (*p == '~') {
      g_string_append (out, "\302\240");
    } else if (*p != '{' && *p != '}' && *p != '$') {
      g_string_append_c (out, g_ascii_isspace (*p) ? ' ' : *p);
    }
  }
  return g_string_free (out, FALSE);
}

static AppFormulaNode *
read_operator_name (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_NAME);
  g_autofree char *text = dup_words (reader);
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  node->atom = APP_FORMULA_OP;
  node->text = g_strjoinv ("\342\200\211", parts); /* \, is a thin space */
  node->limits = command->number;
  return node;
}

static AppFormulaNode *
read_text (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_TEXT);

  node->text = dup_words (reader);
  node->alphabet = command->number;
  return node;
}

/* The number of an equation, at some distance. */
static AppFormulaNode *
read_tag (Reader *reader, const Command *command)
{
  g_autofree char *words = dup_words (reader);
  AppFormulaNode *row = formula_node_new (reader, APP_FORMULA_ROW);
  AppFormulaNode *space = formula_node_new (reader, APP_FORMULA_SPACE);
  AppFormulaNode *text = formula_node_new (reader, APP_FORMULA_TEXT);

  space->number = 36;
  text->text = g_strdup_printf ("(%s)", words);
  formula_node_add (row, space);
  formula_node_add (row, text);
  return row;
}

static AppFormulaNode *
read_alphabet (Reader *reader, const Command *command)
{
  AppFormulaAlphabet before = reader->alphabet;
  AppFormulaNode *row;

  reader->alphabet = command->number;
  row = formula_read_argument (reader);
  reader->alphabet = before;
  return row;
}

/* For all that follows in the group. */
static AppFormulaNode *
read_alphabet_switch (Reader *reader, const Command *command)
{
  reader->alphabet = command->number;
  return NULL;
}

static AppFormulaNode *
read_fraction (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_FRACTION);

  node->atom = APP_FORMULA_INNER;
  node->number = command->number;
  formula_node_add (node, formula_read_argument (reader));
  formula_node_add (node, formula_read_argument (reader));
  return node;
}

static AppFormulaNode *
read_binomial (Reader *reader, const Command *command)
{
  AppFormulaNode *fence = formula_node_new (reader, APP_FORMULA_FENCE);
  AppFormulaNode *fraction = read_fraction (reader, command);

  fence->atom = APP_FORMULA_INNER;
  fence->character = '(';
  fence->second = ')';
  fraction->bare = TRUE;
  formula_node_add (fence, fraction);
  return fence;
}

static AppFormulaNode *
read_radical (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_RADICAL);
  AppFormulaNode *index = formula_read_option (reader);

  formula_node_add (node, formula_read_argument (reader));
  formula_node_add (node, index);
  return node;
}

static AppFormulaNode *
read_fence (Reader *reader, const Command *command)
{
  AppFormulaNode *fence = formula_node_new (reader, APP_FORMULA_FENCE);

  fence->atom = APP_FORMULA_INNER;
  fence->character = formula_read_delimiter (reader);
  formula_node_add (fence, formula_read_row (reader, STOP_RIGHT | STOP_BRACE | STOP_CELL));
  if (formula_take (reader, "\\right"))
    fence->second = formula_read_delimiter (reader);
  return fence;
}

/* A fixed size, and \middle, which is as high as its fence. `text` begins with the letter that says what it does: l, r, m or nothing. */
static AppFormulaNode *
read_delimiter (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_DELIMITER);

  node->number = command->number;
  node->atom = g_str_has_suffix (command->name, "l") ? APP_FORMULA_OPEN
               : g_str_has_suffix (command->name, "r") ? APP_FORMULA_CLOSE
               : g_str_has_suffix (command->name, "m") ? APP_FORMULA_REL
                                                       : APP_FORMULA_ORD;
  node->character = formula_read_delimiter (reader);
  return node;
}

static AppFormulaNode *
read_accent (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_ACCENT);

  node->character = command->number;
  node->wide = command->text != NULL;
  formula_node_add (node, formula_read_argument (reader));
  return node;
}

static AppFormulaNode *
read_line (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_LINE);

  node->under = command->number;
  formula_node_add (node, formula_read_argument (reader));
  return node;
}

static AppFormulaNode *
read_brace (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_BRACE);

  node->character = command->number;
  node->under = g_str_has_prefix (command->name, "under");
  /* Its scripts are words that stand beyond the brace. */
  node->limits = g_str_has_suffix (command->name, "brace") || g_str_has_suffix (command->name, "bracket");
  formula_node_add (node, formula_read_argument (reader));
  return node;
}

static AppFormulaNode *
read_arrow (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_ARROW);
  AppFormulaNode *below = formula_read_option (reader);

  node->atom = APP_FORMULA_REL;
  node->character = command->number;
  formula_node_add (node, formula_read_argument (reader));
  formula_node_add (node, below);
  return node;
}

/* `number`: the place of the first argument, 1 above or 2 below; the second is the base. */
static AppFormulaNode *
read_stack (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_STACK);
  AppFormulaNode *script = formula_read_argument (reader);
  AppFormulaNode *base = formula_read_argument (reader);
  const AppFormulaNode *only = base->children != NULL && base->children->len == 1 ? app_formula_child (base, 0) : NULL;

  node->atom = g_str_equal (command->name, "stackrel") ? APP_FORMULA_REL : only != NULL ? only->atom : APP_FORMULA_ORD;
  formula_node_add (node, base);
  formula_node_add (node, command->number == 1 ? script : NULL);
  formula_node_add (node, command->number == 2 ? script : NULL);
  return node;
}

static AppFormulaNode *
read_style (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, APP_FORMULA_STYLE);

  node->number = command->number;
  formula_node_add (node, formula_read_row (reader, STOP_BRACE | STOP_BRACKET | STOP_CELL | STOP_RIGHT));
  return node;
}

/* PHANTOM and BOX, by `number`. */
static AppFormulaNode *
read_wrapped (Reader *reader, const Command *command)
{
  AppFormulaNode *node = formula_node_new (reader, command->number);

  formula_node_add (node, formula_read_argument (reader));
  return node;
}

static AppFormulaNode *
read_class (Reader *reader, const Command *command)
{
  AppFormulaNode *row = formula_read_argument (reader);

  row->atom = command->number;
  return row;
}

/* Colours and the like say how the argument is to look, which is for the window to say. */
static AppFormulaNode *
read_second (Reader *reader, const Command *command)
{
  g_free (formula_read_text_argument (reader));
  return formula_read_argument (reader);
}

static AppFormulaNode *
read_negated (Reader *reader, const Command *command)
{
  AppFormulaNode *row = formula_read_argument (reader);
  AppFormulaNode *one = row->children != NULL && row->children->len == 1 ? g_ptr_array_index (row->children, 0) : NULL;
  gunichar composed;

  if (one != NULL && one->kind == APP_FORMULA_SYMBOL && g_unichar_compose (one->character, 0x338, &composed)) {
    one->character = composed;
    one->symbol = app_formula_find_character (composed);
    return one;
  }
  if (one != NULL) {
    AppFormulaNode *accent = formula_node_new (reader, APP_FORMULA_ACCENT);

    accent->character = 0x338;
    accent->atom = one->atom;
    formula_node_add (accent, one);
    return accent;
  }
  return row;
}

/* (n), (mod n) and mod n. */
static AppFormulaNode *
read_modulus (Reader *reader, const Command *command)
{
  AppFormulaNode *row = formula_node_new (reader, APP_FORMULA_ROW);
  AppFormulaNode *space = formula_node_new (reader, APP_FORMULA_SPACE);
  AppFormulaNode *name = formula_node_new (reader, APP_FORMULA_NAME);
  AppFormulaNode *fence = formula_node_new (reader, APP_FORMULA_FENCE);
  AppFormulaNode *inside = formula_node_new (reader, APP_FORMULA_ROW);

  space->number = 9;
  name->text = g_strdup ("mod");
  name->atom = APP_FORMULA_OP;
  fence->character = command->number ? '(' : 0;
  fence->second = command->number ? ')' : 0;
  formula_node_add (inside, name);
  formula_node_add (inside, formula_read_argument (reader));
  formula_node_add (fence, inside);
  formula_node_add (row, space);
  formula_node_add (row, fence);
  return row;
}

static AppFormulaNode *
read_binary_name (Reader *reader, const Command *command)
{
  AppFormulaNode *row = formula_node_new (reader, APP_FORMULA_ROW);
  AppFormulaNode *name = formula_node_new (reader, APP_FORMULA_NAME);

  name->text = g_strdup (command->text);
  row->atom = APP_FORMULA_BIN;
  formula_node_add (row, name);
  return row;
}

static const Command commands[] = {
  { "begin", formula_read_environment },
  { "substack", formula_read_environment, 0, "substack" },
  { ",", read_space, 3 }, { ":", read_space, 4 }, { ">", read_space, 4 }, { ";", read_space, 5 }, { "!", read_space, -3 }, { " ", read_space, 6 },
  { "\n", read_space, 6 }, { "thinspace", read_space, 3 }, { "medspace", read_space, 4 }, { "thickspace", read_space, 5 },
  { "enspace", read_space, 9 }, { "quad", read_space, 18 }, { "qquad", read_space, 36 },
  { "\\", read_space, 18 }, { "newline", read_space, 18 },
  { "label", read_nothing, 1 }, { "nonumber", read_nothing }, { "notag", read_nothing }, { "displaylimits", read_nothing },
  { "color", read_nothing, 1 }, { "hspace", read_nothing, 1 }, { "vspace", read_nothing, 1 }, { "allowbreak", read_nothing },
  { "left", read_fence }, { "middle", read_delimiter, 0 },
  { "big", read_delimiter, 1 }, { "Big", read_delimiter, 2 }, { "bigg", read_delimiter, 3 }, { "Bigg", read_delimiter, 4 },
  { "bigl", read_delimiter, 1 }, { "Bigl", read_delimiter, 2 }, { "biggl", read_delimiter, 3 }, { "Biggl", read_delimiter, 4 },
  { "bigr", read_delimiter, 1 }, { "Bigr", read_delimiter, 2 }, { "biggr", read_delimiter, 3 }, { "Biggr", read_delimiter, 4 },
  { "bigm", read_delimiter, 1 }, { "Bigm", read_delimiter, 2 }, { "biggm", read_delimiter, 3 }, { "Biggm", read_delimiter, 4 },
  { "frac", read_fraction, -1 }, { "dfrac", read_fraction, 0 }, { "tfrac", read_fraction, 1 }, { "cfrac", read_fraction, 0 },
  { "binom", read_binomial, -1 }, { "dbinom", read_binomial, 0 }, { "tbinom", read_binomial, 1 }, { "sqrt", read_radical },
  { "hat", read_accent, 0x302 }, { "tilde", read_accent, 0x303 }, { "bar", read_accent, 0x304 }, { "vec", read_accent, 0x20d7 },
  { "dot", read_accent, 0x307 }, { "ddot", read_accent, 0x308 }, { "dddot", read_accent, 0x20db }, { "acute", read_accent, 0x301 },
  { "grave", read_accent, 0x300 }, { "breve", read_accent, 0x306 }, { "check", read_accent, 0x30c }, { "mathring", read_accent, 0x30a },
  { "widehat", read_accent, 0x302, "wide" }, { "widetilde", read_accent, 0x303, "wide" },
  { "overline", read_line, FALSE }, { "underline", read_line, TRUE },
  { "overbrace", read_brace, 0x23de }, { "underbrace", read_brace, 0x23df }, { "overbracket", read_brace, 0x23b4 }, { "underbracket", read_brace, 0x23b5 },
  { "overrightarrow", read_brace, 0x2192 }, { "overleftarrow", read_brace, 0x2190 }, { "overleftrightarrow", read_brace, 0x2194 },
  { "underrightarrow", read_brace, 0x2192 }, { "underleftarrow", read_brace, 0x2190 },
  { "xrightarrow", read_arrow, 0x2192 }, { "xleftarrow", read_arrow, 0x2190 }, { "xleftrightarrow", read_arrow, 0x2194 },
  { "xRightarrow", read_arrow, 0x21d2 }, { "xLeftarrow", read_arrow, 0x21d0 }, { "xmapsto", read_arrow, 0x21a6 },
  { "xrightleftharpoons", read_arrow, 0x21cc },
  { "overset", read_stack, 1 }, { "underset", read_stack, 2 }, { "stackrel", read_stack, 1 },
  { "text", read_text, APP_FORMULA_ROMAN }, { "textrm", read_text, APP_FORMULA_ROMAN }, { "textnormal", read_text, APP_FORMULA_ROMAN },
  { "mbox", read_text, APP_FORMULA_ROMAN }, { "hbox", read_text, APP_FORMULA_ROMAN }, { "textbf", read_text, APP_FORMULA_BOLD },
  { "textit", read_text, APP_FORMULA_ITALIC }, { "emph", read_text, APP_FORMULA_ITALIC }, { "texttt", read_text, APP_FORMULA_MONO },
  { "textsf", read_text, APP_FORMULA_SANS }, { "textsc", read_text, APP_FORMULA_ROMAN }, { "tag", read_tag },
  { "mathrm", read_alphabet, APP_FORMULA_ROMAN }, { "mathup", read_alphabet, APP_FORMULA_ROMAN }, { "mathnormal", read_alphabet, APP_FORMULA_MATH },
  { "mathbf", read_alphabet, APP_FORMULA_BOLD }, { "boldsymbol", read_alphabet, APP_FORMULA_BOLD_ITALIC }, { "bm", read_alphabet, APP_FORMULA_BOLD_ITALIC },
  { "mathit", read_alphabet, APP_FORMULA_ITALIC }, { "mathsf", read_alphabet, APP_FORMULA_SANS }, { "mathtt", read_alphabet, APP_FORMULA_MONO },
  { "mathcal", read_alphabet, APP_FORMULA_SCRIPT }, { "mathscr", read_alphabet, APP_FORMULA_SCRIPT }, { "mathfrak", read_alphabet, APP_FORMULA_FRAKTUR },
  { "mathbb", read_alphabet, APP_FORMULA_DOUBLE }, { "Bbb", read_alphabet, APP_FORMULA_DOUBLE }, { "pmb", read_alphabet, APP_FORMULA_BOLD_ITALIC },
  { "rm", read_alphabet_switch, APP_FORMULA_ROMAN }, { "bf", read_alphabet_switch, APP_FORMULA_BOLD }, { "it", read_alphabet_switch, APP_FORMULA_ITALIC },
  { "cal", read_alphabet_switch, APP_FORMULA_SCRIPT }, { "sf", read_alphabet_switch, APP_FORMULA_SANS }, { "tt", read_alphabet_switch, APP_FORMULA_MONO },
  { "displaystyle", read_style, 0 }, { "textstyle", read_style, 1 }, { "scriptstyle", read_style, 2 }, { "scriptscriptstyle", read_style, 3 },
  { "phantom", read_wrapped, APP_FORMULA_PHANTOM }, { "boxed", read_wrapped, APP_FORMULA_BOX }, { "fbox", read_wrapped, APP_FORMULA_BOX },
  { "mathord", read_class, APP_FORMULA_ORD }, { "mathop", read_class, APP_FORMULA_OP }, { "mathbin", read_class, APP_FORMULA_BIN },
  { "mathrel", read_class, APP_FORMULA_REL }, { "mathopen", read_class, APP_FORMULA_OPEN }, { "mathclose", read_class, APP_FORMULA_CLOSE },
  { "mathpunct", read_class, APP_FORMULA_PUNCT }, { "mathinner", read_class, APP_FORMULA_INNER },
  { "textcolor", read_second }, { "colorbox", read_second }, { "not", read_negated },
  { "pmod", read_modulus, TRUE }, { "mod", read_modulus, FALSE }, { "bmod", read_binary_name, 0, "mod" },
  { "operatorname", read_operator_name, FALSE }, { "operatorname*", read_operator_name, TRUE },
  { "sin", read_name }, { "cos", read_name }, { "tan", read_name }, { "cot", read_name }, { "sec", read_name }, { "csc", read_name },
  { "arcsin", read_name }, { "arccos", read_name }, { "arctan", read_name }, { "sinh", read_name }, { "cosh", read_name }, { "tanh", read_name },
  { "coth", read_name }, { "exp", read_name }, { "log", read_name }, { "ln", read_name }, { "lg", read_name }, { "arg", read_name }, { "deg", read_name },
  { "dim", read_name }, { "hom", read_name }, { "ker", read_name },
  { "lim", read_name, TRUE }, { "limsup", read_name, TRUE, "lim\342\200\211sup" }, { "liminf", read_name, TRUE, "lim\342\200\211inf" },
  { "max", read_name, TRUE }, { "min", read_name, TRUE }, { "sup", read_name, TRUE }, { "inf", read_name, TRUE },
  { "det", read_name, TRUE }, { "gcd", read_name, TRUE }, { "Pr", read_name, TRUE }, { "argmax", read_name, TRUE, "arg\342\200\211max" },
  { "argmin", read_name, TRUE, "arg\342\200\211min" },
};

const Command *
formula_find_command (const char *name)
{
  static GHashTable *index;
  static gsize made;

  if (g_once_init_enter (&made)) {
    index = g_hash_table_new (g_str_hash, g_str_equal);
    for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
      g_hash_table_insert (index, (gpointer) commands[i].name, (gpointer) &commands[i]);
    g_once_init_leave (&made, 1);
  }
  return g_hash_table_lookup (index, name);
}
