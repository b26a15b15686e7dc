/* SPDX-License-Identifier: MIT */
/* What a camera wrote into a picture. */
#pragma once

#include <stdint.h>

#include "job.h"

/* Before the sandbox. */
void exif_prepare (void);

/* 1–8; 1 when there is none. */
int exif_orientation (const uint8_t *bytes, size_t size);

/* Adds a DATE and a PLACE record where the picture has them. */
void exif_record (Job *job);
