/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-download.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"

/* Over how many measurements the speed is taken. */
#define N_SAMPLES 20

typedef struct {
  AppDownloadState state;
  char *error;
  guint64 done, total;
  gboolean waits_for_network;

  struct {
    gint64 time; /* monotonic, in microseconds */
    guint64 done;
  } samples[N_SAMPLES];
  guint n_samples;
} AppDownloadPrivate;

enum { PROP_0, PROP_STATE, PROP_DONE, PROP_TOTAL, PROP_FRACTION, PROP_SPEED, PROP_SECONDS_LEFT, PROP_ERROR, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AppDownload, app_download, G_TYPE_OBJECT)

static AppDownloadPrivate *
get_private (AppDownload *self)
{
  return app_download_get_instance_private (self);
}

/* ---- state and progress ---- */

static void
set_error (AppDownload *self, const char *error)
{
  AppDownloadPrivate *priv = get_private (self);

  if (g_strcmp0 (priv->error, error) == 0)
    return;
  g_free (priv->error);
  priv->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
app_download_set_progress (AppDownload *self, guint64 done, guint64 total)
{
  AppDownloadPrivate *priv = get_private (self);

  if (priv->done == done && priv->total == total)
    return;
  if (priv->n_samples == N_SAMPLES)
    memmove (priv->samples, priv->samples + 1, sizeof priv->samples[0] * --priv->n_samples);
  priv->samples[priv->n_samples].time = g_get_monotonic_time ();
  priv->samples[priv->n_samples++].done = done;
  priv->done = done;
  priv->total = total;
  for (guint prop = PROP_DONE; prop <= PROP_SECONDS_LEFT; prop++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

void
app_download_set_state (AppDownload *self, AppDownloadState state)
{
  AppDownloadPrivate *priv = get_private (self);

  if (priv->state == state)
    return;
  priv->state = state;
  priv->n_samples = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
on_network (GNetworkMonitor *monitor, gboolean available, AppDownload *self)
{
  if (available && get_private (self)->waits_for_network)
    app_download_resume (self);
}

void
app_download_fail (AppDownload *self, const GError *error)
{
  if (g_error_matches (error, APP_ERROR, APP_ERROR_DOWNLOAD) && !g_network_monitor_get_network_available (g_network_monitor_get_default ())) {
    get_private (self)->waits_for_network = TRUE;
    set_error (self, _("There is no network. The download goes on by itself when there is one."));
    app_download_set_state (self, APP_DOWNLOAD_PAUSED);
    return;
  }
  set_error (self, error->message);
  app_download_set_state (self, APP_DOWNLOAD_FAILED);
}

/* ---- what the person does ---- */

void
app_download_pause (AppDownload *self)
{
  AppDownloadPrivate *priv = get_private (self);

  if (priv->state != APP_DOWNLOAD_RUNNING && priv->state != APP_DOWNLOAD_VERIFYING)
    return;
  app_download_set_state (self, APP_DOWNLOAD_PAUSED);
  priv->waits_for_network = FALSE;
  APP_DOWNLOAD_GET_CLASS (self)->stop (self);
}

void
app_download_resume (AppDownload *self)
{
  AppDownloadPrivate *priv = get_private (self);

  if (priv->state != APP_DOWNLOAD_PAUSED && priv->state != APP_DOWNLOAD_FAILED)
    return;
  priv->waits_for_network = FALSE;
  set_error (self, NULL);
  app_download_set_state (self, APP_DOWNLOAD_RUNNING);
  APP_DOWNLOAD_GET_CLASS (self)->start (self);
}

void
app_download_cancel (AppDownload *self)
{
  g_autoptr (AppDownload) keep = g_object_ref (self); /* its owner drops it when it hears of this */
  AppDownloadPrivate *priv = get_private (self);

  if (priv->state == APP_DOWNLOAD_DONE || priv->state == APP_DOWNLOAD_CANCELLED)
    return;
  set_error (self, NULL);
  app_download_set_state (self, APP_DOWNLOAD_CANCELLED);
  priv->waits_for_network = FALSE;
  APP_DOWNLOAD_GET_CLASS (self)->stop (self);
}

/* ---- getters, object ---- */

AppDownloadState
app_download_get_state (AppDownload *self)
{
  return get_private (self)->state;
}

guint64
app_download_get_done (AppDownload *self)
{
  return get_private (self)->done;
}

guint64
app_download_get_total (AppDownload *self)
{
  return get_private (self)->total;
}

double
app_download_get_fraction (AppDownload *self)
{
  AppDownloadPrivate *priv = get_private (self);

  return priv->total ? MIN (1.0, (double) priv->done / priv->total) : 0;
}

double
app_download_get_speed (AppDownload *self)
{
  AppDownloadPrivate *priv = get_private (self);
  gint64 microseconds;
  guint64 first, last;

  if (priv->n_samples < 2)
    return 0;
  microseconds = priv->samples[priv->n_samples - 1].time - priv->samples[0].time;
  first = priv->samples[0].done;
  last = priv->samples[priv->n_samples - 1].done;
  return microseconds > 0 && last > first ? (last - first) * 1e6 / microseconds : 0; /* a file that has to be fetched anew is less than before */
}

gint64
app_download_get_seconds_left (AppDownload *self)
{
  AppDownloadPrivate *priv = get_private (self);
  double speed = app_download_get_speed (self);

  return speed > 0 ? (gint64) ((priv->total - MIN (priv->done, priv->total)) / speed) : -1;
}

const char *
app_download_get_error (AppDownload *self)
{
  return get_private (self)->error;
}

static void
app_download_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AppDownload *self = APP_DOWNLOAD (object);
  AppDownloadPrivate *priv = get_private (self);

  switch (id) {
  case PROP_STATE:
    g_value_set_uint (value, priv->state);
    break;
  case PROP_DONE:
    g_value_set_uint64 (value, priv->done);
    break;
  case PROP_TOTAL:
    g_value_set_uint64 (value, priv->total);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, app_download_get_fraction (self));
    break;
  case PROP_SPEED:
    g_value_set_double (value, app_download_get_speed (self));
    break;
  case PROP_SECONDS_LEFT:
    g_value_set_int64 (value, app_download_get_seconds_left (self));
    break;
  case PROP_ERROR:
    g_value_set_string (value, priv->error);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
app_download_finalize (GObject *object)
{
  g_free (get_private (APP_DOWNLOAD (object))->error);
  G_OBJECT_CLASS (app_download_parent_class)->finalize (object);
}

static void
app_download_class_init (AppDownloadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = app_download_finalize;
  object_class->get_property = app_download_get_property;
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, APP_DOWNLOAD_CANCELLED, APP_DOWNLOAD_PAUSED, flags);
  properties[PROP_DONE] = g_param_spec_uint64 ("done", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_TOTAL] = g_param_spec_uint64 ("total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SECONDS_LEFT] = g_param_spec_int64 ("seconds-left", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
app_download_init (AppDownload *self)
{
  get_private (self)->state = APP_DOWNLOAD_PAUSED;
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (on_network), self, 0);
}
