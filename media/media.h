/* SPDX-License-Identifier: MIT */
/* The client of `melete-decode`: decodes the bytes of others in a sandboxed process.
 *
 * One call = one helper process = one job. The helper gets a file descriptor with the input, a block of shared memory of a size
 * that this side chose, and a control socket; it drops files, network and new processes before it looks at the first byte. What it
 * answers is checked as if it were hostile. A job that is cancelled, takes too long or dies costs that one job.
 *
 * Threads: every function may be called on any thread; callbacks run in the thread-default main context of the caller.
 * Errors: MEDIA_ERROR with a sentence for the person, or G_IO_ERROR_CANCELLED. */
#pragma once

#include <gio/gio.h>

#include "media-sound.h"
#include "media-wire.h"

G_BEGIN_DECLS

#define MEDIA_ERROR (media_error_quark ())
GQuark media_error_quark (void);

typedef enum {
  MEDIA_ERROR_DAMAGED,     /* the bytes are broken */
  MEDIA_ERROR_UNSUPPORTED, /* a format that is not read, or a locked PDF */
  MEDIA_ERROR_TOO_LARGE,   /* more pixels, pages, seconds or bytes than are taken, or more memory than allowed */
  MEDIA_ERROR_TOO_SLOW,    /* longer than the time limit */
  MEDIA_ERROR_HELPER,      /* the helper is missing, died or lied */
  MEDIA_ERROR_SANDBOX,     /* this kernel gives no sandbox, so nothing is decoded */
  MEDIA_ERROR_DEVICE,      /* a camera, microphone or loudspeaker is missing, taken or broken */
  MEDIA_ERROR_DENIED,      /* the person or the system does not allow it */
} MediaErrorCode;

/* A picture in memory: R, G, B, A bytes, straight (not premultiplied) alpha, rows from top to bottom. Immutable. */
typedef struct {
  GBytes *pixels; /* stride × height bytes */
  guint width, height;
  gsize stride; /* bytes from one row to the next = 4 × width */
} MediaPicture;

#define MEDIA_TYPE_PICTURE (media_picture_get_type ())
GType media_picture_get_type (void);
/* Takes its own reference to `pixels`, which must hold stride × height bytes. Returns: (transfer full) */
MediaPicture *media_picture_new (GBytes *pixels, guint width, guint height, gsize stride);
MediaPicture *media_picture_ref (MediaPicture *picture);
void media_picture_unref (MediaPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaPicture, media_picture_unref)

/* What can be asked, one line each in decode/jobs.def. */
typedef enum {
  MEDIA_JOB_NONE,
#define MEDIA_JOB(NAME, name) MEDIA_JOB_##NAME,
#include "decode/jobs.def"
#undef MEDIA_JOB
} MediaJob;

typedef struct {
  MediaJob job;
  guint max_side;          /* of `picture` and `frames`, in pixels; READ: of the picture that is read */
  guint page;              /* PAGE: from 0 */
  guint max_pages;         /* DOCUMENT */
  guint sample_rate;       /* SOUND: of what comes out, Hz, from 4000 to 384,000; VIDEO: 0: no sound */
  guint max_seconds;       /* SOUND, VIDEO: longer ones are MEDIA_ERROR_TOO_LARGE, before they are decoded */
  double from, until;      /* VIDEO: the part that is wanted, in seconds; until 0: to its end */
  guint max_frames;        /* VIDEO: pictures of that part, each from the middle of its share of it; 0: none */
  gsize max_text;          /* bytes */
  guint time_limit;        /* milliseconds, then the helper is killed */
  gsize memory_limit;      /* bytes that decoding may take, without the input and the result */
  const char *hint;        /* EXTRACT, TABLES: the format by the file's name: "CSV", "TSV", "HTML", "E-mail"; NULL if it tells nothing. What the bytes say comes first */
  const char *choices;     /* TABLES: what is not to be guessed, see media-table.h; at most MEDIA_MAX_CHOICES bytes; NULL: nothing */
  const char *languages;   /* of OCR, Tesseract's names ("deu+eng"); NULL: the person's, by the locale */
} MediaRequest;

#define MEDIA_MAX_CHOICES MEDIA_WIRE_CHOICES

/* The limits that suit `job`. */
void media_request_init (MediaRequest *request, MediaJob job);

typedef struct {
  char *kind; /* "QR-Code", "EAN-13" */
  char *text;
} MediaCode;

typedef struct {
  guint number; /* from 0 */
  gboolean ocr; /* read from its picture, because it had no text */
  guint confidence; /* of OCR, percent */
  char *text;   /* UTF-8, never NULL */
} MediaPage;

/* Why a result is not all of it. */
typedef enum {
  MEDIA_COMPLETE,
  MEDIA_STOPPED_BY_TIME,
  MEDIA_STOPPED_BY_TEXT,   /* max_text */
  MEDIA_STOPPED_BY_PAGES,  /* max_pages */
  MEDIA_STOPPED_BY_DAMAGE, /* the helper failed after some pages, or after the facts of a picture, or the document is broken further on; what there is is good */
} MediaCompleteness;

/* What came out. Fields that the job does not give are NULL, empty or 0. Immutable. */
typedef struct {
  char *format;         /* "PNG", "DOCX", "MP3"; NULL for a PDF */
  guint width, height;  /* of the whole picture as shown, in pixels */
  MediaPicture *picture;
  char *text;           /* READ: by OCR; "" when nothing was found, NULL when it could not be read (see completeness). EXTRACT: Markdown */
  guint confidence;     /* of `text`, percent */
  GPtrArray *codes;     /* of MediaCode, never NULL */
  char *date;           /* as the camera wrote it, "2024-05-17 14:03:22" */
  gboolean has_place;
  double latitude, longitude; /* degrees */
  guint n_pages;
  char *title;
  char *sender;         /* EXTRACT: who wrote the e-mail or the book */
  guint64 counts[MEDIA_COUNT_N]; /* EXTRACT */
  GPtrArray *pages;     /* of MediaPage, by number, never NULL */
  MediaSound *sound;    /* SOUND; VIDEO: of the part */
  GPtrArray *frames;    /* VIDEO: of MediaClipFrame (media-clip.h), with the seconds of the whole video, never NULL */
  double seconds;       /* VIDEO: of the whole */
  gboolean has_sound;   /* VIDEO */
  guint file_rate;      /* SOUND: of the file, Hz */
  guint channels;       /* SOUND: of the file; `sound` is the mean of them */
  MediaCompleteness completeness;
  guint sandbox;        /* the layers that were on, MediaSandbox of media-wire.h */
} MediaResult;

#define MEDIA_TYPE_RESULT (media_result_get_type ())
GType media_result_get_type (void);
MediaResult *media_result_ref (MediaResult *result);
void media_result_unref (MediaResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MediaResult, media_result_unref)

/* `done` of `total` pages. In media_decode (): on the calling thread; in media_decode_async (): in the caller's main context,
 * never after the callback. */
typedef void (*MediaProgress) (guint done, guint total, gpointer user_data);

/* Decodes `input` and waits for it. Returns: (transfer full) (nullable) */
MediaResult *media_decode (const MediaRequest *request, GBytes *input, GCancellable *cancellable, MediaProgress progress,
                           gpointer progress_data, GError **error);

/* The same without waiting. Two queues: pictures and pages for the eye are not held up by reading (OCR), of which half as many
 * run at once as there are processors. `request` is copied. */
void media_decode_async (const MediaRequest *request, GBytes *input, GCancellable *cancellable, MediaProgress progress,
                         gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data);
MediaResult *media_decode_finish (GAsyncResult *result, GError **error);

G_END_DECLS
