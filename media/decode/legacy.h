/* SPDX-License-Identifier: MIT */
/* Old encodings of other alphabets than the Latin one, by what their bytes are like. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The name of the encoding of text that is neither ASCII nor UTF-8; NULL where it looks Latin, or where nothing fits. A guess: the person is told. */
const char *legacy_guess (const uint8_t *bytes, size_t size);
