/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The catalogue of models: any bytes give either models that are sound or one sentence. */
#include <stdint.h>

#include "app-catalogue.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) models = app_catalogue_parse ((const char *) data, size, "fuzz", &error);

  if ((models == NULL) == (error == NULL))
    g_error ("neither models nor an error, or both");
  for (guint i = 0; models && i < models->len; i++) {
    AppModelFacts *facts = models->pdata[i];
    if (!app_catalogue_is_id (facts->id) || facts->packages->len == 0 || facts->bytes == 0)
      g_error ("a model that cannot be fetched was taken");
  }
  return 0;
}
