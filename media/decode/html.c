/* SPDX-License-Identifier: MIT */
#include "html.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <string.h>

/* Bytes of the beginning in which a page says its encoding. */
#define HEAD 2048

typedef struct {
  Extract *extract;
  xmlParserCtxtPtr context;
  char **title;
  GString *in_title; /* not NULL within <title> */
  GString *in_pre;   /* not NULL within <pre> */
  unsigned hidden;   /* depth within an element that is left out; 0: not */
  unsigned styles[4]; /* how many elements of each style are open */
} Html;

typedef struct {
  const char *name;
  void (*start) (Html *html, const char **attributes);
  void (*end) (Html *html);
} HtmlElement;

static const char *
attribute (const char **attributes, const char *name)
{
  for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
    if (strcmp (attributes[0], name) == 0)
      return attributes[1] != NULL ? attributes[1] : "";
  return NULL;
}

static unsigned
number (const char **attributes, const char *name, unsigned fallback)
{
  const char *text = attribute (attributes, name);
  guint64 value = text != NULL ? g_ascii_strtoull (text, NULL, 10) : 0;
  return value > 0 && value < 100000 ? (unsigned) value : fallback;
}

static unsigned
style_of (const Html *html)
{
  unsigned style = 0;
  for (int i = 0; i < 4; i++)
    style |= html->styles[i] > 0 ? 1u << i : 0;
  return style;
}

static void
hide (Html *html, const char **attributes)
{
  html->hidden = 1;
}

static void
block (Html *html, const char **attributes)
{
  markdown_end_block (html->extract->markdown);
}

static void
end_block (Html *html)
{
  markdown_end_block (html->extract->markdown);
}

#define HEADING(level)                                        \
  static void h##level (Html *html, const char **attributes)  \
  {                                                           \
    markdown_begin_heading (html->extract->markdown, level);  \
  }
HEADING (1)
HEADING (2)
HEADING (3)
HEADING (4)
HEADING (5)
HEADING (6)

#define STYLE(name, bit)                                    \
  static void name (Html *html, const char **attributes)    \
  {                                                         \
    html->styles[bit]++;                                    \
  }                                                         \
  static void end_##name (Html *html)                       \
  {                                                         \
    html->styles[bit] -= html->styles[bit] > 0;             \
  }
STYLE (bold, 0)
STYLE (italic, 1)
STYLE (strike, 2)
STYLE (code, 3)

static void
line_break (Html *html, const char **attributes)
{
  if (html->in_pre != NULL)
    g_string_append_c (html->in_pre, '\n');
  else
    markdown_break (html->extract->markdown);
}

static void
rule (Html *html, const char **attributes)
{
  markdown_rule (html->extract->markdown);
}

static void
link_start (Html *html, const char **attributes)
{
  markdown_link (html->extract->markdown, attribute (attributes, "href"));
}

static void
link_end (Html *html)
{
  markdown_link (html->extract->markdown, NULL);
}

static void
image (Html *html, const char **attributes)
{
  const char *alt = attribute (attributes, "alt");
  html->extract->counts[MEDIA_COUNT_PICTURES]++;
  if (alt != NULL && alt[strspn (alt, " \t\n")] != '\0')
    markdown_text (html->extract->markdown, alt, strlen (alt), MARKDOWN_ITALIC);
}

static void
list (Html *html, const char **attributes)
{
  markdown_open_list (html->extract->markdown, false, 1);
}

static void
ordered_list (Html *html, const char **attributes)
{
  markdown_open_list (html->extract->markdown, true, number (attributes, "start", 1));
}

static void
list_end (Html *html)
{
  markdown_close (html->extract->markdown, MARKDOWN_LIST);
}

static void
item (Html *html, const char **attributes)
{
  markdown_open_item (html->extract->markdown);
}

static void
item_end (Html *html)
{
  markdown_close (html->extract->markdown, MARKDOWN_ITEM);
}

static void
quote (Html *html, const char **attributes)
{
  markdown_open_quote (html->extract->markdown);
}

static void
quote_end (Html *html)
{
  markdown_close (html->extract->markdown, MARKDOWN_QUOTE);
}

static void
table (Html *html, const char **attributes)
{
  const char *role = attribute (attributes, "role");
  markdown_open_table (html->extract->markdown, true);
  if (role != NULL && (strcmp (role, "presentation") == 0 || strcmp (role, "none") == 0))
    markdown_table_is_layout (html->extract->markdown);
}

static void
table_end (Html *html)
{
  markdown_close (html->extract->markdown, MARKDOWN_TABLE);
}

static void
row (Html *html, const char **attributes)
{
  markdown_open_row (html->extract->markdown);
}

static void
row_end (Html *html)
{
  markdown_close (html->extract->markdown, MARKDOWN_ROW);
}

static void
cell (Html *html, const char **attributes)
{
  markdown_open_cell (html->extract->markdown, number (attributes, "colspan", 1));
}

static void
cell_end (Html *html)
{
  markdown_close (html->extract->markdown, MARKDOWN_CELL);
}

static void
pre (Html *html, const char **attributes)
{
  if (html->in_pre == NULL)
    html->in_pre = g_string_new (NULL);
}

static void
pre_end (Html *html)
{
  if (html->in_pre == NULL)
    return;
  if (html->in_pre->len > 0)
    markdown_code_block (html->extract->markdown, html->in_pre->str, html->in_pre->len);
  g_string_free (html->in_pre, TRUE);
  html->in_pre = NULL;
}

static void
title (Html *html, const char **attributes)
{
  if (html->in_title == NULL)
    html->in_title = g_string_new (NULL);
}

static void
title_end (Html *html)
{
  if (html->in_title == NULL)
    return;
  if (html->title != NULL)
    extract_set_line (html->title, html->in_title->str);
  g_string_free (html->in_title, TRUE);
  html->in_title = NULL;
}

static const HtmlElement elements[] = {
  { "a", link_start, link_end },
  { "address", block, end_block },
  { "article", block, end_block },
  { "aside", block, end_block },
  { "audio", hide, NULL },
  { "b", bold, end_bold },
  { "blockquote", quote, quote_end },
  { "br", line_break, NULL },
  { "button", hide, NULL },
  { "canvas", hide, NULL },
  { "caption", block, end_block },
  { "center", block, end_block },
  { "code", code, end_code },
  { "dd", block, end_block },
  { "del", strike, end_strike },
  { "details", block, end_block },
  { "div", block, end_block },
  { "dl", block, end_block },
  { "dt", block, end_block },
  { "em", italic, end_italic },
  { "figcaption", block, end_block },
  { "figure", block, end_block },
  { "footer", block, end_block },
  { "form", block, end_block },
  { "h1", h1, end_block },
  { "h2", h2, end_block },
  { "h3", h3, end_block },
  { "h4", h4, end_block },
  { "h5", h5, end_block },
  { "h6", h6, end_block },
  { "header", block, end_block },
  { "hr", rule, NULL },
  { "i", italic, end_italic },
  { "iframe", hide, NULL },
  { "image", image, NULL },
  { "img", image, NULL },
  { "input", hide, NULL },
  { "li", item, item_end },
  { "main", block, end_block },
  { "nav", block, end_block },
  { "noscript", hide, NULL },
  { "object", hide, NULL },
  { "ol", ordered_list, list_end },
  { "p", block, end_block },
  { "pre", pre, pre_end },
  { "s", strike, end_strike },
  { "script", hide, NULL },
  { "section", block, end_block },
  { "select", hide, NULL },
  { "strike", strike, end_strike },
  { "strong", bold, end_bold },
  { "style", hide, NULL },
  { "summary", block, end_block },
  { "table", table, table_end },
  { "td", cell, cell_end },
  { "template", hide, NULL },
  { "textarea", hide, NULL },
  { "th", cell, cell_end },
  { "title", title, title_end },
  { "tr", row, row_end },
  { "tt", code, end_code },
  { "ul", list, list_end },
  { "video", hide, NULL },
};

static const HtmlElement *
find (const char *name)
{
  size_t low = 0, high = G_N_ELEMENTS (elements);
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = strcmp (name, elements[middle].name);
    if (order == 0)
      return &elements[middle];
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return NULL;
}

/* What the reader of the page does not see is not given to the model either: it is where orders to models are hidden. */
static bool
is_hidden (const char **attributes)
{
  const char *style = attribute (attributes, "style");
  if (attribute (attributes, "hidden") != NULL)
    return true;
  if (style == NULL)
    return false;
  GString *plain = g_string_new (NULL);
  for (; *style != '\0' && plain->len < 2000; style++)
    if (!g_ascii_isspace (*style))
      g_string_append_c (plain, g_ascii_tolower (*style));
  bool hidden = strstr (plain->str, "display:none") != NULL || strstr (plain->str, "visibility:hidden") != NULL || strstr (plain->str, "mso-hide:all") != NULL ||
                strstr (plain->str, "font-size:0;") != NULL || g_str_has_suffix (plain->str, "font-size:0") || strstr (plain->str, "font-size:0px") != NULL;
  g_string_free (plain, TRUE);
  return hidden;
}

static void
on_start (void *data, const xmlChar *name, const xmlChar **attributes)
{
  Html *html = data;
  const htmlElemDesc *description = htmlTagLookup (name);
  bool empty = description != NULL && description->empty;

  if (html->hidden > 0) {
    html->hidden += !empty;
    return;
  }
  if (extract_is_over (html->extract)) {
    xmlStopParser (html->context);
    return;
  }
  if (is_hidden ((const char **) attributes)) {
    html->hidden = !empty;
    return;
  }
  const HtmlElement *element = find ((const char *) name);
  if (element != NULL)
    element->start (html, (const char **) attributes);
  if (empty)
    html->hidden = 0;
}

static void
on_end (void *data, const xmlChar *name)
{
  Html *html = data;
  const htmlElemDesc *description = htmlTagLookup (name);

  if (description != NULL && description->empty)
    return;
  if (html->hidden > 0) {
    html->hidden--;
    return;
  }
  const HtmlElement *element = find ((const char *) name);
  if (element != NULL && element->end != NULL)
    element->end (html);
}

static void
on_text (void *data, const xmlChar *text, int length)
{
  Html *html = data;
  GString *whole = html->in_title != NULL ? html->in_title : html->in_pre;

  if (html->hidden > 0 || extract_is_over (html->extract))
    return;
  if (whole == NULL)
    markdown_text (html->extract->markdown, (const char *) text, (size_t) length, style_of (html));
  else if (whole->len < html->extract->max_text)
    g_string_append_len (whole, (const char *) text, length);
}

void
html_read (Extract *extract, const char *text, size_t length, char **title_out)
{
  Html html = { .extract = extract, .title = title_out };
  htmlSAXHandler handler = {
    .startElement = on_start, .endElement = on_end, .characters = on_text, .ignorableWhitespace = on_text, .cdataBlock = NULL,
  };

  if (length == 0 || length > G_MAXINT)
    return;
  htmlParserCtxtPtr context = htmlCreateMemoryParserCtxt (text, (int) length);
  if (context == NULL)
    return;
  /* The bytes are UTF-8, whatever the page says. */
  xmlSwitchToEncoding (context, xmlFindCharEncodingHandler ("UTF-8"));
  htmlCtxtUseOptions (context, HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER | HTML_PARSE_IGNORE_ENC);
  htmlSAXHandler *before = context->sax;
  context->sax = &handler;
  context->userData = &html;
  html.context = context;
  htmlParseDocument (context);
  context->sax = before;
  title_end (&html);
  pre_end (&html);
  if (context->myDoc != NULL)
    xmlFreeDoc (context->myDoc);
  htmlFreeParserCtxt (context);
  markdown_end_block (extract->markdown);
}

char *
html_find_charset (const uint8_t *bytes, size_t size)
{
  g_autofree char *head = g_ascii_strdown ((const char *) bytes, (gssize) MIN (size, HEAD));
  /* Two ways to write it, and XML's. */
  static const char *const before[] = { "charset=", "encoding=" };

  for (size_t i = 0; i < G_N_ELEMENTS (before); i++) {
    const char *at = strstr (head, before[i]);
    if (at == NULL)
      continue;
    at += strlen (before[i]);
    at += strspn (at, "\"' ");
    size_t n = strspn (at, "abcdefghijklmnopqrstuvwxyz0123456789-_:");
    if (n > 0 && n < 40)
      return g_strndup (at, n);
  }
  return NULL;
}

bool
html_matches (const uint8_t *bytes, size_t size)
{
  g_autofree char *head = g_ascii_strdown ((const char *) bytes, (gssize) MIN (size, HEAD));
  const char *at = head;

  if (g_str_has_prefix (at, "\xef\xbb\xbf"))
    at += 3;
  for (;;) {
    at += strspn (at, " \t\r\n\f");
    if (g_str_has_prefix (at, "<!--") && strstr (at, "-->") != NULL)
      at = strstr (at, "-->") + 3;
    else if (g_str_has_prefix (at, "<?xml") && strstr (at, "?>") != NULL)
      at = strstr (at, "?>") + 2;
    else
      break;
  }
  return g_str_has_prefix (at, "<!doctype html") || g_str_has_prefix (at, "<html") || g_str_has_prefix (at, "<head") || g_str_has_prefix (at, "<body");
}
