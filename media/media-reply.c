/* SPDX-License-Identifier: MIT */
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "media-clip.h"
#include "media-private.h"

/* Larger than any honest helper makes: decode/codes.c has its own, lower limit. */
#define MAX_CODES 256

gboolean
media_reply_check (const MediaWireReply *reply, guint64 output_size, guint64 used_before)
{
  return reply->magic == MEDIA_WIRE_MAGIC && reply->type >= MEDIA_WIRE_READY && reply->type <= MEDIA_WIRE_FAILED &&
         reply->fault < MEDIA_FAULT_N && (reply->type == MEDIA_WIRE_FAILED) == (reply->fault != MEDIA_FAULT_NONE) &&
         reply->used <= output_size && reply->used >= used_before;
}

static char *
dup_text (const guint8 *payload, gsize length)
{
  if (!g_utf8_validate ((const char *) payload, (gssize) length, NULL))
    return NULL;
  return g_strndup ((const char *) payload, length);
}

static gboolean
take_pixels (GBytes *memory, gsize offset, const MediaWireRecord *record, guint max_side, MediaResult *result)
{
  if (result->picture != NULL || record->a == 0 || record->b == 0 || record->a > max_side || record->b > max_side ||
      record->length != (guint64) record->a * record->b * 4)
    return FALSE;
  g_autoptr (GBytes) pixels = g_bytes_new_from_bytes (memory, offset, record->length);
  result->picture = media_picture_new (pixels, record->a, record->b, (gsize) record->a * 4);
  return TRUE;
}

static gboolean
take_frame (GBytes *memory, gsize offset, const MediaWireRecord *record, guint max_side, MediaResult *result)
{
  const MediaClipFrame *last = result->frames->len > 0 ? g_ptr_array_index (result->frames, result->frames->len - 1) : NULL;
  double seconds = record->c / 1000.0;

  if (record->a == 0 || record->b == 0 || record->a > max_side || record->b > max_side || record->length != (guint64) record->a * record->b * 4 || (last != NULL && seconds < last->seconds))
    return FALSE;
  g_autoptr (GBytes) pixels = g_bytes_new_from_bytes (memory, offset, record->length);
  g_ptr_array_add (result->frames, media_clip_frame_new (media_picture_new (pixels, record->a, record->b, (gsize) record->a * 4), seconds));
  return TRUE;
}

static gboolean
take_text (const guint8 *payload, const MediaWireRecord *record, MediaResult *result)
{
  char *text = dup_text (payload, record->length);
  if (text == NULL || record->b > 1 || record->c > 100) {
    g_free (text);
    return FALSE;
  }
  if (result->n_pages == 0) {
    if (result->text != NULL || record->a != 0) {
      g_free (text);
      return FALSE;
    }
    result->text = text;
    result->confidence = record->c;
    return TRUE;
  }
  const MediaPage *last = result->pages->len > 0 ? g_ptr_array_index (result->pages, result->pages->len - 1) : NULL;
  if (record->a >= result->n_pages || (last != NULL && record->a <= last->number)) {
    g_free (text);
    return FALSE;
  }
  MediaPage *page = g_new0 (MediaPage, 1);
  page->number = record->a;
  page->ocr = record->b == 1;
  page->confidence = record->c;
  page->text = text;
  g_ptr_array_add (result->pages, page);
  return TRUE;
}

static gboolean
take_code (const guint8 *payload, gsize length, MediaResult *result)
{
  const guint8 *end = length > 0 ? memchr (payload, '\0', length) : NULL;
  if (end == NULL || result->codes->len >= MAX_CODES)
    return FALSE;
  MediaCode code = { dup_text (payload, (gsize) (end - payload)), dup_text (end + 1, length - (gsize) (end - payload) - 1) };
  if (code.kind == NULL || code.text == NULL) {
    g_free (code.kind);
    g_free (code.text);
    return FALSE;
  }
  g_ptr_array_add (result->codes, g_memdup2 (&code, sizeof code));
  return TRUE;
}

static gboolean
take_place (const guint8 *payload, gsize length, MediaResult *result)
{
  double place[2];
  if (length != sizeof place)
    return FALSE;
  memcpy (place, payload, sizeof place);
  if (!isfinite (place[0]) || !isfinite (place[1]) || fabs (place[0]) > 90 || fabs (place[1]) > 180)
    return FALSE;
  result->has_place = TRUE;
  result->latitude = place[0];
  result->longitude = place[1];
  return TRUE;
}

static gboolean
take_samples (GBytes *memory, gsize offset, const guint8 *payload, const MediaWireRecord *record, MediaResult *result)
{
  if (result->sound != NULL || record->a == 0 || record->length == 0 || record->length % sizeof (float) != 0)
    return FALSE;
  for (gsize i = 0; i < record->length; i += sizeof (float)) {
    float value;
    memcpy (&value, payload + i, sizeof value);
    /* Also no for what is not a number. */
    if (!(value >= -1 && value <= 1))
      return FALSE;
  }
  g_autoptr (GBytes) samples = g_bytes_new_from_bytes (memory, offset, record->length);
  result->sound = media_sound_new (samples, record->a);
  return TRUE;
}

/* Sets *field once. */
static gboolean
take_string (char **field, const guint8 *payload, gsize length)
{
  if (*field != NULL)
    return FALSE;
  *field = dup_text (payload, length);
  return *field != NULL;
}

static gboolean
take_count (const guint8 *payload, const MediaWireRecord *record, MediaResult *result)
{
  if (record->a >= MEDIA_COUNT_N || record->length != sizeof (guint64) || result->counts[record->a] != 0)
    return FALSE;
  memcpy (&result->counts[record->a], payload, sizeof (guint64));
  return TRUE;
}

static gboolean
take (GBytes *memory, gsize offset, const guint8 *payload, const MediaWireRecord *record, guint max_side, MediaResult *result)
{
  switch ((MediaRecordKind) record->kind) {
  case MEDIA_RECORD_FACTS:
    result->width = record->a;
    result->height = record->b;
    return record->a > 0 && record->b > 0 && take_string (&result->format, payload, record->length);
  case MEDIA_RECORD_PIXELS:
    return take_pixels (memory, offset, record, max_side, result);
  case MEDIA_RECORD_TEXT:
    return take_text (payload, record, result);
  case MEDIA_RECORD_CODE:
    return take_code (payload, record->length, result);
  case MEDIA_RECORD_DATE:
    return take_string (&result->date, payload, record->length);
  case MEDIA_RECORD_PLACE:
    return take_place (payload, record->length, result);
  case MEDIA_RECORD_DOCUMENT:
    if (record->a == 0 || result->n_pages != 0)
      return FALSE;
    result->n_pages = record->a;
    return take_string (&result->title, payload, record->length);
  case MEDIA_RECORD_CUT:
    if (record->a < MEDIA_CUT_TIME || record->a > MEDIA_CUT_DAMAGE)
      return FALSE;
    result->completeness = (MediaCompleteness) record->a;
    return TRUE;
  case MEDIA_RECORD_FORMAT:
    return record->length > 0 && take_string (&result->format, payload, record->length);
  case MEDIA_RECORD_TITLE:
    return take_string (&result->title, payload, record->length);
  case MEDIA_RECORD_SENDER:
    return take_string (&result->sender, payload, record->length);
  case MEDIA_RECORD_COUNT:
    return take_count (payload, record, result);
  case MEDIA_RECORD_SOUND:
    result->file_rate = record->a;
    result->channels = record->b;
    return record->a > 0 && record->b > 0 && record->length > 0 && take_string (&result->format, payload, record->length);
  case MEDIA_RECORD_SAMPLES:
    return take_samples (memory, offset, payload, record, result);
  case MEDIA_RECORD_LENGTH:
    result->has_sound = record->a == 1;
    result->seconds = record->b / 1000.0;
    return record->a <= 1 && record->length == 0;
  case MEDIA_RECORD_FRAME:
    return take_frame (memory, offset, record, max_side, result);
  }
  return FALSE;
}

gboolean
media_reply_parse (GBytes *memory, gsize size, guint max_side, MediaResult *result, GError **error)
{
  gsize capacity;
  const guint8 *bytes = g_bytes_get_data (memory, &capacity);
  gsize at = 0;
  guint n = 0;

  size = MIN (size, capacity);
  while (at < size) {
    MediaWireRecord record;
    gsize left = size - at;
    gboolean ok = left >= sizeof record;
    if (ok) {
      memcpy (&record, bytes + at, sizeof record);
      left -= sizeof record;
      ok = record.magic == MEDIA_WIRE_RECORD && record.zero == 0 && record.length <= left &&
           ((record.length + 7) & ~(guint64) 7) <= left &&
           take (memory, at + sizeof record, bytes + at + sizeof record, &record, max_side, result);
    }
    if (!ok) {
      g_set_error (error, MEDIA_ERROR, MEDIA_ERROR_HELPER,
                   _ ("The decoder gave an answer that makes no sense (record %u at byte %zu). The file is not used."), n, at);
      return FALSE;
    }
    at += sizeof record + (gsize) ((record.length + 7) & ~(guint64) 7);
    n++;
  }
  return TRUE;
}
