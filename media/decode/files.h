/* SPDX-License-Identifier: MIT */
/* Files that libraries may still "open" when the sandbox is closed: fonts.
 *
 * A PDF may use fonts that it does not contain; the libraries then open a font file by its path. The sandbox has no paths. So
 * the executable's own open () and fopen () come before the C library's: before files_close () they are the real ones; after it
 * they know exactly the files that were given to files_keep (), by name, read-only, and no other. */
#pragma once

#include <stdbool.h>

/* Opens `path` and keeps it. Returns whether that worked; a second time for the same path is fine. */
bool files_keep (const char *path);

/* From now on only the kept files exist. */
void files_close (void);
