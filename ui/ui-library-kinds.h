/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the windows of a library say and show for each kind of it: one entry in the table of ui-library-kinds.c. */
#pragma once

#include <adwaita.h>

#include "app-library.h"
#include "app-models.h"

G_BEGIN_DECLS

typedef struct {
  const AppLibraryKind *kind;
  const char *title, *about, *new_title, *edit_title, *file_name; /* not translated yet */
  char *(*removed) (guint n, const char *newest); /* "Owl removed". (transfer full) */
  /* One line about an item's text. (transfer full) */
  char *(*summary) (const char *text, AppModels *models);
  /* The page in which the text is changed. `settings`: (nullable) the preferences. */
  GtkWidget *(*create_editor) (const char *text, AppSettings *settings, AppModels *models);
  /* What it holds now; NULL when that is nothing. (transfer full) */
  char *(*dup_edited) (GtkWidget *editor);
} UiLibraryKind;

const UiLibraryKind *ui_library_kind_of (AppLibrary *library);

G_END_DECLS
