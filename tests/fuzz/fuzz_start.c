/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specifications of starting points: any bytes give one that is stored, read as the same again, drawn and changed, or one sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "artifacts/start-partial.h"
#include "artifacts/start-spec.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = { "bill", "percent", NULL };
  static const char *const pointers[] = { "/title", "/cards/0", "/sections/1", "/inputs/0/label", "/steps/9", "/", "", NULL };
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) spec = start_spec_parse ((const char *) data, size, &error);

  start_formula_check (text, names, NULL);
  /* As a model's text that has no end yet. */
  g_autofree char *partial = start_partial_dup_source (start_get (0), text), *title = start_partial_dup_title (partial);
  if (*partial != '\0' && start_partial_find_start (partial) != start_get (0))
    abort ();
  if ((spec == NULL) != (error != NULL) || (error != NULL && !g_utf8_validate (error->message, -1, NULL)))
    abort ();
  if (spec == NULL)
    return 0;
  g_autofree char *source = start_spec_dup_source (spec);
  g_autoptr (JsonObject) again = start_spec_parse (source, strlen (source), &error);
  g_autofree char *same = again != NULL ? start_spec_dup_source (again) : NULL;
  g_autoptr (AppBundle) bundle = start_make_bundle (source, &error);
  if (g_strcmp0 (source, same) != 0 || bundle == NULL)
    abort ();
  for (guint i = 0; pointers[i] != NULL; i++) {
    JsonNode *part = start_spec_find (spec, pointers[i], NULL);
    g_autoptr (JsonObject) changed = part != NULL ? start_spec_change (spec, pointers[i], part, NULL) : NULL;
    g_autofree char *unchanged = changed != NULL ? start_spec_dup_source (changed) : NULL;
    if (part != NULL && g_strcmp0 (source, unchanged) != 0)
      abort ();
  }
  return 0;
}
