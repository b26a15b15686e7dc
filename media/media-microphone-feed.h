/* SPDX-License-Identifier: MIT */
/* Inside MediaMicrophone: the part that is on GStreamer's threads. A pipeline fills the feed with pieces, which the owner takes. */
#pragma once

#include "media-capture.h"
#include "media-microphone.h"
#include "media-voice.h"

G_BEGIN_DECLS

typedef enum { MEDIA_PIECE_SAMPLES, MEDIA_PIECE_BEGAN, MEDIA_PIECE_ENDED } MediaPieceKind;

typedef struct {
  MediaPieceKind kind;
  GByteArray *samples; /* floats; NULL with the other kinds */
} MediaPiece;
void media_piece_free (gpointer piece);

typedef struct _MediaMicrophoneFeed MediaMicrophoneFeed;

/* What was in the feed. */
typedef struct {
  GQueue pieces; /* of MediaPiece; the caller's */
  MediaLevel level;
  gboolean has_level; /* it is a new one */
  gboolean full;      /* max_seconds have come */
} MediaMicrophoneCatch;

MediaMicrophoneFeed *media_microphone_feed_new (const MediaMicrophoneOptions *options);
void media_microphone_feed_free (gpointer feed);
/* `last`: nothing follows, so what makes no whole block comes too, and speech ends. */
MediaMicrophoneCatch media_microphone_feed_take (MediaMicrophoneFeed *feed, gboolean last);
/* MediaCaptureInfo.build */
GstElement *media_microphone_feed_build (MediaCapture *capture, gpointer feed, GstElement *source, GError **error);

G_END_DECLS
