/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passages: a document that is longer than a model's context, in pieces that can be searched, given to the model and cited. Internal to app/. Any thread.
 *
 * A document is the text of one attachment (app_attachment_get_model_text ()). It is cut at its own seams: a passage never goes over a page
 * ("[Page 3]") or a heading ("## Slide 4", "# Chapter"), and ends at the end of a paragraph, a line or a sentence, in this order, before it is longer than
 * APP_PASSAGE_BYTES. Passages are offsets into the text, so that a citation can show the place itself. */
#pragma once

#include "app-document.h"
#include "app-source.h"

G_BEGIN_DECLS

/* About 150 words: long enough to be understood alone, short enough that a small context has room for several. */
#define APP_PASSAGE_BYTES 1000

typedef struct {
  guint document;       /* index into the documents */
  guint page;           /* from 1; 0: the document has no pages */
  gsize start, length;  /* in bytes of the document's text */
  gsize heading;        /* where the line of the heading begins under which it stands; G_MAXSIZE: none */
} AppPassage;

/* Appends the passages of `text` to an array of AppPassage. */
void app_passages_split (GArray *passages, guint document, const char *text);

/* The words of the heading of a passage, without its marks; NULL for none. (transfer full) */
char *app_passage_dup_heading (const AppPassage *passage, const char *text);

typedef struct {
  guint passage; /* its index */
  double score;  /* BM25: the more the better; below APP_PASSAGE_SCORE there are only words that are everywhere */
} AppRanked;

#define APP_PASSAGE_SCORE 1.0

/* ---- words, as ranking and citing see them ---- */

/* How many bytes the word at `p` has, which ends before `end`: letters, marks and digits; one sign where writing has no spaces; 0: no word begins there. */
gsize app_passages_word (const char *p, const char *end);
/* How many bytes of a word are its stem, for many languages: a long word loses two characters. */
gsize app_passages_stem (const char *word, gsize n_bytes);

/* Which passages fit a question best: BM25 over words (their beginnings, so that "invoices" finds "invoice"; signs where writing has no spaces).
 * `texts`: of the documents. Returns: (transfer full) (nullable): an array of AppRanked, the best first, at most `limit`; empty when
 * no word of the question occurs. NULL with `error` (APP_ERROR_FAILED: no memory for it). */
GArray *app_passages_rank (GArray *passages, const char *const *texts, const char *question, guint limit, GError **error);

/* The same with meaning counted in: `near` has a float for each passage, how near it is to the question, or NaN (app_embedder_compare ()).
 * (transfer full): as above, never NULL; empty where neither words nor meaning tell anything */
GArray *app_passages_fuse (GArray *ranked, GArray *near, guint limit);

/* ---- what a model is told ---- */

typedef struct _AppEmbedder AppEmbedder;

/* How many tokens of the model a text is. */
typedef gsize (*AppCountTokens) (const char *text, gsize n_bytes, gpointer data);

/* Quotes from documents (of AppDocument), numbered from 1, what fits a question best, in the order of the documents and at most `room` tokens: what the
 * model gets before the question. Where nothing fits ("What is this about?"), passages from the whole, evenly spaced, the first among them. `*sources`: (transfer full) an
 * array of AppSource, one for each number. `embedder`: (nullable) to find what means the same in other words; when it fails, words alone decide. NULL with
 * `error` as above. (transfer full) (nullable) */
char *app_passages_quote (GPtrArray *documents, const char *question, gsize room, AppEmbedder *embedder, AppCountTokens count, gpointer data, GPtrArray **sources, GError **error);

G_END_DECLS
