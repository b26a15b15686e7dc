/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as people write them. */
#include "app-server-address.h"

#include <string.h>

#include "app-error.h"

static void
test_good (void)
{
  static const struct {
    const char *text, *address, *host, *origin;
    gboolean exposed;
  } cases[] = {
    { "http://kitchen.local:8080", "http://kitchen.local:8080/v1", "kitchen.local", "http://kitchen.local:8080", FALSE },
    { "  http://kitchen.local:8080/v1/ \n", "http://kitchen.local:8080/v1", "kitchen.local", "http://kitchen.local:8080", FALSE },
    { "http://kitchen.local:8080/v1/chat/completions", "http://kitchen.local:8080/v1", "kitchen.local", "http://kitchen.local:8080", FALSE },
    { "kitchen:11434", "http://kitchen:11434/v1", "kitchen", "http://kitchen:11434", FALSE },
    { "localhost", "http://localhost/v1", "localhost", "http://localhost:80", FALSE },
    { "127.0.0.1:1234/v1/models", "http://127.0.0.1:1234/v1", "127.0.0.1", "http://127.0.0.1:1234", FALSE },
    { "192.168.0.7:8000", "http://192.168.0.7:8000/v1", "192.168.0.7", "http://192.168.0.7:8000", FALSE },
    { "100.100.3.4", "http://100.100.3.4/v1", "100.100.3.4", "http://100.100.3.4:80", FALSE },
    { "http://172.31.0.1", "http://172.31.0.1/v1", "172.31.0.1", "http://172.31.0.1:80", FALSE },
    { "http://[::1]:8080", "http://[::1]:8080/v1", "::1", "http://[::1]:8080", FALSE },
    { "http://[fd00::7]", "http://[fd00::7]/v1", "fd00::7", "http://[fd00::7]:80", FALSE },
    { "api.example", "https://api.example/v1", "api.example", "https://api.example:443", FALSE },
    { "API.Example:443", "https://api.example/v1", "api.example", "https://api.example:443", FALSE },
    { "HTTPS://api.example:8443/openai/v1", "https://api.example:8443/openai/v1", "api.example", "https://api.example:8443", FALSE },
    { "https://bücher.example", "https://xn--bcher-kva.example/v1", "bücher.example", "https://xn--bcher-kva.example:443", FALSE },
    { "http://api.example", "http://api.example/v1", "api.example", "http://api.example:80", TRUE },
    { "http://8.8.8.8", "http://8.8.8.8/v1", "8.8.8.8", "http://8.8.8.8:80", TRUE },
    { "http://172.32.0.1", "http://172.32.0.1/v1", "172.32.0.1", "http://172.32.0.1:80", TRUE },
    { "http://100.128.0.1", "http://100.128.0.1/v1", "100.128.0.1", "http://100.128.0.1:80", TRUE },
    { "http://[2001:db8::1]", "http://[2001:db8::1]/v1", "2001:db8::1", "http://[2001:db8::1]:80", TRUE },
    { "http://local.example", "http://local.example/v1", "local.example", "http://local.example:80", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *address = app_server_address_parse (cases[i].text, &error);
    g_autofree char *again = NULL, *host = NULL, *origin = NULL;
    g_assert_no_error (error);
    g_assert_cmpstr (address, ==, cases[i].address);
    host = app_server_address_dup_host (address);
    g_assert_cmpstr (host, ==, cases[i].host);
    origin = app_server_address_dup_origin (address);
    g_assert_cmpstr (origin, ==, cases[i].origin);
    g_assert_cmpint (app_server_address_is_exposed (address), ==, cases[i].exposed);
    again = app_server_address_parse (address, NULL);
    g_assert_cmpstr (again, ==, address);
  }
}

/* Each with a sentence of its own: what a part of it says. */
static void
test_bad (void)
{
  static const struct {
    const char *text, *part;
  } cases[] = {
    { "", "is empty" },
    { " \t", "is empty" },
    { "ftp://kitchen.local", "http://" },
    { "file:///etc/passwd", "not the address" },
    { "http://", "not the address" },
    { "http://a b", "not the address" },
    { "http://kitchen.local:99999", "not the address" },
    { "http://kitchen.local:0", "port 0" },
    { "http://me:secret@kitchen.local", "password" },
    { "http://kitchen.local/v1?key=secret", "“?”" },
    { "http://kitchen.local/#x", "“#”" },
    { "javascript:alert(1)", "not the address" },
    { "http://kitchen.local\r\nX: y", "not the address" },
  };
  g_autofree char *long_name = g_strnfill (5000, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *address = app_server_address_parse (cases[i].text, &error);
    g_test_message ("%s", cases[i].text);
    g_assert_null (address);
    g_assert_error (error, APP_ERROR, APP_ERROR_INVALID);
    g_assert_nonnull (strstr (error->message, cases[i].part));
  }
  g_assert_null (app_server_address_parse (long_name, NULL));
}

/* What a sentence repeats is never the password. */
static void
test_secret (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (app_server_address_parse ("http://me:secret@kitchen.local", &error));
  g_assert_null (strstr (error->message, "secret"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-address/good", test_good);
  g_test_add_func ("/server-address/bad", test_bad);
  g_test_add_func ("/server-address/secret", test_secret);
  return g_test_run ();
}
