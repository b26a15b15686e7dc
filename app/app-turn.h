/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AppTurn: what a person sends at once, a text and its attachments. Immutable, counted, any thread may hold it. */
#pragma once

#include "app-attachment.h"
#include "app-pick.h"

G_BEGIN_DECLS

#define APP_TYPE_TURN (app_turn_get_type ())
typedef struct _AppTurn AppTurn;
GType app_turn_get_type (void);

/* `text`: UTF-8, white space around it is cut; `attachments`: (nullable) a list of AppAttachment objects, all of them READY when
 * the turn is sent; the list is copied. Returns: (transfer full) */
AppTurn *app_turn_new (const char *text, GListModel *attachments);
/* The same turn, for something to be made: `wish`: a kind of artifact, "" or NULL where the model decides; `pick`: (nullable) what in an artifact it is about. (transfer full) */
AppTurn *app_turn_new_wish (AppTurn *turn, const char *wish, const AppPick *pick);
/* The same turn, to be thought about at a depth: its id (app-thinking.h), "" or NULL for that of the conversation. (transfer full) */
AppTurn *app_turn_new_depth (AppTurn *turn, const char *depth);
AppTurn *app_turn_ref (AppTurn *turn);
void app_turn_unref (AppTurn *turn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AppTurn, app_turn_unref)

const char *app_turn_get_text (AppTurn *turn); /* never NULL */
guint app_turn_get_n_attachments (AppTurn *turn);
/* Returns: (transfer none) */
AppAttachment *app_turn_get_attachment (AppTurn *turn, guint index);
const char *app_turn_get_wish (AppTurn *turn); /* never NULL */
const AppPick *app_turn_get_pick (AppTurn *turn); /* (nullable) */
const char *app_turn_get_depth (AppTurn *turn); /* never NULL */
/* Neither text nor attachment: it cannot be sent. */
gboolean app_turn_is_empty (AppTurn *turn);
/* Whether it could be sent: it is not empty, and all of it is read. Errors: APP_ERROR_INVALID. */
gboolean app_turn_check (AppTurn *turn, GError **error);

G_END_DECLS
