/* SPDX-License-Identifier: MIT */
#include "fonts.h"

#include <fontconfig/fontconfig.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "files.h"

/* The fonts that every PDF reader must have, and which stand in for others of their make. */
static const char *const standard[] = {
  "Helvetica", "Helvetica:bold", "Helvetica:italic", "Helvetica:bold:italic",
  "Times", "Times:bold", "Times:italic", "Times:bold:italic",
  "Courier", "Courier:bold", "Courier:italic", "Courier:bold:italic",
  "Symbol", "ZapfDingbats",
};
/* For names that nobody knows poppler takes only TrueType: the first of these families that is TrueType here, each in four styles. */
static const char *const truetype[][3] = {
  { "Liberation Sans", "DejaVu Sans", "Noto Sans" },
  { "Liberation Serif", "DejaVu Serif", "Noto Serif" },
  { "Liberation Mono", "DejaVu Sans Mono", "Noto Sans Mono" },
};
static const char *const styles[] = { "", ":bold", ":italic", ":bold:italic" };

/* Keeps the font that `name` means on this machine; `few` learns of it. Returns whether there is one (and it is TrueType). */
static bool
keep (FcConfig *all, FcConfig *few, const char *name, bool only_truetype)
{
  FcResult result;
  FcChar8 *path, *format;
  bool kept = false;
  FcPattern *pattern = FcNameParse ((const FcChar8 *) name);
  FcConfigSubstitute (all, pattern, FcMatchPattern);
  FcDefaultSubstitute (pattern);
  FcPattern *match = FcFontMatch (all, pattern, &result);
  if (match != NULL && FcPatternGetString (match, FC_FILE, 0, &path) == FcResultMatch &&
      (!only_truetype || (FcPatternGetString (match, FC_FONTFORMAT, 0, &format) == FcResultMatch && strcmp ((const char *) format, "TrueType") == 0)) &&
      files_keep ((const char *) path)) {
    FcConfigAppFontAddFile (few, path);
    kept = true;
  }
  if (match != NULL)
    FcPatternDestroy (match);
  FcPatternDestroy (pattern);
  return kept;
}

/* The system's rules of substitution without its folders of fonts. */
static const char rules[] = "<fontconfig><include ignore_missing=\"yes\">conf.d</include></fontconfig>";

void
fonts_prepare (void)
{
  FcConfig *all = FcInitLoadConfigAndFonts ();
  FcConfig *few = FcConfigCreate ();

  if (all == NULL || few == NULL || !FcConfigParseAndLoadFromMemory (few, (const FcChar8 *) rules, FcFalse))
    return;
  for (size_t i = 0; i < sizeof standard / sizeof *standard; i++)
    keep (all, few, standard[i], false);
  for (size_t i = 0; i < sizeof truetype / sizeof *truetype; i++)
    for (size_t k = 0; k < 3; k++) {
      bool found = false;
      for (size_t style = 0; style < 4; style++) {
        char name[64];
        snprintf (name, sizeof name, "%s%s", truetype[i][k], styles[style]);
        found |= keep (all, few, name, true);
      }
      if (found)
        break;
    }
  FcConfigSetCurrent (few);
  FcConfigDestroy (all);
}
