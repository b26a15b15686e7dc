/* SPDX-License-Identifier: MIT */
/* Tables go through a pipe, as they are read. */
#include <errno.h>
#include <unistd.h>

#include "job.h"
#include "tables.h"

static void
prepare (const MediaWireRequest *request)
{
  tables_prepare ();
}

/* When nobody reads any more there is nobody to work for. */
static void
write_pipe (Tables *tables, const void *bytes, size_t length)
{
  const char *at = bytes;

  while (length > 0) {
    ssize_t n = write (MEDIA_WIRE_FD_OUTPUT, at, length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      _exit (1);
    at += n;
    length -= (size_t) n;
  }
}

static void
tell (Tables *tables, uint64_t done, uint64_t total)
{
  job_progress (done, total);
}

static void
run (Job *job)
{
  Tables tables = {
    .extract = { .input = job->input, .size = job->input_size, .hint = job->request->hint },
    .choices = job->choices,
    .write = write_pipe,
    .progress = tell,
  };

  tables_run (&tables);
  if (tables.extract.fault != MEDIA_FAULT_NONE)
    job_fail (tables.extract.fault, tables.extract.at, tables.extract.of);
}

const JobInfo job_tables = { "tables", prepare, run };
