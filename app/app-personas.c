/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-personas.h"

#include <glib/gi18n.h>

/* In the person's language, as all that they could have written themselves. */
static const AppLibraryBuiltIn built_in[] = {
  { "plain", N_("Plain answers"), N_("Answer in plain words and short sentences. Give the answer first, then the reason in one or two sentences. No introductions, no praise, no summary at the end. Say so when you do not know.") },
  { "proof-reader", N_("Proof-reader"), N_("Correct spelling, grammar and punctuation of the text that you are given, and nothing else: meaning, tone and layout stay. First give the corrected text as a whole. Then list each change in one line: what it was, what it is now, and why. If there is nothing to correct, say so.") },
  { "translator", N_("Translator"), N_("Translate what you are given. Into English, if it is in another language; if it is in English, ask once for the language and use it from then on. Keep meaning, tone and layout; names and quotations stay as they are. Give only the translation; where a word has two meanings and the text does not say which, add one short note at the end.") },
  { "simple", N_("Explain it simply"), N_("Explain so that somebody who has never heard of the subject understands it. Begin with one sentence that says the essence. Use everyday words and one example from daily life; explain each technical term when it first appears. End with one question that shows whether it was understood.") },
  { "code-reviewer", N_("Code reviewer"), N_("Review the code that you are given. First say in one sentence what it does. Then list what is wrong or risky, the worst first: mistakes, cases that are not handled, security, then clarity. For each, name the place, say what can happen, and show the smallest change that mends it. Do not praise, and do not rewrite what is sound.") },
};

static char *
make_text (const char *instructions)
{
  g_autoptr (AppConversationSettings) settings = app_conversation_settings_new ();

  app_conversation_settings_set_text (settings, APP_SETTING_INSTRUCTIONS, instructions);
  return app_persona_dup_text (settings);
}

const AppLibraryKind app_library_personas = { "personas", "personas", "settings", "hidden-personas", built_in, G_N_ELEMENTS (built_in), make_text };

char *
app_persona_dup_text (AppConversationSettings *settings)
{
  g_autoptr (AppConversationSettings) copy = app_conversation_settings_new ();
  char *json;

  app_conversation_settings_copy (copy, settings);
  app_conversation_settings_set_text (copy, APP_SETTING_PERSONA, NULL); /* it is the name of the one that this becomes */
  json = app_conversation_settings_dup_json (copy);
  return json ? json : g_strdup ("{}");
}

void
app_persona_apply (AppLibraryItem *persona, AppConversationSettings *settings)
{
  g_autoptr (AppConversationSettings) own = app_conversation_settings_new ();

  if (persona) {
    /* One that cannot be read, in a damaged file, sets nothing but its name. */
    app_conversation_settings_set_json (own, app_library_item_get_text (persona), NULL);
    app_conversation_settings_set_text (own, APP_SETTING_PERSONA, app_library_item_get_name (persona));
  }
  app_conversation_settings_copy (settings, own);
}

char *
app_persona_dup_clean (const char *json)
{
  g_autoptr (AppConversationSettings) settings = app_conversation_settings_new ();

  if (!app_conversation_settings_set_json (settings, json, NULL))
    return NULL;
  app_conversation_settings_drop_unknown (settings);
  app_conversation_settings_set_text (settings, APP_SETTING_PERSONA, NULL);
  return app_conversation_settings_dup_json (settings);
}
