/* SPDX-License-Identifier: MIT */
#include <gio/gio.h>
#include <string.h>
#include <sys/mman.h>

#include "media-helper.h"

void
media_request_init (MediaRequest *request, MediaJob job)
{
  gboolean reading = job == MEDIA_JOB_READ || job == MEDIA_JOB_DOCUMENT;
  memset (request, 0, sizeof *request);
  request->job = job;
  request->max_side = reading ? 5000 : 2048;
  request->max_pages = 5000;
  request->sample_rate = 16000;
  request->max_seconds = 30 * 60;
  request->max_text = 1024 * 1024;
  request->max_frames = 1;
  if (job == MEDIA_JOB_VIDEO) {
    request->sample_rate = 0;
    request->max_side = 1024;
  }
  request->time_limit = job == MEDIA_JOB_TABLES ? 600000 : job == MEDIA_JOB_DOCUMENT ? 120000 : job == MEDIA_JOB_READ || job == MEDIA_JOB_EXTRACT || job == MEDIA_JOB_SOUND || job == MEDIA_JOB_VIDEO ? 60000
                                                                                                                                                                 : 15000;
  request->memory_limit = (gsize) (job == MEDIA_JOB_TABLES ? 1536 : 512) * 1024 * 1024;
}

static void
unmap (gpointer data)
{
  gsize *map = data;
  munmap (GSIZE_TO_POINTER (map[0]), map[1]);
  g_free (map);
}

/* Reads the records; the helper must be dead. */
static MediaResult *
take_result (MediaHelper *helper, GError **error)
{
  g_autoptr (MediaResult) result = media_result_new ();
  result->sandbox = helper->sandbox;
  if (helper->used == 0)
    return g_steal_pointer (&result);
  void *memory = mmap (NULL, helper->used, PROT_READ, MAP_SHARED, helper->output, 0);
  if (memory == MAP_FAILED) {
    media_helper_fail_errno (error, "mmap");
    return NULL;
  }
  gsize *map = g_new (gsize, 2);
  map[0] = GPOINTER_TO_SIZE (memory);
  map[1] = helper->used;
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (memory, helper->used, unmap, map);
  if (!media_reply_parse (bytes, helper->used, helper->request->max_side, result, error))
    return NULL;
  if (result->sound != NULL && result->sound->rate != helper->request->sample_rate) {
    media_helper_lie (error);
    return NULL;
  }
  return g_steal_pointer (&result);
}

MediaResult *
media_decode (const MediaRequest *request, GBytes *input, GCancellable *cancellable, MediaProgress progress,
              gpointer progress_data, GError **error)
{
  MediaHelper helper;
  g_autoptr (GError) trouble = NULL;
  MediaResult *result = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  media_helper_init (&helper, request);
  gboolean ok = media_helper_start (&helper, input, &trouble) && media_helper_listen (&helper, cancellable, progress, progress_data, &trouble);
  media_helper_stop (&helper);
  /* Whatever became of the rest: what was complete before is worth having, when the person did not take it back. */
  gboolean partial = !ok && helper.sandbox != 0 && g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED) == FALSE;
  if (ok || partial)
    result = take_result (&helper, ok ? &trouble : NULL);
  if (partial && result != NULL) {
    gboolean useful = request->job == MEDIA_JOB_DOCUMENT ? result->pages->len > 0 : request->job == MEDIA_JOB_READ && result->format != NULL;
    if (!useful)
      g_clear_pointer (&result, media_result_unref);
    else
      result->completeness = g_error_matches (trouble, MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW) ? MEDIA_STOPPED_BY_TIME : MEDIA_STOPPED_BY_DAMAGE;
  }
  media_helper_clear (&helper);
  if (result == NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  return result;
}
