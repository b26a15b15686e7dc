/* SPDX-License-Identifier: MIT */
/* Bar codes and QR codes, by ZBar. */
#pragma once

#include "image.h"
#include "job.h"

/* Adds one CODE record for each code in the picture, 32 at most. */
void codes_record (const Image *image);
