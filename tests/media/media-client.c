/* SPDX-License-Identifier: MIT */
/* The client against helpers that die, hang and lie, and the real helper as the kernel sees it. */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "media-wire.h"
#include "media.h"
#include "samples.h"

static char *real_helper;

static MediaResult *
run_fake (const char *lie, MediaJob job, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  MediaRequest request;
  media_request_init (&request, job);
  request.max_side = 1000;
  request.time_limit = 300;
  request.languages = lie;
  g_setenv ("MELETE_DECODE", FAKE_DECODE, TRUE);
  MediaResult *result = media_decode (&request, bytes, NULL, NULL, NULL, error);
  g_setenv ("MELETE_DECODE", real_helper, TRUE);
  return result;
}

static void
test_lies (void)
{
  static const struct {
    const char *lie;
    MediaErrorCode code;
  } cases[] = {
    { "leave", MEDIA_ERROR_HELPER }, { "crash", MEDIA_ERROR_DAMAGED }, { "hang-ready", MEDIA_ERROR_TOO_SLOW },
    { "short", MEDIA_ERROR_HELPER }, { "long", MEDIA_ERROR_HELPER }, { "magic", MEDIA_ERROR_HELPER }, { "type", MEDIA_ERROR_HELPER },
    { "fault", MEDIA_ERROR_HELPER }, { "errno", MEDIA_ERROR_SANDBOX }, { "numbers", MEDIA_ERROR_DAMAGED }, { "no-ready", MEDIA_ERROR_HELPER },
    { "no-sandbox", MEDIA_ERROR_HELPER }, { "twice-ready", MEDIA_ERROR_HELPER }, { "used", MEDIA_ERROR_HELPER }, { "used-huge", MEDIA_ERROR_HELPER },
    { "backwards", MEDIA_ERROR_HELPER }, { "garbage", MEDIA_ERROR_HELPER }, { "half-record", MEDIA_ERROR_HELPER }, { "length", MEDIA_ERROR_HELPER },
    { "length-huge", MEDIA_ERROR_HELPER }, { "pixels-length", MEDIA_ERROR_HELPER }, { "pixels-overflow", MEDIA_ERROR_HELPER },
    { "pixels-large", MEDIA_ERROR_HELPER }, { "pixels-none", MEDIA_ERROR_HELPER }, { "kind", MEDIA_ERROR_HELPER }, { "text-invalid", MEDIA_ERROR_HELPER },
    { "text-page", MEDIA_ERROR_HELPER }, { "code-open", MEDIA_ERROR_HELPER }, { "place", MEDIA_ERROR_HELPER }, { "cut", MEDIA_ERROR_HELPER },
    { "format-empty", MEDIA_ERROR_HELPER }, { "title-invalid", MEDIA_ERROR_HELPER }, { "count-short", MEDIA_ERROR_HELPER }, { "count-unknown", MEDIA_ERROR_HELPER },
    { "samples-odd", MEDIA_ERROR_HELPER }, { "samples-none", MEDIA_ERROR_HELPER }, { "samples-rate", MEDIA_ERROR_HELPER }, { "samples-wild", MEDIA_ERROR_HELPER },
    { "samples-loud", MEDIA_ERROR_HELPER }, { "sound-no-channels", MEDIA_ERROR_HELPER }, { "flood", MEDIA_ERROR_TOO_SLOW }, { "unknown lie: it ends without a word", MEDIA_ERROR_HELPER },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    MediaResult *result = run_fake (cases[i].lie, MEDIA_JOB_PICTURE, &error);
    if (result != NULL)
      g_error ("the client believed “%s”", cases[i].lie);
    g_test_message ("%s: %s", cases[i].lie, error->message);
    g_assert_error (error, MEDIA_ERROR, (int) cases[i].code);
  }
}

/* Pages that were complete before the helper died are kept, and the result says that it is not all. */
static void
test_partial (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = run_fake ("pages-then-lie", MEDIA_JOB_DOCUMENT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_pages, ==, 3);
  g_assert_cmpuint (result->pages->len, ==, 1);
  g_assert_cmpstr (((MediaPage *) g_ptr_array_index (result->pages, 0))->text, ==, "one");
  g_assert_cmpint (result->completeness, ==, MEDIA_STOPPED_BY_DAMAGE);
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_PICTURE);
  g_setenv ("MELETE_DECODE", "/nonexistent/melete-decode", TRUE);
  g_assert_null (media_decode (&request, bytes, NULL, NULL, NULL, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER);
  g_assert_nonnull (strstr (error->message, "/nonexistent/melete-decode"));
  g_setenv ("MELETE_DECODE", real_helper, TRUE);
}

/* The helper among this process's children; 0 if there is none. */
static pid_t
find_child (void)
{
  g_autoptr (GDir) proc = g_dir_open ("/proc", 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (proc)) != NULL) {
    g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
    g_autofree char *stat = NULL;
    if (!g_ascii_isdigit (name[0]) || !g_file_get_contents (path, &stat, NULL, NULL))
      continue;
    const char *after = strrchr (stat, ')');
    int parent = 0;
    if (after != NULL && strstr (stat, "(melete-decode)") != NULL && sscanf (after + 1, " %*c %d", &parent) == 1 && parent == getpid ())
      return (pid_t) atoi (name);
  }
  return 0;
}

typedef struct {
  char *status;
  guint steps;
  gboolean kill;
} Watch;

/* The first progress comes when the helper is inside its sandbox and at work. */
static void
look (guint done, guint total, gpointer data)
{
  Watch *watch = data;
  if (watch->steps++ > 0)
    return;
  pid_t pid = find_child ();
  g_assert_cmpint (pid, >, 0);
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  g_assert_true (g_file_get_contents (path, &watch->status, NULL, NULL));
  if (watch->kill)
    kill (pid, SIGKILL);
}

static GBytes *
scan_of_three (void)
{
  const char *const pages[] = { "first", "second", "third", NULL };
  return sample_scan (pages);
}

static void
test_as_the_kernel_sees_it (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = scan_of_three ();
  Watch watch = { NULL, 0, FALSE };
  MediaRequest request;
  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  g_autoptr (MediaResult) result = media_decode (&request, bytes, NULL, look, &watch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->sandbox & MEDIA_SANDBOX_ALWAYS, ==, MEDIA_SANDBOX_ALWAYS);
  g_test_message ("layers: seccomp, no privileges, limits%s%s%s%s", result->sandbox & MEDIA_SANDBOX_LANDLOCK ? ", Landlock" : "",
                  result->sandbox & MEDIA_SANDBOX_USER ? ", user" : "", result->sandbox & MEDIA_SANDBOX_NETWORK ? ", network" : "",
                  result->sandbox & MEDIA_SANDBOX_ROOT ? ", empty root" : "");
  g_assert_nonnull (strstr (watch.status, "\nSeccomp:\t2\n"));
  g_assert_nonnull (strstr (watch.status, "\nNoNewPrivs:\t1\n"));
  g_assert_nonnull (strstr (watch.status, "\nCapEff:\t0000000000000000\n"));
  g_assert_nonnull (strstr (watch.status, "\nCapPrm:\t0000000000000000\n"));
  g_assert_nonnull (strstr (watch.status, "\nThreads:\t1\n"));
  g_assert_cmpint (find_child (), ==, 0);
  g_free (watch.status);
}

static void
test_killed (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) scan = scan_of_three ();
  g_autoptr (GBytes) picture = sample_text_png ("some words", 30, 400, 200);
  Watch watch = { NULL, 0, TRUE };
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  g_assert_null (media_decode (&request, scan, NULL, look, &watch, &error));
  g_assert_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER);
  g_clear_error (&error);
  g_free (watch.status);

  watch = (Watch) { NULL, 0, TRUE };
  media_request_init (&request, MEDIA_JOB_READ);
  g_autoptr (MediaResult) facts = media_decode (&request, picture, NULL, look, &watch, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (facts->width, ==, 400);
  g_assert_null (facts->text);
  g_assert_cmpint (facts->completeness, ==, MEDIA_STOPPED_BY_DAMAGE);
  g_free (watch.status);
  g_assert_cmpint (find_child (), ==, 0);
}

static void
cancel_it (guint done, guint total, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) scan = scan_of_three ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_DOCUMENT);
  gint64 start = g_get_monotonic_time ();
  g_assert_null (media_decode (&request, scan, cancellable, cancel_it, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_test_message ("ended after %.3f s", (double) (g_get_monotonic_time () - start) * 1e-6);
  g_assert_cmpint (find_child (), ==, 0);
  g_clear_error (&error);
  g_assert_null (media_decode (&request, scan, cancellable, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Many at once: every callback comes once, in this thread, with its own result; no descriptor and no process is left over. */
typedef struct {
  GMainLoop *loop;
  guint left, width;
} Crowd;

typedef struct {
  Crowd *crowd;
  guint width;
} Member;

static void
on_decoded (GObject *source, GAsyncResult *async, gpointer data)
{
  Member *member = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MediaResult) result = media_decode_finish (async, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->width, ==, member->width);
  if (--member->crowd->left == 0)
    g_main_loop_quit (member->crowd->loop);
  g_free (member);
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
run_crowd (guint n)
{
  Crowd crowd = { g_main_loop_new (NULL, FALSE), n, 0 };
  for (guint i = 0; i < n; i++) {
    MediaRequest request;
    Member *member = g_new (Member, 1);
    *member = (Member) { &crowd, 20 + i };
    g_autoptr (GBytes) bytes = sample_picture ("png", 20 + (int) i, 16);
    media_request_init (&request, i % 5 == 0 ? MEDIA_JOB_READ : MEDIA_JOB_PICTURE);
    request.max_side = 64;
    media_decode_async (&request, bytes, NULL, NULL, NULL, on_decoded, member);
  }
  g_main_loop_run (crowd.loop);
  g_main_loop_unref (crowd.loop);
}

static void
test_many (void)
{
  run_crowd (3);
  guint before = count_descriptors ();
  run_crowd (30);
  g_assert_cmpuint (count_descriptors (), ==, before);
  g_assert_cmpint (find_child (), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  real_helper = g_strdup (g_getenv ("MELETE_DECODE"));
  g_assert_nonnull (real_helper);
  g_test_add_func ("/media/client/lies", test_lies);
  g_test_add_func ("/media/client/partial", test_partial);
  g_test_add_func ("/media/client/missing", test_missing);
  g_test_add_func ("/media/client/as-the-kernel-sees-it", test_as_the_kernel_sees_it);
  g_test_add_func ("/media/client/killed", test_killed);
  g_test_add_func ("/media/client/cancelled", test_cancelled);
  g_test_add_func ("/media/client/many", test_many);
  return g_test_run ();
}
