/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-local-adapters.h"

#include <glib/gi18n.h>
#include <sys/stat.h>

#include "app-error.h"

/* Enough for conversations that take turns, few enough for memory. */
#define MAX_KEPT 4

typedef struct {
  char *path;
  struct stat file; /* as it was read */
  EngineAdapter *adapter;
} Kept;

struct _AppLocalAdapters {
  GMutex mutex;
  GArray *kept; /* of Kept, the one that was used last at the end */
};

static void
clear_kept (gpointer data)
{
  Kept *kept = data;

  g_free (kept->path);
  engine_adapter_unref (kept->adapter);
}

AppLocalAdapters *
app_local_adapters_new (void)
{
  AppLocalAdapters *self = g_new0 (AppLocalAdapters, 1);

  g_mutex_init (&self->mutex);
  self->kept = g_array_new (FALSE, FALSE, sizeof (Kept));
  g_array_set_clear_func (self->kept, clear_kept);
  return self;
}

void
app_local_adapters_free (AppLocalAdapters *self)
{
  g_array_unref (self->kept);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static gboolean
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Takes the one of that path out, if it is the file that lies there. A reference, or NULL. */
static EngineAdapter *
take (AppLocalAdapters *self, const char *path, const struct stat *file)
{
  EngineAdapter *adapter = NULL;

  for (guint i = self->kept->len; i-- > 0 && !adapter;) {
    const Kept *kept = &g_array_index (self->kept, Kept, i);

    if (!g_str_equal (kept->path, path))
      continue;
    adapter = is_same_file (&kept->file, file) ? engine_adapter_ref (kept->adapter) : NULL;
    g_array_remove_index (self->kept, i);
  }
  return adapter;
}

EngineAdapter *
app_local_adapters_get (AppLocalAdapters *self, EngineModel *model, const char *path, const char *name, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  EngineError wrong = { 0 };
  EngineAdapter *adapter;
  struct stat file;
  Kept kept;

  if (stat (path, &file) != 0) {
    g_set_error (error, APP_ERROR, APP_ERROR_MISSING, _("The adapter %s is no longer on this machine (%s). Add its file again, or choose another one in the settings of this conversation."),
                 name, path);
    return NULL;
  }
  adapter = take (self, path, &file);
  if (!adapter)
    adapter = engine_adapter_load (model, path, &wrong);
  if (!adapter && wrong.code == ENGINE_NO_MEMORY && self->kept->len > 0) {
    g_array_set_size (self->kept, 0);
    adapter = engine_adapter_load (model, path, &wrong);
  }
  if (!adapter) {
    /* Translators: the name of an adapter, and what is wrong with it: a sentence that says what to do. */
    g_set_error (error, APP_ERROR, APP_ERROR_ENGINE, _("The adapter %s could not be used. %s"), name, wrong.message);
    return NULL;
  }
  kept = (Kept) { g_strdup (path), file, engine_adapter_ref (adapter) };
  if (self->kept->len == MAX_KEPT)
    g_array_remove_index (self->kept, 0);
  g_array_append_val (self->kept, kept);
  return adapter;
}
