/* SPDX-License-Identifier: MIT */
/* Tables out of the bytes of others: CSV, XLSX, ODS, JSON and SQLite files as typed rows.
 *
 * The helper reads a file twice. First it looks at everything: encoding, delimiter, header rows, and what the cells of each column are over all rows. Then
 * it sends the tables, one after the other, through a pipe: what a table is, its rows in batches, and what was found in it that a person should know.
 *
 * The pipe has frames: a MediaTableFrame and its payload. Numbers in payloads are variable (seven bits a byte, lowest first), text is its length and its bytes:
 *   BEGIN  title, sheet, flags, number of rows above the data, of rows, of columns; for each column: name, type, unit
 *   ROWS   number of rows; for each: how much larger its number is than the one before, and its cells, each a tag and what the tag says
 *   END    number of notes; for each: kind, column + 1 (0: of the table), row, count, text
 *   STOP   nothing follows
 * What arrives is distrusted like every answer of the helper. */
#pragma once

#include <gio/gio.h>

#include "media.h"

G_BEGIN_DECLS

/* What a column is. Dates and times are text: 2024-05-17, 14:03:22, 2024-05-17 14:03:22. */
typedef enum {
  MEDIA_COLUMN_TEXT,
  MEDIA_COLUMN_INTEGER,
  MEDIA_COLUMN_REAL,
  MEDIA_COLUMN_BOOLEAN, /* 0 or 1 */
  MEDIA_COLUMN_DATE,
  MEDIA_COLUMN_TIME,
  MEDIA_COLUMN_DATETIME,
  MEDIA_COLUMN_N,
} MediaColumnType;

/* "text", "integer"… (transfer none) */
const char *media_column_type_get_name (MediaColumnType type);
/* MEDIA_COLUMN_N for another word. */
MediaColumnType media_column_type_find (const char *name);

/* What a person should know of how a table was read, one line each in media-table-notes.def. */
typedef enum {
#define MEDIA_NOTE(NAME) MEDIA_NOTE_##NAME,
#include "media-table-notes.def"
#undef MEDIA_NOTE
  MEDIA_NOTE_N,
} MediaNoteKind;

typedef struct {
  MediaNoteKind kind;
  int column;    /* from 0; -1: of the table */
  guint64 row;   /* of the file, from 1, where it is first so; 0: none */
  guint64 count; /* how often */
  char *text;    /* what stands there; never NULL */
} MediaNote;

typedef struct {
  char *name; /* as it is written in the file; "" if it has none */
  MediaColumnType type;
  char *unit; /* "%", "EUR"; "" if it has none */
} MediaColumn;

typedef struct {
  char *title; /* of the sheet, of the table of a database; "" for a file that is one table */
  gboolean hidden;
  guint64 header_rows; /* rows of names, above which others may stand */
  guint64 n_rows;      /* as announced */
  guint n_columns;
  MediaColumn *columns;
  GPtrArray *notes;    /* of MediaNote; at the end of the table */
} MediaTable;

/* One cell of a row. Text is UTF-8 without NUL bytes, not ended by one, and valid until the callback returns. */
typedef enum { MEDIA_CELL_NULL, MEDIA_CELL_INTEGER, MEDIA_CELL_REAL, MEDIA_CELL_TEXT } MediaCellKind;
typedef struct {
  MediaCellKind kind;
  guint length; /* of text, bytes */
  union {
    gint64 integer;
    double real; /* finite */
    const char *text;
  };
} MediaCell;

/* Takes what arrives, on the thread that called. FALSE with `error` ends the reading. */
typedef struct {
  gboolean (*begin) (const MediaTable *table, gpointer data, GError **error);
  /* `row`: its number in the file, growing; `cells`: as many as there are columns. */
  gboolean (*row) (gint64 row, const MediaCell *cells, gpointer data, GError **error);
  gboolean (*end) (const MediaTable *table, gpointer data, GError **error); /* with its notes */
} MediaTableSink;

/* No table has more columns, no cell more bytes, no note more of them. */
#define MEDIA_TABLE_MAX_COLUMNS 2000
#define MEDIA_TABLE_MAX_CELL (1024 * 1024)
#define MEDIA_TABLE_MAX_TABLES 1000
#define MEDIA_TABLE_MAX_NOTES 2000
#define MEDIA_TABLE_MAX_WORDS 4096 /* of a name, a title, a note */

/* Reads the tables of `input` and waits for it; `request` as media_request_init (MEDIA_JOB_TABLES) made it. `progress`: on this thread, in thousandths of
 * both readings. *format (transfer full): "CSV". Returns whether all of it arrived. */
gboolean media_tables_read (const MediaRequest *request, GBytes *input, const MediaTableSink *sink, gpointer data, GCancellable *cancellable,
                            MediaProgress progress, gpointer progress_data, char **format, GError **error);

/* ---- what both sides of the pipe share ---- */

#define MEDIA_TABLE_MAGIC 0x4d544231u /* "MTB1" */
#define MEDIA_TABLE_MAX_FRAME (2 * MEDIA_TABLE_MAX_CELL + 4 * 1024 * 1024)

typedef enum { MEDIA_FRAME_FORMAT = 1, MEDIA_FRAME_BEGIN, MEDIA_FRAME_ROWS, MEDIA_FRAME_END, MEDIA_FRAME_STOP } MediaFrameKind;

typedef struct {
  guint32 magic;
  guint32 kind;   /* MediaFrameKind */
  guint32 length; /* bytes of payload */
  guint32 zero;
} MediaTableFrame;
G_STATIC_ASSERT (sizeof (MediaTableFrame) == 16);

/* Tags of cells: small whole numbers and lengths of text are in the tag. */
#define MEDIA_TAG_NULL 0
#define MEDIA_TAG_INTEGER 1  /* zigzag: 0, -1, 1, -2… */
#define MEDIA_TAG_REAL 2     /* eight bytes */
#define MEDIA_TAG_TEXT 3     /* its length, its bytes */
#define MEDIA_TAG_SMALL 0x40 /* 0 to 63 */
#define MEDIA_TAG_SHORT 0x80 /* text of 0 to 127 bytes */

/* Reads a stream of frames piece by piece, for tests and fuzzing too. */
typedef struct _MediaTableStream MediaTableStream;
MediaTableStream *media_table_stream_new (const MediaTableSink *sink, gpointer data);
void media_table_stream_free (MediaTableStream *stream);
/* FALSE with `error`, of the sink or because it makes no sense; then the stream is over. */
gboolean media_table_stream_push (MediaTableStream *stream, const guint8 *bytes, gsize size, GError **error);
/* Whether it ended as it should. */
gboolean media_table_stream_is_whole (MediaTableStream *stream);
const char *media_table_stream_get_format (MediaTableStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaTableStream, media_table_stream_free)

G_END_DECLS
