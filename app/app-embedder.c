/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-embedder.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app-error.h"
#include "engine.h"

/* Vectors that are kept; then all are forgotten. A book has about a thousand passages. */
#define MAX_KEPT 16384

struct _AppEmbedder {
  gatomicrefcount count;
  char *path;
  GMutex mutex;       /* guards what follows */
  EngineModel *model; /* NULL until it is needed */
  GHashTable *kept;   /* SHA-256 of a text → its vector (float *) */
};

/* What a model was taught to expect before a question and before a text, by a part of its name. */
static const struct {
  const char *name, *question, *text;
} prefixes[] = {
  { "nomic", "search_query: ", "search_document: " },
  { "e5", "query: ", "passage: " },
  { "bge", "Represent this sentence for searching relevant passages: ", "" },
  { "", "", "" },
};

AppEmbedder *
app_embedder_new (const char *path)
{
  AppEmbedder *self = g_new0 (AppEmbedder, 1);

  g_atomic_ref_count_init (&self->count);
  g_mutex_init (&self->mutex);
  self->path = g_strdup (path);
  self->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

AppEmbedder *
app_embedder_ref (AppEmbedder *self)
{
  g_atomic_ref_count_inc (&self->count);
  return self;
}

void
app_embedder_unref (AppEmbedder *self)
{
  if (!g_atomic_ref_count_dec (&self->count))
    return;
  engine_model_unref (self->model);
  g_hash_table_unref (self->kept);
  g_mutex_clear (&self->mutex);
  g_free (self->path);
  g_free (self);
}

static void
drop_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  app_embedder_unref (data);
  g_task_return_boolean (task, TRUE);
}

void
app_embedder_drop (AppEmbedder *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, drop_thread);
}

static gboolean
load (AppEmbedder *self, GError **error)
{
  EngineLoadOptions options = { .backend = ENGINE_BACKEND_CPU };
  EngineError wrong = { 0 };

  if (!self->model && !(self->model = engine_model_load (self->path, &options, &wrong)))
    g_set_error_literal (error, APP_ERROR, APP_ERROR_ENGINE, wrong.message);
  return self->model != NULL;
}

/* The vector of a text behind a prefix, from memory or computed; NULL when it is not to be computed, or the model cannot read the text. */
static const float *
embed (AppEmbedder *self, const char *prefix, const char *text, gsize length, gboolean compute)
{
  g_autofree char *whole = g_strdup_printf ("%s%.*s", prefix, (int) length, text);
  g_autofree char *key = g_compute_checksum_for_string (G_CHECKSUM_SHA256, whole, -1);
  float *vector = g_hash_table_lookup (self->kept, key);
  EngineError wrong = { 0 };

  if (vector || !compute)
    return vector;
  if (g_hash_table_size (self->kept) >= MAX_KEPT)
    g_hash_table_remove_all (self->kept);
  vector = g_new (float, engine_model_info (self->model)->n_embd);
  if (!engine_embed (self->model, whole, strlen (whole), vector, &wrong)) {
    g_free (vector);
    return NULL;
  }
  g_hash_table_insert (self->kept, g_steal_pointer (&key), vector);
  return vector;
}

static gsize
find_prefixes (AppEmbedder *self)
{
  g_autofree char *base = g_path_get_basename (self->path);
  g_autofree char *name = g_ascii_strdown (base, -1);
  gsize i = 0;

  while (!strstr (name, prefixes[i].name))
    i++;
  return i;
}

static float
product (const float *a, const float *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) a[i] * b[i];
  return (float) sum;
}

GArray *
app_embedder_compare (AppEmbedder *self, GArray *passages, const char *const *texts, const char *question, GArray *first, guint limit, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GArray) near = g_array_sized_new (FALSE, FALSE, sizeof (float), passages->len);
  g_autofree float *asked = NULL;
  const float *vector;
  gsize width, kind;
  guint n_first = first ? first->len : 0;

  if (!load (self, error))
    return NULL;
  kind = find_prefixes (self);
  width = (gsize) engine_model_info (self->model)->n_embd;
  vector = embed (self, prefixes[kind].question, question, strlen (question), TRUE);
  if (!vector) {
    g_set_error (error, APP_ERROR, APP_ERROR_ENGINE, _("The model “%s” could not read the question. Ask it in other words."), self->path);
    return NULL;
  }
  asked = g_memdup2 (vector, width * sizeof *vector); /* what is kept may be forgotten below */

  g_array_set_size (near, passages->len);
  for (guint i = 0; i < passages->len; i++)
    g_array_index (near, float, i) = NAN;
  for (guint i = 0; i < n_first + passages->len; i++) {
    guint index = i < n_first ? g_array_index (first, AppRanked, i).passage : i - n_first;
    const AppPassage *passage = &g_array_index (passages, AppPassage, index);
    guint known = g_hash_table_size (self->kept);

    if (!isnan (g_array_index (near, float, index)))
      continue;
    vector = embed (self, prefixes[kind].text, texts[passage->document] + passage->start, passage->length, limit > 0);
    if (vector)
      g_array_index (near, float, index) = product (asked, vector, width);
    if (g_hash_table_size (self->kept) != known)
      limit--;
  }
  return g_steal_pointer (&near);
}
