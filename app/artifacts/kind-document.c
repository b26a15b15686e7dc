/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents: letters, reports, minutes. Their source is Markdown; as a page they look as they are printed. */
#include <glib/gi18n.h>

#include "artifact-kind.h"
#include "app-markdown.h"
#include "page-parts.h"
#include "starts-resources.h"

extern const AppArtifactKind document_kind;

static void
make_bundle (const char *source, const char *title, GPtrArray *datasets, GTask *task)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autofree char *language = page_dup_language (), *body = app_markdown_dup_html (source), *name = g_markup_escape_text (title, -1), *page = NULL;
  GError *error = NULL;

  page = g_strdup_printf ("<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>%s</title>\n<link rel=\"stylesheet\" href=\"document.css\">\n</head>\n<body>\n<main dir=\"auto\">\n%s</main>\n</body>\n</html>\n",
                          language, name, body);
  app_bundle_add_text (bundle, APP_BUNDLE_INDEX, page);
  if (page_add_resource (bundle, starts_get_resource (), "/org/melete/Melete/starts/", "document.css", &error))
    g_task_return_pointer (task, g_steal_pointer (&bundle), (GDestroyNotify) app_bundle_unref);
  else
    g_task_return_error (task, error);
}

const AppArtifactKind document_kind = {
  .id = "document",
  .name = N_("Document"),
  .icon_name = "x-office-document-symbolic",
  .language = "markdown",
  .suffix = "md",
  .is_page = TRUE,
  .make_bundle = make_bundle,
  .write = artifact_write_document,
  .wanted = "a document to keep, print or send: a letter, a report, minutes, a contract, a plan in words",
};
