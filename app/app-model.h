/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppModel: one model of the catalogue or of the models folder, or something there that serves models: one that makes vectors of documents, one that writes
 * down speech, or an adapter, which changes how a model answers. Main thread only; made by AppModels. */
#pragma once

#include <gio/gio.h>

#include "app-download.h"
#include "app-senses.h"
#include "app-server.h"

G_BEGIN_DECLS

typedef enum {
  APP_MODEL_ABSENT,
  APP_MODEL_DOWNLOADING,
  APP_MODEL_PAUSED, /* finished parts are kept */
  APP_MODEL_INSTALLED, /* or offered by a server */
  APP_MODEL_FAILED, /* the download failed; finished parts are kept. See the download's error */
} AppModelState;

typedef enum {
  APP_FIT_UNKNOWN,
  APP_FIT_FITS, /* into the memory that is free now */
  APP_FIT_SLOW, /* into this machine, but not beside what runs now */
  APP_FIT_NONE, /* more than this machine has */
} AppFit;

#define APP_TYPE_MODEL (app_model_get_type ())
G_DECLARE_FINAL_TYPE (AppModel, app_model, APP, MODEL, GObject)

/* Facts that never change. Strings are never NULL. */
const char *app_model_get_id (AppModel *self);           /* "qwen2.5-coder-1.5b-instruct"; the file is <id>.gguf. Of a server: "server:<its id>/<model>" */
const char *app_model_get_name (AppModel *self);         /* "name" */
const char *app_model_get_description (AppModel *self);  /* in the person's language; "" for one that was added by file */
const char *app_model_get_licence (AppModel *self);      /* "Apache-2.0"; "" when unknown */
const char *app_model_get_architecture (AppModel *self); /* "qwen2" */
const char *app_model_get_quantisation (AppModel *self); /* "Q4_K"; "" when unknown */
guint64 app_model_get_parameters (AppModel *self);       /* 0: unknown */
guint64 app_model_get_size (AppModel *self);             /* bytes on disk, of all its files */
guint64 app_model_get_memory (AppModel *self);           /* bytes that it needs to run */
guint app_model_get_context (AppModel *self);            /* tokens that it was trained for; 0: unknown */
gboolean app_model_get_sees (AppModel *self); /* of a server: by what it says, or by what the person says; of this machine: there is a part beside it to see with; may change */
gboolean app_model_get_hears (AppModel *self); /* likewise; of a server it is not known */
gboolean app_model_get_embeds (AppModel *self);          /* makes documents searchable by their meaning, and answers nothing */
gboolean app_model_get_adapts (AppModel *self);          /* an adapter: changes how a model of its architecture answers, and answers nothing */
gboolean app_model_get_transcribes (AppModel *self);     /* writes down what is spoken, and answers nothing */
gboolean app_model_get_answers (AppModel *self);         /* can be asked: none of the three above */
const char *app_model_get_base (AppModel *self);         /* of an adapter: the name of the model that it was trained on; "" where it does not say */
/* Whether this is an adapter that can change `model`, as far as both files say: they are of one architecture, and the model is of this machine. */
gboolean app_model_fits (AppModel *self, AppModel *model);
gboolean app_model_get_thinks (AppModel *self);
gboolean app_model_get_codes (AppModel *self);
const char *app_model_get_repository (AppModel *self); /* on the hub, "owner/name", where it was fetched; "" for others */
gboolean app_model_get_has_projector (AppModel *self); /* a file beside it lets it see (<id>.mmproj.gguf) */
gboolean app_model_get_has_draft (AppModel *self);     /* a small model beside it makes it quicker (<id>.draft.gguf) */
gboolean app_model_get_recommended (AppModel *self);
gboolean app_model_get_starter (AppModel *self);
gboolean app_model_get_in_catalogue (AppModel *self); /* can be downloaded (again) */
gboolean app_model_get_referenced (AppModel *self);   /* the file lies elsewhere; removing only forgets it */

AppModelState app_model_get_state (AppModel *self);    /* "state" (uint) */
const char *app_model_get_path (AppModel *self);       /* "path": of the installed file, else NULL */
AppServer *app_model_get_server (AppModel *self);      /* that runs it, NULL for a model of this machine; (transfer none) */
AppSenses app_model_get_senses (AppModel *self);       /* which files themselves it is given, and not only what is read from them */
gboolean app_model_get_is_made (AppModel *self);       /* what is fetched is made into the file that is used, here, which takes a while */
gboolean app_model_takes_pictures (AppModel *self);
gboolean app_model_takes_sound (AppModel *self);
const char *app_model_get_host (AppModel *self);       /* of that server: "kitchen.local"; NULL for a model of this machine */
AppDownload *app_model_get_download (AppModel *self);  /* "download": while downloading, paused or failed; (transfer none) (nullable) */
AppFit app_model_get_fit (AppModel *self);             /* "fit" (uint): measured here */
const char *app_model_get_fit_text (AppModel *self);   /* "fit-text": "Fits: needs 1.6 GB, 5.2 GB are free"; never NULL */
double app_model_get_fit_fraction (AppModel *self);    /* "fit-fraction": needed memory over that of the machine, for the bar; may exceed 1 */
double app_model_get_speed (AppModel *self);           /* "speed": tokens of an answer per second, as measured here; 0: not measured yet */
gboolean app_model_get_outdated (AppModel *self);      /* "outdated": the hub has another version, as far as was asked */

G_END_DECLS
