/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Personas: names for what a person sets together, instructions, model and sampling. */
#pragma once

#include "app-conversation-settings.h"
#include "app-library.h"

G_BEGIN_DECLS

extern const AppLibraryKind app_library_personas;

/* Sets all that the persona sets, and nothing else; NULL: nothing. The persona's name is remembered in the settings. */
void app_persona_apply (AppLibraryItem *persona, AppConversationSettings *settings);
/* The text of a persona that sets what is set. (transfer full) */
char *app_persona_dup_text (AppConversationSettings *settings);
/* JSON from elsewhere as the text of a persona: without what this version does not know. (transfer full) (nullable): NULL when nothing is left */
char *app_persona_dup_clean (const char *json);

G_END_DECLS
