/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a repository, gathered into what a person chooses from: the same weights in several sizes, parts of one file as one, and beside them the
 * projector that lets the model see and the draft model that makes it quicker. Which is which, only the names say. */
#include <string.h>

#include "app-catalogue.h"
#include "app-hub-reply.h"
#include "app-model-private.h"
#include "app-models-private.h"

/* The quantisation in a file's name, between dots, dashes or its ends. */
#define QUANTISATION                                                                                                                       \
  "(?:^|[-._])((?:UD-)?(?:IQ[1-5]_(?:XXS|XS|S|M|NL|KSS|KS|K)|Q[1-8]_K(?:_(?:XXL|XL|S|M|L))?|Q[1-8]_[01](?:_[0-9]+_[0-9]+)?|TQ[12]_0|" \
  "MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32))(?=[-._]|$)"
#define PART "-([0-9]{5})-of-([0-9]{5})\\z"

static AppHubFile *
file_copy (const AppHubFile *file)
{
  AppHubFile *copy = g_memdup2 (file, sizeof *file);

  copy->path = g_strdup (file->path);
  copy->sha256 = g_strdup (file->sha256);
  return copy;
}

static void
file_free (gpointer data)
{
  AppHubFile *file = data;

  if (!file)
    return;
  g_free (file->path);
  g_free (file->sha256);
  g_free (file);
}

static void
variant_free (gpointer data)
{
  AppHubVariant *variant = data;

  g_free (variant->label);
  g_free (variant->id);
  g_ptr_array_unref (variant->files);
  g_free (variant);
}

/* ---- the repository ---- */

AppHubRepository *
app_hub_repository_new (void)
{
  AppHubRepository *self = g_new0 (AppHubRepository, 1);

  g_atomic_ref_count_init (&self->n_references);
  self->variants = g_ptr_array_new_with_free_func (variant_free);
  return self;
}

AppHubRepository *
app_hub_repository_ref (AppHubRepository *self)
{
  g_atomic_ref_count_inc (&self->n_references);
  return self;
}

void
app_hub_repository_unref (AppHubRepository *self)
{
  if (!g_atomic_ref_count_dec (&self->n_references))
    return;
  g_free (self->id);
  g_free (self->revision);
  g_free (self->licence);
  g_free (self->licence_link);
  g_free (self->architecture);
  g_ptr_array_unref (self->variants);
  file_free (self->projector);
  file_free (self->draft);
  g_free (self);
}

/* ---- gathering ---- */

/* The name of a file without folders and ending. */
static char *
stem_of (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_strndup (name, strlen (name) - strlen (".gguf"));
}

static char *
label_of (const char *stem)
{
  g_autoptr (GRegex) regex = g_regex_new (QUANTISATION, G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *found = NULL;

  if (g_regex_match (regex, stem, 0, &match))
    found = g_match_info_fetch (match, 1);
  return found ? g_ascii_strup (found, -1) : g_strdup (stem);
}

/* Its name in the models folder: that of its (first) file in small letters, behind the repository's when it says nothing of it. */
static char *
id_of (const char *repository, const char *path)
{
  g_autofree char *stem = stem_of (path);
  g_autofree char *name = g_ascii_strdown (strchr (repository, '/') + 1, -1);
  g_autofree char *small = g_ascii_strdown (stem, -1);
  char *id;

  if (g_str_has_suffix (name, "-gguf"))
    name[strlen (name) - strlen ("-gguf")] = '\0';
  id = strncmp (small, name, MIN (strlen (name), 4)) == 0 ? g_strdup (small) : g_strdup_printf ("%s-%s", name, small);
  for (char *p = id; *p; p++)
    if (!g_ascii_isalnum (*p) && *p != '.' && *p != '_' && *p != '-')
      *p = '-';
  return id;
}

/* Numbers of a part, both 0 for a file that is whole; takes the ending off the stem. */
static void
split (char *stem, guint *part, guint *n_parts)
{
  g_autoptr (GRegex) regex = g_regex_new (PART, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  int start, end;

  *part = *n_parts = 0;
  if (!g_regex_match (regex, stem, 0, &match) || !g_match_info_fetch_pos (match, 0, &start, &end))
    return;
  *part = (guint) g_ascii_strtoull (stem + start + 1, NULL, 10);
  *n_parts = (guint) g_ascii_strtoull (stem + start + 1 + 5 + 4, NULL, 10);
  stem[start] = '\0';
}

static gboolean
has_word (const char *stem, const char *word)
{
  g_autofree char *small = g_ascii_strdown (stem, -1);

  return strstr (small, word) != NULL;
}

/* Of two of a kind, the one to take: 16 bits before others for the eyes, then the smaller. */
static void
take_better (AppHubFile **best, const AppHubFile *file)
{
  gboolean is_f16 = has_word (file->path, "f16"), was_f16 = *best && has_word ((*best)->path, "f16");

  if (*best && (was_f16 > is_f16 || (was_f16 == is_f16 && (*best)->bytes <= file->bytes)))
    return;
  file_free (*best);
  *best = file_copy (file);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(AppHubFile **) a)->path, (*(AppHubFile **) b)->path);
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const AppHubVariant *first = *(AppHubVariant **) a, *second = *(AppHubVariant **) b;

  if (first->bytes != second->bytes)
    return first->bytes < second->bytes ? -1 : 1;
  return strcmp (first->id, second->id);
}

/* Sorted by their paths, the parts of a whole follow each other. */
void
app_hub_gather (AppHubRepository *repository, GPtrArray *files)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (sorted, files->pdata[i]);
  g_ptr_array_sort (sorted, compare_paths);
  for (guint i = 0; i < sorted->len;) {
    const AppHubFile *first = sorted->pdata[i];
    g_autofree char *stem = NULL;
    g_autofree char *folder = g_path_get_dirname (first->path);
    guint part, n_parts, n = 0;
    guint64 bytes = 0;
    AppHubVariant *variant;

    i++;
    if (!g_str_has_suffix (first->path, ".gguf") || strlen (first->path) <= strlen (".gguf") || first->bytes == 0 || has_word (first->path, "imatrix"))
      continue;
    stem = stem_of (first->path);
    split (stem, &part, &n_parts);
    if (has_word (stem, "mmproj")) {
      if (!n_parts)
        take_better (&repository->projector, first);
      continue;
    }
    if (has_word (stem, "draft")) {
      if (!n_parts)
        take_better (&repository->draft, first);
      continue;
    }
    if (n_parts && part != 1)
      continue; /* its first part is missing */
    variant = g_new0 (AppHubVariant, 1);
    variant->files = g_ptr_array_new_with_free_func (file_free);
    variant->label = label_of (stem);
    variant->id = id_of (repository->id, first->path);
    g_ptr_array_add (variant->files, file_copy (first));
    bytes = first->bytes;
    for (n = 1; n < n_parts && i < sorted->len; n++, i++) {
      const AppHubFile *next = sorted->pdata[i];
      g_autofree char *wanted = g_strdup_printf ("%s%s%s-%05u-of-%05u.gguf", g_str_equal (folder, ".") ? "" : folder, g_str_equal (folder, ".") ? "" : "/", stem, n + 1, n_parts);
      if (!g_str_equal (next->path, wanted) || !g_uint64_checked_add (&bytes, bytes, next->bytes))
        break;
      g_ptr_array_add (variant->files, file_copy (next));
    }
    variant->bytes = bytes;
    if ((n_parts && n != n_parts) || !app_catalogue_is_id (variant->id)) {
      variant_free (variant);
      continue;
    }
    g_ptr_array_add (repository->variants, variant);
  }
  g_ptr_array_sort (repository->variants, compare_sizes);
}

/* ---- judging ---- */

/* Where the engine has not been asked yet: about what models of this size take for 8,192 tokens. */
static guint64
guess_cache (guint64 bytes)
{
  return bytes / 8 + 64 * 1000 * 1000;
}

AppModel *
app_hub_repository_judge (AppHubRepository *self, const AppHubVariant *variant)
{
  g_autoptr (AppModelFacts) facts = app_model_facts_new ();
  const char *name = strchr (self->id, '/') + 1;
  AppModel *model;

  g_free (facts->id);
  g_free (facts->name);
  g_free (facts->licence);
  g_free (facts->architecture);
  g_free (facts->quantisation);
  facts->id = g_strdup (variant->id);
  facts->name = g_str_has_suffix (name, "-GGUF") ? g_strndup (name, strlen (name) - strlen ("-GGUF")) : g_strdup (name);
  facts->licence = g_strdup (self->licence);
  facts->architecture = g_strdup (self->architecture);
  facts->quantisation = g_strdup (variant->label);
  facts->parameters = self->parameters;
  facts->context = self->context;
  facts->bytes = variant->bytes;
  facts->memory_bytes = app_catalogue_memory (variant->bytes, self->cache_bytes ? self->cache_bytes : guess_cache (variant->bytes));
  model = app_model_new (facts);
  app_model_set_memory_here (model, self->memory_total, self->memory_available);
  return model;
}

/* Weights of 16 and 32 bits are twice as slow as those of 8, which nobody can tell from them. */
static gboolean
is_wide (const AppHubVariant *variant)
{
  return g_str_has_suffix (variant->label, "F16") || g_str_has_suffix (variant->label, "FP16") || g_str_has_suffix (variant->label, "F32") ||
         g_str_has_suffix (variant->label, "FP32");
}

const AppHubVariant *
app_hub_repository_suggest (AppHubRepository *self)
{
  const AppHubVariant *best = NULL, *slow = NULL;

  for (guint i = 0; i < self->variants->len; i++) {
    const AppHubVariant *variant = self->variants->pdata[i];
    g_autoptr (AppModel) model = app_hub_repository_judge (self, variant);
    AppFit fit = app_model_get_fit (model);
    if (fit == APP_FIT_FITS && !(best && is_wide (variant)))
      best = variant;
    else if (fit == APP_FIT_SLOW && !slow)
      slow = variant;
  }
  return best ? best : slow;
}
