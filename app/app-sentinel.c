/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app-sentinel.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app-error.h"

/* Bytes of the file: TRIPPED, and one for each process. */
#define TRIPPED 0
#define N_BYTES 17

struct _AppSentinel {
  int fd;
  int own;        /* which byte is ours */
  guint8 *bytes;  /* the file, mapped; never unmapped, for who writes the byte may outlive this */
  gsize map_size;
  gboolean tripped_now;
};

/* Of one byte, for the open file and not for the process: it is dropped with the file, and holds against another one in this process too. */
static gboolean
lock (int fd, int byte, short kind)
{
  struct flock range = { .l_type = kind, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

  return fcntl (fd, F_OFD_SETLK, &range) == 0;
}

/* Ours is the first that is free. */
static gboolean
look_and_take (AppSentinel *self)
{
  for (int i = TRIPPED + 1; i < N_BYTES; i++) {
    if (!lock (self->fd, i, F_WRLCK)) {
      if (errno == EAGAIN || errno == EACCES)
        continue;
      return FALSE;
    }
    if (self->bytes[i]) {
      self->bytes[TRIPPED] = 1;
      self->tripped_now = TRUE;
    }
    self->bytes[i] = 0;
    if (self->own)
      lock (self->fd, i, F_UNLCK);
    else
      self->own = i;
  }
  if (!self->own)
    errno = EAGAIN;
  return self->own != 0;
}

/* Its bytes must be there before they are mapped: a full disk would end the process at the first of them. */
static gboolean
open_file (AppSentinel *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int error;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return FALSE;
  self->fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->fd < 0)
    return FALSE;
  error = posix_fallocate (self->fd, 0, N_BYTES);
  if (error) {
    errno = error;
    return FALSE;
  }
  self->map_size = sysconf (_SC_PAGESIZE);
  self->bytes = mmap (NULL, self->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
  if (self->bytes == MAP_FAILED) {
    self->bytes = NULL;
    return FALSE;
  }
  return look_and_take (self);
}

AppSentinel *
app_sentinel_open (const char *path, GError **error)
{
  AppSentinel *self = g_new0 (AppSentinel, 1);

  self->fd = -1;
  if (open_file (self, path))
    return self;
  g_set_error (error, APP_ERROR, app_error_from_errno (errno), _("The file “%s”, which tells a crash of the graphics card’s driver from another one, cannot be used: %s."), path, g_strerror (errno));
  if (self->bytes)
    munmap (self->bytes, self->map_size); /* nobody has the byte yet */
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
  return NULL;
}

void
app_sentinel_close (AppSentinel *self)
{
  if (!self)
    return;
  /* A driver that does not answer still has the byte: from now on it is nobody's. */
  if (mmap (self->bytes, self->map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED) {
    const guint8 clear = 0;

    if (pwrite (self->fd, &clear, 1, self->own) != 1)
      g_debug ("%s", g_strerror (errno));
  }
  close (self->fd);
  g_free (self);
}

guint8 *
app_sentinel_get_byte (AppSentinel *self)
{
  return self->bytes + self->own;
}

gboolean
app_sentinel_get_tripped (AppSentinel *self)
{
  return self->bytes[TRIPPED] != 0;
}

gboolean
app_sentinel_get_tripped_now (AppSentinel *self)
{
  return self->tripped_now;
}

void
app_sentinel_reset (AppSentinel *self)
{
  self->bytes[TRIPPED] = 0;
  self->tripped_now = FALSE;
}
