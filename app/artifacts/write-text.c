/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text as a model writes it, HTML or Markdown: a whole file when it is new; small edits when it is changed or mended. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "app-markdown.h"
#include "artifact-kind.h"
#include "artifact-writer.h"
#include "edit-blocks.h"
#include "engine.h"

/* Tokens of a file, and of a change. */
#define MAX_FILE 6000
#define MAX_CHANGE 1500
/* Characters of what else is attached. */
#define MAX_DOCUMENTS 6000

/* What differs between one sort of text and another. */
typedef struct {
  const char *rules;                     /* for the model that writes one */
  const char *called;                    /* "an HTML file", for the one that changes it */
  char *(*take_file) (const char *text); /* the file in what it wrote, (transfer full) */
  char *(*take_title) (const char *source);
  const char *end;                       /* what stands in a file that is whole; NULL: nothing is sure to */
} Form;

static const char html_rules[] =
    "You write one complete HTML file that works at once.\n"
    "- Everything is in the file: CSS in <style>, JavaScript in <script> at the end of <body>. Nothing is loaded from elsewhere: no libraries, no fonts, no pictures by address.\n"
    "- It has <!DOCTYPE html>, <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"> and a <title>.\n"
    "- It looks well made: system-ui font, generous spacing, one accent colour, rounded corners, readable at 360 and at 1200 pixels, no sideways scrolling. "
    "Colours are CSS variables with a second set in @media (prefers-color-scheme: dark).\n"
    "- It is finished: every button does something, every name that is used is defined, nothing is left to be filled in.\n"
    "- No alert, prompt or confirm: what is to be told stands in the page.\n"
    "Answer with the file alone.\n";

static const char game_rules[] =
    "It is a game. It begins at a press of a button or key, shows the score, can be lost or won, and can be played again. Keyboard and pointer both work. "
    "Movement uses requestAnimationFrame. Say in the page in one line how it is played.\n";

static const char document_rules[] =
    "You write one document in Markdown, as a careful person would hand it in: a letter, a report, minutes, a contract, a plan.\n"
    "- It begins with its title: # and the title. Parts have headings with ##. Tables and lists stand where they help.\n"
    "- It is in the person's language, and finished: where a fact is not known, a blank in brackets says which, [date].\n"
    "- It uses what is attached, and makes up no facts or figures.\n"
    "Answer with the document alone, without a word about it.\n";

static const char change_rules[] =
    "You change %s by small edits. Answer with one or more blocks and nothing else:\n"
    "<<<<<<< SEARCH\n"
    "lines of the file exactly as they are\n"
    "=======\n"
    "the lines that come in their place\n"
    ">>>>>>> REPLACE\n"
    "Seek as few lines as needed. Change nothing that was not asked for.\n";

/* ---- the text ---- */

/* What a model wrote, without the fence around it, and without words before the file. (transfer full) */
static char *
take_html (const char *text)
{
  const char *begin = strstr (text, "<!DOCTYPE"), *end;

  if (begin == NULL)
    begin = strstr (text, "<!doctype");
  if (begin == NULL)
    begin = strstr (text, "<html");
  if (begin == NULL && strstr (text, "```") != NULL) {
    begin = strchr (strstr (text, "```"), '\n');
    begin = begin != NULL ? begin + 1 : NULL;
  }
  if (begin == NULL)
    begin = text;
  end = strstr (begin, "</html>");
  if (end != NULL)
    return g_strdup_printf ("%.*s</html>\n", (int) MIN (end - begin, G_MAXINT), begin);
  end = strstr (begin, "\n```");
  return end != NULL ? g_strndup (begin, (gsize) (end - begin) + 1) : g_strdup (begin);
}

/* What stands between <title> and </title>, with its entities put back. (transfer full) */
static char *
take_html_title (const char *source)
{
  const char *begin = strstr (source, "<title>"), *end = begin != NULL ? strstr (begin, "</title>") : NULL;
  g_autoptr (GString) title = NULL;

  if (end == NULL || end - begin > 300)
    return g_strdup ("");
  title = g_string_new_len (begin + strlen ("<title>"), end - begin - (gssize) strlen ("<title>"));
  g_string_replace (title, "&lt;", "<", 0);
  g_string_replace (title, "&gt;", ">", 0);
  g_string_replace (title, "&quot;", "\"", 0);
  g_string_replace (title, "&amp;", "&", 0);
  return g_strstrip (g_string_free (g_steal_pointer (&title), FALSE));
}

/* Without the fence that some models put around a whole document. */
static char *
take_markdown (const char *text)
{
  g_autofree char *own = g_strstrip (g_strdup (text));
  const char *line = strchr (own, '\n'), *close = g_strrstr (own, "\n```");

  if (line != NULL && (g_str_has_prefix (own, "```markdown\n") || g_str_has_prefix (own, "```md\n"))) {
    gsize length = close != NULL && close > line && close[4] == '\0' ? (gsize) (close - line - 1) : strlen (line + 1);
    return g_strdup_printf ("%.*s\n", (int) MIN (length, G_MAXINT), line + 1);
  }
  return g_strconcat (own, "\n", NULL);
}

/* The first line that says something, without its marks. */
static char *
take_markdown_title (const char *source)
{
  g_auto (GStrv) lines = g_strsplit (source, "\n", 20);

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = g_strstrip (app_markdown_dup_words (lines[i]));
    if (line[0] != '\0')
      return g_utf8_strlen (line, -1) > 100 ? g_utf8_substring (line, 0, 100) : g_steal_pointer (&line);
  }
  return g_strdup ("");
}

static const Form html = { html_rules, "an HTML file", take_html, take_html_title, "</html>" };
static const Form markdown = { document_rules, "a document in Markdown", take_markdown, take_markdown_title, NULL };

/* ---- writing ---- */

static const Form *
get_form (GTask *task)
{
  return g_object_get_data (G_OBJECT (task), "form");
}

static void
on_progress (const char *so_far, gpointer data)
{
  GTask *task = data;
  AppArtifactOrderCopy *copy = g_task_get_task_data (task);
  const AppArtifactOrder *order = &copy->order;
  g_autofree char *source = NULL;

  if (order->base == NULL) {
    source = get_form (task)->take_file (so_far);
  } else {
    const char *last = g_strrstr (so_far, ">>>>>>> REPLACE");
    g_autofree char *whole = last != NULL ? g_strndup (so_far, (gsize) (last - so_far) + strlen (">>>>>>> REPLACE")) : NULL;
    source = whole != NULL ? edit_blocks_apply (order->base, whole, NULL, NULL) : NULL;
  }
  if (source != NULL && copy->progress.progress != NULL)
    copy->progress.progress (source, copy->progress.data);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AppArtifactOrderCopy *copy = g_task_get_task_data (task);
  const AppArtifactOrder *order = &copy->order;
  const Form *form = get_form (task);
  AppStats stats;
  GError *error = NULL;
  g_autofree char *text = app_writing_finish (result, &stats, &error);
  g_autoptr (AppArtifactWritten) written = NULL;

  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  written = g_new0 (AppArtifactWritten, 1);
  written->n_tokens = stats.tokens;
  written->first_token_ms = stats.first_token_ms;
  written->said = g_strdup ("");
  if (order->base == NULL) {
    written->source = form->take_file (text);
    if (stats.finish != APP_FINISH_STOP && (form->end == NULL || strstr (written->source, form->end) == NULL)) {
      g_free (written->said);
      written->said = g_strdup (_("It ends early: the model reached the greatest length of a page."));
    }
  } else {
    written->source = edit_blocks_apply (order->base, text, NULL, &error);
  }
  if (written->source == NULL) {
    g_task_return_error (task, error);
    return;
  }
  written->title = form->take_title (written->source);
  g_task_return_pointer (task, g_steal_pointer (&written), (GDestroyNotify) app_artifact_written_free);
}

static char *
dup_request (const AppArtifactOrder *order)
{
  GString *text = g_string_new (NULL);

  if (order->documents[0] != '\0') {
    g_autofree char *some = g_utf8_substring (order->documents, 0, MIN (g_utf8_strlen (order->documents, -1), MAX_DOCUMENTS));
    g_string_append_printf (text, "What is attached:\n%s\n\n", some);
  }
  for (guint i = 0; i < order->datasets->len; i++) {
    g_autofree char *schema = app_dataset_dup_schema (g_ptr_array_index (order->datasets, i), 3000);
    g_string_append_printf (text, "A table that is attached:\n%s\n\n", schema);
  }
  if (order->base != NULL)
    g_string_append_printf (text, "The file:\n%s\n\n", order->base);
  if (order->findings != NULL && order->findings[0] != NULL) {
    g_string_append (text, "When it was tried, this was found wrong:\n");
    for (const char *const *finding = order->findings; *finding != NULL; finding++)
      g_string_append_printf (text, "- %s\n", *finding);
    g_string_append (text, "Mend it.");
  } else {
    if (order->pick != NULL)
      g_string_append_printf (text, "It is about this element, %s:\n%s\n\n", order->pick->path, order->pick->html);
    g_string_append (text, order->wish);
  }
  return g_string_free (text, FALSE);
}

static void
write_text (const AppArtifactOrder *order, AppArtifactProgress progress, const Form *form, GTask *task)
{
  AppSampling greedy;
  g_autoptr (AppPrompt) prompt = NULL;
  g_autofree char *request = dup_request (order);

  g_task_set_task_data (task, app_artifact_order_copy (order, progress), (GDestroyNotify) app_artifact_order_copy_free);
  g_object_set_data (G_OBJECT (task), "form", (gpointer) form);
  app_writing_greedy (&greedy, order->base != NULL ? MAX_CHANGE : MAX_FILE);
  prompt = app_prompt_new (&greedy);
  if (order->base != NULL) {
    g_autofree char *gbnf = edit_blocks_dup_grammar (order->base, 0, G_MAXUINT);
    EngineError failure = { 0 };
    EngineGrammar *grammar = gbnf != NULL ? engine_grammar_from_text (gbnf, strlen (gbnf), &failure) : NULL;
    g_autofree char *system = g_strdup_printf (change_rules, form->called);
    app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
    app_prompt_set_grammar (prompt, grammar);
    g_clear_pointer (&grammar, engine_grammar_unref);
  } else {
    g_autofree char *system = g_strconcat (form->rules, strcmp (order->kind->id, "game") == 0 ? game_rules : "", NULL);
    app_prompt_add (prompt, APP_ROLE_SYSTEM, NULL, system);
  }
  app_prompt_add (prompt, APP_ROLE_USER, NULL, request);
  app_writing_async (order->engine, prompt, g_task_get_cancellable (task), on_progress, task, on_written, task);
}

void
artifact_write_html (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task)
{
  write_text (order, progress, &html, task);
}

void
artifact_write_document (const AppArtifactOrder *order, AppArtifactProgress progress, GTask *task)
{
  write_text (order, progress, &markdown, task);
}
