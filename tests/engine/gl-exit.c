/* SPDX-License-Identifier: MIT */
/* A program that ends while another of its threads frees a model on OpenGL ends in order: the driver's libraries go when nobody is inside any more. Each child is such a program. */
#include "tiny-model.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_CHILDREN = 40 };

static void *
free_model (void *model)
{
  engine_model_unref (model);
  return NULL;
}

/* Ends `delay` microseconds after the model began to go. */
static _Noreturn void
be_child (int delay)
{
  const TinyModel tiny = { .architecture = "llama", .type = ENGINE_TYPE_F32, .seed = 1 };
  EngineModel *model = tiny_model_load (&tiny, &(EngineLoadOptions) { .backend = ENGINE_BACKEND_GL, .n_threads = 1 });
  pthread_t thread;

  pthread_create (&thread, NULL, free_model, model);
  g_usleep ((gulong) delay);
  exit (0);
}

static void
test_exit (void)
{
  for (int i = 0; i < N_CHILDREN; i++) {
    pid_t child = fork ();
    int status;

    g_assert_cmpint (child, >=, 0);
    if (child == 0)
      be_child (i * i * 4);
    g_assert_cmpint (waitpid (child, &status, 0), ==, child);
    g_test_message ("%d: status %x", i, (unsigned) status);
    g_assert_true (WIFEXITED (status));
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gl-exit", test_exit);
  return g_test_run ();
}
