/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-announcer.h"

#include <string.h>

#include "app-speech.h"

struct _UiAnnouncer {
  GtkWidget parent_instance;

  gsize said; /* bytes of the text */
};

G_DEFINE_FINAL_TYPE (UiAnnouncer, ui_announcer, GTK_TYPE_WIDGET)

static void
announce (UiAnnouncer *self, const char *sentence)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
#if GTK_CHECK_VERSION(4, 14, 0)
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* newer than what the build promises to need */
  gtk_accessible_announce (GTK_ACCESSIBLE (self), sentence, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
  G_GNUC_END_IGNORE_DEPRECATIONS
#endif
}

void
ui_announcer_follow (UiAnnouncer *self, const char *markdown, gboolean final)
{
  g_auto (GStrv) sentences = NULL;

  if (self->said > strlen (markdown))
    self->said = 0;
  sentences = app_speech_dup_next (markdown, &self->said, final);
  for (guint i = 0; sentences[i] != NULL; i++)
    announce (self, sentences[i]);
}

void
ui_announcer_skip (UiAnnouncer *self, const char *markdown)
{
  self->said = strlen (markdown);
}

static void
ui_announcer_class_init (UiAnnouncerClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_ALERT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "announcer");
}

static void
ui_announcer_init (UiAnnouncer *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}
