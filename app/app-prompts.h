/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prompts: texts for the composer, with variables to be filled in.
 *
 * A variable is {{name}} or {{name=what it is unless something else is said}}; spaces around name and default do not count. A name has letters, digits, spaces, "-"
 * and "_". {{date}} and {{clipboard}} fill themselves. Anything else in braces stays as it is, so that code and other templates survive. A variable that
 * comes twice is asked for once; its first default counts. */
#pragma once

#include "app-library.h"

G_BEGIN_DECLS

extern const AppLibraryKind app_library_prompts;

typedef struct {
  char *name;
  char *usual; /* "" for none */
} AppPromptVariable;
void app_prompt_variable_free (AppPromptVariable *variable);

/* The variables of a text in the order in which they come first. (transfer container): AppPromptVariable */
GPtrArray *app_prompts_find_variables (const char *text);
/* What fills itself: "date", "clipboard". */
gboolean app_prompts_is_automatic (const char *name);
/* The text with what `values` (name → text) has; a variable that it lacks becomes its default. (transfer full) */
char *app_prompts_fill (const char *text, GHashTable *values);

G_END_DECLS
