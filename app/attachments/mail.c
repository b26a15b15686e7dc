/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An e-mail, or an mbox of them: headers, text, and the names of what is attached. */
#include <glib/gi18n.h>

#include "extracted.h"

static const char *const mime_types[] = { "message/rfc822", "application/mbox", NULL };

static const AppExtractedFormat formats[] = {
  { "E-mail", "E-mail", "message/rfc822" },
  { "mbox", "Mailbox", "application/mbox" },
  { NULL },
};

static gboolean
matches (GBytes *bytes, const char *mime_type)
{
  return g_strv_contains (mime_types, mime_type) && app_extracted_can_be_text (bytes);
}

static void
load (AppAttachment *self)
{
  app_extracted_load (self, "E-mail");
}

static char *
summarize (const MediaResult *result)
{
  gulong n = (gulong) result->counts[MEDIA_COUNT_PARTS];
  if (g_strcmp0 (result->format, "mbox") == 0)
    return g_strdup_printf (ngettext ("%'lu e-mail", "%'lu e-mails", n), n);
  if (result->sender == NULL || result->sender[0] == '\0')
    return g_strdup (_("E-mail"));
  return g_strdup_printf (_("E-mail from %s"), result->sender);
}

const AppAttachmentClassInfo app_attachment_mail = { "mail", mime_types, matches, load, MEDIA_JOB_NONE, TRUE, formats, summarize };
