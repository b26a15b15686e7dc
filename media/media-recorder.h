/* SPDX-License-Identifier: MIT */
/* Inside MediaCamera: one clip while it is recorded, from the request to the answer.
 *
 * The pictures come from the camera's tape; the sound from a microphone of the recorder's own. Both have clocks of their own, so they are brought together by when each
 * began, which is good to some milliseconds: enough for pictures that are a second apart. Owner's context only. */
#pragma once

#include "media-camera.h"
#include "media-tape.h"

G_BEGIN_DECLS

typedef struct _MediaRecorder MediaRecorder;

/* `begin`: sound comes, or none is wanted: the camera shows its frames to the tape. `over`: the microphone failed; the owner calls media_recorder_finish (). Neither comes
 * before this returns. `task` is taken over. Returns: (transfer full) */
MediaRecorder *media_recorder_new (const MediaClipOptions *options, GTask *task, void (*begin) (gpointer owner), void (*over) (gpointer owner), gpointer owner);
/* (transfer none) */
MediaTape *media_recorder_get_tape (MediaRecorder *self);
/* Answers the task with what there is, or says why there is nothing. Frees it. */
void media_recorder_finish (MediaRecorder *self);

G_END_DECLS
