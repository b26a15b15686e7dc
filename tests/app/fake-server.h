/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An HTTP server on the loopback that plays a script: every byte is the script's, so that tests see each fault that a real one may have. It lives in the
 * main context of the test. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  FAKE_END,  /* the reply ends as it should */
  FAKE_CUT,  /* the connection breaks after the last byte */
  FAKE_HOLD, /* nothing more comes, and the connection stays open until the client closes it */
} FakeEnd;

typedef struct {
  const char *status;       /* NULL: "200 OK" */
  const char *content_type; /* NULL: "text/event-stream" */
  const char *headers;      /* (nullable) more of them, each with CR LF */
  const char *body;         /* (nullable) */
  gsize piece;              /* sent in pieces of so many bytes; 0: at once; FAKE_RANDOM: of 1 to 7, as the test's seed has it */
  FakeEnd end;
  gboolean dumb;            /* not even a status comes: FAKE_HOLD or FAKE_CUT at once */
} FakeReply;
#define FAKE_RANDOM G_MAXSIZE

/* What a client asked; strings are never NULL. */
typedef struct {
  char *method, *path, *authorization, *body;
} FakeRequest;

typedef struct _FakeServer FakeServer;

/* `tls`: with the certificate of tests/app/fake-server.pem, which nobody trusts. */
FakeServer *fake_server_new (gboolean tls);
void fake_server_free (FakeServer *server);
char *fake_server_dup_address (FakeServer *server); /* "http://127.0.0.1:40123" */

/* What is answered under a path ("/v1/models"), from now on; the strings must stay. */
void fake_server_set_reply (FakeServer *server, const char *path, const FakeReply *reply);

guint fake_server_get_n_requests (FakeServer *server);
/* The newest is 0. (transfer none) */
const FakeRequest *fake_server_get_request (FakeServer *server, guint index);
/* Connections that a client closed while the reply was held. */
guint fake_server_get_n_closed (FakeServer *server);

G_END_DECLS
