/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-model-private.h"

#include <glib/gi18n.h>

#include "app-catalogue.h"
#include "app-size.h"

/* ---- facts ---- */

AppModelFacts *
app_model_facts_new (void)
{
  AppModelFacts *facts = g_atomic_rc_box_new0 (AppModelFacts);

  facts->id = g_strdup ("");
  facts->name = g_strdup ("");
  facts->description = g_strdup ("");
  facts->licence = g_strdup ("");
  facts->architecture = g_strdup ("");
  facts->quantisation = g_strdup ("");
  facts->sha256 = g_strdup ("");
  facts->member = g_strdup ("");
  facts->repository = g_strdup ("");
  facts->revision = g_strdup ("");
  facts->base = g_strdup ("");
  return facts;
}

AppConversion *
app_conversion_new (void)
{
  AppConversion *convert = g_new0 (AppConversion, 1);

  convert->script = g_strdup ("");
  convert->beside = g_new0 (char *, 1);
  convert->sha256 = g_strdup ("");
  return convert;
}

static void
free_conversion (AppConversion *convert)
{
  g_free (convert->script);
  g_strfreev (convert->beside);
  g_free (convert->sha256);
  g_free (convert);
}

static void
clear_facts (gpointer data)
{
  AppModelFacts *facts = data;

  g_free (facts->id);
  g_free (facts->name);
  g_free (facts->description);
  g_free (facts->licence);
  g_free (facts->architecture);
  g_free (facts->quantisation);
  g_free (facts->sha256);
  g_free (facts->member);
  g_free (facts->repository);
  g_free (facts->revision);
  g_free (facts->base);
  g_clear_pointer (&facts->packages, g_array_unref);
  g_clear_pointer (&facts->convert, free_conversion);
}

AppModelFacts *
app_model_facts_ref (AppModelFacts *facts)
{
  return g_atomic_rc_box_acquire (facts);
}

void
app_model_facts_unref (AppModelFacts *facts)
{
  g_atomic_rc_box_release_full (facts, clear_facts);
}

/* ---- AppModel ---- */

struct _AppModel {
  GObject parent;
  AppModelFacts *facts;
  char *path;
  gboolean referenced;
  AppSenses senses; /* of the files of this machine */
  AppServer *server;            /* NULL for a model of this machine */
  AppServerModel *server_model; /* there */
  AppDownload *download;
  guint64 memory_total, memory_available;
  AppModelState state;
  AppFit fit;
  char *fit_text;
  double speed;
  gboolean outdated;
};

enum { PROP_0, PROP_NAME, PROP_STATE, PROP_PATH, PROP_DOWNLOAD, PROP_FIT, PROP_FIT_TEXT, PROP_FIT_FRACTION, PROP_SPEED, PROP_OUTDATED, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AppModel, app_model, G_TYPE_OBJECT)

static AppModelState
find_state (AppModel *self)
{
  if (self->path || self->server)
    return APP_MODEL_INSTALLED;
  if (!self->download)
    return APP_MODEL_ABSENT;
  switch (app_download_get_state (self->download)) {
  case APP_DOWNLOAD_RUNNING:
  case APP_DOWNLOAD_VERIFYING:
  case APP_DOWNLOAD_DONE: /* until the folder was read again */
    return APP_MODEL_DOWNLOADING;
  case APP_DOWNLOAD_PAUSED:
    return APP_MODEL_PAUSED;
  case APP_DOWNLOAD_FAILED:
    return APP_MODEL_FAILED;
  case APP_DOWNLOAD_CANCELLED:
    return APP_MODEL_ABSENT;
  }
  g_assert_not_reached ();
}

static void
update_state (AppModel *self)
{
  AppModelState state = find_state (self);

  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
app_model_set_path (AppModel *self, const char *path, gboolean referenced)
{
  self->referenced = referenced;
  if (g_strcmp0 (self->path, path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PATH]);
  update_state (self);
}

void
app_model_set_server (AppModel *self, AppServer *server, AppServerModel *model)
{
  g_set_object (&self->server, server);
  if (model)
    app_server_model_ref (model);
  g_clear_pointer (&self->server_model, app_server_model_unref);
  self->server_model = model;
  app_model_set_memory_here (self, self->memory_total, self->memory_available);
  update_state (self);
}

void
app_model_set_download (AppModel *self, AppDownload *download)
{
  if (self->download == download)
    return;
  if (self->download)
    g_signal_handlers_disconnect_by_func (self->download, update_state, self);
  g_set_object (&self->download, download);
  if (download)
    g_signal_connect_object (download, "notify::state", G_CALLBACK (update_state), self, G_CONNECT_SWAPPED);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DOWNLOAD]);
  update_state (self);
}

void
app_model_set_memory_here (AppModel *self, guint64 total, guint64 available)
{
  guint64 needed = self->facts->memory_bytes;
  g_autofree char *needed_text = app_size_dup_text (needed);
  g_autofree char *total_text = app_size_dup_text (total);
  g_autofree char *available_text = app_size_dup_text (available);
  AppFit fit = needed == 0 || total == 0 ? APP_FIT_UNKNOWN : needed > total ? APP_FIT_NONE : needed > available ? APP_FIT_SLOW : APP_FIT_FITS;
  char *text = NULL;

  switch (fit) {
  case APP_FIT_UNKNOWN:
    text = self->server ? g_strdup_printf (_("Runs on %s"), app_server_get_host (self->server))
           : needed ? g_strdup_printf (_("Needs %s of memory"), needed_text) : g_strdup (_("How much memory it needs is not known"));
    break;
  case APP_FIT_FITS:
    text = g_strdup_printf (_("Fits: needs %s of memory, %s are free"), needed_text, available_text);
    break;
  case APP_FIT_SLOW:
    text = g_strdup_printf (_("Slow: needs %s of memory, only %s of %s are free"), needed_text, available_text, total_text);
    break;
  case APP_FIT_NONE:
    text = g_strdup_printf (_("Will not fit: needs %s of memory, this machine has %s"), needed_text, total_text);
    break;
  }
  g_free (self->fit_text);
  self->fit_text = text;
  self->fit = fit;
  self->memory_total = total;
  self->memory_available = available;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIT_TEXT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIT_FRACTION]);
}

/* ---- getters ---- */

AppModelFacts *
app_model_get_facts (AppModel *self)
{
  return self->facts;
}

const char *
app_model_get_id (AppModel *self)
{
  return self->facts->id;
}

const char *
app_model_get_name (AppModel *self)
{
  return self->facts->name;
}

const char *
app_model_get_description (AppModel *self)
{
  return app_catalogue_translate (self->facts->description);
}

const char *
app_model_get_licence (AppModel *self)
{
  return self->facts->licence;
}

const char *
app_model_get_architecture (AppModel *self)
{
  return self->facts->architecture;
}

const char *
app_model_get_quantisation (AppModel *self)
{
  return self->facts->quantisation;
}

guint64
app_model_get_parameters (AppModel *self)
{
  return self->facts->parameters;
}

guint64
app_model_get_size (AppModel *self)
{
  return self->facts->bytes;
}

guint64
app_model_get_memory (AppModel *self)
{
  return self->facts->memory_bytes;
}

guint
app_model_get_context (AppModel *self)
{
  return self->server_model ? self->server_model->context : self->facts->context;
}

gboolean
app_model_get_sees (AppModel *self)
{
  return self->server_model ? self->server_model->pictures : self->facts->sees || self->senses & APP_SENSE_SIGHT;
}

gboolean
app_model_get_embeds (AppModel *self)
{
  return self->facts->embeds;
}

gboolean
app_model_get_adapts (AppModel *self)
{
  return self->facts->adapts;
}

gboolean
app_model_get_transcribes (AppModel *self)
{
  return self->facts->transcribes;
}

gboolean
app_model_get_answers (AppModel *self)
{
  return !self->facts->embeds && !self->facts->adapts && !self->facts->transcribes;
}

const char *
app_model_get_base (AppModel *self)
{
  return self->facts->base;
}

gboolean
app_model_fits (AppModel *self, AppModel *model)
{
  const AppModelFacts *facts = model->facts;

  return self->facts->adapts && !model->server && app_model_get_answers (model) && *facts->architecture && g_str_equal (self->facts->architecture, facts->architecture);
}

gboolean
app_model_get_hears (AppModel *self)
{
  return self->facts->hears || self->senses & APP_SENSE_HEARING;
}

gboolean
app_model_get_thinks (AppModel *self)
{
  return self->facts->thinks;
}

gboolean
app_model_get_codes (AppModel *self)
{
  return self->facts->codes;
}

const char *
app_model_get_repository (AppModel *self)
{
  return self->facts->repository;
}

gboolean
app_model_get_has_projector (AppModel *self)
{
  return self->facts->projector;
}

gboolean
app_model_get_has_draft (AppModel *self)
{
  return self->facts->draft;
}

gboolean
app_model_get_recommended (AppModel *self)
{
  return self->facts->recommended;
}

gboolean
app_model_get_starter (AppModel *self)
{
  return self->facts->starter;
}

gboolean
app_model_get_in_catalogue (AppModel *self)
{
  return self->facts->packages != NULL;
}

gboolean
app_model_get_referenced (AppModel *self)
{
  return self->referenced;
}

AppModelState
app_model_get_state (AppModel *self)
{
  return self->state;
}

const char *
app_model_get_path (AppModel *self)
{
  return self->path;
}

AppServer *
app_model_get_server (AppModel *self)
{
  return self->server;
}

AppServerModel *
app_model_get_server_model (AppModel *self)
{
  return self->server_model;
}

gboolean
app_model_get_is_made (AppModel *self)
{
  return self->facts->convert != NULL;
}

AppSenses
app_model_get_senses (AppModel *self)
{
  if (self->server_model)
    return self->server_model->pictures ? APP_SENSE_SIGHT : APP_SENSE_NONE;
  return self->senses;
}

gboolean
app_model_takes_pictures (AppModel *self)
{
  return (app_model_get_senses (self) & APP_SENSE_SIGHT) != 0;
}

gboolean
app_model_takes_sound (AppModel *self)
{
  return (app_model_get_senses (self) & APP_SENSE_HEARING) != 0;
}

void
app_model_set_senses (AppModel *self, AppSenses senses)
{
  self->senses = senses;
}

const char *
app_model_get_host (AppModel *self)
{
  return self->server ? app_server_get_host (self->server) : NULL;
}

AppDownload *
app_model_get_download (AppModel *self)
{
  return self->download;
}

AppFit
app_model_get_fit (AppModel *self)
{
  return self->fit;
}

const char *
app_model_get_fit_text (AppModel *self)
{
  return self->fit_text;
}

double
app_model_get_fit_fraction (AppModel *self)
{
  return self->memory_total ? (double) self->facts->memory_bytes / self->memory_total : 0;
}

double
app_model_get_speed (AppModel *self)
{
  return self->speed;
}

void
app_model_set_speed (AppModel *self, double speed)
{
  if (self->speed == speed)
    return;
  self->speed = speed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEED]);
}

gboolean
app_model_get_outdated (AppModel *self)
{
  return self->outdated;
}

void
app_model_set_outdated (AppModel *self, gboolean outdated)
{
  if (self->outdated == outdated)
    return;
  self->outdated = outdated;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OUTDATED]);
}

/* ---- object ---- */

static void
app_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppModel *self = APP_MODEL (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->facts->name);
    break;
  case PROP_STATE:
    g_value_set_uint (value, self->state);
    break;
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_DOWNLOAD:
    g_value_set_object (value, self->download);
    break;
  case PROP_FIT:
    g_value_set_uint (value, self->fit);
    break;
  case PROP_FIT_TEXT:
    g_value_set_string (value, self->fit_text);
    break;
  case PROP_FIT_FRACTION:
    g_value_set_double (value, app_model_get_fit_fraction (self));
    break;
  case PROP_SPEED:
    g_value_set_double (value, self->speed);
    break;
  case PROP_OUTDATED:
    g_value_set_boolean (value, self->outdated);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_model_finalize (GObject *object)
{
  AppModel *self = APP_MODEL (object);

  g_clear_pointer (&self->facts, app_model_facts_unref);
  g_clear_object (&self->download);
  g_clear_object (&self->server);
  g_clear_pointer (&self->server_model, app_server_model_unref);
  g_free (self->path);
  g_free (self->fit_text);
  G_OBJECT_CLASS (app_model_parent_class)->finalize (object);
}

static void
app_model_class_init (AppModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_model_finalize;
  object_class->get_property = app_model_get_property;
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_MODEL_FAILED, APP_MODEL_ABSENT, flags);
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  properties[PROP_DOWNLOAD] = g_param_spec_object ("download", NULL, NULL, APP_TYPE_DOWNLOAD, flags);
  properties[PROP_FIT] = g_param_spec_uint ("fit", NULL, NULL, 0, APP_FIT_NONE, APP_FIT_UNKNOWN, flags);
  properties[PROP_FIT_TEXT] = g_param_spec_string ("fit-text", NULL, NULL, "", flags);
  properties[PROP_FIT_FRACTION] = g_param_spec_double ("fit-fraction", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_OUTDATED] = g_param_spec_boolean ("outdated", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_model_init (AppModel *self)
{
}

AppModel *
app_model_new (AppModelFacts *facts)
{
  AppModel *self = g_object_new (APP_TYPE_MODEL, NULL);

  self->facts = app_model_facts_ref (facts);
  app_model_set_memory_here (self, 0, 0);
  return self;
}
