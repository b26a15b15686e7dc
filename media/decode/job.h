/* SPDX-License-Identifier: MIT */
/* The inside of `melete-decode`: one process, one job, one thread.
 *
 * A job is one file, job-<name>.c, and one line in jobs.def: prepare () runs before the sandbox closes and may open files (fonts,
 * language data, loaders), but has no input yet; run () has the input and nothing else. run () puts records into the output and
 * returns; whatever goes wrong ends the process through job_fail (). Global state is in order here: the process is the object. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media-wire.h"

typedef struct {
  const MediaWireRequest *request;
  const char *choices;  /* "" where there are none */
  const uint8_t *input; /* read-only, sealed */
  size_t input_size;
  double started; /* job_clock () when the input was opened */
} Job;

typedef struct {
  const char *name;
  void (*prepare) (const MediaWireRequest *request);
  void (*run) (Job *job);
} JobInfo;

#define MEDIA_JOB(NAME, name) extern const JobInfo job_##name;
#include "jobs.def"
#undef MEDIA_JOB

/* Opens the shared memory; called once by main. */
bool job_output_open (uint64_t size);

/* Adds one record; the payload is copied. Fails the job when the output is full. */
void job_record (MediaRecordKind kind, uint32_t a, uint32_t b, uint32_t c, const void *payload, size_t length);

/* The same in two steps, so that pixels need not be copied: job_record_begin () returns room for `length` bytes, all zero,
 * job_record_end () makes the record count. */
uint8_t *job_record_begin (MediaRecordKind kind, uint32_t a, uint32_t b, uint32_t c, size_t length);
/* Between the two: fewer bytes than were asked for are needed. */
void job_record_cut (size_t length);
void job_record_end (void);

/* Bytes of payload that still fit. */
size_t job_room (void);

void job_ready (uint32_t layers);
void job_progress (uint64_t done, uint64_t total);
void job_done (void) __attribute__ ((noreturn));
void job_fail (MediaFault fault, uint64_t at, uint64_t of) __attribute__ ((noreturn));

/* Seconds, monotonic. */
double job_clock (void);
/* Seconds that are left until the job should have stopped by itself; negative when it is late. */
double job_time_left (const Job *job);
