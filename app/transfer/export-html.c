/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The visible path as one page that needs nothing beside it: its pictures stand in it, and it may load nothing (what a model wrote could else tell a
 * server that it is read). */
#include <cmark-gfm-core-extensions.h>
#include <glib/gi18n.h>
#include <string.h>

#include "app-markdown.h"
#include "transfer.h"

static const char head[] =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    ":root { color-scheme: light dark; --page: #fafafa; --ink: #2e2e2e; --dim: #5e5c64; --note: #e9e7e4; --line: #d6d3cf; --accent: #1a5fb4 }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --page: #1e1e1e; --ink: #ededed; --dim: #a8a7a4; --note: #323232; --line: #454545; --accent: #78aeed }\n"
    "}\n"
    "body { background: var(--page); color: var(--ink); font: 17px/1.55 Cantarell, system-ui, sans-serif; margin: 0 auto; max-width: 44em; padding: 2em 1.2em 4em; overflow-wrap: break-word }\n"
    "h1 { font-size: 1.6em; line-height: 1.25; margin: 1.4em 0 1em }\n"
    "article + article { border-top: 1px solid var(--line); margin-top: 4em }\n"
    "section { margin: 0 0 2em }\n"
    ".who { color: var(--dim); font-size: .82em; margin: 0 0 .4em }\n"
    ".note { background: var(--note); border-radius: 14px; margin-inline-start: 12%; padding: .7em 1.1em; white-space: pre-wrap }\n"
    ".dim, details, figcaption { color: var(--dim); font-size: .88em }\n"
    "a { color: var(--accent) }\n"
    "pre { background: var(--note); border-radius: 10px; overflow-x: auto; padding: .8em 1em }\n"
    "code { font: .88em/1.5 'Source Code Pro', ui-monospace, monospace }\n"
    "table { border-collapse: collapse; display: block; overflow-x: auto }\n"
    "th, td { border: 1px solid var(--line); padding: .35em .7em; text-align: start }\n"
    "blockquote { border-inline-start: 3px solid var(--line); color: var(--dim); margin-inline: 0; padding-inline-start: 1em }\n"
    "img { border-radius: 10px; display: block; max-height: 30em; max-width: 100% }\n"
    "figure { margin: 0 0 .8em 12% }\n"
    "hr { border: 0; border-top: 1px solid var(--line) }\n"
    "</style>\n";

static void
begin (AppExportWriter *writer, const char *title)
{
  app_export_write (writer, "<!doctype html>\n<html>\n<head>\n");
  app_export_write (writer, head);
  app_export_write (writer, "<title>");
  app_export_write_escaped (writer, title ? title : _("Conversations"));
  app_export_write (writer, "</title>\n</head>\n<body>\n");
}

/* A picture elsewhere would be fetched: it becomes a link. */
static void
unlink_pictures (cmark_node *document)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE) {
    cmark_node *image = cmark_iter_get_node (iter), *link, *child;

    if (event != CMARK_EVENT_EXIT || cmark_node_get_type (image) != CMARK_NODE_IMAGE)
      continue;
    link = cmark_node_new (CMARK_NODE_LINK);
    cmark_node_set_url (link, cmark_node_get_url (image));
    cmark_node_set_title (link, cmark_node_get_title (image));
    cmark_node_insert_before (image, link);
    while ((child = cmark_node_first_child (image)))
      cmark_node_append_child (link, child);
    cmark_node_free (image);
  }
  cmark_iter_free (iter);
}

static void
write_markdown (AppExportWriter *writer, const char *text)
{
  cmark_node *document;
  char *html;

  if (!app_markdown_is_parseable (text)) {
    app_export_write (writer, "<pre>");
    app_export_write_escaped (writer, text);
    app_export_write (writer, "</pre>\n");
    return;
  }
  document = app_markdown_parse (text, strlen (text));
  unlink_pictures (document);
  /* Without CMARK_OPT_UNSAFE HTML of the model and addresses of scripts are left out. */
  html = cmark_render_html (document, CMARK_OPT_DEFAULT, NULL);
  app_export_write (writer, html);
  cmark_get_default_mem_allocator ()->free (html);
  cmark_node_free (document);
}

static gboolean
is_picture (const char *mime_type)
{
  static const char *const known[] = { "image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", NULL };

  return mime_type && g_strv_contains (known, mime_type);
}

static void
write_attachment (AppExportWriter *writer, const AppAttachmentRow *row)
{
  g_autoptr (AppAttachment) attachment = app_attachment_new_stored (row->metadata, NULL, NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (!attachment)
    return;
  app_export_write (writer, "<figure>");
  if (is_picture (app_attachment_get_mime_type (attachment)) && (bytes = app_export_get_bytes (writer, row->sha256))) {
    app_export_printf (writer, "<img src=\"data:%s;base64,", app_attachment_get_mime_type (attachment));
    app_export_write_base64 (writer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    app_export_write (writer, "\" alt=\"");
    app_export_write_escaped (writer, app_attachment_get_name (attachment));
    app_export_write (writer, "\">");
  }
  app_export_write (writer, "<figcaption>");
  app_export_write_escaped (writer, app_attachment_get_name (attachment));
  if (*app_attachment_get_summary (attachment)) {
    app_export_write (writer, " · ");
    app_export_write_escaped (writer, app_attachment_get_summary (attachment));
  }
  app_export_write (writer, "</figcaption></figure>\n");
}

static void
write_dim (AppExportWriter *writer, const char *lines)
{
  g_auto (GStrv) each = g_strsplit (lines, "\n", -1);

  for (guint i = 0; each[i]; i++) {
    app_export_write (writer, "<p class=\"dim\">");
    app_export_write_escaped (writer, each[i]);
    app_export_write (writer, "</p>\n");
  }
}

static void
write_message (AppExportWriter *writer, const AppTreeMessage *message)
{
  const AppMessageRow *row = message->row;
  g_autofree char *author = app_export_dup_author (message);
  g_autofree char *time = app_export_dup_time (row->created);
  g_autofree char *thought = NULL;
  const char *words = app_export_split_thought (row, &thought);

  app_export_write (writer, "<section dir=\"auto\">\n<p class=\"who\">");
  app_export_write_escaped (writer, author);
  app_export_printf (writer, " · %s</p>\n", time);
  for (guint i = 0; i < message->attachments->len; i++)
    write_attachment (writer, message->attachments->pdata[i]);
  if (thought) {
    app_export_printf (writer, "<details><summary>%s</summary>\n", _("Thoughts"));
    write_markdown (writer, thought);
    app_export_write (writer, "</details>\n");
  }
  if (row->role == APP_ROLE_ASSISTANT) {
    write_markdown (writer, words);
  } else if (*words) {
    app_export_write (writer, "<div class=\"note\">");
    app_export_write_escaped (writer, words);
    app_export_write (writer, "</div>\n");
  }
  if (row->notices && *row->notices)
    write_dim (writer, row->notices);
  if (row->error)
    write_dim (writer, row->error);
  app_export_write (writer, "</section>\n");
}

static void
conversation (AppExportWriter *writer, AppTree *tree)
{
  g_autoptr (GArray) path = app_tree_path (tree);

  app_export_write (writer, "<article>\n<h1>");
  app_export_write_escaped (writer, tree->title);
  app_export_write (writer, "</h1>\n");
  for (guint i = 0; i < path->len; i++)
    write_message (writer, tree->messages->pdata[g_array_index (path, guint, i)]);
  app_export_write (writer, "</article>\n");
}

static void
end (AppExportWriter *writer)
{
  app_export_write (writer, "</body>\n</html>\n");
}

const AppExportFormat app_export_html = { "html", N_("Web page (HTML)"), "html", begin, conversation, end };
