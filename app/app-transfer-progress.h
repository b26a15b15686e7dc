/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a thread that exports or imports tells how far it is. Internal to app/. */
#pragma once

#include "app-export.h"

G_BEGIN_DECLS

typedef struct _AppTransferReport AppTransferReport;

/* Tells as long as `task` has not called back. (transfer full) */
AppTransferReport *app_transfer_report_new (GTask *task, AppTransferProgress progress, gpointer data);
void app_transfer_report_unref (AppTransferReport *report);
/* Any thread. */
void app_transfer_report (AppTransferReport *report, double fraction, guint done);

/* A sentence that names the file, for what GIO or the database said. (transfer full) both ways */
GError *app_transfer_error (GError *error, GFile *file, gboolean writing);

G_END_DECLS
