/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-library-private.h"

#include <glib/gi18n.h>

#include "app-store.h"

/* ---- an item ---- */

struct _AppLibraryItem {
  GObject parent;
  gint64 id; /* of the row; 0: built-in */
  char *key, *name, *text;
};

enum { ITEM_PROP_0, ITEM_NAME, ITEM_TEXT, N_ITEM_PROPS };
static GParamSpec *item_properties[N_ITEM_PROPS];

G_DEFINE_FINAL_TYPE (AppLibraryItem, app_library_item, G_TYPE_OBJECT)

const char *
app_library_item_get_key (AppLibraryItem *self)
{
  return self->key;
}

const char *
app_library_item_get_name (AppLibraryItem *self)
{
  return self->name;
}

const char *
app_library_item_get_text (AppLibraryItem *self)
{
  return self->text;
}

gboolean
app_library_item_get_built_in (AppLibraryItem *self)
{
  return self->id == 0;
}

/* `key` NULL: an own one. */
static AppLibraryItem *
item_new (gint64 id, const char *key, const char *name, const char *text)
{
  AppLibraryItem *self = g_object_new (APP_TYPE_LIBRARY_ITEM, NULL);

  self->id = id;
  self->key = key ? g_strdup (key) : g_strdup_printf ("%" G_GINT64_FORMAT, id);
  self->name = g_strdup (name);
  self->text = g_strdup (text);
  return self;
}

static void
app_library_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppLibraryItem *self = APP_LIBRARY_ITEM (object);

  g_value_set_string (value, id == ITEM_NAME ? self->name : self->text);
}

static void
app_library_item_finalize (GObject *object)
{
  AppLibraryItem *self = APP_LIBRARY_ITEM (object);

  g_free (self->key);
  g_free (self->name);
  g_free (self->text);
  G_OBJECT_CLASS (app_library_item_parent_class)->finalize (object);
}

static void
app_library_item_class_init (AppLibraryItemClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  G_OBJECT_CLASS (klass)->get_property = app_library_item_get_property;
  G_OBJECT_CLASS (klass)->finalize = app_library_item_finalize;
  item_properties[ITEM_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  item_properties[ITEM_TEXT] = g_param_spec_string ("text", NULL, NULL, "", flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_ITEM_PROPS, item_properties);
}

static void
app_library_item_init (AppLibraryItem *self)
{
}

/* ---- the list ---- */

struct _AppLibrary {
  GObject parent;
  AppDatabase *database;
  AppSettings *settings; /* nullable */
  const AppLibraryKind *kind;
  GPtrArray *items;      /* AppLibraryItem: own ones by name, then the built-in ones in their order */
  GHashTable *hidden;    /* keys */
  gint64 last_id;
  guint n_writing;       /* rows on their way into the table */
  gboolean outdated;     /* what was read last is older than one of them */
};

static guint failed_signal;

static GType
get_item_type (GListModel *model)
{
  return APP_TYPE_LIBRARY_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return APP_LIBRARY (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  AppLibrary *self = APP_LIBRARY (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AppLibrary, app_library, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static guint
rank_built_in (AppLibrary *self, AppLibraryItem *item)
{
  for (guint i = 0; i < self->kind->n_built_in; i++)
    if (g_str_equal (self->kind->built_in[i].key, item->key))
      return i;
  return self->kind->n_built_in;
}

static gboolean
stands_before (AppLibrary *self, AppLibraryItem *a, AppLibraryItem *b)
{
  int order;

  if ((a->id == 0) != (b->id == 0))
    return a->id != 0;
  if (a->id == 0)
    return rank_built_in (self, a) < rank_built_in (self, b);
  order = g_utf8_collate (a->name, b->name);
  return order != 0 ? order < 0 : a->id < b->id;
}

static void
put_in (AppLibrary *self, AppLibraryItem *item)
{
  guint position = 0;

  while (position < self->items->len && stands_before (self, self->items->pdata[position], item))
    position++;
  g_ptr_array_insert (self->items, position, g_object_ref (item));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

static gboolean
take_out (AppLibrary *self, AppLibraryItem *item)
{
  guint position;

  if (!g_ptr_array_find (self->items, item, &position))
    return FALSE;
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return TRUE;
}

AppLibraryItem *
app_library_find (AppLibrary *self, const char *key)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (((AppLibraryItem *) self->items->pdata[i])->key, key))
      return self->items->pdata[i];
  return NULL;
}

const AppLibraryKind *
app_library_get_kind (AppLibrary *self)
{
  return self->kind;
}

/* ---- the history ---- */

static void read_rows (AppLibrary *self);

static AppLibraryRow *
find_row (GPtrArray *rows, gint64 id)
{
  for (guint i = 0; i < rows->len; i++)
    if (((AppLibraryRow *) rows->pdata[i])->id == id)
      return rows->pdata[i];
  return NULL;
}

static void set_words (AppLibrary *self, AppLibraryItem *item, const char *name, const char *text);

/* Makes the list what the table has; the objects of what is in both stay. */
static void
take_rows (AppLibrary *self, GPtrArray *rows)
{
  for (guint i = self->items->len; i-- > 0;) {
    AppLibraryItem *item = self->items->pdata[i];
    if (item->id != 0 && !find_row (rows, item->id))
      take_out (self, item);
  }
  for (guint i = 0; i < rows->len; i++) {
    AppLibraryRow *row = rows->pdata[i];
    g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, row->id);
    AppLibraryItem *item = app_library_find (self, key);
    self->last_id = MAX (self->last_id, row->id);
    if (item) {
      set_words (self, item, row->name, row->text);
    } else {
      g_autoptr (AppLibraryItem) fresh = item_new (row->id, NULL, row->name, row->text);
      put_in (self, fresh);
    }
  }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppLibrary) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = app_database_run_finish (APP_DATABASE (source), result, &error);

  if (!rows)
    g_signal_emit (self, failed_signal, 0, error->message);
  else if (self->n_writing > 0)
    self->outdated = TRUE;
  else
    take_rows (self, rows);
}

static void
read_rows (AppLibrary *self)
{
  AppLibraryRow *which = g_new0 (AppLibraryRow, 1);

  which->table = self->kind->table;
  which->column = self->kind->column;
  app_database_run_async (self->database, app_store_library_read, which, (GDestroyNotify) app_library_row_free, (GDestroyNotify) g_ptr_array_unref, NULL, on_read,
                          g_object_ref (self));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AppLibrary) self = user_data;
  g_autoptr (GError) error = NULL;

  self->n_writing--;
  if (!app_database_run_finish (APP_DATABASE (source), result, &error)) {
    g_signal_emit (self, failed_signal, 0, error->message);
    self->outdated = TRUE;
  }
  if (self->outdated && self->n_writing == 0) {
    self->outdated = FALSE;
    read_rows (self);
  }
}

/* `exists`: whether it is to be in the table. */
static void
write_row (AppLibrary *self, AppLibraryItem *item, gboolean exists)
{
  AppLibraryRow *row = g_new0 (AppLibraryRow, 1);

  *row = (AppLibraryRow){ self->kind->table, self->kind->column, item->id, exists ? g_strdup (item->name) : NULL, g_strdup (item->text) };
  self->n_writing++;
  app_database_run_async (self->database, app_store_library_write, row, (GDestroyNotify) app_library_row_free, NULL, NULL, on_written, g_object_ref (self));
}

static void
store_hidden (AppLibrary *self)
{
  g_autofree char **keys = (char **) g_hash_table_get_keys_as_array (self->hidden, NULL);

  if (self->settings)
    g_settings_set_strv (app_settings_get_gsettings (self->settings), self->kind->hidden_key, (const char *const *) keys);
}

/* ---- changing ---- */

AppLibraryItem *
app_library_add (AppLibrary *self, const char *name, const char *text)
{
  /* When it was made, in microseconds: never one that is in the table and was not read yet. */
  gint64 id = MAX (g_get_real_time (), self->last_id + 1);
  g_autoptr (AppLibraryItem) item = item_new (id, NULL, name, text);

  self->last_id = id;
  put_in (self, item);
  write_row (self, item, TRUE);
  return item;
}

static void
set_words (AppLibrary *self, AppLibraryItem *item, const char *name, const char *text)
{
  g_autoptr (AppLibraryItem) keep = g_object_ref (item);
  gboolean renamed = !g_str_equal (name, item->name);
  char *new_name, *new_text; /* they may be the item's own */

  if (!renamed && g_str_equal (text, item->text))
    return;
  new_name = g_strdup (name);
  new_text = g_strdup (text);
  g_free (item->name);
  g_free (item->text);
  item->name = new_name;
  item->text = new_text;
  if (renamed && take_out (self, item))
    put_in (self, item);
  g_object_notify_by_pspec (G_OBJECT (item), item_properties[ITEM_NAME]);
  g_object_notify_by_pspec (G_OBJECT (item), item_properties[ITEM_TEXT]);
}

void
app_library_change (AppLibrary *self, AppLibraryItem *item, const char *name, const char *text)
{
  g_return_if_fail (item->id != 0);
  set_words (self, item, name, text);
  write_row (self, item, TRUE);
}

void
app_library_remove (AppLibrary *self, AppLibraryItem *item)
{
  g_autoptr (AppLibraryItem) keep = g_object_ref (item);

  if (!take_out (self, item))
    return;
  if (item->id != 0) {
    write_row (self, item, FALSE);
  } else {
    g_hash_table_add (self->hidden, g_strdup (item->key));
    store_hidden (self);
  }
}

void
app_library_restore (AppLibrary *self, AppLibraryItem *item)
{
  if (app_library_find (self, item->key))
    return;
  put_in (self, item);
  if (item->id != 0) {
    write_row (self, item, TRUE);
  } else {
    g_hash_table_remove (self->hidden, item->key);
    store_hidden (self);
  }
}

static void
show_built_in (AppLibrary *self)
{
  for (guint i = 0; i < self->kind->n_built_in; i++) {
    const AppLibraryBuiltIn *built_in = &self->kind->built_in[i];
    g_autofree char *text = NULL;
    g_autoptr (AppLibraryItem) item = NULL;

    if (g_hash_table_contains (self->hidden, built_in->key) || app_library_find (self, built_in->key))
      continue;
    text = self->kind->make_text (_(built_in->text));
    item = item_new (0, built_in->key, _(built_in->name), text);
    put_in (self, item);
  }
}

guint
app_library_get_n_hidden (AppLibrary *self)
{
  return g_hash_table_size (self->hidden);
}

void
app_library_unhide_all (AppLibrary *self)
{
  g_hash_table_remove_all (self->hidden);
  store_hidden (self);
  show_built_in (self);
}

/* ---- object ---- */

static void
app_library_finalize (GObject *object)
{
  AppLibrary *self = APP_LIBRARY (object);

  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->hidden);
  g_clear_object (&self->database);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (app_library_parent_class)->finalize (object);
}

static void
app_library_class_init (AppLibraryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = app_library_finalize;
  failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
app_library_init (AppLibrary *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

AppLibrary *
app_library_new (AppDatabase *database, AppSettings *settings, const AppLibraryKind *kind)
{
  AppLibrary *self = g_object_new (APP_TYPE_LIBRARY, NULL);

  self->database = g_object_ref (database);
  self->kind = kind;
  if (settings) {
    g_auto (GStrv) hidden = g_settings_get_strv (app_settings_get_gsettings (settings), kind->hidden_key);

    self->settings = g_object_ref (settings);
    for (guint i = 0; hidden[i]; i++)
      g_hash_table_add (self->hidden, g_strdup (hidden[i]));
  }
  show_built_in (self);
  read_rows (self);
  return self;
}
