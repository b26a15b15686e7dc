/* SPDX-License-Identifier: MIT */
/* MediaPlayer: plays a sound that is in memory, from where one likes, through GStreamer. Nothing is decoded here: what came from a file went through the sandbox.
 *
 * Threads: main thread only; signals come there too. The sound's device is open only while it plays.
 * The environment's MELETE_AUDIO_SINK takes the place of the machine's sound: the description of a sink for gst_parse_launch (). */
#pragma once

#include "media-sound.h"

G_BEGIN_DECLS

#define MEDIA_TYPE_PLAYER (media_player_get_type ())
G_DECLARE_FINAL_TYPE (MediaPlayer, media_player, MEDIA, PLAYER, GObject)

/* Signals:
 *   "moved" (): media_player_get_position () is another: some times in a second while it plays, and after each seek;
 *   "failed" (GError *error): it cannot be played: MEDIA_ERROR_DEVICE, with a sentence.
 * Property: "playing" (boolean, readable). At the end it stands at the end, and plays from the beginning next. */
MediaPlayer *media_player_new (MediaSound *sound);

void media_player_set_playing (MediaPlayer *self, gboolean playing);
gboolean media_player_get_playing (MediaPlayer *self);
/* In seconds; what is outside of the sound is its nearer end. It goes on as it was, playing or not. */
void media_player_seek (MediaPlayer *self, double second);
double media_player_get_position (MediaPlayer *self);

G_END_DECLS
