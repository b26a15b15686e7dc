/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change of what was made of a starting point: first which part is meant, and then that part alone. */
#include "start-write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "page-parts.h"

/* What is there, as a model is shown it. */
static char *
dup_shown (JsonObject *spec)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), spec);

  return start_json_dup (node);
}

/* What may be written in the place of a part: not what is there, where there are few choices. (transfer full) */
static char *
dup_other_schema (JsonObject *spec, const char *pointer)
{
  JsonObject *of = NULL;
  JsonNode *node = start_spec_find (spec, pointer, &of);
  g_autoptr (JsonObject) other = NULL;
  g_autoptr (JsonArray) left = NULL;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "{\"const\":false}" : "{\"const\":true}");
  if (!json_object_has_member (of, "enum"))
    return start_schema_dup (of);
  other = json_object_new ();
  left = json_array_new ();
  for (guint i = 0; i < json_array_get_length (json_object_get_array_member (of, "enum")); i++) {
    JsonNode *choice = json_array_get_element (json_object_get_array_member (of, "enum"), i);
    if (!json_node_equal (choice, node))
      json_array_add_element (left, json_node_copy (choice));
  }
  json_object_set_array_member (other, "enum", g_steal_pointer (&left));
  return start_schema_dup (other);
}

static void
take_part (GTask *task, const char *text, JsonNode *part, void (*step) (GTask *task, const char *text))
{
  StartRun *run = start_get_run (task);
  GError *error = NULL;
  g_autoptr (JsonObject) changed = start_spec_change (run->base, run->pointer, part, &error);

  if (changed == NULL) {
    JsonObject *of;
    start_spec_find (run->base, run->pointer, &of);
    g_autofree char *schema = start_schema_dup (of);
    start_fail_or_again (task, text, error, schema, step);
    return;
  }
  g_autofree char *before = start_spec_dup_source (run->base), *after = start_spec_dup_source (changed);
  if (strcmp (before, after) != 0) {
    start_finish (task, changed);
  } else if (run->again) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model changed nothing. Say it in other words, or point at the part that you mean."));
  } else {
    g_autofree char *schema = dup_other_schema (run->base, run->pointer);
    start_fail_or_again (task, text, g_error_new (APP_ERROR, APP_ERROR_INVALID, "This is what it was before. The change that is wanted is: %s", run->copy->order.wish), schema, step);
  }
}

static void
on_part (GTask *task, const char *text)
{
  g_autoptr (JsonNode) node = start_take_json (text);

  if (node == NULL)
    node = json_node_init_null (json_node_alloc ());
  take_part (task, text, node, on_part);
}

/* `change`: what is to be different. */
static void
write_part (GTask *task, const char *pointer, const char *change)
{
  StartRun *run = start_get_run (task);
  g_autofree char *wish = g_utf8_strdown (change, -1), *whole = NULL, *old = NULL, *schema = NULL, *content = NULL;
  JsonNode *node;
  AppPrompt *prompt;

  g_free (run->pointer);
  run->pointer = g_strdup (pointer);
  if (strcmp (pointer, "/theme") == 0 && start_find_theme (wish) != NULL) {
    g_autoptr (JsonNode) theme = json_node_init_string (json_node_alloc (), start_find_theme (wish));
    take_part (task, "", theme, on_part);
    return;
  }
  node = start_spec_find (run->base, pointer, NULL);
  schema = dup_other_schema (run->base, pointer);
  old = start_json_dup (node);
  whole = dup_shown (run->base);
  content = g_strdup_printf ("%s\n\nThe part %s is now:\n%s\n\nWrite this part anew, with this change and everything else as it is: %s", whole, pointer, old, change);
  prompt = start_begin_prompt (START_MAX_TOKENS);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, "You change one part of a JSON file. Answer with the new part alone, as JSON.");
  app_prompt_add (prompt, APP_ROLE_USER, NULL, content);
  start_ask (task, prompt, schema, on_part);
}

static void
on_member (GTask *task, const char *text)
{
  StartRun *run = start_get_run (task);
  const char *choice = start_take_choice (run, text);
  g_autofree char *pointer = choice != NULL ? g_strconcat ("/", choice, NULL) : NULL;

  if (pointer == NULL)
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("The model did not find what is meant. Point at the part that is to change."));
  else
    write_part (task, pointer, run->copy->order.wish);
}

static void
find_part (GTask *task)
{
  StartRun *run = start_get_run (task);
  g_autofree char *wish = g_utf8_strdown (run->copy->order.wish, -1), *schema = NULL, *whole = NULL, *content = NULL;
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  g_autoptr (GList) members = json_object_get_members (run->base);
  AppPrompt *prompt;

  run->choices = g_ptr_array_new_with_free_func (g_free);
  for (GList *at = members; at != NULL; at = at->next)
    if (strcmp (at->data, "start") != 0) {
      gboolean is_named = start_names_member (wish, at->data);
      /* A small model takes the looks for whatever it does not understand. */
      if (strcmp (at->data, "theme") != 0 || is_named)
        g_ptr_array_add (run->choices, g_strdup (at->data));
      if (is_named)
        g_ptr_array_add (named, at->data);
    }
  if (named->len == 1) {
    g_autofree char *pointer = g_strconcat ("/", (const char *) named->pdata[0], NULL);
    write_part (task, pointer, run->copy->order.wish);
    return;
  }
  whole = dup_shown (run->base);
  content = g_strdup_printf ("%s\n\nWhich member has to be changed for this: %s", whole, run->copy->order.wish);
  prompt = start_begin_prompt (16);
  app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, "You are shown a JSON file and a wish. Answer with the name of the member that is to change.");
  app_prompt_add (prompt, APP_ROLE_USER, NULL, content);
  schema = start_dup_choices (run->choices);
  start_ask (task, prompt, schema, on_member);
}

void
start_change (GTask *task)
{
  StartRun *run = start_get_run (task);
  const AppPick *pick = run->copy->order.pick;
  const char *part = pick != NULL && pick->part[0] != '\0' && start_spec_find (run->base, pick->part, NULL) != NULL ? pick->part : NULL;
  g_autoptr (JsonObject) changed = start_change_by_words (run->base, part, run->copy->order.wish);

  if (changed != NULL)
    start_finish (task, changed);
  else if (part != NULL)
    write_part (task, part, run->copy->order.wish);
  else
    find_part (task);
}

static gboolean
is_part (const char *pointer, gpointer data)
{
  return start_spec_find (data, pointer, NULL) != NULL;
}

gboolean
start_mend (GTask *task)
{
  StartRun *run = start_get_run (task);
  const char *finding;
  g_autofree char *pointer = app_artifact_find_part (run->copy->order.findings, is_part, run->base, &finding), *change = NULL;

  if (pointer == NULL)
    return FALSE;
  change = g_strdup_printf ("when the page was tried, this was found wrong with it: %s. Say the same in fewer and shorter words.", finding);
  write_part (task, pointer, change);
  return TRUE;
}
