/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes that the words of a wish say whole, in English or German: no model is asked for "5 lives", "call it Anna", "cherries instead of apples", "slower", "remove this". Each rule names one
 * part and what comes in its place; where a rule finds two parts, or none, the words leave something open. */
#include <string.h>

#include "page-parts.h"
#include "start-spec.h"

/* A text, a number or a truth value somewhere in a specification. */
typedef struct {
  char *pointer;
  JsonNode *node;       /* within the specification */
  JsonObject *schema;   /* what may be written there */
  JsonObject *within;   /* the object that has it; NULL for an element of a list */
  const char *member;   /* its own name, or that of its list */
} Leaf;

typedef struct {
  JsonObject *spec;
  const char *part;     /* pointed at; NULL: nothing */
  const char *wish;     /* as it was said */
  char *small;          /* …in small letters */
  GArray *leaves;       /* those of the part, or all */
} Wish;

static void
leaf_clear (gpointer data)
{
  g_free (((Leaf *) data)->pointer);
}

static void
collect (Wish *self, JsonNode *node, const char *pointer, JsonObject *within, const char *member)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    g_autoptr (GList) members = json_object_get_members (json_node_get_object (node));
    for (GList *at = members; at != NULL; at = at->next) {
      g_autofree char *own = g_strconcat (pointer, "/", at->data, NULL);
      if (strcmp (own, "/start") != 0)
        collect (self, json_object_get_member (json_node_get_object (node), at->data), own, json_node_get_object (node), at->data);
    }
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
      g_autofree char *own = g_strdup_printf ("%s/%u", pointer, i);
      collect (self, json_array_get_element (json_node_get_array (node), i), own, NULL, member);
    }
  } else if (JSON_NODE_HOLDS_VALUE (node)) {
    Leaf leaf = { .node = node, .within = within, .member = member };
    if (start_spec_find (self->spec, pointer, &leaf.schema) != NULL) {
      leaf.pointer = g_strdup (pointer);
      g_array_append_val (self->leaves, leaf);
    }
  }
}

/* ---- what a leaf is ---- */

static const char *
get_text (const Leaf *leaf)
{
  return json_node_get_value_type (leaf->node) == G_TYPE_STRING ? json_node_get_string (leaf->node) : NULL;
}

static JsonArray *
get_enum (const Leaf *leaf)
{
  return json_object_has_member (leaf->schema, "enum") ? json_object_get_array_member (leaf->schema, "enum") : NULL;
}

static gboolean
is_free_text (const Leaf *leaf)
{
  return get_text (leaf) != NULL && get_enum (leaf) == NULL && !json_object_has_member (leaf->schema, "pattern");
}

static gboolean
is_number (const Leaf *leaf)
{
  GType type = json_node_get_value_type (leaf->node);

  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

/* What people say for the members of specifications, beside their names. */
static const struct {
  const char *member, *words;
} synonyms[] = {
  { "title", "call it,call the,call this game,name it,rename,title,headline,nenne,titel,überschrift" }, { "lives", "live,life,leben" }, { "seconds", "second,minute,sekunde,longer,shorter" }, { "minutes", "minute" },
  { "rows", "row,reihe" }, { "goal", "goal,ziel,to win,reach" }, { "heading", "heading,headline,überschrift" }, { "text", "text" }, { "word", "brick,word,letters,stein,wort" },
  { "food", "food,eats,frisst" }, { "hero", "hero,player,held" }, { "walls", "wall,wand,wände" }, { "label", "label" }, { "speed", "speed,slow,fast,quick" }, { "level", "level,easy,easier,hard,difficult" },
  { "steps", "step,minute,break" },
  { "theme", "colour,color,theme,look,style,design,dark,bright,blue,green,red,orange,purple,violet,pink,brown,grey,gray,beige" },
};

gboolean
start_names_member (const char *wish, const char *member)
{
  g_autofree char *stem = g_str_has_suffix (member, "s") ? g_strndup (member, strlen (member) - 1) : g_strdup (member);

  for (guint i = 0; i < G_N_ELEMENTS (synonyms); i++)
    if (strcmp (synonyms[i].member, member) == 0 && words_begin_any (wish, synonyms[i].words, ","))
      return TRUE;
  return words_begin (wish, stem);
}

static gboolean
is_named (const Wish *self, const Leaf *leaf)
{
  return start_names_member (self->small, leaf->member);
}

/* A number is also named by what stands beside it: the label, the name, the unit. */
static gboolean
is_named_beside (const Wish *self, const Leaf *leaf)
{
  static const char *const beside[] = { "label", "name", "unit" };

  for (guint i = 0; leaf->within != NULL && i < G_N_ELEMENTS (beside); i++) {
    const char *text = json_object_has_member (leaf->within, beside[i]) ? json_object_get_string_member (leaf->within, beside[i]) : NULL;
    g_autofree char *small = text != NULL ? g_utf8_strdown (text, -1) : NULL;
    if (small != NULL && small[0] != '\0' && (g_unichar_isalnum (g_utf8_get_char (small)) ? words_begin (self->small, small) : strstr (self->small, small) != NULL))
      return TRUE;
  }
  return FALSE;
}

/* ---- what comes of it ---- */

static JsonObject *
put (const Wish *self, const char *pointer, JsonNode *value)
{
  g_autoptr (JsonNode) owned = value;

  return start_spec_change (self->spec, pointer, owned, NULL);
}

static JsonObject *
put_text (const Wish *self, const Leaf *leaf, const char *text)
{
  return put (self, leaf->pointer, json_node_init_string (json_node_alloc (), text));
}

/* The one leaf for which `test` is so; NULL if there is none, or another. */
static const Leaf *
find_only (const Wish *self, gboolean (*test) (const Wish *self, const Leaf *leaf))
{
  const Leaf *found = NULL;

  for (guint i = 0; i < self->leaves->len; i++) {
    const Leaf *leaf = &g_array_index (self->leaves, Leaf, i);
    if (test (self, leaf)) {
      if (found != NULL)
        return NULL;
      found = leaf;
    }
  }
  return found;
}

/* ---- rules ---- */

static JsonObject *
remove_part (const Wish *self)
{
  const char *part = self->part;
  g_autofree char *list = NULL, *last = NULL;
  g_autoptr (JsonNode) rest = NULL;
  g_autoptr (JsonArray) others = json_array_new ();
  JsonNode *node;

  if (!words_begin_any (self->small, "remove,delete,take out,take this out,take it out,drop,cross,strike,leave out,leave this out,get rid,entferne,lösche,streiche,weg damit", ","))
    return NULL;
  for (guint i = 0; self->part == NULL && i < self->leaves->len; i++) {
    const Leaf *leaf = &g_array_index (self->leaves, Leaf, i);
    g_autofree char *own = leaf->within == NULL && is_free_text (leaf) ? g_utf8_strdown (get_text (leaf), -1) : NULL;
    if (own != NULL && own[0] != '\0' && words_begin (self->small, own)) {
      if (part != NULL)
        return NULL;
      part = leaf->pointer;
    }
  }
  if (part == NULL)
    return NULL;
  list = g_strndup (part, (gsize) (strrchr (part, '/') - part));
  last = g_strdup (strrchr (part, '/') + 1);
  node = list[0] != '\0' ? start_spec_find (self->spec, list, NULL) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    if (i != g_ascii_strtoull (last, NULL, 10))
      json_array_add_element (others, json_node_copy (json_array_get_element (json_node_get_array (node), i)));
  rest = json_node_init_array (json_node_alloc (), others);
  return start_spec_change (self->spec, list, rest, NULL);
}

static gboolean
is_free_text_of (const Wish *self, const Leaf *leaf)
{
  return is_free_text (leaf);
}

static gboolean
is_named_text (const Wish *self, const Leaf *leaf)
{
  return is_free_text (leaf) && is_named (self, leaf);
}

/* The leaf that says exactly this, in whatever letters; NULL: none, or several. */
static const Leaf *
find_saying (const Wish *self, const char *text)
{
  g_autofree char *wanted = g_utf8_strdown (text, -1);
  const Leaf *found = NULL;

  for (guint i = 0; i < self->leaves->len; i++) {
    const Leaf *leaf = &g_array_index (self->leaves, Leaf, i);
    g_autofree char *own = is_free_text (leaf) ? g_utf8_strdown (get_text (leaf), -1) : NULL;
    if (own != NULL && strcmp (own, wanted) == 0) {
      if (found != NULL)
        return NULL;
      found = leaf;
    }
  }
  return found;
}

/* "…": a text to be written as it stands; two: the one in the other's place. */
static JsonObject *
quote (const Wish *self)
{
  g_autoptr (GRegex) quoted = g_regex_new ("[\"“„«]([^\"“”„«»]+)[\"“”»]", G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *first = NULL, *second = NULL;
  const Leaf *leaf;

  if (!g_regex_match (quoted, self->wish, 0, &match))
    return NULL;
  first = g_match_info_fetch (match, 1);
  if (g_match_info_next (match, NULL))
    second = g_match_info_fetch (match, 1);
  if (g_match_info_matches (match) && g_match_info_next (match, NULL))
    return NULL;
  if (second != NULL) {
    leaf = find_saying (self, first);
    return leaf != NULL ? put_text (self, leaf, second) : NULL;
  }
  leaf = find_only (self, is_named_text);
  /* "Call it": where nothing is pointed at, that is the title. */
  if (leaf == NULL)
    leaf = find_only (self, is_free_text_of);
  return leaf != NULL ? put_text (self, leaf, first) : NULL;
}

/* What people begin with: "catch cherries", "use a cat". (transfer full) */
static char *
strip_verb (char *text)
{
  static const char verbs[] = "^(?:please|let|it|the|snake|player|catch|collects?|eats?|use|write|put|take|have|play|with|to|say|make|show|i want|i would like|i'd like|and|an?)\\s+";
  g_autoptr (GRegex) verb = g_regex_new (verbs, G_REGEX_CASELESS, 0, NULL);

  for (g_strstrip (text); g_regex_match (verb, text, 0, NULL);) {
    char *rest = g_regex_replace_literal (verb, text, -1, 0, "", 0, NULL);
    g_free (text);
    text = g_strstrip (rest);
  }
  return text;
}

/* "cherries instead of apples", "replace apples with cherries", "change Rye to Oat". */
static JsonObject *
replace (const Wish *self)
{
  static const struct {
    const char *pattern;
    int old, new;
  } ways[] = {
    { "^(.+?)\\s+instead of\\s+(?:the\\s+|an?\\s+)?(.+?)[.!]*$", 2, 1 }, { "^instead of\\s+(?:the\\s+)?(.+?),?\\s+(?:write|use|put|take|have|say|show)\\s+(.+?)[.!]*$", 1, 2 },
    { "^(?:please\\s+)?replace\\s+(?:the\\s+)?(.+?)\\s+(?:with|by)\\s+(.+?)[.!]*$", 1, 2 }, { "^(?:please\\s+)?(?:change|rename|turn)\\s+(?:the\\s+)?(.+?)\\s+(?:to|into)\\s+(.+?)[.!]*$", 1, 2 },
    { "^(?:the\\s+)?(.+?)\\s+(?:should|shall|must)\\s+be\\s+(?:called\\s+)?(.+?)[.!]*$", 1, 2 },
    { "^(.+?)\\s+statt\\s+(?:der\\s+|die\\s+|das\\s+)?(.+?)[.!]*$", 2, 1 }, { "^ersetze\\s+(?:den\\s+|die\\s+|das\\s+)?(.+?)\\s+durch\\s+(.+?)[.!]*$", 1, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    g_autoptr (GRegex) way = g_regex_new (ways[i].pattern, G_REGEX_CASELESS | G_REGEX_DOTALL, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    if (g_regex_match (way, self->wish, 0, &match)) {
      g_autofree char *old = g_match_info_fetch (match, ways[i].old), *new = strip_verb (g_match_info_fetch (match, ways[i].new));
      const Leaf *leaf = find_saying (self, old);
      /* "Change the heading to …" */
      if (leaf == NULL)
        leaf = find_only (self, is_named_text);
      return leaf != NULL && new[0] != '\0' ? put_text (self, leaf, new) : NULL;
    }
  }
  return NULL;
}

static gboolean
is_number_of (const Wish *self, const Leaf *leaf)
{
  return is_number (leaf);
}

static gboolean
is_named_number (const Wish *self, const Leaf *leaf)
{
  return is_number (leaf) && is_named (self, leaf);
}

static gboolean
is_number_named_beside (const Wish *self, const Leaf *leaf)
{
  return is_number (leaf) && is_named_beside (self, leaf);
}

static const char *const number_words[] = { "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten" };

/* Of digits, or a word. */
static double
read_number (char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (number_words); i++)
    if (strcmp (text, number_words[i]) == 0)
      return i + 1;
  return g_ascii_strtod (g_strdelimit (text, ",", '.'), NULL);
}

/* The one number of a wish, where one part is a number that can be meant. */
static JsonObject *
count (const Wish *self)
{
  g_autoptr (GRegex) number = g_regex_new ("(?<![\\w.,:])(?:-?\\d+(?:[.,]\\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)(?![\\w:])", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  const Leaf *leaf;
  double value;

  if (!g_regex_match (number, self->small, 0, &match))
    return NULL;
  text = g_match_info_fetch (match, 0);
  if (g_match_info_next (match, NULL))
    return NULL;
  value = read_number (text);
  leaf = find_only (self, is_named_number);
  if (leaf == NULL)
    leaf = find_only (self, is_number_named_beside);
  if (leaf == NULL && self->part != NULL)
    leaf = find_only (self, is_number_of);
  if (leaf == NULL)
    return NULL;
  if (strcmp (leaf->member, "seconds") == 0 && words_begin (self->small, "minute"))
    value *= 60;
  return put (self, leaf->pointer, value == (double) (gint64) value ? json_node_init_int (json_node_alloc (), (gint64) value) : json_node_init_double (json_node_alloc (), value));
}

/* Choices that have an order: what asks for less of them, and what for more. */
static const struct {
  const char *member, *less, *more;
} steps[] = {
  { "speed", "slow|calm|langsam", "fast|quick|schnell" },
  { "level", "easy|easier|simple|leicht|einfach", "hard|difficult|schwer|schwierig" },
};

/* Whether one of these words is said, and (out) whether as what it is too much of: "too hard". */
static gboolean
says (const Wish *self, const char *words, gboolean *too)
{
  g_autofree char *pattern = g_strdup_printf ("\\b(too |not so |less |zu |weniger )?(?:%s)", words);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *before = NULL;

  if (!g_regex_match (regex, self->small, 0, &match))
    return FALSE;
  before = g_match_info_fetch (match, 1);
  *too = before != NULL && before[0] != '\0';
  return TRUE;
}

static JsonObject *
step_to (const Wish *self, const Leaf *leaf, gboolean up)
{
  JsonArray *choices = get_enum (leaf);
  int at = 0, n = (int) json_array_get_length (choices);

  while (at < n && g_strcmp0 (json_array_get_string_element (choices, (guint) at), get_text (leaf)) != 0)
    at++;
  at += up ? 1 : -1;
  return at >= 0 && at < n ? put_text (self, leaf, json_array_get_string_element (choices, (guint) at)) : NULL;
}

static JsonObject *
step (const Wish *self)
{
  for (guint i = 0; i < self->leaves->len; i++) {
    const Leaf *leaf = &g_array_index (self->leaves, Leaf, i);
    for (guint k = 0; get_enum (leaf) != NULL && k < G_N_ELEMENTS (steps); k++) {
      gboolean too_less = FALSE, too_more = FALSE, less, more;
      if (strcmp (steps[k].member, leaf->member) != 0)
        continue;
      less = says (self, steps[k].less, &too_less);
      more = says (self, steps[k].more, &too_more);
      /* "Too hard, make it easy" says one thing twice. */
      if (less && more && too_less == too_more)
        return NULL;
      if (less || more)
        return step_to (self, leaf, more ? !too_more : too_less);
    }
  }
  return NULL;
}

static gboolean
is_named_truth (const Wish *self, const Leaf *leaf)
{
  return json_node_get_value_type (leaf->node) == G_TYPE_BOOLEAN && is_named (self, leaf);
}

static JsonObject *
turn (const Wish *self)
{
  const Leaf *leaf = find_only (self, is_named_truth);
  gboolean off;

  if (leaf == NULL)
    return NULL;
  off = words_begin_any (self->small, "without,no ,remove,through,ohne,kein,durch,off,open", ",");
  return off == json_node_get_boolean (leaf->node) ? put (self, leaf->pointer, json_node_init_boolean (json_node_alloc (), !off)) : NULL;
}

/* One name in a wish that names one part: "Write ANNA in the bricks". A name is a word with a capital within a sentence. */
static JsonObject *
name (const Wish *self)
{
  g_autoptr (GRegex) named = g_regex_new ("(?<=[^.!?:]\\s)(\\p{Lu}[\\p{L}\\p{N}-]*(?:\\s\\p{Lu}[\\p{L}\\p{N}-]*)*)(?=[.!]*$|\\s+(?:in|on|auf)\\b)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  const Leaf *leaf = find_only (self, is_named_text);

  if (leaf == NULL && self->part != NULL)
    leaf = find_only (self, is_free_text_of);
  if (leaf == NULL || !g_regex_match (named, self->wish, 0, &match))
    return NULL;
  text = g_match_info_fetch (match, 1);
  if (g_match_info_next (match, NULL))
    return NULL;
  return put_text (self, leaf, text);
}

JsonObject *
start_change_by_words (JsonObject *spec, const char *part, const char *wish)
{
  static JsonObject *(*const rules[]) (const Wish *self) = { remove_part, quote, replace, turn, step, count, name };
  Wish self = { .spec = spec, .part = part, .wish = wish, .small = g_utf8_strdown (wish, -1), .leaves = g_array_new (FALSE, FALSE, sizeof (Leaf)) };
  JsonNode *node = part != NULL ? start_spec_find (spec, part, NULL) : json_node_init_object (json_node_alloc (), spec);
  g_auto (GStrv) path = g_strsplit (part != NULL ? part : "", "/", -1);
  /* An element of a list is called as the list: "/cards/2". */
  const char *member = part == NULL ? "" : g_ascii_isdigit (path[g_strv_length (path) - 1][0]) ? path[g_strv_length (path) - 2] : path[g_strv_length (path) - 1];
  JsonObject *changed = NULL;

  g_array_set_clear_func (self.leaves, leaf_clear);
  /* What is to come beside what is there is nobody's place. */
  if (node != NULL && !words_begin_any (self.small, "add,another,one more,as well,füge,noch ein", ","))
    collect (&self, node, part != NULL ? part : "", NULL, member);
  for (guint i = 0; self.leaves->len > 0 && i < G_N_ELEMENTS (rules) && changed == NULL; i++)
    changed = rules[i] (&self);
  if (part == NULL)
    json_node_unref (node);
  g_array_unref (self.leaves);
  g_free (self.small);
  return changed;
}
