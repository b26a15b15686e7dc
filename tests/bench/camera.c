/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the camera to the engine: how long a picture takes, whether the window stays smooth meanwhile, and what is left over after devices have come and gone.
 *
 *   camera-bench PART      the file of a model's part that sees, which works while the window is watched
 *
 * The camera is GStreamer's test source, 1280 × 720 at 30 pictures a second; its live picture is in the window all the while. Prints Markdown. `./dev bench camera` gives it a screen. */
#include <gtk/gtk.h>
#include <math.h>
#include <string.h>

#include "capturing.h"
#include "engine.h"
#include "fake-provider.h"
#include "media-camera.h"
#include "media-devices.h"
#include "media-microphone.h"
#include "ui-picture.h"

#define SHOTS 30
#define WATCH_SECONDS 8
#define CYCLES 200
/* A frame is late when the one before it is longer ago, milliseconds: two of the screen's. */
#define LATE 34

typedef struct {
  MediaCamera *camera;
  GtkWidget *window, *view;
  EngineTower *tower;
  MediaPicture *shot; /* what was asked for, when it is there */
  guint n_live;       /* live pictures */
  gboolean watching;
  gint64 last;        /* when the window was drawn last; 0: not yet */
  GArray *gaps;       /* double, milliseconds from one frame to the next */
  int busy;           /* atomic: the tower is to go on */
  guint n_encoded;
} Bench;

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
quantile (GArray *values, double share)
{
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, MIN (values->len - 1, (guint) (share * values->len)));
}

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () * 1e-3;
}

/* ---- the window ---- */

static void
on_frame (MediaCamera *camera, MediaPicture *picture, Bench *bench)
{
  g_autoptr (GdkTexture) texture = ui_picture_to_texture (picture);

  bench->n_live++;
  gtk_picture_set_paintable (GTK_PICTURE (bench->view), GDK_PAINTABLE (texture));
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Bench *bench = data;
  gint64 now = g_get_monotonic_time ();
  double gap = (double) (now - bench->last) * 1e-3;

  if (bench->watching && bench->last > 0)
    g_array_append_val (bench->gaps, gap);
  bench->last = now;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_over (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, on_over, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* ---- from the camera to the engine's pixels ---- */

static void
on_shot (GObject *source, GAsyncResult *result, gpointer data)
{
  Bench *bench = data;
  g_autoptr (GError) error = NULL;

  bench->shot = media_camera_snapshot_finish (MEDIA_CAMERA (source), result, &error);
  if (bench->shot == NULL)
    g_error ("%s", error->message);
}

static MediaPicture *
take (Bench *bench)
{
  bench->shot = NULL;
  media_camera_snapshot_async (bench->camera, 0, NULL, on_shot, bench);
  while (bench->shot == NULL)
    g_main_context_iteration (NULL, TRUE);
  return bench->shot;
}

/* The picture as the file that the composer attaches, through the sandbox, to what the engine is given. */
static double
through_file (MediaPicture *picture)
{
  double begin = now_ms ();
  g_autoptr (GdkTexture) texture = ui_picture_to_texture (picture);
  g_autoptr (GBytes) png = gdk_texture_save_to_png_bytes (texture);
  g_autoptr (MediaResult) result = NULL;
  g_autoptr (GError) error = NULL;
  MediaRequest request;

  media_request_init (&request, MEDIA_JOB_PICTURE);
  result = media_decode (&request, png, NULL, NULL, NULL, &error);
  if (result == NULL || result->picture->width != picture->width)
    g_error ("%s", error != NULL ? error->message : "the picture has another size");
  return now_ms () - begin;
}

static void
measure_path (Bench *bench)
{
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (double)), files = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < SHOTS; i++) {
    double begin = now_ms (), ms;
    MediaPicture *picture = take (bench);

    ms = now_ms () - begin;
    g_array_append_val (taken, ms);
    ms = through_file (picture);
    g_array_append_val (files, ms);
    media_picture_unref (picture);
  }
  g_print ("| from the shutter to the picture, 1280 × 720 (the camera gives one each 33 ms) | %.0f ms, 9 of 10 within %.0f ms |\n", quantile (taken, 0.5), quantile (taken, 0.9));
  g_print ("| from there as a file, through the sandbox, to the engine's pixels | %.0f ms, 9 of 10 within %.0f ms |\n", quantile (files, 0.5), quantile (files, 0.9));
}

/* ---- the window while the engine works ---- */

static gpointer
encode (gpointer data)
{
  Bench *bench = data;
  g_autofree guint8 *pixels = g_malloc (1024 * 768 * 3);
  EnginePicture picture = { .width = 1024, .height = 768, .n_channels = 3, .pixels = pixels };

  for (gsize i = 0; i < 1024 * 768 * 3; i++)
    pixels[i] = (guint8) (i * 2654435761u >> 24);
  while (g_atomic_int_get (&bench->busy)) {
    EngineError error = { 0 };
    EngineMedia *media = engine_tower_see (bench->tower, &picture, 0, &error);

    if (media == NULL)
      g_error ("%s", error.message);
    engine_media_unref (media);
    bench->n_encoded++;
  }
  return NULL;
}

static void
watch (Bench *bench, const char *what)
{
  guint n_live = bench->n_live, n_late = 0;

  g_array_set_size (bench->gaps, 0);
  bench->last = 0;
  bench->watching = TRUE;
  run_for (WATCH_SECONDS * 1000);
  bench->watching = FALSE;
  for (guint i = 0; i < bench->gaps->len; i++)
    n_late += g_array_index (bench->gaps, double, i) > LATE;
  g_print ("| frames of the window in %d s, %s | %u, of which %u were late (> %d ms), the latest after %.0f ms; %.1f live pictures a second |\n", WATCH_SECONDS, what, bench->gaps->len, n_late, LATE,
           quantile (bench->gaps, 1), (double) (bench->n_live - n_live) / WATCH_SECONDS);
}

static void
measure_frames (Bench *bench)
{
  GThread *thread;

  run_for (1000);
  watch (bench, "the camera on");
  g_atomic_int_set (&bench->busy, TRUE);
  thread = g_thread_new ("encode", encode, bench);
  watch (bench, "a picture being encoded on all cores too");
  g_atomic_int_set (&bench->busy, FALSE);
  g_thread_join (thread);
  if (bench->n_encoded == 0)
    g_error ("nothing was encoded meanwhile");
}

/* ---- what is left over ---- */

static void
on_stopped (MediaCamera *camera, GError *error, gboolean *stopped)
{
  *stopped = TRUE;
}

static void
on_silenced (MediaMicrophone *microphone, int reason, GError *error, gboolean *stopped)
{
  *stopped = TRUE;
}

/* How many descriptors and threads there are now, without those of pools that have nothing to do. */
static void
count (guint *descriptors, guint *threads)
{
  run_for (700);
  g_thread_pool_stop_unused_threads ();
  run_for (300);
  *descriptors = count_descriptors ();
  *threads = count_threads ();
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, guint *n)
{
  (*n)++;
}

/* A microphone comes, is listened to and is taken away, and the camera goes on and off meanwhile. */
static void
measure_left_over (Bench *bench)
{
  const MediaMicrophoneOptions options = { .rate = 16000, .max_seconds = 60, .clean = TRUE, .marks_speech = TRUE };
  g_autoptr (MediaDevices) devices = media_devices_new ();
  g_autoptr (MediaMicrophone) microphone = media_microphone_new ();
  GListModel *list = media_devices_get_list (devices, MEDIA_DEVICE_MICROPHONE);
  guint n = 0, n_before, descriptors[3], threads[3];
  gboolean stopped, silenced;

  while (!media_devices_get_ready (devices))
    g_main_context_iteration (NULL, TRUE);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &n);
  g_signal_connect (bench->camera, "stopped", G_CALLBACK (on_stopped), &stopped);
  g_signal_connect (microphone, "stopped", G_CALLBACK (on_silenced), &silenced);
  n_before = g_list_model_get_n_items (list);
  for (guint i = 0, k = 0; i <= CYCLES; i++) {
    GstDevice *device = gst_object_ref_sink (fake_device_new ("Microphone that comes and goes", "Audio/Source", "sound", FALSE));
    g_autoptr (MediaDevice) come = NULL;

    if (i == CYCLES / 10 || i == CYCLES / 2 || i == CYCLES)
      count (&descriptors[k], &threads[k]), k++;
    n = 0;
    gst_device_provider_device_add (fake_provider, device);
    wait_for (&n, 1);
    for (guint at = 0; come == NULL && at <= n_before; at++) {
      g_autoptr (MediaDevice) one = g_list_model_get_item (list, at);
      if (g_str_has_prefix (media_device_get_name (one), "Microphone that"))
        come = g_object_ref (one);
    }
    media_microphone_start (microphone, come, &options);
    media_camera_start (bench->camera, NULL);
    while (media_camera_get_state (bench->camera) != MEDIA_CAPTURE_ON || media_microphone_get_state (microphone) != MEDIA_CAPTURE_ON)
      g_main_context_iteration (NULL, TRUE);
    gst_device_provider_device_remove (fake_provider, device);
    wait_for (&n, 2);
    stopped = silenced = FALSE;
    media_camera_stop (bench->camera);
    media_microphone_stop (microphone);
    wait_until (&stopped);
    wait_until (&silenced);
    gst_object_unref (device);
  }
  g_print ("| descriptors after %d, %d and %d times that a microphone was connected, used and taken away, and the camera was on | %u, %u, %u |\n", CYCLES / 10, CYCLES / 2, CYCLES, descriptors[0], descriptors[1], descriptors[2]);
  g_print ("| threads | %u, %u, %u |\n", threads[0], threads[1], threads[2]);
}

int
main (int argc, char **argv)
{
  EngineLoadOptions options = { .backend = ENGINE_BACKEND_CPU };
  EngineError error = { 0 };
  Bench bench = { .gaps = g_array_new (FALSE, FALSE, sizeof (double)) };
  gboolean stopped = FALSE;

  g_setenv ("MELETE_CAMERA", "test:pattern=ball width=1280 height=720", TRUE);
  gst_init (&argc, &argv);
  fake_provider_register ();
  gtk_init ();
  if (argc != 2)
    g_error ("say the file of a part that sees");
  bench.tower = engine_tower_load (argv[1], ENGINE_TOWER_PICTURES, &options, &error);
  if (bench.tower == NULL)
    g_error ("%s", error.message);
  bench.window = gtk_window_new ();
  bench.view = gtk_picture_new ();
  gtk_window_set_default_size (GTK_WINDOW (bench.window), 960, 720);
  gtk_window_set_child (GTK_WINDOW (bench.window), bench.view);
  gtk_widget_add_tick_callback (bench.view, on_tick, &bench, NULL);
  gtk_window_present (GTK_WINDOW (bench.window));
  bench.camera = media_camera_new ();
  g_signal_connect (bench.camera, "frame", G_CALLBACK (on_frame), &bench);
  g_signal_connect (bench.camera, "stopped", G_CALLBACK (on_stopped), &stopped);
  media_camera_start (bench.camera, NULL);
  while (media_camera_get_state (bench.camera) != MEDIA_CAPTURE_ON)
    g_main_context_iteration (NULL, TRUE);

  g_print ("| what | measured |\n|---|---|\n");
  measure_path (&bench);
  measure_frames (&bench);
  media_camera_stop (bench.camera);
  wait_until (&stopped);
  g_signal_handlers_disconnect_by_data (bench.camera, &stopped);
  measure_left_over (&bench);
  gtk_window_destroy (GTK_WINDOW (bench.window));
  g_object_unref (bench.camera);
  engine_tower_unref (bench.tower);
  g_array_unref (bench.gaps);
  return 0;
}
