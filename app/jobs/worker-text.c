/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text out of documents, freely written. */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "job-worker.h"

extern const JobWorker text_worker;

#define MAX_TOKENS 1400
#define MAX_INPUTS 12000
/* Without the fence that some models put around a file. (transfer full) */
static char *
take_file (const char *text)
{
  g_autofree char *own = g_strstrip (g_strdup (text));
  const char *line = strchr (own, '\n'), *close = g_strrstr (own, "\n```");

  if (g_str_has_prefix (own, "```") && line != NULL && close != NULL && close > line)
    return g_strdup_printf ("%.*s\n", (int) (close - line - 1), line + 1);
  return g_strconcat (own, "\n", NULL);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const JobTask *of = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *text = job_task_write_finish (result, &error), *file = NULL;
  JobMade *made;

  if (text == NULL) {
    g_task_return_error (task, error);
    return;
  }
  made = job_made_new ();
  file = take_file (text);
  job_made_add_file (made, of->step->file, file);
  /* What is Markdown is also a document to be read. */
  if (g_str_has_suffix (of->step->file, ".md")) {
    made->kind = g_strdup ("document");
    made->title = g_strdup (of->step->title);
    made->source = g_strdup (file);
  }
  g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
}

static void
run_text (const JobTask *of, GTask *task)
{
  static const char rules[] = "You write one text file for a person, as a careful helper would hand it in. Use what the files say, and make up no facts or figures. "
                              "Write in the person's language. Answer with the file's content alone, without a word about it.";
  g_autofree char *inputs = job_task_dup_inputs (of, MAX_INPUTS), *words = job_task_dup_words (of), *findings = job_task_dup_findings (of);
  g_autofree char *all = g_strdup_printf ("%s\n\n%s\n\n%sWrite the file %s.", inputs, words, findings, of->step->file);

  g_task_set_task_data (task, (gpointer) of, NULL);
  job_task_write_async (of, rules, all, NULL, MAX_TOKENS, g_task_get_cancellable (task), on_text, task);
}

static void
check_text (const JobTask *of, const JobMade *made, GPtrArray *findings)
{
  const JobFile *file = made->files->len > 0 ? made->files->pdata[0] : NULL;

  if (file == NULL || strlen (file->content) < 3)
    g_ptr_array_add (findings, g_strdup (_("The file is empty.")));
}

const JobWorker text_worker = {
  .id = "text",
  .name = N_ ("Writing"),
  .wanted = "writes a text: a letter, a summary, notes, a list, in Markdown or plain",
  .suffix = "md|txt",
  .share = 1,
  .run = run_text,
  .check = check_text,
};
