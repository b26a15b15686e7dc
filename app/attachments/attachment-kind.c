/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the kinds, and which of them a file is. */
#include "attachment-kind.h"

#include "attachment-private.h"

static const AppAttachmentClassInfo *const kinds[] = {
#define APP_ATTACHMENT_KIND(NAME, name) &app_attachment_##name,
#include "attachments/attachments.def"
#undef APP_ATTACHMENT_KIND
};

const AppAttachmentClassInfo *
app_attachment_kind_info (AppAttachmentKind kind)
{
  return kinds[kind];
}

AppAttachmentKind
app_attachment_kind_of (GBytes *bytes, const char *mime_type)
{
  guint i = 0;
  while (i + 1 < G_N_ELEMENTS (kinds) && !kinds[i]->matches (bytes, mime_type))
    i++;
  return (AppAttachmentKind) i;
}

AppAttachmentKind
app_attachment_kind_guess (const char *name)
{
  g_autofree char *content_type = g_content_type_guess (name, NULL, 0, NULL);
  g_autofree char *mime_type = g_content_type_get_mime_type (content_type);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (const char *const *known = kinds[i]->mime_types; *known != NULL; known++)
      if (g_strcmp0 (mime_type, *known) == 0)
        return (AppAttachmentKind) i;
  return APP_ATTACHMENT_TEXT;
}

const char *
app_attachment_kind_to_string (AppAttachmentKind kind)
{
  g_return_val_if_fail (kind < APP_ATTACHMENT_N_KINDS, NULL);
  return kinds[kind]->name;
}

const char *const *
app_attachment_get_mime_types (void)
{
  static GStrv all;
  if (g_once_init_enter (&all)) {
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
      g_strv_builder_addv (builder, (const char **) kinds[i]->mime_types);
    g_once_init_leave (&all, g_strv_builder_end (builder));
  }
  return (const char *const *) all;
}
