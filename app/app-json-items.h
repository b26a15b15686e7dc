/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppJsonItems: the items of a JSON file one after the other, however large the file is.
 *
 * The file is either an array, whose elements are the items; or an object with "format" and, later, an array "items", whose elements are the
 * items and whose members before it are the header; or any other object, which is the only item. The text is foreign: depth and size of an
 * item are bounded before json-glib sees it, comments and other liberties that json-glib takes are refused, and half surrogates, which it does not
 * survive, become U+FFFD. Any thread, one at a time. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The longest item in bytes, and the most brackets within each other. */
#define APP_JSON_ITEMS_MAX_BYTES (256 * 1024 * 1024)
#define APP_JSON_ITEMS_MAX_DEPTH 64

typedef struct _AppJsonItems AppJsonItems;

/* `stream` is read to its end, at most. */
AppJsonItems *app_json_items_new (GInputStream *stream);
void app_json_items_free (AppJsonItems *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppJsonItems, app_json_items_free)

/* TRUE with the next item (transfer full), or with NULL after the last. FALSE: APP_ERROR_DAMAGED, or what the stream or the cancellable said. */
gboolean app_json_items_next (AppJsonItems *self, JsonNode **item, GCancellable *cancellable, GError **error);
/* The members before "items"; empty otherwise. (transfer none), valid after the first item was asked for. */
JsonObject *app_json_items_get_header (AppJsonItems *self);
/* How far it has read, in bytes. */
guint64 app_json_items_get_position (AppJsonItems *self);

G_END_DECLS
