/* SPDX-License-Identifier: MIT */
/* Whether this is the build with sanitizers. There a test that does the same in many variants takes one of them by chance, since each takes twenty times as long: what is looked for there does not depend on the variant, and the
 * release build runs all. */
#pragma once

#include <glib.h>

#if defined (__SANITIZE_ADDRESS__)
#define TEST_CHECKED 1
#elif defined (__has_feature)
#if __has_feature (address_sanitizer)
#define TEST_CHECKED 1
#endif
#endif
#ifndef TEST_CHECKED
#define TEST_CHECKED 0
#endif

/* Where to begin and end in variants 0 … n - 1: all of them, or `part` that are drawn. After g_test_init (). */
static inline void
test_draw (guint n, guint part, guint *first, guint *end)
{
  *first = TEST_CHECKED ? (guint) g_test_rand_int_range (0, (gint32) (n - part + 1)) : 0;
  *end = TEST_CHECKED ? *first + part : n;
}
