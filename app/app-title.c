/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-conversation-private.h"
#include "app-markdown.h"

#include <string.h>

#include <glib/gi18n.h>

/* The longest automatic title, in characters. */
#define MAX_CHARS 48

/* The first line with a letter or digit in it, without the marks of Markdown that open it. */
static char *
first_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++) {
    const char *line = lines[i] + strspn (lines[i], " \t\r#>*-`_~");
    if (g_str_has_prefix (lines[i], "```"))
      continue;
    for (const char *p = line; *p; p = g_utf8_next_char (p))
      if (g_unichar_isalnum (g_utf8_get_char (p)))
        return g_strdup (line);
  }
  return NULL;
}

/* Cut at the end of a sentence, else between words, else anywhere. */
static char *
shorten (char *line)
{
  char *cut = NULL, *space = NULL, *p = line;

  for (int n = 0; *p && n < MAX_CHARS; n++, p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    if ((c == '.' || c == '!' || c == '?' || c == 0x3002) && n >= 8 && (p[1] == ' ' || p[1] == '\0' || c == 0x3002)) {
      cut = c == '.' || c == 0x3002 ? p : g_utf8_next_char (p);
      break;
    }
    if (c == ' ' && n >= MAX_CHARS / 2)
      space = p;
  }
  if (!cut && *p == '\0')
    return line;
  if (cut) {
    *cut = '\0';
    return line;
  }
  *(space ? space : p) = '\0';
  p = g_strconcat (line, "…", NULL);
  g_free (line);
  return p;
}

char *
app_title_for_turn (AppTurn *turn)
{
  g_autofree char *line = first_line (app_turn_get_text (turn));

  if (!line && app_turn_get_n_attachments (turn))
    line = g_strdup (app_attachment_get_name (app_turn_get_attachment (turn, 0)));
  if (!line)
    line = g_strdup (*app_turn_get_text (turn) ? app_turn_get_text (turn) : _("Conversation"));
  return shorten (app_markdown_squeeze (line));
}
