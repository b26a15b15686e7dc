/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppLocalAhead: while somebody still writes, a model of this process looks at what is attached already, so that the answer begins sooner. One draft at a time; what another draft has, or what was
 * taken away, is let go of. Internal to app/. Main thread. */
#pragma once

#include "app-local-completion.h"

G_BEGIN_DECLS

typedef struct _AppLocalAhead AppLocalAhead;

AppLocalAhead *app_local_ahead_new (void);
/* What is at work is stopped, and ends by itself. */
void app_local_ahead_free (AppLocalAhead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppLocalAhead, app_local_ahead_free)

/* `prompt`: as the draft would be sent now. The same again changes nothing. */
void app_local_ahead_want (AppLocalAhead *self, AppLocalModel *local, AppPrompt *prompt);
/* `prompt` is sent: what is at work goes on only if it is for that. */
void app_local_ahead_give_way (AppLocalAhead *self, AppLocalModel *local, AppPrompt *prompt);
/* The model goes. */
void app_local_ahead_stop (AppLocalAhead *self);
/* Whether something is at work. */
gboolean app_local_ahead_is_at_work (AppLocalAhead *self);

G_END_DECLS
