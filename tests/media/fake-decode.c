/* SPDX-License-Identifier: MIT */
/* A helper that lies, in the way that the request's field `languages` names. The client must not believe it. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "media-wire.h"

static MediaWireRequest request;
static unsigned char *memory;

static void
say (MediaWireType type, MediaFault fault, uint32_t sandbox, uint64_t used, uint64_t at, uint64_t of)
{
  MediaWireReply reply = { MEDIA_WIRE_MAGIC, type, fault, sandbox, used, at, of };
  if (write (MEDIA_WIRE_FD_CONTROL, &reply, sizeof reply) != sizeof reply)
    _exit (1);
}

static void
ready (void)
{
  say (MEDIA_WIRE_READY, MEDIA_FAULT_NONE, MEDIA_SANDBOX_ALWAYS, 0, 0, 0);
}

static void
done (uint64_t used)
{
  say (MEDIA_WIRE_DONE, MEDIA_FAULT_NONE, 0, used, 0, 0);
}

static uint64_t
record (uint64_t at, uint32_t kind, uint32_t a, uint32_t b, uint32_t c, uint64_t length)
{
  MediaWireRecord head = { MEDIA_WIRE_RECORD, kind, a, b, c, 0, length };
  memcpy (memory + at, &head, sizeof head);
  return at + sizeof head + ((length + 7) & ~(uint64_t) 7);
}

/* One record, then done. */
static void
give (uint32_t kind, uint32_t a, uint32_t b, uint32_t c, uint64_t length, uint64_t used)
{
  ready ();
  record (0, kind, a, b, c, length);
  done (used);
}

int
main (void)
{
  if (read (MEDIA_WIRE_FD_CONTROL, &request, sizeof request) != sizeof request)
    return 1;
  memory = mmap (NULL, request.output_size, PROT_READ | PROT_WRITE, MAP_SHARED, MEDIA_WIRE_FD_OUTPUT, 0);
  if (memory == MAP_FAILED)
    return 1;
#define IF(name) if (strcmp (request.languages, name) == 0)
  IF ("leave") return 3;
  IF ("crash")
  {
    signal (SIGSEGV, SIG_DFL); /* also where a sanitizer would catch it */
    raise (SIGSEGV);
  }
  IF ("hang") pause ();
  IF ("hang-ready")
  {
    ready ();
    pause ();
  }
  IF ("short") write (MEDIA_WIRE_FD_CONTROL, "abc", 3);
  IF ("long") write (MEDIA_WIRE_FD_CONTROL, memory, 4096);
  IF ("magic")
  {
    MediaWireReply reply = { 77, MEDIA_WIRE_READY, 0, 7, 0, 0, 0 };
    write (MEDIA_WIRE_FD_CONTROL, &reply, sizeof reply);
  }
  IF ("type") say ((MediaWireType) 99, MEDIA_FAULT_NONE, 7, 0, 0, 0);
  IF ("fault") say (MEDIA_WIRE_FAILED, (MediaFault) 4711, 0, 0, 0, 0);
  IF ("errno") say (MEDIA_WIRE_FAILED, MEDIA_FAULT_SANDBOX, 0, 0, UINT64_MAX, UINT64_MAX);
  IF ("numbers") say (MEDIA_WIRE_FAILED, MEDIA_FAULT_DAMAGED, 0, 0, UINT64_MAX, UINT64_MAX - 1);
  IF ("no-ready") done (0);
  IF ("no-sandbox")
  {
    say (MEDIA_WIRE_READY, MEDIA_FAULT_NONE, MEDIA_SANDBOX_LANDLOCK, 0, 0, 0);
    done (0);
  }
  IF ("twice-ready")
  {
    ready ();
    ready ();
  }
  IF ("used")
  {
    ready ();
    done (request.output_size + 8);
  }
  IF ("used-huge")
  {
    ready ();
    done (UINT64_MAX);
  }
  IF ("backwards")
  {
    ready ();
    say (MEDIA_WIRE_PROGRESS, MEDIA_FAULT_NONE, 0, 64, 0, 1);
    done (32);
  }
  IF ("garbage")
  {
    ready ();
    memset (memory, 0xa5, 4096);
    done (4096);
  }
  IF ("half-record")
  {
    ready ();
    record (0, MEDIA_RECORD_CUT, 1, 0, 0, 0);
    done (20);
  }
  IF ("length") give (MEDIA_RECORD_FACTS, 5, 5, 0, 100, 64);
  IF ("length-huge") give (MEDIA_RECORD_FACTS, 5, 5, 0, UINT64_MAX - 3, 4096);
  IF ("pixels-length") give (MEDIA_RECORD_PIXELS, 100, 100, 0, 400, 432);
  IF ("pixels-overflow") give (MEDIA_RECORD_PIXELS, 0x80000000u, 0x80000000u, 0, 0, 32);
  IF ("pixels-large") give (MEDIA_RECORD_PIXELS, request.max_side + 1, 1, 0, (uint64_t) (request.max_side + 1) * 4, 4096 * 4);
  IF ("pixels-none") give (MEDIA_RECORD_PIXELS, 0, 0, 0, 0, 32);
  IF ("kind") give (4242, 0, 0, 0, 0, 32);
  IF ("text-invalid")
  {
    memset (memory + 32, 0xff, 8);
    give (MEDIA_RECORD_TEXT, 0, 1, 50, 8, 40);
  }
  IF ("text-page") give (MEDIA_RECORD_TEXT, 9, 1, 50, 0, 32);
  IF ("code-open") give (MEDIA_RECORD_CODE, 0, 0, 0, 0, 32);
  IF ("place")
  {
    memset (memory + 32, 0xff, 16); /* not numbers */
    give (MEDIA_RECORD_PLACE, 0, 0, 0, 16, 48);
  }
  IF ("cut") give (MEDIA_RECORD_CUT, 77, 0, 0, 0, 32);
  IF ("format-empty") give (MEDIA_RECORD_FORMAT, 0, 0, 0, 0, 32);
  IF ("title-invalid")
  {
    memset (memory + 32, 0xff, 8);
    give (MEDIA_RECORD_TITLE, 0, 0, 0, 8, 40);
  }
  IF ("count-short") give (MEDIA_RECORD_COUNT, 0, 0, 0, 4, 40);
  IF ("count-unknown") give (MEDIA_RECORD_COUNT, MEDIA_COUNT_N, 0, 0, 8, 40);
  IF ("samples-odd") give (MEDIA_RECORD_SAMPLES, request.sample_rate, 0, 0, 6, 40);
  IF ("samples-none") give (MEDIA_RECORD_SAMPLES, request.sample_rate, 0, 0, 0, 32);
  IF ("samples-rate") give (MEDIA_RECORD_SAMPLES, request.sample_rate + 1, 0, 0, 8, 40);
  IF ("samples-wild")
  {
    memset (memory + 32, 0xff, 8); /* not numbers */
    give (MEDIA_RECORD_SAMPLES, request.sample_rate, 0, 0, 8, 40);
  }
  IF ("samples-loud")
  {
    const float loud[] = { 0, 1.5f };
    memcpy (memory + 32, loud, sizeof loud);
    give (MEDIA_RECORD_SAMPLES, request.sample_rate, 0, 0, 8, 40);
  }
  IF ("sound-no-channels") give (MEDIA_RECORD_SOUND, 16000, 0, 0, 3, 40);
  IF ("pages-then-lie")
  {
    ready ();
    uint64_t at = record (0, MEDIA_RECORD_DOCUMENT, 3, 0, 0, 0);
    memcpy (memory + at + sizeof (MediaWireRecord), "one", 3);
    at = record (at, MEDIA_RECORD_TEXT, 0, 0, 0, 3);
    say (MEDIA_WIRE_PROGRESS, MEDIA_FAULT_NONE, 0, at, 1, 3);
    raise (SIGKILL);
  }
  IF ("flood")
  {
    ready ();
    for (;;)
      say (MEDIA_WIRE_PROGRESS, MEDIA_FAULT_NONE, 0, 0, 1, 2);
  }
  return 0;
}
