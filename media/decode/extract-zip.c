/* SPDX-License-Identifier: MIT */
/* An archive that is none of the documents: asked after them. */
#include "zip.h"

static bool
matches (Extract *extract)
{
  return zip_matches (extract);
}

static void
read_archive (Extract *extract)
{
  extract_fail (extract, MEDIA_FAULT_ARCHIVE, 0, 0);
}

const ExtractFormat extract_zip = { matches, read_archive };
