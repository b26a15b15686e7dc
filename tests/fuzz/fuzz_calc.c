/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic as models write it, and arguments of calls: any bytes give either a text or one sentence. */
#include <stdint.h>
#include <string.h>

#include "tools/calc.h"
#include "tools/tool.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autofree char *result = calc_evaluate (text, 739585, &error), *printed = NULL;

  if ((result == NULL) == (error == NULL))
    g_error ("neither a result nor an error, or both");
  if (result != NULL && !g_utf8_validate (result, -1, NULL))
    g_error ("the result is no UTF-8");
  for (guint i = 0; app_tool_get (i) != NULL; i++) {
    JsonObject *object = app_tool_check_arguments (app_tool_get (i)->parameters, text, NULL);
    g_clear_pointer (&object, json_object_unref);
  }
  printed = app_tool_print_arguments (text);
  return 0;
}
