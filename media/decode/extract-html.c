/* SPDX-License-Identifier: MIT */
/* A page of the web that was saved: its words and their structure, not its source. */
#include <string.h>

#include "charset.h"
#include "html.h"

/* Bytes of a page that are parsed. */
#define MAX_PAGE (64u * 1024 * 1024)

static bool
matches (Extract *extract)
{
  return strcmp (extract->hint, "HTML") == 0 || html_matches (extract->input, extract->size);
}

static void
read_page (Extract *extract)
{
  g_autofree char *charset = html_find_charset (extract->input, extract->size);
  g_autofree char *text = charset_to_utf8 (extract->input, extract->size, charset, MAX_PAGE);

  extract->format = "HTML";
  if (text == NULL) {
    extract_fail (extract, MEDIA_FAULT_UNKNOWN_FORMAT, 0, 0);
    return;
  }
  html_read (extract, text, strlen (text), &extract->title);
  if (extract->size > MAX_PAGE)
    extract->cut = MEDIA_CUT_TEXT;
}

const ExtractFormat extract_html = { matches, read_page };
