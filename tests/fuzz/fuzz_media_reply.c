/* SPDX-License-Identifier: MIT */
/* What a hostile helper can put into the shared memory and the control socket: media-reply.c must take it or refuse it. */
#include <stdlib.h>
#include <string.h>

#include "media-private.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Reads every byte of what came out, so that the sanitizer sees wrong sizes. */
static void
use (const MediaResult *result)
{
  gsize sum = 0;
  if (result->picture != NULL) {
    gsize length;
    const guint8 *pixels = g_bytes_get_data (result->picture->pixels, &length);
    if (length != result->picture->stride * result->picture->height || result->picture->width > 4096 || result->picture->height > 4096)
      abort ();
    for (gsize i = 0; i < length; i++)
      sum += pixels[i];
  }
  sum += result->text != NULL ? strlen (result->text) : 0;
  sum += result->title != NULL ? strlen (result->title) : 0;
  for (gsize i = 0; result->sound != NULL && i < result->sound->n_samples; i++)
    if (!(media_sound_get_samples (result->sound)[i] >= -1 && media_sound_get_samples (result->sound)[i] <= 1))
      abort ();
  for (guint i = 0; i < result->codes->len; i++)
    sum += strlen (((MediaCode *) g_ptr_array_index (result->codes, i))->text);
  for (guint i = 0; i < result->pages->len; i++) {
    const MediaPage *page = g_ptr_array_index (result->pages, i);
    if (page->number >= result->n_pages || !g_utf8_validate (page->text, -1, NULL))
      abort ();
    sum += strlen (page->text);
  }
  if (sum == G_MAXSIZE)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (MediaResult) result = media_result_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  MediaWireReply reply;

  if (media_reply_parse (bytes, size, 4096, result, &error))
    use (result);
  else if (error == NULL || error->message[0] == '\0')
    abort ();
  if (size >= sizeof reply) {
    memcpy (&reply, data, sizeof reply);
    if (media_reply_check (&reply, 1 << 20, 0) && reply.type == MEDIA_WIRE_FAILED) {
      g_autoptr (GError) sentence = media_error_for_fault (MEDIA_JOB_PICTURE, &reply);
      if (!g_utf8_validate (sentence->message, -1, NULL))
        abort ();
    }
  }
  return 0;
}
