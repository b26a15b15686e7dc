/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries among the applications: what they say whatever a title says, what they start, that they go with what they open; files, and a portal that the test plays. */
#include <gio/gdesktopappinfo.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app-error.h"
#include "app-launchers.h"
#include "app-made.h"
#include "app-shelf.h"
#include "artifacts/artifact-kind.h"
#include "fixture.h"

#define PAGE "<!DOCTYPE html>\n<html>\n<head><title>Moon</title></head>\n<body>\n<p>one</p>\n</body>\n</html>\n"
#define PREFIX "org.melete.Melete.Made_"

typedef struct {
  Fixture app;
  char *program, *told; /* a program, and where it writes how it was started */
  AppLaunchers *launchers;
  GBytes *icon;
} Test;

static void
set_up (Test *test, gconstpointer data)
{
  g_autofree char *script = NULL, *folder = NULL;

  fixture_set_up (&test->app, data);
  /* Nobody calls a folder so, but if somebody does it is to work. */
  folder = g_build_filename (test->app.folder, "a b%f \"c\" $HOME `d` 'e' \\f", NULL);
  test->program = g_build_filename (folder, "melete", NULL);
  test->told = g_build_filename (test->app.folder, "told", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  script = g_strdup_printf ("#!/bin/sh\nprintf '%%s|' \"$@\" > '%s.new'\nmv '%s.new' '%s'\n", test->told, test->told, test->told);
  g_assert_true (g_file_set_contents (test->program, script, -1, NULL));
  g_assert_cmpint (g_chmod (test->program, 0755), ==, 0);
  test->launchers = app_launchers_new (NULL, test->app.folder, test->program);
  test->icon = g_bytes_new_static ("\x89PNG icon", 9);
  app_history_set_launchers (test->app.history, test->launchers);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_clear_object (&test->launchers);
  g_clear_pointer (&test->icon, g_bytes_unref);
  g_free (test->program);
  g_free (test->told);
  fixture_tear_down (&test->app, data);
}

static gboolean
try_add (AppLaunchers *launchers, const char *handle, const char *title, GBytes *icon, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  AppLauncher launcher = { handle, title, "Game", icon };

  app_launchers_add_async (launchers, &launcher, "x11:1", NULL, keep_result, &result);
  return app_launchers_add_finish (launchers, wait_result (&result), error);
}

static gboolean
try_remove (AppLaunchers *launchers, const char *handle, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_launchers_remove_async (launchers, handle, keep_result, &result);
  return app_launchers_remove_finish (launchers, wait_result (&result), error);
}

static char *
dup_path (Test *test, const char *handle)
{
  g_autofree char *name = g_strconcat (PREFIX, handle, ".desktop", NULL);

  return g_build_filename (test->app.folder, "applications", name, NULL);
}

static char *
dup_icon_path (Test *test, const char *handle)
{
  g_autofree char *name = g_strconcat (PREFIX, handle, ".png", NULL);

  return g_build_filename (test->app.folder, "icons/hicolor/256x256/apps", name, NULL);
}

/* The tool of the desktop has nothing to say of it. */
static void
validate (const char *path)
{
  const char *argv[] = { "desktop-file-validate", path, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL, *err = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (status != 0 || *out != '\0' || *err != '\0')
    g_error ("%s: %s%s", path, out, err);
}

/* ---- what a title may say ---- */

static const struct {
  const char *title, *name;
} titles[] = {
  { "Snake", "Snake" },
  { "  Snake  2 ", "Snake 2" },
  { "Snake\nExec=rm -rf /\n[Desktop Action x]\nExec=false", "Snake Exec=rm -rf / [Desktop Action x] Exec=false" },
  { "Snake\r\n\tand\xc2\x85more", "Snake and more" },
  { "\\n \\s \\\\ %f %U %%", "\\n \\s \\\\ %f %U %%" },
  { "a;b=c#d \"e\" 'f' `g` $HOME", "a;b=c#d \"e\" 'f' `g` $HOME" },
  { "# no comment", "# no comment" },
  { "[Desktop Entry]", "[Desktop Entry]" },
  { "abc\xe2\x80\xae" "fed\xe2\x80\x8b\xef\xbb\xbf", "abcfed" },
  { "月とスネーク", "月とスネーク" },
  { "\xff\xfe broken", "\xef\xbf\xbd\xef\xbf\xbd broken" },
  { "", "Melete" },
  { " \n ", "Melete" },
};

static void
test_titles (Test *test, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++) {
    g_autofree char *handle = g_strdup_printf ("%u_1f", i + 1), *path = dup_path (test, handle), *icon = dup_icon_path (test, handle), *class = g_strconcat (PREFIX, handle, NULL);
    g_autoptr (GDesktopAppInfo) info = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GKeyFile) file = g_key_file_new ();
    g_auto (GStrv) groups = NULL;

    g_assert_false (app_launchers_has (test->launchers, handle));
    try_add (test->launchers, handle, titles[i].title, test->icon, &error);
    g_assert_no_error (error);
    g_assert_true (app_launchers_has (test->launchers, handle));
    validate (path);
    g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
    groups = g_key_file_get_groups (file, NULL);
    g_assert_cmpuint (g_strv_length (groups), ==, 1);
    info = g_desktop_app_info_new_from_filename (path);
    g_assert_nonnull (info);
    g_assert_cmpstr (g_app_info_get_name (G_APP_INFO (info)), ==, titles[i].name);
    g_assert_cmpstr (g_desktop_app_info_get_startup_wm_class (info), ==, class);
    g_assert_true (g_file_test (icon, G_FILE_TEST_IS_REGULAR));
  }
}

/* Longer than any menu. */
static void
test_long_title (Test *test, gconstpointer data)
{
  g_autofree char *title = g_strnfill (5000, 'x'), *path = dup_path (test, "1_1f"), *name = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_assert_true (try_add (test->launchers, "1_1f", title, test->icon, NULL));
  validate (path);
  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  name = g_key_file_get_string (file, G_KEY_FILE_DESKTOP_GROUP, "Name", NULL);
  g_assert_cmpuint (strlen (name), ==, 80);
}

/* It starts the program that made it, wherever that lies. */
static void
test_started (Test *test, gconstpointer data)
{
  g_autofree char *path = dup_path (test, "7_18c"), *told = NULL;
  g_autoptr (GDesktopAppInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (try_add (test->launchers, "7_18c", "Snake", test->icon, NULL));
  info = g_desktop_app_info_new_from_filename (path);
  g_app_info_launch (G_APP_INFO (info), NULL, NULL, &error);
  g_assert_no_error (error);
  while (!g_file_test (test->told, G_FILE_TEST_EXISTS))
    g_usleep (20000);
  g_assert_true (g_file_get_contents (test->told, &told, NULL, NULL));
  g_assert_cmpstr (told, ==, "--artifact|7_18c|");
}

static void
on_changed (AppLaunchers *launchers, guint *n)
{
  (*n)++;
}

static void
test_removed (Test *test, gconstpointer data)
{
  g_autofree char *path = dup_path (test, "1_1f"), *icon = dup_icon_path (test, "1_1f"), *other = g_build_filename (test->app.folder, "applications", "other.desktop", NULL);
  g_auto (GStrv) handles = NULL, none = NULL;
  guint n = 0;

  g_signal_connect (test->launchers, "changed", G_CALLBACK (on_changed), &n);
  g_assert_true (try_add (test->launchers, "1_1f", "One", test->icon, NULL));
  g_assert_true (try_add (test->launchers, "2_1f", "Two", test->icon, NULL));
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (g_file_set_contents (other, "", -1, NULL));
  handles = app_launchers_dup_handles (test->launchers);
  g_assert_cmpuint (g_strv_length (handles), ==, 2);
  g_assert_true (try_remove (test->launchers, "1_1f", NULL));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (icon, G_FILE_TEST_EXISTS));
  g_assert_true (app_launchers_has (test->launchers, "2_1f"));
  g_assert_true (try_remove (test->launchers, "1_1f", NULL)); /* somebody else was quicker */
  g_assert_true (try_remove (test->launchers, "2_1f", NULL));
  none = app_launchers_dup_handles (test->launchers);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

/* Where nothing can be written, a sentence says so, and nothing is left. */
static void
test_refused (Test *test, gconstpointer data)
{
  g_autofree char *in_the_way = g_build_filename (test->app.folder, "applications", NULL), *icon = dup_icon_path (test, "1_1f");
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (in_the_way, "", -1, NULL));
  g_assert_false (try_add (test->launchers, "1_1f", "One", test->icon, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, in_the_way));
  g_assert_false (app_launchers_has (test->launchers, "1_1f"));
  g_assert_false (g_file_test (icon, G_FILE_TEST_EXISTS));
}

/* ---- what it opens ---- */

static AppConversation *
make (Test *test)
{
  static const Script script = { .text = PAGE };
  AppConversation *conversation = app_history_new_conversation (test->app.history);
  g_autoptr (AppTurn) said = app_turn_new ("Make it, in HTML", NULL), turn = app_turn_new_wish (said, "game", NULL);

  scripted_engine_set_script (test->app.engine, &script);
  g_assert_true (try_send (conversation, turn, NULL));
  wait_idle (conversation);
  fixture_settle (&test->app);
  return conversation;
}

static AppArtifact *
artifact_of (AppConversation *conversation)
{
  return app_artifacts_get_latest (app_conversation_get_artifacts (conversation));
}

static AppMade *
read_made (Test *test, const char *handle, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  app_history_read_made_async (test->app.history, handle, NULL, keep_result, &result);
  return app_history_read_made_finish (test->app.history, wait_result (&result), error);
}

static void
test_opened (Test *test, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = make (test);
  g_autofree char *handle = app_artifact_dup_handle (artifact_of (conversation));
  AppArtifacts *artifacts = app_conversation_get_artifacts (conversation);
  AppVersion *first = app_artifact_get_current (artifact_of (conversation)), *edited;
  g_autoptr (GAsyncResult) shelf_result = NULL, kept_result = NULL, page_result = NULL;
  g_autoptr (GPtrArray) shelf = NULL;
  g_autoptr (GHashTable) kept = NULL;
  g_autoptr (AppBundle) bundle = NULL;
  g_autoptr (AppMade) made = read_made (test, handle, NULL), again = NULL;
  gsize n_page;
  const char *page_data;

  g_assert_cmpstr (made->title, ==, "Moon");
  g_assert_cmpstr (made->source, ==, PAGE);
  g_assert_cmpstr (made->kind->id, ==, "game");
  g_assert_cmpint (made->conversation, ==, app_conversation_get_id (conversation));
  g_assert_cmpint (made->message, ==, app_message_get_id (message_at (conversation, 1)));
  app_history_read_shelf_async (test->app.history, NULL, keep_result, &shelf_result);
  shelf = app_history_read_shelf_finish (test->app.history, wait_result (&shelf_result), NULL);
  g_assert_cmpstr (((AppShelved *) shelf->pdata[0])->handle, ==, handle);

  app_history_make_page_async (test->app.history, made, NULL, keep_result, &page_result);
  bundle = app_history_make_page_finish (test->app.history, wait_result (&page_result), NULL);
  page_data = g_bytes_get_data (app_bundle_find (bundle, APP_BUNDLE_INDEX, NULL), &n_page);
  g_assert_cmpmem (page_data, n_page, PAGE, strlen (PAGE));
  app_history_store_page_value (test->app.history, made->artifact, "best", "12");
  app_history_read_page_storage_async (test->app.history, made->artifact, NULL, keep_result, &kept_result);
  kept = app_history_read_page_storage_finish (test->app.history, wait_result (&kept_result), NULL);
  g_assert_cmpstr (g_hash_table_lookup (kept, "best"), ==, "12");

  /* A newer version that works comes in its place; one that does not, does not. */
  edited = app_artifacts_edit (artifacts, first, "<p>two", APP_ORIGIN_PERSON);
  app_artifacts_set_seen (artifacts, edited, APP_VERSION_FAILS, NULL, NULL);
  fixture_settle (&test->app);
  again = read_made (test, handle, NULL);
  g_assert_cmpstr (again->source, ==, PAGE);
  app_artifacts_set_seen (artifacts, edited, APP_VERSION_WORKS, NULL, NULL);
  fixture_settle (&test->app);
  g_clear_pointer (&again, app_made_free);
  again = read_made (test, handle, NULL);
  g_assert_cmpstr (again->source, ==, "<p>two");
}

static void
test_gone (Test *test, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = make (test);
  g_autofree char *handle = app_artifact_dup_handle (artifact_of (conversation)), *path = dup_path (test, handle);
  const char *others[] = { "1_0", "99_1f", "", "1", "_", "1_1f_2", "x_y", "-1_5", "99999999999999999999_1" };
  g_autoptr (AppMade) made = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (read_made (test, others[i], &error));
    g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
  }
  g_assert_true (try_add (test->launchers, handle, "Moon", test->icon, NULL));
  /* As long as it can be brought back the entry stays, and says what is the matter. */
  fixture_change (&test->app, app_history_delete_async, conversation);
  g_assert_null (read_made (test, handle, NULL));
  g_assert_true (app_launchers_has (test->launchers, handle));
  fixture_change (&test->app, app_history_undelete_async, conversation);
  made = read_made (test, handle, NULL);
  g_assert_nonnull (made);
  fixture_change (&test->app, app_history_delete_async, conversation);
  fixture_change (&test->app, app_history_purge_async, conversation);
  WAIT_UNTIL (!app_launchers_has (test->launchers, handle));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* What was deleted while nobody looked goes at the next start; what is no handle of a history is not ours to judge. */
static void
test_tidied (Test *test, gconstpointer data)
{
  g_autoptr (AppConversation) conversation = make (test);
  g_autofree char *handle = app_artifact_dup_handle (artifact_of (conversation));

  g_assert_true (try_add (test->launchers, handle, "Moon", test->icon, NULL));
  g_assert_true (try_add (test->launchers, "999_1f", "Another history's", test->icon, NULL));
  g_assert_true (try_add (test->launchers, "made_by_hand", "Something else", test->icon, NULL));
  g_clear_object (&conversation);
  fixture_close (&test->app);
  fixture_open (&test->app);
  app_history_set_launchers (test->app.history, test->launchers);
  WAIT_UNTIL (!app_launchers_has (test->launchers, "999_1f"));
  g_assert_true (app_launchers_has (test->launchers, handle));
  g_assert_true (app_launchers_has (test->launchers, "made_by_hand"));
}

/* ---- the portal ---- */

#define PORTAL_PATH "/org/freedesktop/portal/desktop"

static const char interface_xml[] =
    "<node><interface name='org.freedesktop.portal.DynamicLauncher'>"
    "<method name='PrepareInstall'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='v' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>"
    "<method name='Install'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>"
    "<method name='Uninstall'><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/></method>"
    "</interface></node>";

/* How it behaves, and what it was told. */
typedef struct {
  guint32 response;
  gboolean early, breaks; /* the answer comes before the call returns; it installs nothing */
  char *parent, *title, *id, *entry;
  GBytes *icon;
  guint n_installed;
  GHashTable *installed; /* ids */
} Portal;

typedef struct {
  Test test;
  GTestDBus *bus;
  GDBusConnection *of_portal, *of_program;
  GDBusNodeInfo *node;
  Portal portal;
  AppLaunchers *launchers;
} Sandbox;

static void
respond (GDBusConnection *bus, const char *sender, const char *path, guint32 response)
{
  GVariantBuilder results;

  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  if (response == 0)
    g_variant_builder_add (&results, "{sv}", "token", g_variant_new_string ("a token"));
  g_dbus_connection_emit_signal (bus, sender, path, "org.freedesktop.portal.Request", "Response", g_variant_new ("(ua{sv})", response, &results), NULL);
}

static void
on_call (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  Portal *portal = data;

  if (strcmp (method, "PrepareInstall") == 0) {
    g_autoptr (GVariant) icon_variant = NULL, options = NULL;
    g_autoptr (GIcon) icon = NULL;
    const char *token = NULL;

    /* It may be asked more than once. */
    g_clear_pointer (&portal->parent, g_free);
    g_clear_pointer (&portal->title, g_free);
    g_clear_pointer (&portal->icon, g_bytes_unref);
    g_variant_get (parameters, "(ssv@a{sv})", &portal->parent, &portal->title, &icon_variant, &options);
    icon = g_icon_deserialize (icon_variant);
    g_assert_true (G_IS_BYTES_ICON (icon));
    portal->icon = g_bytes_ref (g_bytes_icon_get_bytes (G_BYTES_ICON (icon)));
    g_assert_true (g_variant_lookup (options, "handle_token", "&s", &token));
    g_autofree char *name = g_strdelimit (g_strdup (sender + 1), ".", '_');
    g_autofree char *request = g_strdup_printf (PORTAL_PATH "/request/%s/%s", name, token);
    if (portal->early)
      respond (bus, sender, request, portal->response);
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", request));
    if (!portal->early)
      respond (bus, sender, request, portal->response);
  } else if (strcmp (method, "Install") == 0) {
    const char *token;
    g_free (portal->id);
    g_free (portal->entry);
    g_variant_get (parameters, "(&sss@a{sv})", &token, &portal->id, &portal->entry, NULL);
    g_assert_cmpstr (token, ==, "a token");
    if (portal->breaks) {
      g_dbus_method_invocation_return_error_literal (invocation, G_IO_ERROR, G_IO_ERROR_FAILED, "no room");
      return;
    }
    g_hash_table_add (portal->installed, g_strdup (portal->id));
    g_dbus_method_invocation_return_value (invocation, NULL);
  } else {
    const char *id;
    g_variant_get (parameters, "(&s@a{sv})", &id, NULL);
    if (g_hash_table_remove (portal->installed, id))
      g_dbus_method_invocation_return_value (invocation, NULL);
    else
      g_dbus_method_invocation_return_error_literal (invocation, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no such file");
  }
}

static const GDBusInterfaceVTable vtable = { on_call, NULL, NULL };

static GDBusConnection *
connect_to (Sandbox *sandbox)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (sandbox->bus),
                                                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static void
set_up_sandbox (Sandbox *sandbox, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  set_up (&sandbox->test, NULL);
  sandbox->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (sandbox->bus);
  sandbox->of_portal = connect_to (sandbox);
  sandbox->of_program = connect_to (sandbox);
  sandbox->node = g_dbus_node_info_new_for_xml (interface_xml, &error);
  g_assert_no_error (error);
  sandbox->portal.installed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (data == NULL) {
    g_dbus_connection_register_object (sandbox->of_portal, PORTAL_PATH, sandbox->node->interfaces[0], &vtable, &sandbox->portal, NULL, &error);
    g_assert_no_error (error);
  }
  reply = g_dbus_connection_call_sync (sandbox->of_portal, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.portal.Desktop", 0), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  sandbox->launchers = app_launchers_new (sandbox->of_program, sandbox->test.app.folder, sandbox->test.program);
}

static void
tear_down_sandbox (Sandbox *sandbox, gconstpointer data)
{
  g_clear_object (&sandbox->launchers);
  g_dbus_connection_close_sync (sandbox->of_program, NULL, NULL);
  g_dbus_connection_close_sync (sandbox->of_portal, NULL, NULL);
  g_clear_object (&sandbox->of_program);
  g_clear_object (&sandbox->of_portal);
  g_dbus_node_info_unref (sandbox->node);
  g_test_dbus_stop (sandbox->bus);
  g_object_unref (sandbox->bus);
  g_free (sandbox->portal.parent);
  g_free (sandbox->portal.title);
  g_free (sandbox->portal.id);
  g_free (sandbox->portal.entry);
  g_clear_pointer (&sandbox->portal.icon, g_bytes_unref);
  g_hash_table_unref (sandbox->portal.installed);
  tear_down (&sandbox->test, NULL);
}

static void
test_portal (Sandbox *sandbox, gconstpointer data)
{
  Portal *portal = &sandbox->portal;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (sandbox->test.app.folder, "validated.desktop", NULL), *files = dup_path (&sandbox->test, "7_18c"), *command = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_assert_true (app_launchers_asks (sandbox->launchers));
  try_add (sandbox->launchers, "7_18c", "Snake\nExec=false", sandbox->test.icon, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (portal->parent, ==, "x11:1");
  g_assert_cmpstr (portal->title, ==, "Snake Exec=false");
  g_assert_cmpstr (portal->id, ==, PREFIX "7_18c.desktop");
  g_assert_true (g_bytes_equal (portal->icon, sandbox->test.icon));
  g_assert_true (g_hash_table_contains (portal->installed, portal->id));
  g_assert_true (g_file_set_contents (path, portal->entry, -1, NULL));
  validate (path);
  g_assert_true (g_key_file_load_from_data (file, portal->entry, strlen (portal->entry), G_KEY_FILE_NONE, NULL));
  command = g_key_file_get_string (file, G_KEY_FILE_DESKTOP_GROUP, "Exec", NULL);
  g_assert_cmpstr (command, ==, "melete --artifact 7_18c");
  g_assert_true (app_launchers_has (sandbox->launchers, "7_18c"));
  g_assert_false (g_file_test (files, G_FILE_TEST_EXISTS)); /* the portal writes it, not we */
  g_assert_true (try_remove (sandbox->launchers, "7_18c", NULL));
  g_assert_cmpuint (g_hash_table_size (portal->installed), ==, 0);
  g_assert_false (app_launchers_has (sandbox->launchers, "7_18c"));
}

static void
test_portal_early (Sandbox *sandbox, gconstpointer data)
{
  sandbox->portal.early = TRUE;
  g_assert_true (try_add (sandbox->launchers, "7_18c", "Snake", sandbox->test.icon, NULL));
  g_assert_true (app_launchers_has (sandbox->launchers, "7_18c"));
  /* Removed in the desktop's own way: what we noted goes too. */
  g_hash_table_remove_all (sandbox->portal.installed);
  g_assert_true (try_remove (sandbox->launchers, "7_18c", NULL));
  g_assert_false (app_launchers_has (sandbox->launchers, "7_18c"));
}

static void
test_portal_refused (Sandbox *sandbox, gconstpointer data)
{
  g_autoptr (GError) refused = NULL, failed = NULL, broken = NULL;

  sandbox->portal.response = 1;
  g_assert_false (try_add (sandbox->launchers, "7_18c", "Snake", sandbox->test.icon, &refused));
  g_assert_error (refused, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  sandbox->portal.response = 2;
  g_assert_false (try_add (sandbox->launchers, "7_18c", "Snake", sandbox->test.icon, &failed));
  g_assert_error (failed, APP_ERROR, APP_ERROR_FAILED);
  sandbox->portal.response = 0;
  sandbox->portal.breaks = TRUE;
  g_assert_false (try_add (sandbox->launchers, "7_18c", "Snake", sandbox->test.icon, &broken));
  g_assert_error (broken, APP_ERROR, APP_ERROR_MISSING);
  g_assert_nonnull (strstr (broken->message, "(no room)"));
  g_assert_false (app_launchers_has (sandbox->launchers, "7_18c"));
}

static void
test_portal_missing (Sandbox *sandbox, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (try_add (sandbox->launchers, "7_18c", "Snake", sandbox->test.icon, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_MISSING);
  g_assert_false (app_launchers_has (sandbox->launchers, "7_18c"));
}

#define ADD(name, function) g_test_add ("/app/artifacts/launchers/" name, Test, NULL, set_up, function, tear_down)
#define ADD_SANDBOX(name, data, function) g_test_add ("/app/artifacts/launchers/" name, Sandbox, data, set_up_sandbox, function, tear_down_sandbox)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("titles", test_titles);
  ADD ("long-title", test_long_title);
  ADD ("started", test_started);
  ADD ("removed", test_removed);
  ADD ("refused", test_refused);
  ADD ("opened", test_opened);
  ADD ("gone", test_gone);
  ADD ("tidied", test_tidied);
  ADD_SANDBOX ("portal", NULL, test_portal);
  ADD_SANDBOX ("portal-early", NULL, test_portal_early);
  ADD_SANDBOX ("portal-refused", NULL, test_portal_refused);
  ADD_SANDBOX ("portal-missing", "no portal", test_portal_missing);
  return g_test_run ();
}
