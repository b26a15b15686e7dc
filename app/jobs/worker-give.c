/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands a file that an earlier step made out to the person, into their own folder: what it "makes" is the wish for that, which the job carries out when the person agrees (app-job-effects.c). */
#include <glib/gi18n.h>
#include <string.h>

#include "app-error.h"
#include "job-worker.h"

extern const JobWorker give_worker;

static gboolean
is_wanted (const JobPlanCase *of)
{
  static const char *const words[] = { "download", "my folder", "my documents", "my desktop", "hand it out", "herunterladen", NULL };
  g_autofree char *lower = g_utf8_strdown (of->request, -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static void
run (const JobTask *of, GTask *task)
{
  const JobInput *input = of->inputs->len > 0 && of->step->needs->len > 0 ? of->inputs->pdata[of->inputs->len - 1] : NULL;
  JobMade *made;

  if (input == NULL) {
    g_task_return_new_error (task, APP_ERROR, APP_ERROR_INVALID, _("There is no file of an earlier step that could be handed out."));
  } else {
    made = job_made_new ();
    made->give = g_strdup (input->name);
    g_task_return_pointer (task, made, (GDestroyNotify) job_made_free);
  }
  g_object_unref (task);
}

const JobWorker give_worker = {
  .id = "give",
  .name = N_ ("Handing out"),
  .wanted = "saves the file of an earlier step into the person's own folder of downloads; only where that is asked for",
  .suffix = "",
  .share = 1,
  .is_wanted = is_wanted,
  .run = run,
};
