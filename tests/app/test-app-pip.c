/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom pip would ask, as the fake one is set up, and as the real one is. Nothing here connects. */
#include <string.h>

#include "fetch-fixture.h"

#include "app-error.h"
#include "app-pip.h"

static const char *const proxies[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY" };

static void
clear_proxies (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (proxies); i++)
    g_unsetenv (proxies[i]);
}

static char *
peers_of (const char *pip, GError **error)
{
  g_auto (GStrv) command = app_pip_command (pip);
  g_autoptr (GAsyncResult) result = NULL;

  app_pip_peers_async (command, NULL, keep_result, &result);
  return app_pip_peers_finish (wait_result (&result), error);
}

static void
assert_peers (const char *pip, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *peers = peers_of (pip, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (peers, ==, expected);
}

/* The same pip with these settings. */
static void
assert_config (Fetch *fetch, const char *config, const char *expected)
{
  g_autofree char *path = g_build_filename (fetch->shelf, "config", NULL);

  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  assert_peers (fetch->pip, expected);
}

static void
test_settings (Fetch *fetch, gconstpointer data)
{
  clear_proxies ();
  assert_config (fetch, "", "https://usual.example");
  assert_config (fetch, "global.cert='/etc/ssl/cert.pem'\ninstall.index-url='https://not.example/simple'\n", "https://usual.example");
  assert_config (fetch, "global.index-url='https://own.example:8443/root/simple?token=x#y'\n", "https://own.example:8443");
  assert_config (fetch, ":env:.index-url='https://env.example/simple'\ndownload.index-url='https://download.example/'\nglobal.index-url='https://own.example/'\n",
                 "https://env.example");
  assert_config (fetch, "download.index-url='https://download.example/'\nglobal.index-url='https://own.example/'\n", "https://download.example");
  assert_config (fetch, "global.extra-index-url='\\nhttps://a.example/x\\nhttp://b.example/y'\nglobal.find-links='/srv/wheels https://a.example/z'\n",
                 "https://usual.example, https://a.example, http://b.example, /srv/wheels");
  assert_config (fetch, "global.no-index='true'\nglobal.find-links='file:///srv/wheels'\nglobal.index-url='https://own.example/'\n", "/srv/wheels");
  assert_config (fetch, "global.no-index='no'\n", "https://usual.example");
  assert_config (fetch, "global.no-index='1'\n", "none: this machine is set up to ask no server");
  assert_config (fetch, "global.proxy='http://me:secret@proxy.example:3128/'\n", "https://usual.example (through http://proxy.example:3128)");
}

/* Names and passwords, wherever one can write them, are not shown. */
static void
test_secrets (Fetch *fetch, gconstpointer data)
{
  static const char *const addresses[] = {
    "https://me:secret@index.example/simple", "https://secret@index.example/simple", "https://index.example/secret/simple",
    "https://index.example/simple?key=secret", "https://me:sec%40secret@index.example/", "//me:secret@index.example/simple",
    "me:secret@index.example/simple", "https://me:p:secret@index.example:443/simple", "https://me:se/secret@index.example/simple",
  };

  clear_proxies ();
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++) {
    g_autofree char *config = g_strdup_printf ("global.index-url='%s'\nglobal.proxy='%s'\n", addresses[i], addresses[i]);
    g_autofree char *path = g_build_filename (fetch->shelf, "config", NULL);
    g_autofree char *peers = NULL;
    g_assert_true (g_file_set_contents (path, config, -1, NULL));
    peers = peers_of (fetch->pip, NULL);
    g_test_message ("%s: %s", addresses[i], peers);
    g_assert_null (strstr (peers, "secret"));
    g_assert_null (strstr (peers, "me:"));
    g_assert_null (strchr (peers, '@'));
    if (!strstr (addresses[i], "se/")) /* what is no address at all may be cut short */
      g_assert_nonnull (strstr (peers, "index.example"));
  }
}

static void
test_proxies (Fetch *fetch, gconstpointer data)
{
  clear_proxies ();
  g_setenv ("https_proxy", "http://me:secret@proxy.example:3128", TRUE);
  assert_config (fetch, "", "https://usual.example (through http://proxy.example:3128)");
  assert_config (fetch, "global.proxy='http://own.example:1'\n", "https://usual.example (through http://own.example:1)");
  assert_config (fetch, "global.index-url='http://plain.example/'\n", "http://plain.example");
  assert_config (fetch, "global.no-index='1'\nglobal.find-links='/srv/wheels'\n", "/srv/wheels");
  g_setenv ("no_proxy", "localhost, .example", TRUE);
  assert_config (fetch, "", "https://usual.example");
  g_setenv ("no_proxy", "sual.example", TRUE); /* the end of a name is not the end of a host's name */
  assert_config (fetch, "", "https://usual.example (through http://proxy.example:3128)");
  g_setenv ("no_proxy", "*", TRUE);
  assert_config (fetch, "", "https://usual.example");
  clear_proxies ();
}

static void
test_trouble (Fetch *fetch, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fetch->shelf, "confused", NULL);
  g_autofree char *peers = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "ERROR: Configuration file contains invalid \xff locale.\n", -1, NULL));
  peers = peers_of (fetch->pip, &error);
  g_assert_null (peers);
  g_assert_error (error, APP_ERROR, APP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "(Configuration file contains invalid"));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "/usr/bin/python3: No module named pip", -1, NULL));
  peers = peers_of (fetch->pip, &error);
  g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
  g_clear_error (&error);
  peers = peers_of ("/nonexistent/pip", &error);
  g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "python3-pip"));
}

/* The pip of this machine, set up by its environment alone, says what is read here. */
static void
test_real (void)
{
  g_auto (GStrv) environment = g_get_environ ();

  clear_proxies ();
  for (guint i = 0; environment[i]; i++) {
    g_autofree char *name = g_strndup (environment[i], strcspn (environment[i], "="));
    if (g_str_has_prefix (name, "PIP_"))
      g_unsetenv (name);
  }
  g_setenv ("PIP_CONFIG_FILE", "/dev/null", TRUE); /* pip's own word for no file at all */
  g_setenv ("PIP_INDEX_URL", "https://me:secret@index.example/simple", TRUE);
  g_setenv ("PIP_EXTRA_INDEX_URL", "https://a.example/x https://b.example/y", TRUE);
  g_setenv ("PIP_FIND_LINKS", "/srv/it's here", TRUE);
  assert_peers (NULL, "https://index.example, https://a.example, https://b.example, /srv/it's, here");
  g_setenv ("PIP_NO_INDEX", "1", TRUE);
  g_setenv ("PIP_FIND_LINKS", "/srv/wheels", TRUE);
  assert_peers (NULL, "/srv/wheels");
  /* The index that it knows by itself is in its help. */
  g_unsetenv ("PIP_NO_INDEX");
  g_unsetenv ("PIP_INDEX_URL");
  g_unsetenv ("PIP_EXTRA_INDEX_URL");
  g_unsetenv ("PIP_FIND_LINKS");
  g_autofree char *usual = peers_of (NULL, NULL);
  g_assert_true (g_str_has_prefix (usual, "https://"));
  g_assert_null (strchr (usual, ' '));
  g_assert_null (strchr (usual + strlen ("https://"), '/'));
}

#define ADD(path, test) g_test_add ("/app/pip/" path, Fetch, NULL, fetch_set_up, test, fetch_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("settings", test_settings);
  ADD ("secrets", test_secrets);
  ADD ("proxies", test_proxies);
  ADD ("trouble", test_trouble);
  g_test_add_func ("/app/pip/real", test_real);
  return g_test_run ();
}
