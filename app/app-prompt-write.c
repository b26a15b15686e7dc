/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-prompt-write.h"

#include <string.h>

/* The share of the context that what is attached to one note may take. */
#define ATTACHED_SHARE 5 / 8
/* The share that passages of what is longer may take, and the most tokens that are worth the time of reading them. */
#define PASSAGES_SHARE 3 / 8
#define PASSAGES_MAX 3072
/* In bytes. */
#define LONGEST_TOKEN 16
/* A question with fewer characters than this goes on with the one before: "And in May?" */
#define SHORT_QUESTION 24

static gboolean
fits (const AppReader *reader, const char *attached, const char *text)
{
  gsize room = reader->context * ATTACHED_SHARE;
  gsize n_attached = strlen (attached), n_text = strlen (text);

  if (reader->context == 0 || *attached == '\0' || n_attached + n_text <= room) /* a token has at least a byte */
    return TRUE;
  /* No vocabulary has many tokens that are longer than this; a book need not be counted. */
  if (n_attached / LONGEST_TOKEN > room)
    return FALSE;
  return reader->count (attached, n_attached, reader->count_data) + reader->count (text, n_text, reader->count_data) <= room;
}

/* For the model, so in English as the rest of what it is told. */
static char *
name_documents (GPtrArray *documents)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < documents->len; i++)
    g_string_append_printf (names, "%s[\"%s\" is attached. It is too long to be read whole: passages of it are given with each question.]", i ? "\n" : "",
                            ((AppDocument *) documents->pdata[i])->name);
  return g_string_free (names, FALSE);
}

/* The newest note, with what came before it when it says little. */
static char *
find_question (AppPrompt *prompt, guint newest)
{
  const char *text = app_prompt_get_text (prompt, newest);

  if (g_utf8_strlen (text, -1) < SHORT_QUESTION)
    for (guint i = newest; i-- > 0;)
      if (app_prompt_get_role (prompt, i) == APP_ROLE_USER)
        return g_strdup_printf ("%s\n%s", text, app_prompt_get_text (prompt, i));
  return g_strdup (text);
}

GPtrArray *
app_prompt_write (AppPrompt *prompt, const AppReader *reader, GPtrArray **sources, GError **error)
{
  guint n = app_prompt_get_n_messages (prompt), newest = 0;
  gboolean newest_fits = TRUE;
  g_autoptr (GPtrArray) contents = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) long_ones = app_documents_new ();

  *sources = NULL;
  for (guint i = 0; i < n; i++) {
    GPtrArray *documents = app_prompt_get_documents (prompt, i);
    const char *text = app_prompt_get_text (prompt, i);
    gboolean whole = fits (reader, app_prompt_get_attached (prompt, i), text);

    if (app_prompt_get_role (prompt, i) == APP_ROLE_USER) {
      newest = i;
      newest_fits = whole;
    }
    if (whole) {
      g_ptr_array_add (contents, app_prompt_dup_content (prompt, i));
    } else {
      g_autofree char *names = name_documents (documents);
      g_ptr_array_add (contents, app_prompt_join (names, text));
      for (guint j = 0; j < documents->len; j++)
        g_ptr_array_add (long_ones, app_document_ref (documents->pdata[j]));
    }
  }
  if (long_ones->len > 0) {
    g_autofree char *question = find_question (prompt, newest);
    gsize room = MIN (reader->context * PASSAGES_SHARE, PASSAGES_MAX);
    g_autofree char *quotes = app_passages_quote (long_ones, question, room, reader->embedder, reader->count, reader->count_data, sources, error);
    g_autofree char *content = contents->pdata[newest];

    if (!quotes) {
      contents->pdata[newest] = g_steal_pointer (&content);
      return NULL;
    }
    /* Small models answer best when nothing but the passages stands before the question. */
    contents->pdata[newest] = app_prompt_join (quotes, newest_fits ? content : app_prompt_get_text (prompt, newest));
  }
  return g_steal_pointer (&contents);
}
