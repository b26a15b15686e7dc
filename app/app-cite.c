/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-cite.h"

#include <math.h>
#include <string.h>

#include "app-passages.h"

/* The share of a sentence's weight that a passage must have. */
#define SHARE 0.5
/* A sentence with fewer words must stand there whole. */
#define FEW_WORDS 3
/* Words that begin with the same characters, this many, are one: "holiday", "holidays". */
#define STEM 7

typedef struct {
  guint n;                /* passages */
  GPtrArray *words;       /* a GHashTable for each: the set of its words */
  GHashTable *frequency;  /* word → how many passages have it */
  GArray *citations;
  guint last;             /* the passage of the sentence before in this paragraph, 0: none */
} Citing;

/* ---- words ---- */

/* Calls `take` with each word of a text, without its end and without regard to case; (transfer full). */
static void
each_word (const char *text, gsize length, void (*take) (char *word, gpointer data), gpointer data)
{
  const char *end = text + length;

  for (const char *p = text; p < end;) {
    gsize n = app_passages_word (p, end);

    if (n > 0) {
      g_autofree char *whole = g_utf8_casefold (p, (gssize) n);
      take (g_utf8_substring (whole, 0, MIN (g_utf8_strlen (whole, -1), STEM)), data);
      p += n;
    } else {
      p = g_utf8_next_char (p);
    }
  }
}

static void
add_to_set (char *word, gpointer set)
{
  g_hash_table_add (set, word);
}

static void
add_to_array (char *word, gpointer array)
{
  g_ptr_array_add (array, word);
}

static void
read_passages (Citing *citing, const char *const *passages)
{
  for (citing->n = 0; passages[citing->n]; citing->n++) {
    GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer word;

    each_word (passages[citing->n], strlen (passages[citing->n]), add_to_set, set);
    g_hash_table_iter_init (&iter, set);
    while (g_hash_table_iter_next (&iter, &word, NULL))
      g_hash_table_insert (citing->frequency, g_strdup (word), GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (citing->frequency, word)) + 1));
    g_ptr_array_add (citing->words, set);
  }
}

static double
weigh (const Citing *citing, const char *word)
{
  return log (1 + (double) citing->n / (1 + GPOINTER_TO_UINT (g_hash_table_lookup (citing->frequency, word))));
}

/* The number of the passage that a sentence was taken from, 0 for none. */
static guint
find_passage (const Citing *citing, const char *sentence, gsize length)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  double all = 0, best = 0;
  guint found = 0;

  each_word (sentence, length, add_to_array, words);
  for (guint i = 0; i < words->len; i++)
    all += weigh (citing, words->pdata[i]);
  for (guint i = 0; i < citing->n && words->len > 0; i++) {
    double shared = 0;

    for (guint j = 0; j < words->len; j++)
      if (g_hash_table_contains (citing->words->pdata[i], words->pdata[j]))
        shared += weigh (citing, words->pdata[j]);
    if (shared > best && shared >= all * (words->len < FEW_WORDS ? 1 - 1e-9 : SHARE)) {
      best = shared;
      found = i + 1;
    }
  }
  return found;
}

/* ---- sentences ---- */

static void
end_sentence (Citing *citing, const char *answer, gsize from, gsize to)
{
  AppCitation citation = { to, find_passage (citing, answer + from, to - from) };

  if (citation.number == 0) {
    citing->last = 0;
    return;
  }
  /* The sentence before said the same: now this one says it for both. */
  if (citing->last == citation.number)
    g_array_set_size (citing->citations, citing->citations->len - 1);
  g_array_append_val (citing->citations, citation);
  citing->last = citation.number;
}

/* Behind the end of a sentence at `p` (its signs, and marks and brackets that close), or NULL when none ends there. */
static const char *
sentence_end (const char *p, const char *end)
{
  static const char *const wide[] = { "。", "！", "？" };
  gboolean at_once = FALSE;

  if (*p == '.' || *p == '!' || *p == '?') {
    while (p < end && (*p == '.' || *p == '!' || *p == '?'))
      p++;
  } else {
    for (gsize i = 0; i < G_N_ELEMENTS (wide) && !at_once; i++)
      at_once = g_str_has_prefix (p, wide[i]);
    if (!at_once)
      return NULL;
    p = g_utf8_next_char (p);
  }
  while (p < end && strchr ("*_\")'", *p))
    p++;
  return at_once || p >= end || *p == ' ' ? p : NULL;
}

static void
take_line (Citing *citing, const char *answer, gsize from, gsize to)
{
  gsize start = from;

  /* An item of a list stands alone. */
  if (strchr ("-*+", answer[from]) || g_ascii_isdigit (answer[from]))
    citing->last = 0;
  while (to > from && g_ascii_isspace (answer[to - 1]))
    to--;
  for (const char *p = answer + from; p < answer + to;) {
    const char *behind = sentence_end (p, answer + to);

    if (behind) {
      end_sentence (citing, answer, start, (gsize) (behind - answer));
      start = (gsize) (behind - answer);
      p = behind;
    } else {
      p = g_utf8_next_char (p);
    }
  }
  if (start < to)
    end_sentence (citing, answer, start, to);
}

GArray *
app_cite (const char *answer, const char *const *passages)
{
  Citing citing = { .words = g_ptr_array_new_with_free_func ((GDestroyNotify) g_hash_table_unref),
                    .frequency = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                    .citations = g_array_new (FALSE, FALSE, sizeof (AppCitation)) };
  gsize size = strlen (answer);
  gboolean code = FALSE;

  read_passages (&citing, passages);
  for (gsize at = 0; at < size;) {
    const char *newline = memchr (answer + at, '\n', size - at);
    gsize end = newline ? (gsize) (newline - answer) : size, first = at + strspn (answer + at, " \t");
    gboolean fence = g_str_has_prefix (answer + first, "```") || g_str_has_prefix (answer + first, "~~~");

    if (fence)
      code = !code;
    if (fence || code || first >= end || strchr ("#|>", answer[first]) || first - at >= 4)
      citing.last = 0;
    else
      take_line (&citing, answer, first, end);
    at = end + 1;
  }
  g_ptr_array_unref (citing.words);
  g_hash_table_unref (citing.frequency);
  return citing.citations;
}
