/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppHubDownload: brings the files of a plan here, one after the other, as one download. Internal to app/. Main thread only.
 *
 * They grow in the models folder in .hub-<id>/, beside the plan; when the last one is there and its checksum is right, all of them get their places, the
 * model itself last: a model that shows is whole. */
#pragma once

#include "app-download.h"
#include "app-hub-plan.h"
#include "app-http-file.h"

G_BEGIN_DECLS

#define APP_TYPE_HUB_DOWNLOAD (app_hub_download_get_type ())
G_DECLARE_FINAL_TYPE (AppHubDownload, app_hub_download, APP, HUB_DOWNLOAD, AppDownload)

/* A paused download. (transfer full) */
AppDownload *app_hub_download_new (AppHub *hub, AppHubPlan *plan, const char *directory);
AppHubPlan *app_hub_download_get_plan (AppHubDownload *self); /* (transfer none) */
void app_hub_download_set_pace (AppHubDownload *self, const AppHttpFilePace *pace);

/* The plans of downloads that an earlier run left in the folder: of AppHubPlan. Blocks; any thread. */
GPtrArray *app_hub_download_find (const char *directory);

G_END_DECLS
