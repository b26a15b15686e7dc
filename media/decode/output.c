/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "job.h"

static uint8_t *memory;
static uint64_t capacity;
static uint64_t used;    /* complete records */
static uint64_t pending; /* end of the record that is being written */

bool
job_output_open (uint64_t size)
{
  /* The output of some jobs is a pipe. */
  if (size == 0)
    return true;
  if (size < sizeof (MediaWireRecord) || size > SIZE_MAX)
    return false;
  void *map = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, MEDIA_WIRE_FD_OUTPUT, 0);
  if (map == MAP_FAILED)
    return false;
  memory = map;
  capacity = size;
  return true;
}

size_t
job_room (void)
{
  uint64_t left = capacity - used;
  return left < sizeof (MediaWireRecord) + 8 ? 0 : (size_t) (left - sizeof (MediaWireRecord) - 8);
}

uint8_t *
job_record_begin (MediaRecordKind kind, uint32_t a, uint32_t b, uint32_t c, size_t length)
{
  MediaWireRecord record = { MEDIA_WIRE_RECORD, kind, a, b, c, 0, length };
  if (length > job_room ())
    job_fail (MEDIA_FAULT_OUTPUT, length, capacity);
  memcpy (memory + used, &record, sizeof record);
  pending = used + sizeof record + ((length + 7) & ~(uint64_t) 7);
  return memory + used + sizeof record;
}

void
job_record_cut (size_t length)
{
  MediaWireRecord record;

  memcpy (&record, memory + used, sizeof record);
  if (length > record.length)
    return;
  record.length = length;
  memcpy (memory + used, &record, sizeof record);
  pending = used + sizeof record + ((length + 7) & ~(uint64_t) 7);
}

void
job_record_end (void)
{
  used = pending;
}

void
job_record (MediaRecordKind kind, uint32_t a, uint32_t b, uint32_t c, const void *payload, size_t length)
{
  uint8_t *room = job_record_begin (kind, a, b, c, length);
  if (length > 0)
    memcpy (room, payload, length);
  job_record_end ();
}

/* When the client is gone there is nobody to work for. */
static void
say (MediaWireType type, MediaFault fault, uint32_t layers, uint64_t at, uint64_t of)
{
  MediaWireReply reply = { MEDIA_WIRE_MAGIC, type, fault, layers, used, at, of };
  if (write (MEDIA_WIRE_FD_CONTROL, &reply, sizeof reply) != sizeof reply)
    _exit (1);
}

void
job_ready (uint32_t layers)
{
  say (MEDIA_WIRE_READY, MEDIA_FAULT_NONE, layers, 0, 0);
}

void
job_progress (uint64_t done, uint64_t total)
{
  say (MEDIA_WIRE_PROGRESS, MEDIA_FAULT_NONE, 0, done, total);
}

void
job_done (void)
{
  say (MEDIA_WIRE_DONE, MEDIA_FAULT_NONE, 0, 0, 0);
  _exit (0);
}

void
job_fail (MediaFault fault, uint64_t at, uint64_t of)
{
  say (MEDIA_WIRE_FAILED, fault, 0, at, of);
  _exit (1);
}

double
job_clock (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

double
job_time_left (const Job *job)
{
  /* A tenth, at most five seconds, before the client's patience ends. */
  double budget = job->request->time_limit * 1e-3;
  double margin = budget * 0.1 < 5.0 ? budget * 0.1 : 5.0;
  return job->started + budget - margin - job_clock ();
}
