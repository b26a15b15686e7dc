/* SPDX-License-Identifier: MIT */
/* The filters, each one function; the table in filters.c has one line for each.
 *
 * Internal to engine/chat/. */
#pragma once

#include "chat/strings.h"

#define FILTER(name) JinjaValue jinja_filter_##name (JinjaRun *run, JinjaValue self, const JinjaArguments *arguments);

/* filters-list.c */
FILTER (batch)
FILTER (dictsort)
FILTER (first)
FILTER (groupby)
FILTER (join)
FILTER (last)
FILTER (list)
FILTER (map)
FILTER (max)
FILTER (min)
FILTER (reject)
FILTER (rejectattr)
FILTER (reverse)
FILTER (select)
FILTER (selectattr)
FILTER (slice)
FILTER (sort)
FILTER (sum)
FILTER (unique)

/* filters-text.c */
FILTER (capitalize)
FILTER (center)
FILTER (escape)
FILTER (forceescape)
FILTER (format)
FILTER (indent)
FILTER (lower)
FILTER (replace)
FILTER (striptags)
FILTER (title)
FILTER (tojson)
FILTER (trim)
FILTER (truncate)
FILTER (upper)
FILTER (urlencode)
FILTER (wordcount)

#undef FILTER
