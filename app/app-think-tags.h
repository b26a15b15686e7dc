/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppThinkTags: takes "<think>…</think>" off the beginning of an answer that comes in pieces, for servers that send a thought as a part of it. Internal to app/.
 * What else looks like a tag, later or within words, is words. Foreign bytes: any pieces give the same as the whole. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  GString *held; /* that may become a tag, or white space around one */
  int at;        /* of AppThinkTags' own */
} AppThinkTags;

/* `text`, `n`: not empty, and only valid during the call. */
typedef void (*AppThinkTagsFunc) (const char *text, gsize n, gboolean thought, gpointer data);

void app_think_tags_init (AppThinkTags *self);
void app_think_tags_clear (AppThinkTags *self);
void app_think_tags_feed (AppThinkTags *self, const char *text, gsize n, AppThinkTagsFunc func, gpointer data);
/* Nothing more comes: what was held is told. */
void app_think_tags_end (AppThinkTags *self, AppThinkTagsFunc func, gpointer data);

G_END_DECLS
