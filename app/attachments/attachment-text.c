/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kinds share in writing for the model and for the person. */
#include <glib/gi18n.h>
#include <string.h>

#include "attachment-kind.h"
#include "attachment-private.h"

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

/* The frame is a first and a last line in square brackets. A Markdown file stands in a fence besides. */
char *
app_attachment_dup_markdown (AppAttachment *self)
{
  const char *text = app_attachment_get_model_text (self);
  const char *start = text != NULL ? strchr (text, '\n') : NULL;

  if (start == NULL || !app_attachment_kind_info (app_attachment_get_kind (self))->markdown)
    return NULL;
  start += strspn (start, "\n");
  gsize fence = strspn (start, "`");
  g_autofree char *mark = g_strnfill (fence, '`');
  if (fence >= 3) {
    const char *end = g_strrstr (start, mark);
    start = strchr (start, '\n');
    return start != NULL && end > start ? g_strndup (start + 1, (gsize) (end - start) - 1) : NULL;
  }
  const char *end = g_strrstr (start, "\n[End of ");
  return end != NULL ? g_strndup (start, (gsize) (end - start) + 1) : NULL;
}
