/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which passages a model gets, and how they are put to it. What the model is told is in English, as the rest of what it is told. */
#include <stdlib.h>

#include "app-embedder.h"
#include "app-passages.h"

/* More passages than this are not even asked for. */
#define MAX_QUOTES 64
/* Vectors that one question may wait for: some seconds with a small model. The next question finds them, and goes on with others. */
#define MAX_EMBEDDED 256

typedef struct {
  GPtrArray *documents; /* AppDocument */
  GArray *passages;     /* AppPassage */
  GArray *chosen;       /* guint: indices of passages */
  gsize room;           /* that is left */
  AppCountTokens count;
  gpointer data;
} Quoting;

/* The lines of a passage with the number `number`. */
static void
append_quote (GString *to, const Quoting *quoting, guint index, guint number)
{
  const AppPassage *passage = &g_array_index (quoting->passages, AppPassage, index);
  const AppDocument *document = quoting->documents->pdata[passage->document];
  g_autofree char *heading = app_passage_dup_heading (passage, document->text);

  g_string_append_printf (to, "[%u] \"%s\"", number, document->name);
  if (passage->page)
    g_string_append_printf (to, ", page %u", passage->page);
  if (heading && passage->heading != passage->start)
    g_string_append_printf (to, ", under \"%s\"", heading);
  g_string_append_printf (to, ":\n%.*s\n\n", (int) passage->length, document->text + passage->start);
}

/* FALSE: there is no room for it. */
static gboolean
choose (Quoting *quoting, guint index)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n;

  append_quote (text, quoting, index, 99);
  n = quoting->count (text->str, text->len, quoting->data);
  if (n > quoting->room || quoting->chosen->len >= MAX_QUOTES)
    return FALSE;
  quoting->room -= n;
  g_array_append_val (quoting->chosen, index);
  return TRUE;
}

/* What fits the question: as long as it fits nearly as well as the best does. */
static void
choose_ranked (Quoting *quoting, GArray *ranked)
{
  for (guint i = 0; i < ranked->len; i++) {
    const AppRanked *one = &g_array_index (ranked, AppRanked, i);

    if (one->score < APP_PASSAGE_SCORE || one->score * 4 < g_array_index (ranked, AppRanked, 0).score || !choose (quoting, one->passage))
      return;
  }
}

/* From the whole: as many as have room, the first of all among them. */
static void
choose_spaced (Quoting *quoting)
{
  guint n = quoting->passages->len, wanted;
  gsize bytes = 0;
  double mean;

  for (guint i = 0; i < n; i++)
    bytes += g_array_index (quoting->passages, AppPassage, i).length;
  /* About four bytes are a token, and a few tokens say where the passage stands. */
  mean = (double) bytes / n / 4 + 16;
  wanted = (guint) CLAMP (quoting->room / mean, 1, MIN (n, MAX_QUOTES));
  for (guint i = 0; i < wanted; i++)
    if (!choose (quoting, (guint) ((guint64) i * n / wanted)))
      return;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  guint one = *(const guint *) a, two = *(const guint *) b;

  return one < two ? -1 : one > two;
}

char *
app_passages_quote (GPtrArray *documents, const char *question, gsize room, AppEmbedder *embedder, AppCountTokens count, gpointer data, GPtrArray **sources, GError **error)
{
  g_autoptr (GArray) passages = g_array_new (FALSE, FALSE, sizeof (AppPassage));
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) ranked = NULL;
  g_autofree const char **texts = g_new (const char *, documents->len + 1);
  Quoting quoting = { documents, passages, chosen, room, count, data };
  GString *quotes;

  for (guint i = 0; i < documents->len; i++) {
    texts[i] = ((AppDocument *) documents->pdata[i])->text;
    app_passages_split (passages, i, texts[i]);
  }
  ranked = app_passages_rank (passages, texts, question, MAX_QUOTES, error);
  if (!ranked)
    return NULL;
  if (embedder) {
    g_autoptr (GArray) near = app_embedder_compare (embedder, passages, texts, question, ranked, MAX_EMBEDDED, NULL);

    if (near) {
      GArray *fused = app_passages_fuse (ranked, near, MAX_QUOTES);
      g_array_unref (ranked);
      ranked = fused;
    }
  }
  choose_ranked (&quoting, ranked);
  if (chosen->len == 0 && passages->len > 0)
    choose_spaced (&quoting);
  g_array_sort (chosen, compare);

  *sources = g_ptr_array_new_with_free_func ((GDestroyNotify) app_source_free);
  quotes = g_string_new ("Passages of what is attached:\n\n");
  for (guint i = 0; i < chosen->len; i++) {
    const AppPassage *passage = &g_array_index (passages, AppPassage, g_array_index (chosen, guint, i));
    const AppDocument *document = documents->pdata[passage->document];

    append_quote (quotes, &quoting, g_array_index (chosen, guint, i), i + 1);
    g_ptr_array_add (*sources, app_source_new (document->note, document->attachment, passage->page, passage->start, passage->length, document->name));
  }
  g_string_truncate (quotes, quotes->len - 2);
  return g_string_free (quotes, FALSE);
}
