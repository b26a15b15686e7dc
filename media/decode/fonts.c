/* SPDX-License-Identifier: MIT */
#include "fonts.h"

#include <fontconfig/fontconfig.h>
#include <stddef.h>

#include "files.h"

/* The fonts that every PDF reader must have, and which stand in for all others. */
static const char *const wanted[] = {
  "Helvetica", "Helvetica:bold", "Helvetica:italic", "Helvetica:bold:italic",
  "Times", "Times:bold", "Times:italic", "Times:bold:italic",
  "Courier", "Courier:bold", "Courier:italic", "Courier:bold:italic",
  "Symbol", "ZapfDingbats",
};

void
fonts_prepare (void)
{
  FcConfig *all = FcInitLoadConfigAndFonts ();
  /* The rules of substitution without the system's fonts; ours are added one by one. */
  FcConfig *few = FcConfigCreate ();

  if (all == NULL || few == NULL || !FcConfigParseAndLoad (few, NULL, FcFalse))
    return;
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    FcResult result;
    FcChar8 *path;
    FcPattern *pattern = FcNameParse ((const FcChar8 *) wanted[i]);
    FcConfigSubstitute (all, pattern, FcMatchPattern);
    FcDefaultSubstitute (pattern);
    FcPattern *match = FcFontMatch (all, pattern, &result);
    if (match != NULL && FcPatternGetString (match, FC_FILE, 0, &path) == FcResultMatch && files_keep ((const char *) path))
      FcConfigAppFontAddFile (few, path);
    if (match != NULL)
      FcPatternDestroy (match);
    FcPatternDestroy (pattern);
  }
  FcConfigSetCurrent (few);
  FcConfigDestroy (all);
}
