/* SPDX-License-Identifier: MIT */
/* melete-decode and, for video, melete-decode-video: decodes the bytes of others. Started by media-client.c; see media-wire.h for what they say to each other. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"
#include "job.h"
#include "memory.h"
#include "sandbox.h"

/* Those of the other program are NULL. */
#ifdef MELETE_DECODE_VIDEO
#define MEDIA_JOB(NAME, name) NULL,
#define MEDIA_FILM_JOB(NAME, name) &job_##name,
#else
#define MEDIA_JOB(NAME, name) &job_##name,
#define MEDIA_FILM_JOB(NAME, name) NULL,
#endif
static const JobInfo *const jobs[] = {
  NULL,
#include "jobs.def"
};
#undef MEDIA_JOB

/* Started by hand there is nobody on the control socket. */
static int
explain (void)
{
  fputs ("melete-decode " MELETE_VERSION " is a part of Melete and is started by it.\n", stderr);
  return 2;
}

int
main (void)
{
  MediaWireRequest request;
  struct stat stat;

  if (fstat (MEDIA_WIRE_FD_CONTROL, &stat) != 0 || !S_ISSOCK (stat.st_mode))
    return explain ();
  /* Nothing that the parent forgot to close comes along. */
  if (syscall (SYS_close_range, (unsigned) MEDIA_WIRE_FD_END, ~0u, 0u) != 0)
    for (int fd = MEDIA_WIRE_FD_END; fd < 1024; fd++)
      close (fd);
  uint32_t layers = sandbox_enter ();
  setlocale (LC_ALL, "");

  if (read (MEDIA_WIRE_FD_CONTROL, &request, sizeof request) != sizeof request || request.magic != MEDIA_WIRE_MAGIC ||
      request.job == 0 || request.job >= sizeof jobs / sizeof *jobs || jobs[request.job] == NULL || request.input_size > SIZE_MAX ||
      memchr (request.languages, '\0', sizeof request.languages) == NULL || memchr (request.hint, '\0', sizeof request.hint) == NULL)
    job_fail (MEDIA_FAULT_REQUEST, 0, 0);
  char *choices = calloc (1, MEDIA_WIRE_CHOICES + 1);
  if (choices == NULL || request.choices > MEDIA_WIRE_CHOICES || (request.choices > 0 && read (MEDIA_WIRE_FD_CONTROL, choices, request.choices) != (ssize_t) request.choices))
    job_fail (MEDIA_FAULT_REQUEST, 3, 0);
  const JobInfo *info = jobs[request.job];
  if (!job_output_open (request.output_size))
    job_fail (MEDIA_FAULT_REQUEST, 1, 0);

  info->prepare (&request);

  Job job = { &request, choices, NULL, (size_t) request.input_size, 0 };
  if (job.input_size == 0)
    job_fail (MEDIA_FAULT_EMPTY, 0, 0);
  /* Mapping is not looking: no byte is read before the sandbox is closed. A sealed memfd cannot shrink under the map. */
  void *map = mmap (NULL, job.input_size, PROT_READ, MAP_PRIVATE, MEDIA_WIRE_FD_INPUT, 0);
  if (map == MAP_FAILED)
    job_fail (MEDIA_FAULT_REQUEST, 2, 0);
  job.input = map;

  SandboxLimits limits = { request.memory_limit, request.time_limit / 1000 + 2 };
  SandboxFailure failure = { NULL, 0, 0 };
  layers = sandbox_close (layers, &limits, &failure);
  if (layers == 0)
    job_fail (MEDIA_FAULT_SANDBOX, (uint64_t) failure.error, (uint64_t) failure.number);
  files_close ();
  memory_watch (request.memory_limit);
  job.started = job_clock ();
  job_ready (layers);

  info->run (&job);
  job_done ();
}
