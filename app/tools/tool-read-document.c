/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>
#include <string.h>

#include "app-document.h"
#include "app-error.h"
#include "tool-documents.h"

static AppToolResult *
read_document (const AppToolScope *scope, JsonObject *arguments, GCancellable *cancellable, GError **error)
{
  const char *name = app_tool_get_string (arguments, "name", "");
  gint64 from = app_tool_get_integer (arguments, "from", 0);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < scope->documents->len; i++) {
    const AppDocument *document = scope->documents->pdata[i];
    gsize at = (gsize) MIN ((guint64) from, strlen (document->text));

    if (g_str_equal (document->name, name)) {
      while (at > 0 && ((guchar) document->text[at] & 0xc0) == 0x80)
        at--;
      return app_tool_result_new (g_strdup (document->text[at] != '\0' ? document->text + at : "The document ends before this place."), NULL);
    }
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", document->name);
  }
  g_set_error (error, APP_ERROR, APP_ERROR_INVALID, _("Nothing of this name is attached. There is: %s."), names->str);
  return NULL;
}

static void
run (const AppTool *self, const AppToolScope *scope, JsonObject *arguments, GTask *task)
{
  app_tool_run_in_thread (scope, arguments, read_document, task);
}

const AppTool read_document_tool = {
  .name = "read_document",
  .title = N_("Read what is attached"),
  .icon_name = "text-x-generic-symbolic",
  .description = "Reads an attached document from a place on, as far as there is room.",
  .parameters = "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"from\":{\"type\":\"integer\",\"minimum\":0,\"description\":\"bytes to pass over\"}},"
                "\"required\":[\"name\"],\"additionalProperties\":false}",
  .effect = APP_EFFECT_READS,
  .object = "name",
  .is_offered = tool_has_documents,
  .run = run,
};
