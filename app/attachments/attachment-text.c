/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds share in writing for the model and for the person. */
#include <glib/gi18n.h>
#include <string.h>

#include "attachment-kind.h"

void
app_attachment_append_fenced (GString *to, const char *language, const char *text)
{
  gsize longest = 2, run = 0;
  for (const char *at = text; *at != '\0'; at++) {
    run = *at == '`' ? run + 1 : 0;
    longest = MAX (longest, run);
  }
  for (gsize i = 0; i <= longest; i++)
    g_string_append_c (to, '`');
  g_string_append_printf (to, "%s\n%s", language, text);
  if (text[0] != '\0' && text[strlen (text) - 1] != '\n')
    g_string_append_c (to, '\n');
  for (gsize i = 0; i <= longest; i++)
    g_string_append_c (to, '`');
  g_string_append_c (to, '\n');
}

char *
app_attachment_count_words (const char *const *texts, gsize n_texts)
{
  gulong words = 0;
  for (gsize i = 0; i < n_texts; i++) {
    gboolean inside = FALSE;
    for (const char *at = texts[i]; *at != '\0'; at = g_utf8_next_char (at)) {
      gunichar c = g_utf8_get_char (at);
      gboolean letter = g_unichar_isalnum (c) || g_unichar_ismark (c) || (inside && (c == '\'' || c == 0x2019 || c == '-' || c == '.' || c == ','));
      words += letter && !inside;
      /* Chinese and Japanese write without spaces: every sign counts. */
      inside = letter && !g_unichar_iswide (c);
    }
  }
  return g_strdup_printf (ngettext ("%'lu word", "%'lu words", words), words);
}
