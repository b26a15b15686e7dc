/* SPDX-License-Identifier: MIT */
/* Work on strings that filters and methods share.
 *
 * Internal to engine/chat/. Python's meaning; results lie in the arena or in the string. */
#pragma once

#include "chat/jinja.h"

/* Without the characters of `set` (NULL: white space) at its ends. */
JinjaString jinja_strip (JinjaRun *run, JinjaString string, const JinjaString *set, bool left, bool right);
bool        jinja_starts (JinjaString string, JinjaString prefix);
bool        jinja_ends (JinjaString string, JinjaString suffix);
/* The byte at which `part` first (or last) stands from byte `from` on; string.n + 1 when nowhere. */
size_t      jinja_find (JinjaString string, JinjaString part, size_t from);
size_t      jinja_find_last (JinjaRun *run, JinjaString string, JinjaString part);
/* At most `count` times; < 0: everywhere. */
JinjaValue  jinja_replace (JinjaRun *run, JinjaString string, JinjaString old, JinjaString new_, int64_t count);
/* A list. `separator` NULL: runs of white space. */
JinjaValue  jinja_split (JinjaRun *run, JinjaString string, const JinjaString *separator, int64_t most, bool from_right);
JinjaValue  jinja_split_lines (JinjaRun *run, JinjaString string, bool keep_ends);

typedef enum { JINJA_LOWER, JINJA_UPPER, JINJA_CAPITALISED, JINJA_TITLE, JINJA_TITLE_BY_SPACE } JinjaCase;
JinjaValue  jinja_change_case (JinjaRun *run, JinjaString string, JinjaCase to);

/* Filled up to `width` characters; `side` -1: text on the left, 0: in the middle, 1: on the right. */
JinjaValue  jinja_pad (JinjaRun *run, JinjaString string, int64_t width, JinjaString fill, int side);

/* The argument as a string; fails with `what` for another kind. */
JinjaString jinja_want_string (JinjaRun *run, JinjaValue value, const char *what);
/* An optional argument. */
int64_t     jinja_option_int (JinjaRun *run, JinjaValue value, int64_t otherwise, const char *what);
bool        jinja_option_bool (JinjaRun *run, JinjaValue value, bool otherwise);
