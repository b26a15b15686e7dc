/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PreviewMessage: what a page says, read from JSON. The page is not trusted, nor is its process: a message is one object of strings, whole numbers, booleans and null, as
 * long and as deep as below and no more. Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PREVIEW_MESSAGE_MAX_BYTES (4 * 1024 * 1024) /* a megabyte that is kept, with every character escaped */
#define PREVIEW_MESSAGE_MAX_MEMBERS 16
#define PREVIEW_MESSAGE_MAX_DEPTH 16 /* of a value that is JSON itself */

typedef struct _PreviewMessage PreviewMessage;

/* `text`: UTF-8 or not, NUL-terminated. NULL with G_IO_ERROR_INVALID_DATA. */
PreviewMessage *preview_message_parse (const char *text, GError **error);
void preview_message_free (PreviewMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PreviewMessage, preview_message_free)

/* NULL when there is no such member, or it is no string. (transfer none) */
const char *preview_message_get_string (PreviewMessage *self, const char *name);
/* 0 likewise. Numbers are cut to the range of a gint. */
int preview_message_get_number (PreviewMessage *self, const char *name);

/* Whether `text` is one whole JSON value, no deeper than PREVIEW_MESSAGE_MAX_DEPTH. */
gboolean preview_message_is_json (const char *text);

G_END_DECLS
