/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The history on disks that are full or cannot be written, each in a child with a mount namespace of its own. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>

#include "fixture.h"

#include "app-error.h"

static void
mount_or_fail (const char *source, const char *target, const char *type, unsigned long flags, const char *options)
{
  int code = mount (source, target, type, flags, options);

  g_assert_cmpint (code, ==, 0);
}

static void
test_read_only (void)
{
  fixture_run_in_namespace ("/app/database-disk/subprocess/read-only");
}

static void
test_read_only_child (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_length, after_length;
  g_autoptr (GError) error = NULL;

  fixture_open (fixture);
  AppConversation *conversation = app_history_new_conversation (fixture->history);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  g_object_unref (conversation);
  fixture_close (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &before, &before_length, NULL));

  mount_or_fail (fixture->folder, fixture->folder, NULL, MS_BIND, NULL);
  mount_or_fail (NULL, fixture->folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
  g_assert_false (fixture_try_open (fixture, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_READ_ONLY);
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_clear_error (&error);

  /* Where there is none yet, it cannot be made. */
  g_autofree char *path = g_steal_pointer (&fixture->path);
  fixture->path = g_build_filename (fixture->folder, "new", "history.db", NULL);
  g_assert_false (fixture_try_open (fixture, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_READ_ONLY);
  g_free (fixture->path);
  fixture->path = g_steal_pointer (&path);

  umount (fixture->folder);
  g_assert_true (g_file_get_contents (fixture->path, &after, &after_length, NULL));
  g_assert_cmpmem (before, before_length, after, after_length);
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpuint (n_messages (conversation_at (fixture, 0)), ==, 2);
}

static void
test_full_disk (void)
{
  fixture_run_in_namespace ("/app/database-disk/subprocess/full-disk");
}

static void
on_save_failed (AppConversation *conversation, const char *sentence, guint *count)
{
  g_assert_nonnull (strstr (sentence, "full"));
  ++*count;
}

static void
fill_disk (const char *path)
{
  g_autofree char *zeros = g_malloc0 (4096);
  FILE *file = g_fopen (path, "w");

  setvbuf (file, NULL, _IONBF, 0);
  while (fwrite (zeros, 1, 4096, file) == 4096)
    ;
  fclose (file);
}

static void
test_full_disk_child (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ballast = g_build_filename (fixture->folder, "ballast", NULL);
  g_autofree char *long_text = g_strnfill (300000, 'y');
  Script script = { .text = long_text, .piece = 60000, .ms = 20 };
  g_autoptr (GError) error = NULL;
  guint failures = 0;
  gint64 id;

  mount_or_fail ("tmpfs", fixture->folder, "tmpfs", 0, "size=2m");
  fill_disk (ballast);
  g_assert_false (fixture_try_open (fixture, &error)); /* not even an empty one */
  g_assert_error (error, APP_ERROR, APP_ERROR_FULL);
  g_clear_error (&error);
  g_unlink (ballast);
  g_unlink (fixture->path);

  fixture_open (fixture);
  g_autoptr (AppConversation) conversation = app_history_new_conversation (fixture->history);
  g_signal_connect (conversation, "save-failed", G_CALLBACK (on_save_failed), &failures);
  send_text (conversation, "Hello");
  wait_idle (conversation);
  g_assert_cmpuint (failures, ==, 0);

  /* The disk fills up while an answer is written: the text stays, it is told once, and saved when there is room again. */
  scripted_engine_set_script (fixture->engine, &script);
  send_text (conversation, "Write much");
  id = app_message_get_id (message_at (conversation, 3));
  fill_disk (ballast);
  wait_idle (conversation);
  g_assert_cmpuint (failures, ==, 1);
  g_assert_cmpstr (app_message_get_text (message_at (conversation, 3)), ==, long_text);
  g_assert_cmpint (app_message_get_state (message_at (conversation, 3)), ==, APP_MESSAGE_DONE);

  /* Nothing can be sent, and nothing changes. */
  g_autofree char *more = g_strnfill (100000, 'z');
  g_autoptr (AppTurn) turn = app_turn_new (more, NULL);
  g_assert_false (try_send (conversation, turn, &error));
  g_assert_error (error, APP_ERROR, APP_ERROR_FULL);
  g_assert_cmpuint (n_messages (conversation), ==, 4);

  g_unlink (ballast);
  for (gint64 end = g_get_monotonic_time () + 3 * G_USEC_PER_SEC; g_get_monotonic_time () < end;) { /* the retry */
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
  g_clear_object (&conversation);
  fixture_close (fixture);
  fixture_open (fixture);
  load (conversation_at (fixture, 0));
  g_assert_cmpint (app_message_get_id (message_at (conversation_at (fixture, 0), 3)), ==, id);
  g_assert_cmpstr (app_message_get_text (message_at (conversation_at (fixture, 0), 3)), ==, long_text);
  g_assert_cmpint (app_message_get_state (message_at (conversation_at (fixture, 0), 3)), ==, APP_MESSAGE_DONE);
  g_assert_cmpuint (n_messages (conversation_at (fixture, 0)), ==, 4);
  fixture_close (fixture);
  umount2 (fixture->folder, MNT_DETACH);
}

#define ADD(path, test) g_test_add ("/app/database-disk/" path, Fixture, NULL, fixture_set_up_closed, test, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/database-disk/read-only", test_read_only);
  g_test_add_func ("/app/database-disk/full-disk", test_full_disk);
  ADD ("subprocess/read-only", test_read_only_child);
  ADD ("subprocess/full-disk", test_full_disk_child);
  return g_test_run ();
}
