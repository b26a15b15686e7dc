/* SPDX-License-Identifier: MIT */
/* Devices that are taken, forbidden, pulled out, or mute: what a person is told, and that they are let go. */
#include "media-capture.h"

#include <gst/base/gstbasesrc.h>
#include <locale.h>
#include <string.h>

#include "capturing.h"
#include "media-camera.h"
#include "media-microphone.h"

/* ---- a source that cannot be opened, for a reason that the test chooses ---- */

typedef GstBaseSrc BrokenSource;
typedef GstBaseSrcClass BrokenSourceClass;
static GType broken_source_get_type (void);
G_DEFINE_TYPE (BrokenSource, broken_source, GST_TYPE_BASE_SRC)

static GstResourceError reason;

static gboolean
broken_source_start (GstBaseSrc *self)
{
  g_autoptr (GError) error = g_error_new_literal (GST_RESOURCE_ERROR, reason, "words for developers");

  gst_element_post_message (GST_ELEMENT (self), gst_message_new_error (GST_OBJECT (self), error, NULL));
  return FALSE;
}

static void
broken_source_class_init (BrokenSourceClass *klass)
{
  static GstStaticPadTemplate template = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("audio/x-raw; video/x-raw"));

  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &template);
  klass->start = broken_source_start;
}

static void
broken_source_init (BrokenSource *self)
{
}

static GstElement *
make_broken (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  return g_object_new (broken_source_get_type (), NULL);
}

/* A bin of the description that the device has as its data. */
static GstElement *
make_described (MediaDevice *device, gpointer data, GCancellable *cancellable, GError **error)
{
  return gst_parse_bin_from_description (data, TRUE, error);
}

/* ---- both kinds in one way ---- */

typedef struct {
  MediaMicrophone *microphone;
  MediaCamera *camera;
  guint n_stopped, n_came;
  MediaMicrophoneReason why;
  GError *error;
} Test;

static void
on_microphone_stopped (MediaMicrophone *microphone, int why, GError *error, Test *test)
{
  test->n_stopped++;
  test->why = (MediaMicrophoneReason) why;
  test->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_camera_stopped (MediaCamera *camera, GError *error, Test *test)
{
  test->n_stopped++;
  test->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
on_samples (MediaMicrophone *microphone, MediaSound *block, Test *test)
{
  test->n_came += (guint) block->n_samples;
}

static void
on_frame (MediaCamera *camera, MediaPicture *picture, Test *test)
{
  test->n_came++;
}

static void
set_up (Test *test, gconstpointer data)
{
  test->microphone = media_microphone_new ();
  test->camera = media_camera_new ();
  g_signal_connect (test->microphone, "stopped", G_CALLBACK (on_microphone_stopped), test);
  g_signal_connect (test->microphone, "samples", G_CALLBACK (on_samples), test);
  g_signal_connect (test->camera, "stopped", G_CALLBACK (on_camera_stopped), test);
  g_signal_connect (test->camera, "frame", G_CALLBACK (on_frame), test);
}

static void
tear_down (Test *test, gconstpointer data)
{
  g_assert_finalize_object (test->microphone);
  g_assert_finalize_object (test->camera);
  settle ();
  g_clear_error (&test->error);
}

/* Uses a device until it ends by itself; what the person is told has `words` in it. */
static void
use (Test *test, MediaDeviceKind kind, MediaSourceMaker make, const char *description, int code, const char *words)
{
  g_autoptr (MediaDevice) device = media_device_new (kind, "special", "Special device", make, (gpointer) description, NULL);
  MediaMicrophoneOptions options = { 16000, 60, FALSE, FALSE };

  test->n_stopped = test->n_came = 0;
  g_clear_error (&test->error);
  if (kind == MEDIA_DEVICE_CAMERA)
    media_camera_start (test->camera, device);
  else
    media_microphone_start (test->microphone, device, &options);
  wait_for (&test->n_stopped, 1);
  g_assert_error (test->error, MEDIA_ERROR, code);
  g_test_message ("%s", test->error->message);
  g_assert_nonnull (strstr (test->error->message, words));
  g_assert_nonnull (strstr (test->error->message, "Special device"));
  g_assert_null (strstr (test->error->message, "for developers"));
  g_assert_cmpint (kind == MEDIA_DEVICE_CAMERA ? media_camera_get_state (test->camera) : media_microphone_get_state (test->microphone), ==, MEDIA_CAPTURE_FAILED);
}

static void
test_reasons (Test *test, gconstpointer data)
{
  static const struct {
    GstResourceError reason;
    int code;
    const char *camera, *microphone;
  } cases[] = {
    { GST_RESOURCE_ERROR_BUSY, MEDIA_ERROR_DEVICE, "used by another program", "used by another program" },
    { GST_RESOURCE_ERROR_NOT_AUTHORIZED, MEDIA_ERROR_DENIED, "does not allow", "does not allow" },
    { GST_RESOURCE_ERROR_NOT_FOUND, MEDIA_ERROR_DEVICE, "no camera", "no microphone" },
    { GST_RESOURCE_ERROR_OPEN_READ, MEDIA_ERROR_DEVICE, "no camera", "no microphone" },
    { GST_RESOURCE_ERROR_FAILED, MEDIA_ERROR_DEVICE, "The camera", "The microphone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    reason = cases[i].reason;
    use (test, MEDIA_DEVICE_CAMERA, make_broken, NULL, cases[i].code, cases[i].camera);
    use (test, MEDIA_DEVICE_MICROPHONE, make_broken, NULL, cases[i].code, cases[i].microphone);
    g_assert_cmpint (test->why, ==, MEDIA_MICROPHONE_BY_ERROR);
  }
}

/* Pulled out while it is on: what came before is given out, the error comes, and the next use works. */
static void
test_pulled_out (Test *test, gconstpointer data)
{
  use (test, MEDIA_DEVICE_CAMERA, make_described, "videotestsrc is-live=true ! identity error-after=20", MEDIA_ERROR_DEVICE, "stopped working");
  g_assert_cmpuint (test->n_came, >, 0);
  use (test, MEDIA_DEVICE_MICROPHONE, make_described, "audiotestsrc is-live=true samplesperbuffer=1600 ! audio/x-raw,rate=16000 ! identity error-after=6", MEDIA_ERROR_DEVICE, "stopped working");
  /* identity counts down to the buffer that it fails at. */
  g_assert_cmpuint (test->n_came, >, 3 * 1600);
  g_assert_cmpuint (test->n_came, <=, 6 * 1600);
  g_setenv ("MELETE_CAMERA", "test", TRUE);
  test->n_came = 0;
  media_camera_start (test->camera, NULL);
  wait_for (&test->n_came, 1);
}

/* It opens, and then nothing comes. */
static void
test_mute (Test *test, gconstpointer data)
{
  use (test, MEDIA_DEVICE_MICROPHONE, make_described, "appsrc is-live=true format=time caps=audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved", MEDIA_ERROR_DEVICE, "nothing comes");
}

/* The wrong kind of thing comes out of it. */
static void
test_wrong (Test *test, gconstpointer data)
{
  use (test, MEDIA_DEVICE_MICROPHONE, make_described, "videotestsrc is-live=true", MEDIA_ERROR_DEVICE, "microphone");
  use (test, MEDIA_DEVICE_CAMERA, make_described, "audiotestsrc is-live=true", MEDIA_ERROR_DEVICE, "camera");
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  media_source_init ();
  g_test_add ("/media/capture/reasons", Test, NULL, set_up, test_reasons, tear_down);
  g_test_add ("/media/capture/pulled-out", Test, NULL, set_up, test_pulled_out, tear_down);
  g_test_add ("/media/capture/mute", Test, NULL, set_up, test_mute, tear_down);
  g_test_add ("/media/capture/wrong", Test, NULL, set_up, test_wrong, tear_down);
  return g_test_run ();
}
