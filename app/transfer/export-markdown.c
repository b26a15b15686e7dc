/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The visible path as Markdown, to be read. Headings of levels 1 and 2 are the conversation's; an answer's own words stay as they are. */
#include <glib/gi18n.h>
#include <string.h>

#include "transfer.h"

static void
begin (AppExportWriter *writer, const char *title)
{
}

/* Each line behind "> ". */
static void
write_quoted (AppExportWriter *writer, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    app_export_printf (writer, *lines[i] ? "> %s\n" : ">\n", lines[i]);
}

/* On one line, and no mark of Markdown. */
static void
write_line (AppExportWriter *writer, const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (; *text; text++) {
    if (strchr ("\\`*_[]<>#", *text))
      g_string_append_c (line, '\\');
    g_string_append_c (line, *text == '\n' || *text == '\r' ? ' ' : *text);
  }
  app_export_write (writer, line->str);
}

static void
write_attachments (AppExportWriter *writer, GPtrArray *attachments)
{
  for (guint i = 0; i < attachments->len; i++) {
    const AppAttachmentRow *row = attachments->pdata[i];
    g_autoptr (AppAttachment) attachment = app_attachment_new_stored (row->metadata, NULL, NULL);

    if (!attachment)
      continue;
    app_export_write (writer, "- ");
    app_export_printf (writer, _("Attached: %s"), "");
    write_line (writer, app_attachment_get_name (attachment));
    if (*app_attachment_get_summary (attachment)) {
      app_export_write (writer, " · ");
      write_line (writer, app_attachment_get_summary (attachment));
    }
    app_export_write (writer, "\n");
  }
  if (attachments->len)
    app_export_write (writer, "\n");
}

static void
write_message (AppExportWriter *writer, const AppTreeMessage *message)
{
  const AppMessageRow *row = message->row;
  g_autofree char *author = app_export_dup_author (message);
  g_autofree char *time = app_export_dup_time (row->created);
  g_autofree char *thought = NULL;
  const char *words = app_export_split_thought (row, &thought);

  app_export_write (writer, "## ");
  write_line (writer, author);
  app_export_printf (writer, " · %s\n\n", time);
  write_attachments (writer, message->attachments);
  if (thought) {
    app_export_printf (writer, "> *%s*\n>\n", _("Thoughts"));
    write_quoted (writer, thought);
    app_export_write (writer, "\n");
  }
  if (*words)
    app_export_printf (writer, "%s\n\n", words);
  if (row->notices && *row->notices) {
    write_quoted (writer, row->notices);
    app_export_write (writer, "\n");
  }
  if (row->error) {
    write_quoted (writer, row->error);
    app_export_write (writer, "\n");
  }
}

static void
conversation (AppExportWriter *writer, AppTree *tree)
{
  g_autoptr (GArray) path = app_tree_path (tree);

  if (writer->n_written > 0)
    app_export_write (writer, "---\n\n");
  app_export_write (writer, "# ");
  write_line (writer, tree->title);
  app_export_write (writer, "\n\n");
  for (guint i = 0; i < path->len; i++)
    write_message (writer, tree->messages->pdata[g_array_index (path, guint, i)]);
}

static void
end (AppExportWriter *writer)
{
}

const AppExportFormat app_export_markdown = { "markdown", N_("Markdown"), "md", begin, conversation, end };
