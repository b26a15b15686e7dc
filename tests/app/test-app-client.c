/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that cannot be reached. */
#include "remote-fixture.h"

#include <string.h>

/* The checker of leaks falls over the thread-local memory that GnuTLS leaves behind: the tests of servers without TLS look for leaks of the same code. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}

/* Nobody listens; a certificate that nobody trusts: nothing of the request is ever read there. */
static void
test_unreachable (Remote *r, gconstpointer data)
{
  FakeServer *tls = fake_server_new (TRUE);
  g_autofree char *safe = fake_server_dup_address (tls);
  FakeServer *gone = fake_server_new (FALSE);
  g_autofree char *nobody = fake_server_dup_address (gone);
  g_autoptr (GError) error = NULL;

  fake_server_free (gone);
  g_assert_null (remote_ask (r, nobody, REMOTE_KEY, &error));
  g_assert_nonnull (strstr (error->message, "nothing listens there"));
  g_clear_error (&error);
  fake_server_set_reply (tls, "/v1/models", &remote_models);
  g_assert_null (remote_ask (r, safe, REMOTE_KEY, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "signed by nobody whom this machine trusts"));
  g_assert_cmpuint (fake_server_get_n_requests (tls), ==, 0);
  fake_server_free (tls);
}

int
main (int argc, char **argv)
{
  char *keyring = remote_keyring ();

  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/client/" name, Remote, NULL, remote_set_up, function, remote_tear_down)
  ADD ("unreachable", test_unreachable);
#undef ADD
  return remote_run (keyring);
}
