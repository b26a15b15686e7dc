/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-json-items.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

#define BUFFER (256 * 1024)

typedef enum { START, IN_ARRAY, AT_END } Place;

struct _AppJsonItems {
  GInputStream *stream;
  guint8 *buffer;
  gsize at, filled;
  guint64 position; /* of the buffer's end in the file */
  GCancellable *cancellable;
  JsonObject *header;
  GString *text; /* of the item that is being read */
  JsonParser *parser;
  Place place;
  gboolean first; /* no item was read from the array yet */
};

AppJsonItems *
app_json_items_new (GInputStream *stream)
{
  AppJsonItems *self = g_new0 (AppJsonItems, 1);

  self->stream = g_object_ref (stream);
  self->buffer = g_malloc (BUFFER);
  self->header = json_object_new ();
  self->text = g_string_new (NULL);
  self->parser = json_parser_new_immutable ();
  return self;
}

void
app_json_items_free (AppJsonItems *self)
{
  g_object_unref (self->stream);
  g_object_unref (self->parser);
  g_free (self->buffer);
  json_object_unref (self->header);
  g_string_free (self->text, TRUE);
  g_free (self);
}

JsonObject *
app_json_items_get_header (AppJsonItems *self)
{
  return self->header;
}

guint64
app_json_items_get_position (AppJsonItems *self)
{
  return self->position - (self->filled - self->at);
}

/* ---- bytes ---- */

#define END (-1)
#define TROUBLE (-2)

static int
fill (AppJsonItems *self, GError **error)
{
  gssize n = g_input_stream_read (self->stream, self->buffer, BUFFER, self->cancellable, error);

  self->at = 0;
  self->filled = MAX (n, 0);
  self->position += self->filled;
  return n > 0 ? self->buffer[0] : n == 0 ? END : TROUBLE;
}

/* The next byte, which stays; END or TROUBLE. */
static inline int
peek (AppJsonItems *self, GError **error)
{
  return self->at < self->filled ? self->buffer[self->at] : fill (self, error);
}

static inline int
take (AppJsonItems *self, GError **error)
{
  int c = peek (self, error);

  if (c >= 0)
    self->at++;
  return c;
}

/* FALSE always. `c`: the byte that should not be there, or END, or TROUBLE, which has set `error` itself. */
static gboolean
refuse (AppJsonItems *self, int c, GError **error)
{
  if (c == END)
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The file ends early, at byte %zu. Export it again where it came from."),
                 (gsize) app_json_items_get_position (self));
  else if (c != TROUBLE)
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("The file is not valid JSON near byte %zu. Export it again where it came from."),
                 (gsize) app_json_items_get_position (self));
  return FALSE;
}

static gboolean
append (AppJsonItems *self, char c, GError **error)
{
  if (self->text->len >= APP_JSON_ITEMS_MAX_BYTES) {
    g_set_error (error, APP_ERROR, APP_ERROR_DAMAGED, _("One conversation in the file is longer than %d MB, which is not taken. Export the others without it."),
                 APP_JSON_ITEMS_MAX_BYTES / 1024 / 1024);
    return FALSE;
  }
  g_string_append_c (self->text, c);
  return TRUE;
}

static gboolean
append_all (AppJsonItems *self, const char *s, GError **error)
{
  for (; *s; s++)
    if (!append (self, *s, error))
      return FALSE;
  return TRUE;
}

static gboolean
is_space (int c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The first byte after white space, which stays. */
static int
peek_word (AppJsonItems *self, GError **error)
{
  int c;

  while (is_space (c = peek (self, error)))
    self->at++;
  return c;
}

/* ---- values ---- */

/* Four hexadecimal digits, after \u. */
static gboolean
take_unit (AppJsonItems *self, guint *unit, GError **error)
{
  *unit = 0;
  for (int i = 0; i < 4; i++) {
    int c = take (self, error);
    if (c < 0 || !g_ascii_isxdigit (c))
      return refuse (self, c, error);
    *unit = *unit * 16 + g_ascii_xdigit_value (c);
  }
  return TRUE;
}

static gboolean
append_unit (AppJsonItems *self, guint unit, GError **error)
{
  char escape[8];

  g_snprintf (escape, sizeof escape, "\\u%04x", unit);
  return append_all (self, escape, error);
}

#define IS_HIGH(unit) ((unit) >= 0xd800 && (unit) < 0xdc00)
#define IS_LOW(unit) ((unit) >= 0xdc00 && (unit) < 0xe000)

/* After \u. A half that has no other half, and the character 0, become U+FFFD. */
static gboolean
copy_unit (AppJsonItems *self, GError **error)
{
  guint unit, low;
  int c;

  if (!take_unit (self, &unit, error))
    return FALSE;
  while (IS_HIGH (unit)) {
    if ((c = peek (self, error)) != '\\')
      return c == TROUBLE ? FALSE : append_unit (self, 0xfffd, error);
    self->at++;
    if ((c = take (self, error)) != 'u') {
      char escape[3] = { '\\', c, 0 };
      return c < 0 || c < ' ' ? refuse (self, c, error) : append_unit (self, 0xfffd, error) && append_all (self, escape, error);
    }
    if (!take_unit (self, &low, error))
      return FALSE;
    if (IS_LOW (low))
      return append_unit (self, unit, error) && append_unit (self, low, error);
    if (!append_unit (self, 0xfffd, error))
      return FALSE;
    unit = low;
  }
  return append_unit (self, unit == 0 || IS_LOW (unit) ? 0xfffd : unit, error);
}

/* What is after the opening quote, to the closing one. */
static gboolean
copy_string (AppJsonItems *self, GError **error)
{
  for (;;) {
    int c = take (self, error);
    if (c < ' ')
      return refuse (self, c, error);
    if (c != '\\') {
      if (!append (self, c, error))
        return FALSE;
      if (c == '"')
        return TRUE;
      continue;
    }
    c = take (self, error);
    if (c == 'u') {
      if (!copy_unit (self, error))
        return FALSE;
    } else if (c < 0 || !strchr ("\"\\/bfnrt", c) || c == 0) {
      return refuse (self, c, error);
    } else if (!append (self, '\\', error) || !append (self, c, error)) {
      return FALSE;
    }
  }
}

/* Copies one value to the end of `text`. Only what JSON has outside of strings passes, so that json-glib sees the same brackets. */
static gboolean
copy_value (AppJsonItems *self, GError **error)
{
  char open[APP_JSON_ITEMS_MAX_DEPTH];
  guint depth = 0;
  int c = peek_word (self, error);

  for (;;) {
    gboolean scalar = FALSE;

    if ((c = peek (self, error)) < 0)
      return refuse (self, c, error);
    self->at++;
    if (!append (self, c, error))
      return FALSE;
    if (c == '"') {
      if (!copy_string (self, error))
        return FALSE;
    } else if (c == '[' || c == '{') {
      if (depth == APP_JSON_ITEMS_MAX_DEPTH)
        return refuse (self, c, error);
      open[depth++] = c == '[' ? ']' : '}';
    } else if (c == ']' || c == '}') {
      if (depth == 0 || open[--depth] != c)
        return refuse (self, c, error);
    } else if (g_ascii_isalnum (c) || c == '-' || c == '+' || c == '.') {
      scalar = TRUE;
    } else if (depth == 0 || !(is_space (c) || c == ',' || c == ':')) {
      return refuse (self, c, error);
    }
    if (depth > 0)
      continue;
    c = peek (self, error);
    if (!scalar || c < 0 || c == ',' || c == ']' || c == '}' || is_space (c))
      return c == TROUBLE ? FALSE : TRUE;
  }
}

/* What stands in `text`. */
static JsonNode *
parse (AppJsonItems *self, GError **error)
{
  JsonNode *root;

  if (!g_utf8_validate (self->text->str, self->text->len, NULL) || !json_parser_load_from_data (self->parser, self->text->str, self->text->len, NULL) ||
      !(root = json_parser_get_root (self->parser))) {
    refuse (self, 0, error);
    return NULL;
  }
  return json_node_ref (root);
}

/* ---- the file ---- */

/* Takes the byte if it is there. */
static gboolean
expect (AppJsonItems *self, char wanted, GError **error)
{
  int c = peek_word (self, error);

  if (c != wanted)
    return refuse (self, c, error);
  self->at++;
  return TRUE;
}

/* Reads the members of the outermost object until its "items" begin, or to its end. */
static gboolean
read_header (AppJsonItems *self, GError **error)
{
  gsize whole = 0;
  int c = peek_word (self, error);

  if (c == '}') {
    self->at++;
    self->place = AT_END;
    return TRUE;
  }
  for (;;) {
    g_autoptr (JsonNode) member = NULL;
    JsonObjectIter iter;
    const char *key;
    JsonNode *value;

    g_string_assign (self->text, "{");
    if (!expect (self, '"', error) || !append (self, '"', error) || !copy_string (self, error) || !expect (self, ':', error) || !append (self, ':', error))
      return FALSE;
    if (strcmp (self->text->str, "{\"items\":") == 0 && json_object_has_member (self->header, "format") && peek_word (self, error) == '[') {
      self->at++;
      self->place = IN_ARRAY;
      return TRUE;
    }
    if (!copy_value (self, error) || !append (self, '}', error) || !(member = parse (self, error)))
      return FALSE;
    whole += self->text->len;
    if (whole > APP_JSON_ITEMS_MAX_BYTES)
      return refuse (self, 0, error);
    json_object_iter_init (&iter, json_node_get_object (member));
    while (json_object_iter_next (&iter, &key, &value))
      json_object_set_member (self->header, key, json_node_ref (value));
    c = peek_word (self, error);
    if (c != ',' && c != '}')
      return refuse (self, c, error);
    self->at++;
    if (c == '}') {
      self->place = AT_END;
      return TRUE;
    }
  }
}

static gboolean
begin (AppJsonItems *self, JsonNode **item, GError **error)
{
  int c;

  /* A mark of the byte order. */
  if (peek (self, error) == 0xef && self->filled >= 3 && memcmp (self->buffer, "\357\273\277", 3) == 0)
    self->at += 3;
  c = peek_word (self, error);
  if (c != '[' && c != '{')
    return refuse (self, c, error);
  self->at++;
  self->first = TRUE;
  self->place = IN_ARRAY;
  if (c == '[')
    return TRUE;
  if (!read_header (self, error))
    return FALSE;
  if (self->place == AT_END) {
    *item = json_node_new (JSON_NODE_OBJECT);
    json_node_take_object (*item, self->header);
    self->header = json_object_new ();
  }
  return TRUE;
}

gboolean
app_json_items_next (AppJsonItems *self, JsonNode **item, GCancellable *cancellable, GError **error)
{
  int c;

  *item = NULL;
  self->cancellable = cancellable;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->place == START) {
    if (!begin (self, item, error)) {
      self->place = AT_END;
      return FALSE;
    }
    if (*item)
      return TRUE;
  }
  if (self->place == AT_END)
    return TRUE;
  c = peek_word (self, error);
  if (c == ']') {
    self->at++;
    self->place = AT_END;
    return TRUE;
  }
  if (!self->first) {
    if (c != ',') {
      self->place = AT_END;
      return refuse (self, c, error);
    }
    self->at++;
    peek_word (self, error);
  }
  self->first = FALSE;
  g_string_truncate (self->text, 0);
  if (!copy_value (self, error) || !(*item = parse (self, error))) {
    self->place = AT_END;
    return FALSE;
  }
  /* A long one is not kept beside the short ones that follow. */
  if (self->text->allocated_len > 1024 * 1024) {
    g_string_free (self->text, TRUE);
    self->text = g_string_new (NULL);
  }
  return TRUE;
}
