/* SPDX-License-Identifier: MIT */
/* What the fuzz targets of the documents share.
 *
 * Compressed archives resist a fuzzer: nearly every change only breaks the compression. So an input that begins with "=== " is a list of parts as text, each
 * behind a line "=== name", which is packed here; any other input is taken as it is. */
#pragma once

#include <stdint.h>

#include "extract.h"

/* The input as a file, *length bytes long: packed if it is a list of parts. g_free () it. */
uint8_t *fuzz_pack (const uint8_t *data, size_t *length);
/* Reads the input, as the format that `hint` says where no byte tells (""), and checks what comes out. */
void fuzz_extract (const uint8_t *data, size_t size, const char *hint);
