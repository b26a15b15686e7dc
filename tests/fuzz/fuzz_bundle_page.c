/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of any bytes with a few files beside them: they become one file, in which what does not name a file stands as it was. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app-bundle.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (AppBundle) bundle = app_bundle_new ();
  g_autoptr (GBytes) page = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;

  app_bundle_add (bundle, APP_BUNDLE_INDEX, NULL, page);
  /* The page is its own script and style sheet, too. */
  app_bundle_add (bundle, "a.js", NULL, page);
  app_bundle_add (bundle, "a.css", NULL, page);
  g_autofree char *one = app_bundle_dup_single_page (bundle, &error);
  if ((one == NULL) != (error != NULL))
    abort ();
  if (one != NULL && memmem (data, size, "a.", 2) == NULL && size > 0 && (strlen (one) < size || memcmp (one, data, size) != 0) && memchr (data, '\0', size) == NULL)
    abort ();
  return 0;
}
