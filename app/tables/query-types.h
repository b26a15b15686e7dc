/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which type a column of an answer has: that of the column it is, or one that all of its values are. */
#pragma once

#include <sqlite3.h>

#include "media-table.h"

G_BEGIN_DECLS

typedef struct _QueryTypes QueryTypes;

QueryTypes *query_types_new (guint n_columns);
void query_types_free (QueryTypes *types);
/* It is known. */
void query_types_set (QueryTypes *types, guint column, MediaColumnType type);
/* The value of the row that was read last; text is valid until the next. */
void query_types_read (QueryTypes *types, sqlite3_stmt *statement, guint column, MediaCell *value);
MediaColumnType query_types_get (const QueryTypes *types, guint column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QueryTypes, query_types_free)

G_END_DECLS
