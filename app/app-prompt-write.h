/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model is told: the messages of a prompt with their attachments, or with passages of what is too long for it. Internal to app/. Any thread;
 * it may count the tokens of a book, so not the main one. */
#pragma once

#include "app-completion.h"
#include "app-passages.h"

G_BEGIN_DECLS

/* What is known of the model. */
typedef struct {
  gsize context;         /* in tokens; 0: not known, and all is told */
  AppCountTokens count;
  gpointer count_data;
  AppEmbedder *embedder; /* nullable */
} AppReader;

/* The contents of the messages, strings in their order. What is attached to a note stands before its words when it leaves room in the context for the
 * words, the answer and some talk: that depends on the note alone, so that the next turn finds it in the cache. What does not fit is named in its place, and
 * passages of it that fit the newest question stand before that question. `*sources`: (transfer full) of AppSource; NULL when all fits. Errors: as of
 * app_passages_quote (). (transfer full) (nullable) */
GPtrArray *app_prompt_write (AppPrompt *prompt, const AppReader *reader, GPtrArray **sources, GError **error);

G_END_DECLS
