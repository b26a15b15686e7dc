/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bundle as one file that any browser shows: what its first page names of the bundle stands in the page itself.
 *
 * The page's marks are found as a browser finds them: comments, the text of <script> and <style>, and tags with quoted attributes. Scripts, style sheets, pictures and what
 * style sheets name are put in; everything else is left as it is. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-bundle.h"
#include "app-error.h"

/* Bytes of the page. */
#define MAX_PAGE (256 * 1024 * 1024)

/* One tag of the page, from its "<" to behind its ">". */
typedef struct {
  const char *begin, *end;
  char *name;                    /* in small letters; "/script" for an end */
  const char *value, *value_end; /* of the attribute that names a file: src or href; NULL if there is none */
  const char *attribute;         /* where that begins */
  gboolean is_style;             /* rel="stylesheet" */
} Tag;

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Reads the tag at `at`; FALSE if it is none, or has no end. The caller frees its name. */
static gboolean
read_tag (const char *at, const char *end, Tag *tag)
{
  const char *name = at + 1, *p = name;

  if (p < end && *p == '/')
    p++;
  if (p >= end || !g_ascii_isalpha (*p))
    return FALSE;
  while (p < end && !is_space (*p) && *p != '/' && *p != '>')
    p++;
  *tag = (Tag) { .begin = at };
  g_autofree char *small = g_ascii_strdown (name, p - name);
  for (;;) {
    while (p < end && (is_space (*p) || *p == '/'))
      p++;
    if (p >= end)
      return FALSE;
    if (*p == '>')
      break;
    const char *key = p;
    while (p < end && !is_space (*p) && *p != '=' && *p != '>' && *p != '/')
      p++;
    p += p == key; /* a sign that is no name */
    gsize key_length = (gsize) (p - key);
    const char *value = NULL, *value_end = NULL;
    while (p < end && is_space (*p))
      p++;
    if (p < end && *p == '=') {
      p++;
      while (p < end && is_space (*p))
        p++;
      char quote = p < end && (*p == '"' || *p == '\'') ? *p++ : 0;
      value = p;
      while (p < end && (quote ? *p != quote : !is_space (*p) && *p != '>'))
        p++;
      if (p >= end)
        return FALSE;
      value_end = p;
      p += quote != 0;
    }
    gboolean names = (key_length == 3 && g_ascii_strncasecmp (key, "src", 3) == 0) || (key_length == 4 && g_ascii_strncasecmp (key, "href", 4) == 0);
    if (names && value != NULL && tag->value == NULL) {
      tag->value = value;
      tag->value_end = value_end;
      tag->attribute = key;
    }
    if (key_length == 3 && g_ascii_strncasecmp (key, "rel", 3) == 0 && value != NULL)
      tag->is_style = value_end - value == 10 && g_ascii_strncasecmp (value, "stylesheet", 10) == 0;
  }
  tag->end = p + 1;
  tag->name = g_steal_pointer (&small);
  return TRUE;
}

/* The end of an element whose text has no tags: "</script" at or behind `at`; `end` if there is none. */
static const char *
find_close (const char *at, const char *end, const char *name)
{
  gsize length = strlen (name);

  for (; at + 2 + length <= end; at++)
    if (at[0] == '<' && at[1] == '/' && g_ascii_strncasecmp (at + 2, name, length) == 0 && (at + 2 + length == end || is_space (at[2 + length]) || at[2 + length] == '>' || at[2 + length] == '/'))
      return at;
  return end;
}

/* A file of the bundle by what the page calls it; NULL for what is elsewhere. */
static GBytes *
find_file (AppBundle *bundle, const char *folder, const char *value, const char *value_end, const char **mime_type)
{
  g_autofree char *name = g_strndup (value, (gsize) (value_end - value));
  const char *path = name;

  path += g_str_has_prefix (path, "./") ? 2 : g_str_has_prefix (path, "/") ? 1 : 0;
  g_autofree char *whole = path != name && name[0] == '/' ? g_strdup (path) : g_strconcat (folder, path, NULL);
  whole[strcspn (whole, "?#")] = '\0';
  return app_bundle_is_path (whole) ? app_bundle_find (bundle, whole, mime_type) : NULL;
}

static void
append_data (GString *page, GBytes *bytes, const char *mime_type)
{
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);
  g_autofree char *base64 = g_base64_encode (data, size), *type = g_strdup (mime_type);

  type[strcspn (type, "; \"'<>")] = '\0';
  g_string_append_printf (page, "data:%s;base64,%s", type, base64);
}

/* What ends or opens something within <script> is written so that JavaScript reads the same: such words stand in texts and expressions only. */
static void
append_script (GString *page, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size), *end = data + size;

  for (const char *at = data; at < end; at++) {
    gsize left = (gsize) (end - at);
    if (left >= 8 && g_ascii_strncasecmp (at, "</script", 8) == 0) {
      g_string_append (page, "<\\/");
      at++;
    } else if (left >= 4 && strncmp (at, "<!--", 4) == 0) {
      g_string_append (page, "<\\!--");
      at += 3;
    } else if (left >= 7 && g_ascii_strncasecmp (at, "<script", 7) == 0) {
      g_string_append (page, "\\x3c");
    } else {
      g_string_append_c (page, *at);
    }
  }
}

/* With the pictures and fonts of the bundle in it, which it names from its own folder. */
static void
append_style (GString *page, AppBundle *bundle, const char *path, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size), *end = data + size;
  const char *slash = strrchr (path, '/');
  g_autofree char *folder = g_strndup (path, slash != NULL ? (gsize) (slash + 1 - path) : 0);

  for (const char *at = data; at < end; at++) {
    if (end - at >= 4 && g_ascii_strncasecmp (at, "url(", 4) == 0) {
      const char *close = memchr (at, ')', (gsize) (end - at)), *value = at + 4, *value_end = close, *type;
      if (close != NULL) {
        if (value < close && (*value == '"' || *value == '\'')) {
          value++;
          value_end = close > value ? close - 1 : value;
        }
        GBytes *file = find_file (bundle, folder, value, value_end, &type);
        if (file != NULL) {
          g_string_append (page, "url(\"");
          append_data (page, file, type);
          g_string_append (page, "\")");
          at = close;
          continue;
        }
      }
    }
    if (end - at >= 7 && g_ascii_strncasecmp (at, "</style", 7) == 0) {
      g_string_append (page, "<\\/");
      at++;
      continue;
    }
    g_string_append_c (page, *at);
  }
}

/* Writes the tag with what it names in it. FALSE if it names nothing of the bundle. */
static gboolean
append_tag (GString *page, AppBundle *bundle, const Tag *tag)
{
  const char *type;
  GBytes *file = tag->value != NULL ? find_file (bundle, "", tag->value, tag->value_end, &type) : NULL;

  if (file == NULL)
    return FALSE;
  if (strcmp (tag->name, "script") == 0) {
    /* All attributes but the name of the file. */
    const char *rest = tag->value_end + (tag->value_end[0] == '"' || tag->value_end[0] == '\'');
    g_string_append_len (page, tag->begin, tag->attribute - tag->begin);
    g_string_append_len (page, rest, tag->end - rest);
    append_script (page, file);
  } else if (strcmp (tag->name, "link") == 0 && tag->is_style) {
    g_autofree char *path = g_strndup (tag->value, (gsize) (tag->value_end - tag->value));
    const char *plain = g_str_has_prefix (path, "./") ? path + 2 : path[0] == '/' ? path + 1 : path;
    g_string_append (page, "<style>");
    append_style (page, bundle, plain, file);
    g_string_append (page, "</style>");
  } else {
    gboolean quoted = tag->value_end[0] == '"' || tag->value_end[0] == '\'';
    g_string_append_len (page, tag->begin, tag->value - tag->begin);
    g_string_append (page, quoted ? "" : "\"");
    append_data (page, file, type);
    g_string_append (page, quoted ? "" : "\"");
    g_string_append_len (page, tag->value_end, tag->end - tag->value_end);
  }
  return TRUE;
}

char *
app_bundle_dup_single_page (AppBundle *bundle, GError **error)
{
  static const char *const with_files[] = { "script", "link", "img", "source", "video", "audio", "image", "input", NULL };
  GBytes *index = app_bundle_find (bundle, APP_BUNDLE_INDEX, NULL);
  gsize size;

  if (index == NULL) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("There is no page here to make one file of."));
    return NULL;
  }
  const char *at = g_bytes_get_data (index, &size);
  /* Of no bytes there is no address. */
  if (size == 0)
    return g_strdup ("");
  const char *end = at + size;
  g_autoptr (GString) page = g_string_sized_new (size);
  while (at < end && page->len < MAX_PAGE) {
    const char *next = memchr (at, '<', (gsize) (end - at));
    Tag tag;
    if (next == NULL)
      next = end;
    g_string_append_len (page, at, next - at);
    at = next;
    if (at == end)
      break;
    if (end - at >= 4 && strncmp (at, "<!--", 4) == 0) {
      const char *close = g_strstr_len (at + 4, end - at - 4, "-->");
      next = close != NULL ? close + 3 : end;
      g_string_append_len (page, at, next - at);
      at = next;
      continue;
    }
    if (!read_tag (at, end, &tag)) {
      g_string_append_c (page, *at++);
      continue;
    }
    if (!g_strv_contains (with_files, tag.name) || !append_tag (page, bundle, &tag))
      g_string_append_len (page, tag.begin, tag.end - tag.begin);
    at = tag.end;
    /* Their text is no page. */
    if (strcmp (tag.name, "script") == 0 || strcmp (tag.name, "style") == 0 || strcmp (tag.name, "textarea") == 0 || strcmp (tag.name, "title") == 0) {
      next = find_close (at, end, tag.name);
      g_string_append_len (page, at, next - at);
      at = next;
    }
    g_free (tag.name);
  }
  if (page->len >= MAX_PAGE) {
    g_set_error_literal (error, APP_ERROR, APP_ERROR_INVALID, _("The page is too large to be one file. Save it as a folder instead."));
    return NULL;
  }
  return g_string_free (g_steal_pointer (&page), FALSE);
}
