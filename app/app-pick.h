/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppPick: an element of a page that a person pointed at, so that what they ask for is about it. Plain data. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Strings never NULL, "" where there is none. */
typedef struct {
  char *path;  /* CSS */
  char *part;  /* a JSON pointer into a specification */
  char *text;  /* what it reads */
  char *html;  /* how it is written, cut */
} AppPick;
AppPick *app_pick_new (const char *path, const char *part, const char *text, const char *html);
AppPick *app_pick_copy (const AppPick *pick); /* (nullable) */
void app_pick_free (AppPick *pick);           /* (nullable) */
/* As it is stored; "" for none, as is what cannot be read. (transfer full) (nullable) */
char *app_pick_dup_text (const AppPick *pick);
AppPick *app_pick_new_from_text (const char *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppPick, app_pick_free)

G_END_DECLS
