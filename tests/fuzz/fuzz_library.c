/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of personas and prompts, and the variables in a prompt: any bytes give either bounded entries that can be written and read again, or one sentence. */
#include <stdint.h>
#include <string.h>

#include "app-conversation-settings.h"
#include "app-personas.h"
#include "app-prompts.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_prompt (const char *text)
{
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) variables = app_prompts_find_variables (text);
  g_autofree char *filled = app_prompts_fill (text, none);

  if (!g_utf8_validate (filled, -1, NULL))
    g_error ("what is filled in is no UTF-8");
  if (variables->len == 0 && !g_str_equal (filled, text))
    g_error ("a text without variables was changed");
}

static void
check (const AppLibraryKind *kind, const char *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = app_library_parse (kind, data, size, &error);

  if ((entries == NULL) == (error == NULL))
    g_error ("neither entries nor an error, or both");
  for (guint i = 0; entries && i < entries->len; i++) {
    const AppLibraryEntry *entry = entries->pdata[i];
    g_autoptr (AppConversationSettings) settings = app_conversation_settings_new ();
    g_autofree char *again = NULL;

    if (!*entry->name || g_utf8_strlen (entry->name, -1) > APP_LIBRARY_MAX_NAME || !g_utf8_validate (entry->name, -1, NULL) ||
        !g_utf8_validate (entry->text, -1, NULL))
      g_error ("a name or a text that is out of bounds");
    if (kind == &app_library_prompts) {
      check_prompt (entry->text);
      continue;
    }
    if (!app_conversation_settings_set_json (settings, entry->text, NULL))
      g_error ("the text of a persona cannot be read");
    again = app_conversation_settings_dup_json (settings);
    if (g_strcmp0 (again, entry->text) != 0)
      g_error ("the text of a persona changes when it is read");
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) data, size);

  check (&app_library_personas, (const char *) data, size);
  check (&app_library_prompts, (const char *) data, size);
  check_prompt (text);
  return 0;
}
