/* SPDX-License-Identifier: MIT */
/* What went wrong, in sentences for the person: what happened, where, what to do. */
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "media-private.h"

G_DEFINE_QUARK (media-error-quark, media_error)

/* The sentences that differ with what is read. */
typedef enum { ABOUT_PICTURE, ABOUT_PDF, ABOUT_DOCUMENT, ABOUT_SOUND, ABOUT_VIDEO } About;

static About
about (MediaJob job)
{
  static const About by_job[] = {
    [MEDIA_JOB_PAGE] = ABOUT_PDF,
    [MEDIA_JOB_DOCUMENT] = ABOUT_PDF,
    [MEDIA_JOB_EXTRACT] = ABOUT_DOCUMENT,
    [MEDIA_JOB_TABLES] = ABOUT_DOCUMENT,
    [MEDIA_JOB_SOUND] = ABOUT_SOUND,
    [MEDIA_JOB_VIDEO] = ABOUT_VIDEO,
  };
  return job < G_N_ELEMENTS (by_job) ? by_job[job] : ABOUT_PICTURE;
}

static GError *
old_format (guint64 format)
{
  static const char *const sentences[] = {
    [MEDIA_OLD_OTHER] = N_ ("The file has one of the old binary formats of office programs, which are not read. Save it in a newer format, or as PDF, and add that."),
    [MEDIA_OLD_WORD] = N_ ("This is a document in Word’s old binary format (.doc), which is not read. Save it as .docx, .odt or PDF, and add that."),
    [MEDIA_OLD_EXCEL] = N_ ("This is a workbook in Excel’s old binary format (.xls), which is not read. Save it as .xlsx, .ods or CSV, and add that."),
    [MEDIA_OLD_POWERPOINT] = N_ ("This is a presentation in PowerPoint’s old binary format (.ppt), which is not read. Save it as .pptx, .odp or PDF, and add that."),
    [MEDIA_OLD_OUTLOOK] = N_ ("This is a message in Outlook’s own format (.msg), which is not read. Save it as .eml or PDF, and add that."),
  };
  return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _ (sentences[format < G_N_ELEMENTS (sentences) ? format : MEDIA_OLD_OTHER]));
}

static GError *
unpacked (guint64 at, guint64 of)
{
  if (at == 0)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The document has more than %llu parts, which no honest one has. It is not read."), (unsigned long long) of);
  g_autofree char *size = g_format_size_full (of, G_FORMAT_SIZE_IEC_UNITS);
  return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The document unpacks to more than %s, which is too much for its size. It is not read."), size);
}

static GError *
too_long (guint64 at, guint64 of)
{
  guint minutes = (guint) MIN (of / 60, G_MAXINT);

  if (of < 120)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The recording is too long: at most %llu seconds are taken. Cut it, and add a part of it."), (unsigned long long) of);
  if (at < 120)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The recording is too long: at most %u minutes are taken. Cut it, and add a part of it."), minutes);
  /* Rounded up, so that the two numbers are never the same. */
  return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The recording is too long (%llu minutes; at most %u are taken). Cut it, and add a part of it."), (unsigned long long) at / 60 + 1, minutes);
}

static GError *
damaged (MediaJob job, guint64 at, guint64 of)
{
  if (about (job) == ABOUT_DOCUMENT)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The document is damaged. Open it in the program that made it and save it again, or choose another file."));
  if (about (job) == ABOUT_PDF)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The PDF is damaged. Open it in another program and save it again, or choose another file."));
  if (about (job) == ABOUT_SOUND)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The recording is damaged, and no sound of it can be read. Save it again from where it came, or choose another one."));
  if (about (job) == ABOUT_VIDEO)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The video is damaged, and no picture of it can be read. Save it again from where it came, or choose another one."));
  if (at == 0 || of == 0)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The picture is damaged. Save it again from where it came, or choose another one."));
  g_autofree char *part = g_format_size (at);
  g_autofree char *whole = g_format_size (of);
  if (at >= of)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The picture is damaged: it ends too early (after %s). Save it again from where it came, or choose another one."), whole);
  /* Translators: after 12 kB of 340 kB */
  return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The picture is damaged (after %s of %s). Save it again from where it came, or choose another one."), part, whole);
}

GError *
media_error_for_fault (MediaJob job, const MediaWireReply *reply)
{
  g_autofree char *size = NULL;

  switch ((MediaFault) reply->fault) {
  case MEDIA_FAULT_DAMAGED:
    return damaged (job, reply->at, reply->of);
  case MEDIA_FAULT_EMPTY:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The file is empty. Choose another one."));
  case MEDIA_FAULT_UNKNOWN_FORMAT:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED,
                                about (job) == ABOUT_DOCUMENT ? _ ("The file is not what its name says, and nothing else that can be read. Choose another one.")
                                : about (job) == ABOUT_PDF    ? _ ("The file is not a PDF. Choose another one.")
                                : about (job) == ABOUT_VIDEO  ? _ ("The file is not a video that can be read. Save it as MP4 or WebM.")
                                : about (job) == ABOUT_SOUND  ? _ ("The file is not a recording that can be read. Save it as WAV, FLAC, MP3, Opus or Ogg Vorbis.")
                                                              : _ ("The file is not a picture that can be read. Save it as PNG, JPEG, WebP, GIF, TIFF or BMP."));
  case MEDIA_FAULT_LOCKED:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED,
                                about (job) == ABOUT_DOCUMENT ? _ ("The document is locked. Save it without a password or protection and add it again.")
                                                              : _ ("The PDF is locked with a password. Save it without a password and add it again."));
  case MEDIA_FAULT_PIXELS:
    if (reply->at == 0 || reply->of == 0)
      return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The picture or page has no size. Choose another one."));
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The picture is too large (%llu × %llu pixels; at most 268 million are read). Make it smaller and add it again."), (unsigned long long) reply->at, (unsigned long long) reply->of);
  case MEDIA_FAULT_NO_PAGE:
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _ ("The PDF has no page %llu; it has %llu."), (unsigned long long) reply->at + 1, (unsigned long long) reply->of);
  case MEDIA_FAULT_MEMORY:
    size = g_format_size_full (reply->of, G_FORMAT_SIZE_IEC_UNITS);
    return reply->of != 0 ? g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The file needs more than %s of memory to be read. Make it smaller and add it again."), size)
                          : g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The file needs more memory than reading may take. Make it smaller and add it again."));
  case MEDIA_FAULT_OUTPUT:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_TOO_LARGE, _ ("The file holds more than can be taken. Make it smaller and add it again."));
  case MEDIA_FAULT_SANDBOX:
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_SANDBOX, _ ("Files are only read inside a sandbox, and this system does not allow one (step %llu: %s). The kernel needs seccomp."), (unsigned long long) reply->of, g_strerror ((int) MIN (reply->at, 4096)));
  case MEDIA_FAULT_NO_OCR:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("Text in pictures cannot be read, because no language data for Tesseract is installed. Install the package “tesseract-ocr-eng”."));
  case MEDIA_FAULT_OLD_FORMAT:
    return old_format (reply->at);
  case MEDIA_FAULT_ARCHIVE:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _ ("The file is an archive. Unpack it, and add the files in it."));
  case MEDIA_FAULT_UNPACKED:
    return unpacked (reply->at, reply->of);
  case MEDIA_FAULT_SECONDS:
    return too_long (reply->at, reply->of);
  case MEDIA_FAULT_NO_PICTURES:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _ ("The file has no pictures, only sound. Save the sound as WAV, FLAC, MP3, Opus or Ogg Vorbis, and add that."));
  case MEDIA_FAULT_CODEC:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _ ("The video is stored in a way that this computer cannot read. Save it as MP4 with H.264, or as WebM, and add that."));
  case MEDIA_FAULT_NO_TABLE:
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_UNSUPPORTED, _ ("There is no table in the file. Choose a file with rows and columns."));
  case MEDIA_FAULT_JSON:
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DAMAGED, _ ("The JSON in the file is broken on line %llu. Correct it there, and add the file again."), (unsigned long long) reply->at);
  case MEDIA_FAULT_REQUEST:
  case MEDIA_FAULT_NONE:
  case MEDIA_FAULT_N:
    break;
  }
  return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder does not fit this version of the program. Build or install both again."));
}

GError *
media_error_for_time (MediaJob job, guint time_limit)
{
  guint seconds = MAX (1, (time_limit + 500) / 1000);
  if (about (job) == ABOUT_DOCUMENT)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW,
                        g_dngettext (GETTEXT_PACKAGE, "Reading the document took longer than %u second. Split it, or choose another one.", "Reading the document took longer than %u seconds. Split it, or choose another one.", seconds), seconds);
  if (about (job) == ABOUT_PDF)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW,
                        g_dngettext (GETTEXT_PACKAGE, "Reading the PDF took longer than %u second. Split it, or choose another one.", "Reading the PDF took longer than %u seconds. Split it, or choose another one.", seconds), seconds);
  if (about (job) == ABOUT_SOUND || about (job) == ABOUT_VIDEO)
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW,
                        g_dngettext (GETTEXT_PACKAGE, "Reading the recording took longer than %u second. Cut it, and add a part of it.", "Reading the recording took longer than %u seconds. Cut it, and add a part of it.", seconds), seconds);
  return g_error_new (MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW,
                      g_dngettext (GETTEXT_PACKAGE, "Reading the picture took longer than %u second. Make it smaller and add it again.", "Reading the picture took longer than %u seconds. Make it smaller and add it again.", seconds), seconds);
}

GError *
media_error_for_death (MediaJob job, int status)
{
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGXCPU)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_TOO_SLOW, _ ("Reading the file took too much processor time. Make it smaller and add it again."));
  if (WIFSIGNALED (status) && WTERMSIG (status) == SIGSYS)
    return g_error_new_literal (MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("While the file was read it tried something that is not allowed, and was stopped. Do not trust this file."));
  if (WIFSIGNALED (status) && (WTERMSIG (status) == SIGKILL || WTERMSIG (status) == SIGTERM))
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("Reading the file was ended from outside (signal %d). Add it again."), WTERMSIG (status));
  if (WIFSIGNALED (status))
    return g_error_new (MEDIA_ERROR, MEDIA_ERROR_DAMAGED,
                        about (job) == ABOUT_DOCUMENT ? _ ("The document is so damaged that its reader crashed (signal %d). Nothing else is affected. Choose another file.")
                        : about (job) == ABOUT_PDF    ? _ ("The PDF is so damaged that its decoder crashed (signal %d). Nothing else is affected. Choose another file.")
                        : about (job) == ABOUT_VIDEO  ? _ ("The video is so damaged that its decoder crashed (signal %d). Nothing else is affected. Choose another one.")
                        : about (job) == ABOUT_SOUND  ? _ ("The recording is so damaged that its decoder crashed (signal %d). Nothing else is affected. Choose another one.")
                                                      : _ ("The picture is so damaged that its decoder crashed (signal %d). Nothing else is affected. Choose another one."),
                        WTERMSIG (status));
  return g_error_new (MEDIA_ERROR, MEDIA_ERROR_HELPER, _ ("The decoder ended without an answer (status %d). Add the file again."), WIFEXITED (status) ? WEXITSTATUS (status) : -1);
}
