/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in a keyring that is a file, and where there is no keyring. */
#include "app-keys.h"

#include "fixture.h"

/* The file of libsecret leaks the tag of a file that GIO gives it: lsan.supp knows GIO, which shows only when the whole stack is walked. */
const char *__asan_default_options (void);
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

#define ORIGIN "https://api.example:443"

static char *
store (AppKeys *keys, const char *origin, const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *notice;

  app_keys_store_async (keys, origin, key, keep_result, &result);
  g_assert_true (app_keys_store_finish (keys, wait_result (&result), &notice));
  return notice;
}

static void
assert_key (AppKeys *keys, const char *origin, const char *expected)
{
  g_autoptr (GAsyncResult) result = NULL;
  char *key;

  app_keys_lookup_async (keys, origin, NULL, keep_result, &result);
  key = app_keys_lookup_finish (keys, wait_result (&result));
  g_assert_cmpstr (key, ==, expected);
  app_keys_free (key);
}

static void
subprocess_keyring (void)
{
  g_autoptr (AppKeys) keys = app_keys_new (APP_KEY_SERVER), others = app_keys_new (APP_KEY_SERVER), hub = app_keys_new (APP_KEY_HUB);

  assert_key (keys, ORIGIN, NULL);
  g_assert_null (store (keys, ORIGIN, "sk-one"));
  assert_key (keys, ORIGIN, "sk-one");
  assert_key (others, ORIGIN, "sk-one"); /* as after a new start */
  /* Another port, another scheme, another host: another origin. */
  assert_key (others, "https://api.example:8443", NULL);
  assert_key (others, "http://api.example:443", NULL);
  assert_key (others, "https://evil.example:443", NULL);
  assert_key (hub, ORIGIN, NULL); /* another kind */
  g_assert_null (store (keys, ORIGIN, "sk-two"));
  g_assert_null (store (keys, ORIGIN, ""));
  assert_key (keys, ORIGIN, NULL);
  {
    g_autoptr (AppKeys) later = app_keys_new (APP_KEY_SERVER);
    assert_key (later, ORIGIN, NULL);
  }
}

static void
subprocess_no_keyring (void)
{
  g_autoptr (AppKeys) keys = app_keys_new (APP_KEY_SERVER), later = app_keys_new (APP_KEY_SERVER);
  g_autofree char *notice = store (keys, ORIGIN, "sk-one");

  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, "until Melete ends"));
  g_assert_null (strstr (notice, "sk-one"));
  assert_key (keys, ORIGIN, "sk-one");
  assert_key (later, ORIGIN, NULL);
  g_assert_null (store (keys, ORIGIN, ""));
  assert_key (keys, ORIGIN, NULL);
}

/* Which keyring there is, libsecret asks only once in a process. */
static void
test_keyring (void)
{
  g_autofree char *folder = g_dir_make_tmp ("melete-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keyring", NULL);

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  g_test_trap_subprocess ("/keys/subprocess/keyring", 0, 0);
  g_test_trap_assert_passed ();
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  fixture_delete_folder (folder);
}

static void
test_no_keyring (void)
{
  g_unsetenv ("SECRET_BACKEND");
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  g_test_trap_subprocess ("/keys/subprocess/no-keyring", 0, 0);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keys/keyring", test_keyring);
  g_test_add_func ("/keys/no-keyring", test_no_keyring);
  g_test_add_func ("/keys/subprocess/keyring", subprocess_keyring);
  g_test_add_func ("/keys/subprocess/no-keyring", subprocess_no_keyring);
  return g_test_run ();
}
