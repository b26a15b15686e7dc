/* SPDX-License-Identifier: MIT */
/* A chat template and, after a byte 0x00, the values for it. */
#include "chat/template.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char values[] =
    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"\\u00e9\"}],"
    "\"add_generation_prompt\":true,\"bos_token\":\"<s>\",\"tools\":null,\"n\":5,\"l\":[3,1,2],\"d\":{\"a\":1.5,\"b\":{\"c\":[]}}}";
  const uint8_t *zero = memchr (data, 0, size);
  size_t n_source = zero ? (size_t) (zero - data) : size;
  const char *context = zero ? (const char *) zero + 1 : values;
  size_t n_context = zero ? size - n_source - 1 : strlen (values);
  EngineTemplate *template_ = engine_template_new ((const char *) data, n_source, NULL);

  if (template_)
    free (engine_template_render (template_, context, n_context, NULL, NULL));
  engine_template_free (template_);
  return 0;
}
