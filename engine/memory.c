/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* The number after `label` in a file of lines such as "MemAvailable:  123 kB". */
static bool
read_labelled (const char *path, const char *label, uint64_t *value)
{
  FILE *file = fopen (path, "re");
  char line[256];
  bool found = false;

  while (file && !found && fgets (line, sizeof line, file)) {
    unsigned long long number;

    if (strncmp (line, label, strlen (label)) == 0 && sscanf (line + strlen (label), " %llu", &number) == 1) {
      *value = number;
      found = true;
    }
  }
  if (file)
    fclose (file);
  return found;
}

/* A file that holds one number; "max" is no number. */
static bool
read_number (const char *path, uint64_t *value)
{
  return read_labelled (path, "", value);
}

/* What one control group leaves. Its page cache counts as used there, but gives way:
 * version 2 calls that inactive_file, version 1 total_inactive_file. */
static uint64_t
group_leaves (const char *folder, const char *limit_name, const char *usage_name, const char *cache_label)
{
  char path[PATH_MAX];
  uint64_t limit, usage, cache;

  if (snprintf (path, sizeof path, "%s/%s", folder, limit_name) >= (int) sizeof path || !read_number (path, &limit))
    return UINT64_MAX;
  if (snprintf (path, sizeof path, "%s/%s", folder, usage_name) >= (int) sizeof path || !read_number (path, &usage))
    return UINT64_MAX;
  if (snprintf (path, sizeof path, "%s/memory.stat", folder) < (int) sizeof path && read_labelled (path, cache_label, &cache))
    usage -= ENGINE_MIN (usage, cache);
  return limit > usage ? limit - usage : 0;
}

/* The limits of a group hold for all below it: walk up from `group` to `root`. Inside a
 * container `group` may be a path that exists only outside; then only the root is seen. */
static uint64_t
groups_leave (const char *root, const char *group, const char *limit_name, const char *usage_name, const char *cache_label)
{
  char folder[PATH_MAX];
  uint64_t least = UINT64_MAX;

  if (snprintf (folder, sizeof folder, "%s%s", root, group) >= (int) sizeof folder)
    return least;
  for (;;) {
    uint64_t left = group_leaves (folder, limit_name, usage_name, cache_label);
    char *slash = strrchr (folder, '/');

    least = ENGINE_MIN (least, left);
    if (strlen (folder) <= strlen (root) || !slash)
      return least;
    *slash = '\0';
  }
}

static uint64_t
control_groups_leave (void)
{
  FILE *file = fopen ("/proc/self/cgroup", "re");
  char line[PATH_MAX];
  uint64_t least = UINT64_MAX;

  /* Lines "0::/path" (version 2) and "7:memory:/path" (version 1). */
  while (file && fgets (line, sizeof line, file)) {
    char *controllers = strchr (line, ':');
    char *group = controllers ? strchr (controllers + 1, ':') : NULL;
    uint64_t left = UINT64_MAX;

    if (!group)
      continue;
    group++;
    group[strcspn (group, "\n")] = '\0';
    if (strncmp (controllers, "::", 2) == 0)
      left = groups_leave ("/sys/fs/cgroup", group, "memory.max", "memory.current", "inactive_file");
    else if (strncmp (controllers, ":memory:", 8) == 0)
      left = groups_leave ("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
    least = ENGINE_MIN (least, left);
  }
  if (file)
    fclose (file);
  return least;
}

static uint64_t
address_space_leaves (void)
{
  struct rlimit limit;
  uint64_t used_kib;

  if (getrlimit (RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return UINT64_MAX;
  if (!read_labelled ("/proc/self/status", "VmSize:", &used_kib))
    return limit.rlim_cur;
  return limit.rlim_cur > used_kib * 1024 ? limit.rlim_cur - used_kib * 1024 : 0;
}

size_t
engine_memory_available (void)
{
  uint64_t kib, available = UINT64_MAX;

  if (read_labelled ("/proc/meminfo", "MemAvailable:", &kib))
    available = kib * 1024;
  available = ENGINE_MIN (available, control_groups_leave ());
  available = ENGINE_MIN (available, address_space_leaves ());
  return ENGINE_MIN (available, (uint64_t) SIZE_MAX);
}

size_t
engine_memory_peak (void)
{
  uint64_t kib;

  return read_labelled ("/proc/self/status", "VmHWM:", &kib) ? kib * 1024 : 0;
}

EngineSizeText
engine_size_text (uint64_t bytes)
{
  EngineSizeText out;
  double mib = (double) bytes / (1 << 20);

  if (mib >= 1024)
    snprintf (out.text, sizeof out.text, "%.1f GiB", mib / 1024);
  else
    snprintf (out.text, sizeof out.text, "%.*f MiB", mib >= 10 ? 0 : 1, mib);
  return out;
}
