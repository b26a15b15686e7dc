/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-copy.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-markdown.h"
#include "ui-toast.h"

static GdkContentProvider *
provide_string (const char *text)
{
  return gdk_content_provider_new_typed (G_TYPE_STRING, text);
}

static GdkContentProvider *
provide_plain (const char *text)
{
  g_autofree char *plain = app_markdown_dup_plain (text);

  return provide_string (plain);
}

static GdkContentProvider *
provide_rich (const char *text)
{
  g_autofree char *html = app_markdown_dup_html (text);
  /* Without it some programs take the bytes for Latin 1. */
  g_autofree char *page = g_strdup_printf ("<meta charset=\"utf-8\">%s", html);
  g_autoptr (GBytes) bytes = g_bytes_new (page, strlen (page));
  GdkContentProvider *both[] = { gdk_content_provider_new_for_bytes ("text/html", bytes), provide_plain (text) };

  return gdk_content_provider_new_union (both, G_N_ELEMENTS (both));
}

void
ui_copy (GtkWidget *widget, const char *text, UiCopy how)
{
  static const struct {
    GdkContentProvider *(*provide) (const char *text);
    const char *done;
  } ways[UI_COPY_N] = {
    [UI_COPY_MARKDOWN] = { provide_string, N_("Answer copied") },
    [UI_COPY_RICH] = { provide_rich, N_("Answer copied as rich text") },
    [UI_COPY_PLAIN] = { provide_plain, N_("Answer copied as plain text") },
  };
  g_autoptr (GdkContentProvider) provider = ways[how].provide (text);

  gdk_clipboard_set_content (gtk_widget_get_clipboard (widget), provider);
  ui_toast (widget, _(ways[how].done));
}
