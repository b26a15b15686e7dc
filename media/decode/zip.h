/* SPDX-License-Identifier: MIT */
/* The parts of a document that is a zip archive, read from memory and never written anywhere.
 *
 * An archive may claim anything: names are only compared, sizes are counted while they come. There are limits to the number of entries, to what one entry and all
 * together unpack to, and to how much more that is than the archive itself. */
#pragma once

#include "extract.h"

#define ZIP_MAX_ENTRIES 20000
/* Bytes of one entry and of all that are read. */
#define ZIP_MAX_ENTRY ((uint64_t) 512 * 1024 * 1024)
#define ZIP_MAX_TOTAL ((uint64_t) 1024 * 1024 * 1024)
/* What unpacks to more than so many times its archive, beyond the first bytes, is made to do harm. */
#define ZIP_MAX_RATIO 300
#define ZIP_FREE_BYTES ((uint64_t) 16 * 1024 * 1024)

/* Whether the bytes begin like a zip archive. */
bool zip_matches (const Extract *extract);

/* Opens extract->zip, once; a second call only answers. FALSE with a fault when it is broken or too large. */
bool zip_open (Extract *extract);
void zip_close (Zip *zip);

bool zip_has (const Extract *extract, const char *name);
/* The name of entry `i` in the order of the archive, NULL behind the last. (transfer none) */
const char *zip_name (const Extract *extract, unsigned i);

/* Goes to the entry and reads it piece by piece. zip_read gives the bytes, 0 at its end, -1 when it is broken or too large (then with a fault). */
bool zip_enter (Extract *extract, const char *name);
int zip_read (Extract *extract, char *buffer, int length);

/* A whole entry, with a NUL behind; longer ones are cut. Returns: g_free () it; NULL if it is not there or broken. */
char *zip_load (Extract *extract, const char *name, size_t max_bytes, size_t *length);

/* The name that `target` means in the part `from` ("word/document.xml"). Percent signs, "." and ".." are resolved. Returns: g_free () it. */
char *zip_resolve (const char *from, const char *target);
