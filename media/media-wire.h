/* SPDX-License-Identifier: MIT */
/* What the client and `melete-decode` say to each other.
 *
 * The helper is started with three descriptors: a SOCK_SEQPACKET socket (control), the input, and the output: shared memory whose
 * size the client chose and sealed. Control messages have a fixed size; anything else is an error. The client sends one MediaWireRequest;
 * the helper sends one MediaWireReply of type READY when its sandbox is closed (the first byte of the input is looked at after that), then any number
 * of PROGRESS, then one DONE or FAILED.
 *
 * Of the job TABLES the output is a pipe, which has frames of its own: see media-table.h. Otherwise the output holds records, one after the other from offset 0: a MediaWireRecord and its payload, padded to 8 bytes. `used` in a
 * reply says how many bytes of records are complete; whatever becomes of the helper later, these can be read. The client reads
 * them only when the helper is dead, so that they cannot change while they are checked.
 *
 * Both sides run on one machine from one build: numbers are in the machine's own byte order, and `magic` carries the version. */
#pragma once

#include <stdint.h>

#define MEDIA_WIRE_MAGIC 0x4d444335u  /* "MDC5": messages */
#define MEDIA_WIRE_RECORD 0x4d445231u /* "MDR1": records */

/* Bytes of the message behind the request. */
#define MEDIA_WIRE_CHOICES (64 * 1024)

/* Descriptor numbers in the helper. */
enum { MEDIA_WIRE_FD_CONTROL = 3, MEDIA_WIRE_FD_INPUT = 4, MEDIA_WIRE_FD_OUTPUT = 5, MEDIA_WIRE_FD_END = 6 };

typedef struct {
  uint32_t magic;
  uint32_t job;          /* MediaJob */
  uint64_t input_size;   /* bytes */
  uint64_t output_size;  /* bytes of shared memory */
  uint64_t memory_limit; /* bytes of address space that the job may add to what the helper has when it starts */
  uint32_t time_limit;   /* milliseconds until the client kills; the helper stops by itself a little earlier where it can */
  uint32_t max_side;     /* pixels */
  uint32_t page;         /* first page, from 0 */
  uint32_t max_pages;
  uint32_t sample_rate; /* SOUND, VIDEO: Hz of what comes out; 0: no sound of a video */
  uint32_t max_seconds; /* SOUND, VIDEO: longer ones are refused */
  uint32_t from, until; /* VIDEO: milliseconds; until 0: to its end */
  uint32_t max_frames;  /* VIDEO: pictures, at even distances between the two */
  uint32_t choices;     /* TABLES: bytes of the message that follows, MediaRequest.choices; 0: there is none */
  uint64_t max_text;    /* bytes of text in all records together */
  char languages[64];   /* of OCR, Tesseract's names joined by '+', NUL-terminated */
  char hint[16];        /* EXTRACT, TABLES: the format by the file's name, "CSV", for those that no byte tells; NUL-terminated */
} MediaWireRequest;

typedef enum { MEDIA_WIRE_READY = 1, MEDIA_WIRE_PROGRESS, MEDIA_WIRE_DONE, MEDIA_WIRE_FAILED } MediaWireType;

/* The layers of the sandbox, in MediaWireReply.sandbox. */
typedef enum {
  MEDIA_SANDBOX_SECCOMP = 1 << 0,  /* only the system calls of decoding; always */
  MEDIA_SANDBOX_NO_PRIVS = 1 << 1, /* no_new_privs, no capabilities, not dumpable; always */
  MEDIA_SANDBOX_LIMITS = 1 << 2,   /* memory, processor time, no file may grow, few descriptors; always */
  MEDIA_SANDBOX_LANDLOCK = 1 << 3, /* no path can be opened, no port connected, nobody signalled */
  MEDIA_SANDBOX_USER = 1 << 4,     /* own user namespace, or an unprivileged user where this one was root */
  MEDIA_SANDBOX_NETWORK = 1 << 5,  /* own network namespace, without any device */
  MEDIA_SANDBOX_ROOT = 1 << 6,     /* the root directory is an empty one */
} MediaSandbox;
#define MEDIA_SANDBOX_ALWAYS (MEDIA_SANDBOX_SECCOMP | MEDIA_SANDBOX_NO_PRIVS | MEDIA_SANDBOX_LIMITS)

typedef enum {
  MEDIA_FAULT_NONE,
  MEDIA_FAULT_DAMAGED,        /* at: bytes read of `of` */
  MEDIA_FAULT_EMPTY,          /* no bytes at all */
  MEDIA_FAULT_UNKNOWN_FORMAT, /* none of the formats that are read */
  MEDIA_FAULT_LOCKED,         /* a password is needed */
  MEDIA_FAULT_PIXELS,         /* at: width, of: height */
  MEDIA_FAULT_NO_PAGE,        /* at: the page, of: the number of pages */
  MEDIA_FAULT_MEMORY,         /* at: the bytes that were asked for, of: the limit */
  MEDIA_FAULT_OUTPUT,         /* more came out than the output holds */
  MEDIA_FAULT_SANDBOX,        /* at: the errno, of: the step */
  MEDIA_FAULT_NO_OCR,         /* no language data for Tesseract is installed */
  MEDIA_FAULT_OLD_FORMAT,     /* at: MediaOldFormat */
  MEDIA_FAULT_ARCHIVE,        /* a zip archive that is no document */
  MEDIA_FAULT_UNPACKED,       /* an archive that holds too much; at: bytes so far, of: the limit; at 0: of is the limit of entries */
  MEDIA_FAULT_SECONDS,        /* a sound or video is too long; at: its seconds, 0: unknown, of: the limit */
  MEDIA_FAULT_NO_PICTURES,    /* a video file without a video */
  MEDIA_FAULT_CODEC,          /* the video is written in a way that is not read */
  MEDIA_FAULT_NO_TABLE,       /* nothing in it is a table */
  MEDIA_FAULT_JSON,           /* no JSON; at: the line */
  MEDIA_FAULT_REQUEST,        /* the helper does not know what is asked: client and helper are of different versions */
  MEDIA_FAULT_N,
} MediaFault;

typedef struct {
  uint32_t magic;
  uint32_t type;    /* MediaWireType */
  uint32_t fault;   /* MediaFault, with FAILED */
  uint32_t sandbox; /* MediaSandbox, with READY */
  uint64_t used;    /* bytes of complete records in the output */
  uint64_t at, of;  /* PROGRESS: done, total; FAILED: see MediaFault */
} MediaWireReply;

typedef enum {
  MEDIA_RECORD_FACTS = 1, /* a, b: width and height in pixels as shown (after orientation); payload: the format, "PNG" */
  MEDIA_RECORD_PIXELS,    /* a, b: width and height; payload: R, G, B, A bytes, straight alpha, 4·a·b bytes */
  MEDIA_RECORD_TEXT,      /* a: page from 0; b: 1 if by OCR; c: mean confidence in percent, with OCR; payload: UTF-8 */
  MEDIA_RECORD_CODE,      /* payload: kind ("QR-Code"), NUL, content; UTF-8 */
  MEDIA_RECORD_DATE,      /* payload: "2024-05-17 14:03:22" as the camera wrote it */
  MEDIA_RECORD_PLACE,     /* payload: two doubles: latitude, longitude in degrees */
  MEDIA_RECORD_DOCUMENT,  /* a: number of pages; payload: title, UTF-8, may be empty */
  MEDIA_RECORD_CUT,       /* the job stopped early; a: MediaCut */
  MEDIA_RECORD_FORMAT,    /* EXTRACT; payload: the format, "DOCX" */
  MEDIA_RECORD_TITLE,     /* EXTRACT; payload: title or subject */
  MEDIA_RECORD_SENDER,    /* EXTRACT; payload: who wrote the e-mail or the book */
  MEDIA_RECORD_COUNT,     /* EXTRACT; a: MediaCount; payload: one uint64_t */
  MEDIA_RECORD_SOUND,     /* SOUND; a: Hz of the file, b: its channels; payload: the format, "MP3" */
  MEDIA_RECORD_SAMPLES,   /* SOUND, VIDEO; a: Hz; payload: floats from -1 to 1, one channel */
  MEDIA_RECORD_LENGTH,    /* VIDEO; a: 1 if it has sound; b: milliseconds */
  MEDIA_RECORD_FRAME,     /* VIDEO; a, b: width and height; c: milliseconds, ascending; payload: as of PIXELS */
} MediaRecordKind;

typedef enum { MEDIA_CUT_TIME = 1, MEDIA_CUT_TEXT, MEDIA_CUT_PAGES, MEDIA_CUT_DAMAGE } MediaCut;

/* What a document has, and what of it is not in its text. */
typedef enum {
  MEDIA_COUNT_WORDS,            /* that are in the text */
  MEDIA_COUNT_PARTS,            /* slides, sheets, chapters or messages of the document */
  MEDIA_COUNT_ROWS,             /* of its only table, with the first, without empty ones */
  MEDIA_COUNT_COLUMNS,
  MEDIA_COUNT_ROWS_LEFT_OUT,    /* of all tables together */
  MEDIA_COUNT_COLUMNS_LEFT_OUT,
  MEDIA_COUNT_PARTS_LEFT_OUT,   /* there are too many */
  MEDIA_COUNT_PARTS_DAMAGED,    /* and so not or not wholly read */
  MEDIA_COUNT_PICTURES,         /* and charts, which are not looked at */
  MEDIA_COUNT_DELETIONS,        /* tracked changes: pieces of text that are deleted, and left out */
  MEDIA_COUNT_ATTACHMENTS,      /* of e-mails: named, not read */
  MEDIA_COUNT_N,
} MediaCount;

/* Formats of before 2007, by the program that wrote them. */
typedef enum { MEDIA_OLD_OTHER, MEDIA_OLD_WORD, MEDIA_OLD_EXCEL, MEDIA_OLD_POWERPOINT, MEDIA_OLD_OUTLOOK } MediaOldFormat;

typedef struct {
  uint32_t magic;
  uint32_t kind; /* MediaRecordKind */
  uint32_t a, b;
  uint32_t c;
  uint32_t zero;
  uint64_t length; /* bytes of payload, without padding */
} MediaWireRecord;

_Static_assert (sizeof (MediaWireRequest) == 160, "the request has no holes");
_Static_assert (sizeof (MediaWireReply) == 40, "the reply has no holes");
_Static_assert (sizeof (MediaWireRecord) == 32, "the record has no holes");
