/* SPDX-License-Identifier: MIT */
#include "extract.h"

#include <gmime/gmime.h>
#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <string.h>

#include "charset.h"
#include "zip.h"

/* Longest title and sender in bytes. */
#define MAX_LINE 500
/* Steps of a parser between two looks at the clock. */
#define STEPS_PER_LOOK 256

static const ExtractFormat *const formats[] = {
#define EXTRACT_FORMAT(name) &extract_##name,
#include "extracts.def"
#undef EXTRACT_FORMAT
};

/* Nothing outside of the document is ever a part of it. */
static xmlParserInputPtr
load_nothing (const char *url, const char *id, xmlParserCtxtPtr context)
{
  return NULL;
}

void
extract_prepare (void)
{
  xmlInitParser ();
  xmlCleanupInputCallbacks ();
  xmlSetExternalEntityLoader (load_nothing);
  g_mime_init ();
  charset_prepare ();
}

void
extract_fail (Extract *extract, MediaFault fault, uint64_t at, uint64_t of)
{
  if (extract->fault != MEDIA_FAULT_NONE)
    return;
  extract->fault = fault;
  extract->at = at;
  extract->of = of;
}

void
extract_damaged (Extract *extract)
{
  extract->cut = MEDIA_CUT_DAMAGE;
}

bool
extract_is_over (Extract *extract)
{
  if (extract->fault != MEDIA_FAULT_NONE || extract->cut == MEDIA_CUT_TIME)
    return true;
  if (markdown_is_full (extract->markdown)) {
    extract->cut = MEDIA_CUT_TEXT;
    return true;
  }
  if (++extract->steps % STEPS_PER_LOOK == 0 && extract->is_late != NULL && extract->is_late (extract->late_data)) {
    extract->cut = MEDIA_CUT_TIME;
    return true;
  }
  return false;
}

void
extract_set_line (char **field, const char *text)
{
  if (*field != NULL || text == NULL)
    return;
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);
  bool space = false;
  for (const char *at = valid; *at != '\0' && line->len < MAX_LINE - 8; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);
    if (g_unichar_isspace (c) || g_unichar_iscntrl (c)) {
      space = line->len > 0;
      continue;
    }
    if (space)
      g_string_append_c (line, ' ');
    space = false;
    g_string_append_unichar (line, c);
  }
  *field = g_string_free (line, line->len == 0);
}

void
extract_run (Extract *extract)
{
  size_t i = 0;

  extract->markdown = markdown_new (extract->max_text);
  while (i < G_N_ELEMENTS (formats) && extract->fault == MEDIA_FAULT_NONE && !formats[i]->matches (extract))
    i++;
  if (i == G_N_ELEMENTS (formats))
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
  if (extract->fault == MEDIA_FAULT_NONE)
    formats[i]->read (extract);
  extract->counts[MEDIA_COUNT_WORDS] = markdown_get_words (extract->markdown);
  /* Words are worth more than the reason why there are no more of them. */
  if (extract->counts[MEDIA_COUNT_WORDS] > 0 && extract->fault == MEDIA_FAULT_DAMAGED) {
    extract->fault = MEDIA_FAULT_NONE;
    extract->cut = MEDIA_CUT_DAMAGE;
  }
  if (extract->counts[MEDIA_COUNT_WORDS] == 0 && extract->cut == MEDIA_CUT_DAMAGE)
    extract_fail (extract, MEDIA_FAULT_DAMAGED, extract->size, extract->size);
  if (extract->fault == MEDIA_FAULT_NONE) {
    bool cut;
    extract->text = markdown_finish (extract->markdown, &cut);
    if (cut && extract->cut == 0)
      extract->cut = MEDIA_CUT_TEXT;
  }
}

void
extract_clear (Extract *extract)
{
  g_clear_pointer (&extract->markdown, markdown_free);
  g_clear_pointer (&extract->zip, zip_close);
  g_clear_pointer (&extract->text, g_free);
  g_clear_pointer (&extract->title, g_free);
  g_clear_pointer (&extract->sender, g_free);
}
