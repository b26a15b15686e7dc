/* SPDX-License-Identifier: MIT */
/* With it the compiler would rename open () to open64 (); here both names are defined. */
#undef _FILE_OFFSET_BITS

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_FILES 48

static struct {
  char path[256];
  int fd;
} kept[MAX_FILES];
static int n_kept;
static bool closed;

static int
find (const char *path)
{
  for (int i = 0; i < n_kept; i++)
    if (strcmp (kept[i].path, path) == 0)
      return i;
  return -1;
}

static int
real_open (const char *path, int flags, unsigned mode)
{
  return (int) syscall (SYS_openat, AT_FDCWD, path, flags, mode);
}

bool
files_keep (const char *path)
{
  struct stat stat;
  if (find (path) >= 0)
    return true;
  if (n_kept == MAX_FILES || strlen (path) >= sizeof kept[0].path)
    return false;
  int fd = real_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return false;
  if (fstat (fd, &stat) != 0 || !S_ISREG (stat.st_mode)) {
    close (fd);
    return false;
  }
  strcpy (kept[n_kept].path, path);
  kept[n_kept].fd = fd;
  n_kept++;
  return true;
}

void
files_close (void)
{
  closed = true;
}

/* A kept file from its beginning; -1 and EACCES when there is none of that name. The copies share one position: FreeType maps a
 * font and poppler reads it whole, at once, so no two readers are ever in between. */
static int
open_kept (const char *path, bool reading)
{
  int i = reading ? find (path) : -1;
  if (i < 0) {
    errno = EACCES;
    return -1;
  }
  int fd = dup (kept[i].fd);
  if (fd >= 0)
    lseek (fd, 0, SEEK_SET);
  return fd;
}

/* The functions that the libraries find instead of the C library's. */

int
open (const char *path, int flags, ...)
{
  unsigned mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list arguments;
    va_start (arguments, flags);
    mode = va_arg (arguments, unsigned);
    va_end (arguments);
  }
  return closed ? open_kept (path, (flags & O_ACCMODE) == O_RDONLY) : real_open (path, flags, mode);
}

int open64 (const char *path, int flags, ...) __attribute__ ((alias ("open")));

FILE *
fopen (const char *path, const char *mode)
{
  bool plus = strchr (mode, '+') != NULL;
  int flags = plus ? O_RDWR : mode[0] == 'r' ? O_RDONLY
                                             : O_WRONLY;
  if (mode[0] == 'w')
    flags |= O_CREAT | O_TRUNC;
  if (mode[0] == 'a')
    flags |= O_CREAT | O_APPEND;
  if (strchr (mode, 'e') != NULL)
    flags |= O_CLOEXEC;
  if (strchr (mode, 'x') != NULL)
    flags |= O_EXCL;
  int fd = closed ? open_kept (path, flags == O_RDONLY || flags == (O_RDONLY | O_CLOEXEC)) : real_open (path, flags, 0666);
  return fd < 0 ? NULL : fdopen (fd, mode);
}

FILE *
fopen64 (const char *path, const char *mode)
{
  return fopen (path, mode);
}
