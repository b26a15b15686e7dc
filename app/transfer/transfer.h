/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the formats of export and import share: asking the database from a worker's thread, and writing. Internal to app/.
 *
 * An export or import is a function on a thread of its own. The database is asked for one conversation, or one attachment, at a time: what a person
 * does meanwhile comes in between, and no more than that is in memory. */
#pragma once

#include <json-glib/json-glib.h>

#include "app-store-tree.h"

G_BEGIN_DECLS

/* Waits for a job of the database; only on a thread whose default main context is its own. See app_database_run_async (). */
gpointer app_transfer_ask (AppDatabase *database, AppDatabaseFunc func, gpointer data, GDestroyNotify result_free, GCancellable *cancellable, GError **error);

/* ---- writing ---- */

/* Where an export goes. The first error stays, and nothing is written after it: ask for it at the end of a conversation. */
typedef struct {
  GOutputStream *stream;
  AppDatabase *database; /* for the bytes of attachments; nullable: there are none */
  GCancellable *cancellable;
  GError *error;
  GHashTable *written; /* SHA-256 of the attachments that are in the file */
  guint n_written;     /* conversations that are in the file */
  guint n_total;
} AppExportWriter;

void app_export_write (AppExportWriter *writer, const char *text);
void app_export_write_n (AppExportWriter *writer, const char *text, gsize n);
void app_export_printf (AppExportWriter *writer, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* With &, <, > and quotes escaped. */
void app_export_write_escaped (AppExportWriter *writer, const char *text);
void app_export_write_base64 (AppExportWriter *writer, const guint8 *bytes, gsize n);
/* (transfer full) (nullable) */
GBytes *app_export_get_bytes (AppExportWriter *writer, const char *sha256);

/* A format, one line in exports.def. */
typedef struct {
  const char *id;         /* "markdown" */
  const char *label;      /* for the menu, untranslated */
  const char *ending;     /* "md" */
  void (*begin) (AppExportWriter *writer, const char *title); /* `title`: of the only conversation, or NULL */
  void (*conversation) (AppExportWriter *writer, AppTree *tree);
  void (*end) (AppExportWriter *writer);
} AppExportFormat;

/* What a reader sees above a message: who, and when. (transfer full) */
char *app_export_dup_author (const AppTreeMessage *message);
char *app_export_dup_time (gint64 milliseconds);
/* The words of a message, and what the model thought before them: it is kept apart, or stands at the beginning as "<think>…</think>", as other programs have it.
 * `*thought`: (nullable) (transfer full). Returns: (transfer none) */
const char *app_export_split_thought (const AppMessageRow *row, char **thought);

/* ---- reading ---- */

/* What the readers of an import have between the items of one file. */
typedef struct {
  const char *archive; /* the path of the .zip around it; nullable */
  GHashTable *members; /* names in that archive, as keys; NULL without */
  GHashTable *bytes;   /* SHA-256 → GBytes: of the conversation that comes next */
  GHashTable *folders; /* of formats that know folders by number: id → name */
  GByteArray *part;    /* an attachment whose pieces are being read; NULL for none */
  char *part_sha256;
  gsize part_size;
  guint n_notes;       /* attachments that are not in the file */
} AppImportSource;

AppImportSource *app_import_source_new (void);
void app_import_source_free (AppImportSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppImportSource, app_import_source_free)

/* A format, one line in imports.def. `matches`: whether an item is of it. `take`: reads the item; `*tree` (transfer full) stays NULL when the item is no
 * conversation, or an empty one. FALSE: it is damaged. */
typedef struct {
  const char *id;
  gboolean (*matches) (JsonObject *header, JsonObject *item);
  gboolean (*take) (AppImportSource *source, JsonObject *item, AppTree **tree, GError **error);
} AppImportFormat;

/* Finds the format of an item, and reads it. Sets `*tree` as above. Any thread; the fuzzer's way in. */
gboolean app_import_take (AppImportSource *source, JsonObject *header, JsonNode *item, AppTree **tree, GError **error);

/* ---- for the readers (import-nodes.c, import-pictures.c) ---- */

/* Members that may be missing or of another type. */
const char *app_import_string (JsonObject *object, const char *name);    /* (nullable) */
JsonObject *app_import_object (JsonObject *object, const char *name);    /* (nullable) */
JsonArray *app_import_array (JsonObject *object, const char *name);      /* (nullable) */
gboolean app_import_bool (JsonObject *object, const char *name);
double app_import_number (JsonObject *object, const char *name);         /* 0 when missing, not finite or not a number */
gint64 app_import_int (JsonObject *object, const char *name);
/* A time that a window can show, in milliseconds; `fallback` for none. `unit`: how many milliseconds a unit is. */
gint64 app_import_time (double value, double unit, gint64 fallback);

/* A tree of messages that are known by id and name their parent and children. `make` gives a message, or NULL for one whose children take its
 * place below its parent. */
typedef AppTreeMessage *(*AppImportMake) (AppImportSource *source, JsonObject *node, gint64 time);
typedef struct {
  const char *parent, *children; /* names of members */
  AppImportMake make;
} AppImportNodes;
gboolean app_import_nodes (AppImportSource *source, const AppImportNodes *kind, JsonObject *nodes, const char *current, AppTree *tree, GError **error);

/* Adds a picture to a message, as it is: what stands in it was not read. FALSE: these bytes are no picture that the program shows. */
gboolean app_import_add_picture (AppImportSource *source, AppTreeMessage *message, GBytes *bytes, const char *name);
/* …out of a "data:image/…;base64,…" address. */
gboolean app_import_add_data_address (AppImportSource *source, AppTreeMessage *message, const char *address, const char *name);
/* …out of the archive: the member whose name, without folders, begins with `beginning`. */
gboolean app_import_add_member (AppImportSource *source, AppTreeMessage *message, const char *beginning, const char *name);
/* A line below the message: this was attached, but is not there. */
void app_import_add_missing (AppImportSource *source, AppTreeMessage *message, const char *name);

/* A member of a .zip file, of at most `max` bytes. (transfer full) (nullable) */
GBytes *app_zip_read (const char *path, const char *member, gsize max, GError **error);
/* The names in it. (transfer full) (nullable) */
GHashTable *app_zip_list (const char *path, GError **error);
/* A stream that reads one member. (transfer full) (nullable) */
GInputStream *app_zip_open (const char *path, const char *member, guint64 *size, GError **error);

/* The words of Melete's own format for AppOrigin and AppVersionState; NULL-terminated. */
extern const char *const app_transfer_thought_ends[];
extern const char *const app_transfer_origins[], *const app_transfer_version_states[];

G_END_DECLS
