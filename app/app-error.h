/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errors of app/. Every message is one sentence or two for the person: what happened, where, what to do.
 * Cancelling is always G_IO_ERROR_CANCELLED, and needs no word in the window. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define APP_ERROR (app_error_quark ())
GQuark app_error_quark (void);

typedef enum {
  APP_ERROR_BUSY,      /* the history is used by another program and stayed locked; trying again may help */
  APP_ERROR_FULL,      /* the disk is full */
  APP_ERROR_READ_ONLY, /* the folder or file cannot be written */
  APP_ERROR_DAMAGED,   /* a file is not what it was: history, model or catalogue */
  APP_ERROR_NEWER,     /* the history was written by a newer Melete */
  APP_ERROR_NO_MODEL,  /* no model is loaded */
  APP_ERROR_ENGINE,    /* the engine refused or failed; the message is its own */
  APP_ERROR_DOWNLOAD,  /* pip failed, the package is gone, the checksum differs */
  APP_ERROR_NETWORK,   /* a server was not reached, broke off or sent nonsense; trying again may help */
  APP_ERROR_MISSING,   /* a program or file that is needed is not installed */
  APP_ERROR_INVALID,   /* the call makes no sense now, for instance an attachment that is still read */
  APP_ERROR_FAILED,    /* anything else */
} AppErrorCode;

/* What a call on a file failed with, by its errno: FULL, READ_ONLY or FAILED. */
AppErrorCode app_error_from_errno (int number);

G_END_DECLS
