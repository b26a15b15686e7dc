/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An HTTP server of this machine that serves one file, and misbehaves as it is told. It speaks HTTP by hand, since a proper library would not let it lie. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  HOSTILE_GOOD,          /* ranges, If-Range, ETag: all as they should be */
  HOSTILE_DRIP,          /* good, but in small pieces */
  HOSTILE_CHUNKED,       /* good, without a length */
  HOSTILE_NO_ETAG,
  HOSTILE_IGNORE_RANGE,  /* 200 and all of it */
  HOSTILE_NEW_ETAG,      /* the ETag changes, from now on */
  HOSTILE_BREAK,         /* closes in the middle */
  HOSTILE_SHORT_LENGTH,  /* says, and sends, less than there is */
  HOSTILE_LONG_LENGTH,   /* says more than there is */
  HOSTILE_OVERLONG,      /* sends more than there is, chunked */
  HOSTILE_STALL,         /* stops in the middle and holds the line */
  HOSTILE_CORRUPT,       /* one byte is wrong */
  HOSTILE_WRONG_RANGE,   /* 206 of another place than asked for, honestly said */
  HOSTILE_OTHER_ETAG,    /* 206 that is of another file */
  HOSTILE_REDIRECT,      /* to itself */
  HOSTILE_ELSEWHERE,     /* to its companion on another port, where it is served well */
  HOSTILE_LOOP,          /* to itself, for ever */
  HOSTILE_UNSAFE,        /* to plain http on a machine elsewhere */
  HOSTILE_429,           /* with Retry-After: 1 */
  HOSTILE_429_LONG,      /* with Retry-After: 100000 */
  HOSTILE_500,
  HOSTILE_416,           /* to a range; without one, good */
  HOSTILE_EMPTY,         /* closes without a word */
  HOSTILE_GARBAGE,       /* no HTTP */
  HOSTILE_403,
  HOSTILE_404,
  HOSTILE_N_WAYS,
} HostileWay;

typedef struct _HostileServer HostileServer;

/* Begins to listen. */
HostileServer *hostile_server_new (GBytes *content);
void hostile_server_free (HostileServer *self);
/* "http://127.0.0.1:PORT/file.gguf" (transfer none) */
const char *hostile_server_get_url (HostileServer *self);
/* How the next requests are answered, in order; afterwards `rest`. */
void hostile_server_script (HostileServer *self, const HostileWay *ways, guint n_ways, HostileWay rest);
/* Each request is drawn: hostile in so many of 100. */
void hostile_server_draw (HostileServer *self, guint32 seed, guint percent);
void hostile_server_set_content (HostileServer *self, GBytes *content, const char *etag);

guint hostile_server_get_n_requests (HostileServer *self);
/* The request that came n-th, from 0, as it was written. (transfer full) */
char *hostile_server_dup_request (HostileServer *self, guint n);
/* Whether the companion was ever shown an access token. */
gboolean hostile_server_get_token_leaked (HostileServer *self);

G_END_DECLS
