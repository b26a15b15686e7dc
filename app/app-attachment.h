/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppAttachment: one file that the person adds to a message, and what the model will get of it.
 *
 * Life: new (state LOADING) → app_attachment_load_async () → READY or FAILED. While it loads, `thumbnail` comes
 * first (a chip can be drawn after some ten milliseconds), `summary` says what is being done ("Reading the text of page 3 of
 * 20…"), and last `model-text`, `notices` and `state` change together. A READY attachment never changes again
 * (only a stored one may still gain its thumbnail).
 *
 * Bytes of others (pictures, sounds, videos, PDF, documents) are decoded in the sandboxed helper `melete-decode`, never in this process.
 * Everything here belongs to the main thread; work happens elsewhere and comes back through the thread-default
 * main context of load_async's caller. Every property notifies. */
#pragma once

#include <gio/gio.h>

#include "app-datasets.h"
#include "app-senses.h"
#include "app-transcriber.h"
#include "media-clip.h"
#include "media.h"

G_BEGIN_DECLS

/* The kinds, one line each in attachments/attachments.def: APP_ATTACHMENT_PICTURE, APP_ATTACHMENT_PDF, …, APP_ATTACHMENT_TEXT. */
typedef enum {
#define APP_ATTACHMENT_KIND(NAME, name) APP_ATTACHMENT_##NAME,
#include "attachments/attachments.def"
#undef APP_ATTACHMENT_KIND
  APP_ATTACHMENT_N_KINDS,
} AppAttachmentKind;

typedef enum {
  APP_ATTACHMENT_LOADING, /* made, or being read */
  APP_ATTACHMENT_READY,   /* model-text, summary and notices are final */
  APP_ATTACHMENT_FAILED,  /* `error` holds the sentence for the person; it cannot be sent */
} AppAttachmentState;

/* The longest file that is taken, in bytes. */
#define APP_ATTACHMENT_MAX_BYTES (256u * 1024 * 1024)
/* The most text of one attachment that a model gets, in bytes of UTF-8; what is left out is told in a notice. */
#define APP_ATTACHMENT_MAX_TEXT (1024u * 1024)
/* The longest sound or video that is taken, in seconds. */
#define APP_ATTACHMENT_MAX_SECONDS (30u * 60)
/* The longest side of a thumbnail in pixels. */
#define APP_ATTACHMENT_THUMBNAIL_SIDE 256

#define APP_TYPE_ATTACHMENT (app_attachment_get_type ())
G_DECLARE_FINAL_TYPE (AppAttachment, app_attachment, APP, ATTACHMENT, GObject)

/* A file that was chosen, dropped or named on the command line. Nothing is read before app_attachment_load_async ().
 * Returns: (transfer full) */
AppAttachment *app_attachment_new_for_file (GFile *file);

/* Whether the file is one of this computer. FALSE with a sentence for an address of the network: it is never fetched, neither here nor by
 * app_attachment_load_async (). */
gboolean app_attachment_check_file (GFile *file, GError **error);

/* Bytes from the clipboard. `name`: a file name for the chip ("Pasted picture.png"); its extension helps to know the
 * language of source code. Returns: (transfer full) */
AppAttachment *app_attachment_new_for_bytes (GBytes *bytes, const char *name);

/* An attachment out of the history. `metadata`: what app_attachment_dup_metadata () gave; `bytes`: the original
 * (nullable: it is then shown without thumbnail and cannot be rendered). It is READY at once, for its text was kept;
 * app_attachment_load_async () then only makes its thumbnail; bytes that do not match the recorded SHA-256 are let go, with an error, and not shown.
 * Returns: (transfer full) (nullable): NULL with `error` (G_IO_ERROR_INVALID_DATA) when either is not what it was. */
AppAttachment *app_attachment_new_stored (const char *metadata, GBytes *bytes, GError **error);

/* Before it is loaded: what writes down a sound's words for models without ears; without it they learn only how long it is. (nullable) */
void app_attachment_set_transcriber (AppAttachment *self, AppTranscriber *transcriber);

/* Before it is loaded: where its tables go, if it is of a kind that has any (app_datasets_can_import ()). They are read in the background and may be there later than
 * the rest; the attachment is READY without them. (nullable) */
void app_attachment_set_datasets (AppAttachment *self, AppDatasets *datasets);

/* Reads it: bytes, SHA-256, kind, thumbnail, then the text (OCR for pictures and scanned pages, speech of sounds).
 * `use_exif`: whether the person allows the date and place that a camera wrote into the picture to reach the model.
 * The callback comes once; the state is READY or FAILED then. Cancelling makes it FAILED with G_IO_ERROR_CANCELLED and stops the
 * helper at once. Call it once per object. */
void app_attachment_load_async (AppAttachment *self, gboolean use_exif, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);

/* Returns: TRUE when READY; otherwise `error` is set to a clear sentence, which app_attachment_get_error () repeats. */
gboolean app_attachment_load_finish (AppAttachment *self, GAsyncResult *result, GError **error);

/* A picture or one page of a PDF (`page` counts from 0; 0 for pictures), no side longer than `max_side` pixels: to be opened large.
 * Works in the state READY and needs the original bytes. Text attachments fail with G_IO_ERROR_NOT_SUPPORTED. */
void app_attachment_render_async (AppAttachment *self, guint page, guint max_side, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);

/* Returns: (transfer full) (nullable): free with media_picture_unref (). */
MediaPicture *app_attachment_render_finish (AppAttachment *self, GAsyncResult *result, GError **error);

/* What the history stores beside the bytes: a JSON object in UTF-8 with everything except bytes and thumbnail.
 * Only for a READY attachment. Returns: (transfer full) */
char *app_attachment_dup_metadata (AppAttachment *self);

/* Properties. Strings belong to the object and are valid until the next change; "" or NULL as said. */
AppAttachmentKind app_attachment_get_kind (AppAttachment *self);          /* "kind" (uint); certain when READY, a guess before */
AppAttachmentState app_attachment_get_state (AppAttachment *self);        /* "state" (uint) */
const char *app_attachment_get_name (AppAttachment *self);                /* "name": for display, never NULL */
guint64 app_attachment_get_size (AppAttachment *self);                    /* "size": bytes; 0 until read */
const char *app_attachment_get_sha256 (AppAttachment *self);              /* "sha256": 64 hexadecimal digits; NULL until read */
const char *app_attachment_get_mime_type (AppAttachment *self);           /* "mime-type": "image/png", "text/x-csrc"; NULL until read */
GBytes *app_attachment_get_bytes (AppAttachment *self);                   /* "bytes": the original; (transfer none) (nullable) */
MediaPicture *app_attachment_get_thumbnail (AppAttachment *self);         /* "thumbnail": RGBA + width, height, stride (see media.h); (transfer none) (nullable); text has none */
const char *app_attachment_get_model_text (AppAttachment *self);          /* "model-text": exactly what the model gets, frame included; NULL until READY */
const char *app_attachment_get_summary (AppAttachment *self);             /* "summary": one line, "2 pages · 1,240 words", "1280 × 800 · text read with OCR", "0:07 · WAV"; never NULL */
const char *const *app_attachment_get_notices (AppAttachment *self);      /* "notices": honesty lines for the message, NULL-terminated, never NULL, may be empty */
const char *app_attachment_get_error (AppAttachment *self);               /* "error": the sentence when FAILED, else NULL */
guint app_attachment_get_n_pages (AppAttachment *self);                   /* "n-pages": of a PDF; 1 for a picture, 0 for text */
AppExtent app_attachment_get_extent (AppAttachment *self);                /* of a picture, a sound or a video, READY; without what older versions did not keep */
AppSenses app_attachment_get_sense (AppAttachment *self);                 /* those of a model that is given the file itself, or its part of it; APP_SENSE_NONE: it is always read */

AppDataset *app_attachment_get_dataset (AppAttachment *self);             /* "dataset": its tables; (transfer none) (nullable) until they are there */
const char *app_attachment_get_dataset_error (AppAttachment *self);       /* why there are none, once "dataset" was notified; NULL otherwise */
gboolean app_attachment_get_dataset_busy (AppAttachment *self);           /* they are being read; "dataset" notifies at the end */
double app_attachment_get_dataset_fraction (AppAttachment *self);         /* "dataset-fraction": how much of them is read, 0 to 1 */

/* The tables of a READY one, out of `datasets`, or read anew from its bytes, which may lack where the dataset is there. finish returns: (transfer full) (nullable) */
void app_attachment_read_dataset_async (AppAttachment *self, AppDatasets *datasets, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
AppDataset *app_attachment_read_dataset_finish (AppAttachment *self, GAsyncResult *result, GError **error);

/* Where its tables are; NULL until that was said (app_attachment_set_datasets ()). (transfer none) (nullable) */
AppDatasets *app_attachment_get_datasets (AppAttachment *self);
/* Reads its tables anew, as `choices` say (AppTableChoices; "": as guessed). If that gives tables that fit them, they are kept for the file from now on, and "dataset" notifies;
 * otherwise all stays as it is. `before`: (nullable) what is corrected. `progress`: (nullable). finish returns: (transfer full) (nullable), errors with a sentence that says
 * which choice does not fit. */
void app_attachment_correct_dataset_async (AppAttachment *self, AppDataset *before, const char *choices, GCancellable *cancellable, AppDatasetProgress progress, gpointer progress_data,
                                           GAsyncReadyCallback callback, gpointer user_data);
AppDataset *app_attachment_correct_dataset_finish (AppAttachment *self, GAsyncResult *result, GError **error);

/* The Markdown that the model gets, without its frame, to be shown formatted; NULL of kinds that have none, and until READY. Returns: (transfer full) (nullable) */
char *app_attachment_dup_markdown (AppAttachment *self);

/* What is said in a sound or a video, as far as it was written down. READY; (transfer full) */
AppTranscript *app_attachment_dup_heard (AppAttachment *self);

/* The word that the history's table uses for a kind ("picture", "pdf", "text"). Returns: (transfer none) */
const char *app_attachment_kind_to_string (AppAttachmentKind kind);

/* The MIME types that the file chooser and the drop target offer, NULL-terminated: pictures, sounds, videos, PDF, documents, "text/plain" (of which every
 * source code type is a subclass in shared-mime-info). Returns: (transfer none) */
const char *const *app_attachment_get_mime_types (void);

G_END_DECLS
