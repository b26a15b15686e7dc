/* SPDX-License-Identifier: MIT */
/* What the fuzz targets of the readers of tables share. */
#pragma once

#include <stdint.h>

#include "tables.h"

/* Reads the file twice, as the job does, and checks that what is sent is a stream that its client takes. What stands in front of a NUL are choices. */
void fuzz_tables (const uint8_t *data, size_t size, const char *hint);
