/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-bundle.h"

#include <string.h>

#define MAX_PATH 200

typedef struct {
  char *path, *mime_type;
  GBytes *bytes;
} File;

struct _AppBundle {
  gatomicrefcount count;
  GPtrArray *files;    /* of File, in the order in which they came */
  GHashTable *by_path; /* of the same; no owner */
};

G_DEFINE_BOXED_TYPE (AppBundle, app_bundle, app_bundle_ref, app_bundle_unref)

/* By the end of a path. A page is text in UTF-8, whatever it says. */
static const struct {
  const char *end, *mime_type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".json", "application/json; charset=utf-8" },
  { ".svg", "image/svg+xml; charset=utf-8" },
  { ".png", "image/png" },
  { ".jpg", "image/jpeg" },
  { ".webp", "image/webp" },
  { ".woff2", "font/woff2" },
  { ".txt", "text/plain; charset=utf-8" },
};

static void
file_free (File *file)
{
  g_free (file->path);
  g_free (file->mime_type);
  g_bytes_unref (file->bytes);
  g_free (file);
}

AppBundle *
app_bundle_new (void)
{
  AppBundle *bundle = g_new0 (AppBundle, 1);

  g_atomic_ref_count_init (&bundle->count);
  bundle->files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  bundle->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  return bundle;
}

AppBundle *
app_bundle_ref (AppBundle *bundle)
{
  g_atomic_ref_count_inc (&bundle->count);
  return bundle;
}

void
app_bundle_unref (AppBundle *bundle)
{
  if (!g_atomic_ref_count_dec (&bundle->count))
    return;
  g_hash_table_unref (bundle->by_path);
  g_ptr_array_unref (bundle->files);
  g_free (bundle);
}

gboolean
app_bundle_is_path (const char *path)
{
  gsize length = strlen (path);

  if (length == 0 || length > MAX_PATH)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    gboolean begins = i == 0 || path[i - 1] == '/';
    if (!g_ascii_isalnum (path[i]) && strchr ("._-/", path[i]) == NULL)
      return FALSE;
    if (begins && (path[i] == '/' || path[i] == '.'))
      return FALSE;
  }
  return path[length - 1] != '/';
}

void
app_bundle_add (AppBundle *bundle, const char *path, const char *mime_type, GBytes *bytes)
{
  File *file;

  g_return_if_fail (app_bundle_is_path (path));
  for (guint i = 0; mime_type == NULL && i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (path, types[i].end))
      mime_type = types[i].mime_type;
  if (mime_type == NULL)
    mime_type = "application/octet-stream";

  file = g_hash_table_lookup (bundle->by_path, path);
  if (file == NULL) {
    file = g_new0 (File, 1);
    file->path = g_strdup (path);
    g_ptr_array_add (bundle->files, file);
    g_hash_table_insert (bundle->by_path, file->path, file);
  } else {
    g_free (file->mime_type);
    g_bytes_unref (file->bytes);
  }
  file->mime_type = g_strdup (mime_type);
  file->bytes = g_bytes_ref (bytes);
}

void
app_bundle_add_text (AppBundle *bundle, const char *path, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  app_bundle_add (bundle, path, NULL, bytes);
}

GBytes *
app_bundle_find (AppBundle *bundle, const char *path, const char **mime_type)
{
  const File *file = g_hash_table_lookup (bundle->by_path, path);

  if (mime_type != NULL)
    *mime_type = file != NULL ? file->mime_type : NULL;
  return file != NULL ? file->bytes : NULL;
}

guint
app_bundle_get_n_files (AppBundle *bundle)
{
  return bundle->files->len;
}

const char *
app_bundle_get_path (AppBundle *bundle, guint file)
{
  g_return_val_if_fail (file < bundle->files->len, NULL);
  return ((const File *) g_ptr_array_index (bundle->files, file))->path;
}
