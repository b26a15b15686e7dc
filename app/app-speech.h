/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An answer as one would read it to somebody: whole sentences, for a voice and for a screen reader. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The sentences of a text in Markdown: formulas in words, links by their text, tables row by row, code as the notice that it is left out. Each
 * heading, item and row is a sentence of its own. (transfer full) */
char **app_speech_dup_sentences (const char *markdown);

/* The sentences of a text that grows which are whole now and have not been taken yet: those behind `*said` bytes, which is moved behind them. `final`: the
 * text grows no more. (transfer full) */
char **app_speech_dup_next (const char *markdown, gsize *said, gboolean final);

/* Whether a sentence ends behind `p`, which is in or behind `begin`: at a full stop and its kin, but not in "3.14" or "e.g. this".
 * `final`: nothing comes behind the text. */
gboolean app_speech_ends_sentence (const char *begin, const char *p, gboolean final);

/* The language that a text is probably in, by its script, as "ar" or "el"; for Latin letters that of `locale` ("de_DE.UTF-8") where it is written with them, else
 * English. (transfer none) */
const char *app_speech_guess_language (const char *text, const char *locale);

G_END_DECLS
