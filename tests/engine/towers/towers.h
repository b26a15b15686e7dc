/* SPDX-License-Identifier: MIT */
/* What the tests of towers share: the golden files of tests/golden/towers, and the noise that they were made of. */
#pragma once

#include "tool/session.h"

#include <glib.h>

enum { N_SAMPLES = 24 * 45 + 17, N_HEARD = 46, WIDTH = 64 };

/* The pictures; the last ones are for towers with large windows, and with large tiles. */
typedef struct { int width, height, n_channels, most; } TowerPicture;
extern const TowerPicture tower_pictures[5];

/* From the first argument: "gl", or "shared", where a model's last layer is there. */
extern EngineBackendKind tower_backend;
extern gint32 tower_gpu_layers;
void towers_init (int *argc, char ***argv);

/* N_SAMPLES. */
void tower_make_noise (float *samples);
/* n samples of noise with pauses, loud after half a minute, to be freed. */
float *tower_make_sound (gsize n);
/* Of a picture, to be freed. */
guint8 *tower_make_pixels (const TowerPicture *picture);

/* Of a golden file. */
GStrv tower_golden_lines (const char *name);
GBytes *tower_unpacked (const char *name);
/* A file with the bytes, to be unlinked and freed. */
char *tower_write_bytes (const guint8 *bytes, gsize n);
EngineTower *tower_load_bytes (const guint8 *bytes, gsize n, EngineTowerKind kind, const EngineLoadOptions *options, EngineError *wrong);
/* Of a golden file; `reference` is on the processor. */
EngineTower *tower_load (const char *name, EngineTowerKind kind, gboolean reference, int n_threads);
/* NMSE to numbers `first` … of the golden file, which has at least that many. */
void tower_assert_golden (const char *what, const float *columns, const char *name, gsize first, gsize n, double most);

/* The columns of a sound in pieces of `piece` samples, [WIDTH, *n_columns], and how many there were before its end; to be freed. */
float *tower_listen (const char *name, const float *samples, gsize n, gsize piece, gboolean reference, int n_threads, gint32 *n_before, gint32 *n_columns);
/* The columns of the noise in pieces of `piece` samples, [WIDTH, N_HEARD]; of a picture, [width, n_columns]. To be freed; what tower_look () gives, to be unreferenced. */
float *tower_hear (gboolean reference, int n_threads, int piece);
EngineMedia *tower_look (const char *name, const TowerPicture *picture, gboolean reference, int n_threads);
float *tower_see (const char *name, const TowerPicture *picture, int width, int n_columns, gboolean reference, int n_threads);

/* The whole file with bytes of the head changed is refused with words or works; it never crashes. */
void tower_assert_bad_files (const char *name, EngineTowerKind kind);
