/* SPDX-License-Identifier: MIT */
/* Inside the client. */
#pragma once

#include "media.h"

G_BEGIN_DECLS

MediaResult *media_result_new (void);

/* Reads the records that the helper left: `size` bytes that nobody writes to any more. `memory` owns them; pixels in the
 * result refer to it instead of being copied. Everything is checked: a helper that lies gets FALSE and MEDIA_ERROR_HELPER.
 * `max_side`: of a picture. */
gboolean media_reply_parse (GBytes *memory, gsize size, guint max_side, MediaResult *result, GError **error);

/* Whether `reply` makes sense: magic, type, fault and `used` within `output_size` and not less than `used_before`. */
gboolean media_reply_check (const MediaWireReply *reply, guint64 output_size, guint64 used_before);

/* The sentence for a fault. `what`: MediaJob, so that it says picture or PDF. Returns: (transfer full) */
GError *media_error_for_fault (MediaJob job, const MediaWireReply *reply);

/* The helper died: `status` as waitpid () gives it. Returns: (transfer full) */
GError *media_error_for_death (MediaJob job, int status);

GError *media_error_for_time (MediaJob job, guint time_limit);

/* Tesseract's names for the person's languages, "deu+eng". Returns: (transfer full) */
char *media_languages (void);

/* Where the helper is; NULL with `error`. Returns: (transfer full) */
char *media_find_helper (MediaJob job, GError **error);

G_END_DECLS
