/* SPDX-License-Identifier: MIT */
/* Devices that come and go, by a provider of the test's own. */
#include "media-devices.h"

#include <locale.h>
#include <string.h>

#include "capturing.h"
#include "fake-provider.h"
#include "media-microphone.h"

/* ---- tests ---- */

/* Where it is in the list, or -1. */
static int
find (MediaDevices *devices, MediaDeviceKind kind, const char *name)
{
  GListModel *list = media_devices_get_list (devices, kind);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (MediaDevice) device = g_list_model_get_item (list, i);
    g_assert_cmpint (media_device_get_kind (device), ==, kind);
    if (strcmp (media_device_get_name (device), name) == 0)
      return (int) i;
  }
  return -1;
}

static void
wait_ready (MediaDevices *devices)
{
  while (!media_devices_get_ready (devices))
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_stopped (void)
{
  while (g_atomic_int_get (&fake_provider_n_stops) < g_atomic_int_get (&fake_provider_n_starts))
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
on_items_changed (GListModel *list, guint position, guint removed, guint added, guint *n)
{
  (*n)++;
}

static void
test_come_and_go (void)
{
  g_autoptr (MediaDevices) devices = media_devices_new ();
  guint n = 0;

  g_assert_false (media_devices_get_ready (devices));
  wait_ready (devices);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_MICROPHONE, "Fake microphone"), ==, 1);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_MICROPHONE, "Fake preferred microphone"), ==, 0);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_CAMERA, "Fake camera"), ==, 0);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_MICROPHONE, "Fake monitor"), ==, -1);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_MICROPHONE, "Fake loudspeaker"), ==, -1);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_MICROPHONE, "Fake camera"), ==, -1);

  /* One is connected while the person looks at the list, and taken away again. */
  GListModel *list = media_devices_get_list (devices, MEDIA_DEVICE_CAMERA);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &n);
  GstDevice *second = fake_device_new ("Second camera", "Source/Video", "camera", FALSE);
  gst_device_provider_device_add (fake_provider, gst_object_ref_sink (second));
  wait_for (&n, 1);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_CAMERA, "Second camera"), >, find (devices, MEDIA_DEVICE_CAMERA, "Fake camera"));
  gst_device_provider_device_remove (fake_provider, second);
  wait_for (&n, 2);
  g_assert_cmpint (find (devices, MEDIA_DEVICE_CAMERA, "Second camera"), ==, -1);
  gst_object_unref (second);

  /* What is kept in settings finds the device again; what is not there any more is the first one. */
  g_autoptr (MediaDevice) first = media_devices_find (devices, MEDIA_DEVICE_MICROPHONE, NULL);
  g_assert_cmpstr (media_device_get_name (first), ==, "Fake preferred microphone");
  g_autoptr (MediaDevice) chosen = g_list_model_get_item (media_devices_get_list (devices, MEDIA_DEVICE_MICROPHONE), (guint) find (devices, MEDIA_DEVICE_MICROPHONE, "Fake microphone"));
  g_autoptr (MediaDevice) again = media_devices_find (devices, MEDIA_DEVICE_MICROPHONE, media_device_get_id (chosen));
  g_assert_true (again == chosen);
  g_autoptr (MediaDevice) gone = media_devices_find (devices, MEDIA_DEVICE_MICROPHONE, "a microphone of last year");
  g_assert_true (gone == first);
  g_signal_handlers_disconnect_by_data (list, &n);
  g_assert_finalize_object (g_steal_pointer (&devices));
  wait_stopped ();
}

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, guint *n)
{
  *n += (guint) block->n_samples;
}

/* A device of the list can be used, also when the list is gone. */
static void
test_use (void)
{
  MediaDevices *devices = media_devices_new ();
  g_autoptr (MediaMicrophone) microphone = media_microphone_new ();
  MediaMicrophoneOptions options = { 16000, 60, FALSE, FALSE };
  guint n = 0;

  wait_ready (devices);
  g_autoptr (MediaDevice) device = media_devices_find (devices, MEDIA_DEVICE_MICROPHONE, NULL);
  g_assert_finalize_object (devices);
  wait_stopped ();
  g_signal_connect (microphone, "samples", G_CALLBACK (on_samples), &n);
  media_microphone_start (microphone, device, &options);
  wait_for (&n, 1600);
}

/* With the environment there is that source, at once, and nothing is looked for. */
static void
test_environment (void)
{
  g_setenv ("MELETE_CAMERA", "test:pattern=ball", TRUE);
  g_setenv ("MELETE_MICROPHONE", "file:/tmp/words.wav", TRUE);
  guint before = g_atomic_int_get (&fake_provider_n_starts);
  g_autoptr (MediaDevices) devices = media_devices_new ();
  static const char *const ids[MEDIA_DEVICE_N] = { "test:pattern=ball", "file:/tmp/words.wav" };

  g_assert_true (media_devices_get_ready (devices));
  for (guint kind = 0; kind < MEDIA_DEVICE_N; kind++) {
    g_assert_cmpuint (g_list_model_get_n_items (media_devices_get_list (devices, (MediaDeviceKind) kind)), ==, 1);
    g_autoptr (MediaDevice) device = media_devices_find (devices, (MediaDeviceKind) kind, NULL);
    g_autoptr (MediaDevice) usual = media_device_get_default ((MediaDeviceKind) kind);
    g_assert_cmpstr (media_device_get_id (device), ==, ids[kind]);
    g_assert_cmpstr (media_device_get_id (usual), ==, ids[kind]);
    g_assert_nonnull (strstr (media_device_get_name (device), "Test source"));
  }
  g_assert_cmpuint (g_atomic_int_get (&fake_provider_n_starts), ==, before);
  g_unsetenv ("MELETE_CAMERA");
  g_unsetenv ("MELETE_MICROPHONE");
}

/* Made and dropped, before and after the look: nothing stays. */
static void
test_cycles (void)
{
  guint descriptors = 0, threads = 0;

  for (guint i = 0; i < 40; i++) {
    MediaDevices *devices = media_devices_new ();
    if (i % 2 == 0)
      wait_ready (devices);
    g_assert_finalize_object (devices);
    if (i == 3) {
      settle ();
      wait_stopped ();
      threads = count_threads ();
      descriptors = count_descriptors ();
    }
  }
  wait_for_threads (threads);
  settle ();
  wait_for_threads (threads);
  wait_stopped ();
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_unsetenv ("MELETE_CAMERA");
  g_unsetenv ("MELETE_MICROPHONE");
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  fake_provider_register ();
  g_test_add_func ("/media/devices/come-and-go", test_come_and_go);
  g_test_add_func ("/media/devices/use", test_use);
  g_test_add_func ("/media/devices/environment", test_environment);
  g_test_add_func ("/media/devices/cycles", test_cycles);
  return g_test_run ();
}
