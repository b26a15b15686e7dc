/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tool-files.h"

#include <string.h>

#include "app-error.h"

gboolean
tool_has_files (const AppToolScope *scope)
{
  return scope->workspace != NULL;
}

char *
tool_read_text (AppWorkspace *workspace, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = app_workspace_read (workspace, path, error);
  gsize n_bytes;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &n_bytes) : NULL;

  if (bytes == NULL)
    return NULL;
  if (n_bytes > 0 && (memchr (data, '\0', n_bytes) != NULL || !g_utf8_validate (data, (gssize) n_bytes, NULL))) {
    g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("“%s” is no text, so its words cannot be read."), path);
    return NULL;
  }
  return n_bytes > 0 ? g_strndup (data, n_bytes) : g_strdup ("");
}

AppToolResult *
tool_written (const char *path, const char *text)
{
  gsize n_bytes = strlen (text);
  g_autofree char *checksum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, n_bytes);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "sha256");
  json_builder_add_string_value (builder, checksum);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return app_tool_result_new (g_strdup_printf ("Wrote %s (%" G_GSIZE_FORMAT " bytes).", path, n_bytes), json_to_string (root, FALSE));
}
