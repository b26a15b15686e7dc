/* SPDX-License-Identifier: MIT */
/* For programs that load GStreamer's plugins, when they are built with sanitizers.
 *
 * GLib gives up the table of its quarks, and means to, when there are more than 2048, and so many only come with plugins. That table is made while
 * libraries are loaded, and only the slow way to walk the stack sees that. */

const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);

const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions (void)
{
  return "leak:call_init\nleak:_dl_init\n";
}
