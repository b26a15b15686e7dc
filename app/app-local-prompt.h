/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model of this process is told: the messages of a prompt with their attachments, or with passages of what is too long. Internal to app/. Any thread;
 * it tokenizes, so not the main one. */
#pragma once

#include "app-completion.h"
#include "app-local-completion.h"

G_BEGIN_DECLS

/* The contents of the messages, strings in their order. What is attached to a note stands before its words when it leaves room in the context for the
 * words, the answer and some talk: that depends on the note alone, so that the next turn finds it in the cache. What does not fit is named in its place, and
 * passages of it that fit the newest question stand before that question. `*sources`: (transfer full) of AppSource; NULL when all fits. Errors: as of
 * app_passages_quote (). (transfer full) (nullable) */
GPtrArray *app_local_prompt_write (AppLocalModel *local, AppPrompt *prompt, GPtrArray **sources, GError **error);

G_END_DECLS
