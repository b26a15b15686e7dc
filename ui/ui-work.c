/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui-work.h"

#include "app-lane.h"

typedef void (*LaneFunc) (AppLane *lane, gpointer data);

/* The agents of what is written in a busy conversation. */
static void
for_each_lane (AppConversation *conversation, LaneFunc function, gpointer data)
{
  GListModel *messages = app_conversation_get_messages (conversation);
  guint n = g_list_model_get_n_items (messages);
  g_autoptr (AppMessage) last = n > 0 ? g_list_model_get_item (messages, n - 1) : NULL;
  GListModel *lanes = last != NULL ? app_message_get_lanes (last) : NULL;

  for (guint i = 0; lanes != NULL && i < g_list_model_get_n_items (lanes); i++) {
    g_autoptr (AppLane) lane = g_list_model_get_item (lanes, i);

    function (lane, data);
  }
}

static void
look (AppLane *lane, gpointer data)
{
  UiWork *work = data;

  if (!app_lane_can_pause (lane))
    return;
  if (app_lane_get_pause (lane) == APP_LANE_GOES)
    work->goes = TRUE;
  else
    work->is_paused = TRUE;
}

static void
hold (AppLane *lane, gpointer data)
{
  if (app_lane_can_pause (lane))
    app_lane_ask_pause (lane, GPOINTER_TO_INT (data));
}

/* Busy ones, which are held: what is done to them may take them out of the list. (transfer full) */
static GPtrArray *
find_busy (AppHistory *history)
{
  GPtrArray *busy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (history)); i++) {
    g_autoptr (AppConversation) conversation = g_list_model_get_item (G_LIST_MODEL (history), i);

    if (app_conversation_get_busy (conversation))
      g_ptr_array_add (busy, g_steal_pointer (&conversation));
  }
  return busy;
}

UiWork
ui_work_look (AppHistory *history)
{
  g_autoptr (GPtrArray) busy = find_busy (history);
  UiWork work = { .n_busy = busy->len };

  for (guint i = 0; i < busy->len; i++)
    for_each_lane (busy->pdata[i], look, &work);
  return work;
}

void
ui_work_pause (AppHistory *history, gboolean paused)
{
  g_autoptr (GPtrArray) busy = find_busy (history);

  for (guint i = 0; i < busy->len; i++)
    for_each_lane (busy->pdata[i], hold, GINT_TO_POINTER (paused));
}

void
ui_work_stop (AppHistory *history)
{
  g_autoptr (GPtrArray) busy = find_busy (history);

  for (guint i = 0; i < busy->len; i++)
    app_conversation_stop (busy->pdata[i]);
}

/* ---- actions ---- */

static void
on_pause (GSimpleAction *action, GVariant *parameter, gpointer history)
{
  ui_work_pause (history, TRUE);
}

static void
on_go_on (GSimpleAction *action, GVariant *parameter, gpointer history)
{
  ui_work_pause (history, FALSE);
}

static void
on_stop (GSimpleAction *action, GVariant *parameter, gpointer history)
{
  ui_work_stop (history);
}

static void
set_enabled (GActionMap *map, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, name)), enabled);
}

static void
on_menu (GtkMenuButton *button, GParamSpec *pspec, GActionMap *map)
{
  UiWork work = ui_work_look (g_object_get_data (G_OBJECT (map), "ui-work"));

  set_enabled (map, "pause-all", work.goes);
  set_enabled (map, "go-on-all", work.is_paused && !work.goes);
  set_enabled (map, "stop-all", work.n_busy > 0);
}

void
ui_work_add_actions (GActionMap *map, AppHistory *history, GtkMenuButton *button)
{
  static const GActionEntry entries[] = { { .name = "pause-all", .activate = on_pause }, { .name = "go-on-all", .activate = on_go_on }, { .name = "stop-all", .activate = on_stop } };

  g_object_set_data_full (G_OBJECT (map), "ui-work", g_object_ref (history), g_object_unref);
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), history);
  g_signal_connect_object (button, "notify::active", G_CALLBACK (on_menu), map, 0);
  on_menu (button, NULL, map);
}
