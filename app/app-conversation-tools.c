/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What answers of a conversation may call. */
#include "app-conversation-private.h"
#include "app-history-private.h"

gboolean
app_tools_are_wanted (AppSettings *settings, AppConversationSettings *own, const char *host)
{
  const char *here = own ? app_conversation_settings_get_text (own, APP_SETTING_TOOLS) : NULL;

  /* A server is not told of them yet: what it calls would say what files and tables there are. */
  if (host)
    return FALSE;
  return here ? g_str_equal (here, "on") : settings && app_settings_get_use_tools (settings);
}

void
app_conversation_tools_stored (AppConversation *self)
{
  if (self->toolbox)
    app_toolbox_set_conversation (self->toolbox, self->id);
}

AppToolbox *
app_conversation_get_toolbox (AppConversation *self)
{
  if (!self->toolbox) {
    self->toolbox = app_toolbox_new (self->database, G_LIST_MODEL (self->messages), app_conversation_get_artifacts (self), app_history_datasets_of (self->database));
    app_toolbox_set_conversation (self->toolbox, self->id);
  }
  return self->toolbox;
}
