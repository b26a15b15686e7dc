/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-wrap.h"

#include <string.h>

#define BREAK "\342\200\213" /* U+200B, a place to break that takes no room */

/* One character of a text in markup: a character as it is, or an entity; tags have no width and end no word. What must not be broken is one piece. */
#define WHOLE "<span allow_breaks=\"false\">"
#define WHOLE_END "</span>"

typedef struct {
  const char *start;
  const char *end;
  gboolean is_tag;
  gboolean ends_word; /* the line may break here anyway: white space, ideographs, pictures */
} Piece;

static Piece
next_piece (const char *p)
{
  Piece piece = { p, p, FALSE, FALSE };
  const char *end;
  gunichar c;

  if (g_str_has_prefix (p, WHOLE) && (end = strstr (p, WHOLE_END)) != NULL) {
    piece.ends_word = TRUE;
    piece.end = end + strlen (WHOLE_END);
    return piece;
  }
  if (*p == '<' && (end = strchr (p, '>')) != NULL) {
    piece.is_tag = TRUE;
    piece.end = end + 1;
    return piece;
  }
  if (*p == '&' && (end = strchr (p, ';')) != NULL) {
    piece.end = end + 1;
    return piece;
  }
  c = g_utf8_get_char (p);
  piece.ends_word = g_unichar_isspace (c) || g_unichar_iswide (c) || c == 0x200b;
  piece.end = g_utf8_next_char (p);
  return piece;
}

static guint
longest_word (const char *markup)
{
  guint longest = 0;
  guint length = 0;

  for (const char *p = markup; *p != '\0';) {
    Piece piece = next_piece (p);

    if (piece.ends_word)
      length = 0;
    else if (!piece.is_tag)
      length++;
    longest = MAX (longest, length);
    p = piece.end;
  }
  return longest;
}

static char *
soften (const char *markup)
{
  GString *out = g_string_sized_new (strlen (markup) * 9 / 8);
  guint length = 0;

  for (const char *p = markup; *p != '\0';) {
    Piece piece = next_piece (p);

    if (piece.ends_word) {
      length = 0;
    } else if (!piece.is_tag && ++length > UI_WRAP_MAX_WORD) {
      g_string_append (out, BREAK);
      length = 1;
    }
    g_string_append_len (out, p, piece.end - p);
    p = piece.end;
  }
  return g_string_free (out, FALSE);
}

void
ui_wrap_set_markup (GtkLabel *label, const char *markup)
{
  guint longest = longest_word (markup);
  gboolean exact = longest <= UI_WRAP_MAX_WORD || (longest <= UI_WRAP_MAX_EXACT && strlen (markup) <= UI_WRAP_MAX_TEXT);
  g_autofree char *softened = exact ? NULL : soften (markup);
  const char *shown = exact ? markup : softened;

  gtk_label_set_wrap_mode (label, exact && longest > UI_WRAP_MAX_WORD ? PANGO_WRAP_WORD_CHAR : PANGO_WRAP_WORD);
  if (strcmp (gtk_label_get_label (label), shown) != 0)
    gtk_label_set_markup (label, shown);
}
