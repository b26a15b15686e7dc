/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLibrary: what a person keeps to use again, each with a name and a text: personas (app-personas.h) and prompts (app-prompts.h).
 *
 * It is a GListModel of AppLibraryItem: the person's own by name, then the built-in ones that are not hidden. Own ones are rows of the history's file; built-in
 * ones are in the program, in the person's language, and cannot be changed: they can be copied, and hidden (a list in the preferences).
 *
 * What is done here shows at once and is stored behind it. When that fails, "failed" (const char *sentence) tells it and the list becomes what is
 * stored. The own ones are there a moment after the first call. Main thread only. */
#pragma once

#include "app-settings.h"

G_BEGIN_DECLS

/* ---- one of them ---- */

#define APP_TYPE_LIBRARY_ITEM (app_library_item_get_type ())
G_DECLARE_FINAL_TYPE (AppLibraryItem, app_library_item, APP, LIBRARY_ITEM, GObject)

const char *app_library_item_get_key (AppLibraryItem *self);  /* says which it is, in one library */
const char *app_library_item_get_name (AppLibraryItem *self); /* "name" */
const char *app_library_item_get_text (AppLibraryItem *self); /* "text": a prompt, or the JSON of AppConversationSettings */
gboolean app_library_item_get_built_in (AppLibraryItem *self);

/* ---- all of them ---- */

/* A kind of library is one of these and its two texts in the window (ui/ui-library-kinds.c). */
typedef struct {
  const char *key, *name, *text; /* not translated yet */
} AppLibraryBuiltIn;

typedef struct {
  const char *id;             /* "personas": in files */
  const char *table, *column; /* in the history */
  const char *hidden_key;     /* in the preferences */
  const AppLibraryBuiltIn *built_in;
  guint n_built_in;
  /* The text of an item out of a translated text of the program. (transfer full) */
  char *(*make_text) (const char *text);
} AppLibraryKind;

#define APP_TYPE_LIBRARY (app_library_get_type ())
G_DECLARE_FINAL_TYPE (AppLibrary, app_library, APP, LIBRARY, GObject)

const AppLibraryKind *app_library_get_kind (AppLibrary *self);
/* (transfer none) (nullable) */
AppLibraryItem *app_library_find (AppLibrary *self, const char *key);

/* A new own one. (transfer none): held by the list */
AppLibraryItem *app_library_add (AppLibrary *self, const char *name, const char *text);
/* Only an own one. */
void app_library_change (AppLibrary *self, AppLibraryItem *item, const char *name, const char *text);
/* Takes it out; a built-in one is hidden. */
void app_library_remove (AppLibrary *self, AppLibraryItem *item);
/* Puts back what was taken out. */
void app_library_restore (AppLibrary *self, AppLibraryItem *item);
guint app_library_get_n_hidden (AppLibrary *self);
void app_library_unhide_all (AppLibrary *self);

/* ---- files ---- */

/* JSON: {"melete": "prompts", "items": [{"name": "…", "text": "…"}]}; a persona has "settings" in the place of "text". `item`: only that one; NULL: all own
 * ones. (transfer full) */
char *app_library_dup_json (AppLibrary *self, AppLibraryItem *item);

typedef struct {
  char *name, *text;
} AppLibraryEntry;
void app_library_entry_free (AppLibraryEntry *entry);

/* What a file holds, which may be of the form above or, for personas, the card of a character as other programs write it in JSON: "name" with
 * "system_prompt", "description", "personality", "scenario", "first_mes", in the object itself or in its "data". Untrusted: names and texts are bounded, texts of
 * personas have only what this version knows. Any thread but for personas. Returns: (transfer container) (nullable): AppLibraryEntry, at least one; NULL with
 * APP_ERROR_DAMAGED. */
GPtrArray *app_library_parse (const AppLibraryKind *kind, const char *json, gsize n_bytes, GError **error);
/* Adds those that are not there already, word for word. Returns how many were added. */
guint app_library_import (AppLibrary *self, GPtrArray *entries);

/* In characters. */
#define APP_LIBRARY_MAX_NAME 200
#define APP_LIBRARY_MAX_TEXT 65536
#define APP_LIBRARY_MAX_ITEMS 1000

G_END_DECLS
