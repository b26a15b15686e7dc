/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-library-kinds.h"

#include <glib/gi18n.h>

#include "app-personas.h"
#include "app-prompts.h"
#include "ui-prompt-editor.h"
#include "ui-settings-editor.h"

/* Personas */

static char *
persona_removed (guint n, const char *newest)
{
  return n == 1 ? g_strdup_printf (_("%s removed"), newest) : g_strdup_printf (ngettext ("%u persona removed", "%u personas removed", n), n);
}

static char *
first_line (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return g_strdelimit (g_utf8_substring (stripped, 0, MIN (g_utf8_strlen (stripped, -1), 160)), "\n\r\t", ' ');
}

static char *
persona_summary (const char *text, AppModels *models)
{
  g_autoptr (AppConversationSettings) settings = app_conversation_settings_new ();
  const char *instructions;
  char *summary;

  app_conversation_settings_set_json (settings, text, NULL);
  instructions = app_conversation_settings_get_text (settings, APP_SETTING_INSTRUCTIONS);
  if (instructions != NULL)
    return first_line (instructions);
  summary = ui_settings_dup_summary (settings, models);
  return summary != NULL ? summary : g_strdup (_("As in the preferences"));
}

static GtkWidget *
create_persona_editor (const char *text, AppSettings *preferences, AppModels *models)
{
  UiSettingsEditor *editor = g_object_new (UI_TYPE_SETTINGS_EDITOR, NULL);
  g_autoptr (AppConversationSettings) settings = app_conversation_settings_new ();

  app_conversation_settings_set_json (settings, text, NULL);
  ui_settings_editor_set_settings (editor, settings, preferences, models);
  g_object_set_data_full (G_OBJECT (editor), "ui-settings", g_object_ref (settings), g_object_unref);
  return GTK_WIDGET (editor);
}

static char *
dup_edited_persona (GtkWidget *editor)
{
  AppConversationSettings *settings = g_object_get_data (G_OBJECT (editor), "ui-settings");

  ui_settings_editor_flush (UI_SETTINGS_EDITOR (editor));
  return app_conversation_settings_count (settings) > 0 ? app_persona_dup_text (settings) : NULL;
}

/* Prompts */

static char *
prompt_removed (guint n, const char *newest)
{
  return n == 1 ? g_strdup_printf (_("%s removed"), newest) : g_strdup_printf (ngettext ("%u prompt removed", "%u prompts removed", n), n);
}

static char *
prompt_summary (const char *text, AppModels *models)
{
  return first_line (text);
}

static GtkWidget *
create_prompt_editor (const char *text, AppSettings *preferences, AppModels *models)
{
  return ui_prompt_editor_new (text);
}

static char *
dup_edited_prompt (GtkWidget *editor)
{
  return ui_prompt_editor_dup_text (UI_PROMPT_EDITOR (editor));
}

static const UiLibraryKind kinds[] = {
  { &app_library_personas, N_("Personas"), N_("A persona sets instructions, model and the choice of words of a conversation, all at once."), N_("New persona"),
    N_("Edit persona"), N_("personas.json"), persona_removed, persona_summary, create_persona_editor, dup_edited_persona },
  { &app_library_prompts, N_("Prompts"), N_("Texts for the composer. Type / at its beginning to find one."), N_("New prompt"), N_("Edit prompt"), N_("prompts.json"),
    prompt_removed, prompt_summary, create_prompt_editor, dup_edited_prompt },
};

const UiLibraryKind *
ui_library_kind_of (AppLibrary *library)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].kind == app_library_get_kind (library))
      return &kinds[i];
  g_assert_not_reached ();
}
