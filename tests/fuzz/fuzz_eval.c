/* SPDX-License-Identifier: MIT */
/* Files of problems and of results, and answers to be judged. */
#include "tool/eval.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fd = memfd_create ("problems", 0);
  EvalKey key = { "m", "c", "compact", 0, 0 };
  EngineError error = { 0 };
  EvalSet set;
  char path[64];
  char *text = strndup ((const char *) data, size);

  if (fd < 0 || !text || write (fd, data, size) != (ssize_t) size)
    abort ();
  snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
  if (eval_set_read (&set, path, &error)) {
    EvalMark *marks = calloc (set.n, sizeof *marks);
    EngineError bad = { 0 };

    for (size_t i = 0; i < set.n; i++) {
      char *found = NULL;

      eval_judge (&set.items[i], text, &found);
      free (found);
    }
    eval_marks_read (path, &key, &set, marks, &bad);
    eval_figures (marks, set.n);
    free (marks);
    eval_set_clear (&set);
  }
  close (fd);
  free (text);
  return 0;
}
