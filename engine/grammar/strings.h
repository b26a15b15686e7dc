/* SPDX-License-Identifier: MIT */
/* Strings of JSON as networks, and the formats that JSON Schema names.
 *
 * Internal to engine/grammar/. */
#pragma once

#include "grammar/json.h"
#include "grammar/regular.h"

/* Characters as they stand in a JSON string: as they are, or, those that cannot, with a backslash. */
int32_t engine_json_chars_emit (EngineNetBuilder *b, const EngineCharRange *ranges, size_t n, int32_t next);
/* Any one character of a JSON string, in whatever way it may be written. */
int32_t engine_json_any_char_emit (EngineNetBuilder *b, int32_t next);
/* A text between its quotes, and the texts of a machine; the rule is for the rest of any string, with its quote. */
int32_t engine_json_text_emit (EngineNetBuilder *b, const char *text, size_t n, int32_t next);
int32_t engine_json_regular_emit (EngineNetBuilder *b, const EngineRegular *regular, int32_t tail_rule, int32_t next);

/* The pattern of a format; NULL: it is not known. */
const char *engine_format_pattern (const EngineJson *format);
